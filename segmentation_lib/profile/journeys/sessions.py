"""Steps of sessions: what customers of a segment did in a window, event by event, in order."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from segmentation_lib.calendar import Window
from segmentation_lib.prepare.windows import rows_in

__all__ = ["SESSION_GAP_MINUTES", "collapsed", "steps"]

# The pause after which most tools of web analysis start a new session.
SESSION_GAP_MINUTES = 30
_IN_TIME = ("occurred_at", "place", "event")


def steps(
    events: ir.Table,
    segments: ir.Table,
    window: Window,
    *,
    gap_minutes: int = SESSION_GAP_MINUTES,
) -> ir.Table:
    """Number the events of each session; store the result once, everything builds on it.

    A row without a session of the log (no column ``session_id``, or empty) belongs to a session
    that ends where the same customer pauses for longer than ``gap_minutes``. Events of one instant
    stand in the order of the log's ``sequence``, and in that of their names where there is none.

    Args:
        events: ``customer_id``, ``occurred_at``, ``event``, and perhaps ``session_id`` and
            ``sequence``.
        segments: ``customer_id`` and ``segment_id``, one row per customer, nothing missing. Fixed
            at the open of the window, so that it is not chosen by what is looked at here.
        window: The days; events outside are not seen, a session across its edge is cut.
        gap_minutes: The pause that ends a session, where the log names none.

    Returns:
        ``customer_id``, ``segment_id``, ``session`` (text, of one customer only), ``step`` (from 1
        in each session), ``event``, ``occurred_at``, ``next_event`` and ``next_at`` (of the same
        session; missing at its end). Not sorted. Customers without an event have no row.

    Raises:
        ValueError: ``gap_minutes`` is not positive.
    """
    if gap_minutes <= 0:
        raise ValueError(f"gap_minutes = {gap_minutes}, must be positive")
    rows = rows_in(events, "occurred_at", window)
    rows = rows.inner_join(segments.select("customer_id", "segment_id"), "customer_id")
    named = "session_id" in events.columns
    own = rows["session_id"].cast("string") if named else ibis.null("string")
    place = rows["sequence"] if "sequence" in events.columns else ibis.literal(0)
    rows = rows.select("customer_id", "segment_id", "event", "occurred_at", own=own, place=place)
    return _numbered(_with_session(rows, gap_minutes, named=named), order=_IN_TIME)


def collapsed(table: ir.Table) -> ir.Table:
    """Keep the first of each run of equal events in a session, and number the steps anew.

    Args:
        table: The result of `steps`, or of this function.
    """
    at = ibis.window(group_by="session", order_by="step")
    before = table.mutate(before=table["event"].lag().over(at))
    kept = before.filter(before["before"].isnull() | (before["before"] != before["event"]))
    return _numbered(kept, order=("step",))


def _with_session(rows: ir.Table, gap_minutes: int, *, named: bool) -> ir.Table:
    """Add a session that no two customers share."""
    logged = rows["customer_id"] + "/" + rows["own"]
    if not named:
        return _by_pauses(rows, gap_minutes)
    without = _by_pauses(rows.filter(rows["own"].isnull()), gap_minutes)
    return rows.mutate(session=logged).filter(rows["own"].notnull()).drop("own").union(without)


def _by_pauses(rows: ir.Table, gap_minutes: int) -> ir.Table:
    at = ibis.window(group_by="customer_id", order_by=_IN_TIME)
    waits_to = rows["occurred_at"].lag().over(at) + ibis.interval(minutes=gap_minutes)
    starts = rows.mutate(starts=(rows["occurred_at"] > waits_to).fill_null(True).cast("int64"))
    number = starts["starts"].cumsum().over(at)
    # A name no log gives: a session of the log stands after a stroke, this one after two.
    session = starts["customer_id"] + "//" + number.cast("string")
    return starts.mutate(session=session).drop("own", "starts")


def _numbered(rows: ir.Table, *, order: Sequence[str]) -> ir.Table:
    at = ibis.window(group_by="session", order_by=order)
    return rows.select(
        "customer_id",
        "segment_id",
        "session",
        step=ibis.row_number().over(at) + 1,
        event=rows["event"],
        occurred_at=rows["occurred_at"],
        next_event=rows["event"].lead().over(at),
        next_at=rows["occurred_at"].lead().over(at),
    )
