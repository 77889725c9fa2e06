"""The ways to group customers, by name, and how far they agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations
from types import MappingProxyType
from typing import Final

import pandas as pd

from segmentation_lib.cluster.fuzzy import FuzzyCMeans
from segmentation_lib.cluster.groupings import CentredAlgorithm
from segmentation_lib.cluster.kmeans import KMeans
from segmentation_lib.cluster.latent_class import LatentClass
from segmentation_lib.cluster.mixture import DiagonalMixture
from segmentation_lib.cluster.ward import Ward
from segmentation_lib.stats.agreement import adjusted_rand
from segmentation_lib.stats.arrays import IntArray

__all__ = ["ALGORITHMS", "agreement", "algorithm"]

ALGORITHMS: Final[Mapping[str, Callable[[int], CentredAlgorithm]]] = MappingProxyType(
    {
        "kmeans": lambda size: KMeans(sample_size=size),
        "mixture": lambda size: DiagonalMixture(sample_size=size),
        "ward": lambda size: Ward(sample_size=size),
        "fuzzy": lambda size: FuzzyCMeans(sample_size=size),
        "latent_class": lambda size: LatentClass(sample_size=size),
    }
)


def algorithm(name: str, *, sample_size: int = 50_000) -> CentredAlgorithm:
    """Return the algorithm of that name.

    Args:
        name: One of ``ALGORITHMS``.
        sample_size: Rows that it is fitted on at most; the others are assigned.

    Raises:
        ValueError: There is no algorithm of that name.
    """
    if name not in ALGORITHMS:
        raise ValueError(f"algorithm = {name!r} is not known. Use one of {', '.join(ALGORITHMS)}.")
    return ALGORITHMS[name](sample_size)


def agreement(groupings: Mapping[str, IntArray]) -> pd.DataFrame:
    """Return the adjusted Rand index of each pair of groupings of the same rows.

    Args:
        groupings: Labels by the name of the algorithm, all of the same length.

    Returns:
        ``first, second, adjusted_rand`` in the order given; 1 is the same grouping, 0 is chance.

    Raises:
        ValueError: The groupings have different numbers of rows.
    """
    lengths = {name: len(labels) for name, labels in groupings.items()}
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{name} has {rows}" for name, rows in lengths.items())
        raise ValueError(f"groupings: {found} rows; group the same rows with each algorithm")
    pairs = [
        (first, second, adjusted_rand(groupings[first], groupings[second]))
        for first, second in combinations(groupings, 2)
    ]
    table = pd.DataFrame(pairs, columns=["first", "second", "adjusted_rand"])
    return table.astype({"first": "str", "second": "str", "adjusted_rand": "float64"})
