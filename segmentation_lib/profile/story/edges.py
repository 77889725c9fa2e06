"""Links of a trait and an outcome, each with its effect, interval and grade."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.params.stories import Belief
from segmentation_lib.profile.story.evidence import Grade
from segmentation_lib.profile.wording import amount, number, percent, titled
from segmentation_lib.stats.rank_correlation import rank_correlation
from segmentation_lib.words import feature_words, kpi_words

__all__ = [
    "EDGE_COLUMNS",
    "EVERYONE",
    "belief_edges",
    "edge_frame",
    "experiment_edges",
    "segment_edges",
    "trait_edges",
]

EDGE_COLUMNS = ("edge", "segment_id", "trait", "outcome", "effect", "low", "high", "measure",
                "customers", "grade", "source", "said", "sentence")  # fmt: skip
EVERYONE = "(all)"
_SEGMENT_TRAIT = "segment"


def trait_edges(
    pairs: Sequence[tuple[str, str]],
    features: pd.DataFrame,
    outcomes: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    judges: pd.Series | None = None,
) -> pd.DataFrame:
    """Measure how far customers with more of a trait at the open had more of an outcome after it.

    The effect is Spearman's rank correlation with its 95 % interval. The outcome came after the
    trait, yet something else may stand behind both: an association, whatever its size.

    Args:
        pairs: Trait and outcome, best those of the declared expectations; repeats count once.
        features: The artefact ``features_open``.
        outcomes: The artefact ``outcomes``.
        assignments: The artefact ``assignments_open``; customers in a segment count.
        judges: IDs of the customers who may judge; everybody when None.

    Returns:
        Edges, see `cause_map`. Pairs that are not both numbers, or cannot be measured, are left
        out.
    """
    placed = assignments.loc[assignments["segment_id"].notna(), ["customer_id"]]
    if judges is not None:
        placed = placed[placed["customer_id"].isin(set(judges))]
    traits = placed.merge(features, on="customer_id", how="left").set_index("customer_id")
    results = placed.merge(outcomes, on="customer_id", how="left").set_index("customer_id")
    edges = []
    for trait, outcome in dict.fromkeys(pairs):
        if not (_is_number(traits, trait) and _is_number(results, outcome)):
            continue
        x = traits[trait].to_numpy(dtype=np.float64, na_value=np.nan)
        y = results[outcome].to_numpy(dtype=np.float64, na_value=np.nan)
        found = rank_correlation(x, y)
        if math.isnan(found.value):
            continue
        said = (
            f"rank correlation {number(found.value)} "
            f"(95% interval {number(found.low)} to {number(found.high)})"
        )
        edges.append(
            _edge(
                trait=trait,
                outcome=outcome,
                effect=found.value,
                low=found.low,
                high=found.high,
                measure="rank correlation",
                customers=int((np.isfinite(x) & np.isfinite(y)).sum()),
                grade=Grade.ASSOCIATION,
                source="features_open and outcomes",
                said=said,
                sentence=_association(trait, outcome, found.low, found.high, said),
            )
        )
    return edge_frame(edges)


def segment_edges(kpi_effects: pd.DataFrame) -> pd.DataFrame:
    """Enter how much the segment at the open says about each outcome of the quarter.

    Args:
        kpi_effects: The artefact ``kpi_effects``.

    Returns:
        Edges from ``segment`` to each KPI, with the share of the differences between customers
        that goes with the segment, 0 to 1.
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
            _edge(
                trait=_SEGMENT_TRAIT,
                outcome=str(row["kpi"]),
                effect=float(row["effect"]),
                low=float(row["effect_low"]),
                high=float(row["effect_high"]),
                measure="share of differences",
                customers=int(row["customers"]),
                grade=Grade.ASSOCIATION,
                source="kpi_effects",
                said=said,
                sentence=f"In {kpi_words(str(row['kpi']))}, the segment goes with {said}.",
            )
        )
    return edge_frame(edges)


