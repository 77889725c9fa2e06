"""What customers did next, and which half of them helps to choose while the other half judges."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.stats.arrays import BoolArray

__all__ = ["chooses", "kpis_of"]


def chooses(customer_ids: pd.Series, *, seed: int) -> BoolArray:
    """Return who belongs to the half that chooses the number of segments; the others judge it.

    A customer's half depends on the seed and the ID only: not on the row, not on who else is in
    the table. So the same customers are held out wherever the question comes up.

    Args:
        customer_ids: Customer IDs.
        seed: Seed of the project.

    Returns:
        One flag per row, true for about half of them.
    """
    first = [
        hashlib.sha256(f"{seed}:{customer}".encode()).digest()[0] < 128
        for customer in customer_ids.astype("str")
    ]
    return np.array(first, dtype=np.bool_)


def kpis_of(
    customer_ids: pd.Series,
    outcomes: pd.DataFrame,
    declared: Sequence[str] | None,
    *,
    segmenting: Collection[str] = (),
) -> pd.DataFrame:
    """Return the KPIs of these customers, in their order; missing where one has no outcome.

    Args:
        customer_ids: The customers.
        outcomes: One row per customer, with ``customer_id`` and the outcomes of the quarter.
        declared: Names of the KPIs; None for all outcomes.
        segmenting: Features that make the segments.

    Raises:
        ContractError: A declared KPI is a segmenting feature (the choice would be circular), or
            the quarter has no such outcome.
    """
    known = [column for column in outcomes.columns if column != "customer_id"]
    names = known if declared is None else list(declared)
    circular = [name for name in names if name in segmenting and declared is not None]
    unknown = [name for name in names if name not in known and name not in circular]
    fix = f"Name outcomes of the quarter: {', '.join(known) or 'there are none'}."
    faults = [
        Fault("kpis", f"{name} is a feature that makes the segments",
              "segments always differ in it, so it says nothing about their number", fix,
              "circular")
        for name in circular
    ] + [
        Fault("kpis", f"{name} is not an outcome of the quarter",
              "KPIs are outcomes measured after the segments were made", fix, "unknown_kpi")
        for name in unknown
    ]  # fmt: skip
    if faults:
        raise ContractError(faults)
    table = outcomes.set_index("customer_id")[names].reindex(customer_ids)
    return table.astype("float64").reset_index(drop=True)
