"""How many segments: the fewest that no larger number improves on, among those that come back.

Coming back on other customers is not yet proof of groups: that is the next stage's question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.cluster.algorithms import algorithm as named_algorithm
from segmentation_lib.cluster.candidates import (
    STRENGTH_ROWS,
    Candidate,
    published_starts,
    scan_rows,
    try_candidate,
    with_jaccard,
)
from segmentation_lib.cluster.choice_words import (
    choice_sentence,
    choice_table,
    seed_words,
    warning,
)
from segmentation_lib.cluster.parsimony import Parsimony, literal_k, parsimony
from segmentation_lib.cluster.pick_algorithm import Pick, pick_algorithm
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.params import ClusterParams
from segmentation_lib.stats.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    one_thread,
)
from segmentation_lib.stats.global_stability import seed_agreement

__all__ = ["KChoice", "choose_k"]

_SEEDS = 4
_SEED_AGREEMENT = 0.8
# How far under the bar of the prediction strength a bootstrap may still save segments, and only
# where halves hold too few of the smallest one to agree: under 50 of 100. Otherwise k-means passes
# bootstraps with one segment too many.
_WORTH_A_BOOTSTRAP = 0.1
_FEW = 100


@dataclass(frozen=True)
class KChoice:
    """The chosen number of segments and algorithm, and why.

    Attributes:
        k: Number of segments.
        algorithm: Name of the algorithm that finds them.
        table: One row per algorithm and number tried: ``algorithm, k, prediction_strength,
            jaccard, silhouette, davies_bouldin, explained_share, smallest_share, smallest_size,
            kpi, kpi_gain, kpi_gain_p, admissible, chosen, reason``. ``kpi_gain`` is the share of
            the variance of ``kpi``, in ranks, that this number adds to the next smaller
            admissible one. Values that were not needed are missing.
        sentence: Why this number, in plain words.
        warnings: Sentences on what to be careful about; empty if there is nothing.
        flags: Codes of the warnings, and of an override: ``override``, ``none_admissible``,
            ``no_kpi_differs``, ``edge_of_range``, ``seed_dependent``.
        seed_agreement: Mean adjusted Rand index between fits with other seeds, 0 to 1; 0 where
            another seed gives no segments.
        found_share: Share of the starts that found the best solution; NaN where the algorithm
            does not say.
        literal_k: Smallest number with large enough segments and a KPI that differs at p < .05,
            uncorrected; None without KPIs or where none differs. A plain reading of a common
            rule, for comparison: it stops too early.
        kpis_used: Whether KPIs had a say in the number, so that they must be judged on the
            customers who did not choose. A person who sets the number has seen what they say.
    """

    k: int
    algorithm: str
    table: pd.DataFrame
    sentence: str
    warnings: tuple[str, ...]
    flags: tuple[str, ...]
    seed_agreement: float
    found_share: float
    literal_k: int | None
    kpis_used: bool

    @property
    def seed_sentence(self) -> str:
        """How much chance there is in the starts, in words."""
        return seed_words(self.seed_agreement, self.found_share, bar=_SEED_AGREEMENT)

    @property
    def literal_sentence(self) -> str:
        """What the plain reading of a common rule would take; empty if it says no other number."""
        if self.literal_k is None or self.literal_k == self.k:
            return ""
        ruled = self.kpis_used and "override" not in self.flags
        early = "; it stops too early" if ruled and self.literal_k < self.k else ""
        return (
            "The common rule (stop at the first number with any KPI at p < 0.05) would take "
            f"{self.literal_k}{early}."
        )

    def to_json(self) -> dict[str, Any]:
        """Return all but the table as plain JSON values: the artefact ``choice``."""
        return {
            "k": self.k,
            "algorithm": self.algorithm,
            "sentence": self.sentence,
            "warnings": list(self.warnings),
            "flags": list(self.flags),
            "seed_agreement": self.seed_agreement,
            "found_share": None if np.isnan(self.found_share) else self.found_share,
            "literal_k": self.literal_k,
            "kpis_used": self.kpis_used,
        }


def choose_k(
    X: FloatArray,
    params: ClusterParams,
    *,
    seed: int,
    outcomes: pd.DataFrame | None = None,
    kpis: Sequence[str] = (),
    chooses: BoolArray | None = None,
) -> KChoice:
    """Choose the number of segments and the algorithm that finds them.

    1. For each number, the algorithm that the evidence picks (`pick_algorithm.pick_algorithm`).
    2. Admissible: the prediction strength (Tibshirani & Walther 2005) reaches its bar, or comes
       close where a segment is small and every bootstrap Jaccard reaches .75 (Hennig 2007); and
       no segment is too small to act on.
    3. With KPIs: the smallest admissible number that no larger one improves on for a KPI
       (`parsimony.parsimony`), on the customers that hold the choice.
    4. Without KPIs, or where none differs: the largest admissible number.

    Args:
        X: Customers as points, shape (customers, columns), without missing values.
        params: Algorithms, range, thresholds, and the override ``k``.
        seed: Seed of all splits, samples and starts.
        outcomes: What the same customers did in the quarter, in the order of ``X``; NaN where a
            KPI does not apply.
        kpis: Columns of ``outcomes`` that segments should differ in.
        chooses: Who holds the choice; None for everybody, and then nobody is left to judge it.

    Raises:
        ValueError: ``outcomes`` or ``chooses`` have other rows than ``X``, or a KPI is missing.
        ContractError: No listed algorithm can group these customers.
    """
    measures = _measures(X, outcomes, kpis, chooses)
    rows = scan_rows(len(X), seed=seed)
    scan = X[rows]
    with one_thread():
        candidates = _candidates(scan, params, seed=seed, customers=len(X))
        picks = _picks(scan, candidates, params, seed=seed)
        picks = _bootstrapped(scan, picks, params, seed=seed)
        found, literal = _ask_kpis(picks, measures, rows, chooses, params)
        ruled, flags = _rule(picks, found, params)
        k = params.k or ruled
        used = picks[k].candidate
        if used.failure:
            raise ContractError([_refused(used)])
        agreement = _seed_agreement(scan, used, params, seed=seed)
    if params.k:
        flags = ("override",)
    if agreement < _SEED_AGREEMENT:
        flags = (*flags, "seed_dependent")
    return KChoice(
        k=k,
        algorithm=used.algorithm,
        table=choice_table(candidates, picks, found, k, params),
        sentence=choice_sentence(picks, found, k, ruled, flags, params),
        warnings=tuple(warning(flag, k, agreement, params, bar=_SEED_AGREEMENT) for flag in flags),
        flags=flags,
        seed_agreement=agreement,
        found_share=used.found_share,
        literal_k=literal,
        kpis_used=_kpis_used(found, params),
    )


def _kpis_used(found: Parsimony | None, params: ClusterParams) -> bool:
    if found is None:
        return False
    return bool(params.k) or (found.k is not None and len(found.differs) > 1)


def _measures(
    X: FloatArray,
    outcomes: pd.DataFrame | None,
    kpis: Sequence[str],
    chooses: BoolArray | None,
) -> pd.DataFrame | None:
    if chooses is not None and len(chooses) != len(X):
        raise ValueError(f"chooses has {len(chooses)} rows, X has {len(X)}; give one flag a row")
    if outcomes is None or not kpis:
        return None
    if len(outcomes) != len(X):
        raise ValueError(f"outcomes has {len(outcomes)} rows, X has {len(X)}; align them first")
    if unknown := [name for name in kpis if name not in outcomes.columns]:
        raise ValueError(f"kpis: {', '.join(unknown)} not in outcomes; name columns of outcomes")
    return outcomes[list(kpis)]


def _ask_kpis(
    picks: Mapping[int, Pick],
    measures: pd.DataFrame | None,
    rows: IntArray,
    chooses: BoolArray | None,
    params: ClusterParams,
) -> tuple[Parsimony | None, int | None]:
    """What the KPIs ask for, and the literal rule's number, on the customers who choose."""
    if measures is None:
        return None, None
    holds = np.ones(len(rows), dtype=np.bool_) if chooses is None else chooses[rows]
    kpis = measures.iloc[rows[holds]]
    fitted = {k: pick.candidate for k, pick in picks.items() if _inside(k, params)}
    large = {k: one.labels[holds] for k, one in fitted.items() if one.large_enough(params)}
    admissible = {k: labels for k, labels in large.items() if fitted[k].admissible(params)}
    return parsimony(kpis, admissible, level=params.parsimony_p), literal_k(kpis, large)


