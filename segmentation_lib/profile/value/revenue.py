"""Revenue per active customer: what they spent, and not what any action brought."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from segmentation_lib.profile.value.holdout import placed_customers
from segmentation_lib.profile.value.measure import ALL_SEGMENTS
from segmentation_lib.profile.wording import amount
from segmentation_lib.stats.arrays import spawn_seeds
from segmentation_lib.stats.intervals import mean_interval

__all__ = [
    "NOT_IDENTIFIED",
    "revenue_per_active",
    "revenue_per_active_sentence",
]

NOT_IDENTIFIED = "not identified"


def revenue_per_active(
    outcomes: pd.DataFrame, assignments_open: pd.DataFrame, *, seed: int | Sequence[int]
) -> pd.DataFrame:
    """Give each segment's revenue per customer who was active in the quarter.

    It says what active customers spent, and not what anything brought: ``incremental_revenue`` is
    a column of its own and stays empty without an experiment.

    Args:
        outcomes: ``customer_id`` and ``revenue``, ``active`` where there is one; a customer
            without a row was not active. Without ``active``, revenue other than 0 makes active.
        assignments_open: ``customer_id`` and ``segment_id`` at the quarter's open.
        seed: Seed of the bootstrap.

    Returns:
        A row per segment and ``(all)``: ``customers``, ``active_customers``, ``active_share``,
        ``revenue`` (of all its customers), ``revenue_per_active`` (of active customers, with its
        95 % interval ``low`` to ``high``), ``revenue_per_customer``, ``incremental_revenue``
        (empty) and ``incremental`` (``not identified``).
    """
    placed = placed_customers(assignments_open)
    known = outcomes.set_index("customer_id").reindex(placed.index)
    revenue = known["revenue"].astype("float64").fillna(0.0)
    column = known["active"].astype("float64").fillna(0.0) if "active" in known else revenue
    active = column != 0
    rows = []
    names = [*sorted(placed.unique()), ALL_SEGMENTS] if len(placed) else []
    for name, branch in zip(names, spawn_seeds(seed, max(len(names), 1)), strict=False):
        own = np.ones(len(placed), np.bool_) if name == ALL_SEGMENTS else (placed == name)
        spent = np.asarray(revenue[own & active], dtype=np.float64)
        mean = mean_interval(spent, seed=int(branch.generate_state(1)[0]))
        customers, total = int(own.sum()), float(revenue[own].sum())
        rows.append(
            {
                "segment_id": name,
                "customers": customers,
                "active_customers": len(spent),
                "active_share": len(spent) / customers,
                "revenue": total,
                "revenue_per_active": mean.value,
                "low": mean.low,
                "high": mean.high,
                "revenue_per_customer": total / customers,
                "incremental_revenue": np.nan,
                "incremental": NOT_IDENTIFIED,
            }
        )
    columns = ["segment_id", "customers", "active_customers", "active_share", "revenue",
               "revenue_per_active", "low", "high", "revenue_per_customer",
               "incremental_revenue", "incremental"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def revenue_per_active_sentence(table: pd.DataFrame, *, currency: str = "") -> str:
    """Say which segment's active customers spend most.

    Args:
        table: From `revenue_per_active`.
        currency: Three-letter code.
    """
    rows = table[(table["segment_id"] != ALL_SEGMENTS) & (table["active_customers"] >= 10)]
    if rows.empty:
        return "Too few customers were active in the quarter to say what an active one spends."
    order = rows.sort_values(["revenue_per_active", "segment_id"], ascending=[False, True])
    top, everyone = order.iloc[0], table[table["segment_id"] == ALL_SEGMENTS].iloc[0]
    return (
        f"An active customer of {top['segment_id']} spent "
        f"{amount(top['revenue_per_active'], currency)} in the quarter, the most of all segments; "
        f"over all segments it was {amount(everyone['revenue_per_active'], currency)}. "
        "This is what they spent, not what any action brought."
    )
