"""Sums over customers in the engine, from which shares of visits get intervals and tests."""

from __future__ import annotations

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.stats.clustered import ClusterSums

__all__ = ["SUMS", "cluster_sums", "customer_sums", "with_everyone"]

# Columns of sums, in the order of `ClusterSums`.
SUMS = ("hits", "visits", "hits_squared", "hits_visits", "visits_squared", "customers")


def customer_sums(table: ir.Table, keys: list[str], hits: str, visits: str) -> ir.Table:
    """Sum what customers did; whole numbers, so that the order of the rows does not matter.

    Args:
        table: One row per customer and key, with at least one visit.
        keys: Columns to group by.
        hits: Column of the hits of a customer.
        visits: Column of the visits of a customer.

    Returns:
        The keys and the columns `SUMS`.
    """
    h, v = table[hits].cast("int64"), table[visits].cast("int64")
    return table.group_by(keys).agg(
        hits=h.sum(),
        visits=v.sum(),
        hits_squared=(h * h).sum(),
        hits_visits=(h * v).sum(),
        visits_squared=(v * v).sum(),
        customers=table.count(),
    )


def with_everyone(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Add the sums over all segments, as segment `ALL_SEGMENTS`, before the others.

    Args:
        table: ``segment_id``, the keys, and numbers to add up; a customer is in one segment only.
        keys: The other columns that identify a row.
    """
    sums = table.drop(columns="segment_id").groupby(keys, as_index=False, sort=True).sum()
    both = [sums.assign(segment_id=ALL_SEGMENTS), table]
    return pd.concat(both, ignore_index=True)[list(table.columns)]


def cluster_sums(table: pd.DataFrame) -> ClusterSums:
    """Return the sums of a frame's rows as arrays."""
    return ClusterSums(*(table[name].to_numpy(dtype=np.float64) for name in SUMS))
