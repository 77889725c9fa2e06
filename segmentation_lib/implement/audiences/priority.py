"""One active segment per customer: where several rules match, the highest priority wins."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pandas as pd

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.implement.audiences.evaluate import matches
from segmentation_lib.implement.audiences.rule import Audience

__all__ = ["by_priority", "overlap_counts"]


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


def overlap_counts(audiences: Sequence[Audience], table: pd.DataFrame) -> pd.DataFrame:
    """Return how many customers two rules both match, and which one has them.

    Args:
        audiences: The audiences, in any order.
        table: Customers, with the fields of the rules.

    Returns:
        ``winner, loser, customers`` for each two segments with common customers, by winner and
        loser in the order of priority. A customer whom three rules match counts in three pairs.
    """
    ordered = by_priority(audiences)
    found = {one.segment_id: matches(one, table) for one in ordered}
    rows = [
        (winner.segment_id, loser.segment_id,
         int((found[winner.segment_id] & found[loser.segment_id]).sum()))
        for winner, loser in combinations(ordered, 2)
    ]  # fmt: skip
    return pd.DataFrame(
        [row for row in rows if row[2]], columns=["winner", "loser", "customers"]
    ).astype({"winner": "str", "loser": "str", "customers": "int64"})
