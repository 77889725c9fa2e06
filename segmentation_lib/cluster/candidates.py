"""What one candidate, an algorithm with a number of segments, gives on each criterion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from segmentation_lib.cluster.algorithms import algorithm as named_algorithm
from segmentation_lib.params import ClusterParams
from segmentation_lib.stats.arrays import FloatArray, IntArray, sample_rows
from segmentation_lib.stats.grouping import Algorithm, Grouping
from segmentation_lib.stats.indices import davies_bouldin, explained_share, silhouette
from segmentation_lib.stats.stability import bootstrap_stability, prediction_strength

__all__ = [
    "FEW",
    "SPOKEN",
    "STRENGTH_ROWS",
    "Candidate",
    "fit_candidate",
    "fit_half",
    "fit_scan",
    "least",
    "published_starts",
    "scan_rows",
    "try_candidate",
    "with_jaccard",
]

SPOKEN = {
    "kmeans": "k-means",
    "mixture": "the Gaussian mixture",
    "ward": "Ward's method",
    "fuzzy": "fuzzy c-means",
    "latent_class": "latent classes",
}

# Counts of fewer customers are not published.
FEW = 10

# Customers that the numbers of segments are compared on; the published fit uses more.
_SCAN_ROWS = 10_000
STRENGTH_ROWS = 3_000
_SILHOUETTE_ROWS = 2_000
_SPLITS = 5
# Starts of the fits that criteria are measured on; the published fit takes all of them. A start of
# the mixture costs ten times that of k-means and has Ward and k-means starts beside it.
_STARTS = {"mixture": 4}
_OTHER_STARTS = 10
_JACCARD_DRAWS = 20
_JACCARD = 0.75


@dataclass(frozen=True)
class Candidate:
    """One algorithm with one number of segments, and what it gives.

    Attributes:
        algorithm: Name of the algorithm.
        k: Number of segments.
        labels: Segment of each customer of the scan; empty if it could not be fitted.
        prediction_strength: Mean over two-fold splits, 0 to 1.
        silhouette: Mean silhouette width, -1 to 1.
        davies_bouldin: Davies-Bouldin index, lower is better.
        explained_share: Share of the variance between segments, 0 to 1.
        smallest_share: Share of customers in the smallest segment.
        smallest_size: The same in customers of all that were given, not of the scan only.
        jaccard: Least mean bootstrap Jaccard of a segment; NaN where it was not asked for.
        found_share: Share of the starts that found the best solution; NaN if it does not say.
        failure: Why it could not be fitted; empty if it could.
    """

    algorithm: str
    k: int
    labels: IntArray = field(repr=False)
    prediction_strength: float
    silhouette: float
    davies_bouldin: float
    explained_share: float
    smallest_share: float
    smallest_size: int
    jaccard: float = float("nan")
    found_share: float = float("nan")
    failure: str = ""

    @property
    def spoken(self) -> str:
        """The algorithm as it is called in sentences."""
        return SPOKEN.get(self.algorithm, self.algorithm)

    @property
    def size(self) -> str:
        """Size of the smallest segment in words: ``50 (10.0%)``."""
        if self.smallest_size < FEW:
            return f"fewer than {FEW}"
        return f"{self.smallest_size:,} ({self.smallest_share:.1%})"

    def comes_back(self, params: ClusterParams) -> bool:
        """Whether other samples give the same segments."""
        return self.prediction_strength >= params.prediction_strength or self.jaccard >= _JACCARD

    def large_enough(self, params: ClusterParams) -> bool:
        """Whether the smallest segment is large enough to act on."""
        return self.smallest_share >= params.min_share and self.smallest_size >= params.min_size

    def admissible(self, params: ClusterParams) -> bool:
        """Whether the segments come back and are all large enough."""
        return not self.failure and self.comes_back(params) and self.large_enough(params)

    def reason(self, params: ClusterParams) -> str:
        """Why it is not admissible; empty if it is."""
        if self.failure:
            return self.failure
        reasons = []
        if not self.comes_back(params):
            reasons.append(
                f"prediction strength {self.prediction_strength:.2f} "
                f"under {params.prediction_strength:.2f}"
            )
        if not self.large_enough(params):
            reasons.append(f"smallest segment {self.size} under {least(params)}")
        return "; ".join(reasons)


def least(params: ClusterParams) -> str:
    """Return the smallest size that is asked for, in words."""
    return f"{params.min_share:.1%} or {params.min_size} customers"


def fit_candidate(
    X: FloatArray, name: str, k: int, params: ClusterParams, *, seed: np.random.SeedSequence
) -> Grouping:
    """Group ``X`` as a published fit would.

    Args:
        X: Customers as points, shape (customers, columns).
        name: Name of the algorithm.
        k: Number of segments.
        params: Starts and the sample of the fit.
        seed: Seed of the fit.
    """
    return _algorithm(name, params).fit(X, k, seed=seed, starts=published_starts(name, params))


def scan_rows(customers: int, *, seed: int) -> IntArray:
    """Return the rows of the customers that the numbers of segments are compared on."""
    return sample_rows(customers, _SCAN_ROWS, seed=(seed, 0))


def fit_scan(X: FloatArray, name: str, k: int, params: ClusterParams, *, seed: int) -> Grouping:
    """Return the grouping of the scan by which a number of segments is compared with others."""
    return fit_candidate(X, name, k, params, seed=np.random.SeedSequence((seed, k)))


def fit_half(X: FloatArray, name: str, k: int, params: ClusterParams, *, seed: int) -> Grouping:
    """Return a grouping of one half of the scan, with the starts that criteria are measured with.

    Args:
        X: The half as points, shape (rows, columns).
        name: Name of the algorithm.
        k: Number of segments.
        params: The sample of the fit.
        seed: Seed, as for `choose_k`.

    Raises:
        ValueError: The algorithm refuses these customers.
    """
    return _algorithm(name, params).fit(
        X, k, seed=np.random.SeedSequence((seed, k, 7)), starts=_STARTS.get(name, _OTHER_STARTS)
    )


def try_candidate(
    X: FloatArray, name: str, k: int, params: ClusterParams, *, seed: int, customers: int
) -> Candidate:
    """Measure one candidate on all criteria but the bootstrap.

    An algorithm that refuses the data (fuzzy c-means whose centres coincide, say) gives a
    candidate with a ``failure`` and no numbers.

    Args:
        X: Customers of the scan as points, shape (rows, columns).
        name: Name of the algorithm.
        k: Number of segments.
        params: Starts and thresholds.
        seed: Seed of splits, samples and starts; all algorithms get the same splits.
        customers: All customers, of whom the scan may be a sample.
    """
    rows = sample_rows(len(X), STRENGTH_ROWS, seed=(seed, k, 1))
    try:
        grouping = fit_scan(X, name, k, params, seed=seed)
        strength = prediction_strength(
            X[rows],
            k,
            _algorithm(name, params),
            seed=(seed, k, 2),
            splits=_SPLITS,
            starts=_STARTS.get(name, _OTHER_STARTS),
        )
    except ValueError as error:
        return _failed(name, k, str(error))
    labels = grouping.labels
    sizes = np.bincount(labels, minlength=k)
    smallest = float(sizes.min() / len(X))
    width = silhouette(X, labels, sample_size=_SILHOUETTE_ROWS, seed=(seed, k, 3))
    return Candidate(
        algorithm=name,
        k=k,
        labels=labels,
        prediction_strength=strength.mean,
        silhouette=width.mean,
        davies_bouldin=davies_bouldin(X, labels).index if sizes.min() > 0 else float("nan"),
        explained_share=explained_share(X, labels),
        smallest_share=smallest,
        smallest_size=round(smallest * customers),
        found_share=float(getattr(grouping, "found_share", float("nan"))),
    )


def _failed(name: str, k: int, failure: str) -> Candidate:
    unknown = float("nan")
    return Candidate(
        algorithm=name,
        k=k,
        labels=np.empty(0, dtype=np.int64),
        prediction_strength=unknown,
        silhouette=unknown,
        davies_bouldin=unknown,
        explained_share=unknown,
        smallest_share=unknown,
        smallest_size=0,
        failure=failure,
    )


def with_jaccard(
    X: FloatArray, candidate: Candidate, params: ClusterParams, *, seed: int | Sequence[int]
) -> float:
    """Return the least mean Jaccard of a segment over cold bootstrap refits (Hennig 2007).

    NaN where the algorithm refuses a bootstrap sample: that saves no segment.

    Args:
        X: The customers the candidate was measured on.
        candidate: The candidate.
        params: The sample of the fit.
        seed: Seed of the bootstrap samples.
    """
    name = candidate.algorithm
    try:
        stability = bootstrap_stability(
            X,
            candidate.labels,
            _algorithm(name, params),
            seed=seed,
            draws=_JACCARD_DRAWS,
            starts=_STARTS.get(name, _OTHER_STARTS),
            sample_size=STRENGTH_ROWS,
        )
    except ValueError:
        return float("nan")
    return float(stability.mean_jaccard.min())


def _algorithm(name: str, params: ClusterParams) -> Algorithm:
    return named_algorithm(name, sample_size=params.sample_size)


def published_starts(name: str, params: ClusterParams) -> int:
    """Return the starts of a published fit: ten are the full effort of the mixture."""
    return min(params.starts, 10) if name == "mixture" else params.starts
