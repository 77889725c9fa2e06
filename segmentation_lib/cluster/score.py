"""Scoring in Python: which segment each customer is in, how surely, and which is next."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.cluster.digits import DIGITS
from segmentation_lib.cluster.model import Model
from segmentation_lib.cluster.scoring_rule import FAINTEST, TIE, ScoringRule, nearest_segment
from segmentation_lib.stats.arrays import FloatArray, IntArray

__all__ = ["UNSCORED", "memberships", "score"]

UNSCORED = "UNSCORED"


def score(model: Model, features: pd.DataFrame) -> pd.DataFrame:
    """Assign customers to the segments of a model.

    A customer is in the segment with the nearest centre or, by a mixture or latent classes, in the
    likeliest one; in the first one when two are equally near. The confidence is the membership of
    that segment, and the second segment has the largest other membership. Around centres, the
    membership is the softmax of ln(share) - d^2 / (2 variance), which is calibrated on separated
    groups. So between a small segment and a large one a customer can be nearer to the small one
    and yet likelier from the large one: the confidence is then under a half, and says so.

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
    rule = model.rule
    distances = rule.distances(model.transforms.matrix(features))
    is_active = (features["state"] == "ACTIVE").to_numpy()
    scored = is_active & ~np.isnan(distances[:, 0])
    first = nearest_segment(distances[scored])
    confidence, second = _sureness(rule, distances[scored], first)
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
    return model.rule.membership(model.transforms.matrix(features))


def _sureness(
    rule: ScoringRule, distances: FloatArray, first: IntArray
) -> tuple[FloatArray, IntArray]:
    log_membership = rule.log_weights - distances * rule.sharpness
    against = log_membership - log_membership[np.arange(len(first)), first][:, None]
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
