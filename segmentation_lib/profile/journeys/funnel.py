"""Funnels: how many people of each segment come how far, in order, and where they break off."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from segmentation_lib.engine import Engine
from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.stats import wilson_interval
from segmentation_lib.words import listing

__all__ = ["SMALL_BASE", "Stage", "funnel", "stage_names"]

Stage = str | Sequence[str]
# Under this many people a share says little, whatever its interval.
SMALL_BASE = 30


def funnel(
    engine: Engine,
    table: ir.Table,
    segments: ir.Table,
    stages: Sequence[Stage],
    *,
    name: str,
    within: Literal["session"] | int = "session",
    count: Literal["customers", "sessions"] = "customers",
) -> pd.DataFrame:
    """Count how many of each segment come to each stage of an ordered funnel.

    A stage counts only after the one before, other events may lie between, and events of one
    instant count in either order. A customer has come as far as in their best attempt.

    Args:
        engine: Where the table is.
        table: The result of `steps`.
        segments: ``customer_id`` and ``segment_id``: the people of whom the shares are.
        stages: Two or more stages in order; a stage is an event, or several that count alike.
        name: What the funnel is called.
        within: All stages in one session, or within this many days from the first stage on.
        count: Customers; or sessions, which only a funnel within the session can count.

    Returns:
        One row per segment and stage, all customers (`ALL_SEGMENTS`) first: ``funnel``,
        ``counted``, ``segment_id``, ``step`` from 1, ``event``, ``base`` (people of the segment,
        or its sessions), ``reached``, ``share_of_all`` (of the base) and ``share_of_previous`` (of
        those who reached the stage before; of the base for the first) with 95 % Wilson intervals
        ``all_low``, ``all_high``, ``previous_low``, ``previous_high``; ``lost`` (people from the
        stage before who did not come here) and ``small`` (fewer than 30 reached the stage before).
        The intervals take rows as independent; sessions of one customer are not quite that.
        ``did``: how many did what the stage asks at all in the window, in whatever order, visit or
        time; at least as many as reached it. ``first_reached``: how many came to the stage in the
        first session of theirs that has the first stage (sessions: the same as ``reached``). Who
        comes often has more attempts, and their best one is better, however hard a step is; the
        first one is comparable.

    Raises:
        ValueError: Fewer than two stages, an event in two stages, a window under one day, or
            sessions counted over days.
    """
    _check(stages, within, count)
    by = "session" if within == "session" else "customer_id"
    furthest = _furthest(table, stages, by=by, within=within)
    did = _did(table, stages, by="customer_id" if count == "customers" else "session")
    if count == "customers":
        furthest = furthest.group_by("customer_id").aggregate(stage=furthest["stage"].max())
        base = segments.select("customer_id", "segment_id")
        first = _furthest(_first_sessions(table, stages[0]), stages, by="session", within="session")
        best = base.left_join(furthest, "customer_id").select("customer_id", "segment_id", "stage")
        placed = best.left_join(first.select("customer_id", first="stage"), "customer_id")
        placed = placed.drop("customer_id_right").left_join(did, "customer_id")
    else:
        base = table.select("session", "customer_id", "segment_id").distinct()
        placed = base.left_join(furthest.drop("customer_id"), "session")
        placed = placed.mutate(first=placed["stage"])
        placed = placed.drop("session_right").left_join(did, "session")
    counts = placed.group_by("segment_id").aggregate(
        base=placed.count(),
        **{f"n{k}": (placed["stage"] >= k).sum().fill_null(0) for k in _numbers(stages)},
        **{f"f{k}": (placed["first"] >= k).sum().fill_null(0) for k in _numbers(stages)},
        **{f"d{k}": placed[f"did{k}"].sum().fill_null(0) for k in _numbers(stages)},
    )
    found = engine.frame(counts).set_index("segment_id").astype("int64").sort_index()
    found = pd.concat([found.sum().to_frame(ALL_SEGMENTS).T, found])
    rows = [
        {"funnel": name, "counted": count, "segment_id": segment_id, **row}
        for segment_id, row_counts in found.iterrows()
        for row in _rows(row_counts.to_numpy(), stage_names(stages))
    ]
    return pd.DataFrame(rows)


def stage_names(stages: Sequence[Stage]) -> list[str]:
    """Return what the stages are called.

    >>> stage_names(["visit", ["search", "product_view"]])
    ['visit', 'search or product_view']
    """
    return [" or ".join(_events(stage)) for stage in stages]


def _events(stage: Stage) -> list[str]:
    return [stage] if isinstance(stage, str) else list(stage)


def _numbers(stages: Sequence[Stage]) -> range:
    return range(1, len(stages) + 1)


def _check(stages: Sequence[Stage], within: str | int, count: str) -> None:
    if len(stages) < 2:
        raise ValueError(f"a funnel of {len(stages)} stages, must have at least 2")
    named = [event for stage in stages for event in _events(stage)]
    twice = sorted({event for event in named if named.count(event) > 1})
    if twice or not all(_events(stage) for stage in stages):
        raise ValueError(
            f"a funnel names {listing(twice) or 'an empty stage'}"
            f"{' more than once' if twice else ''}, each stage must name events of its own"
        )
    if isinstance(within, int) and within < 1:
        raise ValueError(f"within = {within} days, must be at least 1")
    if count == "sessions" and within != "session":
        raise ValueError("sessions can be counted only in a funnel within the session")


def _furthest(table: ir.Table, stages: Sequence[Stage], *, by: str, within: str | int) -> ir.Table:
    """Return the furthest stage of each session or customer that began.

    From stage to stage goes the latest moment of the first stage from which the attempt can have
    come: it leaves the most time (the method of ClickHouse's ``windowFunnel``).
    """
    place = ibis.cases(
        *[(table["event"].isin(_events(s)), k) for k, s in enumerate(stages, start=1)], else_=0
    )
    keys = sorted({by, "customer_id"})
    rows = table.select(*keys, moment=table["occurred_at"], place=place)
    rows = rows.filter(rows["place"] > 0)
    rows = rows.mutate(came1=(rows["place"] == 1).ifelse(rows["moment"], None))
    # Events of one instant share the window's edge: either may come first.
    so_far = ibis.window(group_by=by, order_by="moment", range=(None, 0))
    for k in _numbers(stages)[1:]:
        start = rows[f"came{k - 1}"].max().over(so_far)
        in_time = (
            start.notnull()
            if within == "session"
            else rows["moment"] <= start + ibis.interval(days=int(within))
        )
        came = ((rows["place"] == k) & in_time).ifelse(start, None)
        rows = rows.mutate(**{f"came{k}": came})
    reached = [rows[f"came{k}"].notnull().ifelse(k, 0) for k in _numbers(stages)]
    stage = reduce(lambda a, b: ibis.greatest(a, b), reached)
    return rows.group_by(keys).aggregate(stage=stage.max())


def _did(table: ir.Table, stages: Sequence[Stage], *, by: str) -> ir.Table:
    """Return for each customer or session, and each stage, 1 where one of its events occurred."""
    marks = {
        f"did{k}": table["event"].isin(_events(stage)).cast("int64").max()
        for k, stage in enumerate(stages, start=1)
    }
    return table.group_by(by).aggregate(**marks)


def _first_sessions(table: ir.Table, stage: Stage) -> ir.Table:
    """Return the steps of each customer's first session with a stage."""
    starts = table.filter(table["event"].isin(_events(stage)))
    at = ibis.window(group_by="customer_id", order_by=["occurred_at", "session"])
    starts = starts.mutate(place=ibis.row_number().over(at))
    return table.semi_join(starts.filter(starts["place"] == 0), "session")


def _rows(counts: np.ndarray, names: Sequence[str]) -> list[dict[str, object]]:
    rows = []
    base = int(counts[0])
    for step, name in enumerate(names, start=1):
        reached, before = int(counts[step]), int(counts[step - 1])
        of_all, of_previous = wilson_interval(reached, base), wilson_interval(reached, before)
        rows.append(
            {
                "step": step,
                "event": name,
                "base": base,
                "reached": reached,
                "did": int(counts[2 * len(names) + step]),
                "first_reached": int(counts[len(names) + step]),
                "share_of_all": of_all.value,
                "all_low": of_all.low,
                "all_high": of_all.high,
                "share_of_previous": of_previous.value,
                "previous_low": of_previous.low,
                "previous_high": of_previous.high,
                "lost": before - reached,
                "small": before < SMALL_BASE,
            }
        )
    return rows
