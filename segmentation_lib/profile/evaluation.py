"""How attractive each segment is, and how well we can serve it, by criteria declared beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.params import Criteria
from segmentation_lib.profile.wording import listing, number, titled
from segmentation_lib.words import kpi_name

__all__ = ["KINDS", "Evaluation", "evaluate_segments", "evaluation_sentence", "move_weight"]

KINDS = ("attractiveness", "fit")
_PARTS = ["segment_id", "kind", "measure", "value", "scaled", "weight", "part", "post_hoc"]


@dataclass(frozen=True)
class Evaluation:
    """Segments by attractiveness and fit (Dolnicar, Grün and Leisch 2018, step 8).

    Attributes:
        segments: A row per segment: ``segment_id``, ``attractiveness`` and ``fit`` (0 to 1; empty
            where no weights were declared), ``value`` (the bubble), ``customers``,
            ``knocked_out`` (fails a knock-out), ``post_hoc`` (a criterion came after the
            segments) and ``missing`` (measures without a value, as text).
        parts: A row per segment and measure: ``kind``, ``measure``, ``value``, ``scaled`` (0 for
            the smallest of all segments, 1 for the largest), ``weight``, ``part`` (their product)
            and ``post_hoc``. The parts of a segment and kind sum to its score.
    """

    segments: pd.DataFrame
    parts: pd.DataFrame

    @property
    def is_complete(self) -> bool:
        """Whether both scores are there, so that the picture can be drawn."""
        scores = self.segments[list(KINDS)]
        return bool(len(scores) and scores.notna().to_numpy().all())


def evaluate_segments(criteria: Criteria, table: pd.DataFrame, value: pd.DataFrame) -> Evaluation:
    """Score the segments by the declared weights.

    Each measure is put on a scale from 0 (the smallest of these segments) to 1 (the largest), so
    that euros and customers can be weighed; a measure in which all are equal counts one half for
    everybody. A score is the weighted sum. It is relative to the other segments of this quarter:
    it says which segment is the better one to serve, never that any is good. A segment whose
    measure is not known gets 0 for it, as it would not pass a knock-out either.

    Args:
        criteria: The section ``criteria`` of the parameters; its weights count.
        table: The artefact ``criteria``: ``segment_id``, ``kind``, ``measure``, ``value``,
            ``passed`` and ``post_hoc``.
        value: The artefact ``segment_value``; its ``value`` makes the bubbles.

    Returns:
        The scores, sorted by segment; no rows where neither weights nor knock-outs are declared.
    """
    parts = _parts(criteria, table)
    ids = sorted(set(table["segment_id"].astype("str")))
    worth = value.set_index("segment_id")
    knock_outs = table[table["kind"] == "knock-out"]
    failed = knock_outs.loc[~knock_outs["passed"].astype("boolean").fillna(False), "segment_id"]
    segments = pd.DataFrame({"segment_id": pd.Series(ids, dtype="str")})
    for kind in KINDS:
        sums = parts[parts["kind"] == kind].groupby("segment_id")["part"].sum()
        segments[kind] = segments["segment_id"].map(sums).astype("float64")
    for column in ("value", "customers"):
        segments[column] = segments["segment_id"].map(worth[column]).astype("float64")
    segments["knocked_out"] = segments["segment_id"].isin(set(failed))
    late = set(table.loc[table["post_hoc"].astype(bool), "segment_id"])
    segments["post_hoc"] = segments["segment_id"].isin(late)
    unknown = parts[parts["value"].isna()].groupby("segment_id")["measure"].agg(_named)
    segments["missing"] = [str(unknown.get(name, "")) for name in ids]
    return Evaluation(segments, parts)


def move_weight(criteria: Criteria, kind: str, measure: str, weight: float) -> Criteria:
    """Give a measure another weight; the other weights of its kind shrink or grow in proportion.

    Args:
        criteria: The criteria.
        kind: ``attractiveness`` or ``fit``.
        measure: One of its measures.
        weight: The new weight, above 0 and under 1.

    Raises:
        ValueError: There is no such weight, or the new one is out of range.
    """
    weights: Mapping[str, float] = getattr(criteria, kind) if kind in KINDS else {}
    if measure not in weights:
        raise ValueError(f"criteria.{kind} has no weight for {measure}; declare one first")
    if len(weights) < 2 or not 0 < weight < 1:
        raise ValueError(f"weight = {weight:g}, must be between 0 and 1 with another one beside it")
    rest = 1 - weights[measure]
    moved = {
        name: weight if name == measure else own * (1 - weight) / rest
        for name, own in weights.items()
    }
    return criteria.model_copy(update={kind: moved})


def evaluation_sentence(evaluation: Evaluation, names: Mapping[str, str] | None = None) -> str:
    """Say which segment comes out best, by what, and how far to trust it.

    Args:
        evaluation: What `evaluate_segments` returned.
        names: Names of the segments.
    """
    table = evaluation.segments
    scored = table[table[list(KINDS)].notna().all(axis=1) & ~table["knocked_out"]]
    if scored.empty and evaluation.is_complete:
        return "Every segment fails a knock-out criterion, so none is proposed to be served first."
    if scored.empty:
        return (
            "No weights were declared for both attractiveness and fit, so segments are not "
            "compared by what makes one worth serving. Declare them before the segments are made: "
            "criteria.attractiveness and criteria.fit in the parameter file, such as share: 0.6 "
            "and revenue: 0.4."
        )
    total = scored[list(KINDS)].sum(axis=1).round(9)
    best = scored.assign(total=total).sort_values(
        ["total", "segment_id"], ascending=[False, True]
    ).iloc[0]  # fmt: skip
    parts = [
        f"{kind} {number(best[kind])} (by {_measures(evaluation.parts, kind)})" for kind in KINDS
    ]
    late = (
        " A criterion was declared after the segments were made: read this as an exploration."
        if table["post_hoc"].any()
        else ""
    )
    who = titled(str(best["segment_id"]), names or {})
    return (
        f"By the declared weights, {who} is the best one to serve: {listing(parts)}, on scales "
        f"from the weakest segment to the strongest.{late}"
    )


def _parts(criteria: Criteria, table: pd.DataFrame) -> pd.DataFrame:
    found = []
    for kind in KINDS:
        for measure, weight in getattr(criteria, kind).items():
            rows = table[(table["kind"] == kind) & (table["measure"] == measure)]
            scaled = _scaled(rows["value"].to_numpy(dtype=np.float64, na_value=np.nan))
            found.append(
                pd.DataFrame(
                    {
                        "segment_id": rows["segment_id"].astype("str").to_numpy(),
                        "kind": kind,
                        "measure": measure,
                        "value": rows["value"].to_numpy(dtype=np.float64, na_value=np.nan),
                        "scaled": scaled,
                        "weight": weight,
                        "part": weight * scaled,
                        "post_hoc": rows["post_hoc"].astype(bool).to_numpy(),
                    }
                )
            )
    if not found:
        return pd.DataFrame(columns=_PARTS)
    parts = pd.concat(found, ignore_index=True)
    return parts.sort_values("segment_id", kind="stable", ignore_index=True)[_PARTS]


def _scaled(values: np.ndarray) -> np.ndarray:
    known = values[np.isfinite(values)]
    if len(known) == 0:
        return np.zeros(len(values))
    low, high = float(known.min()), float(known.max())
    scale = np.full(len(values), 0.5) if high == low else (values - low) / (high - low)
    return np.where(np.isfinite(values), scale, 0.0)


def _named(measures: pd.Series) -> str:
    return ", ".join(sorted({kpi_name(str(name)) for name in measures}))


def _measures(parts: pd.DataFrame, kind: str) -> str:
    return listing([kpi_name(str(name)) for name in dict.fromkeys(
        parts.loc[parts["kind"] == kind, "measure"])])  # fmt: skip
