"""The customer file: exact rows, movements, privacy, and text that stays text."""

from __future__ import annotations

import csv
import io
from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.artefacts import check_table
from segmentation_lib.calendar import Window
from segmentation_lib.faults import ContractError
from segmentation_lib.implement.tags import COLUMNS, crm_table
from segmentation_lib.run import Run

WINDOW = Window(date(2025, 7, 1), date(2025, 10, 1))
NOW = pd.DataFrame(
    {
        "customer_id": ["0007", "0001", "0002", "0003", "0004", "0005"],
        "state": ["LAPSED", "ACTIVE", "ACTIVE", "ACTIVE", "ACTIVE", "NEW"],
        "segment_id": [None, "S01", "S02", "S01", "S02", None],
        "confidence": [np.nan, 0.912345, 0.5, 0.7, 0.8, np.nan],
        "second_segment_id": [None, "S02", "S01", "S02", "S01", None],
    }
)
BEFORE = pd.DataFrame(
    {
        "customer_id": ["0001", "0002", "0003", "0004", "0007"],
        "state": ["ACTIVE", "ACTIVE", "NEW", "LAPSED", "ACTIVE"],
        "segment_id": ["S01", "S01", None, None, "S02"],
    }
)


def cards(**segments):
    return {
        "segments": [
            {"id": key, "name": name, "value_index": index}
            for key, (name, index) in segments.items()
        ]
    }


def make(**options):
    settings = {
        "window": WINDOW,
        "period": "2025Q3",
        "cards": cards(S01=("Frequent, loyal", 180.0), S02=("=Calm", 60.0)),
        "model_hash": "abc",
        "previous": BEFORE,
    }
    return crm_table(NOW, **{**settings, **options})


def test_exact_rows_in_order_of_id():
    table = make()
    assert table.columns.tolist() == list(COLUMNS)
    assert table.to_csv(index=False).splitlines()[1:] == [
        '0001,S01,"Frequent, loyal",2025Q3,S01,stayed,2025-09-30,2025-12-31,0.91,S02,ACTIVE,high,'
        ",,,unknown,none,abc",
        "0002,S02,'=Calm,2025Q3,S01,within_noise,2025-09-30,2025-12-31,0.5,S01,ACTIVE,low,,,,unknown,"
        "none,abc",
        '0003,S01,"Frequent, loyal",2025Q3,none,new,2025-09-30,2025-12-31,0.7,S02,ACTIVE,high,'
        ",,,unknown,none,abc",
        "0004,S02,'=Calm,2025Q3,none,returned,2025-09-30,2025-12-31,0.8,S01,ACTIVE,low,,,,unknown,"
        "none,abc",
        "0005,none,none,2025Q3,none,new,2025-09-30,2025-12-31,0.0,none,NEW,none,,,,unknown,none,"
        "abc",
        "0007,none,none,2025Q3,S02,moved,2025-09-30,2025-12-31,0.0,none,LAPSED,none,,,,unknown,"
        "none,abc",
    ]
    check_table("crm", table)


def test_in_the_first_quarter_everyone_is_new():
    table = make(previous=None)
    assert set(table["movement"]) == {"new"}
    assert set(table["previous_segment_id"]) == {"none"}


def test_without_a_yes_nobody_is_exported():
    consent = pd.DataFrame(
        {
            "customer_id": ["0001", "0002", "0003", "0004", "0099"],
            "marketing_consent": [True, False, False, True, True],
        }
    )
    table = make(consent=consent)
    assert table["external_id"].tolist() == ["0001", "0004"]
    assert set(table["consent_marketing"]) == {"true"}


def test_the_file_reads_back_with_leading_zeros_commas_and_quotes(tmp_path):
    table = make(cards=cards(S01=('Frequent, "loyal"', 180.0), S02=("@cmd", None)))
    Run(tmp_path).write("crm", table)
    text = (tmp_path / "exports/crm.csv").read_bytes().decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["external_id"] for row in rows] == table["external_id"].tolist()
    assert rows[0]["segment_name"] == 'Frequent, "loyal"'
    assert rows[1]["segment_name"] == "'@cmd"
    assert "\r" not in text
    assert text.endswith("\n")


def test_an_id_that_looks_like_a_formula_survives_as_it_is():
    now = NOW.assign(customer_id=["-1", "+2", "=3", "4", "5", "6"])
    table = crm_table(now, window=WINDOW, period="2025Q3", cards=cards(), model_hash="abc")
    assert table["external_id"].tolist() == ["+2", "-1", "4", "5", "6", "=3"]
    assert table["segment_name"].tolist() == table["segment_id"].tolist()
    assert set(table["value_tier"]) == {"none"}


