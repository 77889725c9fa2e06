"""Would we find the same segments again? Cold-start bootstrap, by customer, segment and number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.stats import (
    Algorithm,
    bootstrap_stability,
    global_stability,
    segment_level_stability,
)
from segmentation_lib.stats.arrays import FloatArray, IntArray, sample_rows, spawn_seeds
from segmentation_lib.stats.null import OneCloud
from segmentation_lib.validate.existence import number_columns
from segmentation_lib.words import listing

__all__ = [
    "BORDERLINE",
    "CrowdStability",
    "borderline_sentence",
    "crowd_stability",
    "pairs_sentence",
    "resampling_sentence",
    "segment_stability",
    "stability_by_k",
]

BORDERLINE = 0.8
# A segment with more borderline customers than this is pointed out.
_MANY = 0.1
# Refits in pairs cost two fits each, and the mean settles early.
_PAIRS = 10
_PAIR_STARTS = 5
_PAIR_ROWS = 5000
_CROWD_COLUMNS = 2
_BY_K_DRAWS = 30
_BY_K_ROWS = 2000


@dataclass(frozen=True)
class CrowdStability:
    """How well pieces of one crowd come back: what stability is worth without groups.

    Attributes:
        jaccard: Mean Jaccard of the pieces with their bootstrap copies, 0 to 1.
        pieces: Pieces that each crowd was cut into.
        customers: Customers in each crowd.
    """

    jaccard: float
    pieces: int
    customers: int

    @property
    def sentence(self) -> str:
        """Says what pieces of one crowd reach."""
        return (
            f"Coming back is no proof of groups: {self.customers:,} customers of one crowd "
            f"without any, cut into {self.pieces} pieces, would reach {self.jaccard:.2f} of 1."
        )


def segment_stability(
    customers: pd.Series,
    points: FloatArray,
    labels: IntArray,
    segment_ids: Sequence[str],
    algorithm: Algorithm,
    *,
    seed: int,
    draws: int = 100,
    workers: int = 1,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Refit on bootstrap samples and see who lands where.

    Args:
        customers: Customer IDs, in the order of ``points``.
        points: Customers in the model's space, shape (customers, features).
        labels: Their segment, 0 to k-1.
        segment_ids: Permanent ID of each label.
        algorithm: Refits, from cold starts.
        seed: Seed of the samples.
        draws: Number of refits.
        workers: Processes to use; the result does not depend on them.

    Returns:
        The artefacts ``segment_stability`` (mean Jaccard with its 5 % quantile; ``slsw``, the mean
        best Jaccard with any segment of a refit, over ten pairs of samples; and the share of
        borderline customers: in their segment in fewer than 80 % of refits) and ``stability``
        (that share of refits for each customer).

    Source: Hennig (2007), with one-to-one matching; Dolnicar & Leisch (2017) for ``slsw``.
    """
    result = bootstrap_stability(
        points, labels, algorithm, seed=(seed, 5), draws=draws, workers=workers
    )
    best_match = segment_level_stability(
        points, labels, algorithm, seed=(seed, 53), draws=_PAIRS, starts=_PAIR_STARTS,
        sample_size=min(len(points), _PAIR_ROWS), workers=workers,
    ).mean(axis=0)  # fmt: skip
    per_customer = pd.DataFrame(
        {"customer_id": customers.to_numpy(), "consistency": result.consistency}
    )
    borderline = pd.Series(result.consistency < BORDERLINE).groupby(labels).mean()
    per_segment = pd.DataFrame(
        {
            "segment_id": list(segment_ids),
            "customers": pd.Series(labels).value_counts().sort_index().to_numpy(),
            "jaccard": result.mean_jaccard,
            "jaccard_low": result.jaccard_quantile(0.05),
            "slsw": best_match,
            "borderline_share": borderline.to_numpy(),
        }
    )
    order = per_segment.sort_values("segment_id", ignore_index=True)
    return order, per_customer.sort_values("customer_id", ignore_index=True)


def resampling_sentence(customers: int, draws: int) -> str:
    """Say how often and from whom samples were drawn.

    >>> resampling_sentence(4494, 50)
    '50 samples of all 4,494 customers, each grouped from scratch.'
    """
    return f"{draws} samples of all {customers:,} customers, each grouped from scratch."


