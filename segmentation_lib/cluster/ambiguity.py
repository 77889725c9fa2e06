"""Customers between two segments: counted, and never hidden behind a label."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pandas as pd

from segmentation_lib.cluster.candidates import FEW
from segmentation_lib.stats.arrays import FloatArray

__all__ = ["ambiguity_table", "overlap_sentence", "overlap_table"]


def ambiguity_table(assignments: pd.DataFrame, *, below: float = 0.6) -> pd.DataFrame:
    """Return per segment how many customers might as well be in another one.

    Args:
        assignments: One row per customer: ``segment_id, confidence, second_segment_id``; those
            without a segment do not count.
        below: Confidence under which a customer is ambiguous, 0 to 1.

    Returns:
        ``segment_id, customers, ambiguous, ambiguous_share, mean_confidence, most_common_second``,
        sorted by segment. The last is the segment that most of the ambiguous customers might also
        be in, the first by ID where two are as common, and missing where nobody is ambiguous.

    Raises:
        ValueError: ``below`` is not between 0 and 1.
    """
    if not 0 <= below <= 1:
        raise ValueError(f"below = {below}, must be between 0 and 1; 0.6 is usual")
    placed = assignments[assignments["segment_id"].notna()]
    unsure = placed["confidence"] < below
    marked = placed.assign(unsure=unsure, second=placed["second_segment_id"].where(unsure))
    table = (
        marked.groupby("segment_id", sort=True)
        .agg(
            customers=("unsure", "size"),
            ambiguous=("unsure", "sum"),
            ambiguous_share=("unsure", "mean"),
            mean_confidence=("confidence", "mean"),
            most_common_second=("second", _most_common),
        )
        .reset_index()
    )
    numbers = {
        "customers": "int64",
        "ambiguous": "int64",
        "ambiguous_share": "float64",
        "mean_confidence": "float64",
    }
    return table.astype({"segment_id": "str", **numbers, "most_common_second": "str"})


def _most_common(values: pd.Series) -> str | None:
    common = values.dropna().mode()
    return None if common.empty else str(common.sort_values().iloc[0])


def overlap_table(
    membership: FloatArray, segment_ids: Sequence[str], *, above: float = 0.3
) -> pd.DataFrame:
    """Return per pair of segments how many customers belong to both.

    Args:
        membership: Membership of each customer in each segment, shape (customers, k).
        segment_ids: IDs of the segments, in the order of the columns.
        above: A customer belongs to both where both memberships exceed this, 0 to 0.5.

    Returns:
        ``first, second, customers, share``, each pair once, in the order of the segments; the
        share is of all customers.

    Raises:
        ValueError: There are more or fewer IDs than columns.
    """
    if membership.shape[1] != len(segment_ids):
        raise ValueError(
            f"segment_ids: {len(segment_ids)} for {membership.shape[1]} columns of memberships; "
            "give one for each"
        )
    holds = membership > above
    rows = [
        (segment_ids[a], segment_ids[b], int((holds[:, a] & holds[:, b]).sum()))
        for a, b in combinations(range(len(segment_ids)), 2)
    ]
    table = pd.DataFrame(rows, columns=["first", "second", "customers"])
    table = table.astype({"first": "str", "second": "str", "customers": "int64"})
    return table.assign(share=table["customers"] / max(len(membership), 1))


def overlap_sentence(overlap: pd.DataFrame) -> str:
    """Say between which two segments most customers stand, and nothing of a handful.

    Args:
        overlap: The table of `overlap_table`.
    """
    if overlap.empty or overlap["customers"].max() < FEW:
        return f"No two segments have {FEW} customers between them."
    most = overlap.iloc[int(overlap["customers"].to_numpy().argmax())]
    share = f"{most['share']:.0%}" if most["share"] >= 0.005 else "under 1%"
    return (
        f"Most customers between two segments stand between {most['first']} and "
        f"{most['second']} ({share} of all customers)."
    )
