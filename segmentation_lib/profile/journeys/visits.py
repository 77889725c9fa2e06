"""Visits to events within a session: which come back, and which of these lead nowhere."""

from __future__ import annotations

from collections.abc import Collection

import ibis
import ibis.expr.types as ir

__all__ = ["LONGEST", "before_goal", "moves_past", "page_visits"]

# Longer sessions are taken to be so long: a robot's would take all the time there is.
LONGEST = 40


def before_goal(steps: ir.Table, goals: Collection[str]) -> ir.Table:
    """Keep what each session did up to its first success; all of it without success or goals.

    Args:
        steps: The result of `steps`.
        goals: Events that are a success.
    """
    if not goals:
        return steps
    done = steps.filter(steps["event"].isin(sorted(goals)))
    done = done.group_by("session").agg(goal=done["step"].min())
    joined = steps.left_join(done, "session")
    kept = joined.filter(joined["goal"].isnull() | (joined["step"] <= joined["goal"]))
    last = kept["step"] == kept["goal"]
    return kept.select(
        *[name for name in steps.columns if name not in ("next_event", "next_at")],
        next_event=last.fill_null(False).ifelse(ibis.null("string"), kept["next_event"]),
        next_at=last.fill_null(False).ifelse(ibis.null("timestamp"), kept["next_at"]),
    )


def page_visits(steps: ir.Table, *, quick_seconds: float) -> ir.Table:
    """Sum each customer's visits to each event; a run of one event is one visit.

    A visit is a return if the session has seen the event before. A return is fruitless if the
    session saw nothing new since the visit before, or sees nothing new after it until the event
    comes again or the session ends.

    Args:
        steps: The result of `steps` or `before_goal`.
        quick_seconds: A return is quick if the visit before it ended at most so long ago.

    Returns:
        ``segment_id``, ``customer_id``, ``event``, ``pages`` (visits of the session, at most
        `LONGEST`) and whole numbers: ``visits``, ``returns``, ``fruitless``, ``quick`` (quick
        returns), ``repeats`` (the event once more at once), ``milliseconds`` to the next event,
        ``left`` (visits that something follows), ``first`` and ``last`` (visits that a session
        begins and ends with).
    """
    rows = _with_pages(steps)
    per_event = ["segment_id", "customer_id", "event", "pages"]
    repeats = rows.group_by(per_event).agg(steps=rows.count())
    visits = _returns(rows.filter(rows["is_last"]), quick_seconds)
    counts = visits.group_by(per_event).agg(
        visits=visits.count(),
        returns=visits["is_return"].sum(),
        fruitless=visits["is_fruitless"].sum(),
        quick=visits["is_quick"].sum(),
        milliseconds=visits["milliseconds"].sum(),
        left=visits["milliseconds"].count(),
        first=visits["is_first"].sum(),
        last=visits["ends"].sum(),
    )
    both = counts.inner_join(repeats, per_event)
    whole = ["visits", "returns", "fruitless", "quick", "milliseconds", "left", "first", "last"]
    return both.select(
        *per_event,
        **{name: both[name].fill_null(0).cast("int64") for name in whole},
        repeats=(both["steps"] - both["visits"]).cast("int64"),
    )


def moves_past(steps: ir.Table) -> ir.Table:
    """Count moves from one event in sessions that have seen another one by then.

    Args:
        steps: The result of `steps` or `before_goal`.

    Returns:
        ``segment_id``, ``pages`` (see `page_visits`), ``event``, ``seen`` (the other event, or the
        same) and ``moves``.
    """
    rows = _with_pages(steps)
    visits = rows.filter(rows["is_last"])
    came = visits.group_by("session", seen="event").agg(came=visits["step"].min())
    moves = visits.filter(visits["next_event"].notnull())
    both = moves.inner_join(came, "session")
    both = both.filter(both["step"] >= both["came"])
    return both.group_by("segment_id", "pages", "event", "seen").agg(moves=both.count())


def _with_pages(steps: ir.Table) -> ir.Table:
    rows = steps.mutate(
        is_last=steps["next_event"].isnull() | (steps["next_event"] != steps["event"])
    )
    pages = rows["is_last"].cast("int64").sum().over(ibis.window(group_by="session"))
    return rows.mutate(pages=ibis.least(pages, LONGEST).cast("int64"))


def _returns(visits: ir.Table, quick_seconds: float) -> ir.Table:
    of_event = ibis.window(group_by=["session", "event"], order_by="step")
    so_far = ibis.window(group_by="session", order_by="step", preceding=None, following=0)
    onwards = ibis.window(
        group_by="session", order_by=ibis.desc("step"), preceding=None, following=0
    )
    marked = visits.mutate(
        left=visits["next_at"].lag().over(of_event),
        before=visits["step"].lag().over(of_event),
        again=visits["step"].lead().over(of_event),
    )
    is_return = marked["before"].notnull()
    new = is_return.ifelse(ibis.null("int64"), marked["step"])
    # A return is never new itself, so new events may be looked for up to it and from it on.
    marked = marked.mutate(last_new=new.max().over(so_far), next_new=new.min().over(onwards))
    # The run before ended where this one began.
    at = ibis.window(group_by="session", order_by="step")
    marked = marked.mutate(
        came=marked["next_at"].lag().over(at).fill_null(marked["occurred_at"]),
        so_far=marked["step"].lag().over(at),
    )
    is_return = marked["before"].notnull()
    nothing_before = marked["last_new"] <= marked["before"]
    nothing_after = marked["next_new"].isnull() | (marked["next_new"] > marked["again"])
    stuck = nothing_before.fill_null(False) | nothing_after.fill_null(False)
    away = marked["came"].epoch_seconds() - marked["left"].epoch_seconds()
    gone = marked["next_at"].delta(marked["came"], unit="millisecond")
    return marked.select(
        "segment_id",
        "customer_id",
        "event",
        "pages",
        is_first=marked["so_far"].isnull().cast("int64"),
        ends=marked["next_event"].isnull().cast("int64"),
        is_return=is_return.cast("int64"),
        is_fruitless=(is_return & stuck).cast("int64"),
        is_quick=(is_return & (away <= quick_seconds)).fill_null(False).cast("int64"),
        milliseconds=gone,
    )
