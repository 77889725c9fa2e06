"""Grains: the tables that features are measured over, as seen from one moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from segmentation_lib.engine import Engine
from segmentation_lib.prepare.contract import CONTRACT
from segmentation_lib.prepare.lifecycle import known_customers
from segmentation_lib.prepare.returns import cancelled_rows, occasions, without_cancelled
from segmentation_lib.prepare.windows import AsOf, rows_in, start_of

__all__ = ["Grains", "grains_at"]


@dataclass(frozen=True)
class Grains:
    """What one moment sees, grain by grain; nothing of the moment's day or later is in it.

    Attributes:
        as_of: The moment.
        known: One row per known customer: ``customer_id, state, tenure``.
        tables: By grain. ``rows``: all order lines of the lookback; ``lines``: those that no
            return cancels; ``purchases``: lines with a positive amount; ``order_channels``: one
            row per order and channel; ``occasions``: days with positive net spend; ``events``:
            events of the lookback with the days over which their customer was observed;
            ``surveys`` and ``costs``: their rows of the lookback; ``customers``: attributes.
    """

    as_of: AsOf
    known: ir.Table
    tables: Mapping[str, ir.Table]


def grains_at(
    engine: Engine,
    tables: Mapping[str, ir.Table],
    as_of: AsOf,
    *,
    new_days: int,
    all_active: bool = False,
) -> Grains:
    """Compute what can be seen from one moment.

    Args:
        engine: Where the grains are kept.
        tables: The cleaned tables.
        as_of: The moment and its lookback.
        new_days: A customer first seen less than this many days ago is ``NEW``.
        all_active: Whether everybody known counts as ``ACTIVE``.
    """
    found: dict[str, ir.Table] = {}
    if "orders" in tables:
        found |= _order_grains(engine, tables["orders"], as_of)
    known = engine.store(
        known_customers(
            tables, found.get("occasions"), as_of, new_days=new_days, all_active=all_active
        ),
        "known",
    )
    if "events" in tables:
        found["events"] = engine.store(_observed_events(tables["events"], known, as_of), "events")
    for name in ("surveys", "costs"):
        if name in tables:
            found[name] = rows_in(tables[name], CONTRACT[name].time or "", as_of.window)
    if "customers" in tables:
        found["customers"] = tables["customers"]
    return Grains(as_of, known, found)


def _order_grains(engine: Engine, orders: ir.Table, as_of: AsOf) -> dict[str, ir.Table]:
    seen = orders.filter(orders["ordered_at"] < start_of(as_of.day))
    cancelled = engine.store(cancelled_rows(seen), "cancelled")
    rows = rows_in(orders, "ordered_at", as_of.window)
    lines = engine.store(without_cancelled(rows, cancelled), "lines")
    purchases = lines.filter(lines["amount"] > 0)
    found = {
        "rows": rows,
        "lines": lines,
        "purchases": purchases,
        "occasions": engine.store(occasions(lines), "occasions"),
    }
    if "channel" in orders.columns:
        found["order_channels"] = purchases.select("customer_id", "order_id", "channel").distinct()
    return found


def _observed_events(events: ir.Table, known: ir.Table, as_of: AsOf) -> ir.Table:
    """Return the events of the lookback, with the days over which each customer was observed."""
    inside = rows_in(events, "occurred_at", as_of.window)
    log_days = as_of.days_since(events["occurred_at"].min().as_scalar().date())
    observed = ibis.least(known["tenure"], log_days, float(as_of.window.days))
    spans = known.select("customer_id", observed_days=ibis.greatest(observed, 1.0))
    return inside.left_join(spans, "customer_id").drop("customer_id_right")
