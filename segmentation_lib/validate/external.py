"""Do segments behave differently in the quarter after they were made?

Only outcomes of the quarter are tested, and only customers who were in a segment when it opened.
A test of a feature that made the segments would be circular: it rejects on data without segments.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.stats import effect_size, holm, permuted_welch

__all__ = ["circular_fault", "kpi_effects", "kpi_names"]

_COLUMNS = ["kpi", "effect", "effect_low", "effect_high", "p_value", "p_corrected", "customers"]


def kpi_names(
    outcomes: pd.DataFrame, dictionary: pd.DataFrame, declared: Sequence[str] | None
) -> list[str]:
    """Return the KPIs to test: those declared, or all outcomes of the quarter.

    Args:
        outcomes: The artefact ``outcomes``.
        dictionary: The artefact ``data_dictionary``.
        declared: ``kpis`` of the parameters.

    Raises:
        ContractError: A declared KPI is a segmenting feature (the test would be circular), or
            the quarter has no such outcome.
    """
    known = [column for column in outcomes.columns if column != "customer_id"]
    if declared is None:
        return known
    segmenting = set(dictionary.loc[dictionary["role"] == "segmenting", "name"])
    faults = []
    for name in declared:
        if name in segmenting:
            faults.append(circular_fault("kpis", name, known))
        elif name not in known:
            faults.append(
                Fault(
                    "kpis",
                    f"{name} is not an outcome of the quarter",
                    "KPIs are outcomes measured after the segments were made",
                    "Known here: " + ", ".join(known) + ".",
                    "unknown_kpi",
                )
            )
    if faults:
        raise ContractError(faults)
    return list(declared)


def circular_fault(where: str, name: str, outcomes: Sequence[str]) -> Fault:
    """Return the fault of a test of a feature across the segments that it made.

    Args:
        where: The parameter or table that names the feature.
        name: The feature.
        outcomes: Outcomes of the quarter that could be tested instead.
    """
    return Fault(
        where,
        f"{name} is a feature that makes the segments",
        "testing it across the segments is circular: it always differs",
        "Name an outcome of the quarter instead: " + ", ".join(outcomes) + ".",
        "circular",
    )


def kpi_effects(
    outcomes: pd.DataFrame,
    assignments: pd.DataFrame,
    kpis: Sequence[str],
    *,
    seed: int,
    permutations: int = 999,
    judges: pd.Series | None = None,
    segmenting: Collection[str] = (),
) -> pd.DataFrame:
    """Test each KPI across segments.

    Args:
        outcomes: One row per customer; KPI columns, missing where a KPI does not apply.
        assignments: The artefact ``assignments_open``.
        kpis: Columns of ``outcomes`` to test.
        seed: Seed of permutations and resampling.
        permutations: Permutations of each test.
        judges: IDs of the customers who may judge; everybody when None. Where KPIs helped to
            choose the segments, only those who were left out of the choice: a test on the same
            customers claims a difference in 30 % of cases without one.
        segmenting: Features that made the segments, none of which may be tested.

    Returns:
        The artefact ``kpi_effects``: epsilon squared with its 95 % interval, the p-value of the
        permuted Welch test and its Holm correction over the KPIs. A KPI that cannot be tested
        (fewer than two segments with two values, or no variation) has empty numbers.

    Raises:
        ContractError: A KPI is one of the features that made the segments.
    """
    circular = [name for name in kpis if name in set(segmenting)]
    if circular:
        others = [c for c in outcomes.columns if c not in {"customer_id", *segmenting}]
        raise ContractError([circular_fault("kpis", name, others) for name in circular])
    placed = assignments.loc[assignments["segment_id"].notna(), ["customer_id", "segment_id"]]
    if judges is not None:
        placed = placed[placed["customer_id"].isin(set(judges))]
    joined = placed.merge(outcomes, on="customer_id", how="inner").sort_values("customer_id")
    rows = [
        _test(name, joined, seed=(seed, place), permutations=permutations)
        for place, name in enumerate(kpis)
    ]
    effects = pd.DataFrame(rows, columns=[c for c in _COLUMNS if c != "p_corrected"])
    effects["p_corrected"] = holm(effects["p_value"].to_numpy(dtype=np.float64))
    return effects[_COLUMNS]


def _test(
    kpi: str, joined: pd.DataFrame, *, seed: Sequence[int], permutations: int
) -> tuple[str, float, float, float, float, int]:
    known = joined[joined[kpi].notna()]
    sizes = known["segment_id"].value_counts()
    known = known[known["segment_id"].isin(sizes.index[sizes >= 2])]
    values = known[kpi].to_numpy(dtype=np.float64)
    groups, found = pd.factorize(known["segment_id"], sort=True)
    if len(found) < 2 or np.ptp(values) == 0:
        return kpi, np.nan, np.nan, np.nan, np.nan, len(known)
    labels = groups.astype(np.int64)
    effect = effect_size(values, labels, seed=[*seed, 1])
    test = permuted_welch(values, labels, seed=[*seed, 2], permutations=permutations)
    return kpi, effect.estimate, effect.low, effect.high, test.p_value, len(known)
