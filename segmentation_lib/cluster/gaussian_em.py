"""Expectation-maximisation for diagonal Gaussian mixtures, many of them side by side.

Starts are short and many, so they run as one batch: a step of all of them is two products of
matrices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation_lib.stats.arrays import FloatArray, IntArray

__all__ = ["Mixtures", "Moments", "expect", "from_labels", "improve"]

_LOG_TWO_PI = float(np.log(2.0 * np.pi))
_FAINT = 1e-10


@dataclass(frozen=True)
class Moments:
    """Rows as the steps need them.

    Attributes:
        moments: Columns and below them their squares, shape (2 columns, rows).
        floor: Smallest variance of a group in each column, shape (columns,).
    """

    moments: FloatArray
    floor: FloatArray

    @classmethod
    def of(cls, X: FloatArray, floor: FloatArray) -> Moments:
        """Return the rows of ``X``, shape (rows, columns), centred by the caller."""
        columns = np.ascontiguousarray(X.T)
        return cls(np.vstack([columns, columns * columns]), floor)

    @property
    def count(self) -> int:
        """Number of rows."""
        return int(self.moments.shape[1])


@dataclass(frozen=True)
class Mixtures:
    """Several mixtures of k groups each.

    Attributes:
        weights: Share of each group, shape (mixtures, k).
        means: Mean of each group, shape (mixtures, k, columns).
        variances: Variance of each group and column, shape (mixtures, k, columns).
        likelihood: Log likelihood per row at the step before, shape (mixtures,).
    """

    weights: FloatArray
    means: FloatArray
    variances: FloatArray
    likelihood: FloatArray

    def take(self, places: IntArray) -> Mixtures:
        """Return some of the mixtures, in the order of ``places``."""
        return Mixtures(
            self.weights[places], self.means[places], self.variances[places],
            self.likelihood[places],
        )  # fmt: skip

    def best(self, rows: Moments, count: int, *, least: float) -> Mixtures:
        """Return the ``count`` best by likelihood; those with a group under ``least`` come last.

        A group of a few rows can raise the likelihood without bound, and on one cloud a wide group
        can swallow the others: neither describes customers.

        Args:
            rows: The rows the mixtures were fitted on.
            count: How many to keep.
            least: Smallest number of rows that are likeliest in a group.
        """
        k = self.weights.shape[1]
        likeliest = expect(rows, self)[0].argmax(axis=1)
        sizes = np.array([np.bincount(labels, minlength=k) for labels in likeliest])
        tiny = sizes.min(axis=1) < least
        return self.take(np.lexsort((-self.likelihood, tiny))[:count])

    def beside(self, others: Mixtures) -> Mixtures:
        """Return these mixtures and the others."""
        pairs = zip(self._parts(), others._parts(), strict=True)
        return Mixtures(*(np.concatenate(pair) for pair in pairs))

    def _parts(self) -> tuple[FloatArray, ...]:
        return self.weights, self.means, self.variances, self.likelihood


def from_labels(rows: Moments, labels: IntArray, k: int) -> Mixtures:
    """Return the mixtures that begin at given groupings.

    Args:
        rows: The rows.
        labels: Group of each row in each start, shape (starts, rows).
        k: Number of groups.
    """
    chances = (labels[:, None, :] == np.arange(k)[None, :, None]).astype(np.float64)
    return _maximise(rows, chances, np.full(len(labels), -np.inf))


def improve(rows: Moments, mixtures: Mixtures, *, steps: int, tolerance: float) -> Mixtures:
    """Take steps until no mixture's log likelihood per row rises by more than ``tolerance``.

    Args:
        rows: The rows.
        mixtures: Where to begin.
        steps: Number of steps at most.
        tolerance: Smallest rise that counts.
    """
    for _ in range(steps):
        chances, likelihood = expect(rows, mixtures)
        rise = likelihood - mixtures.likelihood
        mixtures = _maximise(rows, chances, likelihood)
        if rise.max() <= tolerance:
            break
    return mixtures


def expect(rows: Moments, mixtures: Mixtures) -> tuple[FloatArray, FloatArray]:
    """Return each row's chance of each group, and the log likelihood per row.

    Returns:
        Chances of shape (mixtures, k, rows), which sum to 1 over the groups, and the log
        likelihood per row of each mixture.
    """
    count, k, columns = mixtures.means.shape
    precisions = 1.0 / mixtures.variances
    pulls = mixtures.means * precisions
    slopes = np.concatenate([pulls, -0.5 * precisions], axis=2).reshape(count * k, 2 * columns)
    constants = np.log(mixtures.weights) - 0.5 * (
        columns * _LOG_TWO_PI
        + np.log(mixtures.variances).sum(axis=2)
        + (mixtures.means * pulls).sum(axis=2)
    )
    joint = (slopes @ rows.moments).reshape(count, k, rows.count) + constants[:, :, None]
    highest = joint.max(axis=1, keepdims=True)
    joint -= highest
    np.exp(joint, out=joint)
    total = joint.sum(axis=1, keepdims=True)
    joint /= total
    likelihood = (np.log(total) + highest).mean(axis=(1, 2))
    return joint, likelihood


def _maximise(rows: Moments, chances: FloatArray, likelihood: FloatArray) -> Mixtures:
    count, k, n = chances.shape
    columns = len(rows.floor)
    size = chances.sum(axis=2) + _FAINT
    sums = (chances.reshape(count * k, n) @ rows.moments.T).reshape(count, k, 2 * columns)
    moments = sums / size[:, :, None]
    means = moments[:, :, :columns]
    variances = np.maximum(moments[:, :, columns:] - means**2, rows.floor)
    return Mixtures(size / size.sum(axis=1, keepdims=True), means, variances, likelihood)
