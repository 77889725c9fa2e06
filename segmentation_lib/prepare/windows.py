"""Windows over tables: the rows of some days, and the moment from which features look back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import ibis
import ibis.expr.types as ir

from segmentation_lib.calendar import Window

__all__ = ["AsOf", "days_between", "rows_in", "start_of"]


@dataclass(frozen=True)
class AsOf:
    """The moment a feature is taken: the first instant of a day.

    Attributes:
        day: Nothing dated on this day or later is seen.
        window: The days that features look back on; ends before `day`.
    """

    day: date
    window: Window

    def days_since(self, day: ir.DateValue) -> ir.FloatingValue:
        """Return the whole days from a day to this one."""
        return days_between(day, ibis.date(self.day.year, self.day.month, self.day.day))


def days_between(earlier: ir.DateValue, later: ir.DateValue) -> ir.FloatingValue:
    """Return the whole days between two days, as a double."""
    return later.delta(earlier, unit="day").cast("float64")


def start_of(day: date) -> ir.TimestampScalar:
    """Return the first instant of a day."""
    return ibis.timestamp(datetime(day.year, day.month, day.day))


def rows_in(table: ir.Table, time: str, window: Window) -> ir.Table:
    """Return the rows of a window, with the day of each.

    Args:
        table: A dated table.
        time: Its column of timestamps.
        window: The days; a row at the first instant of ``window.end`` is outside.

    Returns:
        The rows, with a further column ``day``.
    """
    at = table[time]
    inside = table.filter((at >= start_of(window.start)) & (at < start_of(window.end)))
    return inside.mutate(day=inside[time].date())
