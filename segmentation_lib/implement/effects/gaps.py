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
    (Wooldridge 1999). Errors allow for customers of one cluster being alike; where no cluster is in
    both groups, each group has an error of its own, as in Welch's test.

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
    """Covariance of the gaps from leaving out one cluster at a time, and degrees of freedom.

    A cluster that is a large part of its group pulls the mean towards itself, so its residual is
    too small; what the mean would be without it is not (the jackknife; MacKinnon, Nielsen and Webb
    2023). A few large clusters among small ones count as fewer (Carter, Schnepel and Steigerwald
    2017). Where every customer is one cluster of equal weight, this is Welch's test (1947).
    """
    names = np.arange(len(scores)) if clusters is None else clusters
    _, place = np.unique(names, return_inverse=True)
    sides = [_left_out(scores, own, place, weights) for own in (treated, ~treated)]
    (moved, worth), (other_moved, other_worth) = sides
    if np.isin(place[treated & (weights > 0)], place[~treated & (weights > 0)]).any():
        joined = moved - other_moved
        return joined.T @ joined, np.full(scores.shape[1], min(worth, other_worth))
    found = moved.T @ moved, other_moved.T @ other_moved
    variances = np.diag(found[0]), np.diag(found[1])
    bottom = variances[0] ** 2 / worth + variances[1] ** 2 / other_worth
    top = (variances[0] + variances[1]) ** 2
    freedom = np.divide(top, bottom, out=np.full(len(top), worth + other_worth), where=bottom > 0)
    return found[0] + found[1], freedom


def _left_out(
    scores: FloatArray, group: BoolArray, place: IntArray, weights: FloatArray
) -> tuple[FloatArray, float]:
    """How far each cluster moves the mean of a group, and the group's degrees of freedom."""
    own = np.where(group, weights, 0.0) / weights[group].sum()
    size = int(place.max()) + 1
    parts = np.zeros((size, scores.shape[1]))
    np.add.at(parts, place, own[:, None] * (scores - own @ scores))
    shares = np.bincount(place, weights=own, minlength=size)
    count = int((shares > 0).sum())
    if count < 2:
        raise ValueError("a group is one cluster only; errors need at least two in each group")
    scale = np.sqrt((count - 1) / count)
    return scale * parts / (1 - shares)[:, None], float(1 / (shares**2).sum() - 1)
