"""Do groups exist: more structure than one cloud has, and a gap between groups on other rows.

Stability does not answer this: slices of one cloud come back too. Nor do fixed thresholds of an
index: one cloud meets them. Both tests here keep their error rate on one cloud of any usual shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segmentation_lib.stats.arrays import FloatArray, sample_rows, spawn_seeds
from segmentation_lib.stats.grouping import Algorithm
from segmentation_lib.stats.null import curve_p_value, rank_p_value
from segmentation_lib.stats.null_study import NullStudy
from segmentation_lib.stats.parallel import map_seeds
from segmentation_lib.stats.stability import split_halves
from segmentation_lib.stats.valley import deepest_cut, valley_p_value, valleys

__all__ = ["EXISTENCE_KS", "GapTest", "StructureTest", "gap_test", "structure_test"]

# More groups would find more valleys in the draws too: power, not size, is lost beyond these.
EXISTENCE_KS = (2, 3, 4, 5, 6)
_SPREAD_FLOOR = 1e-6
_STARTS = 3


@dataclass(frozen=True)
class StructureTest:
    """Is there more structure than in one cloud with the same margins, correlations and tails?

    Attributes:
        valley_depth: Depth of the deepest valley over all k, in standard deviations.
        valley_null_high: Its 95 % quantile on data without groups.
        valley_p: Share of data sets, the real one included, with as deep a valley.
        explained_p: The same for the variance that groups explain, at the k where it stands out
            most.
        draws: Data sets without groups.
        rows: Rows used.
    """

    valley_depth: float
    valley_null_high: float
    valley_p: float
    explained_p: float
    draws: int
    rows: int

    @property
    def p_value(self) -> float:
        """The larger of the two p-values: both have to pass."""
        return max(self.valley_p, self.explained_p)


def structure_test(study: NullStudy, *, ks: Sequence[int] = EXISTENCE_KS) -> StructureTest:
    """Rank the data among data without groups, by valley depth and by explained variance.

    Either alone can be fooled: a curved cloud explains more variance than a straight one, and
    zeros beside counts make valleys. Only both together are called structure.

    Args:
        study: The data and the draws, grouped.
        ks: Numbers of groups to look at, all of them in the study.

    Source: null after Hennig & Lin 2015; valleys after Burman & Polonik 2009.
    """
    depth, null_depth = (curve.max(axis=-1) for curve in study.curves("valley_depth", ks))
    within, null_within = study.curves("log_within", ks)
    return StructureTest(
        valley_depth=float(depth),
        valley_null_high=float(np.quantile(null_depth, 0.95, method="inverted_cdf")),
        valley_p=rank_p_value(float(depth), null_depth),
        explained_p=curve_p_value(within, null_within, floor=_SPREAD_FLOOR),
        draws=len(null_depth),
        rows=study.rows,
    )


@dataclass(frozen=True)
class GapTest:
    """Is there a valley between groups on rows that took no part in finding it?

    Attributes:
        p_values: One per half that was grouped; the other half tested it.
        rows: Rows used, both halves together.
    """

    p_values: FloatArray
    rows: int

    @property
    def p_value(self) -> float:
        """Twice the median over the halves, at most 1 (Meinshausen, Meier & Buhlmann 2009)."""
        return min(1.0, 2.0 * float(np.median(self.p_values)))


def gap_test(
    X: FloatArray,
    algorithm: Algorithm,
    *,
    seed: int | Sequence[int],
    ks: Sequence[int] = EXISTENCE_KS,
    splits: int = 5,
    sample_size: int = 20_000,
    workers: int = 1,
) -> GapTest:
    """Find groups, the deepest cut and its valleys on one half; test them on the other.

    Args:
        X: Matrix of shape (rows, features), without missing values, whole numbers dithered.
        algorithm: Groups each half, from three starts.
        seed: Seed of sample, splits and starts.
        ks: Numbers of groups; the one with the deepest cut is tested.
        splits: Random splits into halves; each half plays both parts.
        sample_size: Rows used at most; a seeded sample where there are more.
        workers: Processes to use; the result does not depend on them.

    Source: held-out multivariate mode hunting (Burman & Polonik 2009).
    """
    branch = (seed,) if isinstance(seed, int) else tuple(seed)
    sample = X[sample_rows(len(X), sample_size, seed=(*branch, 1))]

    def work(seed: np.random.SeedSequence) -> tuple[float, float]:
        draw, first, second = seed.spawn(3)
        one, other = (sample[half] for half in split_halves(len(sample), seed=draw))
        return (
            _held_out_p(one, other, algorithm, ks, first),
            _held_out_p(other, one, algorithm, ks, second),
        )

    found = map_seeds(work, spawn_seeds((*branch, 2), splits), workers=workers)
    return GapTest(p_values=np.array(found).ravel(), rows=len(sample))


def _held_out_p(
    fitted: FloatArray,
    tested: FloatArray,
    algorithm: Algorithm,
    ks: Sequence[int],
    seed: np.random.SeedSequence,
) -> float:
    deepest, p_value = -np.inf, 1.0
    best = None
    for k, start in zip(ks, seed.spawn(len(ks)), strict=True):
        found = valleys(fitted, algorithm.fit(fitted, k, seed=start, starts=_STARTS).labels)
        depth, across = deepest_cut(found)
        if depth > deepest:
            deepest, best = depth, (found, across)
    if best is not None:
        p_value = valley_p_value(tested, *best)
    return p_value