def _inside(k: int, params: ClusterParams) -> bool:
    return params.k_min <= k <= params.k_max


def _candidates(
    X: FloatArray, params: ClusterParams, *, seed: int, customers: int
) -> list[Candidate]:
    tried = sorted({*range(params.k_min, params.k_max + 1), *([params.k] if params.k else [])})
    candidates = [
        try_candidate(X, name, k, params, seed=seed, customers=customers)
        for name in params.algorithms
        for k in tried
    ]
    if all(candidate.failure for candidate in candidates):
        raise ContractError([_refused(candidates[0])])
    return candidates


def _refused(candidate: Candidate) -> Fault:
    return Fault(
        "cluster.algorithms",
        f"{candidate.spoken} refuses these customers: {candidate.failure.rstrip('.')}",
        "an algorithm must be able to make the segments",
        "List another algorithm, or leave cluster.algorithms out for the default.",
        "algorithm_refused",
    )


def _picks(
    X: FloatArray, candidates: Sequence[Candidate], params: ClusterParams, *, seed: int
) -> dict[int, Pick]:
    numbers = sorted({candidate.k for candidate in candidates})
    return {
        k: pick_algorithm(X, [one for one in candidates if one.k == k], params, seed=seed)
        for k in numbers
    }


def _bootstrapped(
    X: FloatArray, picks: Mapping[int, Pick], params: ClusterParams, *, seed: int
) -> dict[int, Pick]:
    """Give a second chance, by bootstrap, to segments whose halves are too small to agree."""
    second = {}
    for k, pick in picks.items():
        one = pick.candidate
        missing = params.prediction_strength - one.prediction_strength
        few = one.smallest_share * min(len(X), STRENGTH_ROWS) < _FEW
        if few and 0 < missing <= _WORTH_A_BOOTSTRAP and one.large_enough(params):
            one = replace(one, jaccard=with_jaccard(X, one, params, seed=(seed, k, 6)))
        second[k] = replace(pick, candidate=one)
    return second


