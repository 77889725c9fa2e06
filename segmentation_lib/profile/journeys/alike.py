"""Which journeys may be compared: those alike in all but the order of events that is looked at."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from segmentation_lib.engine import Engine
from segmentation_lib.stats import StratifiedOdds, length_bands, stratified_odds
from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray

__all__ = ["Alike", "Counts", "expected_share", "journeys_alike", "surest"]

# With more events held equal, hardly two journeys would be alike.
_MOST_EVENTS = 10


class Alike:
    """Strata of journeys, held in two ways that err on different sides.

    Journeys of equal length share their steps among the events, so there any event more is
    another one less, and what only lengthens a journey looks like a hindrance. Journeys with the
    same other events need not be equally long, and longer ones contain more of everything. What
    holds in both is neither.

    Args:
        segments: Segment of each journey.
        lengths: Its events up to the success.
        seen: Whether it contains an event; one column per event, the most common first.
    """

    def __init__(self, segments: pd.Series, lengths: IntArray, seen: pd.DataFrame) -> None:
        self._segments = pd.factorize(segments)[0]
        self._names, self._seen = list(seen.columns), seen.to_numpy()
        self.equal_length = _strata(self._segments, length_bands(lengths))
        # Looked at for every order of two events or more.
        self._all = self._with_equal(self._names)

    def same_events(self, pattern: Collection[str]) -> IntArray:
        """Return the strata of journeys with the same events, but for a single one looked at.

        Args:
            pattern: The order of events; the events of a longer one are held equal as well, so
                that only their order is compared.
        """
        if len(pattern) > 1:
            return self._all
        return self._with_equal([event for event in self._names if event not in pattern])

    def _with_equal(self, events: list[str]) -> IntArray:
        columns = [self._names.index(event) for event in events[:_MOST_EVENTS]]
        return _strata(self._segments, self._seen[:, columns] @ (1 << np.arange(len(columns))))


def journeys_alike(engine: Engine, journeys: ir.Table, kept: pd.DataFrame) -> Alike:
    """Return who may be compared with whom.

    Args:
        engine: Where the journeys are.
        journeys: The result of `journeys_to`.
        kept: One row per journey: ``unit``, ``segment_id``, ``length``.
    """
    pairs = engine.frame(journeys.select("unit", "event").distinct())
    common = pairs.groupby("event").size().rename("n").reset_index()
    common = common.sort_values(["n", "event"], ascending=[False, True]).head(_MOST_EVENTS + 1)
    names = common["event"].tolist()
    pairs = pairs[pairs["event"].isin(names)]
    seen = np.zeros((len(kept), len(names)), dtype=np.int64)
    rows = pd.Index(kept["unit"]).get_indexer(pairs["unit"])
    seen[rows, pd.Index(names).get_indexer(pairs["event"])] = 1
    return Alike(kept["segment_id"], kept["length"].to_numpy(), pd.DataFrame(seen, columns=names))


def surest(
    has: BoolArray,
    outcome: BoolArray,
    same: IntArray,
    equal: IntArray,
    clusters: IntArray,
    *,
    both: bool,
) -> StratifiedOdds:
    """Return the weaker of two comparisons; no association where they contradict each other.

    An association must hold in both, so the larger p-value is that of the pair (Berger 1982). If
    too few journeys are equally long to compare, the same events decide, unless what can be seen
    at equal length points the other way.

    Args:
        has: Whether a journey contains the order of events.
        outcome: Whether it came to a success.
        same: Strata with the same events.
        equal: Strata of equal length.
        clusters: Customer of each journey.
        both: Whether nothing is told unless both comparisons can be made. A quarter of a customer
            is so long that hardly two are equal, and the same events alone would not do.
    """
    by_events = stratified_odds(has, outcome, same, clusters)
    by_length = stratified_odds(has, outcome, equal, clusters)
    against = np.log(by_events.odds_ratio) * np.log(by_length.odds_ratio) < 0
    weaker = min(by_events, by_length, key=lambda odds: _size(odds.odds_ratio))
    if not both and not np.isfinite(by_length.p_value):
        weaker = by_length if against else by_events
    p_value = 1.0 if against else np.fmax(by_events.p_value, by_length.p_value)
    if not np.isfinite(by_events.p_value) or (both and not np.isfinite(by_length.p_value)):
        p_value = np.nan
    return StratifiedOdds(
        weaker.odds_ratio, weaker.low, weaker.high, float(p_value), weaker.clustering
    )


@dataclass(frozen=True)
class Counts:
    """Journeys of each stratum with a property and without it, and those of them that succeeded.

    Attributes:
        with_: Journeys with the property.
        wins: Successes among them.
        without: Journeys without it.
        other_wins: Successes among those.
    """

    with_: FloatArray
    wins: FloatArray
    without: FloatArray
    other_wins: FloatArray

    @classmethod
    def of(cls, has: BoolArray, outcome: BoolArray, strata: IntArray) -> Counts:
        """Count the journeys by stratum; the arguments are those of `expected_share`."""
        size = int(strata.max(initial=-1)) + 1
        all_, yes, with_, wins = (
            np.bincount(rows, minlength=size).astype(np.float64)
            for rows in (strata, strata[outcome], strata[has], strata[has & outcome])
        )
        return cls(with_, wins, all_ - with_, yes - wins)

    @property
    def mixed(self) -> BoolArray:
        """Which strata have journeys of both kinds."""
        return np.asarray((self.with_ > 0) & (self.without > 0))

    def shares(self, among: BoolArray | None = None) -> tuple[float, float]:
        """Return what `expected_share` does, of some strata only.

        Args:
            among: The strata that count; all when None.
        """
        told = self.mixed if among is None else self.mixed & among
        if not told.any():
            return float("nan"), float("nan")
        number = self.with_[told].sum()
        beside = (self.with_[told] * self.other_wins[told] / self.without[told]).sum()
        return float(self.wins[told].sum() / number), float(beside / number)


def expected_share(has: BoolArray, outcome: BoolArray, strata: IntArray) -> tuple[float, float]:
    """Return the share of successes with a property, and that of journeys alike without it.

    Those without it are weighted as those with it are spread over the strata; strata that lack
    either are left out.

    Args:
        has: Whether a journey has the property.
        outcome: Whether it came to a success.
        strata: Stratum of each journey.

    >>> has = np.array([True, True, False, False, True])
    >>> won = np.array([True, False, True, True, True])
    >>> expected_share(has, won, np.array([0, 0, 0, 0, 1]))
    (0.5, 1.0)
    """
    return Counts.of(has, outcome, strata).shares()


def _strata(segments: IntArray, values: IntArray) -> IntArray:
    pairs = segments * (int(values.max(initial=0)) + 1) + values
    return np.asarray(pd.factorize(pairs)[0], dtype=np.int64)


def _size(ratio: float) -> float:
    return float(abs(np.log(ratio))) if np.isfinite(ratio) and ratio > 0 else float("inf")
