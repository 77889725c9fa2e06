"""The ledger: what came in from each customer and what it cost, block by block, back in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import ibis
import ibis.expr.types as ir
import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.params.models import Params
from segmentation_lib.prepare.blocks import blocks_back
from segmentation_lib.prepare.contract import CONTRACT
from segmentation_lib.prepare.tables import Cleaned
from segmentation_lib.prepare.windows import start_of

__all__ = ["GOODS", "REVENUE", "ledger"]

REVENUE = "revenue"
GOODS = "goods"


def ledger(cleaned: Cleaned, params: Params) -> pd.DataFrame | None:
    """Sum revenue and costs per customer and block, over all history before the close.

    Revenue is what the outcome of that name is: purchases less returns, on the days they were
    booked. So the revenue of the quarter over the customers known at its open is the sum of that
    outcome, and over all blocks it is what the waterfall of orders keeps, less what is dated after
    the close.

    Args:
        cleaned: What `clean` returned.
        params: All parameters.

    Returns:
        Columns ``customer_id, quarters_back, kind, amount, complete``, sorted by the first three;
        None without orders and costs. ``quarters_back`` is 0 for the quarter, 1 for the block
        before it (see `blocks_back`). ``kind`` is ``revenue``, ``goods`` (the cost of what was
        sold, less that of what came back; only where orders have a cost) or a kind of the costs
        table; a kind that is called revenue there is ``revenue (cost)`` here. Costs are positive.
        ``complete`` says whether the table that the row comes from covers the whole block; give
        or take ``prepare.coverage_days`` at either end. A customer without a row in a block had
        neither income nor cost of that kind.
    """
    parts = []
    if "orders" in cleaned:
        orders = cleaned["orders"]
        parts.append(_sums(cleaned, params, "orders", ibis.literal(REVENUE), orders["amount"]))
        if "cost" in orders.columns:
            # Some sources give the goods of a return a minus, others do not: they came back.
            back = -orders["cost"].abs()
            goods = ibis.ifelse(orders["amount"] < 0, back, orders["cost"])
            parts.append(_sums(cleaned, params, "orders", ibis.literal(GOODS), goods))
    if "costs" in cleaned:
        costs = cleaned["costs"]
        kind = ibis.ifelse(costs["kind"] == REVENUE, f"{REVENUE} (cost)", costs["kind"])
        parts.append(_sums(cleaned, params, "costs", kind, costs["amount"]))
    if not parts:
        return None
    rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
    # A kind of the costs table may be called goods as well.
    summed = rows.group_by("customer_id", "quarters_back", "kind").aggregate(
        amount=rows["amount"].sum().cast("float64"), complete=rows["complete"].all()
    )
    order = ["customer_id", "quarters_back", "kind"]
    return cleaned.engine.frame(summed.order_by(order))[[*order, "amount", "complete"]]


def _sums(
    cleaned: Cleaned, params: Params, name: str, kind: ir.Value, amount: ir.Value
) -> ir.Table:
    """Return the sums of one column of money by customer, block and kind, as decimals."""
    table = cleaned[name]
    column = CONTRACT[name].time or ""
    at = table[column]
    ends = cleaned.engine.row(table.aggregate(first=at.min(), last=at.max()))
    first = ends["first"].date() if ends["first"] else params.window.start
    last = ends["last"].date() if ends["last"] else params.window.start
    blocks = blocks_back(params.window, first)
    tolerance = timedelta(days=params.prepare.coverage_days)
    whole = [
        number
        for number, block in enumerate(blocks)
        if first <= block.start + tolerance and last >= block.last_day - tolerance
    ]
    rows = table.select(
        "customer_id", at=at, kind=kind.cast("string"), amount=amount.cast("decimal(18, 4)")
    )
    rows = rows.filter(rows["at"] < start_of(params.window.end), rows["amount"].notnull())
    rows = rows.mutate(quarters_back=_number_of(rows["at"], blocks))
    sums = rows.group_by("customer_id", "quarters_back", "kind").aggregate(
        amount=rows["amount"].sum()
    )
    return sums.mutate(complete=sums["quarters_back"].isin(whole) if whole else ibis.literal(False))


def _number_of(at: ir.Value, blocks: Sequence[Window]) -> ir.IntegerValue:
    branches = [(at >= start_of(block.start), number) for number, block in enumerate(blocks)]
    return ibis.cases(*branches).cast("int64")
