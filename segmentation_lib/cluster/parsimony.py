"""Does a larger number of segments explain a KPI better, on customers that hold the choice?

The segments never saw a KPI. They are compared on ranks, so that a few giants decide nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import chi2, rankdata

from segmentation_lib.stats.arrays import FloatArray, IntArray
from segmentation_lib.stats.intervals import holm

__all__ = ["Gain", "Parsimony", "literal_k", "parsimony", "rank_gain"]

_LEVEL = 0.05
# Fewer customers of a segment than this say nothing about its KPI.
_FEWEST = 3


@dataclass(frozen=True)
class Gain:
    """What more segments add to the explanation of a KPI.

    Attributes:
        kpi: The KPI that gains most surely.
        share: Share of the KPI's variance, in ranks, that the larger number adds, 0 to 1.
        p_value: Of the test on ranks; corrected where the attribute that holds it says so.
    """

    kpi: str
    share: float
    p_value: float


@dataclass(frozen=True)
class Parsimony:
    """Which number of segments the KPIs ask for.

    Attributes:
        k: The smallest number that no larger one improves on; None if no KPI differs.
        differs: Per number of segments, Holm-corrected p-value of the KPI that differs most.
        over_smaller: Per number, its gain over the next smaller one (over no segments for the
            smallest), with the p-value corrected over the KPIs.
        beaten_by: For each number that was passed over, a larger one that explains a KPI better,
            and its gain with the corrected p-value: the chosen one where it does.
    """

    k: int | None
    differs: Mapping[int, float]
    over_smaller: Mapping[int, Gain]
    beaten_by: Mapping[int, tuple[int, Gain]]


def rank_gain(values: FloatArray, coarse: IntArray, fine: IntArray) -> tuple[float, float]:
    """Test whether finer groups explain the ranks of a measure over coarser ones.

    Ranks are compared between fine groups inside each coarse group, where nothing but the fine
    group can make a difference (Kruskal-Wallis within strata: Landis, Heyman & Koch 1978). An F
    test with one variance would not do: coarse groups differ in spread, and it then rejects a
    true null in up to 40 % of cases.

    Args:
        values: The measure, shape (rows,), NaN where it does not apply.
        coarse: Coarser group of each row, 0 or more.
        fine: Finer group of each row, 0 or more.

    Returns:
        The added share of the variance of the ranks, from 0 to 1, and the p-value; both NaN if
        nothing can be tested.

    >>> share, p = rank_gain(np.arange(8.0), np.zeros(8, int), np.repeat([0, 1], 4))
    >>> round(share, 3), round(p, 4)
    (0.762, 0.0209)
    """
    known = ~np.isnan(values)
    cells, cell, count = np.unique(
        np.column_stack([coarse[known], fine[known]]), axis=0, return_inverse=True,
        return_counts=True,
    )  # fmt: skip
    n = int(known.sum())
    if n == 0:
        return float("nan"), float("nan")
    ranks = rankdata(values[known]) - (n + 1) / 2
    total = float((ranks**2).sum())
    means = np.bincount(cell.ravel(), weights=ranks) / count
    one, other = _indicators(cells[:, 0]), _indicators(cells[:, 1])
    less, p_less = _explained(one, means, count)
    more, p_more = _explained(np.column_stack([one, other]), means, count)
    if total <= 0 or p_more <= p_less or n <= p_more:
        return float("nan"), float("nan")
    added = max(more - less, 0.0)
    return added / total, _p_within(ranks, coarse[known], fine[known])


def _p_within(ranks: FloatArray, coarse: IntArray, fine: IntArray) -> float:
    """P-value of no difference between fine groups inside any coarse one, given the ranks."""
    groups = _indicators(fine)
    score = np.zeros(groups.shape[1])
    variance = np.zeros((groups.shape[1], groups.shape[1]))
    for stratum in np.unique(coarse):
        own, inside = ranks[coarse == stratum], groups[coarse == stratum]
        size = len(own)
        if size < 2:
            continue
        sizes = inside.sum(axis=0)
        score += inside.T @ (own - own.mean())
        spread = float(((own - own.mean()) ** 2).sum()) / (size - 1)
        variance += spread * (np.diag(sizes) - np.outer(sizes, sizes) / size)
    values, vectors = np.linalg.eigh(variance)
    free = values > 1e-9 * max(float(values[-1]), 1e-300)
    statistic = float((((vectors.T @ score)[free]) ** 2 / values[free]).sum())
    return float(chi2.sf(statistic, int(free.sum()))) if free.any() else 1.0


def _indicators(groups: IntArray) -> FloatArray:
    flags: FloatArray = (groups[:, None] == np.unique(groups)[None]).astype(np.float64)
    return flags


def _explained(design: FloatArray, means: FloatArray, count: IntArray) -> tuple[float, int]:
    """Explained sum of squares of an additive model of cell means, and its rank."""
    weight = np.sqrt(count)
    solution, _, rank, _ = np.linalg.lstsq(design * weight[:, None], means * weight, rcond=1e-10)
    return float((count * (design @ solution) ** 2).sum()), int(rank)


def parsimony(
    kpis: pd.DataFrame, labels: Mapping[int, IntArray], *, level: float = _LEVEL
) -> Parsimony:
    """Return the smallest number of segments that no larger one improves on for a KPI.

    A number qualifies when a KPI differs between its segments (Holm over the KPIs). A larger one
    improves on it when it explains a KPI better, Bonferroni-corrected over KPIs and larger numbers.

    Args:
        kpis: One row per customer that holds the choice, one column per KPI, NaN allowed.
        labels: Segments of these customers, for each admissible number of segments.
        level: Corrected p-value up to which a KPI counts as differing, or as better explained.
    """
    values = {str(name): kpis[name].to_numpy(np.float64, na_value=np.nan) for name in kpis}
    numbers = sorted(labels)
    useful = {k: _kept(labels[k]) for k in numbers}
    differs = {k: _differs(values, useful[k]) for k in numbers}
    qualified = [k for k in numbers if differs[k] <= level]
    over_smaller, nothing = {}, np.zeros(len(kpis), dtype=np.int64)
    for place, k in enumerate(numbers):
        before = useful[numbers[place - 1]] if place else nothing
        over_smaller[k] = _best_gain(values, before, useful[k], tests=len(values))
    beaten: dict[int, dict[int, Gain]] = {}
    chosen = None
    for place, k in enumerate(qualified):
        larger = qualified[place + 1 :]
        tests = len(values) * max(len(larger), 1)
        gains = {other: _best_gain(values, useful[k], useful[other], tests=tests)
                 for other in larger}  # fmt: skip
        better = {other: gain for other, gain in gains.items() if gain.p_value <= level}
        if not better:
            chosen = k
            break
        beaten[k] = better
    told = {k: _told(better, chosen) for k, better in beaten.items()}
    return Parsimony(chosen, differs, over_smaller, told)


def _told(better: Mapping[int, Gain], chosen: int | None) -> tuple[int, Gain]:
    """The chosen number if it is among the better ones, otherwise the surest of them."""
    surest = min(better, key=lambda other: (better[other].p_value, other))
    number = chosen if chosen is not None and chosen in better else surest
    return number, better[number]


def literal_k(kpis: pd.DataFrame, labels: Mapping[int, IntArray]) -> int | None:
    """Return the smallest number of segments with a KPI that differs at p < .05, uncorrected.

    It is the plain reading of a common rule, printed beside the choice: it stops too early.

    Args:
        kpis: One row per customer that holds the choice, one column per KPI, NaN allowed.
        labels: Segments of these customers, for each number that has large enough segments.
    """
    nothing = np.zeros(len(kpis), dtype=np.int64)
    for k in sorted(labels):
        for name in kpis:
            values = kpis[name].to_numpy(np.float64, na_value=np.nan)
            if rank_gain(values, nothing, _kept(labels[k]))[1] < _LEVEL:
                return k
    return None


def _kept(labels: IntArray) -> IntArray:
    """Join segments with next to nobody in this half to the largest one."""
    sizes = np.bincount(labels)
    return np.where(sizes[labels] < _FEWEST, int(sizes.argmax()), labels).astype(np.int64)


def _differs(values: Mapping[str, FloatArray], labels: IntArray) -> float:
    nothing = np.zeros(len(labels), dtype=np.int64)
    corrected = holm([rank_gain(measure, nothing, labels)[1] for measure in values.values()])
    return float(np.nanmin(corrected)) if not np.isnan(corrected).all() else 1.0


def _best_gain(
    values: Mapping[str, FloatArray], coarse: IntArray, fine: IntArray, *, tests: int
) -> Gain:
    gains = []
    for name, measure in values.items():
        share, p_value = rank_gain(measure, coarse, fine)
        if not np.isnan(p_value):
            gains.append(Gain(name, share, min(p_value * tests, 1.0)))
    best = min(gains, key=lambda gain: (gain.p_value, -gain.share, gain.kpi), default=None)
    return best or Gain("", float("nan"), 1.0)
