"""A choice of segments made on one half of an experiment and judged on the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t

from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray
from segmentation_lib.stats.intervals import Interval

__all__ = ["HeldOutTargeting", "held_out_targeting"]

_SMALLEST = 25


@dataclass(frozen=True)
class HeldOutTargeting:
    """What treating the best segments first returned among customers who did not choose them.

    Attributes:
        curve: One row per segment, the best of the choosing half first: ``place``,
            ``segment_id``, ``share`` of customers treated so far, ``gain`` (return so far, per
            customer of all, treated or not), ``at_random`` (the same share picked at random),
            ``low`` and ``high`` (band of the gain around its estimate less the line of random; it
            holds for the whole curve).
        qini: Area between the curve and the line of random targeting, per customer.
        chosen: Segments whose return was above 0 in the choosing half.
        advantage: Gain of treating these over as many customers at random, per customer of all.
        customers: Customers of the judging half.
    """

    curve: pd.DataFrame
    qini: Interval
    chosen: tuple[str, ...]
    advantage: Interval
    customers: int

    @property
    def beats_random(self) -> bool:
        """Whether choosing by segment was shown to be better than picking at random."""
        return bool(self.qini.low > 0)


def held_out_targeting(
    people: pd.DataFrame,
    *,
    cost: float | Mapping[str, float] = 0.0,
    value: float = 1.0,
    level: float = 0.95,
    seed: int | Sequence[int] = 0,
) -> HeldOutTargeting | None:
    """Order segments by return on one half of an experiment, and judge the order on the other.

    Whoever picks the best of several noisy numbers is disappointed later: the best one was lucky
    as well. Customers of the judging half had no say in the order, so their returns are not lucky.

    Args:
        people: One row per customer of an experiment: ``segment_id`` (fixed before the draw),
            ``treated`` (true or false, drawn by lot) and ``outcome``.
        cost: Cost of treating a customer, for all or by segment.
        value: What one unit of the outcome is worth.
        level: Confidence level.
        seed: Seed of the halves.

    Returns:
        The judgement; None if fewer than two segments have 25 customers in each arm of each half.

    Source: Radcliffe (2007) on Qini curves, by segment instead of by customer.
    """
    rows = people[people["segment_id"].notna()].reset_index(drop=True)
    first = _halves(rows, seed)
    names = _large_enough(rows, first)
    if len(names) < 2:
        return None
    kept = rows["segment_id"].isin(names).to_numpy(bool)
    choosing, judging = rows[kept & first], rows[kept & ~first]
    paid = np.array([cost[name] if isinstance(cost, Mapping) else cost for name in names], float)
    chosen_by, _, _ = _returns(choosing, names, value)
    order = np.lexsort((np.arange(len(names)), -(chosen_by - paid)))
    returns, variances, freedom = _returns(judging, names, value)
    counts = judging["segment_id"].value_counts().reindex(names).to_numpy(np.float64)
    weights = (counts / counts.sum())[order]
    gains = (returns - paid)[order]
    shares = np.cumsum(weights)
    count = len(names)
    # What the curve has above the line of random targeting, as weights of the segments' returns.
    above = (np.tril(np.ones((count, count))) - shares[:, None]) * weights
    over, spread = above @ gains, (above * variances[order]) @ above.T
    errors = np.sqrt(np.maximum(np.diag(spread), 0.0))
    # The last place is the line itself; the others hold together (Bonferroni).
    reach = float(t.ppf(1 - (1 - level) / (2 * (count - 1)), freedom)) * errors
    at_random = shares * float(weights @ gains)
    curve = pd.DataFrame(
        {"place": np.arange(1, count + 1), "segment_id": [names[i] for i in order],
         "share": shares, "gain": at_random + over, "at_random": at_random,
         "low": at_random + over - reach, "high": at_random + over + reach}
    )  # fmt: skip
    steps = np.diff(np.append(0.0, shares))
    # Trapezoids between the ends of segments; the curve starts at 0 as the line does.
    area = (steps + np.append(steps[1:], 0.0)) / 2
    best = int(((chosen_by - paid) > 0).sum())
    advantage = _interval(over[best - 1], errors[best - 1], freedom, level) if best else Interval(
        0.0, 0.0, 0.0, level
    )  # fmt: skip
    return HeldOutTargeting(
        curve,
        _interval(float(area @ over), float(np.sqrt(max(area @ spread @ area, 0.0))), freedom,
                  level),
        tuple(names[i] for i in order[:best]),
        advantage,
        int(counts.sum()),
    )  # fmt: skip


def _halves(rows: pd.DataFrame, seed: int | Sequence[int]) -> BoolArray:
    """Mark every second customer of each segment and arm, in an order drawn by the seed."""
    rng = np.random.default_rng(seed)
    drawn = rows.assign(order=rng.random(len(rows)))
    place = drawn.groupby(["segment_id", "treated"])["order"].rank(method="first")
    return np.asarray(place % 2 == 1)


def _large_enough(rows: pd.DataFrame, first: BoolArray) -> list[str]:
    cells = rows.assign(first=first).groupby(["segment_id", "treated", "first"]).size()
    table = cells.unstack(["treated", "first"], fill_value=0)
    if table.shape[1] < 4:
        return []
    return sorted(str(name) for name in table.index[(table >= _SMALLEST).all(axis=1)])


def _returns(
    rows: pd.DataFrame, names: list[str], value: float
) -> tuple[FloatArray, FloatArray, float]:
    """Value of the effect in each segment, its variance, and degrees of freedom."""
    table = rows.groupby(["treated", "segment_id"])["outcome"].agg(["mean", "var", "size"])
    arms = [table.loc[arm].reindex(names) for arm in (True, False)]
    effect = (arms[0]["mean"] - arms[1]["mean"]).to_numpy(np.float64)
    variance = sum((arm["var"] / arm["size"]).to_numpy(np.float64) for arm in arms)
    smallest: IntArray = np.array([arm["size"].min() for arm in arms], dtype=np.int64)
    return value * effect, value**2 * np.asarray(variance), float(smallest.min() - 1)


def _interval(value: float, error: float, freedom: float, level: float) -> Interval:
    half = float(t.ppf(0.5 + level / 2, freedom)) * error
    return Interval(float(value), float(value - half), float(value + half), level)
