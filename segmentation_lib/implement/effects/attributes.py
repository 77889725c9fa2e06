"""What was known of customers when the quarter opened."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.params.registers.natural_experiments import SEGMENT

__all__ = ["known_at_open"]


def known_at_open(features: pd.DataFrame, assignments: pd.DataFrame) -> pd.DataFrame:
    """Return every customer with the segment and all features of the open.

    Args:
        features: The artefact ``features_open``.
        assignments: The artefact ``assignments_open``.

    Returns:
        ``customer_id``, ``segment`` (missing for customers in none) and the features, by customer.

    >>> features = pd.DataFrame({"customer_id": ["b", "a"], "plan": ["plus", "basic"]})
    >>> placed = pd.DataFrame({"customer_id": ["b"], "segment_id": ["S01"]})
    >>> known_at_open(features, placed).fillna("-").values.tolist()
    [['a', '-', 'basic'], ['b', 'S01', 'plus']]
    """
    segments = assignments[["customer_id", "segment_id"]].rename(columns={"segment_id": SEGMENT})
    joined = features.drop(columns=SEGMENT, errors="ignore").merge(segments, on="customer_id",
                                                                  how="left")  # fmt: skip
    first = ["customer_id", SEGMENT]
    ordered = [*first, *(name for name in joined.columns if name not in first)]
    return joined[ordered].sort_values("customer_id", ignore_index=True)
