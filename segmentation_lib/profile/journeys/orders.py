"""Tests of short orders of events: journeys that contain one against journeys alike without it."""

from __future__ import annotations

from collections.abc import Collection

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

from segmentation_lib.engine import Engine
from segmentation_lib.profile.journeys.alike import Alike, expected_share, surest
from segmentation_lib.profile.journeys.subsequences import APART, THEN, Unit
from segmentation_lib.stats import StratifiedOdds, stratified_odds
from segmentation_lib.stats.arrays import IntArray

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
    rows = []
    for pattern, member in zip(patterns["pattern"], members, strict=True):
        has = np.zeros(len(kept), dtype=bool)
        has[member] = True
        events = str(pattern).split(joint)
        rows.append(_row(has, kept, alike, events, both=unit == "customer", fewest=fewest))
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
    has: np.ndarray,
    kept: pd.DataFrame,
    alike: Alike,
    pattern: list[str],
    *,
    both: bool,
    fewest: int,
) -> dict[str, float | str]:
    outcome = kept["succeeds"].to_numpy(dtype=bool)
    clusters = pd.factorize(kept["customer_id"])[0]
    same = alike.same_events(pattern)
    odds = surest(has, outcome, same, alike.equal_length, clusters, both=both)
    crude = stratified_odds(has, outcome, np.zeros_like(same))
    with_success, with_stalled = int((has & outcome).sum()), int((has & ~outcome).sum())
    successes, stalled = int(outcome.sum()), int((~outcome).sum())
    share, beside = expected_share(has, outcome, same)
    # Customers whose journeys have no like without the order tell nothing of it.
    enough = _people(clusters, has & _mixed(has, same)) >= fewest
    return {
        "customers": _people(clusters, has),
        "successful_customers": _people(clusters, has & outcome),
        "other_customers": _people(clusters, has & ~outcome),
        "success_with": with_success,
        "success_share": with_success / successes if successes else np.nan,
        "stalled_with": with_stalled,
        "stalled_share": with_stalled / stalled if stalled else np.nan,
        "share_with": share,
        "share_without": beside,
        **_most_in(
            has, outcome, same, kept["segment_id"].to_numpy(), clusters, odds, fewest=fewest
        ),
        "crude_odds_ratio": crude.odds_ratio,
        "odds_ratio": odds.odds_ratio,
        "low": odds.low,
        "high": odds.high,
        "p_value": odds.p_value if enough else np.nan,
    }


def _most_in(
    has: np.ndarray, outcome: np.ndarray, same: np.ndarray, segments: np.ndarray,
    clusters: np.ndarray, odds: StratifiedOdds, *, fewest: int,
) -> dict[str, float | str]:  # fmt: skip
    """Return the segment where journeys with and without an order differ most, if one does."""
    side = 1 if odds.odds_ratio >= 1 else -1
    best: tuple[float, str, float, float] = (0.0, "", np.nan, np.nan)
    for segment in sorted(set(segments)):
        own = segments == segment
        with_it = has & own
        if with_it.sum() < LEAST_JOURNEYS or _people(clusters, with_it) < fewest:
            continue
        share, beside = expected_share(has[own], outcome[own], same[own])
        if side * (share - beside) > best[0]:
            best = (side * (share - beside), str(segment), share, beside)
    return {"most_in": best[1], "most_with": best[2], "most_without": best[3]}


def _people(clusters: np.ndarray, rows: np.ndarray) -> int:
    return int(np.count_nonzero(np.bincount(clusters[rows])))


def _mixed(has: np.ndarray, strata: np.ndarray) -> np.ndarray:
    """Return which journeys are in a stratum that has both kinds."""
    with_it, size = np.bincount(strata, weights=has), np.bincount(strata)
    return np.asarray(((with_it > 0) & (with_it < size))[strata])


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
