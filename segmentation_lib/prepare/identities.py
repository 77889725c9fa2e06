"""Identities: customers who are the same person, linked by equal values of declared columns."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from segmentation_lib.engine import Engine

__all__ = ["WIDELY_SHARED", "link_customers", "linked_pairs", "merge_customers", "widely_shared"]

WIDELY_SHARED = 10
"""A value that more customers share than this is a placeholder, and links nobody."""


def linked_pairs(engine: Engine, customers: ir.Table, columns: Sequence[str]) -> pd.DataFrame:
    """Find customers who share an identity value.

    Args:
        engine: Where the table lives.
        customers: The customers, one row each.
        columns: Identity columns. Values are compared without case and surrounding blanks; empty
            ones, and those shared by more than `WIDELY_SHARED` customers, link nobody.

    Returns:
        Columns ``customer_id`` and ``linked_to``, sorted: everybody who is linked to somebody
        with a smaller id, directly or through others. The smallest id stands for the person.
    """
    shared = _shared(customers, columns)
    if shared is None:
        return _links([], [])
    narrow = shared.filter((shared["holders"] > 1) & (shared["holders"] <= WIDELY_SHARED))
    values = engine.frame(narrow.order_by("column", "value", "customer_id"))
    if values.empty:
        return _links([], [])
    ids, people = np.unique(values["customer_id"].to_numpy(dtype=object), return_inverse=True)
    group = values.groupby(["column", "value"], sort=True).ngroup().to_numpy()
    # Customers and values are the two sides of one graph; a component of it is one person.
    size = len(ids) + int(group.max()) + 1
    edges = coo_array((np.ones(len(group)), (people, group + len(ids))), shape=(size, size))
    _, component = connected_components(edges, directed=False)
    component = component[: len(ids)]
    # Ids are sorted, so the first of a component is its smallest.
    _, first = np.unique(component, return_index=True)
    representative = ids[first[component]]
    linked = representative != ids
    return _links(list(ids[linked]), list(representative[linked]))


def widely_shared(engine: Engine, customers: ir.Table, columns: Sequence[str]) -> int:
    """Count the customers whose identity value too many others share for it to link them."""
    shared = _shared(customers, columns)
    if shared is None:
        return 0
    wide = shared.filter(shared["holders"] > WIDELY_SHARED)
    return int(engine.row(wide.aggregate(customers=wide["customer_id"].nunique()))["customers"])


def link_customers(table: ir.Table, identities: pd.DataFrame) -> ir.Table:
    """Rewrite the customer ids of a table to those that stand for the person.

    Args:
        table: Any canonical table.
        identities: What `linked_pairs` returned.
    """
    pairs = ibis.memtable(identities, schema={"customer_id": "string", "linked_to": "string"})
    joined = table.left_join(pairs, "customer_id")
    return joined.mutate(
        customer_id=ibis.coalesce(joined["linked_to"], joined["customer_id"])
    ).select(*table.columns)


def merge_customers(customers: ir.Table, identities: pd.DataFrame) -> ir.Table:
    """Return one row per person.

    The attributes are those of the id that stands for the person; the sign-up is the earliest;
    consent to marketing holds only if none of the linked records denies it.

    Args:
        customers: The customers, before linking.
        identities: What `linked_pairs` returned.
    """
    pairs = ibis.memtable(identities, schema={"customer_id": "string", "linked_to": "string"})
    joined = customers.left_join(pairs, "customer_id")
    person = joined.mutate(person=ibis.coalesce(joined["linked_to"], joined["customer_id"]))
    combined = {}
    if "signed_up_at" in customers.columns:
        combined["signed_up_at"] = person["signed_up_at"].min()
    if "marketing_consent" in customers.columns:
        combined["marketing_consent"] = person["marketing_consent"].all()
    keepers = person.filter(person["linked_to"].isnull()).select(*customers.columns)
    if not combined:
        return keepers
    merged = person.group_by("person").aggregate(**{f"{c}_all": v for c, v in combined.items()})
    result = keepers.left_join(merged, keepers["customer_id"] == merged["person"])
    return result.mutate(**{c: result[f"{c}_all"] for c in combined}).select(*customers.columns)


def _shared(customers: ir.Table, columns: Sequence[str]) -> ir.Table | None:
    present = [column for column in columns if column in customers.columns]
    if not present:
        return None
    values = ibis.union(
        *(
            customers.select(
                "customer_id",
                column=ibis.literal(column),
                value=customers[column].cast("string").strip().lower().nullif(""),
            )
            for column in present
        )
    )
    values = values.filter(values["value"].notnull()).distinct()
    holders = ibis.window(group_by=["column", "value"])
    return values.mutate(holders=values.count().over(holders))


def _links(customer_id: list[str], linked_to: list[str]) -> pd.DataFrame:
    links = pd.DataFrame({"customer_id": customer_id, "linked_to": linked_to}, dtype="str")
    return links.sort_values("customer_id", ignore_index=True)
