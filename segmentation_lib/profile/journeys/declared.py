"""The events that count as success."""

from __future__ import annotations

import ibis.expr.types as ir

from segmentation_lib.engine import Engine
from segmentation_lib.params import Journeys
from segmentation_lib.prepare.named_events import check_named_events

__all__ = ["USUAL_SUCCESS", "success_events"]

USUAL_SUCCESS = "purchase"


def success_events(engine: Engine, events: ir.Table, asked: Journeys) -> tuple[str, ...]:
    """Return the events that count as success, after checking every event that is named.

    Args:
        engine: Where the log is.
        events: The log, with ``event``.
        asked: The section ``profile.journeys`` of the parameters.

    Returns:
        The event that is named, or ``purchase`` if the log has it, or nothing.

    Raises:
        ContractError: An event of a funnel, a nudge or the success is not in the log; all are
            listed at once.
    """
    names = events.filter(events["event"].notnull()).select("event").distinct().order_by("event")
    known = [str(name) for name in engine.frame(names)["event"]]
    check_named_events(known, asked)
    success = asked.success or USUAL_SUCCESS
    return (success,) if success in known else ()
