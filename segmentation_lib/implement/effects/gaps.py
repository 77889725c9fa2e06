"""How the gap between two groups changes over time: estimates, and what they share of chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray

__all__ = ["Changes", "Scale", "gap_changes"]

Scale = Literal["ratio", "difference"]


@dataclass(frozen=True)
class Changes:
    """Changes of the gap between the treated and the control group, one per contrast.

    Attributes:
        values: The changes, shape (contrasts,): differences of means, or of logarithms of means.
        covariance: Their covariance, shape (contrasts, contrasts).
        freedom: Degrees of freedom of each, shape (contrasts,).
        scores: What each customer adds, shape (customers, contrasts). The mean of the treated
            less that of the control group is the change, on the scale ``ratio`` to first order.
    """

    values: FloatArray
    covariance: FloatArray
    freedom: FloatArray
    scores: FloatArray

    @property
    def errors(self) -> FloatArray:
        """Standard errors of the changes."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))


def gap_changes(
    blocks: FloatArray,
    treated: BoolArray,
    contrasts: FloatArray,
    *,
    scale: Scale = "difference",
    clusters: IntArray | None = None,
    weights: FloatArray | None = None,
) -> Changes:
    """Return how the gap between two groups changes between blocks of time.

    Each customer's own change is taken first, so that whatever is constant in a customer falls
    out (Angrist and Pischke 2009, chapter 5). On the scale ``ratio`` the gap is that of the
    logarithms of means, which is Poisson regression with an effect of group and of time: growth
    that multiplies both groups then is no effect, and a customer who spends nothing is no trouble
    (Wooldridge 1999). Errors allow for customers of one cluster being alike; groups in whole
    clusters get the error of each group by itself, which is Welch's where every customer is one.

    Args:
        blocks: What each customer did in each block of time, shape (customers, blocks).
        treated: Who was treated, shape (customers,).
        contrasts: What is compared, shape (contrasts, blocks). The part above 0 holds the weights
            of the later blocks, the part below 0 those of the earlier ones; only proportions
            within each part count.
        scale: ``difference`` compares means, ``ratio`` the logarithms of means.
        clusters: Number of the cluster of each customer; None for each customer alone.
        weights: Weight of each customer; None for equal weights.

    Raises:
        ValueError: A group is missing or has one cluster only, a value is missing, or a mean is
            not above 0 on the scale ``ratio``.
    """
    blocks, contrasts = np.asarray(blocks, np.float64), np.atleast_2d(contrasts)
    if not np.isfinite(blocks).all():
        raise ValueError("blocks hold missing or infinite numbers; leave those customers out")
    weights = np.ones(len(blocks)) if weights is None else np.asarray(weights, np.float64)
    later, earlier = np.maximum(contrasts, 0.0), np.maximum(-contrasts, 0.0)
    after = blocks @ (later / later.sum(axis=1, keepdims=True)).T
    before = blocks @ (earlier / earlier.sum(axis=1, keepdims=True)).T
    scores = np.empty_like(after)
    gaps = []
    for group in (treated, ~treated):
        if not weights[group].sum() > 0:
            raise ValueError("one group has no customers; give a treated and a control group")
        own = weights[group] / weights[group].sum()
        means = own @ after[group], own @ before[group]
        if scale == "ratio":
            if min(means[0].min(), means[1].min()) <= 0:
                raise ValueError("a mean is not above 0; compare differences instead of ratios")
            scores[group] = after[group] / means[0] - before[group] / means[1]
            gaps.append(np.log(means[0] / means[1]))
        else:
            scores[group] = after[group] - before[group]
            gaps.append(means[0] - means[1])
    covariance, freedom = _covariance(scores, treated, clusters, weights)
    return Changes(np.asarray(gaps[0] - gaps[1]), covariance, freedom, scores)


def _covariance(
    scores: FloatArray, treated: BoolArray, clusters: IntArray | None, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Covariance of the gaps from sums over clusters, and degrees of freedom."""
    parts, shares = np.empty_like(scores), np.empty(len(scores))
    for group, sign in ((treated, 1.0), (~treated, -1.0)):
        shares[group] = weights[group] / weights[group].sum()
        means = shares[group] @ scores[group]
        parts[group] = sign * shares[group][:, None] * (scores[group] - means)
    side = treated
    if clusters is not None:
        _, place = np.unique(clusters, return_inverse=True)
        size = int(place.max()) + 1
        inside = np.bincount(place, weights=treated * 1.0) / np.bincount(place)
        sums = np.zeros((size, scores.shape[1]))
        np.add.at(sums, place, parts)
        if ((inside > 0) & (inside < 1)).any():
            if size < 2:
                raise ValueError("there is one cluster only; errors need at least two")
            covariance = size / (size - 1) * sums.T @ sums
            return covariance, np.full(scores.shape[1], size - 1.0)
        by_cluster: FloatArray = np.bincount(place, weights=shares).astype(np.float64)
        parts, shares, side = sums, by_cluster, np.asarray(inside == 1)
    kept = shares > 0
    sides = [(parts[kept & own], shares[kept & own]) for own in (side, ~side)]
    return _of_sides(*sides)


def _of_sides(
    first: tuple[FloatArray, FloatArray], second: tuple[FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Join the covariances of two groups that share no cluster (Welch 1947).

    A cluster that is a large part of its group pulls the mean towards itself, so its residual is
    too small; dividing by what is left of the group mends that (Bell and McCaffrey 2002).
    """
    if min(len(first[0]), len(second[0])) < 2:
        raise ValueError("a group is one cluster only; errors need at least two in each group")
    found = [parts.T @ (parts / (1 - shares)[:, None]) for parts, shares in (first, second)]
    # Clusters of equal weight that would be as many.
    worth = [1 / float((shares**2).sum()) - 1 for _, shares in (first, second)]
    variances = np.diag(found[0]), np.diag(found[1])
    bottom = variances[0] ** 2 / worth[0] + variances[1] ** 2 / worth[1]
    top = (variances[0] + variances[1]) ** 2
    freedom = np.divide(top, bottom, out=np.full(len(top), sum(worth)), where=bottom > 0)
    return found[0] + found[1], freedom
