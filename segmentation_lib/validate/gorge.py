"""Is there a gorge between segments: are customers rare on the borders?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray
from segmentation_lib.stats.indices import group_means
from segmentation_lib.stats.similarity import border_distance
from segmentation_lib.words import listing

__all__ = ["Gorge", "gorge_left_out", "gorge_of_segments", "gorge_sentence"]

_BINS = 20
# At 1,000 customers in six columns there was a gorge somewhere in 8 of 440 data sets without groups
# (at most 5 of 40 of one kind), and in 37 of 40 with four equal groups four deviations apart.
_DIP = 0.15
_SCORE = 1.5


@dataclass(frozen=True)
class Gorge:
    """Where customers stand to the border of each segment.

    Attributes:
        bins: ``segment_id, low, high, members, others``: how far inside (above 0) or outside of
            the segment's border customers are, in model units, with the share of members and of
            other customers per bin, as shares of the segment's size, smoothed over three bins.
            Customers further off than its deepest members are not counted.
        segments: ``segment_id, dip, score, gorge``: by how much the border is thinner than both
            its sides (0 not at all, 1 empty), by how many standard errors, and whether that
            counts as a gorge.
        sentence: What the picture shows, in words.
    """

    bins: pd.DataFrame
    segments: pd.DataFrame
    sentence: str


def gorge_of_segments(points: FloatArray, labels: IntArray, segment_ids: Sequence[str]) -> Gorge:
    """Count customers on both sides of each segment's border, and look for a gorge.

    The gorge plot of Dolnicar, Gruen & Leisch (2018) draws ``exp(-distance)``, which runs to its
    ends on any long cloud and shows a gorge where there is none. The distance to the border is
    straight in the customers' own differences, so one cloud keeps one hump. A gorge is a dip of
    at least 15 % between the highest bins on the two sides, by 1.5 standard errors.

    Args:
        points: Customers in the model's space, shape (customers, columns); whole numbers spread
            out (``cluster.smoothed_matrix``), or the gaps between counts look like gorges; only
            columns of numbers (``existence.number_columns``), for a category has gaps by nature.
        labels: Their segment, 0 to k-1, each with at least one customer.
        segment_ids: Permanent ID of each label.

    Raises:
        ValueError: Fewer than two segments.
    """
    inside = border_distance(points, group_means(points, labels, len(segment_ids)))
    bins, rows = [], []
    for label, segment_id in enumerate(segment_ids):
        counts, edges = _both_sides(inside[:, label], labels == label)
        dip, score = _dip(counts.sum(axis=0))
        rows.append((segment_id, dip, score, bool(dip >= _DIP and score >= _SCORE)))
        shares = _smooth(counts) / (labels == label).sum()
        bins.append(
            pd.DataFrame(
                {"segment_id": segment_id, "low": edges[:-1], "high": edges[1:],
                 "members": shares[0], "others": shares[1]}
            )
        )  # fmt: skip
    segments = pd.DataFrame(rows, columns=["segment_id", "dip", "score", "gorge"]).sort_values(
        "segment_id", ignore_index=True
    )
    return Gorge(
        bins=pd.concat(bins).sort_values(["segment_id", "low"], ignore_index=True),
        segments=segments,
        sentence=_sentence(segments),
    )


def gorge_sentence(border: Gorge, label: str) -> str:
    """Say what the picture shows, beside what the test on held-out customers found.

    Args:
        border: What `gorge_of_segments` returned.
        label: The label of the artefact ``existence``.
    """
    apart = list(border.segments.loc[border.segments["gorge"], "segment_id"])
    rest = list(border.segments.loc[~border.segments["gorge"], "segment_id"])
    if label != "natural":
        doubt = " But the test on customers held back confirmed no gap, so do not build on it."
        return border.sentence + (doubt if apart else "")
    if not rest:
        return border.sentence
    if not apart:
        return (
            "There is at least one real gap; but no segment stands apart on all its sides, so "
            "most borders are a choice."
        )
    runs, whose = ("runs", "its") if len(rest) == 1 else ("run", "their")
    return (
        f"There is at least one real gap, but not every border is one: {listing(rest)} {runs} "
        f"into {whose} neighbours."
    )


def gorge_left_out(numbers: int, *, by_posterior: bool) -> str:
    """Say why the picture is left out; empty where it can be drawn.

    Args:
        numbers: Columns of numbers.
        by_posterior: Whether customers belong to the likeliest segment, not to the nearest.
    """
    if by_posterior:
        return (
            "No picture of the borders is drawn: these segments differ in how wide they are, so "
            "customers do not belong to the nearest centre."
        )
    if numbers == 0:
        return "No picture of the borders is drawn: that takes features that are numbers."
    return ""


def _both_sides(inside: FloatArray, member: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Count members and others in bins of equal width, half of them inside of the border."""
    reach = max(float(np.quantile(inside[member], 0.98)), 1e-12)
    edges = np.linspace(-reach, reach, _BINS + 1)
    counts = np.vstack([np.histogram(inside[who], edges)[0] for who in (member, ~member)])
    return counts.astype(np.float64), edges


def _smooth(counts: FloatArray) -> FloatArray:
    """Return the counts averaged over three bins with weights 1, 2, 1, along the last axis."""
    padded = np.concatenate([counts[..., :1], counts, counts[..., -1:]], axis=-1)
    smoothed: FloatArray = (padded[..., :-2] + 2 * padded[..., 1:-1] + padded[..., 2:]) / 4
    return smoothed


def _dip(counts: FloatArray) -> tuple[float, float]:
    """Return the dip between the highest bins on both sides of the middle, and its score."""
    smoothed, half = _smooth(counts), len(counts) // 2
    left, right = int(smoothed[:half].argmax()), half + int(smoothed[half:].argmax())
    side = float(min(smoothed[left], smoothed[right]))
    valley = float(smoothed[left : right + 1].min())
    if side <= 0:
        return 0.0, 0.0
    return 1 - valley / side, (side - valley) / float(np.sqrt(side + valley + 1))


def _sentence(segments: pd.DataFrame) -> str:
    apart = list(segments.loc[segments["gorge"], "segment_id"])
    rest = list(segments.loc[~segments["gorge"], "segment_id"])
    if not apart:
        return (
            "There is no gorge: customers stand as closely on the borders as beside them, so "
            "where one segment ends and the next begins is a choice."
        )
    if not rest:
        return "There is a gorge around every segment: few customers stand on a border."
    stand = "stands" if len(apart) == 1 else "stand"
    run, whose = ("runs", "its") if len(rest) == 1 else ("run", "their")
    return (
        f"{listing(apart)} {stand} apart behind a gorge; {listing(rest)} {run} into {whose} "
        "neighbours without one."
    )
