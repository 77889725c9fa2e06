"""The delta: exact rows, the full file rebuilt from it, and nobody in it who opted out."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.faults import ContractError
from segmentation_lib.implement.tags import (
    apply_delta,
    crm_delta,
    crm_renewed,
    csv_text,
    delta_sentence,
    read_csv_text,
)

from .conftest import assigned, customer_file


def as_text(table):
    return read_csv_text(csv_text(table))


def test_the_full_file_is_rebuilt_exactly(files):
    before, after = files
    delta, renewed = crm_delta(before, after), crm_renewed(before, after)
    pd.testing.assert_frame_equal(apply_delta(before, delta, renewed), as_text(after))
    assert 0 < len(delta) < len(after)
    assert len(renewed) > 0


def test_it_is_rebuilt_from_the_files_as_they_are_written(files):
    before, after = (as_text(table) for table in files)
    delta = as_text(crm_delta(before, after))
    renewed = as_text(crm_renewed(before, after))
    assert csv_text(apply_delta(before, delta, renewed)) == csv_text(files[1])


def test_each_customer_is_in_one_of_the_two_and_only_for_cause(files):
    before, after = (as_text(table).set_index("external_id") for table in files)
    delta, renewed = crm_delta(*files), crm_renewed(*files)
    assert sorted([*delta["external_id"], *renewed["external_id"]]) == after.index.tolist()
    stays = before.loc[renewed["external_id"]].drop(columns=renewed.columns[1:])
    assert stays.equals(after.loc[renewed["external_id"]].drop(columns=renewed.columns[1:]))
    assert renewed.columns.tolist() == [
        "external_id",
        "segment_name",
        "segment_version",
        "assigned_on",
        "valid_until",
        "value_tier",
        "clv_12m",
        "clv_12m_low",
        "clv_12m_high",
        "model_hash",
    ]


def test_who_opted_out_is_in_neither_file(files, quarters):
    gone = quarters[2] - quarters[3]
    assert gone & set(files[0]["external_id"])
    text = csv_text(crm_delta(*files)) + csv_text(crm_renewed(*files))
    ids = {line.split(",")[1] for line in text.splitlines()}
    ids |= {line.split(",")[0] for line in text.splitlines()}
    assert not gone & ids
    assert set(crm_delta(*files)["action"]) == {"upsert"}


def test_everybody_opting_out_clears_nobody_by_id(files):
    before, after = files
    assert crm_delta(before, after.iloc[:0]).empty
    assert crm_renewed(before, after.iloc[:0]).empty


def test_where_no_consent_is_known_a_missing_customer_is_cleared():
    ids = ["0001", "0002", "0003"]
    assignments = assigned(5, ids).assign(segment_id="S01", second_segment_id="S02")
    before = customer_file("2025Q2", assignments)
    after = customer_file("2025Q3", assignments.iloc[1:], previous=assignments)
    delta = crm_delta(before, after)
    assert delta.loc[delta["action"] == "clear"].to_dict("records") == [
        {
            "action": "clear",
            "external_id": "0001",
            "segment_id": "none",
            "segment_name": "none",
            "segment_version": "2025Q3",
            "previous_segment_id": "S01",
            "movement": "moved",
            "assigned_on": "2025-09-30",
            "valid_until": "2025-12-31",
            "confidence": "0",
            "second_segment_id": "none",
            "lifecycle_state": assignments["state"].iloc[0],
            "value_tier": "none",
            "clv_12m": "",
            "clv_12m_low": "",
            "clv_12m_high": "",
            "consent_marketing": "unknown",
            "holdout_group": "none",
            "model_hash": "hash-2025Q3",
        }
    ]
    rebuilt = apply_delta(before, delta, crm_renewed(before, after))
    pd.testing.assert_frame_equal(rebuilt, as_text(after))
    assert delta_sentence(delta, crm_renewed(before, after)).endswith("1 tags are to be cleared.")


def test_the_first_quarter_sends_everything(files):
    delta, renewed = crm_delta(None, files[0]), crm_renewed(None, files[0])
    assert len(renewed) == 0
    pd.testing.assert_frame_equal(apply_delta(None, delta, renewed), as_text(files[0]))


def test_the_same_file_twice_sends_nothing(files):
    delta, renewed = crm_delta(files[1], files[1]), crm_renewed(files[1], files[1])
    assert delta.empty
    assert renewed["external_id"].tolist() == files[1]["external_id"].tolist()
    pd.testing.assert_frame_equal(apply_delta(files[1], delta, renewed), as_text(files[1]))
    assert delta_sentence(delta, renewed).startswith("exports/crm_delta.csv holds the 0 customers")


def test_files_with_other_columns_are_not_compared(files):
    with pytest.raises(ContractError, match="differ in phone"):
        crm_delta(files[0], files[1].assign(phone="1"))
