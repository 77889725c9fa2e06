"""Quarters and windows: when the quarter opens, when it closes, and how far features look back.

All windows are half-open: a row dated ``close`` belongs to the next quarter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["Window", "next_period", "previous_period", "quarter_window"]

_PERIOD = re.compile(r"(\d{4})Q([1-4])")


@dataclass(frozen=True)
class Window:
    """A half-open span of days, ``start <= day < end``.

    Attributes:
        start: First day of the window.
        end: First day after the window.

    >>> Window(date(2026, 7, 1), date(2026, 10, 1)).days
    92
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        """Refuse an empty or reversed window."""
        if self.start >= self.end:
            raise ValueError(f"window must end after it starts: {self.start} to {self.end}")

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        """Last day inside the window."""
        return self.end - timedelta(days=1)

    @property
    def following(self) -> Window:
        """Window after this one: the next calendar quarter after one, else one as long.

        >>> Window(date(2026, 4, 1), date(2026, 7, 1)).following.end
        datetime.date(2026, 10, 1)
        """
        period = f"{self.start.year}Q{(self.start.month + 2) // 3}"
        if self == quarter_window(period):
            return quarter_window(next_period(period))
        return Window(self.end, self.end + (self.end - self.start))

    def lookback(self, days: int) -> Window:
        """Return the window of ``days`` days that ends where this one starts."""
        return Window(self.start - timedelta(days=days), self.start)


def quarter_window(period: str) -> Window:
    """Return the window of a calendar quarter.

    Args:
        period: Year and quarter, such as ``2026Q3``.

    Raises:
        ValueError: ``period`` is not a year and a quarter.

    >>> quarter_window("2026Q4")
    Window(start=datetime.date(2026, 10, 1), end=datetime.date(2027, 1, 1))
    """
    year, quarter = _parse(period)
    end_year, end_month = (year, 3 * quarter + 1) if quarter < 4 else (year + 1, 1)
    return Window(date(year, 3 * quarter - 2, 1), date(end_year, end_month, 1))


def next_period(period: str) -> str:
    """Return the quarter after ``period``.

    >>> next_period("2026Q4")
    '2027Q1'
    """
    year, quarter = _parse(period)
    return f"{year}Q{quarter + 1}" if quarter < 4 else f"{year + 1}Q1"


def previous_period(period: str) -> str:
    """Return the quarter before ``period``.

    >>> previous_period("2026Q1")
    '2025Q4'
    """
    year, quarter = _parse(period)
    return f"{year}Q{quarter - 1}" if quarter > 1 else f"{year - 1}Q4"


def _parse(period: str) -> tuple[int, int]:
    match = _PERIOD.fullmatch(period)
    if match is None:
        raise ValueError(f"{period!r} is not a quarter such as 2026Q3")
    return int(match[1]), int(match[2])
