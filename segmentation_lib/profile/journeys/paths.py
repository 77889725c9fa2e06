"""Which short orders of events go with success and which with stalling, at equal length."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

from segmentation_lib.engine import Engine
from segmentation_lib.profile.journeys.subsequences import (
    APART,
    THEN,
    Unit,
    journeys_to,
    occurrences,
)
from segmentation_lib.profile.wording import listing, number, percent, plural
from segmentation_lib.stats import StratifiedOdds, length_bands, stratified_odds
from segmentation_lib.stats.arrays import IntArray

__all__ = ["PatternStudy", "path_patterns", "pattern_sentences"]

_LEAST_JOURNEYS, _MOST_PATTERNS = 30, 200
# A difference smaller than this is of no use to anyone, however many people show it.
_LEAST_ODDS_RATIO = 1.2
# An event that nearly every success contains, and few others, is a step on the way: the payment
# page does not make people buy.
_NEARLY_ALL, _FEW = 0.95, 0.5
_COLUMNS = ["pattern", "length", "success_with", "success_share", "stalled_with", "stalled_share",
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
    unit: Unit = "customer",
    on_the_way: Collection[str] = (),
    gaps: bool = False,
    longest: int = 3,
    least_support: float = 0.02,
    most_customers: int = 50_000,
    level: float = 0.05,
) -> PatternStudy:
    """Compare journeys that came to a success with those that did not.

    Journeys are cut at their first success. Longer ones contain more of everything, so journeys
    are compared only with those of the same segment and length. Sessions of one customer may be
    alike; the variance allows for it. An association, not a cause.

    Args:
        engine: Where the table is.
        table: The result of `steps`, stored.
        success: Events that are a success.
        unit: A journey is all that a customer did in the window, or a session.
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
        ``success_share`` and ``stalled_share`` (of those journeys), ``crude_odds_ratio``,
        ``odds_ratio`` at equal length and segment with its 95 % interval ``low``, ``high``,
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
    return PatternStudy(
        patterns=_tested(engine, found, kept, on_the_way, gaps=gaps, level=level),
        unit=unit,
        journeys=len(kept),
        successes=int(kept["succeeds"].sum()),
        customers=int(kept["customer_id"].nunique()),
        at_once=units - len(kept),
        people_in_all=in_all,
    )


def pattern_sentences(study: PatternStudy, *, most: int = 3) -> list[str]:
    """Say what goes with success and with stalling, in plain words.

    Args:
        study: The study.
        most: Orders named of each kind.
    """
    whose = "customers" if study.unit == "customer" else "sessions"
    if not study.successes or study.successes == study.journeys:
        end = "came to a success" if study.successes else "did not come to a success"
        return [f"All {plural(study.journeys, whose[:-1])} {end}, so there is nothing to compare."]
    sentences = []
    for verdict in ("success", "stalling"):
        rows = study.patterns[study.patterns["verdict"] == verdict].head(most)
        sentences += [
            f"{row['pattern']} goes with {verdict}: it is in {percent(row['success_share'])} of "
            f"the paths of {whose} with a success, and in {percent(row['stalled_share'])} of the "
            f"others. Among paths of equal length in the same segment, the odds of success are "
            f"{number(row['odds_ratio'])} times as high with it (95 % interval "
            f"{number(row['low'])} to {number(row['high'])})."
            for _, row in rows.iterrows()
        ]
    if sentences:
        sentences.append("What goes with success need not cause it; only a test would show that.")
    way = study.patterns[
        (study.patterns["verdict"] == "on the way") & (study.patterns["length"] == 1)
    ]
    if study.patterns["p_value"].isna().all():
        return [
            f"Too few {whose} with and without a success have paths of the same length, so nothing "
            "can be said about what goes with success."
        ]
    if not sentences:
        sentences = [
            f"No order of events goes with success: {plural(study.successes, whose[:-1])} with a "
            f"success took the same paths as {study.journeys - study.successes:,} without, at "
            "equal length."
        ]
    if len(way):
        steps = listing(way["pattern"].head(most).tolist())
        sentences.append(f"On the way to success lies {steps}: a step, not a reason.")
    return sentences


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
    on_the_way: Collection[str],
    *,
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
    outcome = kept["succeeds"].to_numpy(dtype=bool)
    bands = length_bands(kept["length"].to_numpy())
    strata = pd.MultiIndex.from_arrays([kept["segment_id"], bands]).factorize()[0]
    clusters = pd.factorize(kept["customer_id"])[0]
    rows = []
    for member in members:
        has = np.zeros(len(kept), dtype=bool)
        has[member] = True
        odds = stratified_odds(has, outcome, strata, clusters)
        crude = stratified_odds(has, outcome, np.zeros_like(strata))
        rows.append(_row(has, outcome, odds, crude))
    result = patterns[["pattern", "length"]].join(pd.DataFrame(rows))
    return _judged(result, on_the_way, joint=APART if gaps else THEN, level=level)


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
    has: np.ndarray, outcome: np.ndarray, odds: StratifiedOdds, crude: StratifiedOdds
) -> dict[str, float]:
    with_success, with_stalled = int((has & outcome).sum()), int((has & ~outcome).sum())
    successes, stalled = int(outcome.sum()), int((~outcome).sum())
    return {
        "success_with": with_success,
        "success_share": with_success / successes if successes else np.nan,
        "stalled_with": with_stalled,
        "stalled_share": with_stalled / stalled if stalled else np.nan,
        "crude_odds_ratio": crude.odds_ratio,
        "odds_ratio": odds.odds_ratio,
        "low": odds.low,
        "high": odds.high,
        "p_value": odds.p_value,
    }


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
