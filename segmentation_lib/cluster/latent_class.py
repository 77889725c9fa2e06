"""Latent classes: groups of people who answer yes-or-no items alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.cluster import kmeans_plusplus

from segmentation_lib.cluster.groupings import Explained, grouping_by_rule, in_order_of_size
from segmentation_lib.cluster.scoring_rule import ScoringRule
from segmentation_lib.stats.arrays import FloatArray, IntArray, one_thread, sample_rows

__all__ = ["LatentClass", "LatentClassGrouping"]

_START_ROWS, _SHORT_STEPS, _KEPT, _STEPS = 2000, 30, 5, 2000
_ROUGH, _AT_REST = 1e-5, 1e-9
# Starts begin between the answers of one row and those of everyone.
_PULL = 0.5
_FAINT = 1e-10


@dataclass(frozen=True)
class LatentClassGrouping(Explained):
    """Latent classes, the largest first.

    Attributes:
        labels: Likeliest class of each row of the fit, 0 to k-1.
        centres: Mean of the rows of each class, shape (k, items).
        rule: The rule that assigns rows: the largest posterior.
        shares: Share of each class, shape (k,).
        item_probabilities: Chance of the larger of an item's two values, shape (k, items).
        log_likelihood: Log likelihood of all rows.
        rows: Number of rows of the fit.
    """

    labels: IntArray
    centres: FloatArray
    rule: ScoringRule
    shares: FloatArray
    item_probabilities: FloatArray
    log_likelihood: float
    rows: int

    @property
    def bic(self) -> float:
        """Bayesian information criterion; the smaller, the better."""
        parameters = self.item_probabilities.size + len(self.shares) - 1
        return -2 * self.log_likelihood + parameters * float(np.log(self.rows))


@dataclass(frozen=True)
class LatentClass:
    """Latent class analysis: a mixture of independent two-valued items (Lazarsfeld & Henry 1968).

    Attributes:
        sample_size: Rows that the classes are fitted on at most.
    """

    sample_size: int = 50_000

    name = "latent_class"

    def fit(
        self, X: FloatArray, k: int, *, seed: np.random.SeedSequence, starts: int
    ) -> LatentClassGrouping:
        """Group the rows of ``X`` into ``k`` classes, keeping the likeliest of the starts.

        Args:
            X: Matrix of shape (rows, items), without missing values; each item has two values, in
                any units.
            k: Number of classes.
            seed: Seed of the samples and of the starts.
            starts: Number of starts.

        Raises:
            ValueError: An item has more than two values.
        """
        low, high = X.min(axis=0), X.max(axis=0)
        _check_two_values(X, low, high)
        draws = [int(state) for state in seed.generate_state(3)]
        answers = ((high == X) & (low < high)).astype(np.float64)
        sample = answers[sample_rows(len(X), self.sample_size, seed=draws[0])]
        with one_thread():
            few = sample[sample_rows(len(sample), _START_ROWS, seed=draws[1])]
            classes = _start(few, k, starts=starts, seed=draws[2])
            classes = _improve(sample, classes, steps=_STEPS, tolerance=_AT_REST).best(1)
            likelihood = float(_expect(answers, classes)[1][0])
            labels = _rule(classes, low, high).assign(X)
            classes = classes.in_order(in_order_of_size(labels, classes.chances[0])[0])
            found = grouping_by_rule(X, _rule(classes, low, high))
        return LatentClassGrouping(
            labels=found.labels,
            centres=found.centres,
            rule=found.rule,
            shares=classes.shares[0],
            item_probabilities=classes.chances[0],
            log_likelihood=likelihood * len(X),
            rows=len(X),
        )


def _check_two_values(X: FloatArray, low: FloatArray, high: FloatArray) -> None:
    more = np.flatnonzero(~((low == X) | (high == X)).all(axis=0))
    if len(more):
        places = ", ".join(str(column + 1) for column in more)
        raise ValueError(
            f"X: column {places} has more than two values. Latent classes need yes-or-no items; "
            "leave the others out, or use the mixture or k-means."
        )


@dataclass(frozen=True)
class _Classes:
    """Several sets of k classes side by side: shares (sets, k), chances (sets, k, items)."""

    shares: FloatArray
    chances: FloatArray
    likelihood: FloatArray

    def best(self, count: int) -> _Classes:
        places = np.argsort(-self.likelihood, kind="stable")[:count]
        return _Classes(self.shares[places], self.chances[places], self.likelihood[places])

    def in_order(self, order: IntArray) -> _Classes:
        return _Classes(self.shares[:, order], self.chances[:, order], self.likelihood)


def _start(answers: FloatArray, k: int, *, starts: int, seed: int) -> _Classes:
    """Run all starts for a few steps; each begins near the answers of k rows that differ."""
    rng = np.random.default_rng(seed)
    seeds = [
        kmeans_plusplus(answers, k, random_state=int(rng.integers(2**31 - 1)))[0]
        for _ in range(starts)
    ]
    chances = _PULL * np.array(seeds) + (1 - _PULL) * answers.mean(axis=0)
    begun = _Classes(
        np.full((starts, k), 1 / k),
        _within(chances, len(answers)),
        np.full(starts, -np.inf),
    )
    return _improve(answers, begun, steps=_SHORT_STEPS, tolerance=_ROUGH).best(_KEPT)


def _improve(answers: FloatArray, classes: _Classes, *, steps: int, tolerance: float) -> _Classes:
    """Take steps until no log likelihood per row rises by more than the tolerance."""
    before = np.full(len(classes.shares), -np.inf)
    for _ in range(steps):
        posterior, likelihood = _expect(answers, classes)
        classes = _maximise(answers, posterior, likelihood)
        if (likelihood - before).max() <= tolerance:
            break
        before = likelihood
    return classes


def _expect(answers: FloatArray, classes: _Classes) -> tuple[FloatArray, FloatArray]:
    """Chance of each class for each row, shape (sets, k, rows), and the log likelihood per row."""
    sets, k, items = classes.chances.shape
    slopes = (np.log(classes.chances) - np.log1p(-classes.chances)).reshape(sets * k, items)
    constants = np.log(classes.shares) + np.log1p(-classes.chances).sum(axis=2)
    joint = (slopes @ answers.T).reshape(sets, k, len(answers)) + constants[:, :, None]
    highest = joint.max(axis=1, keepdims=True)
    joint = np.exp(joint - highest)
    total = joint.sum(axis=1, keepdims=True)
    return joint / total, (np.log(total) + highest).mean(axis=(1, 2))


def _maximise(answers: FloatArray, posterior: FloatArray, likelihood: FloatArray) -> _Classes:
    size = posterior.sum(axis=2) + _FAINT
    chances = posterior @ answers / size[:, :, None]
    shares = size / size.sum(axis=1, keepdims=True)
    return _Classes(shares, _within(chances, len(answers)), likelihood)


def _within(chances: FloatArray, rows: int) -> FloatArray:
    """Keep chances off 0 and 1: what nobody in a class of the sample did may still be done."""
    edge = 0.5 / rows
    return np.clip(chances, edge, 1 - edge)


def _rule(classes: _Classes, low: FloatArray, high: FloatArray) -> ScoringRule:
    """-2 times the log of share times likelihood, as weighted squares.

    For an answer u of 0 or 1, -2 (u ln p + (1 - u) ln(1 - p)) is (u - 1/2 - logit p)^2 plus a
    constant, because u^2 = u. An item with one value tells nothing and has no weight.
    """
    width = high - low
    asked = width > 0
    scale = np.where(asked, width, 1.0)
    chances = classes.chances[0]
    places = 0.5 + np.log(chances) - np.log1p(-chances)
    constants = -2.0 * np.log1p(-chances) - places**2
    return ScoringRule(
        points=low + places * scale,
        precisions=np.tile(asked / scale**2, (len(chances), 1)),
        offsets=(constants * asked).sum(axis=1) - 2.0 * np.log(classes.shares[0]),
        log_weights=np.zeros(len(chances)),
        sharpness=0.5,
    )
