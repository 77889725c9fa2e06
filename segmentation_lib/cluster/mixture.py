"""Gaussian mixture: groups of their own size and spread, found from many kinds of starts."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans as LloydKMeans
from sklearn.cluster import kmeans_plusplus
from sklearn.exceptions import ConvergenceWarning

from segmentation_lib.cluster.gaussian_em import (
    Mixtures,
    Moments,
    expect,
    from_labels,
    improve,
)
from segmentation_lib.cluster.groupings import RuledGrouping, check_rows, grouping_by_rule
from segmentation_lib.cluster.scoring_rule import ScoringRule
from segmentation_lib.cluster.ties import Cells
from segmentation_lib.cluster.ward import ward_centres
from segmentation_lib.stats.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    one_thread,
    sample_rows,
)

__all__ = ["DiagonalMixture"]

# Starts are compared on few rows; the winners are then brought to rest on the sample.
_START_ROWS = 1000
_WARD_ROWS = 400
_SHORT_STEPS, _LONG_STEPS, _REST_STEPS, _POLISH_STEPS = 10, 50, 200, 10
_KEPT, _FINALISTS = 5, 2
_ROUNDS, _PAIRS = 3, 3
_AT_REST = 1e-5
# A group's variance in a column is at least this part of that of all rows.
_SMALLEST_SPREAD = 0.01
# Smallest group of a sound start: this share of the rows, and this many.
_LEAST_SHARE, _LEAST_ROWS = 0.01, 5


@dataclass(frozen=True)
class DiagonalMixture:
    """Mixture of Gaussian groups with a variance of their own per column (diagonal covariance).

    Where segments differ in size or spread, k-means moves its borders into the large ones; the
    mixture does not. From k-means starts alone it often stops at a worse solution, so starts are
    of three kinds: k-means, Ward's method, and k-means++ seeds. The best likelihood wins
    (expectation-maximisation: Dempster, Laird & Rubin 1977).

    A value that many customers share, such as one order or no returns, would draw a group into a
    point, and who has none of something would be all that the groups tell apart. So repeated
    values are spread over the space to their neighbours for the fit, no group may be narrower than
    half of that space, and where a share s of the customers piles up on one value, no group's
    variance in that column is under s times that of all. Customers are assigned by the values as
    they are.

    Attributes:
        sample_size: Rows that the groups are brought to rest on at most; a few steps on all rows
            follow.
    """

    sample_size: int = 10_000

    name = "mixture"

    def fit(
        self, X: FloatArray, k: int, *, seed: np.random.SeedSequence, starts: int
    ) -> RuledGrouping:
        """Group the rows of ``X`` into ``k`` groups.

        Args:
            X: Matrix of shape (rows, columns), without missing values, scaled.
            k: Number of groups.
            seed: Seed of the samples and of the starts.
            starts: Number of k-means++ starts; a third as many from k-means and one from Ward's
                method are added.

        Returns:
            The grouping, numbered by size and then by mean.

        Raises:
            ValueError: There are fewer rows than groups.
        """
        check_rows(len(X), k)
        draws = [int(state) for state in seed.generate_state(4)]
        cells = Cells.of(X)
        floor, middle = _floor(X, cells), X.mean(axis=0)
        smooth = cells.draw(np.random.default_rng(draws[0])) - middle
        sample = smooth[sample_rows(len(X), self.sample_size, seed=draws[1])]
        few = sample[sample_rows(len(sample), _START_ROWS, seed=draws[2])]
        with one_thread():
            best = _search(few, k, floor, starts=starts, seed=draws[3])
            best = _rest(sample, best, floor)
            if len(sample) < len(X):
                best = _improved(Moments.of(smooth, floor), best, _POLISH_STEPS)
        return grouping_by_rule(X, _rule(best, middle))


def _floor(X: FloatArray, cells: Cells) -> FloatArray:
    """Smallest variance of a group per column; a column with one value tells nothing."""
    spread = X.var(axis=0)
    part = np.maximum(_SMALLEST_SPREAD, cells.spike)
    floor = np.maximum(part * spread, np.minimum(cells.spread, spread))
    return np.where(spread > 0, floor, 1.0)


def _least(rows: int) -> float:
    return max(_LEAST_SHARE * rows, _LEAST_ROWS)


def _search(X: FloatArray, k: int, floor: FloatArray, *, starts: int, seed: int) -> Mixtures:
    """Run all starts for a few steps and the best of them for longer, then try to regroup."""
    rows = Moments.of(X, floor)
    rng = np.random.default_rng(seed)
    best = _better(rows, _start_labels(X, k, starts=starts, rng=rng), k)
    for _ in range(_ROUNDS if k > 2 else 0):
        moved = _better(rows, _regrouped(X, rows, best, k), k)
        better = best.beside(moved).best(rows, _FINALISTS, least=_least(rows.count))
        gain = abs(better.likelihood[0] - best.likelihood[0])
        best = better
        if gain <= _AT_REST:
            break
    return best


def _better(rows: Moments, labels: IntArray, k: int) -> Mixtures:
    least = _least(rows.count)
    tried = improve(rows, from_labels(rows, labels, k), steps=_SHORT_STEPS, tolerance=_AT_REST)
    kept = tried.best(rows, _KEPT, least=least)
    kept = improve(rows, kept, steps=_LONG_STEPS, tolerance=_AT_REST)
    return kept.best(rows, _FINALISTS, least=least)


def _regrouped(X: FloatArray, rows: Moments, mixtures: Mixtures, k: int) -> IntArray:
    """Groupings in which two groups that overlap are joined and another one is halved.

    Steps alone cannot move a group across the space: this can (Ueda et al. 2000).
    """
    chances = expect(rows, mixtures.take(np.array([0])))[0][0]
    labels = chances.argmax(axis=0)
    overlap = chances @ chances.T
    first, second = np.triu_indices(k, 1)
    pairs = np.argsort(-overlap[first, second], kind="stable")[:_PAIRS]
    halves = {}
    for group in range(k):
        members = np.flatnonzero(labels == group)
        if len(members) >= 2 * _LEAST_ROWS:
            halves[group] = members[_half(X[members])]
    moved = []
    for a, b in zip(first[pairs], second[pairs], strict=True):
        for group, half in halves.items():
            if group not in (a, b):
                joined = np.where(labels == b, a, labels)
                joined[half] = b
                moved.append(joined)
    return np.array(moved or [labels], dtype=np.int64)


def _rest(X: FloatArray, mixtures: Mixtures, floor: FloatArray) -> Mixtures:
    rows = Moments.of(X, floor)
    rested = _improved(rows, mixtures, _REST_STEPS)
    return rested.best(rows, 1, least=_least(rows.count))


def _improved(rows: Moments, mixtures: Mixtures, steps: int) -> Mixtures:
    fresh = Mixtures(
        mixtures.weights,
        mixtures.means,
        mixtures.variances,
        np.full(len(mixtures.weights), -np.inf),
    )
    return improve(rows, fresh, steps=steps, tolerance=_AT_REST)


def _start_labels(X: FloatArray, k: int, *, starts: int, rng: np.random.Generator) -> IntArray:
    """Groupings to begin at: k-means, Ward's method, and k-means++ seeds, shape (starts, rows)."""
    labels = [_k_means(X, k, rng) for _ in range(max(1, round(0.3 * starts)))]
    labels.append(_ward(X, k, rng))
    labels += [_seeds(X, k, rng) for _ in range(starts)]
    return np.array(labels)


