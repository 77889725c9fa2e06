"""The edition: what the first page says of a quarter's artefacts."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from segmentation_lib import edition

CARDS = {"segments": [{"id": "S01", "name": "Regulars"}, {"id": "S02", "name": "Others"}]}


def quarter(small=10):
    params = SimpleNamespace(small_cell=small, previous="2025Q2", period="2025Q3")
    run = SimpleNamespace(read=lambda name: {"migration_sentence": "Few moved."})
    return SimpleNamespace(all_params=params, run=run)


def moves(*counts):
    ids = [("S01", "S01"), ("S01", "S02"), ("S02", "S02"), ("S02", "S01")]
    frame = pd.DataFrame(ids, columns=["from_segment_id", "to_segment_id"])
    return frame.assign(customers=counts, share=0.5)


def test_small_flows_are_left_out_and_the_chart_says_so():
    third = pd.DataFrame(
        [("S01", "S03", 30), ("S02", "S03", 30), ("S03", "S01", 30), ("S03", "S02", 30),
         ("S03", "S03", 50)],
        columns=["from_segment_id", "to_segment_id", "customers"],
    )  # fmt: skip
    matrix = pd.concat([moves(60, 9, 40, 20), third.assign(share=0.5)], ignore_index=True)
    chart = edition.migration_chart(matrix, CARDS, quarter())
    # The size of the segment would give the 9 away, were only they left out.
    assert len(chart.data) < len(matrix) - 1
    assert 9 not in set(chart.data["customers"])
    assert chart.note == (
        "Flows of fewer than 10 customers, and what would give them away, are not shown."
    )


def test_two_segments_whose_sizes_tell_a_small_flow_have_no_chart():
    assert edition.migration_chart(moves(60, 9, 40, 10), CARDS, quarter()) is None


def test_nothing_is_said_where_every_flow_is_shown():
    chart = edition.migration_chart(moves(60, 0, 40, 10), CARDS, quarter())
    assert sorted(chart.data["customers"]) == [10, 40, 60]
    assert chart.note == ""
    assert edition.migration_chart(moves(60, 0, 40, 10)[:0], CARDS, quarter()) is None


@pytest.mark.parametrize(
    ("change", "before", "said"),
    [
        ("", None, ""),
        ("kept", None, ""),
        ("new", None, "new this quarter"),
        ("kept", 0.28, "+2.0 pts of customers since last quarter"),
    ],
)
def test_a_segments_change_is_said_at_a_glance(change, before, said):
    card = {"change": change, "customer_share": 0.3, "customer_share_before": before}
    assert edition._change(card) == said
