"""Which algorithm to use for a number of segments: the simplest, unless the evidence says not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segmentation_lib.cluster.candidates import Candidate, fit_half
from segmentation_lib.params import ClusterParams
from segmentation_lib.stats.agreement import adjusted_rand
from segmentation_lib.stats.arrays import FloatArray, IntArray, one_thread

__all__ = ["Pick", "on_one_value", "pick_algorithm", "row_fit"]

# Two algorithms that agree this far give the same segments: the simpler one is kept.
_SAME = 0.97
# A rival may come back this much less surely: the error of a mean over five splits.
_SLACK = 0.02
# The mean gain in fit per customer must be this many standard errors.
_ERRORS = 2.0
_SMALLEST_SPREAD = 0.01
# A segment sits on one value of a column when nearly all of it has it, and customers at large
# do not.
_NEARLY_ALL, _AT_LARGE = 0.95, 0.8
# Algorithms whose groups have a size and spread of their own.
_OWN_SPREAD = ("mixture", "latent_class")


@dataclass(frozen=True)
class Pick:
    """The algorithm for one number of segments.

    Attributes:
        candidate: The candidate that is used.
        why: Why it and not the first one that was listed; empty where it is the first.
        passed_over: Why each other candidate is not used, by the name of its algorithm.
    """

    candidate: Candidate
    why: str
    passed_over: dict[str, str]


def pick_algorithm(
    X: FloatArray, candidates: Sequence[Candidate], params: ClusterParams, *, seed: int
) -> Pick:
    """Return the candidate to use among those with the same number of segments.

    The first one stays unless another comes back as surely, differs from it, and describes
    customers it was not fitted to better; or comes back where the first does not. A mixture whose
    segment sits on one value of a column (all of them bought once, say) follows ties rather than
    groups, and is passed over.

    Args:
        X: The customers that the candidates were measured on.
        candidates: In the order in which they were listed, the simplest first.
        params: The bar of the prediction strength; starts and sample of the fits to one half.
        seed: Seed of the halves on which the fit is compared.
    """
    used, why, passed_over = candidates[0], "", dict[str, str]()
    for rival in candidates[1:]:
        better, word = _compare(X, used, rival, params, seed=seed)
        if better:
            passed_over[used.algorithm] = f"{rival.spoken} is used: {word}"
            used, why = rival, word
        else:
            passed_over[rival.algorithm] = f"{used.spoken} is used: {word}"
    return Pick(used, why, passed_over)


def _compare(
    X: FloatArray, used: Candidate, rival: Candidate, params: ClusterParams, *, seed: int
) -> tuple[bool, str]:
    """Whether the rival takes over, and the reason either way."""
    if used.failure or rival.failure:
        return bool(used.failure) and not rival.failure, "the other one cannot be fitted"
    if rival.algorithm == "mixture" and on_one_value(X, rival.labels):
        return False, f"{rival.spoken} makes a segment of one repeated value"
    bar = params.prediction_strength
    if used.prediction_strength < bar <= rival.prediction_strength:
        return True, (
            f"its segments come back ({rival.prediction_strength:.2f}) where those of "
            f"{used.spoken} do not ({used.prediction_strength:.2f})"
        )
    if rival.prediction_strength < used.prediction_strength - _SLACK:
        return False, "its segments come back more surely"
    agreement = adjusted_rand(used.labels, rival.labels)
    if agreement >= _SAME:
        return False, f"both give the same segments (adjusted Rand index {agreement:.2f})"
    try:
        gain = _gain_in_fit(X, used, rival, params, seed=seed)
    except ValueError as error:
        return False, f"half of the customers cannot be fitted ({str(error).rstrip('.')})"
    if gain > _ERRORS:
        return True, (
            "its segments, of a size and spread of their own, describe new customers better "
            f"({gain:.0f} standard errors)"
        )
    return False, "the other one describes new customers no better"


def _gain_in_fit(
    X: FloatArray, used: Candidate, rival: Candidate, params: ClusterParams, *, seed: int
) -> float:
    """Standard errors by which the rival, fitted to one half, describes the other half better."""
    first = np.random.default_rng((seed, used.k, 5)).random(len(X)) < 0.5
    learned, held_out = X[first], X[~first]

    def fit_of(one: Candidate) -> FloatArray:
        labels = fit_half(learned, one.algorithm, one.k, params, seed=seed).labels
        return row_fit(learned, labels, held_out, own_spread=one.algorithm in _OWN_SPREAD)

    gains = fit_of(rival) - fit_of(used)
    error = max(float(gains.std(ddof=1)) / float(np.sqrt(len(gains))), 1e-12)
    return float(gains.mean()) / error


def row_fit(
    learned: FloatArray, labels: IntArray, held_out: FloatArray, *, own_spread: bool
) -> FloatArray:
    """Return how well groups learned on some rows describe others: the log density of each.

    Groups are Gaussian. With ``own_spread`` each has its variance per column, as the mixture says;
    otherwise one variance holds for all groups and columns, as k-means says: it draws its borders
    by plain distance, and where columns differ in spread inside groups they are worse for it.

    Args:
        learned: Rows that shares, means and variances are taken from, shape (rows, columns).
        labels: Group of each of them, 0 to k-1, found without the other rows.
        held_out: Rows to describe, shape (others, columns).
        own_spread: Whether groups have a spread of their own.

    Returns:
        One number per row of ``held_out``.
    """
    floor = _SMALLEST_SPREAD * learned.var(axis=0)
    groups = [learned[labels == group] for group in np.unique(labels)]
    shares = np.array([len(group) for group in groups]) / len(learned)
    means = np.array([group.mean(axis=0) for group in groups])
    variances = np.array([group.var(axis=0) for group in groups])
    if not own_spread:
        variances = np.full(variances.shape, float((shares @ variances).mean()))
    variances = np.maximum(variances, floor)
    with one_thread():
        squares = (held_out**2) @ (1 / variances).T - 2 * held_out @ (means / variances).T
    constant = np.log(shares) - 0.5 * (np.log(variances) + means**2 / variances).sum(axis=1)
    each = constant - 0.5 * squares
    top = each.max(axis=1)
    density: FloatArray = top + np.log(np.exp(each - top[:, None]).sum(axis=1))
    return density


def on_one_value(X: FloatArray, labels: IntArray) -> bool:
    """Whether some group has next to one value only in a column that varies at large.

    Args:
        X: Matrix of shape (rows, columns).
        labels: Group of each row.
    """
    sizes = np.bincount(labels)
    for column in X.T:
        _, place, count = np.unique(column, return_inverse=True, return_counts=True)
        atoms = np.flatnonzero((count >= _NEARLY_ALL * sizes[sizes > 0].min())
                               & (count < _AT_LARGE * len(X)))  # fmt: skip
        atoms = atoms[count[atoms] > 1]
        for atom in atoms:
            inside = np.bincount(labels[place.ravel() == atom], minlength=len(sizes))
            if (inside[sizes > 1] >= _NEARLY_ALL * sizes[sizes > 1]).any():
                return True
    return False