def _rule(
    picks: Mapping[int, Pick], found: Parsimony | None, params: ClusterParams
) -> tuple[int, tuple[str, ...]]:
    inside = {k: pick.candidate for k, pick in picks.items() if _inside(k, params)}
    admissible = [k for k, one in inside.items() if one.admissible(params)]
    if not admissible:
        pool = [one for one in inside.values() if one.large_enough(params)]
        fitted = pool or [one for one in inside.values() if not one.failure]
        best = max(fitted, key=lambda one: (one.prediction_strength, -one.k))
        return best.k, ("none_admissible",)
    if found is not None and found.k is not None:
        return found.k, _edge(found.k, params)
    k = max(admissible)
    return k, (*(() if found is None else ("no_kpi_differs",)), *_edge(k, params))


def _edge(k: int, params: ClusterParams) -> tuple[str, ...]:
    at_edge = k == params.k_max or k == params.k_min > 2
    return ("edge_of_range",) if at_edge and params.k_min < params.k_max else ()


def _seed_agreement(X: FloatArray, used: Candidate, params: ClusterParams, *, seed: int) -> float:
    name = used.algorithm
    try:
        return seed_agreement(
            X,
            used.k,
            named_algorithm(name, sample_size=params.sample_size),
            seed=(seed, used.k, 4),
            starts=published_starts(name, params),
            seeds=_SEEDS,
        )
    except ValueError:
        # Other starts end in no segments at all: nothing depends on chance more than that.
        return 0.0
