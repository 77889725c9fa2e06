"""Do the categories matter: segments of mixed data that would be the same without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segmentation_lib.cluster.transforms import Transforms
from segmentation_lib.stats.agreement import adjusted_rand
from segmentation_lib.stats.arrays import FloatArray, one_thread
from segmentation_lib.stats.grouping import Algorithm

__all__ = ["CategoryInfluence", "categories_ignored", "category_blocks"]

# Nearly all customers stay where they were although their categories were dealt out anew.
_SAME = 0.99
_FINDING = (
    "Categories are ignored: with categories dealt out at random, the segments stay the same. "
    "Raise their weight in cluster.weights, or leave them out of the segmenting features."
)


@dataclass(frozen=True)
class CategoryInfluence:
    """What becomes of the segments when categories are dealt out at random.

    Attributes:
        adjusted_rand: Agreement of the segments with and without the true categories; 1 is the
            same segments.
        ignored: Whether the categories make no difference.
        finding: What to say of it; empty where the categories matter.
    """

    adjusted_rand: float
    ignored: bool
    finding: str


def category_blocks(transforms: Transforms) -> tuple[tuple[int, ...], ...]:
    """Return the places of each category's columns in the space; ordered categories are numbers.

    Args:
        transforms: The fitted transforms.
    """
    blocks, first = [], 0
    for feature in transforms.features:
        after = first + len(feature.columns)
        if feature.kind == "category":
            blocks.append(tuple(range(first, after)))
        first = after
    return tuple(blocks)


def categories_ignored(
    X: FloatArray,
    blocks: Sequence[Sequence[int]],
    k: int,
    algorithm: Algorithm,
    *,
    seed: int | Sequence[int],
    starts: int = 10,
) -> CategoryInfluence:
    """Deal out the categories at random, group again, and compare.

    Categories enter the space as one column per level, scaled so that together they weigh as much
    as one number: grouping around centres there is what k-prototypes does (Huang 1998). If their
    weight is too small beside the numbers, they change nothing, and that must be said.

    Args:
        X: Customers as points, shape (customers, columns), without missing values.
        blocks: Places of each category's columns, see `category_blocks`.
        k: Number of segments.
        algorithm: Groups the customers, both times from the same seed.
        seed: Seed of the dealing and of the starts.
        starts: Starts of each fit.

    Raises:
        ValueError: There is no category.
    """
    if not blocks:
        raise ValueError("blocks: no category among the columns; ask this of mixed data only")
    # The same branch twice gives the same starts: what differs comes from the categories.
    deal, start, again = (np.random.SeedSequence(seed, spawn_key=(place,)) for place in (0, 1, 1))
    rng = np.random.default_rng(deal)
    dealt = X.copy()
    for block in blocks:
        columns = list(block)
        dealt[:, columns] = X[rng.permutation(len(X))][:, columns]
    with one_thread():
        found = algorithm.fit(X, k, seed=start, starts=starts).labels
        without = algorithm.fit(dealt, k, seed=again, starts=starts).labels
    agreement = adjusted_rand(found, without)
    ignored = agreement >= _SAME
    return CategoryInfluence(agreement, ignored, _FINDING if ignored else "")
