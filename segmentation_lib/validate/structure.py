"""How compact and how separate are the segments? Every measure beside what one crowd would give.

Silhouette, Davies-Bouldin index, explained variance and the separation of pairs look good on one
shapeless crowd too, so they are ranked among their values on crowds with the same margins and
correlations. The search over the number of segments is part of what is repeated on each of them.
The crowds are cut by k-means, which makes these indices as good as it can: segments of a mixture
or of medoids are held against the harder rival.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from segmentation_lib.stats.arrays import FloatArray, IntArray
from segmentation_lib.stats.grouping import Algorithm
from segmentation_lib.stats.indices import (
    davies_bouldin,
    explained_share,
    pair_separation,
    silhouette,
)
from segmentation_lib.stats.null import curve_p_value
from segmentation_lib.stats.null_study import NullStudy
from segmentation_lib.validate.existence import FEWEST_COLUMNS, crowd_study, number_columns
from segmentation_lib.words import listing

__all__ = [
    "NOT_COMPARED",
    "internal_indices",
    "merge_sentence",
    "pair_separations",
    "segment_silhouettes",
    "silhouette_sentence",
]

# Added to the spread of an index over the null data: smaller differences mean nothing.
_FLOORS = {"silhouette": 0.005, "davies_bouldin": 0.005, "log_within": 1e-6}
# What the page says where `internal_indices` had too few columns of numbers.
NOT_COMPARED = (
    "Whether the segments are tighter than cuts through a crowd without groups was not tested: "
    "that takes at least two features that are numbers."
)
_SILHOUETTE_ROWS = 2000
_NULL_QUANTILE = 0.975
# A segment with more of its customers nearer to another one is pointed out.
_MISPLACED = 0.25


def internal_indices(
    points: FloatArray,
    labels: IntArray,
    algorithm: Algorithm,
    *,
    ks: Sequence[int],
    seed: int,
    columns: Sequence[str] | None = None,
    smoothed: FloatArray | None = None,
    study: NullStudy | None = None,
    draws: int = 99,
    sample_size: int = 3000,
    workers: int = 1,
) -> pd.DataFrame:
    """Return silhouette, Davies-Bouldin and explained variance beside data without groups.

    Only columns of numbers count: categories have gaps by nature. With fewer than two of them,
    there is nothing to compare with, and the numbers of the null are NaN.

    Args:
        points: Customers in the model's space, shape (customers, columns).
        labels: Their segment, 0 to k-1.
        algorithm: Groups the null data, and the customers for the test: k-means, whatever the
            segments come from; not used when there is a ``study``.
        ks: All numbers of segments that were tried; must hold the chosen one.
        seed: Seed of samples, null model and starts.
        columns: Names of the columns; all are numbers when None.
        smoothed: The same customers with whole numbers spread out (see
            ``cluster.smoothed_matrix``), which the null data are like as well: the gaps between
            counts are not gaps between groups. The points themselves when None.
        study: What ``crowd_study`` returned, to share its work; it is made here when None.
        draws: Data sets without groups.
        sample_size: Customers compared with them at most.
        workers: Processes to use; the result does not depend on them.

    Returns:
        The artefact ``internal_indices``: a row per index with its ``value``, the mean and the 2.5
        and 97.5 % quantiles on the null data at the same number of segments, and the rank p-value
        of the best value over all ``ks``. Explained variance is never enough by itself: one
        curved crowd beats its null too.

    Source: silhouette and Davies-Bouldin as published; null after Hennig & Lin (2015).
    """
    names = _names(points, columns)
    spread = points if smoothed is None else smoothed
    comparable = len(number_columns(names, points)) >= FEWEST_COLUMNS
    if study is None and comparable:
        study = crowd_study(
            points,
            spread,
            algorithm,
            columns=names,
            ks=ks,
            seed=seed,
            draws=draws,
            sample_size=sample_size,
            workers=workers,
        )
    own = _numbers(points, names, spread)
    width = silhouette(own, labels, sample_size=_SILHOUETTE_ROWS, seed=(seed, 9)).mean
    k = len(np.unique(labels))
    rows = [
        ("silhouette", "silhouette", width, "higher"),
        ("davies_bouldin", "davies_bouldin", davies_bouldin(own, labels).index, "lower"),
        ("explained_share", "log_within", explained_share(own, labels), "higher"),
    ]
    made = study if comparable else None
    return pd.DataFrame([_row(made, ks, k, *row) for row in rows])


def _row(
    study: NullStudy | None,
    ks: Sequence[int],
    k: int,
    index: str,
    measure: str,
    value: float,
    better: str,
) -> dict[str, float | str]:
    if study is None:
        unknown = dict.fromkeys(("null_mean", "null_low", "null_high", "p_value"), float("nan"))
        return {"index": index, "value": value, **unknown, "better": better}
    observed, null = study.curves(measure, ks)
    _, at_k = study.curves(measure, [k])
    shown = _in_its_unit(index, at_k[:, 0])
    low, high = np.quantile(shown, [1 - _NULL_QUANTILE, _NULL_QUANTILE])
    return {
        "index": index,
        "value": value,
        "null_mean": float(shown.mean()),
        "null_low": float(low),
        "null_high": float(high),
        "p_value": curve_p_value(observed, null, floor=_FLOORS[measure]),
        "better": better,
    }


def _in_its_unit(index: str, values: FloatArray) -> FloatArray:
    if index == "davies_bouldin":
        return -values
    return 1.0 - np.exp(-values) if index == "explained_share" else values


def segment_silhouettes(
    points: FloatArray,
    labels: IntArray,
    segment_ids: Sequence[str],
    *,
    seed: int,
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return the silhouette of each segment, and how many customers are nearer to another one.

    Args:
        points: Customers in the model's space, shape (customers, columns).
        labels: Their segment, 0 to k-1.
        segment_ids: Permanent ID of each label.
        seed: Seed of the sample of at most 2,000 customers.
        columns: Names of the columns, as in `internal_indices`.

    Returns:
        ``segment_id, silhouette, below_zero_share``, both NaN for a segment not in the sample.
    """
    own = _numbers(points, _names(points, columns), points)
    found = silhouette(own, labels, sample_size=_SILHOUETTE_ROWS, seed=(seed, 9))
    table = pd.DataFrame(
        {
            "segment_id": list(segment_ids),
            "silhouette": found.by_group,
            "below_zero_share": found.below_zero,
        }
    )
    return table.sort_values("segment_id", ignore_index=True)


