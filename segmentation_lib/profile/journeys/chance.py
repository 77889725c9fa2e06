"""How many visits would come back with nothing new if nothing held customers up.

A page that is visited more comes back more often, and so does any page in a longer session. Both
differ between pages and between segments, and neither is friction. How popular a page is, those
tell who have not been there yet: going round in circles is not being popular.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray
from segmentation_lib.stats.wandering import chance_returns, page_weights, unseen_weights

__all__ = ["BeyondChance", "Returns", "returns_by_chance"]

# Sessions of so many pages up to the next number are alike in length.
_BANDS = np.array([1, 3, 4, 5, 6, 8, 11, 16, 26])
_WALKS = 10_000
# A page is compared where it has, or by chance would have, so many fruitless returns.
_LEAST_HITS = 10.0


@dataclass(frozen=True)
class Returns:
    """Fruitless returns of customers, and what chance gives; one place per row.

    Attributes:
        customer: Customer of each row.
        event: Event of each row.
        segment: Segment of each row.
        band: Length of the sessions of each row.
        hits: Fruitless returns.
        visits: Visits.
        rate: Fruitless returns per visit by chance, for event, segment and band.
        variance: Of the rate.
        events: Number of events.
        segments: Number of segments.
    """

    customer: IntArray
    event: IntArray
    segment: IntArray
    band: IntArray
    hits: FloatArray
    visits: FloatArray
    rate: FloatArray
    variance: FloatArray
    events: int
    segments: int

    @property
    def expected(self) -> FloatArray:
        """Fruitless returns by chance."""
        return self.rate * self.visits

    def of_event(self, event: int) -> BeyondChance:
        """Hold an event against chance, and against how far the other events go beyond it.

        Where customers come back to all pages more than chance allows, as people with habits do,
        that is their way and no friction of a page.
        """
        one = self.event == event
        own, rest = float(self.expected[one].sum()), float(self.expected[~one].sum())
        times = max(float(self.hits[~one].sum()) / rest if rest > 0 else 1.0, 1.0)
        weight = np.where(one, 1.0, -own / rest if times > 1 and rest > 0 else 0.0)
        drawn = self._drawn(np.flatnonzero(one), np.full(int(one.sum()), times))
        return self._judged(np.arange(len(one)), one, weight, times, drawn)

    def of_segment(self, event: int, segment: int) -> BeyondChance:
        """Hold a segment on an event against chance, and against how far the others go beyond it.

        Chance knows how long the segment's sessions are and how popular its pages. Sessions of
        equal length are not compared: going round in circles is what makes them long.
        """
        at = np.flatnonzero(self.event == event)
        mine = self.segment[at] == segment
        expected, hits = self.expected[at], self.hits[at]
        own, rest = float(expected[mine].sum()), float(expected[~mine].sum())
        times = max(float(hits[~mine].sum()) / rest if rest > 0 else 1.0, 1.0)
        share = own / rest if times > 1 and rest > 0 else 0.0
        weight = np.where(mine, 1.0, -share)
        drawn = self._drawn(at, times * weight)
        return self._judged(at, mine, weight, times, drawn)

    def _drawn(self, rows: IntArray, factor: FloatArray) -> float:
        """Return the variance that comes from the rates; rows of one cell share their rate."""
        cell = (self.band[rows] * self.segments + self.segment[rows]) * self.events
        cell = cell + self.event[rows]
        size = int(cell.max(initial=0)) + 1
        error = factor * self.visits[rows] * np.sqrt(self.variance[rows])
        return float((np.bincount(cell, error, size) ** 2).sum())

    def _judged(
        self, rows: IntArray, mine: BoolArray, weight: FloatArray, times: float, drawn: float
    ) -> BeyondChance:
        expected, hits = self.expected[rows], self.hits[rows]
        own, norm = float(hits[mine].sum()), times * float(expected[mine].sum())
        visits = float(self.visits[rows][mine].sum())
        customer = self.customer[rows]
        # Customers differ around what is seen here: around the norm, the finding itself would
        # count as chance.
        here = np.full(len(rows), times)
        here[mine] = _of_others(customer[mine], hits[mine], expected[mine], times)
        spread = (hits - here * expected) * weight
        squares, freedom = _squares(np.bincount(customer, spread).astype(np.float64))
        error = float(np.sqrt(squares + drawn))
        tested = error > 0 and freedom >= 1 and max(own, norm) >= _LEAST_HITS
        # What the norm and the finding are parted by is also the sum of the scores.
        gap = float(((hits - times * expected) * weight).sum())
        p_value = float(stdtr(freedom, -gap / error)) if tested else float("nan")
        half = float(stdtrit(freedom, 0.975)) * error / visits if tested else float("nan")
        beyond = (own - norm) / visits if visits else float("nan")
        return BeyondChance(norm / visits if visits else float("nan"), beyond, half, p_value)


def _of_others(
    customer: IntArray, hits: FloatArray, expected: FloatArray, times: float
) -> FloatArray:
    """Return for each row how many times of chance the other customers come back (jackknife).

    A customer who makes most of the visits would otherwise be the measure of the own deviation.
    """
    own_hits, own_expected = np.bincount(customer, hits), np.bincount(customer, expected)
    others = expected.sum() - own_expected
    found = np.divide(
        hits.sum() - own_hits, others, out=np.full(len(others), times), where=others > 1e-9
    )
    return np.asarray(found[customer])


def _squares(sums: FloatArray) -> tuple[float, float]:
    """Return the variance of the customers' total, and the degrees of freedom of that variance.

    The freedom is Satterthwaite's, from how unequal the squares are.
    """
    squares = sums**2
    squares = squares[squares > 0]
    n, total = len(squares), float(squares.sum())
    if n < 2:
        return total, 0.0
    uneven = n * float((squares**2).sum()) / total**2 - 1
    freedom = min(2 * n / uneven, n - 1.0) if uneven > 0 else n - 1.0
    return total * n / (n - 1), freedom


@dataclass(frozen=True)
class BeyondChance:
    """How far fruitless returns go beyond their norm.

    Attributes:
        norm: Norm of the fruitless returns, of the visits.
        difference: Fruitless returns less the norm, of the visits.
        half: Half the width of the 95 % interval of the difference; NaN where not tested.
        p_value: Chance of so much more, one-sided; NaN where not tested.
    """

    norm: float
    difference: float
    half: float
    p_value: float


def returns_by_chance(visits: pd.DataFrame, moves: pd.DataFrame, *, seed: int) -> Returns:
    """Draw walks for each segment and length of session, and set them beside what was seen.

    Args:
        visits: ``segment_id``, ``customer_id``, ``event``, ``pages``, ``visits``, ``returns``,
            ``fruitless``, ``first`` and ``last``; see `visits.page_visits`. Sorted.
        moves: See `visits.moves_past`.
        seed: Seed of the walks.
    """
    pages = visits["pages"].to_numpy(dtype=np.int64)
    band = np.searchsorted(_BANDS, pages, "right")
    event, events = pd.factorize(visits["event"], sort=True)
    segment, segments = pd.factorize(visits["segment_id"], sort=True)
    customer = pd.factorize(visits["customer_id"])[0]
    counts = visits[["visits", "returns", "first", "last"]].to_numpy(dtype=np.float64)
    past = _past(moves, events, segments)
    rate, variance = np.zeros((2, len(visits)))
    cells = band * max(len(segments), 1) + segment
    for cell in np.unique(cells):
        rows = np.flatnonzero(cells == cell)
        if pages[rows].max() < 3:
            continue
        seen, returns, first, last = (
            np.bincount(event[rows], column, len(events)).astype(np.float64)
            for column in counts[rows].T
        )
        arrivals, departures = seen - returns - first, seen - last
        weights = unseen_weights(
            arrivals,
            departures[:, None] - past[cell],
            else_=page_weights(seen - first, departures),
        )
        lengths = _lengths(pages[rows], counts[rows, 2])
        rng = np.random.default_rng(np.random.SeedSequence((seed, int(cell))))
        chance = chance_returns(first, weights, lengths, rng=rng)
        # A page's returns are about as uncertain as its first arrivals. Those of walks follow by
        # less; those of customers with habits do not (measured: false friction in 8 %).
        unsure = chance.variance + chance.rate**2 / np.maximum(arrivals, 1.0)
        rate[rows], variance[rows] = chance.rate[event[rows]], unsure[event[rows]]
    return Returns(
        *(customer, event, segment, band),
        *(visits["fruitless"].to_numpy(dtype=np.float64), counts[:, 0], rate, variance),
        *(len(events), max(len(segments), 1)),
    )


def _past(moves: pd.DataFrame, events: pd.Index, segments: pd.Index) -> FloatArray:
    """Return the moves as (cells x from x seen)."""
    band = np.searchsorted(_BANDS, moves["pages"].to_numpy(dtype=np.int64), "right")
    cell = band * max(len(segments), 1) + segments.get_indexer(pd.Index(moves["segment_id"]))
    size = len(events)
    flat = (cell * size + events.get_indexer(pd.Index(moves["event"]))) * size
    flat = flat + events.get_indexer(pd.Index(moves["seen"]))
    cells = (len(_BANDS) + 1) * max(len(segments), 1)
    sums = np.bincount(flat, moves["moves"].to_numpy(dtype=np.float64), cells * size * size)
    return np.asarray(sums.reshape(cells, size, size), dtype=np.float64)


def _lengths(pages: IntArray, sessions: FloatArray) -> IntArray:
    """Return the lengths of the walks, as common as those of the sessions."""
    share = np.bincount(pages, sessions)
    share = share / share.sum()
    ends = np.round(share.cumsum() * _WALKS).astype(np.int64)
    return np.repeat(np.arange(len(share)), np.diff(ends, prepend=0))
