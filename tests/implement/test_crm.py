"""The customer file: exact rows, movements, privacy, and text that stays text."""

from __future__ import annotations

import csv
import io
from datetime import date

import numpy as np
import pandas as pd

from segmentation_lib.artefacts import check_table
from segmentation_lib.calendar import Window
from segmentation_lib.implement import crm_table
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
    assert table.to_csv(index=False).splitlines() == [
        "external_id,segment_id,segment_name,segment_version,previous_segment_id,movement,"
        "assigned_on,valid_until,confidence,second_segment_id,lifecycle_state,value_tier,model_hash",
        '0001,S01,"Frequent, loyal",2025Q3,S01,stayed,2025-09-30,2025-12-31,0.9123,S02,ACTIVE,high,'
        "abc",
        "0002,S02,'=Calm,2025Q3,S01,moved,2025-09-30,2025-12-31,0.5,S01,ACTIVE,low,abc",
        '0003,S01,"Frequent, loyal",2025Q3,none,new,2025-09-30,2025-12-31,0.7,S02,ACTIVE,high,abc',
        "0004,S02,'=Calm,2025Q3,none,returned,2025-09-30,2025-12-31,0.8,S01,ACTIVE,low,abc",
        "0005,none,none,2025Q3,none,new,2025-09-30,2025-12-31,0.0,none,NEW,none,abc",
        "0007,none,none,2025Q3,S02,moved,2025-09-30,2025-12-31,0.0,none,LAPSED,none,abc",
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
    assert table.columns[-2:].tolist() == ["consent_marketing", "model_hash"]
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
