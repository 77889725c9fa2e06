"""Do the segments behave as people said they would, before anyone had seen them?

What is expected is written into the parameters first: a feature, a KPI and a direction. Across the
segments, the KPI then rises or falls with the feature, or it does not. By luck alone, half of the
expectations come true; but expectations about KPIs that go together also come true together. So
luck is measured on outcomes shuffled between customers, which stay together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.params import Expectation
from segmentation_lib.stats.arrays import FloatArray, IntArray
from segmentation_lib.stats.null import rank_p_value
from segmentation_lib.validate.external import circular_fault

__all__ = ["Hits", "count_hits", "expectation_hits", "luck_of_hits"]

_COLUMNS = ["feature", "kpi", "direction", "because", "slope", "hit", "customers"]
_LUCK = 0.05


@dataclass(frozen=True)
class Hits:
    """How many expectations came true.

    Attributes:
        hits: Expectations that came true.
        total: Expectations that could be checked.
        p_value: Chance of at least as many by luck; 1 if there was nothing to check.
        tone: ``good`` if luck is a poor explanation, ``warn`` if at most half came true, ``info``
            otherwise, or if there was nothing to check.
        sentence: The finding in plain words.
    """

    hits: int
    total: int
    p_value: float
    tone: Literal["good", "info", "warn"]
    sentence: str


def expectation_hits(
    expectations: Sequence[Expectation],
    features: pd.DataFrame,
    outcomes: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    segmenting: Sequence[str] = (),
    judges: pd.Series | None = None,
) -> pd.DataFrame:
    """Check each declared expectation across the segments.

    Args:
        expectations: ``validate.expectations`` of the parameters.
        features: The artefact ``features_open``; descriptors may be named as well.
        outcomes: The artefact ``outcomes``.
        assignments: The artefact ``assignments_open``.
        segmenting: Features that made the segments; none of them may stand for a KPI.
        judges: IDs of the customers who may judge; everybody when None. See
            ``external.kpi_effects``.

    Returns:
        The artefact ``expectations``, a row per expectation in their order: ``slope`` of the
        segments' KPI means on their feature means, weighted by segment size, in the KPI's unit
        per standard deviation of the feature between customers; ``hit`` is ``yes``, ``no``, or
        empty where there is no slope (fewer than two segments, or one value only).

    Raises:
        ContractError: A feature or KPI that is not there, is not a number, or is circular.
    """
    faults = [
        fault
        for place, expected in enumerate(expectations)
        for fault in _faults(f"validate.expectations[{place}]", expected, features, outcomes,
                             segmenting)
    ]  # fmt: skip
    if faults:
        raise ContractError(faults)
    joined = _joined(features, outcomes, assignments, judges)
    segments = _segments(joined)
    rows = []
    for expected in expectations:
        feature, kpi = _numbers(joined, _feature(expected)), _numbers(joined, _kpi(expected))
        slope = _slope(segments, feature, kpi)
        hit = None if np.isnan(slope) else "yes" if _comes_true(expected, slope) else "no"
        customers = int((~np.isnan(feature) & ~np.isnan(kpi)).sum())
        rows.append(
            (expected.feature, expected.kpi, expected.direction, expected.because, slope, hit,
             customers)
        )  # fmt: skip
    return pd.DataFrame(rows, columns=_COLUMNS)


def luck_of_hits(
    expectations: Sequence[Expectation],
    features: pd.DataFrame,
    outcomes: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    seed: int,
    judges: pd.Series | None = None,
    draws: int = 199,
) -> float:
    """Return how often as many expectations come true when outcomes say nothing.

    Whole rows of outcomes are shuffled between the customers, so KPIs that go together stay
    together: tosses of a coin would take one insight for many.

    Args:
        expectations: As in `expectation_hits`, which also checks them.
        features: As in `expectation_hits`.
        outcomes: As in `expectation_hits`.
        assignments: As in `expectation_hits`.
        seed: Seed of the shuffles.
        judges: As in `expectation_hits`.
        draws: Shuffles.

    Returns:
        The rank p-value of the number of hits; 1 without expectations.
    """
    joined = _joined(features, outcomes, assignments, judges)
    segments = _segments(joined)
    about = [
        (expected, _numbers(joined, _feature(expected)), _numbers(joined, _kpi(expected)))
        for expected in expectations
    ]

    def hits(order: IntArray) -> float:
        true = [
            _comes_true(expected, _slope(segments, feature, kpi[order]))
            for expected, feature, kpi in about
        ]
        return float(sum(true))

    rng = np.random.default_rng((seed, 91))
    shuffled = [hits(rng.permutation(len(joined))) for _ in range(draws)]
    return rank_p_value(hits(np.arange(len(joined), dtype=np.int64)), np.array(shuffled))


def count_hits(expectations: pd.DataFrame, luck: float = 1.0) -> Hits:
    """Count the expectations that came true, and say what that is worth.

    Args:
        expectations: The artefact ``expectations``.
        luck: What `luck_of_hits` returned.
    """
    if expectations.empty:
        nothing = (
            "No expectation was declared (validate.expectations), so understanding was not tested."
        )
        return Hits(0, 0, 1.0, "info", nothing)
    checked = expectations["hit"].isin(["yes", "no"])
    total, hits = int(checked.sum()), int((expectations["hit"] == "yes").sum())
    if total == 0:
        nothing = (
            "None of the expectations could be checked: the segments do not differ in the "
            "features they are about."
        )
        return Hits(0, 0, 1.0, "info", nothing)
    start = f"{hits} of {total} declared expectations came true"
    chance = f"With outcomes shuffled between customers, as many do in {_percent(luck)} of cases."
    if luck <= _LUCK:
        return Hits(hits, total, luck, "good", f"{start}: more than luck would give. {chance}")
    if 2 * hits <= total:
        none = f"{start}: no more than luck would give."
        return Hits(hits, total, luck, "warn", f"{none} {chance}" if hits else none)
    few = f"{start}: too few to tell understanding from luck. {chance}"
    return Hits(hits, total, luck, "info", few)


def _percent(share: float) -> str:
    return "less than 1%" if share < 0.01 else f"{share:.0%}"


def _joined(
    features: pd.DataFrame,
    outcomes: pd.DataFrame,
    assignments: pd.DataFrame,
    judges: pd.Series | None,
) -> pd.DataFrame:
    """Return segment, features and outcomes of each judge in a segment, names told apart."""
    placed = assignments.loc[assignments["segment_id"].notna(), ["customer_id", "segment_id"]]
    if judges is not None:
        placed = placed[placed["customer_id"].isin(set(judges))]
    known = {"customer_id": "customer_id"}
    told_apart = (
        features.rename(columns=lambda name: known.get(name, f"feature {name}")),
        outcomes.rename(columns=lambda name: known.get(name, f"kpi {name}")),
    )
    joined = placed
    for table in told_apart:
        joined = joined.merge(table, on="customer_id")
    return joined.sort_values("customer_id", ignore_index=True)


def _feature(expected: Expectation) -> str:
    return f"feature {expected.feature}"


def _kpi(expected: Expectation) -> str:
    return f"kpi {expected.kpi}"


def _comes_true(expected: Expectation, slope: float) -> bool:
    return slope > 0 if expected.direction == "positive" else slope < 0


def _segments(joined: pd.DataFrame) -> IntArray:
    return pd.factorize(joined["segment_id"], sort=True)[0].astype(np.int64)


def _slope(segments: IntArray, feature: FloatArray, kpi: FloatArray) -> float:
    """Weighted least squares over the segments' means; NaN where there is no line."""
    known = ~np.isnan(feature) & ~np.isnan(kpi)
    own, x, y = segments[known], feature[known], kpi[known]
    sizes = np.bincount(own)
    if (sizes > 0).sum() < 2 or np.ptp(x) == 0:
        return float("nan")
    # Both are centred on all customers, so the weighted line goes through the origin.
    sums_x = np.bincount(own, weights=(x - x.mean()) / x.std())
    sums_y = np.bincount(own, weights=y - y.mean())
    sizes = np.maximum(sizes, 1)
    across = float((sums_x**2 / sizes).sum())
    if across <= 1e-12 * len(x):
        return float("nan")
    return float((sums_x * sums_y / sizes).sum() / across)


def _numbers(table: pd.DataFrame, column: str) -> FloatArray:
    return np.asarray(table[column].to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)


def _faults(
    where: str,
    expected: Expectation,
    features: pd.DataFrame,
    outcomes: pd.DataFrame,
    segmenting: Sequence[str],
) -> list[Fault]:
    known = [str(column) for column in outcomes.columns if column != "customer_id"]
    if expected.kpi in segmenting:
        return [circular_fault(f"{where}.kpi", expected.kpi, known)]
    faults = []
    for part, name, table in (
        ("feature", expected.feature, features),
        ("kpi", expected.kpi, outcomes),
    ):
        numbers = [
            str(column)
            for column in table.columns
            if column != "customer_id" and (pd.api.types.is_numeric_dtype(table[column].dtype))
        ]
        if name not in numbers:
            found = "is not a number" if name in table.columns else "is not there"
            faults.append(
                Fault(
                    f"{where}.{part}",
                    f"{name} {found}",
                    "an expectation needs a number of the opening and an outcome of the quarter",
                    f"Known here: {', '.join(numbers)}.",
                    "unknown_expectation",
                )
            )
    return faults
