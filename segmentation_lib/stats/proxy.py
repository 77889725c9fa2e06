"""Can a grouping tell an attribute that it was not made from? Judged on rows held out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation_lib.stats.arrays import FloatArray, IntArray
from segmentation_lib.stats.class_skill import class_aucs
from segmentation_lib.stats.intervals import Interval
from segmentation_lib.stats.out_of_fold import corrected_interval, repeated_folds

__all__ = ["ProxySkill", "proxy_skill"]


@dataclass(frozen=True)
class ProxySkill:
    """How well a grouping tells an attribute.

    Attributes:
        aucs: For each level, how well the grouping tells its rows from all others: 0.5 is
            chance, 1 is perfect. The intervals hold together at their level.
        told: Share of rows whose level is named right from their group.
        blind: Share named right without it, by the most frequent level.
    """

    aucs: tuple[Interval, ...]
    told: float
    blind: float


def proxy_skill(
    groups: IntArray,
    classes: IntArray,
    *,
    seed: np.random.SeedSequence,
    parts: int = 5,
    repeats: int = 4,
    level: float = 0.95,
) -> ProxySkill:
    """Predict the level of each row from its group, and tell how well that goes.

    The chance of a level is its share among the rows of the same group in the other folds.

    Args:
        groups: Group of each row, 0 to k-1.
        classes: Level of each row, 0 to m-1.
        seed: Seed of the folds.
        parts: Parts of the cross-validation.
        repeats: How often all rows are dealt out anew.
        level: Confidence that all intervals hold at once (Bonferroni).

    Raises:
        ValueError: There are fewer than two levels, or one has fewer rows than there are parts.

    Source: area under the ROC curve, one level against the rest; intervals of Nadeau & Bengio
    (2003).
    """
    sizes = np.bincount(classes)
    if len(sizes) < 2 or sizes.min() < parts:
        raise ValueError(
            f"levels of {sizes.tolist()} rows, there must be two or more of at least {parts} rows "
            "each. Join small levels."
        )
    aucs, told, blind = [], [], []
    for fit, judge in repeated_folds(classes, parts=parts, repeats=repeats, seed=seed):
        chances = _shares(groups, classes, fit)[groups[judge]]
        aucs.append(class_aucs(chances, classes[judge]))
        told.append(np.mean(chances.argmax(axis=1) == classes[judge]))
        blind.append(np.mean(np.bincount(classes[fit]).argmax() == classes[judge]))
    each = 1 - (1 - level) / len(sizes)
    intervals = [corrected_interval(column, parts=parts, level=each) for column in np.array(aucs).T]
    return ProxySkill(tuple(intervals), float(np.mean(told)), float(np.mean(blind)))


def _shares(groups: IntArray, classes: IntArray, fit: IntArray) -> FloatArray:
    """Share of each level in each group, by the rows to fit on, shape (groups, levels)."""
    counts = np.zeros((int(groups.max()) + 1, int(classes.max()) + 1))
    np.add.at(counts, (groups[fit], classes[fit]), 1.0)
    # A group without rows has the shares of all; one row of them all steadies small groups.
    counts += counts.sum(axis=0) / max(len(fit), 1)
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))
