"""Ten significant digits: what is stored is what is used."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["DIGITS", "significant", "significant_all"]

DIGITS = 10


def significant(value: float) -> float:
    """Return ``value`` rounded to ten significant digits.

    >>> significant(2 / 3)
    0.6666666667
    """
    return float(f"{value:.{DIGITS - 1}e}")


def significant_all(values: Iterable[float]) -> tuple[float, ...]:
    """Return ``values`` rounded to ten significant digits each."""
    return tuple(significant(float(value)) for value in values)
