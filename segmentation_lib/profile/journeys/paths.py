"""Which short orders of events go with success and which with stalling, among journeys alike."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

from segmentation_lib.engine import Engine
from segmentation_lib.profile.journeys.alike import (
    Alike,
    expected_share,
    journeys_alike,
    surest,
)
from segmentation_lib.profile.journeys.subsequences import (
    APART,
    THEN,
    Unit,
    journeys_to,
    occurrences,
)
from segmentation_lib.stats import StratifiedOdds, stratified_odds
from segmentation_lib.stats.arrays import IntArray

__all__ = ["PatternStudy", "path_patterns"]

_LEAST_JOURNEYS, _MOST_PATTERNS = 30, 200
# A difference smaller than this is of no use to anyone, however many people show it.
_LEAST_ODDS_RATIO = 1.2
# An event that nearly every success contains, and few others, is a step on the way: the payment
# page does not make people buy.
_NEARLY_ALL, _FEW = 0.95, 0.5
_COLUMNS = ["pattern", "length", "success_with", "success_share", "stalled_with", "stalled_share",
            "share_with", "share_without", "most_in", "most_with", "most_without",
            "crude_odds_ratio", "odds_ratio", "low", "high", "p_value", "p_corrected",
            "verdict"]  # fmt: skip
_VERDICTS = ["success", "stalling", "on the way", "no difference", "too few"]


@dataclass(frozen=True)
class PatternStudy:
    """What goes with success, and how it was looked for.

    Attributes:
        patterns: One row per order of events; see `path_patterns`.
        unit: What a journey is: ``customer`` or ``session``.
        journeys: Journeys compared.
        successes: Those of them that came to a success.
        customers: People who made them.
        at_once: Journeys that began with their success and have no path to look at.
        people_in_all: People with an event; more than ``customers`` if a sample was drawn.
    """

    patterns: pd.DataFrame
    unit: Unit
    journeys: int
    successes: int
    customers: int
    at_once: int
    people_in_all: int


def path_patterns(
    engine: Engine,
    table: ir.Table,
    *,
    success: Collection[str],
    unit: Unit = "session",
    on_the_way: Collection[str] = (),
    gaps: bool = False,
    longest: int = 3,
    least_support: float = 0.02,
    most_customers: int = 50_000,
    level: float = 0.05,
) -> PatternStudy:
    """Compare journeys that came to a success with those that did not.

    Journeys are cut at their first success, and compared with journeys of the same segment that
    are alike: once with those that contain the same other events, once with those of equal
    length. A finding must hold in both, see `alike`. Sessions of one customer may be alike; the
    variance allows for it. An association, not a cause.

    Args:
        engine: Where the table is.
        table: The result of `steps`, stored.
        success: Events that are a success.
        unit: A journey is a session, or all that a customer did in the window.
        on_the_way: Events known to be steps to the success, such as the later stages of its funnel.
        gaps: Whether other events may lie between those of an order.
        longest: Events in the longest order.
        least_support: Share of journeys that must contain an order; at least 30 must.
        most_customers: With more, so many are drawn, by a hash of their IDs.
        level: Share of false findings among findings that is allowed (Benjamini and Hochberg
            1995, over all orders looked at, at most the 200 most common).

    Returns:
        The study. ``patterns`` has ``pattern`` (events joined by `THEN`, or `APART` with gaps),
        ``length``, ``success_with`` and ``stalled_with`` (journeys that contain it),
        ``success_share`` and ``stalled_share`` (of those journeys), ``share_with`` (share of
        those with the order that came to a success) and ``share_without`` (of those without, with
        the same other events and of the same segment, weighted alike), ``most_in`` (the segment
        where the two differ most to the side of the verdict, of those with 30 such journeys; a
        description) with ``most_with`` and ``most_without``, ``crude_odds_ratio``, ``odds_ratio``
        among journeys alike, the weaker of the two, with its 95 % interval ``low``, ``high``,
        ``p_value``, ``p_corrected`` and ``verdict``: ``success``, ``stalling``, ``on the way`` (a
        step that success cannot do without, given or found, or an order through one), ``no
        difference`` or ``too few`` (not tested). Findings come first, at the top those whose
        interval lies farthest from 1.

    Raises:
        ValueError: No success event, or ``longest`` or ``least_support`` out of range.
    """
    if not success or isinstance(success, str):
        raise ValueError(f"success = {success!r}, must name at least one event, as a list")
    if not 1 <= longest <= 5:
        raise ValueError(f"longest = {longest}, must be 1 to 5")
    if not 0 < least_support < 1:
        raise ValueError(f"least_support = {least_support}, must be between 0 and 1")
    people = engine.store(table.select("customer_id").distinct(), "people")
    in_all = int(engine.row(people.aggregate(n=people.count()))["n"])
    if in_all > most_customers:
        drawn = people.order_by(people["customer_id"].hexdigest("md5"), "customer_id")
        people = engine.store(drawn.limit(most_customers), "people")
        table = table.semi_join(people, "customer_id")
    units = _units(engine, table, unit)
    journeys = engine.store(journeys_to(table, success, unit=unit), "journeys")
    kept = _kept(engine, journeys)
    least = max(_LEAST_JOURNEYS, int(np.ceil(least_support * len(kept))))
    found = occurrences(engine, journeys, longest=longest, gaps=gaps, least=least)
    alike = journeys_alike(engine, journeys, kept)
    return PatternStudy(
        patterns=_tested(engine, found, kept, alike, on_the_way, unit=unit, gaps=gaps, level=level),
        unit=unit,
        journeys=len(kept),
        successes=int(kept["succeeds"].sum()),
        customers=int(kept["customer_id"].nunique()),
        at_once=units - len(kept),
        people_in_all=in_all,
    )


def _units(engine: Engine, table: ir.Table, unit: Unit) -> int:
    of = table["session"] if unit == "session" else table["customer_id"]
    return int(engine.row(table.aggregate(n=of.nunique()))["n"])


def _kept(engine: Engine, journeys: ir.Table) -> pd.DataFrame:
    """Return one row per journey that has a path, in the order of their names."""
    rows = journeys.group_by("unit").aggregate(
        customer_id=journeys["customer_id"].min(),
        segment_id=journeys["segment_id"].min(),
        succeeds=journeys["succeeds"].any(),
        length=journeys.count(),
    )
    return engine.frame(rows.order_by("unit"))


def _tested(
    engine: Engine,
    found: ir.Table,
    kept: pd.DataFrame,
    alike: Alike,
    on_the_way: Collection[str],
    *,
    unit: Unit,
    gaps: bool,
    level: float,
) -> pd.DataFrame:
    counts = found.group_by("pattern", length=found["events"]).aggregate(journeys=found.count())
    common = counts.order_by(ibis.desc("journeys"), "length", "pattern").limit(_MOST_PATTERNS)
    common = engine.store(common, "common")
    patterns = engine.frame(common.order_by("length", "pattern"))
    if patterns.empty:
        return pd.DataFrame(columns=_COLUMNS)
    members = _members(engine, found.semi_join(common, "pattern"), kept, patterns)
    joint = APART if gaps else THEN
    rows = []
    for pattern, member in zip(patterns["pattern"], members, strict=True):
        has = np.zeros(len(kept), dtype=bool)
        has[member] = True
        rows.append(_row(has, kept, alike, str(pattern).split(joint), both=unit == "customer"))
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


def _row(
    has: np.ndarray, kept: pd.DataFrame, alike: Alike, pattern: list[str], *, both: bool
) -> dict[str, float | str]:
    outcome = kept["succeeds"].to_numpy(dtype=bool)
    clusters = pd.factorize(kept["customer_id"])[0]
    same = alike.same_events(pattern)
    odds = surest(has, outcome, same, alike.equal_length, clusters, both=both)
    crude = stratified_odds(has, outcome, np.zeros_like(same))
    with_success, with_stalled = int((has & outcome).sum()), int((has & ~outcome).sum())
    successes, stalled = int(outcome.sum()), int((~outcome).sum())
    share, beside = expected_share(has, outcome, same)
    return {
        "success_with": with_success,
        "success_share": with_success / successes if successes else np.nan,
        "stalled_with": with_stalled,
        "stalled_share": with_stalled / stalled if stalled else np.nan,
        "share_with": share,
        "share_without": beside,
        **_most_in(has, outcome, same, kept["segment_id"].to_numpy(), odds),
        "crude_odds_ratio": crude.odds_ratio,
        "odds_ratio": odds.odds_ratio,
        "low": odds.low,
        "high": odds.high,
        "p_value": odds.p_value,
    }


def _most_in(
    has: np.ndarray, outcome: np.ndarray, same: np.ndarray, segments: np.ndarray,
    odds: StratifiedOdds,
) -> dict[str, float | str]:  # fmt: skip
    """Return the segment where journeys with and without an order differ most, if one does."""
    side = 1 if odds.odds_ratio >= 1 else -1
    best: tuple[float, str, float, float] = (0.0, "", np.nan, np.nan)
    for segment in sorted(set(segments)):
        own = segments == segment
        if (has & own).sum() < _LEAST_JOURNEYS:
            continue
        share, beside = expected_share(has[own], outcome[own], same[own])
        if side * (share - beside) > best[0]:
            best = (side * (share - beside), str(segment), share, beside)
    return {"most_in": best[1], "most_with": best[2], "most_without": best[3]}


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
