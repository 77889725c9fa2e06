"""One natural experiment judged: refused, described or compared, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.implement.effects.did import difference_in_differences, scale_of
from segmentation_lib.implement.effects.matching import matched_control
from segmentation_lib.implement.effects.panel import Blocks
from segmentation_lib.implement.effects.pretrend import (
    FEWEST_BLOCKS,
    PretrendCheck,
    check_pretrend,
)
from segmentation_lib.implement.effects.wandering import allow_for_wandering, measure_wandering
from segmentation_lib.params.registers.natural_experiments import NaturalExperiment
from segmentation_lib.profile.story.evidence import Grade
from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray
from segmentation_lib.stats.intervals import Interval
from segmentation_lib.stats.studentised import studentised_mean

__all__ = ["Judged", "judge_comparison"]

# With fewer customers, or fewer who buy, no interval of skewed money holds its level.
_SMALLEST, _FEWEST_BUYERS, _FEWEST_CLUSTERS = 50, 30, 6

_REASONS = {
    "trend": "The groups were already moving apart before the date.",
    "placebo": "The gap between the groups broke before the date.",
    "chosen": "The gap jumps in the time by which the treated may have been chosen: such a jump "
    "passes by itself.",
    "too short": "There is too little history before the date to see whether the groups moved "
    "together.",
}
_MADE = (
    "Treated and control are segments, which were made from what customers did before the date, "
    "and there is too little history before that to see whether the gap only passes."
)


@dataclass(frozen=True)
class Judged:
    """What became of one natural experiment.

    Attributes:
        row: Counts, numbers, verdict, grade and reason, by name of the column.
        check: The checks of the time before; None where it did not come to that.
        weights: Weight of each customer; 0 for those without a counterpart.
    """

    row: dict[str, Any]
    check: PretrendCheck | None
    weights: FloatArray


def judge_comparison(
    entry: NaturalExperiment,
    people: pd.DataFrame,
    panel: FloatArray,
    blocks: Blocks,
    *,
    made_since: date | None = None,
    alpha: float = 0.05,
    level: float = 0.95,
    seed: tuple[int, int] = (0, 0),
) -> Judged:
    """Refuse, describe or compare: whatever the data of one natural experiment allow.

    Args:
        entry: What happened, and to whom.
        people: ``treated`` and the attributes to match by, one row per customer of both groups.
        panel: What each of them did in each block, shape (customers, blocks), the last block
            after the date.
        blocks: The blocks.
        made_since: First day of the time that made the groups, where these are segments.
        alpha: Share of sound comparisons that may be refused.
        level: Confidence level.
        seed: Seed of resampling.
    """
    treated = people["treated"].to_numpy(bool)
    weights, unmatched = np.ones(len(people)), 0
    if entry.match_by and treated.any() and not treated.all():
        match = matched_control(people, treated, entry.match_by)
        weights, unmatched = match.weights, match.unmatched
    kept = weights > 0
    row: dict[str, Any] = {
        "customers": int((treated & kept).sum()),
        "control_customers": int((~treated & kept).sum()),
        "unmatched": unmatched,
        "block_days": blocks.days,
        "blocks_before": blocks.before,
    }
    clusters = None
    if entry.cluster:
        clusters = pd.factorize(people[entry.cluster].astype("str"), sort=True)[0].astype(np.int64)
    reason = _too_few(panel, treated, kept, clusters, entry.control is not None)
    if reason:
        return Judged(row | {"verdict": "too few to tell", "reason": reason}, None, weights)
    if entry.control is None:
        return Judged(row | _described(panel, level, seed), None, weights)
    unweighted = None if not entry.match_by else weights[kept]
    groups = None if clusters is None else clusters[kept]
    ends = blocks.starts()[1:]
    chosen = None if made_since is None else np.array([end > made_since for end in ends])
    check = check_pretrend(
        panel[kept, :-1], treated[kept], scale=scale_of(entry.metric), chosen=chosen,
        clusters=groups, weights=unweighted, alpha=alpha, seed=seed,
    ) if blocks.before >= FEWEST_BLOCKS else None  # fmt: skip
    row["pretrend_p"] = float("nan") if check is None else check.p_value
    row["unseen_drift"] = float("nan") if check is None else check.unseen
    if scale_of(entry.metric) == "ratio":
        row["unseen_drift"] = float(np.expm1(row["unseen_drift"]))
    verdict = "too short" if check is None else check.verdict
    if verdict != "together":
        short = verdict == "too short" and made_since is not None
        reason = _MADE if short else _REASONS[verdict]
        return Judged(row | {"verdict": "not credible", "reason": reason}, check, weights)
    found = difference_in_differences(
        panel[kept], treated[kept], scale=scale_of(entry.metric), clusters=groups,
        weights=unweighted, level=level, seed=seed,
    )  # fmt: skip
    wandering = 0.0
    if clusters is None:
        # Nobody said what was treated as a whole, so the group itself may have been.
        wandering = measure_wandering(panel[kept, :-1], treated[kept],
                                      scale=scale_of(entry.metric), weights=unweighted)  # fmt: skip
        found = allow_for_wandering(found, wandering, blocks.before)
    row["wandering"] = float(np.sqrt(wandering))
    deciding = found.deciding
    row |= _named(found.effect, "effect", "low", "high")
    row |= _named(found.relative, "relative", "relative_low", "relative_high")
    row["treated_before"], row["treated_after"] = found.treated_means
    row["control_before"], row["control_after"] = found.control_means
    verdict = "more" if deciding.low > 0 else "less" if deciding.high < 0 else "no difference shown"
    earned = {"verdict": verdict, "grade": Grade.QUASI_EXPERIMENT.value}
    return Judged(row | earned, check, weights)


def _too_few(
    panel: FloatArray,
    treated: BoolArray,
    kept: BoolArray,
    clusters: IntArray | None,
    compared: bool,
) -> str:
    for group in (treated, ~treated) if compared else (treated,):
        own = panel[group & kept]
        # The first blocks and the last one, so that a mean of 0 is seen wherever it is.
        buyers = min((own[:, :-1] > 0).any(axis=1).sum(), (own[:, -1] > 0).sum()) if len(own) else 0
        if len(own) < _SMALLEST or buyers < _FEWEST_BUYERS or not own.sum(axis=0).all():
            return (
                f"Too few customers: each group needs {_SMALLEST} who had bought before, and "
                f"{_FEWEST_BUYERS} who buy before and after the date."
            )
        if clusters is not None and len(np.unique(clusters[group & kept])) < _FEWEST_CLUSTERS:
            return (
                f"Too few places: with fewer than {_FEWEST_CLUSTERS} in each group, nobody can "
                "tell an effect from what is special about a place."
            )
    return ""


def _described(panel: FloatArray, level: float, seed: tuple[int, int]) -> dict[str, Any]:
    """Before and after of the treated alone: a description, whatever it shows."""
    before = panel[:, :-1].mean(axis=1)
    change = studentised_mean(panel[:, -1] - before, seed=seed, level=level)
    means = {"treated_before": float(before.mean()), "treated_after": float(panel[:, -1].mean())}
    return (
        _named(change, "effect", "low", "high")
        | means
        | {
            "verdict": "description only",
            "grade": Grade.ASSOCIATION.value,
            "reason": "There is no control group: season, prices and everything else that changed "
            "at that time is in the difference as well.",
        }
    )


def _named(interval: Interval, value: str, low: str, high: str) -> dict[str, float]:
    return {value: interval.value, low: interval.low, high: interval.high}
