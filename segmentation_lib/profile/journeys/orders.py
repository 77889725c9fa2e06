"""Tests of short orders of events: journeys that contain one against journeys alike without it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

from segmentation_lib.engine import Engine
from segmentation_lib.profile.journeys.alike import Alike, Counts, surest
from segmentation_lib.profile.journeys.subsequences import APART, THEN, Unit
from segmentation_lib.stats import stratified_odds
from segmentation_lib.stats.arrays import BoolArray, IntArray

__all__ = ["LEAST_JOURNEYS", "tested_orders"]

# Journeys that must contain an order.
LEAST_JOURNEYS = 30
_MOST_PATTERNS = 200
# A difference smaller than this is of no use to anyone, however many people show it.
_LEAST_ODDS_RATIO = 1.2
# An event that nearly every success contains, and few others, is a step on the way: the payment
# page does not make people buy.
_NEARLY_ALL, _FEW = 0.95, 0.5
_COLUMNS = ["pattern", "length", "customers", "successful_customers", "other_customers",
            "success_with", "success_share", "stalled_with",
            "stalled_share", "share_with", "share_without", "most_in", "most_with", "most_without",
            "crude_odds_ratio", "odds_ratio", "low", "high", "p_value", "p_corrected",
            "verdict"]  # fmt: skip
_VERDICTS = ["success", "stalling", "on the way", "no difference", "too few"]


def tested_orders(
    engine: Engine,
    found: ir.Table,
    kept: pd.DataFrame,
    alike: Alike,
    on_the_way: Collection[str],
    *,
    unit: Unit,
    gaps: bool,
    fewest: int,
    level: float,
) -> pd.DataFrame:
    """Compare journeys with and without each of the most common orders of events.

    Args:
        engine: Where the orders are.
        found: The result of `occurrences`.
        kept: One row per journey: ``unit``, ``customer_id``, ``segment_id``, ``succeeds``,
            ``length``.
        alike: Which journeys may be compared.
        on_the_way: Events known to be steps to the success.
        unit: What a journey is.
        gaps: Whether other events may lie between those of an order.
        fewest: Customers with the order, among journeys alike, that a test needs: two people who
            come often are not evidence of a page.
        level: Share of false findings among findings that is allowed.

    Returns:
        What `paths.path_patterns` calls ``patterns``.
    """
    counts = found.group_by("pattern", length=found["events"]).aggregate(journeys=found.count())
    common = counts.order_by(ibis.desc("journeys"), "length", "pattern").limit(_MOST_PATTERNS)
    common = engine.store(common, "common")
    patterns = engine.frame(common.order_by("length", "pattern"))
    if patterns.empty:
        return pd.DataFrame(columns=_COLUMNS)
    members = _members(engine, found.semi_join(common, "pattern"), kept, patterns)
    joint = APART if gaps else THEN
    journeys, rows = _Journeys.of(kept, alike, both=unit == "customer", fewest=fewest), []
    for pattern, member in zip(patterns["pattern"], members, strict=True):
        has = np.zeros(len(kept), dtype=bool)
        has[member] = True
        rows.append(journeys.compared(has, str(pattern).split(joint)))
    result = patterns[["pattern", "length"]].join(pd.DataFrame(rows))
    return _judged(result, on_the_way, joint=joint, level=level)


def _members(
    engine: Engine, found: ir.Table, kept: pd.DataFrame, patterns: pd.DataFrame
) -> list[IntArray]:
    """Return the rows of the journeys that contain each pattern."""
    pairs = engine.frame(found.select("unit", "pattern"))
    row = pd.Index(kept["unit"]).get_indexer(pairs["unit"])
    column = pd.Index(patterns["pattern"]).get_indexer(pairs["pattern"])
    order = np.lexsort((row, column))
    ends = np.cumsum(np.bincount(column, minlength=len(patterns)))
    return np.split(row[order], ends[:-1])


@dataclass(frozen=True)
class _Journeys:
    """The journeys that every order is looked for in; one place each, people and segments coded."""

    outcome: BoolArray
    customer: IntArray
    segment_of: IntArray
    segment: IntArray
    names: tuple[str, ...]
    alike: Alike
    both: bool
    fewest: int

    @classmethod
    def of(cls, kept: pd.DataFrame, alike: Alike, *, both: bool, fewest: int) -> _Journeys:
        customer = pd.factorize(kept["customer_id"])[0]
        segment, names = pd.factorize(kept["segment_id"], sort=True)
        segment_of = np.zeros(int(customer.max(initial=-1)) + 1, dtype=np.int64)
        segment_of[customer] = segment
        outcome = kept["succeeds"].to_numpy(dtype=np.bool_)
        return cls(
            outcome, customer, segment_of, segment, tuple(map(str, names)), alike, both, fewest
        )

    def compared(self, has: BoolArray, pattern: list[str]) -> dict[str, float | str]:
        """Compare journeys with an order and those alike without it: a row of the result."""
        outcome, same = self.outcome, self.alike.same_events(pattern)
        odds = surest(has, outcome, same, self.alike.equal_length, self.customer, both=self.both)
        crude = stratified_odds(has, outcome, np.zeros_like(same))
        with_success, with_stalled = int((has & outcome).sum()), int((has & ~outcome).sum())
        successes = int(outcome.sum())
        stalled = len(outcome) - successes
        counts = Counts.of(has, outcome, same)
        share, beside = counts.shares()
        # Customers whose journeys have no like without the order tell nothing of it.
        enough = len(self._people(has & counts.mixed[same])) >= self.fewest
        return {
            "customers": len(self._people(has)),
            "successful_customers": len(self._people(has & outcome)),
            "other_customers": len(self._people(has & ~outcome)),
            "success_with": with_success,
            "success_share": with_success / successes if successes else np.nan,
            "stalled_with": with_stalled,
            "stalled_share": with_stalled / stalled if stalled else np.nan,
            "share_with": share,
            "share_without": beside,
            **self._most_in(has, same, counts, 1 if odds.odds_ratio >= 1 else -1),
            "crude_odds_ratio": crude.odds_ratio,
            "odds_ratio": odds.odds_ratio,
            "low": odds.low,
            "high": odds.high,
            "p_value": odds.p_value if enough else np.nan,
        }

    def _most_in(
        self, has: BoolArray, same: IntArray, counts: Counts, side: int
    ) -> dict[str, float | str]:
        """Return the segment where journeys with and without an order differ most, if one does."""
        # Journeys alike are of one segment, and so are those of one customer.
        of_stratum = np.zeros(len(counts.with_), dtype=np.int64)
        of_stratum[same] = self.segment
        journeys = np.bincount(self.segment[has], minlength=len(self.names))
        people = np.bincount(self.segment_of[self._people(has)], minlength=len(self.names))
        best: tuple[float, str, float, float] = (0.0, "", np.nan, np.nan)
        for place, name in enumerate(self.names):
            if journeys[place] < LEAST_JOURNEYS or people[place] < self.fewest:
                continue
            share, beside = counts.shares(of_stratum == place)
            if side * (share - beside) > best[0]:
                best = (side * (share - beside), name, share, beside)
        return {"most_in": best[1], "most_with": best[2], "most_without": best[3]}

    def _people(self, rows: BoolArray) -> IntArray:
        return np.flatnonzero(np.bincount(self.customer[rows]))


def _judged(
    rows: pd.DataFrame, on_the_way: Collection[str], *, joint: str, level: float
) -> pd.DataFrame:
    told = rows["p_value"].notna()
    rows["p_corrected"] = np.nan
    if told.any():
        rows.loc[told, "p_corrected"] = false_discovery_control(rows.loc[told, "p_value"])
    differs = rows["p_corrected"] <= level
    more = differs & (rows["odds_ratio"] >= _LEAST_ODDS_RATIO)
    fewer = differs & (rows["odds_ratio"] <= 1 / _LEAST_ODDS_RATIO)
    way = more & (rows["success_share"] >= _NEARLY_ALL)
    few = rows["stalled_share"] <= _FEW * rows["success_share"]
    forced = set(rows.loc[way & few & (rows["length"] == 1), "pattern"]) | set(on_the_way)
    way |= more & rows["pattern"].map(lambda text: bool(forced & set(text.split(joint))))
    verdict = np.select([way, more, fewer, told],
                        ["on the way", "success", "stalling", "no difference"],
                        "too few")  # fmt: skip
    place = pd.Series(verdict, index=rows.index).map(_VERDICTS.index)
    surely = np.maximum(np.log(rows["low"]), -np.log(rows["high"])).round(9)
    rows = rows.assign(verdict=verdict, place=place, surely=-surely)
    ordered = rows.sort_values(["place", "surely", "length", "pattern"], ignore_index=True)
    return ordered[_COLUMNS]
