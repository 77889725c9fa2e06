"""Whole paths: the most common ones of each segment, and the flows between their places."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

import ibis
import ibis.expr.types as ir
import pandas as pd

from segmentation_lib.engine import Engine
from segmentation_lib.profile.journeys.funnel import SMALL_BASE
from segmentation_lib.profile.journeys.subsequences import THEN
from segmentation_lib.small_cells import rounded, without_few
from segmentation_lib.words import event_words

__all__ = ["END", "MORE", "OTHER", "common_paths", "path_flows", "session_paths", "shown_flows",
           "shown_paths"]  # fmt: skip

END, OTHER, MORE = "(end)", "(other)", "…"
_COMMON = ["segment_id", "rank", "path", "sessions", "customers", "share", "successes",
           "success_share", "successful_customers", "other_customers", "small"]  # fmt: skip


def session_paths(
    engine: Engine, table: ir.Table, *, success: Collection[str], positions: int = 5
) -> ir.Table:
    """Write each session as one row: its first events, up to the first success.

    Repeats of an event in a row count once.

    Args:
        engine: Where the table is, and where the result is kept.
        table: The result of `steps`.
        success: Events that are a success; perhaps none.
        positions: Events to keep of each path.

    Returns:
        ``session``, ``customer_id``, ``segment_id``, ``success`` (the place of the first success,
        missing where there is none) and ``place1`` to one more than ``positions``: the events, the
        success itself being the last; missing after the end.
    """
    # The last of a run of equal events stands for all of it.
    runs = table.filter(table["next_event"].isnull() | (table["next_event"] != table["event"]))
    place = ibis.row_number().over(ibis.window(group_by="session", order_by="step")) + 1
    rows = runs.select("session", "customer_id", "segment_id", "event", place=place)
    wins = rows["event"].isin(sorted(success)) if success else ibis.literal(False)
    # Read as text that sorts after nothing: a place has one event, so the largest is it.
    events = {
        f"place{k}": rows["event"].max(where=rows["place"] == k) for k in range(1, positions + 2)
    }
    found = rows.group_by("session", "customer_id", "segment_id").aggregate(
        success=rows["place"].min(where=wins), **events
    )
    cut = {
        name: (found["success"].isnull() | (found["success"] >= k)).ifelse(found[name], None)
        for k, name in enumerate(events, start=1)
    }
    return engine.store(found.mutate(**cut), "paths")


def common_paths(engine: Engine, paths: ir.Table, *, top: int = 10) -> pd.DataFrame:
    """List the most common paths of each segment, with how many came to a success.

    The success itself is not part of the path, so that the path tells nothing of its outcome.

    Args:
        engine: Where the paths are.
        paths: The result of `session_paths`.
        top: Paths per segment.

    Returns:
        ``segment_id``, ``rank`` from 1, ``path`` (events joined by `THEN`; `MORE` ends a longer
        one; empty for sessions that begin with their success), ``sessions``, ``customers``,
        ``share`` (of the segment's sessions), ``successes``, ``success_share`` (of the path's
        sessions), ``successful_customers`` and ``other_customers`` (with such a session that came
        to a success, and with one that did not) and ``small`` (fewer than 30 customers). A
        description: no test stands behind a difference.
    """
    *shown, beyond = _places(paths)
    text = ibis.literal("")
    for k, name in enumerate(shown, start=1):
        event = _before_success(paths, name, k)
        text = text + (event if k == 1 else THEN + event).fill_null("")
    longer = _before_success(paths, beyond, len(shown) + 1).notnull()
    rows = paths.mutate(path=text + longer.ifelse(THEN + MORE, ""))
    counted = rows.group_by("segment_id", "path").aggregate(
        sessions=rows.count(),
        customers=rows["customer_id"].nunique(),
        successes=rows["success"].count(),
        successful_customers=rows["customer_id"].nunique(where=rows["success"].notnull()),
        other_customers=rows["customer_id"].nunique(where=rows["success"].isnull()),
    )
    order = ibis.window(group_by="segment_id", order_by=[ibis.desc("sessions"), "path"])
    ranked = counted.mutate(
        share=counted["sessions"] / counted["sessions"].sum().over(group_by="segment_id"),
        success_share=counted["successes"] / counted["sessions"],
        small=counted["customers"] < SMALL_BASE,
        rank=ibis.row_number().over(order) + 1,
    )
    kept = ranked.filter(ranked["rank"] <= top).order_by("segment_id", "rank")
    return engine.frame(kept.select(_COMMON))


def shown_paths(common: pd.DataFrame, *, few: int = 10) -> pd.DataFrame:
    """Return the common paths as a page may show them: without counts of a few people.

    Args:
        common: The result of `common_paths`.
        few: Paths of fewer customers are left out. Where fewer came to a success on a path, or
            fewer did not, its share of successes is missing: times the sessions it is their count.

    Returns:
        ``segment_id``, ``path`` in words, ``sessions`` (rounded), ``share``, ``success_share``.
    """
    rows = common[common["customers"] >= few].reset_index(drop=True)
    rows = rows.assign(sessions=rounded(rows["sessions"], limit=few))
    small = pd.Series(False, index=rows.index)
    for people in (rows["successful_customers"], rows["other_customers"]):
        small |= (people > 0) & (people < few)
    return rows.assign(
        path=rows["path"].map(event_words), success_share=rows["success_share"].mask(small)
    )[["segment_id", "path", "sessions", "share", "success_share"]]


def shown_flows(flows: pd.DataFrame, *, few: int = 10) -> pd.DataFrame:
    """Return the flows as a page may show them, without ways of a few people.

    What flows into an event flows out of it again, so the sessions of a way that is left out would
    be what is missing there. They are rounded.

    Args:
        flows: The result of `path_flows`.
        few: Ways of fewer customers are left out, sessions and customers rounded to the nearest.
    """
    rows = without_few(flows, "customers", limit=few)
    return rows.assign(**{n: rounded(rows[n], limit=few) for n in ("sessions", "customers")})


def path_flows(engine: Engine, paths: ir.Table, *, events: int = 8) -> pd.DataFrame:
    """Count how sessions flow from each place of the path to the next.

    Args:
        engine: Where the paths are.
        paths: The result of `session_paths`.
        events: Events shown by name, the most common in the places, besides successes; the
            others become `OTHER`.

    Returns:
        ``segment_id``, ``position`` from 1, ``event`` at it, ``next_event`` at the next place
        (`END` where the session ends or has come to its success), ``sessions`` and ``customers``;
        the largest flow of a place first. What flows into an event flows out of it again, up to
        the last place.
    """
    names = _places(paths)
    single = [paths.select(event=name).filter(paths[name].notnull()) for name in names]
    every = ibis.union(*single)
    counts = every.group_by("event").aggregate(n=every.count())
    shown = engine.frame(counts.order_by(ibis.desc("n"), "event").limit(events))["event"].tolist()
    flows = []
    for position, (here, there) in enumerate(pairwise(names), start=1):
        rows = paths.filter(paths[here].notnull())
        rows = rows.select(
            "segment_id",
            "customer_id",
            position=ibis.literal(position, "int64"),
            event=_named(rows, here, position, shown),
            next_event=_named(rows, there, position + 1, shown).fill_null(END),
        )
        flows.append(
            rows.group_by("segment_id", "position", "event", "next_event").aggregate(
                sessions=rows.count(), customers=rows["customer_id"].nunique()
            )
        )
    joined = ibis.union(*flows) if len(flows) > 1 else flows[0]
    return engine.frame(
        joined.order_by("segment_id", "position", ibis.desc("sessions"), "event", "next_event")
    )


def _places(paths: ir.Table) -> list[str]:
    return [name for name in paths.columns if name.startswith("place")]


def _before_success(paths: ir.Table, name: str, place: int) -> ir.Value:
    before = paths["success"].isnull() | (paths["success"] > place)
    return before.ifelse(paths[name], None)


def _named(paths: ir.Table, name: str, place: int, shown: list[str]) -> ir.Value:
    event = paths[name]
    by_name = event.isin(shown) | (paths["success"] == place).fill_null(False)
    return ibis.cases((event.isnull(), None), (by_name, event), else_=OTHER)
