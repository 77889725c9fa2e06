"""A map of how segments lie to each other.

The principal components are a map to look at, never what the segments are made from. What comes
out is published, so no single customer is in it: each corner of an outline is the mean of several
customers, and segments with fewer have no outline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.stats.arrays import FloatArray, IntArray, one_thread
from segmentation_lib.stats.indices import group_means
from segmentation_lib.stats.similarity import shadow_similarity, shadow_values

__all__ = ["SeparationMap", "map_of_segments"]

_DIRECTIONS = 48
_FAR = 2.5


@dataclass(frozen=True)
class SeparationMap:
    """Segments on the plane of the two directions in which customers differ most.

    Attributes:
        centres: ``segment_id, customers, x, y``: a row per segment.
        outlines: ``segment_id, outline, corner, x, y``: the corners of two polygons per segment,
            around the half of its customers that is closest to its centre (``inner``) and around
            those closer than 2.5 times the median distance (``outer``); a segment with fewer
            customers than a cell has none.
        neighbours: ``segment_id, neighbour_id, similarity``: pairs of segments that lean towards
            each other, by their shadow similarity, 0 to 1, averaged over both directions.
        arrows: ``feature, x, y``: the features that the plane shows best, longest first; the
            length is at most 1.
        explained: Share of all differences between customers that the plane shows, 0 to 1.
    """

    centres: pd.DataFrame
    outlines: pd.DataFrame
    neighbours: pd.DataFrame
    arrows: pd.DataFrame
    explained: float


def map_of_segments(
    points: FloatArray,
    labels: IntArray,
    segment_ids: Sequence[str],
    columns: Sequence[str],
    *,
    cell: int = 10,
    arrows: int = 6,
) -> SeparationMap | None:
    """Draw up the map of the segments.

    Args:
        points: Customers in the model's space, shape (customers, columns).
        labels: Their segment, 0 to k-1, each with at least one customer.
        segment_ids: Permanent ID of each label.
        columns: Name of each column of the space.
        cell: Customers that a number on the map is at least made of.
        arrows: Features to point out at most.

    Returns:
        The map; None with fewer than two columns, which make no plane.

    Raises:
        ValueError: The names do not fit the columns.

    Source: separation plot of Leisch (2010) and Dolnicar, Gruen & Leisch (2018, chapter 8).
    """
    if len(columns) != points.shape[1]:
        raise ValueError(
            f"{points.shape[1]} columns with {len(columns)} names, must be a name for each column"
        )
    if points.shape[1] < 2:
        return None
    k = len(segment_ids)
    centres = group_means(points, labels, k)
    axes, explained = _plane(points)
    middle = points.mean(axis=0)
    spread, spots = (points - middle) @ axes, (centres - middle) @ axes
    return SeparationMap(
        centres=_sorted(
            pd.DataFrame(
                {"segment_id": list(segment_ids), "customers": np.bincount(labels, minlength=k),
                 "x": spots[:, 0], "y": spots[:, 1]}
            ),
            "segment_id",
        ),
        outlines=_outlines(points, spread, labels, centres, segment_ids, cell),
        neighbours=_neighbours(points, labels, centres, segment_ids),
        arrows=_arrows(points, axes, columns, arrows),
        explained=explained,
    )  # fmt: skip


def _plane(points: FloatArray) -> tuple[FloatArray, float]:
    """Return the first two principal axes, shape (columns, 2), and the share they explain."""
    with one_thread():
        values, vectors = np.linalg.eigh(np.cov(points, rowvar=False))
    axes: FloatArray = vectors[:, ::-1][:, :2]
    # The sign of an axis is arbitrary; the same map must come out everywhere.
    strongest = np.abs(axes).argmax(axis=0)
    axes = axes * np.where(axes[strongest, [0, 1]] < 0, -1.0, 1.0)
    total = float(values.sum())
    return axes, float(values[-2:].sum() / total) if total > 0 else 0.0


def _outlines(
    points: FloatArray,
    spread: FloatArray,
    labels: IntArray,
    centres: FloatArray,
    segment_ids: Sequence[str],
    cell: int,
) -> pd.DataFrame:
    to_centre = np.sqrt(((points - centres[labels]) ** 2).sum(axis=1))
    parts = []
    for label, segment_id in enumerate(segment_ids):
        own = labels == label
        reach = float(np.median(to_centre[own]))
        for outline, furthest in (("inner", reach), ("outer", _FAR * reach)):
            members = spread[own & (to_centre <= furthest)]
            if len(members) < cell:
                continue
            corners = _corners(members, cell)
            parts.append(
                pd.DataFrame(
                    {"segment_id": segment_id, "outline": outline,
                     "corner": np.arange(len(corners)), "x": corners[:, 0], "y": corners[:, 1]}
                )
            )  # fmt: skip
    columns = ["segment_id", "outline", "corner", "x", "y"]
    found = pd.concat(parts) if parts else pd.DataFrame(columns=columns)
    return _sorted(found, "segment_id", "outline", "corner")


def _corners(members: FloatArray, cell: int) -> FloatArray:
    """Return corners of a convex outline, each the mean of the ``cell`` customers furthest out.

    These are the extreme points of a zonoid region (Koshevoy & Mosler 1997): a hull that no
    single customer decides.
    """
    angles = np.arange(_DIRECTIONS) * 2 * np.pi / _DIRECTIONS
    directions = np.column_stack([np.cos(angles), np.sin(angles)])
    order = np.argsort(-(members @ directions.T), axis=0, kind="stable")[:cell]
    corners: FloatArray = members[order].mean(axis=0)
    return corners


def _neighbours(
    points: FloatArray, labels: IntArray, centres: FloatArray, segment_ids: Sequence[str]
) -> pd.DataFrame:
    k = len(segment_ids)
    similar = shadow_similarity(shadow_values(points, centres, labels), labels, k)
    both = (similar + similar.T) / 2
    rows = [
        (*sorted((segment_ids[i], segment_ids[j])), both[i, j])
        for i in range(k)
        for j in range(i + 1, k)
        if both[i, j] > 0
    ]
    found = pd.DataFrame(rows, columns=["segment_id", "neighbour_id", "similarity"])
    return _sorted(found, "segment_id", "neighbour_id")


def _arrows(
    points: FloatArray, axes: FloatArray, columns: Sequence[str], most: int
) -> pd.DataFrame:
    """Return correlations of features with the plane's axes: an arrow of length 1 lies in it."""
    spread = (points - points.mean(axis=0)) @ axes
    deviation = np.maximum(points.std(axis=0)[:, None] * spread.std(axis=0), 1e-12)
    with one_thread():
        shared = (points - points.mean(axis=0)).T @ spread / len(points)
    tips = shared / deviation
    frame = pd.DataFrame({"feature": list(columns), "x": tips[:, 0], "y": tips[:, 1]})
    order = frame.assign(length=-np.hypot(frame["x"], frame["y"]).round(10))
    return order.sort_values(["length", "feature"], ignore_index=True)[["feature", "x", "y"]][:most]


def _sorted(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    return frame.sort_values(list(columns), ignore_index=True)
