"""Events that the parameters name, checked against those that the log holds."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

import ibis.expr.types as ir

from segmentation_lib.engine import Engine
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.params import Journeys

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
    faults = [_fault(where, name, known) for where, name in _named(asked) if name not in known]
    if faults:
        raise ContractError(faults)
    success = asked.success or USUAL_SUCCESS
    return (success,) if success in known else ()


def _named(asked: Journeys) -> Iterator[tuple[str, str]]:
    start = "profile.journeys"
    if asked.success is not None:
        yield f"{start}.success", asked.success
    for place, funnel in enumerate(asked.funnels):
        for step in funnel.steps:
            for event in (step,) if isinstance(step, str) else step:
                yield f"{start}.funnels[{place}].steps", event
    for place, nudge in enumerate(asked.nudges):
        yield f"{start}.nudges[{place}].trigger", nudge.trigger
        yield f"{start}.nudges[{place}].goal", nudge.goal


def _fault(where: str, name: str, known: list[str]) -> Fault:
    close = get_close_matches(name, known, n=1)
    hint = f"Did you mean {close[0]}? " if close else ""
    return Fault(
        where,
        f"there is no event {name}",
        "a journey is made of events of the log",
        f"{hint}The log has: {', '.join(known[:30])}.",
        "unknown_event",
    )