def experiment_edges(
    table: pd.DataFrame,
    *,
    outcome: str = "revenue",
    grade: Grade = Grade.EXPERIMENT,
    currency: str = "",
    names: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Enter what tests with a control group showed.

    Args:
        table: A row per experiment, arm and segment: ``experiment_id``, ``arm``, ``segment_id``,
            ``incremental``, ``low``, ``high``, ``verdict`` (``more``, ``less``, ``no difference
            shown``; all else is left out), ``customers`` and ``control_customers``. This is what
            ``value.incremental_revenue`` returns.
        outcome: The outcome that was compared.
        grade: ``quasi-experiment`` for a comparison without a draw by lot.
        currency: Three-letter code where the outcome is money; empty for bare numbers.
        names: Names of the segments.

    Returns:
        Edges from the treatment (``EXP-001 treatment``) to the outcome. Only an experiment that
        showed a difference says "causes".
    """
    edges = []
    verdicts = ("more", "less", "no difference shown")
    for row in table[table["verdict"].isin(verdicts)].to_dict("records"):
        segment_id, treatment = str(row["segment_id"]), f"{row['experiment_id']} {row['arm']}"
        low, high = _figure(row["low"], currency), _figure(row["high"], currency)
        said = (
            f"{_figure(row['incremental'], currency)} per customer (95% interval {low} to {high})"
        )
        who = "all customers" if segment_id == EVERYONE else titled(segment_id, names or {})
        what = kpi_words(outcome)
        if row["verdict"] == "no difference shown":
            sentence = f"{treatment} shows no difference in {what} for {who}: {said}."
        elif grade.earns_causes:
            sentence = f"{treatment} causes {row['verdict']} {what} for {who}: {said}."
        else:
            sentence = f"{treatment} goes with {row['verdict']} {what} for {who}: {said}."
        edges.append(
            _edge(
                segment_id=segment_id,
                trait=treatment,
                outcome=outcome,
                effect=float(row["incremental"]),
                low=float(row["low"]),
                high=float(row["high"]),
                measure="difference per customer",
                customers=int(row["customers"] + row["control_customers"]),
                grade=grade,
                source="incremental",
                said=said,
                sentence=sentence,
            )
        )
    return edge_frame(edges)


def belief_edges(
    beliefs: Iterable[Belief], *, names: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Enter what people believe; no number belongs to a belief.

    Args:
        beliefs: ``beliefs`` of ``stories.yaml``.
        names: Names of the segments.
    """
    edges = []
    for belief in beliefs:
        more = "higher" if belief.direction == "positive" else "lower"
        who = "" if belief.segment == EVERYONE else f" in {titled(belief.segment, names or {})}"
        why = f" {belief.because.rstrip('.')}." if belief.because else ""
        said = f"believed: {more}, not measured"
        sentence = (
            f"It is believed that higher {feature_words(belief.trait)} goes with {more} "
            f"{kpi_words(belief.outcome)}{who}; this is an assumption.{why}"
        )
        edges.append(
            _edge(
                segment_id=belief.segment,
                trait=belief.trait,
                outcome=belief.outcome,
                measure="belief",
                grade=Grade.ASSUMPTION,
                source="stories.yaml",
                said=said,
                sentence=sentence,
            )
        )
    return edge_frame(edges)


def _association(trait: str, outcome: str, low: float, high: float, said: str) -> str:
    words, kpi = feature_words(trait), kpi_words(outcome)
    if low > 0 or high < 0:
        more = "higher" if low > 0 else "lower"
        return f"Customers with higher {words} tend to have {more} {kpi}: {said}."
    return f"No link between {words} and {kpi} can be shown: {said}."


def _edge(**known: Any) -> dict[str, Any]:
    blank: dict[str, Any] = {
        "segment_id": EVERYONE,
        "effect": float("nan"),
        "low": float("nan"),
        "high": float("nan"),
        "customers": 0,
    }
    edge = {**blank, **known, "grade": known["grade"].value}
    edge["edge"] = f"{edge['segment_id']}:{edge['trait']}:{edge['outcome']}:{edge['grade']}"
    return edge


def edge_frame(edges: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return edges as a table with the columns of the map.

    Args:
        edges: The edges.
    """
    numbers = dict.fromkeys(("effect", "low", "high"), "float64")
    text = dict.fromkeys(set(EDGE_COLUMNS) - {*numbers, "customers"}, "str")
    frame = pd.DataFrame(list(edges), columns=list(EDGE_COLUMNS))
    return frame.astype({**numbers, **text, "customers": "int64"})


def _is_number(table: pd.DataFrame, column: str) -> bool:
    return column in table.columns and pd.api.types.is_numeric_dtype(table[column].dtype)


def _figure(value: float, currency: str) -> str:
    return amount(value, currency) if currency else number(value)
