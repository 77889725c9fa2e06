"""Which short orders of events occur in which journeys."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import ibis
import ibis.expr.types as ir

from segmentation_lib.engine import Engine

__all__ = ["APART", "THEN", "Unit", "journeys_to", "occurrences"]

Unit = Literal["customer", "session"]
THEN, APART = " > ", " … "


def journeys_to(table: ir.Table, success: Collection[str], *, unit: Unit) -> ir.Table:
    """Cut each journey at its first success; what comes after cannot have led to it.

    Args:
        table: The result of `steps`.
        success: The events that are a success.
        unit: A journey is a session, or all that a customer did in the window.

    Returns:
        ``unit`` (text), ``customer_id``, ``segment_id``, ``place`` (from 0), ``event``,
        ``succeeds``: the events before the first success, or all where there is none. A journey
        that starts with its success has no row.
    """
    unit_of = table["session"] if unit == "session" else table["customer_id"]
    rows = table.mutate(unit=unit_of)
    order = ["step"] if unit == "session" else ["occurred_at", "session", "step"]
    at = ibis.window(group_by="unit", order_by=order)
    rows = rows.select(
        "unit",
        "customer_id",
        "segment_id",
        "event",
        place=ibis.row_number().over(at),
    )
    where = rows["event"].isin(sorted(success)).ifelse(rows["place"], None)
    rows = rows.mutate(end=where.min().over(ibis.window(group_by="unit")))
    kept = rows.filter(rows["end"].isnull() | (rows["place"] < rows["end"]))
    return kept.mutate(succeeds=kept["end"].notnull()).drop("end")


def occurrences(
    engine: Engine, journeys: ir.Table, *, longest: int, gaps: bool, least: int
) -> ir.Table:
    """Find the orders of up to ``longest`` events that at least ``least`` journeys contain.

    Args:
        engine: Where the journeys are.
        journeys: The result of `journeys_to`, stored.
        longest: Events in the longest order.
        gaps: Whether other events may lie between (the search is that of PrefixSpan, Pei et al.
            2001: only what is common enough is made longer).
        least: Journeys that must contain it.

    Returns:
        ``unit``, ``pattern`` (joined by `THEN`, or by `APART` with gaps), ``events`` (how many):
        one row per journey and order it contains.
    """
    if gaps:
        return _apart(engine, journeys, longest=longest, least=least)
    at = ibis.window(group_by="unit", order_by="place")
    nexts = {f"e{k}": journeys["event"].lead(k).over(at) for k in range(1, longest)}
    rows = engine.store(journeys.select("unit", e0="event", **nexts), "grams")
    pattern = rows["e0"]
    found = []
    for k in range(longest):
        pattern = pattern if k == 0 else pattern + THEN + rows[f"e{k}"]
        grams = rows.select("unit", pattern=pattern, events=ibis.literal(k + 1, "int64"))
        found.append(grams.filter(grams["pattern"].notnull()).distinct())
    return engine.store(
        _common(ibis.union(*found) if len(found) > 1 else found[0], least), "orders"
    )


def _apart(engine: Engine, journeys: ir.Table, *, longest: int, least: int) -> ir.Table:
    ends = journeys.group_by("unit", pattern=journeys["event"]).aggregate(
        end=journeys["place"].min()
    )
    levels = [engine.store(_common(ends.mutate(events=ibis.literal(1, "int64")), least), "orders")]
    known = levels[0].select("pattern").distinct()
    steps = engine.store(journeys.semi_join(known, journeys["event"] == known["pattern"]), "known")
    for k in range(1, longest):
        before = levels[-1]
        after = before.inner_join(
            steps.select("place", "event", of="unit"),
            [before["unit"] == steps["unit"], steps["place"] > before["end"]],
        )
        pattern = after["pattern"] + APART + after["event"]
        longer = after.group_by("unit", pattern=pattern).aggregate(end=after["place"].min())
        longer = longer.mutate(events=ibis.literal(k + 1, "int64"))
        levels.append(engine.store(_common(longer, least), "orders"))
    found = [level.select("unit", "pattern", "events") for level in levels]
    return ibis.union(*found) if len(found) > 1 else found[0]


def _common(found: ir.Table, least: int) -> ir.Table:
    counts = found.group_by("pattern").aggregate(journeys=found.count())
    return found.semi_join(counts.filter(counts["journeys"] >= least), "pattern")
