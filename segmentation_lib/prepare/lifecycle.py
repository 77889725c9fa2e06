"""Lifecycle states: who is known at a moment, and whether there is enough to segment them by.

``NEW``       first seen less than `new_days` ago: too early to tell.
``ACTIVE``    bought, or did something, within the lookback: the ones that are segmented.
``LAPSED``    was active once, but not within the lookback.
``INACTIVE``  signed up long ago and never did anything.
"""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from segmentation_lib.prepare.windows import AsOf, start_of

__all__ = ["STATES", "known_customers"]

STATES = ("ACTIVE", "NEW", "LAPSED", "INACTIVE")


def known_customers(
    tables: Mapping[str, ir.Table],
    occasions: ir.Table | None,
    as_of: AsOf,
    *,
    new_days: int,
    all_active: bool = False,
) -> ir.Table:
    """Return everybody who is known at a moment, with their lifecycle state.

    A customer is known from the first order, event or sign-up before the moment. An order counts
    as activity if its day is an occasion: one that was cancelled, or a return alone, does not.

    Args:
        tables: The cleaned tables.
        occasions: Purchase occasions within the lookback, or ``None`` without orders.
        as_of: The moment.
        new_days: A customer first seen less than this many days ago is ``NEW``.
        all_active: Whether everybody known is ``ACTIVE``, as in a table of attributes only.

    Returns:
        Columns ``customer_id, state, tenure``; tenure in days since first seen, null if unknown.
    """
    seen = ibis.union(*_sightings(tables, as_of, all_active=all_active))
    first = seen.group_by("customer_id").aggregate(
        first_seen=seen["at"].min(),
        ever=seen["active"].max(),
        lately=(ibis.ifelse(seen["at"] >= start_of(as_of.window.start), seen["event"], 0).max()),
    )
    if occasions is not None:
        buyers = occasions.select("customer_id").distinct().mutate(bought=ibis.literal(1))
        first = first.left_join(buyers, "customer_id").drop("customer_id_right")
    else:
        first = first.mutate(bought=ibis.null("int64"))
    tenure = as_of.days_since(first["first_seen"].date())
    active = (first["bought"].coalesce(0) > 0) | (first["lately"] > 0)
    state = ibis.cases(
        (tenure < new_days, "NEW"),
        (active, "ACTIVE"),
        (first["ever"] > 0, "LAPSED"),
        else_="INACTIVE",
    )
    if all_active:
        state = ibis.literal("ACTIVE")
    return first.select("customer_id", state=state, tenure=tenure)


def _sightings(tables: Mapping[str, ir.Table], as_of: AsOf, *, all_active: bool) -> list[ir.Table]:
    """Return, per table that shows customers, who was seen when, before the moment."""
    sightings = []
    for name, time in (("orders", "ordered_at"), ("events", "occurred_at")):
        if name in tables:
            table = tables[name]
            per_customer = table.filter(table[time] < start_of(as_of.day))
            event = int(name == "events")
            # First and last are enough, and far fewer rows than the table.
            spans = per_customer.group_by("customer_id").aggregate(
                first=per_customer[time].min(), last=per_customer[time].max()
            )
            for end in ("first", "last"):
                sightings.append(_sighting(spans, spans[end], active=1, event=event))
    if "customers" in tables:
        customers = tables["customers"]
        if "signed_up_at" in customers.columns:
            at = customers["signed_up_at"]
            before = at < start_of(as_of.day)
            known = (
                customers.filter(before | at.isnull()) if all_active else customers.filter(before)
            )
            sightings.append(_sighting(known, known["signed_up_at"], active=0, event=0))
        elif all_active:
            nowhen = ibis.null("timestamp(6)")
            sightings.append(_sighting(customers, nowhen, active=0, event=0))
    return sightings


def _sighting(table: ir.Table, at: ir.Value, *, active: int, event: int) -> ir.Table:
    return table.select(
        customer_id=table["customer_id"],
        at=at,
        active=ibis.literal(active).cast("int64"),
        event=ibis.literal(event).cast("int64"),
    )
