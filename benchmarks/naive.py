"""The honest rival: what an analyst writes with scikit-learn, one thread, `n_init=10`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, confusion_matrix

__all__ = ["bootstrap_stability", "fitted", "global_stability"]

STARTS = 10


def fitted(X: NDArray, k: int, seed: int) -> KMeans:
    """Return scikit-learn's k-means, the best of ten k-means++ starts."""
    return KMeans(k, n_init=STARTS, random_state=seed).fit(X)


def bootstrap_stability(X: NDArray, labels: NDArray, draws: int, *, seed: int) -> NDArray:
    """Return mean Jaccard per group: refit on all-row samples, predict all, match, compare."""
    rng = np.random.default_rng(seed)
    k = labels.max() + 1
    jaccard = np.empty((draws, k))
    for draw in range(draws):
        sample = X[rng.integers(0, len(X), len(X))]
        shared = confusion_matrix(labels, fitted(sample, k, seed + draw).predict(X))
        own, other = linear_sum_assignment(shared, maximize=True)
        joint = shared.sum(axis=1)[own] + shared.sum(axis=0)[other] - shared[own, other]
        jaccard[draw] = shared[own, other] / joint
    return jaccard.mean(axis=0)


def global_stability(X: NDArray, ks: range, draws: int, *, seed: int) -> NDArray:
    """Return the mean adjusted Rand index of pairs of all-row samples, for each k."""
    rng = np.random.default_rng(seed)
    found = np.empty((len(ks), draws))
    for draw in range(draws):
        pair = [X[rng.integers(0, len(X), len(X))] for _ in range(2)]
        for place, k in enumerate(ks):
            both = [fitted(sample, k, seed + draw).predict(X) for sample in pair]
            found[place, draw] = adjusted_rand_score(*both)
    return found.mean(axis=1)
