"""What to build first for which segment: reach x value x effect x confidence / effort."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from segmentation_lib.params.registers.priorities import Priority, Term
from segmentation_lib.profile.wording import amount, percent, plural, titled

__all__ = ["priority_sentences", "rank_priorities"]

_COLUMNS = ["rank", "id", "segment_id", "feature", "reach", "reach_source", "value",
            "value_source", "effect", "effect_given", "effect_source", "capped", "confidence",
            "effort", "score", "note"]  # fmt: skip


class _Effect(NamedTuple):
    used: float
    source: str
    capped: bool
    note: str


def rank_priorities(
    priorities: Iterable[Priority],
    segment_value: pd.DataFrame,
    evidence: pd.DataFrame,
    *,
    effect_cap: float = 0.05,
) -> pd.DataFrame:
    """Rank features by expected value per week of work, every term and its source shown.

    The score is reach x value x effect x confidence / effort: money per quarter and week of work.
    It grows with each of the first four terms and falls with effort. An effect without evidence
    counts as at most ``effect_cap``: a guess must not outrank what was measured.

    Args:
        priorities: The register ``priorities``.
        segment_value: The artefact ``segment_value``: reach and value where none are given.
        evidence: The artefact ``evidence`` (``id``, ``grade``). An effect whose evidence is not
            among them counts as an assumption, and one from an experiment needs evidence of that
            grade.
        effect_cap: The most that an effect without evidence counts.

    Returns:
        The artefact ``priorities``, best first: ``rank`` (missing without a score), ``id``,
        ``segment_id``, ``feature``, the terms (``reach`` in customers, ``value`` per customer and
        quarter, ``effect`` as used and as given, ``confidence``, ``effort`` in weeks) with their
        sources (``experiment``, ``data``, ``assumption``), ``capped``, ``score`` and ``note``.

    Raises:
        ValueError: The cap is negative.
    """
    if effect_cap < 0:
        raise ValueError(f"effect_cap = {effect_cap:g}, must be 0 or more")
    measured = segment_value.set_index("segment_id")
    grades: dict[str, str] = dict(zip(evidence["id"], evidence["grade"], strict=True))
    rows = []
    for item in priorities:
        reach, reach_source = _term(item.reach, measured, item.segment, "customers", grades)
        value, value_source = _term(item.value, measured, item.segment, "value_per_customer",
                                    grades)  # fmt: skip
        effect = _effect(item.effect, grades, effect_cap)
        score = reach * value * effect.used * item.confidence / item.effort
        note = effect.note
        if np.isnan(score):
            note = "No score: the segment has no measured reach or value; give both."
        rows.append((item.id, item.segment, item.feature, reach, reach_source, value, value_source,
                     effect.used, item.effect.value, effect.source, effect.capped,
                     item.confidence, item.effort, score, note))  # fmt: skip
    frame = pd.DataFrame(rows, columns=_COLUMNS[1:])
    frame = frame.sort_values(["score", "id"], ascending=[False, True], kind="stable")
    frame.insert(0, "rank", frame["score"].rank(ascending=False, method="min").astype("Int64"))
    return frame.reset_index(drop=True)


def priority_sentences(
    ranked: pd.DataFrame, *, names: Mapping[str, str], currency: str = "", most: int = 3
) -> list[str]:
    """Say what comes first, and what was held back for lack of evidence.

    Args:
        ranked: The artefact ``priorities``.
        names: Name of each segment, by ID.
        currency: Three-letter code.
        most: Most sentences.
    """
    known = ranked[ranked["score"].notna()]
    if known.empty:
        return ["No feature has a score; list some in priorities.yaml."]
    first = known.iloc[0]
    behind = "rests on evidence" if first["effect_source"] != "assumption" else (
        "rests on an assumed effect; test it before it is built"
    )  # fmt: skip
    said = [
        f"{first['feature']} for {titled(str(first['segment_id']), names)} comes first: "
        f"{amount(float(first['score']), currency)} a quarter for each week of work. It {behind}."
    ]
    capped = known[known["capped"]]
    if len(capped):
        worst = capped.sort_values(["effect_given", "id"], ascending=[False, True]).iloc[0]
        said.append(
            f"{len(capped)} of {plural(len(known), 'effect')} are assumed and larger than we "
            f"believe without evidence; they count as {percent(float(worst['effect']))}, such as "
            f"that of {worst['feature']} (given as {percent(float(worst['effect_given']))})."
        )
    return said[:most]


def _term(
    term: Term | None,
    measured: pd.DataFrame,
    segment: str,
    column: str,
    grades: Mapping[str, str],
) -> tuple[float, str]:
    if term is not None:
        return term.value, _source(term, grades)
    if segment not in measured.index:
        return float("nan"), "not known"
    return float(measured[column].to_dict()[segment]), "data"


def _effect(term: Term, grades: Mapping[str, str], cap: float) -> _Effect:
    source = _source(term, grades)
    if source == term.source != "assumption":
        return _Effect(term.value, source, False, f"Effect from {term.evidence}.")
    note = "The effect is an assumption."
    if source != term.source:
        known = grades.get(term.evidence)
        found = f"is of grade {known}" if known else "is not among the evidence of this quarter"
        note = f"Given as {term.source}, but {term.evidence} {found}."
    if source != "assumption" or term.value <= cap:
        return _Effect(term.value, source, False, note)
    return _Effect(cap, source, True, f"{note} It counts as {percent(cap)} at most.")


def _source(term: Term, grades: Mapping[str, str]) -> str:
    """Return what stands behind a term; what cannot be looked up is an assumption."""
    grade = grades.get(term.evidence)
    if term.source == "assumption" or grade in (None, "assumption"):
        return "assumption"
    if term.source == "experiment" and grade != "experiment":
        return "data"
    return term.source
