"""Moves of size: two points, or a tenth of a small segment, and nothing less."""

from __future__ import annotations

import pytest

from segmentation_lib.implement.migration.sizes import size_moves


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (0.40, 0.42, True),
        (0.40, 0.419, False),
        (0.10, 0.11, True),
        (0.12, 0.11, False),
        (0.05, 0.059, False),
        (None, 0.5, False),
    ],
)
def test_what_counts_as_a_move(before, now, told):
    card = {"id": "S01", "customer_share": now, "customer_share_before": before}
    assert bool(size_moves({"segments": [card]})) is told


def test_largest_first_then_by_id():
    shares = {"S01": (0.2, 0.23), "S02": (0.3, 0.2), "S03": (0.5, 0.53), "S04": (0.1, 0.1)}
    cards = [
        {"id": key, "customer_share_before": before, "customer_share": now}
        for key, (before, now) in shares.items()
    ]
    assert [(move, card["id"]) for move, card in size_moves({"segments": cards})] == [
        (-0.1, "S02"),
        (0.03, "S01"),
        (0.03, "S03"),
    ]
