"""Newcomers in their first days: who can be followed, what they did, and who succeeded when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import pandas as pd

from segmentation_lib.engine import Engine
from segmentation_lib.prepare.windows import days_between, start_of
from segmentation_lib.profile.journeys.newcomers import washout
from segmentation_lib.profile.journeys.retention import event_days

__all__ = ["FirstDays", "first_days_of_newcomers"]


@dataclass(frozen=True)
class FirstDays:
    """Newcomers who were followed to the end, and how many were not.

    Attributes:
        people: ``customer_id``, ``succeeds`` (after the first days, within the follow-up); sorted.
        counts: ``customer_id``, ``event``, ``n``: what they did in their first days.
        newcomers: Customers whose first event is in the log.
        too_recent: Newcomers whose follow-up the close cuts short.
        at_start: Customers first seen so soon after the log begins that they may be old ones.
        at_once: Newcomers who were followed to the end, with a success in the first days already.
        again: Whether ``people`` are those, and the success is a further one. What they did may
            follow from their first success, so they are never compared with the others: the
            larger of the two groups is compared within itself, and the other is left out.
        left_out: Newcomers of the other group.
    """

    people: pd.DataFrame
    counts: pd.DataFrame
    newcomers: int
    too_recent: int
    at_start: int
    at_once: int
    again: bool
    left_out: int


def first_days_of_newcomers(
    engine: Engine,
    events: ir.Table,
    success: Collection[str],
    purchase_days: ir.Table | None,
    *,
    close: date,
    days: int,
    follow_up: int,
    washout_days: int | None,
) -> FirstDays:
    """Count what newcomers do in their first days, and see who comes to a success afterwards.

    Args:
        engine: Where the events are.
        events: ``customer_id``, ``occurred_at``, ``event``: all history.
        success: Events that are a success, if no purchase days are given.
        purchase_days: ``customer_id`` and ``day``: a purchase is the success.
        close: The first day that the log no longer covers.
        days: Calendar days of the early time, from that of the first event on.
        follow_up: A success counts from the day after the early time up to this day.
        washout_days: Who is first seen within so many days of the start of the log is no newcomer;
            None for `newcomers.washout`.
    """
    seen = events.filter(events["occurred_at"] < start_of(close))
    first = seen.group_by("customer_id").aggregate(first=seen["occurred_at"].min().date())
    first = engine.store(first, "first_days")
    edge = engine.row(first.aggregate(start=first["first"].min()))["start"]
    if washout_days is None:
        days_seen = engine.frame(event_days(seen))
        washout_days = washout(days_seen, (close - (edge or close)).days)
    new_from = (edge or close) + timedelta(days=washout_days)
    last = close - timedelta(days=follow_up)
    old, late = first["first"] < new_from, first["first"] > last
    sums = engine.row(
        first.aggregate(
            at_start=old.sum().fill_null(0),
            newcomers=(~old).sum().fill_null(0),
            too_recent=(~old & late).sum().fill_null(0),
        )
    )
    unseen = {name: int(number) for name, number in sums.items()}
    people = engine.store(first.filter(~old & ~late), "newcomers")
    rows = seen.inner_join(people, "customer_id")
    rows = rows.select(
        "customer_id", "event", day=days_between(rows["first"], rows["occurred_at"].date())
    )
    early = rows.filter(rows["day"] < days).group_by("customer_id", "event")
    counts = engine.frame(early.aggregate(n=ibis._.count()).order_by("customer_id", "event"))
    if purchase_days is None:
        wins = rows.filter(rows["event"].isin(sorted(success)))
    else:
        bought = purchase_days.select("customer_id", bought="day").inner_join(people, "customer_id")
        day = days_between(bought["first"], bought["bought"].date())
        wins = bought.select("customer_id", day=day)
    wins = wins.group_by(winner="customer_id").aggregate(
        already=(wins["day"] < days).any(),
        succeeds=((wins["day"] >= days) & (wins["day"] < follow_up)).any(),
    )
    placed = people.left_join(wins, people["customer_id"] == wins["winner"])
    placed = placed.select(
        "customer_id",
        already=placed["already"].fill_null(False),
        succeeds=placed["succeeds"].fill_null(False),
    )
    everyone = engine.frame(placed.order_by("customer_id"))
    already = everyone["already"].to_numpy(dtype=bool)
    again = bool(2 * already.sum() > len(already))
    kept = everyone[already == again].drop(columns="already").reset_index(drop=True)
    counts = counts[counts["customer_id"].isin(kept["customer_id"])].reset_index(drop=True)
    return FirstDays(
        kept,
        counts,
        **unseen,
        at_once=int(already.sum()),
        again=again,
        left_out=int((already != again).sum()),
    )
