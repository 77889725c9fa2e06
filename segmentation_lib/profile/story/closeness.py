"""How near each customer is to the middle of the segment they are in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.cluster import Model

__all__ = ["closeness"]


def closeness(model: Model, features: pd.DataFrame, assignments: pd.DataFrame) -> pd.DataFrame:
    """Return each customer's distance from the point of their segment, in the model's space.

    The customer with the smallest distance is the segment's medoid in the sense of Kaufman and
    Rousseeuw (1990): the real person who stands best for the others.

    Args:
        model: The model, with permanent IDs.
        features: One row per customer, at the date of the assignments.
        assignments: ``customer_id`` and ``segment_id``.

    Returns:
        ``customer_id``, ``segment_id`` and ``distance`` (rounded to nine decimals, so that far
        digits decide no tie), sorted by segment, distance and customer. Customers without a
        segment are left out.

    Raises:
        ContractError: The features do not fit the model.
    """
    model.check(features)
    placed = assignments.loc[assignments["segment_id"].notna(), ["customer_id", "segment_id"]]
    joined = placed.merge(features.drop(columns="segment_id", errors="ignore"), on="customer_id")
    distances = model.rule.distances(model.transforms.matrix(joined))
    column = {segment_id: place for place, segment_id in enumerate(model.segment_ids)}
    own = joined["segment_id"].map(column)
    known = own.notna().to_numpy()
    rows = np.flatnonzero(known)
    picked = distances[rows, own[known].to_numpy(dtype=np.int64)]
    table = joined.loc[known, ["customer_id", "segment_id"]].assign(distance=np.round(picked, 9))
    return table.dropna().sort_values(["segment_id", "distance", "customer_id"], ignore_index=True)
