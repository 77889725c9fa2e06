"""How many segments: the largest number that comes back on other halves of the customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from segmentation_lib.cluster.kmeans import KMeans, KMeansGrouping
from segmentation_lib.params import ClusterParams
from segmentation_lib.stats.agreement import adjusted_rand
from segmentation_lib.stats.arrays import FloatArray, one_thread, sample_rows, spawn_seeds
from segmentation_lib.stats.indices import davies_bouldin, explained_share, silhouette
from segmentation_lib.stats.stability import prediction_strength

__all__ = ["KChoice", "choose_k"]

# Customers that the numbers of segments are compared on; the fit itself uses more.
_SCAN_ROWS = 10_000
_STRENGTH_ROWS = 5_000
_SILHOUETTE_ROWS = 2_000
_SPLITS = 5
_STRENGTH_STARTS = 10
_OTHER_SEEDS = 4
_SEED_AGREEMENT = 0.8


@dataclass(frozen=True)
class KChoice:
    """The chosen number of segments, and why.

    Attributes:
        k: Number of segments.
        table: One row per number tried: ``k, prediction_strength, silhouette, davies_bouldin,
            explained_share, smallest_share, smallest_size, admissible, chosen, reason``.
        sentence: Why this number, in plain words.
        warnings: Sentences on what to be careful about; empty if there is nothing.
        flags: Codes of the warnings, and of an override: ``override``, ``none_admissible``,
            ``edge_of_range``, ``seed_dependent``.
        seed_agreement: Mean adjusted Rand index between fits with other seeds, 0 to 1.
    """

    k: int
    table: pd.DataFrame
    sentence: str
    warnings: tuple[str, ...]
    flags: tuple[str, ...]
    seed_agreement: float


def choose_k(X: FloatArray, params: ClusterParams, *, seed: int) -> KChoice:
    """Choose the largest number of segments that comes back and has no tiny segment.

    Admissible is a number whose prediction strength (Tibshirani & Walther 2005) reaches
    ``params.prediction_strength`` and whose smallest segment reaches ``params.min_share`` and
    ``params.min_size``. Coming back is not yet proof of groups: that is the next stage's question.

    Args:
        X: Customers as points, shape (customers, columns), without missing values.
        params: Range, thresholds, and the override ``k``.
        seed: Seed of all splits, samples and starts.
    """
    scan = X[sample_rows(len(X), _SCAN_ROWS, seed=(seed, 0))]
    tried = sorted({*range(params.k_min, params.k_max + 1), *([params.k] if params.k else [])})
    with one_thread():
        trials = [_try(scan, k, params, seed=seed, customers=len(X)) for k in tried]
        ruled, flags = _rule(trials, params)
        k = params.k or ruled
        agreement = _seed_agreement(scan, k, params, seed=seed)
    if params.k:
        flags = ("override",)
    if agreement < _SEED_AGREEMENT:
        flags = (*flags, "seed_dependent")
    return KChoice(
        k=k,
        table=_table(trials, k, params),
        sentence=_sentence(trials, k, ruled, flags, params),
        warnings=tuple(_warning(flag, k, agreement, params) for flag in flags),
        flags=flags,
        seed_agreement=agreement,
    )


@dataclass(frozen=True)
class _Trial:
    """What one number of segments gives."""

    k: int
    prediction_strength: float
    silhouette: float
    davies_bouldin: float
    explained_share: float
    smallest_share: float
    smallest_size: int

    def large_enough(self, params: ClusterParams) -> bool:
        return self.smallest_share >= params.min_share and self.smallest_size >= params.min_size

    def admissible(self, params: ClusterParams) -> bool:
        return self.prediction_strength >= params.prediction_strength and self.large_enough(params)

    def reason(self, params: ClusterParams) -> str:
        """Why it is not admissible; empty if it is."""
        reasons = []
        if self.prediction_strength < params.prediction_strength:
            reasons.append(
                f"prediction strength {self.prediction_strength:.2f} "
                f"under {params.prediction_strength:.2f}"
            )
        if not self.large_enough(params):
            reasons.append(f"smallest segment {self.size} under {_least(params)}")
        return "; ".join(reasons)

    @property
    def size(self) -> str:
        return f"{self.smallest_size:,} ({self.smallest_share:.1%})"


def _try(X: FloatArray, k: int, params: ClusterParams, *, seed: int, customers: int) -> _Trial:
    fitted = _fit(X, k, params, seed=np.random.SeedSequence((seed, k)))
    sizes = np.bincount(fitted.labels, minlength=k)
    strength = prediction_strength(
        X[sample_rows(len(X), _STRENGTH_ROWS, seed=(seed, k, 1))],
        k,
        KMeans(),
        seed=(seed, k, 2),
        splits=_SPLITS,
        starts=_STRENGTH_STARTS,
    )
    width = silhouette(X, fitted.labels, sample_size=_SILHOUETTE_ROWS, seed=(seed, k, 3))
    compact = davies_bouldin(X, fitted.labels).index if sizes.min() > 0 else float("nan")
    smallest = float(sizes.min() / len(X))
    return _Trial(
        k=k,
        prediction_strength=strength.mean,
        silhouette=width.mean,
        davies_bouldin=compact,
        explained_share=explained_share(X, fitted.labels),
        smallest_share=smallest,
        smallest_size=round(smallest * customers),
    )


def _fit(
    X: FloatArray, k: int, params: ClusterParams, *, seed: np.random.SeedSequence
) -> KMeansGrouping:
    return KMeans(sample_size=params.sample_size).fit(X, k, seed=seed, starts=params.starts)


def _rule(trials: Sequence[_Trial], params: ClusterParams) -> tuple[int, tuple[str, ...]]:
    inside = [trial for trial in trials if params.k_min <= trial.k <= params.k_max]
    admissible = [trial.k for trial in inside if trial.admissible(params)]
    if admissible:
        k = max(admissible)
        at_edge = k == params.k_max or k == params.k_min > 2
        return k, ("edge_of_range",) if at_edge and params.k_min < params.k_max else ()
    pool = [trial for trial in inside if trial.large_enough(params)] or inside
    best = max(pool, key=lambda trial: (trial.prediction_strength, -trial.k))
    return best.k, ("none_admissible",)


def _seed_agreement(X: FloatArray, k: int, params: ClusterParams, *, seed: int) -> float:
    fits = [_fit(X, k, params, seed=branch) for branch in spawn_seeds((seed, k, 4), _OTHER_SEEDS)]
    pairs = combinations(fits, 2)
    return float(np.mean([adjusted_rand(one.labels, other.labels) for one, other in pairs]))


def _table(trials: Sequence[_Trial], k: int, params: ClusterParams) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                **asdict(trial),
                "admissible": trial.admissible(params),
                "chosen": trial.k == k,
                "reason": trial.reason(params),
            }
            for trial in trials
        ]
    )


def _least(params: ClusterParams) -> str:
    return f"{params.min_share:.1%} or {params.min_size} customers"


def _sentence(
    trials: Sequence[_Trial], k: int, ruled: int, flags: tuple[str, ...], params: ClusterParams
) -> str:
    by_k = {trial.k: trial for trial in trials}
    strength = f"prediction strength {by_k[k].prediction_strength:.2f}"
    bar = f"{params.prediction_strength:.2f}"
    if "override" in flags:
        return (
            f"{k} segments were set by hand: {str(params.k_reason).rstrip('.')}. "
            f"They have a {strength} (the bar is {bar}); the rule alone gives {ruled}."
        )
    if "none_admissible" in flags:
        return (
            f"No number of segments from {params.k_min} to {params.k_max} comes back on other "
            f"halves of the customers (prediction strength at least {bar}) with none under "
            f"{_least(params)}. {k} segments are a working cut: the one that comes "
            f"closest, with a {strength}."
        )
    sentence = (
        f"{k} segments are the most that come back on other halves of the customers ({strength}, "
        f"at least {bar} is asked for) with none under {_least(params)}: the smallest has "
        f"{by_k[k].size}."
    )
    if k + 1 in by_k:
        sentence += f" {k + 1} segments fail: {by_k[k + 1].reason(params)}."
    return sentence


def _warning(flag: str, k: int, agreement: float, params: ClusterParams) -> str:
    return {
        "override": f"The number of segments ({k}) was decided by a person, not by the rule.",
        "none_admissible": f"{k} segments are a working cut: other halves of the customers give "
        "other segments.",
        "edge_of_range": f"{k} is the end of the range that was tried ({params.k_min} to "
        f"{params.k_max}); widen cluster.k_min or cluster.k_max and look again.",
        "seed_dependent": f"Fits with other seeds agree only by {agreement:.2f} (adjusted Rand "
        f"index, {_SEED_AGREEMENT:.2f} is the bar): the segments depend on chance.",
    }[flag]
