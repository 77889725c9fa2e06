"""Outcomes: what each customer did in the quarter, never seen by the segmentation."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir
import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.engine import Engine
from segmentation_lib.prepare.names import slug
from segmentation_lib.prepare.returns import cancelled_rows, occasions, without_cancelled
from segmentation_lib.prepare.tables import Cleaned, Tables
from segmentation_lib.prepare.windows import rows_in

__all__ = ["OUTCOMES", "outcome_names", "outcomes_of"]

# Name: (unit, definition) of the outcomes that are not measured elsewhere.
OUTCOMES: Mapping[str, tuple[str, str]] = {
    "orders": ("purchase days", "Days of the quarter with positive net spend."),
    "revenue": ("currency", "Net spend in the quarter: purchases less returns."),
    "active": ("0 or 1", "1 with an order in the quarter (an event, where there are no orders)."),
    "order_value": ("currency", "Net spend per purchase day; missing without a purchase."),
    "quarter_sessions": ("sessions", "Different sessions in the quarter."),
    "visited": ("0 or 1", "1 with an event in the quarter."),
}


def outcome_names(tables: Tables | Cleaned, window: Window) -> dict[str, str]:
    """Return the outcomes that the data give, in order, each with the table it comes from.

    Args:
        tables: The canonical tables.
        window: The quarter; metrics of the outcomes table count if they were measured in it.
    """
    names: dict[str, str] = {}
    if "orders" in tables:
        names |= dict.fromkeys(("orders", "revenue", "active", "order_value"), "orders")
    if "events" in tables:
        if "session_id" in tables["events"].columns:
            names["quarter_sessions"] = "events"
        if "orders" in tables:
            names["visited"] = "events"
        names.setdefault("active", "events")
    for name in _metrics(tables, window):
        names.setdefault(name, "outcomes")
    return names


def outcomes_of(cleaned: Cleaned, known: ir.Table, window: Window) -> pd.DataFrame:
    """Return the outcomes of everybody who was known when the quarter opened.

    Args:
        cleaned: The cleaned tables.
        known: Customers known at the open, with ``customer_id``.
        window: The quarter.

    Returns:
        ``customer_id`` and one column per outcome, sorted by customer. Counts and sums are 0
        where nothing happened; ``order_value`` is missing then. Metrics of the outcomes table
        are summed over the quarter.
    """
    engine = cleaned.engine
    result = known.select("customer_id")
    parts: list[tuple[ir.Table, tuple[str, ...]]] = []
    if "orders" in cleaned:
        parts.append((_order_outcomes(engine, cleaned["orders"], window), ("order_value",)))
    if "events" in cleaned:
        parts.append((_event_outcomes(cleaned, window), ()))
    metrics = _metrics(cleaned, window)
    if metrics:
        parts.append((_measured_outcomes(cleaned["outcomes"], metrics, window), ()))
    for part, missing in parts:
        values = [column for column in part.columns if column != "customer_id"]
        joined = result.left_join(part, "customer_id").drop("customer_id_right")
        filled = {c: joined[c].fill_null(0) for c in values if c not in missing}
        result = joined.mutate(**filled)
    order = ["customer_id", *outcome_names(cleaned, window)]
    return engine.frame(result.select(*order).order_by("customer_id"))


def _order_outcomes(engine: Engine, orders: ir.Table, window: Window) -> ir.Table:
    # Only what happens inside the quarter cancels here: the return of an earlier purchase is a
    # loss of this quarter's revenue.
    rows = engine.store(rows_in(orders, "ordered_at", window), "quarter")
    lines = without_cancelled(rows, engine.store(cancelled_rows(rows), "cancelled"))
    days = occasions(lines)
    bought = days.group_by("customer_id").aggregate(
        orders=days.count(),
        order_value=days["spend"].sum().cast("float64") / days.count(),
    )
    bought = bought.mutate(active=_one())
    money = rows.group_by("customer_id").aggregate(revenue=rows["amount"].sum().cast("float64"))
    return money.left_join(bought, "customer_id").drop("customer_id_right")


def _event_outcomes(cleaned: Cleaned, window: Window) -> ir.Table:
    rows = rows_in(cleaned["events"], "occurred_at", window)
    has_sessions = "session_id" in rows.columns
    measures = {"quarter_sessions": rows["session_id"].nunique()} if has_sessions else {}
    came = rows.group_by("customer_id").aggregate(**measures)
    # Without orders, a visit is all the activity there is: one outcome, not two of one kind.
    return came.mutate(visited=_one()) if "orders" in cleaned else came.mutate(active=_one())


def _one() -> ir.IntegerScalar:
    return ibis.literal(1).cast("int64")


def _measured_outcomes(
    outcomes: ir.Table, metrics: Mapping[str, tuple[str, ...]], window: Window
) -> ir.Table:
    rows = rows_in(outcomes, "measured_at", window)
    # Sums of doubles depend on their order: as decimals they do not.
    value = rows["value"].cast("decimal(18, 4)")
    sums = {
        name: value.sum(where=rows["metric"].isin(values)).cast("float64")
        for name, values in metrics.items()
    }
    return rows.group_by("customer_id").aggregate(**sums)


def _metrics(tables: Tables | Cleaned, window: Window) -> dict[str, tuple[str, ...]]:
    """Return the metrics measured in the quarter: name, and the values that stand for it."""
    if "outcomes" not in tables:
        return {}
    rows = rows_in(tables["outcomes"], "measured_at", window)
    found = rows.filter(rows["metric"].notnull()).select("metric").distinct().order_by("metric")
    names: dict[str, tuple[str, ...]] = {}
    for metric in tables.engine.frame(found)["metric"]:
        names[slug(metric)] = (*names.get(slug(metric), ()), metric)
    return dict(sorted(names.items()))
