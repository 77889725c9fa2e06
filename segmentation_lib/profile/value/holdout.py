"""Does the forecast hold: made at the quarter's open, and set beside what the quarter brought."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from segmentation_lib.profile.value.forecast import Forecast, futures
from segmentation_lib.profile.value.measure import ALL_SEGMENTS
from segmentation_lib.stats.arrays import FloatArray

__all__ = ["HOLDOUT_COLUMNS", "holdout_check", "model_error", "placed_customers", "value_between"]

HOLDOUT_COLUMNS = [
    "segment_id",
    "customers",
    "predicted_purchases",
    "actual_purchases",
    "predicted_value",
    "low",
    "high",
    "actual_value",
    "ratio",
    "verdict",
]
# Fewer customers cannot tell a wrong model from luck.
_SMALLEST = 30
_TOLERATED = 1.25
_ERROR = 0.05


def holdout_check(
    forecast: Forecast,
    history: pd.DataFrame,
    purchase_days: pd.DataFrame,
    assignments_open: pd.DataFrame,
    *,
    opened: pd.Timestamp,
    closed: pd.Timestamp,
    draws: int,
    seed: int | Sequence[int],
) -> pd.DataFrame:
    """Compare what a forecast made at the open expected of the quarter with what came.

    Args:
        forecast: Fitted on purchases before the open.
        history: Of all who bought before the open.
        purchase_days: All purchase days before the close.
        assignments_open: ``customer_id`` and ``segment_id`` at the open.
        opened: Open of the quarter.
        closed: Close of the quarter.
        draws: Possible quarters to draw.
        seed: Seed of the draws.

    Returns:
        A row per segment and ``(all)``: ``customers``; predicted and actual ``purchases`` and
        ``value`` per customer; the range ``low`` to ``high`` in which the actual values of all
        segments together were to lie in 95 of 100 quarters; their ``ratio``; the ``verdict``:
        ``close`` within the range, ``off`` outside it, ``far off`` outside it and by more than
        25 %, ``too few to tell`` under 30 customers, ``no model`` where there is none. Customers
        who had not bought by the open are expected to buy nothing.
    """
    placed = placed_customers(assignments_open)
    came = value_between(purchase_days, placed.index, opened, closed)
    table = _per_segment(placed, came[["purchases", "value"]])
    table = table.rename(columns={"purchases": "actual_purchases", "value": "actual_value"})
    for column in ("predicted_purchases", "predicted_value", "low", "high", "ratio"):
        table[column] = np.nan
    if not forecast.reason and len(table):
        days = (closed - opened).days
        known = history.loc[history.index.intersection(placed.index)]
        expected = forecast.expected(known, days).reindex(placed.index).fillna(0.0)
        means = _per_segment(placed, expected[["purchases", "value"]])
        table["predicted_purchases"], table["predicted_value"] = means["purchases"], means["value"]
        spread = _spread(forecast, known, placed, days, draws=draws, seed=seed)
        beyond = -float(ndtri(_ERROR / 2 / max(len(table) - 1, 1))) * spread
        table["low"] = np.maximum(table["predicted_value"] - beyond, 0.0)
        table["high"] = table["predicted_value"] + beyond
        positive = table["predicted_value"] > 0
        table["ratio"] = (table["actual_value"] / table["predicted_value"]).where(positive)
    table["verdict"] = [_verdict(row) for row in table.to_dict("records")]
    return table.reset_index()[HOLDOUT_COLUMNS]


def model_error(holdout: pd.DataFrame) -> float:
    """Return how far the model is off beyond luck, as the standard deviation of a log factor.

    What the segments are off beyond their luck counts also where chance could have done it: no
    quarter has shown that the model is right. It is 0 where they are off by luck or less.

    Args:
        holdout: From `holdout_check`.
    """
    rows = holdout[(holdout["segment_id"] != ALL_SEGMENTS) & (holdout["ratio"] > 0)]
    rows = rows[(rows["customers"] >= _SMALLEST) & (rows["high"] > rows["predicted_value"])]
    if rows.empty:
        return 0.0
    wide = -float(ndtri(_ERROR / 2 / max(len(holdout) - 1, 1)))
    luck = ((rows["high"] - rows["predicted_value"]) / wide / rows["predicted_value"]) ** 2
    off = np.log(rows["ratio"]) ** 2
    return float(np.sqrt(max(float((off - luck).mean()), 0.0)))


def placed_customers(assignments: pd.DataFrame) -> pd.Series:
    """Return the segment of each customer who is in one, by ``customer_id``, sorted."""
    placed = assignments.loc[assignments["segment_id"].notna(), ["customer_id", "segment_id"]]
    return placed.astype("str").set_index("customer_id")["segment_id"].sort_index()


def value_between(
    purchase_days: pd.DataFrame, customers: pd.Index, start: pd.Timestamp, end: pd.Timestamp
) -> pd.DataFrame:
    """Return the ``purchases`` and the ``value`` of each customer in a span of time; 0 for none.

    Args:
        purchase_days: ``customer_id``, ``day`` and ``spend``.
        customers: The customers, in the order of the result.
        start: First moment that counts.
        end: First moment that does not.
    """
    within = purchase_days[(purchase_days["day"] >= start) & (purchase_days["day"] < end)]
    groups = within.sort_values(["customer_id", "day"]).groupby("customer_id", sort=True)["spend"]
    found = pd.DataFrame({"purchases": groups.size(), "value": groups.sum()})
    return found.reindex(customers).fillna(0.0).astype("float64")


def _per_segment(placed: pd.Series, values: pd.DataFrame) -> pd.DataFrame:
    groups = values.groupby(placed.to_numpy(), sort=True)
    table = groups.mean()
    table.insert(0, "customers", groups.size())
    if len(table):
        table.loc[ALL_SEGMENTS] = [len(values), *values.mean()]
    table["customers"] = table["customers"].astype("int64")
    return table.rename_axis("segment_id")


def _spread(
    forecast: Forecast,
    known: pd.DataFrame,
    placed: pd.Series,
    days: int,
    *,
    draws: int,
    seed: int | Sequence[int],
) -> FloatArray:
    """Standard deviation of each segment's mean value over possible quarters, and of all."""
    sizes = placed.value_counts().sort_index()
    spread = np.zeros((draws, len(sizes)))
    codes, present = pd.factorize(placed.reindex(known.index), sort=True)
    if len(known):
        drawn = futures(forecast, known, codes, days, draws=draws, seed=seed)
        share = np.bincount(codes) / sizes[present].to_numpy()
        spread[:, sizes.index.get_indexer(present)] = drawn * share
    everyone = spread @ (sizes.to_numpy() / sizes.sum())
    return np.asarray(np.column_stack([spread, everyone]).std(axis=0, ddof=1))


def _verdict(row: Mapping[Hashable, Any]) -> str:
    if np.isnan(row["predicted_value"]):
        return "no model"
    if row["customers"] < _SMALLEST:
        return "too few to tell"
    if row["low"] <= row["actual_value"] <= row["high"]:
        return "close"
    return "off" if 1 / _TOLERATED <= row["ratio"] <= _TOLERATED else "far off"
