"""Which short rules are true enough to be audiences, and the audiences made of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.implement.audiences.fidelity import AUDIENCE, Fidelity, RuleStudy, verdict
from segmentation_lib.implement.audiences.fields import CONSENT, Field
from segmentation_lib.implement.audiences.phrases import rule_in_words
from segmentation_lib.implement.audiences.rule import (
    Audience,
    Clause,
    Hysteresis,
    Measured,
    Source,
)

__all__ = ["NO_CONSENT", "audience_table", "make_audiences", "priorities"]

# Who did not say yes to marketing is in no audience; neither is one of whom nothing is known.
NO_CONSENT = Clause(field=CONSENT, op="!=", value="true", null="pass")

_JUDGED = ["customers", "picked", "found", "precision", "precision_low", "precision_high",
           "recall", "recall_low", "recall_high"]  # fmt: skip
_LATER = ["customers", "picked", "found", "precision", "recall"]
_NUMBERS = ["kappa", *_JUDGED, *(f"next_{name}" for name in _LATER)]


def audience_table(
    study: RuleStudy,
    fields: Mapping[str, Field],
    *,
    currency: str = "",
    limit: int = 10,
    least_kappa: float = 0.9,
    least_recall: float = 0.8,
) -> pd.DataFrame:
    """Return how each segment's short rule does, and what it may be used for.

    Counts of a few people are in it: pages show `published_audiences`.

    Args:
        study: The rules and how truly they give the segments.
        fields: What each field holds, from `fields_of`.
        currency: Three-letter code of the project's amounts.
        limit: Fewest held-out customers that a rule is judged on; under it, it only explains.
        least_kappa: Limit for kappa.
        least_recall: Limit for recall and precision.

    Returns:
        One row per segment, by its ID: ``segment_id, rule`` (in words, empty without one),
        ``verdict`` (``audience`` or ``explanation only``), ``kappa`` (of all rules together), then
        of held-out customers ``customers`` (in the segment), ``picked`` (by the rule), ``found``
        (both), ``precision`` and ``recall`` with their 95% intervals, and the same counts and
        shares one snapshot later as ``next_...``; missing where unknown.
    """
    held_out = study.held_out
    units = {name: field.unit for name, field in fields.items()}
    table = held_out.table[["segment_id", *_JUDGED]].copy()
    table["kappa"] = held_out.kappa
    table["rule"] = [
        rule_in_words(study.rules.get(segment, ()), units, currency=currency)
        for segment in table["segment_id"]
    ]
    table["verdict"] = [
        verdict(
            held_out.kappa,
            row["precision"] if row["customers"] >= limit else math.nan,
            row["recall"],
            least_kappa=least_kappa,
            least_recall=least_recall,
        )
        for row in table.to_dict("records")
    ]
    later = _later(study.next_snapshot, table["segment_id"])
    table = pd.concat([table, later], axis=1)[["segment_id", "rule", "verdict", *_NUMBERS]]
    kinds = {**dict.fromkeys(_NUMBERS, "float64"), "rule": "str", "verdict": "str"}
    return table.astype({"segment_id": "str", **kinds})


def _later(fidelity: Fidelity | None, segments: pd.Series) -> pd.DataFrame:
    named = [f"next_{name}" for name in _LATER]
    if fidelity is None:
        return pd.DataFrame(math.nan, index=segments.index, columns=named)
    rows = fidelity.table.set_index("segment_id")[_LATER].loc[segments]
    return rows.set_axis(named, axis=1).set_index(segments.index)


def make_audiences(
    study: RuleStudy,
    table: pd.DataFrame,
    *,
    version: str,
    source: Source,
    order: Sequence[str] = (),
    runs: int = 2,
    exclude: Sequence[Clause] = (),
) -> list[Audience]:
    """Return the audiences of the segments whose rule passed, by priority.

    Args:
        study: The rules.
        table: Their verdicts, from `audience_table`.
        version: Period that they are published for.
        source: What they are made from.
        order: Segments from first to last priority; others follow by their ID.
        runs: Runs in a row that a change takes.
        exclude: Who matches one of these is in no audience, such as `NO_CONSENT`.

    Raises:
        ContractError: ``order`` names a segment that the model does not have.
    """
    places = priorities(list(table["segment_id"]), order)
    found = [
        Audience(
            schema="segmentation-audience/1",
            segment_id=row["segment_id"],
            version=version,
            priority=places[row["segment_id"]],
            source=source,
            any=study.rules[row["segment_id"]],
            fidelity=Measured(
                n=study.held_out.customers,
                kappa=_digits(row["kappa"]),
                precision=_digits(row["precision"]),
                recall=_digits(row["recall"]),
                next_period_precision=_digits(row["next_precision"]),
                next_period_recall=_digits(row["next_recall"]),
                gate="pass",
            ),
            hysteresis=Hysteresis(enter_runs=runs, leave_runs=runs),
            exclude=tuple(exclude),
        )
        for row in table[table["verdict"] == AUDIENCE].to_dict("records")
    ]
    return sorted(found, key=lambda one: one.priority)


def priorities(segment_ids: Sequence[str], order: Sequence[str] = ()) -> dict[str, int]:
    """Return the priority of each segment, from 1: those named first, the others by their ID.

    Raises:
        ContractError: ``order`` names a segment that is not there.

    >>> priorities(["S01", "S02", "S03"], ["S03"])
    {'S03': 1, 'S01': 2, 'S02': 3}
    """
    unknown = sorted(set(order) - set(segment_ids))
    if unknown:
        fix = "Name segments of the adopted register only."
        raise ContractError(
            Fault("implement.audiences.priority", f"{one} is not a segment of the model",
                  "an audience needs a living segment", fix, "unknown_segment")
            for one in unknown
        )  # fmt: skip
    ordered = list(dict.fromkeys([*order, *sorted(segment_ids)]))
    return {segment: place for place, segment in enumerate(ordered, start=1)}


def _digits(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 4)
