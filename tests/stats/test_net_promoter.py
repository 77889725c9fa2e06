"""The Net Promoter Score: exact values, ends, and what it refuses."""

from __future__ import annotations

import math

import numpy as np
import pytest

from segmentation_lib.stats.net_promoter import net_promoter_interval


def test_interval_worked_out_by_hand():
    score = net_promoter_interval(6, 3, 1)
    assert score.value == 50.0
    # With the added answers: 6.75, 4.5 and 1.75 of 13.
    up, down = 6.75 / 13, 1.75 / 13
    half = 1.959964 * math.sqrt((up + down - (up - down) ** 2) / 13)
    assert score.low == pytest.approx(100 * (up - down - half), abs=1e-4)
    assert score.high == pytest.approx(100 * (up - down + half), abs=1e-4)


def test_all_promoters_are_not_certain():
    score = net_promoter_interval(8, 0, 0)
    assert score.value == 100.0
    assert score.high == 100.0
    assert score.low == pytest.approx(38.54, abs=0.01)


def test_changing_sides_mirrors_the_interval():
    one, other = net_promoter_interval(7, 4, 2), net_promoter_interval(2, 4, 7)
    assert (one.low, one.value) == (-other.high, -other.value)


def test_no_answers_leave_everything_open():
    score = net_promoter_interval(0, 0, 0)
    assert np.isnan(score.value)
    assert (score.low, score.high) == (-100.0, 100.0)


def test_more_answers_make_it_narrower():
    widths = [
        net_promoter_interval(5 * n, 3 * n, 2 * n).high
        - net_promoter_interval(5 * n, 3 * n, 2 * n).low
        for n in (1, 10, 100)
    ]
    assert widths[0] > 2.5 * widths[1] > 7 * widths[2]


def test_negative_counts_are_refused():
    with pytest.raises(ValueError, match="counts must be 0 or more"):
        net_promoter_interval(3, -1, 2)
