"""Returns: order lines that cancel an earlier purchase, and the occasions that are left.

A return that exactly reverses an earlier purchase is treated as if neither had happened, so that
a mistyped order of 80,000 units, cancelled minutes later, makes nobody a big spender. A return
that reverses nothing exactly (a part of a line, a purchase before the data begins) stays, and
reduces the money.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

__all__ = ["cancelled_rows", "occasions", "without_cancelled"]


def cancelled_rows(orders: ir.Table) -> ir.Table:
    """Find purchases and returns that cancel each other exactly.

    Lines of one customer, one product, one absolute amount and one absolute quantity (as far as
    product and quantity are given) belong together. Read in time order, a return cancels a
    purchase if one is still open; the first matched return cancels the first purchase.

    Args:
        orders: Order lines seen so far, with `_row` to identify them. Lines that are not in the
            table are not known yet.

    Returns:
        One column, `_row`: the lines to leave out.
    """
    moved = orders.filter(orders["amount"] != 0)
    moved = moved.mutate(
        magnitude=moved["amount"].abs(), sign=ibis.ifelse(moved["amount"] > 0, 1, -1)
    )
    if "quantity" in orders.columns:
        moved = moved.mutate(units=moved["quantity"].abs())
    returned = moved.filter(moved["sign"] < 0).select("customer_id", "magnitude").distinct()
    # Few lines share a customer and an amount with a return: look at no others.
    moved = moved.semi_join(returned, ["customer_id", "magnitude"])
    key = [c for c in ("customer_id", "product_id", "magnitude", "units") if c in moved.columns]
    order = [ibis._["ordered_at"], ibis._["sign"].desc(), ibis._["order_id"], ibis._["_row"]]
    ordered = ibis.window(group_by=key, order_by=order)
    so_far = ibis.window(group_by=key, order_by=order, preceding=None, following=0)
    same_sign = ibis.window(group_by=[*key, "sign"], order_by=order)
    balanced = moved.mutate(
        balance=moved["sign"].sum().over(so_far), rank=ibis.row_number().over(same_sign)
    )
    lowest = balanced.mutate(low=balanced["balance"].min().over(so_far))
    # The balance falls to a new low below 0 exactly at a return that finds no open purchase.
    low_before = ibis.least(lowest["low"].lag().over(ordered).coalesce(0), 0)
    matched = lowest.mutate(
        matched=ibis.ifelse((lowest["sign"] < 0) & (lowest["balance"] >= low_before), 1, 0)
    )
    counted = matched.mutate(matches=matched["matched"].sum().over(ibis.window(group_by=key)))
    first_purchases = (counted["sign"] > 0) & (counted["rank"] < counted["matches"])
    return counted.filter((counted["matched"] == 1) | first_purchases).select("_row")


def without_cancelled(orders: ir.Table, cancelled: ir.Table) -> ir.Table:
    """Return the order lines that nothing cancels."""
    return orders.anti_join(cancelled, "_row")


def occasions(lines: ir.Table) -> ir.Table:
    """Return the days on which a customer spent something.

    An occasion is a day with positive net spend: several orders on one day are one occasion, and
    a day of returns only is none.

    Args:
        lines: Order lines with their `day`, cancelled ones left out.

    Returns:
        Columns ``customer_id, day, spend``; one row per occasion.
    """
    days = lines.group_by("customer_id", "day").aggregate(spend=lines["amount"].sum())
    return days.filter(days["spend"] > 0)
