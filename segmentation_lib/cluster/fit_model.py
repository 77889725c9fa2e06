"""Fits the model: the segments that are published, with numbers rounded to what is stored."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.cluster.algorithms import algorithm
from segmentation_lib.cluster.candidates import published_starts
from segmentation_lib.cluster.choose_k import KChoice
from segmentation_lib.cluster.digits import significant, significant_all
from segmentation_lib.cluster.groupings import CentredGrouping, rule_of
from segmentation_lib.cluster.model import POSTERIOR, Model, Segment
from segmentation_lib.cluster.scoring_rule import (
    SMALLEST_VARIANCE,
    ScoringRule,
    nearest_segment,
    squared_distances,
)
from segmentation_lib.cluster.transforms import Transforms, active
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.params import ClusterParams
from segmentation_lib.stats.arrays import FloatArray
from segmentation_lib.stats.indices import group_means

__all__ = ["fit_model"]


def fit_model(
    features: pd.DataFrame,
    transforms: Transforms,
    choice: KChoice,
    params: ClusterParams,
    *,
    as_of: date,
    seed: int,
) -> Model:
    """Fit the model on the ACTIVE customers; its segments are ``#1``, ``#2``... by size.

    What is stored is rounded to ten significant digits, and everything is computed from the
    rounded numbers, so that the file scores exactly as the model in memory.

    Args:
        features: One row per customer, with ``state`` and the features.
        transforms: The fitted transforms.
        choice: The chosen number of segments, and the algorithm that finds them.
        params: Number of starts and the sample of the fit.
        as_of: Customers were seen up to, and without, this day.
        seed: Seed of the fit.

    Raises:
        ContractError: The algorithm refuses these customers, or leaves a segment empty.
    """
    X = transforms.matrix(active(features))
    name, k = choice.algorithm, choice.k
    rule = _rounded(rule_of(X, _fit(X, name, k, params, seed=seed)))
    labels = nearest_segment(rule.distances(X))
    sizes = np.bincount(labels, minlength=k)
    if sizes.min() == 0:
        raise ContractError([_empty(name, k, int((sizes > 0).sum()))])
    # The centres of k-means are the means of their customers: they need no point beside them.
    means = rule.points if name == "kmeans" else group_means(X, labels, k)
    around = means if name in POSTERIOR else rule.points
    within = squared_distances(X, around)[np.arange(len(X)), labels].sum()
    variance = float(within) / (X.shape[1] * max(len(X) - k, 1))
    return Model.model_validate(
        {
            "algorithm": name,
            "k": k,
            "as_of": as_of,
            "seed": seed,
            "customers": len(X),
            "dictionary_hash": transforms.dictionary_hash,
            "variance": significant(max(variance, SMALLEST_VARIANCE)),
            "features": transforms.features,
            "segments": _segments(name, rule, means, sizes / len(X)),
        }
    )


def _fit(X: FloatArray, name: str, k: int, params: ClusterParams, *, seed: int) -> CentredGrouping:
    try:
        return algorithm(name, sample_size=params.sample_size).fit(
            X, k, seed=np.random.SeedSequence((seed, k)), starts=published_starts(name, params)
        )
    except ValueError as error:
        raise ContractError([_refused(name, str(error))]) from error


def _rounded(rule: ScoringRule) -> ScoringRule:
    """The rule as it is stored: ten significant digits."""
    return ScoringRule(
        points=np.array([significant_all(point) for point in rule.points]),
        precisions=np.array([significant_all(row) for row in rule.precisions]),
        offsets=np.array(significant_all(rule.offsets)),
        log_weights=rule.log_weights,
        sharpness=rule.sharpness,
    )


def _segments(
    name: str, rule: ScoringRule, means: FloatArray, shares: FloatArray
) -> tuple[Segment, ...]:
    segments = []
    for place, share in enumerate(shares):
        scoring: dict[str, Any] = {}
        if name != "kmeans":
            scoring["point"] = tuple(rule.points[place])
        if name in POSTERIOR:
            scoring["precision"] = tuple(rule.precisions[place])
            scoring["offset"] = float(rule.offsets[place])
        segments.append(
            Segment(
                id=f"#{place + 1}",
                share=significant(float(share)),
                centre=significant_all(means[place]),
                **scoring,
            )
        )
    return tuple(segments)


def _empty(name: str, k: int, found: int) -> Fault:
    return Fault(
        f"cluster.k = {k}",
        f"{name} finds customers for {found} segments only",
        "every segment needs customers",
        f"Set cluster.k to {max(found, 2)} or fewer, or choose another algorithm.",
        "empty_segment",
    )


def _refused(name: str, found: str) -> Fault:
    return Fault(
        f"cluster.algorithms: {name}",
        found.rstrip("."),
        "so it cannot be the model",
        "List another algorithm in cluster.algorithms.",
        "algorithm_refused",
    )
