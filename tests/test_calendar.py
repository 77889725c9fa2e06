"""Quarters and windows are half-open and follow each other without a gap."""

from __future__ import annotations

from datetime import date

import pytest

from segmentation_lib.calendar import Window, next_period, previous_period, quarter_window


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("2024Q1", date(2024, 1, 1), date(2024, 4, 1)),
        ("2026Q2", date(2026, 4, 1), date(2026, 7, 1)),
        ("2026Q4", date(2026, 10, 1), date(2027, 1, 1)),
    ],
)
def test_quarter_window(period: str, start: date, end: date) -> None:
    assert quarter_window(period) == Window(start, end)


def test_quarters_tile_the_year_and_go_both_ways() -> None:
    period = "2023Q1"
    for _ in range(12):
        following = next_period(period)
        assert quarter_window(period).end == quarter_window(following).start
        assert previous_period(following) == period
        period = following
    assert period == "2026Q1"


@pytest.mark.parametrize("text", ["2026Q5", "2026q1", "26Q1", "2026Q1 ", "", "2026-Q1"])
def test_not_a_quarter(text: str) -> None:
    with pytest.raises(ValueError, match="not a quarter"):
        quarter_window(text)


def test_window_days_last_day_and_lookback() -> None:
    window = quarter_window("2024Q1")
    assert window.days == 91
    assert window.last_day == date(2024, 3, 31)
    assert window.lookback(365) == Window(date(2023, 1, 1), date(2024, 1, 1))


def test_empty_window_is_refused() -> None:
    with pytest.raises(ValueError, match="must end after it starts"):
        Window(date(2026, 1, 1), date(2026, 1, 1))


def test_the_window_after_a_quarter_is_a_quarter_and_after_any_other_as_long():
    assert quarter_window("2025Q2").following == quarter_window("2025Q3")
    assert quarter_window("2025Q4").following == quarter_window("2026Q1")
    tenth = Window(date(2026, 1, 11), date(2026, 1, 21))
    assert tenth.following == Window(date(2026, 1, 21), date(2026, 1, 31))
