"""One active segment per customer: where several rules match, the highest priority wins."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.implement.audiences.evaluate import matches
from segmentation_lib.implement.audiences.rule import Audience

__all__ = ["active_segments", "by_priority", "overlap_counts", "overlapping_customers"]


def by_priority(audiences: Sequence[Audience]) -> list[Audience]:
    """Return audiences with the one that wins first.

    Raises:
        ContractError: Two share a priority, or a segment has two rules.
    """
    faults = []
    for what in ("priority", "segment_id"):
        values = pd.Series([getattr(one, what) for one in audiences], dtype="object")
        for value in sorted(set(values[values.duplicated()])):
            faults.append(
                Fault(
                    f"audiences.{what}",
                    f"{value} stands twice",
                    "each segment has one rule and a priority of its own",
                    "Number the audiences anew.",
                    "duplicate_priority",
                )
            )
    if faults:
        raise ContractError(faults)
    return sorted(audiences, key=lambda one: one.priority)


def active_segments(audiences: Sequence[Audience], features: pd.DataFrame) -> pd.DataFrame:
    """Return the segment of each customer by the rules.

    Args:
        audiences: The audiences, in any order.
        features: One row per customer: ``customer_id`` and the fields of the rules.

    Returns:
        ``customer_id, segment_id``, by customer; missing where no rule matches.
    """
    chosen = np.full(len(features), None, dtype=object)
    for audience in reversed(by_priority(audiences)):
        chosen[matches(audience, features)] = audience.segment_id
    found = pd.DataFrame({"customer_id": features["customer_id"].astype("str").to_numpy()})
    found["segment_id"] = pd.Series(chosen, dtype="str")
    return found.sort_values("customer_id", ignore_index=True)


def overlap_counts(audiences: Sequence[Audience], features: pd.DataFrame) -> pd.DataFrame:
    """Return how many customers two rules both match, and which one has them.

    Returns:
        ``winner, loser, customers`` for each two segments with common customers, by winner and
        loser in the order of priority. A customer whom three rules match counts in three pairs.
    """
    ordered = by_priority(audiences)
    found = {one.segment_id: matches(one, features) for one in ordered}
    rows = [
        (winner.segment_id, loser.segment_id,
         int((found[winner.segment_id] & found[loser.segment_id]).sum()))
        for winner, loser in combinations(ordered, 2)
    ]  # fmt: skip
    return pd.DataFrame(
        [row for row in rows if row[2]], columns=["winner", "loser", "customers"]
    ).astype({"winner": "str", "loser": "str", "customers": "int64"})


def overlapping_customers(audiences: Sequence[Audience], features: pd.DataFrame) -> pd.DataFrame:
    """Return who matches several rules; customer-level, so it never leaves the run's folder.

    Returns:
        ``customer_id, segment_id`` (the active one), ``also`` (the others, by priority, joined by
        spaces), by customer.
    """
    ordered = by_priority(audiences)
    found = np.array([matches(one, features) for one in ordered], dtype=np.bool_)
    found = found.reshape(len(ordered), len(features))
    rows = np.flatnonzero(found.sum(axis=0) > 1)
    ids = np.array([one.segment_id for one in ordered], dtype=object)
    lists = [ids[found[:, row]] for row in rows]
    table = pd.DataFrame(
        {
            "customer_id": features["customer_id"].astype("str").to_numpy()[rows],
            "segment_id": [each[0] for each in lists],
            "also": [" ".join(each[1:]) for each in lists],
        },
        dtype="str",
    )
    return table.sort_values("customer_id", ignore_index=True)
