"""The words in which experiments are told: metrics, differences, intervals, and small groups."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from segmentation_lib.profile.wording import amount, number
from segmentation_lib.words import feature_words, kpi_words

__all__ = ["Row", "gap_words", "interval_words", "metric_words", "on_few", "size_words"]

Row = Mapping[Hashable, Any]


def metric_words(metric: str) -> str:
    """Return a metric in words, also one divided by another."""
    top, _, bottom = metric.partition(" / ")
    return f"{feature_words(top)} divided by {feature_words(bottom)}" if bottom else kpi_words(top)


def gap_words(value: float, unit: str, currency: str = "") -> str:
    """Return a difference with its direction, such as ``£3.20 more``."""
    size = size_words(abs(value), unit, currency)
    return f"{size} {'more' if value > 0 else 'less'}" if value else "no difference"


def interval_words(row: Row, currency: str = "") -> str:
    """Return the interval of an effect, such as ``+£1.00 to +£5.00``."""
    ends = (float(row["low"]), float(row["high"]))
    signs = ["\u2212" if end < 0 else "+" if end > 0 else "" for end in ends]
    sizes = [size_words(abs(end), str(row["unit"]), currency) for end in ends]
    return " to ".join(sign + size for sign, size in zip(signs, sizes, strict=True))


def size_words(value: float, unit: str, currency: str = "") -> str:
    """Return an amount of a metric: points for shares, money, or a number.

    >>> size_words(0.034, "share"), size_words(3.2, "money", "GBP")
    ('3.40 points', '£3.20')
    """
    if unit == "share":
        return f"{number(100 * value)} points"
    return amount(value, currency) if unit == "money" else number(value)


def on_few(
    table: pd.DataFrame, limit: int, first: str = "customers", second: str = "control_customers"
) -> pd.Series:
    """Tell which rows stand on fewer customers in an arm than are told of.

    Args:
        table: A row per comparison.
        limit: Fewest customers whose figures are told.
        first: Column of the customers of the one arm.
        second: Column of those of the other.
    """
    return (table[[first, second]].astype("float64") < limit).any(axis=1)
