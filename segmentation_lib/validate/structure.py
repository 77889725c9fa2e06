"""Are there groups at all? Indices of the grouping, each beside what one cloud would give.

Silhouette and Davies-Bouldin look good on one shapeless cloud too, so they are ranked among their
values on clouds with the same margins and correlations. The search over the number of segments is
part of what is repeated on each cloud.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.metrics import pairwise_distances, silhouette_score

from segmentation_lib.stats import (
    Algorithm,
    OneCloud,
    curve_p_value,
    davies_bouldin,
    null_values,
    silhouette,
)
from segmentation_lib.stats.arrays import FloatArray, IntArray, sample_rows

__all__ = ["internal_indices"]

_STARTS = 3
_FLOOR = 0.005


def internal_indices(
    points: FloatArray,
    labels: IntArray,
    algorithm: Algorithm,
    *,
    ks: Sequence[int],
    seed: int,
    smoothed: FloatArray | None = None,
    draws: int = 99,
    sample_size: int = 1000,
    workers: int = 1,
) -> pd.DataFrame:
    """Return silhouette and Davies-Bouldin beside their values on data without groups.

    Args:
        points: Customers in the model's space, shape (customers, features).
        labels: Their segment, 0 to k-1.
        algorithm: Groups the null data sets, as it grouped the customers.
        ks: Numbers of segments that were tried; must hold the chosen one.
        seed: Seed of sample, null model and starts.
        smoothed: The same customers with whole numbers spread out (see
            ``cluster.smoothed_matrix``), for the test: the gaps between counts are not gaps
            between groups. The points themselves when None.
        draws: Data sets without groups.
        sample_size: Customers used; the cost grows with their square.
        workers: Processes to use; the result does not depend on them.

    Returns:
        The artefact ``internal_indices``: a row per index with its ``value`` on the sample, the
        mean and the 2.5 and 97.5 % quantiles on the null data at the same number of segments,
        and the rank p-value of the best value over all ``ks``.

    Source: silhouette and Davies-Bouldin as published; null after Hennig & Lin (2015).
    """
    rows = sample_rows(len(points), sample_size, seed=(seed, 1))
    sample, own = (points if smoothed is None else smoothed)[rows], labels[rows]
    chosen = list(ks).index(int(labels.max()) + 1)

    def curves(data: FloatArray, branch: np.random.SeedSequence) -> FloatArray:
        return _curves(data, algorithm, ks, branch)

    cloud = OneCloud.fit(sample, seed=(seed, 2))
    null = null_values(cloud, curves, seed=(seed, 3), draws=draws, workers=workers)
    observed = curves(sample, np.random.SeedSequence((seed, 4)))
    values = (silhouette(points[rows], own).mean, davies_bouldin(points[rows], own).index)
    return pd.DataFrame(
        [
            _row(name, value, sign * null[:, place, chosen], better,
                 curve_p_value(observed[place], null[:, place], floor=_FLOOR))
            for place, (name, value, sign, better) in enumerate(
                [("silhouette", values[0], 1.0, "higher"),
                 ("davies_bouldin", values[1], -1.0, "lower")]
            )
        ]
    )  # fmt: skip


def _curves(
    data: FloatArray, algorithm: Algorithm, ks: Sequence[int], branch: np.random.SeedSequence
) -> FloatArray:
    """Silhouette and minus Davies-Bouldin for each k, shape (2, len(ks)); higher is better."""
    curves = np.empty((2, len(ks)))
    distances = pairwise_distances(data)
    for place, (k, seed) in enumerate(zip(ks, branch.spawn(len(ks)), strict=True)):
        groups = algorithm.fit(data, k, seed=seed, starts=_STARTS).labels
        curves[0, place] = silhouette_score(distances, groups, metric="precomputed")
        curves[1, place] = -davies_bouldin(data, groups).index
    return curves


def _row(
    name: str, value: float, null: FloatArray, better: str, p_value: float
) -> dict[str, float | str]:
    low, high = np.quantile(null, [0.025, 0.975])
    return {
        "index": name,
        "value": value,
        "null_mean": float(null.mean()),
        "null_low": float(low),
        "null_high": float(high),
        "p_value": p_value,
        "better": better,
    }