def silhouette_sentence(widths: pd.DataFrame) -> str:
    """Say which segments are nearer to another one for many of their customers; else empty.

    Args:
        widths: What `segment_silhouettes` returned.
    """
    many = widths[widths["below_zero_share"] > _MISPLACED]
    if many.empty:
        return ""
    named = [
        f"{row['segment_id']} ({row['below_zero_share']:.0%} of its customers)"
        for row in many.to_dict("records")
    ]
    start = "This segment is" if len(named) == 1 else "These segments are"
    return f"{start} not tight, with many customers nearer to another one: {listing(named)}."


def pair_separations(
    points: FloatArray,
    labels: IntArray,
    segment_ids: Sequence[str],
    study: NullStudy,
    *,
    columns: Sequence[str] | None = None,
    smoothed: FloatArray | None = None,
) -> pd.DataFrame:
    """Return how far apart the centres of every two segments are, in units of their spread.

    Args:
        points: Customers in the model's space, shape (customers, columns).
        labels: Their segment, 0 to k-1.
        segment_ids: Permanent ID of each label.
        study: What ``crowd_study`` returned; the number of segments must be among its ``ks``.
        columns: Names of the columns, as in `internal_indices`.
        smoothed: As in `internal_indices`.

    Returns:
        The artefact ``pair_separation``, closest pairs first. ``null_high`` is the 97.5 % quantile
        of the separation of the closest two pieces of one crowd, cut into as many, or NaN with
        fewer than two columns of numbers; a pair that does not exceed it is a
        ``merge_candidate``. ``davies_bouldin_worst`` marks the pair that
        the Davies-Bouldin index finds hardest to tell apart.
    """
    names = _names(points, columns)
    own = _numbers(points, names, points if smoothed is None else smoothed)
    separation = pair_separation(own, labels)
    worst = davies_bouldin(own, labels).worst_pair
    null_high = float("nan")
    if len(number_columns(names, points)) >= FEWEST_COLUMNS:
        _, null = study.curves("separation", [len(np.unique(labels))])
        null_high = float(np.quantile(null[:, 0], _NULL_QUANTILE))
    pairs = [
        {
            "segment_id": min(segment_ids[a], segment_ids[b]),
            "other_segment_id": max(segment_ids[a], segment_ids[b]),
            "separation": float(separation[a, b]),
            "null_high": null_high,
            "merge_candidate": bool(separation[a, b] <= null_high),
            "davies_bouldin_worst": (a, b) == worst,
        }
        for a, b in combinations(range(len(segment_ids)), 2)
    ]
    order = ["separation", "segment_id", "other_segment_id"]
    return pd.DataFrame(pairs).sort_values(order, ignore_index=True)


def merge_sentence(pairs: pd.DataFrame) -> str:
    """Say which segments may be one; empty if every pair is apart.

    Args:
        pairs: The artefact ``pair_separation``.
    """
    close = pairs[pairs["merge_candidate"]]
    if close.empty:
        return ""
    named = [f"{a} and {b}" for a, b in zip(close["segment_id"], close["other_segment_id"],
                                            strict=True)]  # fmt: skip
    return f"No further apart than pieces of one crowd, so they may be one: {'; '.join(named)}."


def _names(points: FloatArray, columns: Sequence[str] | None) -> Sequence[str]:
    return [str(place) for place in range(points.shape[1])] if columns is None else columns


def _numbers(points: FloatArray, names: Sequence[str], spread: FloatArray) -> FloatArray:
    """Return the columns of numbers of ``spread``, all columns where there are fewer than two."""
    numbers = number_columns(names, points)
    return spread[:, numbers] if len(numbers) >= FEWEST_COLUMNS else spread
