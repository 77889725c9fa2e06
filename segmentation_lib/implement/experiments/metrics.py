"""What is measured on the customers of an experiment, whoever they are and whatever they did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from segmentation_lib.implement.kpis import kpi_unit
from segmentation_lib.stats.arm_effects import (
    ArmEffect,
    adjusted_values,
    mean_effect,
    ratio_effect,
    ratio_values,
    share_effect,
)
from segmentation_lib.stats.arrays import BoolArray, FloatArray
from segmentation_lib.stats.power import planning_deviation

__all__ = ["Measure", "measure", "metric_name"]

# Skewed money: with fewer customers in an arm, or fewer who have any, no interval holds its level.
_SMALLEST_ARM, _FEWEST_WITH_ANY = 50, 20
_SMALLEST_SHARE_ARM = 10


@dataclass(frozen=True)
class Measure:
    """A metric of all customers of an experiment.

    Attributes:
        kind: ``share`` where it is 0 or 1 and not 0 for all, ``ratio`` with a denominator,
            otherwise ``mean``.
        top: The metric per customer, or the numerator.
        bottom: The denominator per customer; None without.
        past: The same customers' measure from before; None without.
        unit: ``money``, ``share`` or ``number``.
    """

    kind: Literal["mean", "share", "ratio"]
    top: FloatArray
    bottom: FloatArray | None = None
    past: FloatArray | None = None
    unit: str = "number"

    def effect(
        self,
        treated: BoolArray,
        control: BoolArray,
        *,
        seed: int | Sequence[int],
        level: float = 0.95,
    ) -> ArmEffect:
        """Compare two groups of customers.

        Args:
            treated: Which customers are treated.
            control: Which are the control.
            seed: Seed of the permutations.
            level: Level of the interval.
        """
        if self.kind == "share":
            return share_effect(self.top[treated], self.top[control], level=level)
        if self.bottom is not None:
            pairs = [(self.top[arm], self.bottom[arm]) for arm in (treated, control)]
            return ratio_effect(pairs[0], pairs[1], seed=seed, level=level)
        before = None if self.past is None else (self.past[treated], self.past[control])
        return mean_effect(
            self.top[treated], self.top[control], before=before, seed=seed, level=level
        )

    def enough(self, treated: BoolArray, control: BoolArray) -> bool:
        """Tell whether two groups are large enough to be compared at all."""
        smaller = min(int(treated.sum()), int(control.sum()))
        if self.kind == "share":
            return smaller >= _SMALLEST_SHARE_ARM
        some = self.top[treated | control] != 0
        # By the share of both arms, so that an arm in which nobody bought is seen.
        return smaller >= _SMALLEST_ARM and smaller * float(some.mean()) >= _FEWEST_WITH_ANY

    def exchangeable(self, rows: BoolArray) -> FloatArray:
        """Return one value per customer, to be exchanged between arms if there is no effect."""
        if self.bottom is not None:
            return ratio_values(self.top[rows], self.bottom[rows])
        if self.kind == "mean" and self.past is not None:
            return adjusted_values(self.top[rows], self.past[rows])
        return self.top[rows]

    def typical(self, rows: BoolArray) -> tuple[float, float]:
        """Return the value over some customers and the standard deviation to plan with."""
        if self.bottom is not None and self.bottom[rows].sum() <= 0:
            return float("nan"), float("nan")
        values = self.exchangeable(rows)
        level = values if self.bottom is not None else self.top[rows]
        if len(values) < 2:
            return float("nan"), float("nan")
        if self.kind == "share":
            return float(level.mean()), float(values.std(ddof=1))
        return float(level.mean()), planning_deviation(values)


def measure(
    outcomes: pd.DataFrame,
    ids: pd.Series,
    metric: str,
    *,
    denominator: str | None = None,
    before: pd.DataFrame | None = None,
    covariate: str | None = None,
) -> Measure | str:
    """Measure every customer of an experiment, also those who did nothing.

    Args:
        outcomes: ``customer_id`` and the outcomes of the quarter; a customer without a row has 0.
        ids: The customers, each once.
        metric: Outcome.
        denominator: Outcome to divide by, sum by sum.
        before: ``customer_id`` and measures from before; a customer without a row has 0.
        covariate: The one of them that is taken off.

    Returns:
        The measure; or why there is none: ``no metric``, ``no covariate``, or ``known for some``
        where it is missing for customers, as the value of an order is for those who did not order.
        The treatment may change who orders, so the arms' orders are not alike to begin with.
    """
    wanted = [metric] if denominator is None else [metric, denominator]
    if any(name not in outcomes for name in wanted):
        return "no metric"
    found = outcomes.set_index("customer_id")[wanted].astype("float64")
    if found.reindex(ids[ids.isin(found.index)]).isna().any().any():
        return "known for some"
    values = found.reindex(ids).fillna(0.0)
    top, unit = values[metric].to_numpy(np.float64), kpi_unit(metric, values[metric])
    if denominator is not None:
        unit = "number" if unit == "share" else unit
        return Measure("ratio", top, values[denominator].to_numpy(np.float64), unit=unit)
    past: FloatArray | None = None
    if covariate is not None:
        if before is None or covariate not in before:
            return "no covariate"
        known = before.set_index("customer_id")[covariate].astype("float64")
        past = np.asarray(known.reindex(ids).fillna(0.0), dtype=np.float64)
    # Where nobody did anything, no share is measured either: too few have any.
    if past is None and top.any() and np.isin(top, (0.0, 1.0)).all():
        return Measure("share", top, unit=unit)
    return Measure("mean", top, past=past, unit=unit)


def metric_name(metric: str, denominator: str | None) -> str:
    """Return the name of a metric in tables, such as ``revenue / orders``."""
    return metric if denominator is None else f"{metric} / {denominator}"
