"""What became of frozen segments a quarter later: split, merged, died, or joined by a new one.

Segments that are found afresh each quarter invent a split or a merger in every second quiet
quarter. So the old ones are frozen, and an event must show against them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from sklearn.cluster import KMeans as LloydKMeans

from segmentation_lib.stats.agreement import match_groups, shared_rows
from segmentation_lib.stats.arrays import FloatArray, IntArray, one_thread, sample_rows
from segmentation_lib.stats.frozen import Frozen

__all__ = ["Event", "EventKind", "extra_segment", "lost_segments"]

EventKind = Literal["split", "new", "merged", "died"]
# An extra segment: this share of rows lies outside the radius that holds 99 % of each segment,
# it gets at least this share of the rows, and most of them come from one place.
_OUTSIDE, _SMALLEST_EXTRA, _MOST = 0.025, 0.03, 0.5
# Halves of one segment lie less than this many of their standard deviations apart: it is what
# halves of a flat, square-edged segment reach, and rounder ones stay below.
_APART = float(np.sqrt(12.0))
_HEAPS, _WIDER, _SEARCH_ROWS = 3, 2.0, 20_000
# A segment is lost under 1 % of the rows, or 30 % of what it was, if that is no chance.
_LOST_SHARE, _LOST_PART, _LOST_Z = 0.01, 0.3, 3.0


@dataclass(frozen=True)
class Event:
    """Something that happened to a segment.

    Attributes:
        kind: ``split``, ``new``, ``merged`` or ``died``.
        segment: The segment it happened to; -1 for a new one.
        into: The segment it merged into; -1 otherwise.
        share: Share of the rows of the close: those of the new group, or what is left of the
            old one.
        centre: Where the new group lies, in the space of the rows; None for a loss.
    """

    kind: EventKind
    segment: int
    into: int
    share: float
    centre: FloatArray | None = None


def extra_segment(
    frozen: Frozen,
    opened: FloatArray,
    closed: FloatArray,
    origin: IntArray,
    *,
    seed: np.random.SeedSequence,
) -> Event | None:
    """Look for a group of rows that the frozen segments have no place for.

    It is looked for where too many rows lie outside the radii of the open, or where a segment has
    grown twice as wide in one direction. It must be large enough, and stand clear of the others
    as it did not at the open.

    Args:
        frozen: The segments at the open.
        opened: The rows at the open, shape (rows, columns).
        closed: The rows at the close, a common drift subtracted.
        origin: Segment at the open of each row of the close; -1 for a customer who was in none.
        seed: Seed of the starts and, above 20,000 rows, of the sample searched.

    Returns:
        A split or a new segment, or None if nothing stands apart, as among no rows.
    """
    if not len(closed):
        return None
    labels = frozen.assign(closed)
    distances = np.sqrt(((closed - frozen.centres[labels]) ** 2).sum(axis=1))
    outside = distances > frozen.radius[labels]
    starts = list(_ends(frozen, closed, labels))
    draw, start = seed.generate_state(2)
    if outside.mean() > _OUTSIDE:
        starts += list(_middles(closed[outside], seed=int(start)))
    if not starts:
        return None
    rows = sample_rows(len(closed), _SEARCH_ROWS, seed=int(draw))
    fits = sorted((_with_extra(closed[rows], frozen.centres, at) for at in starts), key=_inertia)
    for fit in fits:
        found = _verdict(opened, closed, fit.cluster_centers_, origin)
        if found is not None:
            return found
    return None


def _verdict(
    opened: FloatArray, closed: FloatArray, centres: FloatArray, origin: IntArray
) -> Event | None:
    """Say what the extra group among k + 1 is, or None if it is not large, clear, new or of a kind.

    Any centre may have moved to the new rows: the extra group is the one that is nobody's heir.
    """
    k = len(centres) - 1
    groups = _nearest(closed, centres)
    from_where = shared_rows(origin, groups, k, k + 1)
    (extra,) = set(range(k + 1)) - set(match_groups(from_where).tolist())
    before = _nearest(opened, centres)
    if not _is_segment(closed, groups, extra) or _is_segment(opened, before, extra):
        return None
    inside = groups == extra
    share, centre = float(inside.mean()), closed[inside].mean(axis=0)
    if (origin[inside] < 0).mean() > _MOST:
        return Event("new", -1, -1, share, centre)
    if from_where[:, extra].max() > _MOST * inside.sum():
        return Event("split", int(from_where[:, extra].argmax()), -1, share, centre)
    return None


def lost_segments(
    frozen: Frozen, close: IntArray, pairs: tuple[IntArray, IntArray]
) -> tuple[Event, ...]:
    """Find the segments of which too little is left, and say where their customers went.

    Args:
        frozen: The segments at the open.
        close: Segment of each row at the close, a common drift subtracted; 0 to k-1.
        pairs: Segment at the open and at the close of each customer of the open; -1 at the close
            for one who is in none any more.
    """
    k = len(frozen.centres)
    rows = int(frozen.sizes.sum()), len(close)
    before, after = frozen.sizes / rows[0], np.bincount(close, minlength=k) / max(rows[1], 1)
    events = []
    for j in np.flatnonzero(frozen.sizes):
        pooled = (before[j] * rows[0] + after[j] * rows[1]) / sum(rows)
        error = np.sqrt(pooled * (1 - pooled) * (1 / rows[0] + 1 / max(rows[1], 1)))
        little = after[j] < max(_LOST_SHARE, _LOST_PART * before[j])
        if not little or before[j] - after[j] <= _LOST_Z * error:
            continue
        went = pairs[1][pairs[0] == j]
        others = np.bincount(went[(went >= 0) & (went != j)], minlength=k)
        merged = len(went) and others.max() >= _MOST * len(went)
        kind: EventKind = "merged" if merged else "died"
        events.append(Event(kind, int(j), int(others.argmax()) if merged else -1, float(after[j])))
    return tuple(events)


def _middles(rows: FloatArray, *, seed: int) -> FloatArray:
    """Return the middles of up to three heaps of rows."""
    heaps = min(_HEAPS, len(np.unique(rows, axis=0)))
    with one_thread():
        found: FloatArray = (
            LloydKMeans(heaps, n_init=5, random_state=seed).fit(rows).cluster_centers_
        )
    return found


def _ends(frozen: Frozen, X: FloatArray, labels: IntArray) -> Iterator[FloatArray]:
    """Yield one end of each segment that has grown twice as wide in some direction."""
    for j in range(len(frozen.centres)):
        rows = X[labels == j]
        if len(rows) <= X.shape[1]:
            continue
        gaps = rows - rows.mean(axis=0)
        values, directions = np.linalg.eigh(gaps.T @ gaps / len(rows))
        widest = directions[:, -1]
        # The widest direction of a small sample is wide by chance.
        chance = (1 + np.sqrt(X.shape[1] / len(rows))) ** 2
        before = float(widest @ frozen.scatter[j] @ widest)
        if values[-1] > _WIDER * chance * before > 0:
            yield rows.mean(axis=0) + np.sqrt(values[-1]) * widest


def _with_extra(X: FloatArray, centres: FloatArray, start: FloatArray) -> LloydKMeans:
    """Move the frozen centres and an extra one to where the rows are."""
    with one_thread():
        return LloydKMeans(len(centres) + 1, init=np.vstack([centres, start]), n_init=1).fit(X)


def _inertia(fit: LloydKMeans) -> float:
    return float(fit.inertia_)


def _nearest(X: FloatArray, centres: FloatArray) -> IntArray:
    with one_thread():
        gaps = (centres**2).sum(axis=1) - 2 * X @ centres.T
    return np.asarray(gaps.argmin(axis=1), dtype=np.int64)


def _is_segment(X: FloatArray, groups: IntArray, group: int) -> bool:
    """Tell whether a group is large enough and clear of each other one, on the line between."""
    own = X[groups == group]
    if len(own) < _SMALLEST_EXTRA * len(X):
        return False
    for other in sorted(set(groups.tolist()) - {group}):
        rows = X[groups == other]
        line = own.mean(axis=0) - rows.mean(axis=0)
        here, there = own @ line, rows @ line
        squares = here.var() * len(here) + there.var() * len(there)
        spread = np.sqrt(squares / (len(here) + len(there)))
        if here.mean() - there.mean() <= _APART * spread:
            return False
    return True
