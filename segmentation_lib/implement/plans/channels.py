"""Which channels reach a segment, what they bring per unit of money, and how to share a budget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from segmentation_lib.engine import Engine
from segmentation_lib.params.registers.channels import ChannelBudget, ChannelLine
from segmentation_lib.prepare.windows import start_of
from segmentation_lib.profile.wording import amount, number, percent, titled
from segmentation_lib.small_cells import suppress
from segmentation_lib.stats.arrays import FloatArray
from segmentation_lib.stats.intervals import wilson_interval

__all__ = [
    "allocate",
    "channel_plan",
    "channel_reach",
    "channel_sentences",
    "share_pennies",
    "shown_channel_plan",
]

_LEVEL = 0.95
_PLAN = ["budget", "segment_id", "channel", "contacts", "responses", "rate", "rate_low",
         "rate_high", "spent", "cost_per_response", "returned", "returned_low", "returned_high",
         "current", "floor", "cap", "suggested", "verdict"]  # fmt: skip


def channel_reach(
    engine: Engine, events: ir.Table, segments: ir.Table, *, start: date, close: date
) -> pd.DataFrame:
    """Return the share of each segment that came by each channel in the quarter.

    Args:
        engine: Where the events are.
        events: ``customer_id``, ``occurred_at`` and ``channel``; may lack the channel.
        segments: ``customer_id`` and ``segment_id`` as of the open.
        start: The quarter's first day.
        close: The first day after it.

    Returns:
        The artefact ``channel_reach``, by segment and channel: ``segment_id``, ``channel``,
        ``customers`` of the segment, ``reached``, ``share`` of the segment with the 95 % interval
        ``low`` to ``high`` (Wilson). One customer may come by several channels, so shares do not
        sum to 1. Without channels it has no rows.
    """
    columns = ["segment_id", "channel", "customers", "reached", "share", "low", "high"]
    if "channel" not in events.columns:
        return pd.DataFrame(columns=columns)
    inside = events.filter(
        events.occurred_at >= start_of(start),
        events.occurred_at < start_of(close),
        events.channel.notnull(),
    )
    reached = (
        inside.select("customer_id", "channel")
        .distinct()
        .inner_join(segments, "customer_id")
        .group_by("segment_id", "channel")
        .agg(reached=ibis._.count())
    )
    sizes = segments.group_by("segment_id").agg(customers=ibis._.count())
    found = engine.frame(reached.inner_join(sizes, "segment_id"))
    found = found.sort_values(["segment_id", "channel"], kind="stable").reset_index(drop=True)
    ends = [
        wilson_interval(int(own), int(n))
        for own, n in zip(found["reached"], found["customers"], strict=True)
    ]
    found["share"] = [end.value for end in ends]
    found["low"] = [end.low for end in ends]
    found["high"] = [end.high for end in ends]
    return found[columns]


def channel_plan(plan: ChannelBudget) -> pd.DataFrame:
    """Suggest how to share a budget among channels, or say that there is no reason to move it.

    Money moves only among lines of which one clearly brings more per unit of money than another:
    their intervals do not meet. The intervals hold for all lines at once with 95 % certainty
    (Wilson's, Bonferroni-corrected), so equal channels lead to a suggestion at most once in
    twenty plans. The lines that move share their money in proportion to what a unit of it
    brought, within floors and caps; all others keep theirs. This takes the next unit of money to
    bring what the last ones did on average, which holds for small moves only.

    Args:
        plan: One budget of the register ``channels``. What the lines spent is scaled to the
            budget: that is the current share of each.

    Returns:
        The artefact ``channel_plan``, in the order of the plan: ``budget`` (its ID), the line's
        numbers, ``rate`` of response and ``returned`` (value per unit of money), each with its
        joint interval, ``cost_per_response`` (missing without a response), ``current``,
        ``suggested`` (both sum to the budget, to the penny), ``floor``, ``cap`` and ``verdict``:
        ``more``, ``less``, ``same`` or ``no reallocation``.
    """
    lines = plan.lines
    level = 1 - (1 - _LEVEL) / len(lines)
    rates = [wilson_interval(line.responses, line.contacts, level=level) for line in lines]
    worth = np.array([line.value * line.contacts / line.spent for line in lines])
    returned, low, high = (
        worth * np.array([getattr(rate, end) for rate in rates]) for end in ("value", "low", "high")
    )
    floors = np.array([line.floor for line in lines])
    caps = np.array([plan.budget if line.cap is None else line.cap for line in lines])
    spent = np.array([line.spent for line in lines])
    current = share_pennies(allocate(spent, plan.budget, floors, caps), plan.budget)
    moves = (low[:, None] > high).any(axis=1) | (high[:, None] < low).any(axis=1)
    suggested = current.copy()
    if moves.any():
        pool = float(np.round(current[moves].sum(), 2))
        own = allocate(returned[moves], pool, floors[moves], caps[moves])
        suggested[moves] = share_pennies(own, pool)
    verdicts = np.where(suggested > current, "more", np.where(suggested < current, "less", "same"))
    verdicts = verdicts if moves.any() else np.full(len(lines), "no reallocation")
    rows = [
        (plan.id, line.segment, line.channel, line.contacts, line.responses, rate.value, rate.low,
         rate.high, line.spent, _cost(line), *values)
        for line, rate, values in zip(
            lines, rates,
            zip(returned, low, high, current, floors, caps, suggested, verdicts, strict=True),
            strict=True,
        )
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=_PLAN)


def allocate(
    weights: FloatArray, budget: float, floors: FloatArray, caps: FloatArray
) -> FloatArray:
    """Share a budget in proportion to weights, within floors and caps.

    Each part is ``weight x t``, moved up to its floor or down to its cap, with the one ``t`` at
    which the parts sum to the budget.

    Args:
        weights: Weights, 0 or more.
        budget: What there is to share.
        floors: The least of each part.
        caps: The most of each part, at least its floor.

    Raises:
        ValueError: The budget is not between the sum of the floors and that of the caps.

    >>> allocate(np.array([3.0, 1.0]), 100.0, np.array([0.0, 40.0]), np.array([100.0, 100.0]))
    array([60., 40.])
    """
    if not floors.sum() - 1e-9 <= budget <= caps.sum() + 1e-9:
        raise ValueError(
            f"budget = {budget:g}, must be from the sum of the floors ({floors.sum():g}) "
            f"to the sum of the caps ({caps.sum():g})"
        )
    # A weight of 0 takes its turn last, when all others are at their caps.
    weights = np.maximum(weights, 1e-9 * float(weights.max())) if weights.any() else weights + 1
    knees = np.unique(np.concatenate([floors / weights, caps / weights]))
    sums = np.array([np.clip(weights * t, floors, caps).sum() for t in knees])
    at = int(np.searchsorted(sums, budget))
    if at in (0, len(knees)):
        t = knees[min(at, len(knees) - 1)]
    else:  # between two knees the sum is a line
        rise = sums[at] - sums[at - 1]
        t = knees[at - 1] + (knees[at] - knees[at - 1]) * (budget - sums[at - 1]) / rise
    return np.asarray(np.clip(weights * t, floors, caps))


def share_pennies(amounts: FloatArray, budget: float) -> FloatArray:
    """Round amounts to pennies so that they sum to the budget (largest remainders).

    >>> share_pennies(np.array([33.333, 33.333, 33.334]), 100.0)
    array([33.33, 33.33, 33.34])
    """
    pennies = np.round(amounts * 100, 6)
    whole = np.floor(pennies)
    missing = round(budget * 100) - int(whole.sum())
    order = np.argsort(-(pennies - whole), kind="stable")
    whole[order[:missing]] += 1
    return np.asarray(whole / 100)


def shown_channel_plan(plan: pd.DataFrame, *, small_cell: int = 10) -> pd.DataFrame:
    """Return the plan for a page: counts of a few people, and what they give away, are blank.

    Args:
        plan: The artefact ``channel_plan``.
        small_cell: Counts from 1 to under this are blanked.
    """
    told = ["rate", "rate_low", "rate_high", "cost_per_response", "returned", "returned_low",
            "returned_high"]  # fmt: skip
    return suppress(plan, "responses", limit=small_cell, derived=told)


def channel_sentences(
    plans: Iterable[pd.DataFrame], *, names: Mapping[str, str], currency: str = ""
) -> list[str]:
    """Say for each budget what to move, or that nothing speaks for moving any.

    Args:
        plans: Artefacts ``channel_plan``, one per budget.
        names: Name of each segment, by ID.
        currency: Three-letter code.
    """
    said = []
    for plan in plans:
        rows = plan.to_dict("records")
        own = str(rows[0]["budget"])
        if rows[0]["verdict"] == "no reallocation":
            said.append(
                f"{own}: no reallocation. What the channels brought for the money differs by no "
                "more than chance explains (their intervals meet)."
            )
            continue
        gains = [(round(row["suggested"] - row["current"], 2), row) for row in rows]
        moved = sum(gain for gain, _ in gains if gain > 0)
        if moved == 0:
            said.append(f"{own}: channels differ, but floors and caps leave nothing to move.")
            continue
        _, up = max(gains, key=lambda pair: pair[0])
        _, down = min(gains, key=lambda pair: pair[0])
        said.append(
            f"{own}: move {amount(moved, currency)} ({percent(moved / plan['current'].sum())} of "
            f"the budget), the largest part to {_line(up, names)}: each 1 spent brought "
            f"{number(up['returned'])} there, against {number(down['returned'])} by "
            f"{_line(down, names)}. Try it with a part first."
        )
    return said or ["No budget is listed; list what channels cost and brought in channels.yaml."]


def _line(row: Mapping[str, object] | Mapping[object, object], names: Mapping[str, str]) -> str:
    values = dict(row)
    segment = str(values["segment_id"])
    whom = "all customers" if segment == "(all)" else titled(segment, names)
    return f"{values['channel']} for {whom}"


def _cost(line: ChannelLine) -> float:
    return line.spent / line.responses if line.responses else float("nan")
