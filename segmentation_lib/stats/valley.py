"""Is there a valley between groups: fewer rows between two centres than around either of them.

Looked for inside a tube around the line between two centres. A tube is a convex set, so one
log-concave cloud stays one-moded in it, and a valley speaks for two groups.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import binom

from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray
from segmentation_lib.stats.indices import group_means

__all__ = ["Valleys", "deepest_cut", "gabriel_pairs", "valley_p_value", "valleys"]

# The tube holds this share of the rows of its two groups.
_TUBE = 0.9
# Positions run from 0 at one centre to 1 at the other and are counted in bins; all windows begin
# and end at bins' edges, so that one count serves all of them.
_STEP, _FIRST, _BINS = 0.05, -0.5, 40
_WIDTHS = (0.2, 0.3, 0.4)
_AROUND = (-0.3, -0.15, 0.0, 0.15, 0.3)


def _all_windows() -> IntArray:
    """Begin and end of the window at one centre, of the valley, and of the other centre.

    In bins, shape (windows, 6). Windows of one row are equally wide and do not overlap.
    """
    rows = []
    for width in _WIDTHS:
        for a in _AROUND:
            for b in (1.0 + shift for shift in _AROUND):
                first, last = round((a + width) / _STEP), round((b - width) / _STEP)
                for valley in range(first, last + 1):
                    centres = (round(a / _STEP), valley, round(b / _STEP))
                    half = round(width / 2 / _STEP)
                    begin = round(-_FIRST / _STEP)
                    ends = [(begin + c - half, begin + c + half) for c in centres]
                    rows.append([edge for pair in ends for edge in pair])
    return np.array(rows, dtype=np.int64)


_WINDOWS = _all_windows()


@dataclass(frozen=True)
class Valleys:
    """The clearest valley between each pair of neighbouring groups.

    Attributes:
        pairs: The two groups of each pair, shape (pairs, 2).
        ends: Their centres, shape (pairs, 2, features).
        radius: Radius of each tube, shape (pairs,).
        windows: The three windows of each pair, in bins, shape (pairs, 6).
        depth: How much fewer rows lie in the valley than in the emptier of the two windows around
            it, in standard deviations of that difference, shape (pairs,).
    """

    pairs: IntArray
    ends: FloatArray
    radius: FloatArray
    windows: IntArray
    depth: FloatArray


def valleys(X: FloatArray, labels: IntArray) -> Valleys:
    """Find the clearest valley between every two neighbouring groups.

    For each pair: the rows in the tube are projected on the line between the centres, and over
    all windows the greatest ``z = (min(Na, Nb) - Nv) / sqrt(min(Na, Nb) + Nv + 1)`` is taken.

    Args:
        X: Matrix of shape (rows, features), without missing values.
        labels: Group of each row, 0 to k-1; empty groups are passed over.

    Returns:
        A row per pair of Gabriel neighbours; none with fewer than two groups.

    Source: idea of Burman & Polonik 2009 (multivariate mode hunting) and Hennig 2010.
    """
    k = int(labels.max()) + 1
    centres = group_means(X, labels, k)
    pairs = gabriel_pairs(centres)
    ends = centres[pairs]
    along, squared = _positions(X, ends)
    radius = np.array(
        [
            np.quantile(squared[(labels == a) | (labels == b), place], _TUBE)
            for place, (a, b) in enumerate(pairs)
        ]
    )
    counts = _cumulative(along, squared <= radius)
    at_a, valley, at_b = _window_counts(counts, _WINDOWS)
    lower = np.minimum(at_a, at_b)
    z = (lower - valley) / np.sqrt(lower + valley + 1)
    best = z.argmax(axis=1)
    return Valleys(
        pairs=pairs,
        ends=ends,
        radius=np.sqrt(radius),
        windows=_WINDOWS[best],
        depth=z[np.arange(len(pairs)), best],
    )


def gabriel_pairs(centres: FloatArray) -> IntArray:
    """Return the pairs of centres with no third one inside the ball between them.

    Args:
        centres: Shape (k, features); a row of NaN has no neighbours, nor have two equal ones.

    Returns:
        Shape (pairs, 2), the lower number first (Gabriel & Sokal 1969).

    >>> gabriel_pairs(np.array([[0.0], [1.0], [3.0]])).tolist()
    [[0, 1], [1, 2]]
    """
    squared = ((centres[:, None] - centres[None]) ** 2).sum(axis=-1)
    pairs = [
        (a, b)
        for a in range(len(centres))
        for b in range(a + 1, len(centres))
        if squared[a, b] > 0
        and not any(
            squared[a, c] + squared[b, c] < squared[a, b]
            for c in range(len(centres))
            if c not in (a, b)
        )
    ]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def deepest_cut(found: Valleys) -> tuple[float, BoolArray]:
    """Cut the groups in two where the weakest valley between the sides is deepest.

    Groups are joined over the shallowest valleys first (single linkage), until two are left.

    Returns:
        The depth at which the last two would be joined, -inf without pairs; and which pairs lie
        across the cut.
    """
    if not len(found.pairs):
        return -np.inf, np.zeros(0, dtype=np.bool_)
    side = {int(group): int(group) for group in np.unique(found.pairs)}
    for place in np.argsort(found.depth, kind="stable"):
        a, b = (side[int(group)] for group in found.pairs[place])
        if a == b:
            continue
        if len(set(side.values())) == 2:
            break
        side = {group: a if own == b else own for group, own in side.items()}
    across = np.array([side[int(a)] != side[int(b)] for a, b in found.pairs], dtype=np.bool_)
    return float(found.depth[across].min()), across


def valley_p_value(X: FloatArray, found: Valleys, across: BoolArray) -> float:
    """Test on other rows that every valley across a cut is a valley.

    With one mode, a valley's density is at least that of the emptier side. So the larger of two
    exact one-sided binomial p-values, against each side, is valid for a pair; and the largest
    over the pairs for the cut, since all of them have to be valleys.

    Args:
        X: Rows that took no part in finding the valleys, shape (rows, features).
        found: The valleys.
        across: The pairs to test, at least one.

    Returns:
        The p-value, from 0 to 1.
    """
    along, squared = _positions(X, found.ends[across])
    counts = _cumulative(along, squared <= found.radius[across] ** 2)
    windows = found.windows[across]
    at_a, valley, at_b = (
        np.take_along_axis(counts, windows[:, [end]], axis=1)
        - np.take_along_axis(counts, windows[:, [begin]], axis=1)
        for begin, end in ((0, 1), (2, 3), (4, 5))
    )
    p_values = [binom.sf(side - 1, side + valley, 0.5) for side in (at_a, at_b)]
    return float(np.max(p_values))


def _positions(X: FloatArray, ends: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Position of each row along each line, 0 to 1 between the ends, and squared distance to it.

    Both of shape (rows, pairs).
    """
    start = ends[:, 0]
    line = ends[:, 1] - start
    length = np.sqrt((line**2).sum(axis=1))
    unit = line / length[:, None]
    along = X @ unit.T - (start * unit).sum(axis=1)
    from_start = (X**2).sum(axis=1)[:, None] - 2 * (X @ start.T) + (start**2).sum(axis=1)
    return along / length, np.maximum(from_start - along**2, 0.0)


def _cumulative(along: FloatArray, inside: BoolArray) -> IntArray:
    """Rows inside each tube before each bin's edge, shape (pairs, bins + 1)."""
    pairs = along.shape[1]
    bins = np.floor((along - _FIRST) / _STEP)
    kept = inside & (bins >= 0) & (bins < _BINS)
    cell = (bins + np.arange(pairs) * _BINS)[kept].astype(np.int64)
    counts = np.bincount(cell, minlength=pairs * _BINS).reshape(pairs, _BINS)
    return np.concatenate([np.zeros((pairs, 1), np.int64), counts.cumsum(axis=1)], axis=1)


def _window_counts(counts: IntArray, windows: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Rows in the three windows of each row of ``windows``, each of shape (pairs, windows)."""
    ends = counts[:, windows]
    return ends[..., 1] - ends[..., 0], ends[..., 3] - ends[..., 2], ends[..., 5] - ends[..., 4]