def _half(X: FloatArray) -> BoolArray:
    """Which rows lie above the mean along the direction in which the rows spread most."""
    gaps = X - X.mean(axis=0)
    direction = np.linalg.eigh(gaps.T @ gaps)[1][:, -1]
    return np.asarray(gaps @ direction > 0)


def _k_means(X: FloatArray, k: int, rng: np.random.Generator) -> IntArray:
    with warnings.catch_warnings():
        # Fewer distinct rows than k leave groups empty; the likelihood judges.
        warnings.simplefilter("ignore", ConvergenceWarning)
        fit = LloydKMeans(k, n_init=1, random_state=_state(rng), algorithm="lloyd").fit(X)
    return np.asarray(fit.labels_, dtype=np.int64)


def _ward(X: FloatArray, k: int, rng: np.random.Generator) -> IntArray:
    few = X[sample_rows(len(X), _WARD_ROWS, seed=_state(rng))]
    return _nearest(X, ward_centres(few, k))


def _seeds(X: FloatArray, k: int, rng: np.random.Generator) -> IntArray:
    return _nearest(X, kmeans_plusplus(X, k, random_state=_state(rng))[0])


def _nearest(X: FloatArray, centres: FloatArray) -> IntArray:
    nearest = np.argmin((centres**2).sum(axis=1) - 2 * (X @ centres.T), axis=1)
    return np.asarray(nearest, dtype=np.int64)


def _state(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31 - 1))


def _rule(mixture: Mixtures, middle: FloatArray) -> ScoringRule:
    """-2 times the log of share times density, without the constant that all groups have."""
    weights, variances = mixture.weights[0], mixture.variances[0]
    return ScoringRule(
        points=mixture.means[0] + middle,
        precisions=1.0 / variances,
        offsets=np.log(variances).sum(axis=1) - 2.0 * np.log(weights),
        log_weights=np.zeros(len(weights)),
        sharpness=0.5,
    )
