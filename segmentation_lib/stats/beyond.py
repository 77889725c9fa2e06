"""Is one figure more than another by a difference that their intervals do not leave open."""

from __future__ import annotations

import numpy as np

from segmentation_lib.stats.arrays import BoolArray, FloatArray

__all__ = ["clearly_more"]


def clearly_more(
    value: FloatArray | float,
    low: FloatArray | float,
    other: FloatArray | float,
    other_high: FloatArray | float,
) -> BoolArray:
    """Tell where a figure is more than another by a difference beyond its interval.

    The interval of the difference is put together of the sides of both intervals that face each
    other, which keeps them skewed (Zou & Donner 2008). Missing ends tell nothing.

    Args:
        value: The figures said to be more.
        low: Lower ends of their intervals.
        other: The figures they are compared with, measured on other customers.
        other_high: Upper ends of their intervals, at the same level.

    >>> clearly_more(10.0, 7.0, 4.0, 8.0), clearly_more(10.0, 7.0, 6.0, 10.0)
    (np.True_, np.False_)
    """
    doubt = np.hypot(np.subtract(value, low), np.subtract(other_high, other))
    more: BoolArray = np.subtract(value, other) > doubt
    return more
