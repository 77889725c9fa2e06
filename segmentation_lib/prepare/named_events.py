"""Events that the parameters name, checked against those that the log holds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.params import Journeys

__all__ = ["check_named_events"]

_LISTED = 30


def check_named_events(known: Collection[str], asked: Journeys) -> None:
    """Refuse funnels, nudges and a success that name events which the log does not hold.

    Args:
        known: Names of the events in the log, each once or more.
        asked: The section ``profile.journeys`` of the parameters.

    Raises:
        ContractError: An event of a funnel, a nudge or the success is not in the log; all are
            listed at once, each with the nearest name.
    """
    names = sorted(set(known))
    faults = [_fault(where, name, names) for where, name in _named(asked) if name not in names]
    if faults:
        raise ContractError(faults)


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


def _fault(where: str, name: str, known: Sequence[str]) -> Fault:
    close = get_close_matches(name, known, n=1)
    hint = f"Did you mean {close[0]}? " if close else ""
    return Fault(
        where,
        f"there is no event {name}",
        "a journey is made of events of the log",
        f"{hint}The log has: {', '.join(known[:_LISTED])}.",
        "unknown_event",
    )
