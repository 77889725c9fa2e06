"""The data and data sets without groups, all grouped alike: what any index is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import pairwise_distances

from segmentation_lib.stats.arrays import FloatArray, IntArray, sample_rows, spawn_seeds
from segmentation_lib.stats.grouping import Algorithm
from segmentation_lib.stats.indices import (
    davies_bouldin,
    explained_share,
    pair_separation,
    silhouette_widths,
)
from segmentation_lib.stats.null import OneCloud
from segmentation_lib.stats.parallel import map_seeds
from segmentation_lib.stats.valley import deepest_cut, valleys

__all__ = ["MEASURES", "NullStudy", "null_study"]

# All are higher where groups are clearer.
MEASURES = ("valley_depth", "log_within", "silhouette", "davies_bouldin", "separation")
_STARTS = 3
_SMALLEST_SHARE = 1e-12
# Draws between two looks at whether more of them can change the answer.
_LOOK = 5


@dataclass(frozen=True)
class NullStudy:
    """Five measures of the best grouping at each k, on the data and on data without groups.

    The measures (`MEASURES`): depth of the valley across the best cut in two; minus the logarithm
    of the share of variance within groups; silhouette; minus the Davies-Bouldin index; separation
    of the closest two groups.

    Attributes:
        ks: Numbers of groups.
        observed: The measures on the data, shape (measures, ks).
        null: The measures on data without groups, shape (draws, measures, ks).
        rows: Rows used.
        silhouette_rows: Rows that silhouettes were computed on.
    """

    ks: tuple[int, ...]
    observed: FloatArray
    null: FloatArray
    rows: int
    silhouette_rows: int

    def curves(
        self, measure: str, ks: Sequence[int] | None = None
    ) -> tuple[FloatArray, FloatArray]:
        """Return a measure on the data, shape (ks,), and on the draws, shape (draws, ks).

        Args:
            measure: One of `MEASURES`.
            ks: Numbers of groups; all that were tried when None.

        Raises:
            ValueError: There is no such measure, or a number of groups was not tried.
        """
        if measure not in MEASURES:
            raise ValueError(f"measure = {measure!r}, must be one of {', '.join(MEASURES)}")
        wanted = self.ks if ks is None else tuple(ks)
        if missing := sorted(set(wanted) - set(self.ks)):
            raise ValueError(f"k = {missing}, must be among those tried: {list(self.ks)}")
        places = [self.ks.index(k) for k in wanted]
        row = MEASURES.index(measure)
        return self.observed[row, places], self.null[:, row][:, places]


def null_study(
    X: FloatArray,
    algorithm: Algorithm,
    *,
    ks: Sequence[int],
    seed: int | Sequence[int],
    tied: FloatArray | None = None,
    draws: int = 99,
    sample_size: int = 3000,
    silhouette_rows: int = 1000,
    give_up: float | None = None,
    workers: int = 1,
) -> NullStudy:
    """Group the data, and data sets drawn from one cloud fitted to them, at every k.

    Args:
        X: Matrix of shape (rows, features), without missing values, whole numbers dithered.
        algorithm: Groups the data and every draw, from three starts.
        ks: Numbers of groups, ascending, each at least 2.
        seed: Seed of sample, null model, draws and starts.
        tied: The matrix before it was dithered, see `OneCloud.fit`.
        draws: Data sets without groups.
        sample_size: Rows used at most; a seeded sample where there are more.
        silhouette_rows: Rows for silhouettes at most, whose cost grows with their square; 0 to
            leave them out.
        give_up: Stop drawing once the valley depth of the data can no longer be in the top share
            of this size, such as 0.05; for the calibration of tests. None to draw all.
        workers: Processes to use; the result does not depend on them.
    """
    branch = (seed,) if isinstance(seed, int) else tuple(seed)
    rows = sample_rows(len(X), sample_size, seed=(*branch, 1))
    sample = X[rows]
    few = sample_rows(len(sample), silhouette_rows, seed=(*branch, 5))
    cloud = OneCloud.fit(sample, seed=(*branch, 2), tied=None if tied is None else tied[rows])
    tried = tuple(ks)
    own = spawn_seeds((*branch, 4), 1)[0]
    observed = map_seeds(lambda seed: _measures(sample, algorithm, tried, few, seed), [own])[0]

    def work(seed: np.random.SeedSequence) -> FloatArray:
        drawing, starting = seed.spawn(2)
        drawn = cloud.draw(np.random.default_rng(drawing))
        return _measures(drawn, algorithm, tried, few, starting)

    seeds = spawn_seeds((*branch, 3), draws)
    null: list[FloatArray] = []
    for first in range(0, draws, draws if give_up is None else _LOOK):
        last = draws if give_up is None else first + _LOOK
        null += map_seeds(work, seeds[first:last], workers=workers)
        deeper = sum(values[0].max() >= observed[0].max() for values in null)
        if give_up is not None and 1 + deeper > give_up * (1 + draws):
            break
    return NullStudy(tried, observed, np.array(null), len(sample), len(few))


def _measures(
    X: FloatArray,
    algorithm: Algorithm,
    ks: tuple[int, ...],
    few: IntArray,
    seed: np.random.SeedSequence,
) -> FloatArray:
    """All measures at all k, shape (measures, ks)."""
    values = np.full((len(MEASURES), len(ks)), np.nan)
    distances = pairwise_distances(X[few]) if len(few) else None
    for place, (k, start) in enumerate(zip(ks, seed.spawn(len(ks)), strict=True)):
        fitted = algorithm.fit(X, k, seed=start, starts=_STARTS).labels
        # Fewer distinct rows than k leave groups empty.
        labels = np.unique(fitted, return_inverse=True)[1].astype(np.int64)
        values[0, place] = deepest_cut(valleys(X, labels))[0]
        values[1, place] = -np.log(max(1.0 - explained_share(X, labels), _SMALLEST_SHARE))
        if labels.max() < 1:
            continue
        if distances is not None and len(np.unique(labels[few])) > 1:
            values[2, place] = silhouette_widths(distances, labels[few]).mean()
        values[3, place] = -davies_bouldin(X, labels).index
        values[4, place] = pair_separation(X, labels).min()
    return values