def test_arguments_are_not_changed():
    now, before = NOW.copy(), BEFORE.copy()
    make()
    pd.testing.assert_frame_equal(NOW, now)
    pd.testing.assert_frame_equal(BEFORE, before)


def moves(confidence, second, before_confidence, before_second, opened="S01"):
    """Return the movement of one customer who went from S01 to S02."""
    now = pd.DataFrame(
        {
            "customer_id": ["1"],
            "state": ["ACTIVE"],
            "segment_id": ["S02"],
            "confidence": [confidence],
            "second_segment_id": [second],
        }
    )
    before = now.assign(
        segment_id="S01", confidence=before_confidence, second_segment_id=before_second
    )
    return crm_table(
        now,
        window=WINDOW,
        period="2025Q3",
        cards=cards(),
        model_hash="abc",
        previous=before,
        opened=before.assign(segment_id=opened),
    )["movement"].iloc[0]


def test_a_move_over_a_border_nearby_is_within_noise():
    assert moves(0.59, "S01", 0.99, "S03") == "within_noise"
    assert moves(0.99, "S03", 0.59, "S02") == "within_noise"


def test_a_clear_move_or_one_from_elsewhere_is_a_move():
    assert moves(0.60, "S01", 0.60, "S02") == "moved"
    assert moves(0.59, "S03", 0.59, "S03") == "moved"


def test_what_only_the_new_model_moved_is_within_noise():
    assert moves(0.99, "S03", 0.99, "S03", opened="S02") == "within_noise"


def test_leaving_all_segments_is_never_noise():
    table = make(opened=BEFORE, previous=BEFORE.assign(confidence=0.1, second_segment_id="none"))
    assert table.set_index("external_id")["movement"]["0007"] == "moved"


def test_the_value_of_a_customer_is_that_of_the_segment():
    lifetime = pd.DataFrame(
        {
            "segment_id": ["S01", "(all)"],
            "value_per_customer": [612.4979, 500.0],
            "low": [455.7679, 400.0],
            "high": [791.4568, 600.0],
        }
    )
    worth = make(lifetime=lifetime).set_index("external_id")
    columns = ["clv_12m", "clv_12m_low", "clv_12m_high"]
    assert worth.loc["0001", columns].tolist() == [612.5, 455.77, 791.46]
    assert worth.loc[["0002", "0005"], columns].isna().all(axis=None)


def test_who_is_left_alone_stands_in_the_file():
    groups = pd.Series({"0001": "A;B", "0003": "A"})
    table = make(holdouts=groups)
    assert table["holdout_group"].tolist() == ["A;B", "none", "A", "none", "none", "none"]
    nobody = make(holdouts=pd.Series(dtype="str"))
    assert set(nobody["holdout_group"]) == {"none"}


def test_contact_columns_are_added_on_request_only():
    contacts = pd.DataFrame(
        {
            "customer_id": ["0001", "0002"],
            "phone": ["+4917012345", None],
            "city": ["=HYPERLINK(1)", "Köln"],
        }
    )
    assert make(contacts=contacts).columns.tolist() == list(COLUMNS)
    table = make(contacts=contacts, contact_columns=("city", "phone"))
    assert table.columns[-2:].tolist() == ["city", "phone"]
    assert table.iloc[:3, -2:].to_numpy().tolist() == [
        ["'=HYPERLINK(1)", "+4917012345"],
        ["Köln", ""],
        ["", ""],
    ]


def test_a_contact_column_that_does_not_exist_or_is_ours_is_refused():
    contacts = pd.DataFrame({"customer_id": ["0001"], "movement": ["x"], "city": ["y"]})
    with pytest.raises(ContractError, match=r"emial cannot be added.*Known are: city, movement"):
        make(contacts=contacts, contact_columns=("emial",))
    with pytest.raises(ContractError, match="movement cannot be added"):
        make(contacts=contacts, contact_columns=("movement",))


def test_an_id_that_would_not_survive_a_file_is_refused():
    with pytest.raises(ContractError, match="1 IDs hold a carriage return"):
        crm_table(
            NOW.assign(customer_id=["1", "2\r", "3", "4", "5", "6"]),
            window=WINDOW,
            period="2025Q3",
            cards=cards(),
            model_hash="abc",
        )
