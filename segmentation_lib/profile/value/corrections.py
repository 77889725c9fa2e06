"""The figure to use where the model is off: scaled by what came, or recent spend carried on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.profile.value.forecast import Forecast
from segmentation_lib.profile.value.holdout import model_error
from segmentation_lib.profile.value.lifetime_words import method_reason
from segmentation_lib.stats.arrays import FloatArray, spawn_seeds

__all__ = ["Recent", "corrected"]

# With more customers than this who have not bought, what buyers do says too little.
_NEVER_BOUGHT = 0.2


@dataclass(frozen=True)
class Recent:
    """What customers spent in a span of days, the basis of the historic figure.

    Attributes:
        spend: Spend of each customer.
        segment: Segment of each customer.
        days: Length of the span.
        at_open: Whether the customers were placed before it began.
    """

    spend: pd.Series
    segment: pd.Series
    days: int
    at_open: bool


def corrected(
    table: pd.DataFrame,
    drawn: FloatArray,
    forecast: Forecast,
    holdout: pd.DataFrame,
    recent: Recent,
    seed: int,
) -> tuple[pd.DataFrame, FloatArray]:
    """Put the recalibrated or historic figure where the model is not to be trusted.

    Args:
        table: ``customers``, ``never_bought``, ``horizon_days`` and the model's figures by segment.
        drawn: Possible futures of the segments, shape (draws, segments).
        forecast: The model.
        holdout: From `holdout_check`; may be empty.
        recent: What is carried forward where there is no model.
        seed: Seed of the draws.

    Returns:
        The table with ``method``, ``calibration`` and ``reason``, and the futures, both corrected.
    """
    table, drawn = table.copy(), drawn.copy()
    checked = holdout.set_index("segment_id")
    error = model_error(holdout) if len(holdout) else 0.0
    methods, factors, reasons = [], [], []
    shared_seed, *branches = spawn_seeds(seed, len(table) + 1)
    # A season, or a year better than the last, comes to all segments at once.
    common = np.random.default_rng(shared_seed).normal(0.0, 1.0, len(drawn))
    for place, (segment, branch) in enumerate(zip(table.index, branches, strict=False)):
        rng = np.random.default_rng(branch)
        check = checked.loc[segment] if segment in checked.index else None
        method, factor = _method(table.loc[segment], check, forecast, recent, str(segment))
        if method == "model":
            drawn[:, place] *= np.exp(error * common)
        elif method == "recalibrated" and check is not None:
            luck = np.log(max(check["high"] / check["predicted_value"], 1.0)) / 2
            # A factor of one quarter need not hold for the time ahead: all of it is in doubt.
            wrong = max(error, abs(np.log(factor))) * (1 if factor > 1 else -1)
            shared = wrong * common + rng.normal(0.0, luck, len(drawn))
            drawn[:, place] *= factor * np.exp(shared)
            table.loc[segment, ["expected_purchases", "value_per_customer"]] *= factor
        else:
            figures = _carried(recent, str(segment), table.loc[segment], len(drawn), rng)
            table.loc[segment, "value_per_customer"], drawn[:, place] = figures
            drawn[:, place] *= np.exp(error * common)
            table.loc[segment, ["alive_share", "expected_purchases"]] = np.nan
        methods.append(method)
        factors.append(factor)
        row = table.loc[segment]
        new = _is_new(row, recent)
        reasons.append(method_reason(method, forecast.reason, row, check, recent, new=new))
    table["method"], table["calibration"], table["reason"] = methods, factors, reasons
    return table, drawn


def _method(
    row: pd.Series, check: pd.Series | None, forecast: Forecast, recent: Recent, segment: str
) -> tuple[str, float]:
    seen = bool((recent.segment == segment).any())
    if forecast.reason:
        return ("historic" if seen else "unknown"), 1.0
    if seen and _is_new(row, recent):
        return "historic", 1.0
    if check is not None and check["verdict"] == "far off":
        if check["predicted_value"] > 0 and check["actual_value"] > 0:
            return "recalibrated", float(check["ratio"])
        return "historic", 1.0
    return "model", 1.0


def _is_new(row: pd.Series, recent: Recent) -> bool:
    return recent.at_open and bool(row["never_bought"] > _NEVER_BOUGHT * row["customers"])


def _carried(
    recent: Recent, segment: str, row: pd.Series, draws: int, rng: np.random.Generator
) -> tuple[float, FloatArray]:
    """Recent spend per customer, carried forward; its doubt is that of both spans of time."""
    spend = recent.spend[(recent.segment == segment).to_numpy()].to_numpy(np.float64)
    if not len(spend):
        return float("nan"), np.full(draws, np.nan)
    ahead = row["horizon_days"] / recent.days
    means = np.array(
        [spend[rng.integers(0, len(spend), len(spend))].mean() for _ in range(draws)]
    )  # fmt: skip
    # The customers ahead are as many as there are now, and have luck of their own.
    luck = rng.normal(0.0, spend.std() / np.sqrt(row["customers"]), draws)
    return float(spend.mean() * ahead), np.maximum(means + luck, 0.0) * ahead
