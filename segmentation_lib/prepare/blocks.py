"""Blocks: the quarter, and spans of the same length that follow each other back from its open."""

from __future__ import annotations

from datetime import date, timedelta

from segmentation_lib.calendar import Window

__all__ = ["blocks_back"]


def blocks_back(window: Window, first_day: date) -> list[Window]:
    """Return the quarter and the blocks before it, back to the one that holds a first day.

    A window of whole calendar months has blocks of as many months, so that a calendar quarter is
    compared with calendar quarters; any other has blocks of as many days.

    Args:
        window: The quarter.
        first_day: First day of the data.

    Returns:
        Windows that follow each other without a gap, the quarter first; at least the quarter.

    >>> blocks = blocks_back(Window(date(2026, 7, 1), date(2026, 10, 1)), date(2026, 2, 20))
    >>> [str(block.start) for block in blocks]
    ['2026-07-01', '2026-04-01', '2026-01-01']
    """
    months = _months(window)
    blocks = [window]
    while first_day < blocks[-1].start:
        end = blocks[-1].start
        start = _months_before(end, months) if months else end - timedelta(days=window.days)
        blocks.append(Window(start, end))
    return blocks


def _months(window: Window) -> int:
    """Return how many whole calendar months a window is, 0 if it is none."""
    if window.start.day != 1 or window.end.day != 1:
        return 0
    return 12 * (window.end.year - window.start.year) + window.end.month - window.start.month


def _months_before(day: date, months: int) -> date:
    count = 12 * day.year + day.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)
