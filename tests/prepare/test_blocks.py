"""Blocks of one length, back from the quarter."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

from segmentation_lib.calendar import Window, quarter_window
from segmentation_lib.prepare.blocks import blocks_back


def test_calendar_quarters_go_back_by_calendar_quarters():
    blocks = blocks_back(quarter_window("2025Q1"), date(2024, 4, 1))
    assert blocks == [quarter_window(p) for p in ("2025Q1", "2024Q4", "2024Q3", "2024Q2")]


def test_a_period_of_one_month_goes_back_by_months():
    blocks = blocks_back(Window(date(2025, 1, 1), date(2025, 2, 1)), date(2024, 11, 30))
    assert [block.start for block in blocks] == [
        date(2025, 1, 1), date(2024, 12, 1), date(2024, 11, 1),
    ]  # fmt: skip


def test_a_period_of_days_goes_back_by_days():
    blocks = blocks_back(Window(date(2025, 3, 10), date(2025, 4, 9)), date(2024, 12, 1))
    assert {block.days for block in blocks} == {30}
    assert len(blocks) == 5


@pytest.mark.parametrize("first", [date(2020, 1, 1), date(2025, 6, 30), date(2026, 1, 1)])
def test_blocks_touch_and_the_last_holds_the_first_day(first):
    blocks = blocks_back(quarter_window("2025Q3"), first)
    assert all(later.start == earlier.end for later, earlier in itertools.pairwise(blocks))
    assert blocks[-1].start <= max(first, blocks[0].start)
    assert len(blocks) == 1 or first < blocks[-2].start
