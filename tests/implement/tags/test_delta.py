"""The delta: exact rows, the full file rebuilt from it, and nobody in it who opted out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

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
        "previous_segment_id",
        "movement",
        "assigned_on",
        "valid_until",
        "confidence",
        "second_segment_id",
        "value_tier",
        "clv_12m",
        "clv_12m_low",
        "clv_12m_high",
        "model_hash",
    ]


def test_a_quarter_in_which_one_in_twenty_moved_sends_one_in_twenty():
    """Everybody was new in the first quarter; that nobody is now is no reason to send a row."""
    ids = [f"{number:04d}" for number in range(400)]
    first = assigned(1, ids).assign(segment_id="S01", confidence=0.9123, state="ACTIVE")
    later = first.assign(confidence=0.9044, second_segment_id="S03")
    later.loc[:19, ["segment_id", "second_segment_id"]] = ["S02", "S01"]
    before = customer_file("2025Q2", first)
    after = customer_file("2025Q3", later, previous=first)
    assert set(before["movement"]) == {"new"}
    delta, renewed = crm_delta(before, after), crm_renewed(before, after)
    assert delta["external_id"].tolist() == ids[:20]
    assert renewed["external_id"].tolist() == ids[20:]
    assert set(renewed["movement"]) == {"stayed"}
    assert set(renewed["previous_segment_id"]) == {"S01"}
    assert set(renewed["second_segment_id"]) == {"S03"}
    assert set(renewed["confidence"]) == {"0.9"}
    pd.testing.assert_frame_equal(apply_delta(before, delta, renewed), as_text(after))
    assert delta_sentence(before, delta, renewed) == (
        "exports/crm_delta.csv holds 20 customers: 0 new in the file, 20 with another segment, 0 "
        "in the same segment who are to be left alone in other experiments than before, and 0 "
        "with another value of their own. For the 380 others, exports/crm_renewed.csv renews "
        "dates and the segment's values."
    )


@pytest.mark.parametrize(("now", "sent"), [(0.6, False), (0.59, True), (0.8, False), (0.81, True)])
def test_a_confidence_is_sent_when_it_tells_something_new(now, sent):
    first = assigned(1, ["1"]).assign(segment_id="S01", confidence=0.7, state="ACTIVE")
    before = customer_file("2025Q2", first, previous=first)
    after = customer_file("2025Q3", first.assign(confidence=now), previous=first)
    assert (len(crm_delta(before, after)) == 1) == sent
    rebuilt = apply_delta(before, crm_delta(before, after), crm_renewed(before, after))
    assert rebuilt["confidence"].tolist() == [f"{now:g}"]


@pytest.mark.parametrize(
    ("column", "counts"),
    [("holdout_group", "1 in the same"), ("lifecycle_state", "1 with another")],
)
def test_what_a_campaign_must_obey_is_always_sent(files, column, counts):
    changed = files[1].assign(**{column: files[1][column].mask(files[1].index == 3, "NEW")})
    delta = crm_delta(files[1], changed)
    assert delta["external_id"].tolist() == [files[1]["external_id"][3]]
    assert counts in delta_sentence(files[1], delta, crm_renewed(files[1], changed))


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_full_file_and_changes_give_the_next_full_file(seed, known):
    """Customers come, go, opt out and drift, over four quarters, also with a new column."""
    rng = np.random.default_rng(seed)
    ids = np.array([f"{number:03d}" for number in range(80)])
    held, previous = None, None
    for quarter in range(4):
        here = np.sort(rng.choice(ids, rng.integers(1, 80), replace=False))
        drawn = assigned(10 * seed + quarter, here).assign(confidence=rng.random(len(here)))
        agreed = rng.choice(ids, 60, replace=False) if known else None
        file = customer_file(
            "2025Q2" if quarter % 2 else "2025Q3", drawn, consent=agreed, previous=previous
        )
        if quarter > 1:
            file = file.assign(email=rng.choice(["a@b.c", ""], len(file)))
        delta, renewed = crm_delta(held, file), crm_renewed(held, file)
        pd.testing.assert_frame_equal(apply_delta(held, delta, renewed), as_text(file))
        upserts = delta.loc[delta["action"] == "upsert", "external_id"]
        assert sorted([*upserts, *renewed["external_id"]]) == file["external_id"].tolist()
        held, previous = as_text(file), drawn


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
    said = delta_sentence(before, delta, crm_renewed(before, after))
    assert said.endswith("1 tags are to be cleared.")


def test_the_first_quarter_sends_everything(files):
    delta, renewed = crm_delta(None, files[0]), crm_renewed(None, files[0])
    assert len(renewed) == 0
    pd.testing.assert_frame_equal(apply_delta(None, delta, renewed), as_text(files[0]))
    assert "holds all 95 customers: it is the first file" in delta_sentence(None, delta, renewed)


def test_the_same_file_twice_sends_nothing(files):
    delta, renewed = crm_delta(files[1], files[1]), crm_renewed(files[1], files[1])
    assert delta.empty
    assert renewed["external_id"].tolist() == files[1]["external_id"].tolist()
    pd.testing.assert_frame_equal(apply_delta(files[1], delta, renewed), as_text(files[1]))
    assert "holds 0 customers" in delta_sentence(files[1], delta, renewed)


def test_a_new_column_is_sent_to_those_who_have_a_value(files):
    more = files[1].assign(phone=["1"] + [""] * (len(files[1]) - 1))
    assert crm_delta(files[1], more)["external_id"].tolist() == [more["external_id"][0]]
    rebuilt = apply_delta(files[1], crm_delta(files[1], more), crm_renewed(files[1], more))
    pd.testing.assert_frame_equal(rebuilt, as_text(more))
    assert crm_delta(more, files[1]).empty
