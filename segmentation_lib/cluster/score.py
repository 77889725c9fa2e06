"""Scoring in Python: which segment each customer is in, how surely, and which is next."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.cluster.digits import DIGITS
from segmentation_lib.cluster.model import TIE, Model, nearest_segment, squared_distances
from segmentation_lib.stats.arrays import FloatArray, IntArray

__all__ = ["FAINTEST", "UNSCORED", "memberships", "score"]

UNSCORED = "UNSCORED"
# Memberships fainter than exp of this are not told apart; some engines refuse an underflow.
FAINTEST = -60.0


def score(model: Model, features: pd.DataFrame) -> pd.DataFrame:
    """Assign customers to the segments of a model.

    A customer is in the segment with the nearest centre, the first one when two are equally near.
    The confidence is that segment's membership: the softmax of ln(share) - d^2 / (2 variance),
    which is calibrated on separated groups. The second segment has the largest other membership.

    Args:
        model: The model.
        features: One row per customer: ``customer_id``, ``state`` and the model's features.

    Returns:
        ``customer_id, state, segment_id, confidence, second_segment_id``, sorted by customer.
        Only ACTIVE customers have a segment; one with a missing value that the model refuses
        has the state UNSCORED.

    Raises:
        ContractError: The features do not fit the model.
    """
    model.check(features)
    distances = squared_distances(model.transforms.matrix(features), model.centres)
    is_active = (features["state"] == "ACTIVE").to_numpy()
    scored = is_active & ~np.isnan(distances[:, 0])
    first = nearest_segment(distances[scored])
    confidence, second = _sureness(model, distances[scored], first)
    ids = np.array(model.segment_ids, dtype=object)
    assigned = pd.DataFrame(
        {
            "customer_id": features["customer_id"].astype("str").to_numpy(),
            "state": np.where(is_active & ~scored, UNSCORED, features["state"].to_numpy(object)),
        }
    ).astype("str")
    assigned["segment_id"] = _spread(ids[first], scored).astype("str")
    assigned["confidence"] = _spread(confidence, scored).astype("float64")
    assigned["second_segment_id"] = _spread(ids[second], scored).astype("str")
    return assigned.sort_values("customer_id", ignore_index=True)


def memberships(model: Model, features: pd.DataFrame) -> FloatArray:
    """Return the membership of each customer in each segment, shape (customers, k), sum 1.

    Args:
        model: The model.
        features: One row per customer, with the model's features.
    """
    distances = squared_distances(model.transforms.matrix(features), model.centres)
    weights = np.exp(np.maximum(_against(model, distances, distances.argmin(axis=1)), FAINTEST))
    share: FloatArray = weights / weights.sum(axis=1, keepdims=True)
    return share


def _against(model: Model, distances: FloatArray, first: IntArray) -> FloatArray:
    """Log memberships up to a constant, less that of each customer's own segment."""
    log_share, precision = log_shares(model), half_precision(model)
    log_membership = np.array(log_share) - distances * precision
    own = log_membership[np.arange(len(first)), first]
    against: FloatArray = log_membership - own[:, None]
    return against


def log_shares(model: Model) -> tuple[float, ...]:
    """Return the logarithm of each segment's share."""
    return tuple(float(np.log(segment.share)) for segment in model.segments)


def half_precision(model: Model) -> float:
    """Return 1 / (2 variance)."""
    return 1.0 / (2.0 * model.variance)


def _sureness(model: Model, distances: FloatArray, first: IntArray) -> tuple[FloatArray, IntArray]:
    against = _against(model, distances, first)
    total = np.zeros(len(first))
    for column in np.maximum(against, FAINTEST).T:
        total += np.exp(column)
    others = against.copy()
    others[np.arange(len(first)), first] = -np.inf
    second = np.argmax(others >= others.max(axis=1, keepdims=True) - TIE, axis=1)
    return np.round(1.0 / total, DIGITS), second


def _spread(values: np.ndarray, rows: np.ndarray) -> pd.Series:
    """Put ``values`` at the chosen rows, and nothing at the others."""
    spread = pd.Series(np.full(len(rows), None, dtype=object))
    spread[rows] = values
    return spread
