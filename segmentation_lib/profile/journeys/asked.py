"""The funnels that the parameters ask for, and what to say where nothing was asked or logged."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pandas as pd

from segmentation_lib.engine import Engine
from segmentation_lib.params import Funnel
from segmentation_lib.profile.journeys.funnel import funnel

__all__ = ["NO_LOG", "NO_SUCCESS", "all_funnels", "later_stages", "no_funnel_sentence"]

NO_LOG = (
    "There is no event log, so nothing is known of the ways through the product. Give the table "
    "events (who did what, and when) to see funnels, paths, friction and first days."
)
NO_SUCCESS = (
    "No event counts as success, so ways to it are not looked for. Name one under "
    "profile.journeys.success."
)
_NAMED = 12


def all_funnels(
    engine: Engine, steps: ir.Table, segments: ir.Table, asked: Sequence[Funnel]
) -> pd.DataFrame:
    """Follow every funnel that is asked for, one below the other; see `funnel`.

    Args:
        engine: Where the tables are.
        steps: The result of `sessions.steps`.
        segments: ``customer_id`` and ``segment_id``.
        asked: ``profile.journeys.funnels`` of the parameters, at least one.
    """
    return pd.concat(
        [
            funnel(
                engine, steps, segments, one.steps, name=one.name,
                within=one.within_days or "session",
            )
            for one in asked
        ],
        ignore_index=True,
    )  # fmt: skip


def later_stages(asked: Sequence[Funnel]) -> tuple[str, ...]:
    """Return the events of the later half of each funnel, sorted.

    That they stand before a success is no discovery.

    >>> later_stages([Funnel(name="Buy", steps=("visit", "view", ("cart", "basket"), "pay"))])
    ('basket', 'cart', 'pay')
    """
    events = {
        event
        for one in asked
        for step in one.steps[len(one.steps) // 2 :]
        for event in ((step,) if isinstance(step, str) else step)
    }
    return tuple(sorted(events))


def no_funnel_sentence(engine: Engine, events: ir.Table) -> str:
    """Say how to ask for a funnel, with the most common events to choose from.

    Args:
        engine: Where the log is.
        events: The log, with ``event``.
    """
    counts = events.group_by("event").aggregate(n=events.count())
    names = engine.frame(counts.order_by(ibis.desc("n"), "event").limit(_NAMED))["event"]
    return (
        "No funnel was asked for. Name its steps under profile.journeys.funnels; the most common "
        f"events are {', '.join(names.dropna())}."
    )
