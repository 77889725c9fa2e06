"""Natural experiments in sentences, each as strong as what stands behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from segmentation_lib.profile.wording import amount, number, percent

__all__ = ["LADDER", "METRIC_WORDS", "figure_words", "natural_sentences"]

LADDER = (
    "Only a test drawn by lot shows what a treatment does. A comparison of how two groups changed "
    "is weaker, as they may have differed in ways nobody saw; a difference that was merely "
    "measured is weaker still."
)
METRIC_WORDS = {
    "revenue": "revenue", "orders": "days with a purchase", "active": "customers who bought",
}  # fmt: skip
"""What a natural experiment measures, in words."""
_LEVELS = {"revenue": "revenue per customer", "orders": "days with a purchase per customer",
           "active": "the share of customers who bought"}  # fmt: skip
_NOT_DRAWN = "The groups were not drawn by lot, so something else may stand behind it."


def natural_sentences(results: pd.DataFrame, *, currency: str = "") -> list[str]:
    """Say what each natural experiment showed, was refused for, or only describes.

    Args:
        results: ``results`` of `natural_experiment_results`.
        currency: Three-letter code.
    """
    if results.empty:
        return ["No natural experiment is listed for this quarter."]
    return [_natural_sentence(row, currency) for row in results.to_dict("records")]


def figure_words(currency: str) -> Callable[[float], str]:
    """Return how figures are written: as amounts of a currency, or as bare numbers.

    Args:
        currency: Three-letter code; empty for bare numbers.

    >>> figure_words("GBP")(3.0), figure_words("")(3.0)
    ('£3.00', '3.00')
    """
    return (lambda value: amount(float(value), currency)) if currency else number


def _natural_sentence(row: Mapping[Any, Any], currency: str) -> str:
    what, verdict = f"{row['what']} ({row['id']})", row["verdict"]
    metric = METRIC_WORDS[row["metric"]]
    if verdict == "too few to tell":
        return f"{what} cannot be judged. {row['reason']}"
    if verdict == "not credible":
        return f"{what}: the comparison is not credible, so no number is given. {row['reason']}"
    if verdict == "description only":
        after, before = (_level(row, f"treated_{when}", currency) for when in ("after", "before"))
        moved = f"stayed at {after}" if after == before else f"went from {before} to {after}"
        return (
            f"{what}, a description only: {_LEVELS[row['metric']]} in {row['block_days']:.0f} days "
            f"{moved}. {row['reason']}"
        )
    interval, late = _change(row, currency), f" {row['reason']}" if row["reason"] else ""
    drift = (
        f"{_NOT_DRAWN} A drift too slow to be seen before the date could make up to {_drift(row)}."
        if math.isfinite(row["unseen_drift"])
        else _NOT_DRAWN
    )
    if verdict == "no difference shown":
        return f"{what} shows no difference in {metric}: {interval}. {drift}{late}"
    return f"{what} goes with {_more(row)} {metric} than expected: {interval}. {drift}{late}"


def _more(row: Mapping[Any, Any]) -> str:
    if row["verdict"] == "less":
        return "fewer" if row["metric"] != "revenue" else "less"
    return "more"


def _change(row: Mapping[Any, Any], currency: str) -> str:
    if row["scale"] == "ratio":
        low, high = percent(row["relative_low"]), percent(row["relative_high"])
        said = f"{_plus(row['relative'])}{percent(row['relative'])} (95% interval {low} to {high})"
        days = f"{row['block_days']:.0f} days"
        return f"{said}, which is {_level(row, 'effect', currency)} per treated customer in {days}"
    points = [number(100 * row[name]) for name in ("effect", "low", "high")]
    return f"{_plus(row['effect'])}{points[0]} of 100 (95% interval {points[1]} to {points[2]})"


def _drift(row: Mapping[Any, Any]) -> str:
    if row["scale"] == "ratio":
        return percent(row["unseen_drift"])
    return f"{number(100 * row['unseen_drift'])} of 100"


def _plus(value: float) -> str:
    return "+" if value > 0 else ""


def _level(row: Mapping[Any, Any], column: str, currency: str) -> str:
    if row["metric"] == "active":
        return percent(row[column])
    return figure_words(currency if row["metric"] == "revenue" else "")(row[column])
