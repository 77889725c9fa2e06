"""Links that were measured and not tested: of traits, and of the segments themselves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from segmentation_lib.profile.story.edges import SHARE, edge, edge_frame
from segmentation_lib.profile.story.evidence import Grade
from segmentation_lib.profile.wording import count, number, percent
from segmentation_lib.stats.intervals import Interval, holm
from segmentation_lib.stats.rank_correlation import rank_correlation, rank_correlation_p_value
from segmentation_lib.words import feature_words, kpi_words

__all__ = ["AS_EXPECTED", "OTHER_WAY", "segment_edges", "trait_edges"]

# How a declared expectation came out, where a link was shown.
AS_EXPECTED, OTHER_WAY = "as expected", "the other way"
_P = 0.05
_SEGMENT_TRAIT = "segment"
# Sizes of a correlation and what they are called (Cohen 1988).
_STRENGTHS = ((0.5, "strong"), (0.3, "moderate"), (0.1, "weak"))


def trait_edges(
    pairs: Sequence[tuple[str, str]],
    features: pd.DataFrame,
    outcomes: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    judges: pd.Series | None = None,
    expected: Mapping[tuple[str, str], str] | None = None,
) -> pd.DataFrame:
    """Measure how far customers with more of a trait at the open had more of an outcome after it.

    The effect is Spearman's rank correlation with its 95% interval. A link is shown if its
    p-value, corrected by Holm for all pairs of the map, is at most 0.05 and its interval does not
    hold 0. The outcome came after the trait, yet something else may stand behind both: an
    association, whatever its size.

    Args:
        pairs: Trait and outcome, best those of the declared expectations; repeats count once.
        features: The artefact ``features_open``.
        outcomes: The artefact ``outcomes``.
        assignments: The artefact ``assignments_open``; customers in a segment count.
        judges: IDs of the customers who may judge; everybody when None.
        expected: By pair, the direction that was declared beforehand: ``positive`` or
            ``negative``. A link to the other side says so.

    Returns:
        Edges, see `cause_map`. Pairs that are not both numbers, or cannot be measured, are left
        out.
    """
    placed = assignments.loc[assignments["segment_id"].notna(), ["customer_id"]]
    if judges is not None:
        placed = placed[placed["customer_id"].isin(set(judges))]
    traits = placed.merge(features, on="customer_id", how="left").set_index("customer_id")
    results = placed.merge(outcomes, on="customer_id", how="left").set_index("customer_id")
    found: list[_Found] = []
    for trait, outcome in dict.fromkeys(pairs):
        if not (_is_number(traits, trait) and _is_number(results, outcome)):
            continue
        x = traits[trait].to_numpy(dtype=np.float64, na_value=np.nan)
        y = results[outcome].to_numpy(dtype=np.float64, na_value=np.nan)
        customers = int((np.isfinite(x) & np.isfinite(y)).sum())
        strength = rank_correlation(x, y)
        if not math.isnan(strength.value):
            p_value = rank_correlation_p_value(x, y)
            found.append(_Found(trait, outcome, strength, p_value, customers))
    corrected = holm([one.p_value for one in found]).tolist()
    return edge_frame(
        [
            _trait_edge(
                one,
                shown=p_value <= _P and one.apart,
                looked_at=len(found),
                expected=(expected or {}).get((one.trait, one.outcome), ""),
            )
            for one, p_value in zip(found, corrected, strict=True)
        ]
    )


def segment_edges(kpi_effects: pd.DataFrame) -> pd.DataFrame:
    """Enter how much the segment at the open says about each outcome of the quarter.

    Args:
        kpi_effects: The artefact ``kpi_effects``.

    Returns:
        Edges from ``segment`` to each KPI, with the share of the differences between customers
        that goes with the segment, 0 to 1; shown if the interval and the corrected p-value agree.
    """
    edges = []
    for row in kpi_effects.to_dict("records"):
        if pd.isna(row["effect"]):
            continue
        said = (
            f"{percent(row['effect'])} of the differences between customers "
            f"(95% interval {percent(row['effect_low'])} to {percent(row['effect_high'])})"
        )
        edges.append(
            edge(
                trait=_SEGMENT_TRAIT,
                outcome=str(row["kpi"]),
                effect=float(row["effect"]),
                low=float(row["effect_low"]),
                high=float(row["effect_high"]),
                measure=SHARE,
                customers=int(row["customers"]),
                grade=Grade.ASSOCIATION,
                source="kpi_effects",
                shown=bool(row["effect_low"] > 0 and row.get("p_corrected", 0.0) <= _P),
                label=f"{percent(row['effect'])} of the differences",
                said=said,
                sentence=f"In {kpi_words(str(row['kpi']))}, the segment goes with {said}.",
            )
        )
    return edge_frame(edges)


class _Found(NamedTuple):
    trait: str
    outcome: str
    strength: Interval
    p_value: float
    customers: int

    @property
    def apart(self) -> bool:
        return self.strength.low > 0 or self.strength.high < 0


def _trait_edge(found: _Found, *, shown: bool, looked_at: int, expected: str) -> dict[str, Any]:
    strength = found.strength
    said = (
        f"rank correlation {number(strength.value)} "
        f"(95% interval {number(strength.low)} to {number(strength.high)})"
    )
    words, kpi = feature_words(found.trait), kpi_words(found.outcome)
    came = turned = ""
    if shown:
        more = "higher" if strength.value > 0 else "lower"
        sentence = f"Customers with higher {words} tend to have {more} {kpi}: {said}."
        if expected:
            came = AS_EXPECTED if (expected == "positive") == (more == "higher") else OTHER_WAY
        if came == OTHER_WAY:
            hoped = "lower" if more == "higher" else "higher"
            turned = f"expected to be {hoped}, came out {more}"
            sentence += f" That is the other way: it was expected to be {hoped}."
            said += f"; expected to be {hoped}"
    else:
        # Its own interval says otherwise: the reader is told why that is not enough.
        why = f" among the {count(looked_at)} looked at together" if found.apart else ""
        sentence = f"No link between {words} and {kpi} can be shown{why}: {said}."
    return edge(
        trait=found.trait,
        outcome=found.outcome,
        effect=strength.value,
        low=strength.low,
        high=strength.high,
        measure="rank correlation",
        customers=found.customers,
        grade=Grade.ASSOCIATION,
        source="features_open and outcomes",
        expected=came,
        shown=shown,
        label=turned or _tendency(strength.value),
        said=said,
        sentence=sentence,
    )


def _tendency(value: float) -> str:
    """Say a correlation without its number, which stands in the table."""
    strength = next((word for size, word in _STRENGTHS if abs(value) >= size), "very weak")
    return f"tends to be {'higher' if value > 0 else 'lower'}: {strength} link"


def _is_number(table: pd.DataFrame, column: str) -> bool:
    return column in table.columns and pd.api.types.is_numeric_dtype(table[column].dtype)
