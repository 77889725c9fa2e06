"""Fuzzy c-means: soft groups, refused where they have run into one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial.distance import pdist

from segmentation_lib.cluster.groupings import Explained, grouping_by_rule
from segmentation_lib.cluster.kmeans import KMeans
from segmentation_lib.cluster.scoring_rule import (
    ScoringRule,
    nearest_centre_rule,
    squared_distances,
)
from segmentation_lib.stats.arrays import FloatArray, IntArray, one_thread, sample_rows

__all__ = ["FUZZIFIERS", "FuzzyCMeans", "FuzzyGrouping", "fuzzy_c_means", "fuzzy_membership"]

# From the usual 2 down to nearly hard groups: the largest that does not collapse is taken.
FUZZIFIERS: Final = (2.0, 1.5, 1.25, 1.1, 1.05)
# Steps of collapsing centres are many and small: more rows would not change where they end.
_ROWS = 10_000
_CLOSEST = 0.7
_ABOVE_CHANCE = 0.5
_STEPS, _AT_REST = 1000, 1e-7
_FAINT = 1e-300


@dataclass(frozen=True)
class FuzzyGrouping(Explained):
    """Soft groups, the largest first.

    Attributes:
        labels: Group of each row of the fit in which its membership is largest, 0 to k-1.
        centres: Mean of the rows of each group, shape (k, columns).
        rule: The rule that assigns rows: the nearest fuzzy centre.
        fuzzifier: The exponent m, above 1; the nearer to 1, the harder the groups.
    """

    labels: IntArray
    centres: FloatArray
    rule: ScoringRule
    fuzzifier: float

    def membership(self, X: FloatArray) -> FloatArray:
        """Return the fuzzy membership of each row in each group, shape (rows, k); rows sum to 1.

        These are degrees of nearness, not chances: the scores of the model are calibrated.
        """
        return fuzzy_membership(squared_distances(X, self.rule.points), self.fuzzifier)


@dataclass(frozen=True)
class FuzzyCMeans:
    """Fuzzy c-means with a guard against collapse (Bezdek 1981; Winkler, Klawonn & Kruse 2011).

    In many columns all fuzzy centres drift into the middle of the data. So it starts at k-means,
    and the largest exponent is taken whose closest centres stay at least 0.7 times as far apart as
    those of k-means, and whose mean largest membership lies half-way from 1/k to 1 or higher.

    Attributes:
        sample_size: Rows that the centres are fitted on at most; never more than 10,000.
        fuzzifier: The exponent m, above 1; None for the largest that does not collapse.
    """

    sample_size: int = _ROWS
    fuzzifier: float | None = None

    name = "fuzzy"

    def fit(
        self, X: FloatArray, k: int, *, seed: np.random.SeedSequence, starts: int
    ) -> FuzzyGrouping:
        """Group the rows of ``X`` into ``k`` soft groups.

        Args:
            X: Matrix of shape (rows, columns), without missing values, scaled.
            k: Number of groups, at least 2.
            seed: Seed of the sample and of the k-means starts.
            starts: Starts of k-means.

        Raises:
            ValueError: The groups collapse at every exponent.
        """
        draw, begin = seed.spawn(2)
        sample = X[sample_rows(len(X), min(self.sample_size, _ROWS), seed=draw)]
        start = KMeans().fit(sample, k, seed=begin, starts=starts)
        apart = float(pdist(start.centres).min())
        tried = FUZZIFIERS if self.fuzzifier is None else (self.fuzzifier,)
        with one_thread():
            for fuzzifier in tried:
                centres, membership = fuzzy_c_means(sample, start.centres, fuzzifier)
                if _collapsed(centres, membership, apart):
                    continue
                found = grouping_by_rule(X, nearest_centre_rule(X, centres))
                return FuzzyGrouping(found.labels, found.centres, found.rule, fuzzifier)
        raise ValueError(
            f"k = {k}: fuzzy groups collapse into one another with exponent "
            f"{', '.join(f'{m:g}' for m in tried)}. Closest centres must stay at least "
            f"{_CLOSEST:g} times as far apart as those of k-means, and the mean largest membership "
            f"at least {_bar(k):.2f}. Use k-means or the mixture, whose memberships are calibrated."
        )


def _bar(k: int) -> float:
    return 1 / k + _ABOVE_CHANCE * (1 - 1 / k)


def _collapsed(centres: FloatArray, membership: FloatArray, apart: float) -> bool:
    drifted = float(pdist(centres).min()) < _CLOSEST * apart
    return drifted or float(membership.max(axis=1).mean()) < _bar(len(centres))


def fuzzy_c_means(
    X: FloatArray, centres: FloatArray, fuzzifier: float
) -> tuple[FloatArray, FloatArray]:
    """Return the fuzzy centres and memberships that are at rest, from given centres.

    Args:
        X: Matrix of shape (rows, columns).
        centres: Where to begin, shape (k, columns).
        fuzzifier: The exponent m, above 1.

    Returns:
        Centres of shape (k, columns) and memberships of shape (rows, k).

    Raises:
        ValueError: The exponent is not above 1.
    """
    if fuzzifier <= 1:
        raise ValueError(f"fuzzifier = {fuzzifier}, must be above 1; 2 is usual")
    squares = (X * X).sum(axis=1)[:, None]
    scale = float(X.std()) or 1.0
    for _ in range(_STEPS):
        near = squares - 2 * (X @ centres.T) + (centres**2).sum(axis=1)
        weights = fuzzy_membership(near, fuzzifier) ** fuzzifier
        moved = (weights.T @ X) / weights.sum(axis=0)[:, None]
        shift = float(np.abs(moved - centres).max())
        centres = moved
        if shift <= _AT_REST * scale:
            break
    return centres, fuzzy_membership(squared_distances(X, centres), fuzzifier)


def fuzzy_membership(distances: FloatArray, fuzzifier: float) -> FloatArray:
    """Return memberships that fall with the power 1 / (m - 1) of the squared distance.

    Args:
        distances: Squared distances to the centres, shape (rows, k).
        fuzzifier: The exponent m, above 1.

    Returns:
        Memberships of shape (rows, k), which sum to 1; a row on a centre belongs to it.
    """
    nearness = -np.log(np.maximum(distances, _FAINT)) / (fuzzifier - 1)
    weights = np.exp(nearness - nearness.max(axis=1, keepdims=True))
    membership: FloatArray = weights / weights.sum(axis=1, keepdims=True)
    return membership
