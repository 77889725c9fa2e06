"""Whom to treat: what a treatment returns in each segment after its cost, and at random."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.profile.story.evidence import Grade
from segmentation_lib.stats.arrays import BoolArray, FloatArray
from segmentation_lib.stats.intervals import Interval

__all__ = [
    "EVERYONE",
    "LEAVE",
    "RETURN_COLUMNS",
    "TREAT",
    "UNKNOWN",
    "Targeting",
    "segment_returns",
    "target_effects",
    "targeting",
]

EVERYONE = "(all)"
TREAT, LEAVE, UNKNOWN = "treat", "leave out", "not known"
RETURN_COLUMNS = ["segment_id", "customers", "effect", "effect_low", "effect_high", "cost",
                  "return", "return_low", "return_high", "total", "total_low", "total_high",
                  "per_cost", "choice"]  # fmt: skip


def target_effects(
    effects: pd.DataFrame,
    sizes: Mapping[str, int],
    *,
    experiment_id: str,
    arm: str,
    differ: bool = True,
) -> pd.DataFrame:
    """Return the effects of one treatment for `segment_returns`, with luck taken off.

    The largest of several estimates was lucky as well, so those that the read-out drew towards
    each other (``shrunken``) are taken where there are any. Where segments are not shown to
    differ, what is known is one effect for all, and each of them has it.

    Args:
        effects: The read-out's rows per ``experiment_id``, ``arm`` and ``segment_id``: ``effect``,
            ``low``, ``high``, and ``shrunken``, ``shrunken_low``, ``shrunken_high``.
        sizes: Customers who would be treated, by segment; a segment without any is left out.
        experiment_id: The experiment.
        arm: Its treated arm.
        differ: Whether segments were shown to differ in the effect.
    """
    rows = effects[(effects["experiment_id"] == experiment_id) & (effects["arm"] == arm)]
    own = rows[rows["segment_id"].isin([name for name, size in sizes.items() if size > 0])]
    whole = rows[rows["segment_id"] == EVERYONE]
    drawn = own[["shrunken", "shrunken_low", "shrunken_high"]].notna().all(axis=1)
    table = pd.DataFrame({"segment_id": own["segment_id"].astype("str")})
    for name in ("effect", "low", "high"):
        plain = "shrunken" if name == "effect" else f"shrunken_{name}"
        table[name] = own[plain].where(drawn, own[name]).astype("float64")
        if not differ:
            table[name] = float(whole[name].iloc[0]) if len(whole) else np.nan
    table["customers"] = table["segment_id"].map(dict(sizes)).astype("int64")
    return table.assign(grade=Grade.EXPERIMENT.value).reset_index(drop=True)


def segment_returns(
    effects: pd.DataFrame,
    *,
    cost: float | Mapping[str, float],
    value: float = 1.0,
) -> pd.DataFrame:
    """Return what treating each segment brings after its cost.

    Args:
        effects: ``segment_id``, ``effect`` per treated customer with ``low`` and ``high``, and
            ``customers`` who would be treated, one row per segment. Rows of ``(all)``, without
            an effect, or whose column ``grade`` is another one than ``experiment`` are left out:
            only a draw by lot says what a treatment does.
        cost: Cost of treating a customer, for all or by segment.
        value: What one unit of the effect is worth, such as the margin of a unit of revenue, or
            the profit of an order.

    Returns:
        The artefact ``targeting``: ``segment_id``, ``customers``, the effect, the ``cost`` and
        the ``return`` per customer (value of the effect less the cost) with ``return_low`` and
        ``return_high``, the ``total`` over the segment, ``per_cost`` (return per unit of cost;
        missing without a cost) and the ``choice``: ``treat`` where the whole interval of the
        return is above 0, ``leave out`` where it is below, else ``not known``. The best return
        first.

    Raises:
        ValueError: A cost is negative or missing, the value is not above 0, or a segment is
            there twice.

    >>> effects = pd.DataFrame({"segment_id": ["S01", "S02"], "effect": [10.0, 1.0],
    ...                         "low": [6.0, -2.0], "high": [14.0, 4.0], "customers": [100, 300]})
    >>> table = segment_returns(effects, cost=2.0, value=0.5)
    >>> table[["segment_id", "return", "return_low", "choice"]].values.tolist()
    [['S01', 3.0, 1.0, 'treat'], ['S02', -1.5, -3.0, 'not known']]
    """
    if value <= 0:
        raise ValueError(f"value = {value}, must be above 0; give what one unit is worth")
    rows = effects[(effects["segment_id"] != EVERYONE) & effects["effect"].notna()]
    if "grade" in rows:
        rows = rows[rows["grade"] == Grade.EXPERIMENT.value]
    names = rows["segment_id"].astype("str")
    if names.duplicated().any():
        twice = names[names.duplicated()].iloc[0]
        raise ValueError(f"segment {twice} is there twice; give one treatment at a time")
    costs = pd.Series(cost, dtype="float64") if isinstance(cost, Mapping) else None
    paid = names.map(costs) if costs is not None else pd.Series(float(cost), index=rows.index)  # type: ignore[arg-type]
    if paid.isna().any() or (paid < 0).any():
        raise ValueError("a cost is missing or negative; give one of 0 or more for each segment")
    table = pd.DataFrame({"segment_id": names, "customers": rows["customers"].astype("int64")})
    pairs = (("effect", "return"), ("low", "return_low"), ("high", "return_high"))
    for column, made in pairs:
        table[column if column == "effect" else f"effect_{column}"] = rows[column].astype("float64")
        table[made] = value * rows[column].astype("float64") - paid
    table["cost"] = paid
    for end in ("", "_low", "_high"):
        table[f"total{end}"] = table["customers"] * table[f"return{end}"]
    table["per_cost"] = np.where(paid > 0, table["return"] / paid.where(paid > 0), np.nan)
    table["choice"] = np.select(
        [table["return_low"] > 0, table["return_high"] < 0], [TREAT, LEAVE], UNKNOWN
    )
    table = table.sort_values(["return", "segment_id"], ascending=[False, True])
    return table[RETURN_COLUMNS].reset_index(drop=True)


@dataclass(frozen=True)
class Targeting:
    """What a choice of segments returns, beside as many customers picked at random.

    Attributes:
        customers: Customers in the segments to treat.
        chosen: Return of treating them, in all.
        at_random: Return of treating as many customers, picked at random.
        everyone: Return of treating all customers.
    """

    customers: int
    chosen: Interval
    at_random: Interval
    everyone: Interval


def targeting(returns: pd.DataFrame, *, shared: bool = False, level: float = 0.95) -> Targeting:
    """Set the segments that pay beside customers picked at random.

    The segments were chosen by the very numbers that are added up here, so their sum flatters;
    `held_out_targeting` judges the choice by customers who had no say in it.

    Args:
        returns: What `segment_returns` returned, for all segments.
        shared: Whether all segments have the same estimate, so that their errors add up; else
            they are independent, and are joined by the method of Zou and Donner (2008).
        level: Level of its intervals.

    Returns:
        Sums over customers.
    """
    picked = (returns["choice"] == TREAT).to_numpy(bool)
    customers = returns["customers"].to_numpy(np.float64)
    everyone = _total(returns, np.ones(len(returns), bool), shared, level)
    share = float(customers[picked].sum() / customers.sum()) if customers.sum() > 0 else 0.0
    at_random = Interval(share * everyone.value, share * everyone.low, share * everyone.high, level)
    return Targeting(
        int(customers[picked].sum()), _total(returns, picked, shared, level), at_random, everyone
    )


def _total(returns: pd.DataFrame, rows: BoolArray, shared: bool, level: float) -> Interval:
    """Return the sum of totals with its interval."""
    ends: list[FloatArray] = [
        returns.loc[rows, name].to_numpy(np.float64)
        for name in ("total", "total_low", "total_high")
    ]
    value = float(ends[0].sum())
    if shared:
        return Interval(value, float(ends[1].sum()), float(ends[2].sum()), level)
    below = float(np.sqrt(((ends[0] - ends[1]) ** 2).sum()))
    above = float(np.sqrt(((ends[2] - ends[0]) ** 2).sum()))
    return Interval(value, value - below, value + above, level)