def pairs_sentence(
    customers: int, *, draws: int = _BY_K_DRAWS, sample_size: int = _BY_K_ROWS
) -> str:
    """Say how many pairs of samples `stability_by_k` compared, and of how many customers.

    >>> pairs_sentence(4494)
    '30 pairs of samples of 2,000 customers, for each number of segments.'
    """
    size = min(customers, sample_size)
    return f"{draws} pairs of samples of {size:,} customers, for each number of segments."


def borderline_sentence(stability: pd.DataFrame) -> str:
    """Say in which segments many customers stand on a border; empty if in none.

    Args:
        stability: The artefact ``segment_stability``.
    """
    many = stability[stability["borderline_share"] > _MANY].sort_values("segment_id")
    if many.empty:
        return ""
    named = [
        f"{row['segment_id']} ({row['borderline_share']:.0%})" for row in many.to_dict("records")
    ]
    return (
        f"Many customers stand on a border in {listing(named)}: fewer than {BORDERLINE:.0%} of "
        "the samples put them into their segment."
    )


def crowd_stability(
    points: FloatArray,
    smoothed: FloatArray,
    algorithm: Algorithm,
    k: int,
    *,
    columns: Sequence[str],
    seed: int,
    crowds: int = 3,
    draws: int = 20,
    starts: int = 5,
    sample_size: int = 5000,
    workers: int = 1,
) -> CrowdStability:
    """Cut crowds without groups into as many pieces, and see how well the pieces come back.

    Args:
        points: Customers in the model's space, shape (customers, columns).
        smoothed: The same, whole numbers spread out (see ``cluster.smoothed_matrix``).
        algorithm: Cuts the crowds.
        k: Number of pieces.
        columns: Names of the columns; categories are left out if two numbers remain.
        seed: Seed of everything random.
        crowds: Crowds drawn.
        draws: Refits of each.
        starts: Starts of each fit.
        sample_size: Customers of a crowd at most.
        workers: Processes to use; the result does not depend on them.

    Source: null after Hennig & Lin (2015), measure after Hennig (2007).
    """
    tested = number_columns(columns, points)
    if len(tested) < _CROWD_COLUMNS:
        tested = np.arange(points.shape[1], dtype=np.int64)
    rows = sample_rows(len(points), sample_size, seed=(seed, 54))
    sample = smoothed[np.ix_(rows, tested)]
    cloud = OneCloud.fit(sample, seed=(seed, 55), tied=points[np.ix_(rows, tested)])
    found = []
    for place in range(crowds):
        drawing, cutting = spawn_seeds((seed, 56, place), 2)
        crowd = cloud.draw(np.random.default_rng(drawing))
        pieces = algorithm.fit(crowd, k, seed=cutting, starts=starts).labels
        # Rows that are all alike can leave pieces empty.
        pieces = np.unique(pieces, return_inverse=True)[1].astype(np.int64)
        refits = bootstrap_stability(
            crowd,
            pieces,
            algorithm,
            seed=(seed, 57, place),
            draws=draws,
            starts=starts,
            workers=workers,
        )
        found.append(float(refits.mean_jaccard.mean()))
    return CrowdStability(float(np.mean(found)), k, len(rows))


def stability_by_k(
    points: FloatArray,
    ks: Sequence[int],
    algorithm: Algorithm,
    *,
    seed: int,
    draws: int = _BY_K_DRAWS,
    starts: int = 5,
    sample_size: int = _BY_K_ROWS,
    workers: int = 1,
) -> pd.DataFrame:
    """Compare the groupings of pairs of samples, for each number of segments.

    Args:
        points: Customers in the model's space, shape (customers, columns).
        ks: Numbers of segments.
        algorithm: Groups each sample, from a cold start.
        seed: Seed of the samples.
        draws: Pairs of samples.
        starts: Starts of each fit.
        sample_size: Customers used at most.
        workers: Cores to use; the result does not depend on them.

    Returns:
        The artefact ``global_stability``: per number of segments the mean adjusted Rand index of
        the pairs, and the range that holds nine in ten of them.

    Source: Dolnicar & Leisch (2010).
    """
    rows = sample_rows(len(points), sample_size, seed=(seed, 51))
    agreement = global_stability(
        points[rows], ks, algorithm, seed=(seed, 52), draws=draws, starts=starts, workers=workers
    )
    low, high = np.quantile(agreement, [0.05, 0.95], axis=1)
    return pd.DataFrame(
        {"k": list(ks), "adjusted_rand": agreement.mean(axis=1), "low": low, "high": high}
    )
