"""One rule that scores every model: the smallest of k sums of weighted squares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation_lib.stats.arrays import FloatArray, IntArray, one_thread

__all__ = [
    "FAINTEST",
    "SMALLEST_VARIANCE",
    "TIE",
    "ScoringRule",
    "nearest_centre_rule",
    "nearest_segment",
    "squared_distances",
]

# Distances closer than this count as equal, so that rounding in the last bit of a logarithm does
# not decide a tie one way here and another way in the engine.
TIE = 1e-9
# Memberships fainter than exp of this are not told apart; some engines refuse an underflow.
FAINTEST = -60.0
SMALLEST_VARIANCE = 1e-9


@dataclass(frozen=True)
class ScoringRule:
    """D_k(x) = offset_k + sum over columns of precision_kj (x_j - point_kj)^2; the smallest wins.

    Around centres, the precisions are 1 and the offsets 0. For a mixture, D is -2 times the log of
    share times density, up to a constant: the largest posterior wins.

    Attributes:
        points: Where each group is, shape (k, columns).
        precisions: Weight of each squared gap, shape (k, columns).
        offsets: Head start of each group, shape (k,).
        log_weights: Logarithm of each group's weight in the memberships, shape (k,).
        sharpness: How fast memberships fall with D: 1 / (2 variance), or 1/2 for a mixture.
    """

    points: FloatArray
    precisions: FloatArray
    offsets: FloatArray
    log_weights: FloatArray
    sharpness: float

    @classmethod
    def around(cls, centres: FloatArray, shares: FloatArray, variance: float) -> ScoringRule:
        """Return the rule of the nearest centre, with memberships by share and distance.

        The membership is the softmax of ln(share) - d^2 / (2 variance): the posterior of round
        groups of one size, which is calibrated on separated groups.

        Args:
            centres: Centre of each group, shape (k, columns).
            shares: Share of each group; an empty group counts as one hardly there.
            variance: Variance within groups, per column, above 0.
        """
        return cls(
            points=centres,
            precisions=np.ones(centres.shape),
            offsets=np.zeros(len(centres)),
            log_weights=np.log(np.maximum(shares, np.exp(FAINTEST))),
            sharpness=1.0 / (2.0 * variance),
        )

    @property
    def nearest_centre(self) -> bool:
        """Whether the rule is that of the nearest centre."""
        return bool((self.precisions == 1).all() and (self.offsets == 0).all())

    def take(self, order: IntArray) -> ScoringRule:
        """Return the rule with its groups in another order."""
        return ScoringRule(
            points=self.points[order],
            precisions=self.precisions[order],
            offsets=self.offsets[order],
            log_weights=self.log_weights[order],
            sharpness=self.sharpness,
        )

    def distances(self, X: FloatArray) -> FloatArray:
        """Return D of each row and group, shape (rows, k), summed column by column.

        The order of the sums is that of the scoring in the engine.
        """
        if self.nearest_centre:
            return squared_distances(X, self.points)
        distances = np.tile(self.offsets, (len(X), 1))
        for column in range(X.shape[1]):
            gap = X[:, column, None] - self.points[None, :, column]
            distances += gap * gap * self.precisions[None, :, column]
        return distances

    def assign(self, X: FloatArray) -> IntArray:
        """Return the group of each row of ``X``, 0 to k-1; the fast way, for refits."""
        squares = (self.precisions * self.points**2).sum(axis=1) + self.offsets
        with one_thread():
            distances = squares - X @ (2.0 * self.precisions * self.points).T
            # Around centres, the square of the row is the same for all.
            if not self.nearest_centre:
                distances += (X * X) @ self.precisions.T
        return np.asarray(distances.argmin(axis=1), dtype=np.int64)

    def membership(self, X: FloatArray) -> FloatArray:
        """Return the membership of each row in each group, shape (rows, k); rows sum to 1."""
        return self.shares_of(self.distances(X))

    def shares_of(self, distances: FloatArray) -> FloatArray:
        """Return memberships from the distances of `distances`, shape (rows, k).

        A membership fainter than exp(-60) beside the chosen group's counts as that faint.
        """
        rows = np.arange(len(distances))
        log_membership = self.log_weights - distances * self.sharpness
        own = log_membership[rows, distances.argmin(axis=1)]
        weights = np.exp(np.maximum(log_membership - own[:, None], FAINTEST))
        shares: FloatArray = weights / weights.sum(axis=1, keepdims=True)
        return shares


def nearest_centre_rule(X: FloatArray, centres: FloatArray) -> ScoringRule:
    """Return the rule of the nearest centre, with shares and variance as found in ``X``.

    Args:
        X: Matrix of shape (rows, columns).
        centres: Centre of each group, shape (k, columns).
    """
    distances = squared_distances(X, centres)
    shares = np.bincount(nearest_segment(distances), minlength=len(centres)) / len(X)
    freedom = X.shape[1] * max(len(X) - len(centres), 1)
    variance = float(distances.min(axis=1).sum()) / freedom
    return ScoringRule.around(centres, shares, max(variance, SMALLEST_VARIANCE))


def squared_distances(X: FloatArray, centres: FloatArray) -> FloatArray:
    """Return squared distances to the centres, shape (rows, k), summed column by column."""
    distances = np.zeros((len(X), len(centres)))
    for column in range(X.shape[1]):
        gap = X[:, column, None] - centres[None, :, column]
        distances += gap * gap
    return distances


def nearest_segment(distances: FloatArray) -> IntArray:
    """Return the first of the nearest centres of each row; -1 where distances are NaN."""
    nearest = np.argmax(distances <= distances.min(axis=1, keepdims=True) + TIE, axis=1)
    return np.where(np.isnan(distances[:, 0]), -1, nearest).astype(np.int64)
