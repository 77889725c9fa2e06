"""The figure to use where the model is off: scaled by what came, or none at all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.profile.value.forecast import Forecast
from segmentation_lib.profile.value.holdout import model_error
from segmentation_lib.profile.value.lifetime_words import method_reason
from segmentation_lib.stats.arrays import FloatArray, spawn_seeds

__all__ = ["corrected"]

# With more customers than this who have not bought, what buyers do says too little.
_NEVER_BOUGHT = 0.2
_FIGURES = ["alive_share", "expected_purchases", "value_per_customer"]


def corrected(
    table: pd.DataFrame,
    drawn: FloatArray,
    forecast: Forecast,
    holdout: pd.DataFrame,
    seed: int,
) -> tuple[pd.DataFrame, FloatArray]:
    """Scale the figure where the model was far off, and give none where there is no model.

    What customers spent in one quarter is no forecast, so it never stands in for one.

    Args:
        table: ``customers``, ``never_bought``, ``horizon_days`` and the model's figures by segment.
        drawn: Possible futures of the segments, shape (draws, segments).
        forecast: The model.
        holdout: From `holdout_check`; may be empty.
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
        method, factor = _method(table.loc[segment], check, forecast)
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
            table.loc[segment, _FIGURES] = np.nan
            drawn[:, place] = np.nan
        methods.append(method)
        factors.append(factor)
        row = table.loc[segment]
        reasons.append(method_reason(method, forecast.reason, row, check, new=_is_new(row)))
    table["method"], table["calibration"], table["reason"] = methods, factors, reasons
    return table, drawn


def _method(row: pd.Series, check: pd.Series | None, forecast: Forecast) -> tuple[str, float]:
    if forecast.reason or _is_new(row):
        return "unknown", 1.0
    if check is not None and check["verdict"] == "far off":
        if check["predicted_value"] > 0 and check["actual_value"] > 0:
            return "recalibrated", float(check["ratio"])
        return "unknown", 1.0
    return "model", 1.0


def _is_new(row: pd.Series) -> bool:
    return bool(row["never_bought"] > _NEVER_BOUGHT * row["customers"])
