"""Features that say the same share one vote, so that a measure taken five times counts once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from segmentation_lib.cluster.digits import significant
from segmentation_lib.cluster.transforms import FeatureTransform
from segmentation_lib.stats.arrays import FloatArray, one_thread

__all__ = ["share_votes", "vote_blocks"]

_OFF = 1.0


def share_votes(
    features: Sequence[FeatureTransform],
    customers: pd.DataFrame,
    *,
    threshold: float,
    weighted: Mapping[str, float],
) -> tuple[list[FeatureTransform], list[str]]:
    """Give the features of each block the weight 1 / sqrt(features in the block).

    Squared distances add up, so together they then weigh as much as one feature.

    Args:
        features: The fitted transforms.
        customers: The customers they were fitted on.
        threshold: Mean correlation within a block, at least; 1 changes nothing.
        weighted: Features whose weight a person decided; they keep it, and join no block.

    Returns:
        The transforms in the same order, and a finding per block.
    """
    free = [feature for feature in features if feature.name not in weighted]
    if threshold >= _OFF or len(free) < 2:
        return list(features), []
    blocks = vote_blocks(
        {feature.name: feature.raw_columns(customers[feature.name]) for feature in free},
        threshold=threshold,
    )
    weights: dict[str, float] = {}
    findings = []
    for block in blocks:
        weight = significant(len(block) ** -0.5)
        weights |= dict.fromkeys(block, weight)
        findings.append(
            f"{', '.join(block[:-1])} and {block[-1]} say nearly the same (correlation "
            f"{threshold:.2f} or more): they share one vote, each with the weight {weight:.2f}."
        )
    shared = [
        feature.model_copy(update={"weight": weights[feature.name]})
        if feature.name in weights
        else feature
        for feature in features
    ]
    return shared, findings


def vote_blocks(columns: Mapping[str, FloatArray], *, threshold: float) -> list[tuple[str, ...]]:
    """Return the features that move together, by average linkage of their correlations.

    Two features of one column each are compared by |r|; a category of several columns by the root
    of the RV coefficient (Robert & Escoufier 1976), which is |r| for one column each. Columns of
    one category stay together in any case: they are one feature.

    Args:
        columns: Columns of each feature, shape (rows, columns of the feature).
        threshold: Smallest mean correlation between the features of a block, under 1.

    Returns:
        Blocks of two or more features, in the order given.
    """
    names = list(columns)
    blocks = [block - block.mean(axis=0) for block in columns.values()]
    alike = np.eye(len(names))
    with one_thread():
        own = [float(np.linalg.norm(block.T @ block)) for block in blocks]
        for i in range(len(names)):
            for j in range(i):
                shared = float(np.sum((blocks[i].T @ blocks[j]) ** 2))
                scale = own[i] * own[j]
                alike[i, j] = alike[j, i] = np.sqrt(shared / scale) if scale > 0 else 0.0
    tree = linkage(squareform(np.clip(1.0 - alike, 0.0, 1.0), checks=False), method="average")
    # Rounding must not part two columns that are exactly at the threshold.
    members = fcluster(tree, t=1.0 - threshold + 1e-9, criterion="distance")
    found: dict[int, list[str]] = {}
    for name, member in zip(names, members, strict=True):
        found.setdefault(int(member), []).append(name)
    return [tuple(block) for block in found.values() if len(block) > 1]
