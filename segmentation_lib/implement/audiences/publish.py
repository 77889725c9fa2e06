"""What is published of audiences: the rules that are true enough, a table, and sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.implement.audiences.fidelity import AUDIENCE, Fidelity, RuleStudy, verdict
from segmentation_lib.implement.audiences.phrases import rule_in_words
from segmentation_lib.implement.audiences.rule import (
    Audience,
    Clause,
    Hysteresis,
    Measured,
    Source,
)
from segmentation_lib.profile.wording import listing, percent, plural, titled

__all__ = [
    "NO_CONSENT",
    "audience_sentences",
    "audience_table",
    "kappa_words",
    "make_audiences",
    "priorities",
]

# Who did not say yes to marketing is in no audience; neither is one of whom nothing is known.
NO_CONSENT = Clause(field="marketing_consent", op="!=", value="true", null="pass")

_TABLE = ["segment_id", "rule", "customers", "kappa", "precision", "precision_low",
          "precision_high", "recall", "recall_low", "recall_high", "next_precision",
          "next_recall", "verdict"]  # fmt: skip


def audience_table(
    study: RuleStudy,
    units: Mapping[str, str],
    *,
    currency: str = "",
    limit: int = 10,
    least_kappa: float = 0.9,
    least_recall: float = 0.8,
) -> pd.DataFrame:
    """Return how each segment's short rule does, and what it may be used for.

    Args:
        study: The rules and how truly they give the segments.
        units: Unit of each feature, as in the data dictionary.
        currency: Three-letter code of the project's amounts.
        limit: Fewest held-out customers that a rule is judged on; under it, nothing is shown.
        least_kappa: Limit for kappa.
        least_recall: Limit for recall and precision.

    Returns:
        One row per segment, by its ID: ``segment_id, rule`` (in words, empty without one),
        ``customers`` (held out), ``kappa`` (of all rules together), ``precision`` and ``recall``
        with their 95 % intervals, ``next_precision, next_recall`` (one snapshot later; missing
        where unknown) and ``verdict``: ``audience`` or ``explanation only``.
    """
    rows = []
    for found in study.held_out.table.to_dict("records"):
        segment = str(found["segment_id"])
        few = found["customers"] < limit
        row = {str(name): value for name, value in found.items() if name in _TABLE}
        later = _later(study.next_snapshot, segment)
        kappa = study.held_out.kappa
        row |= {
            "rule": rule_in_words(study.rules.get(segment, ()), units, currency=currency),
            "kappa": kappa,
            "next_precision": later[0],
            "next_recall": later[1],
            "verdict": verdict(
                kappa,
                float("nan") if few else float(found["precision"]),
                float(found["recall"]),
                least_kappa=least_kappa,
                least_recall=least_recall,
            ),
        }
        if few:
            hidden = [name for name in _TABLE[4:-1] if name in row]
            row |= dict.fromkeys(["customers", *hidden], float("nan"))
        rows.append(row)
    table = pd.DataFrame(rows, columns=_TABLE)
    numbers = {name: "float64" for name in _TABLE if name not in ("segment_id", "rule", "verdict")}
    return table.astype({**numbers, "segment_id": "str", "rule": "str", "verdict": "str"})


def _later(fidelity: Fidelity | None, segment: str) -> tuple[float, float]:
    if fidelity is None:
        return float("nan"), float("nan")
    rows = fidelity.table[fidelity.table["segment_id"] == segment].to_dict("records")
    return float(rows[0]["precision"]), float(rows[0]["recall"])


def make_audiences(
    study: RuleStudy,
    table: pd.DataFrame,
    *,
    version: str,
    model_hash: str,
    as_of: date,
    window_days: int,
    order: Sequence[str] = (),
    runs: int = 2,
    exclude: Sequence[Clause] = (),
    retired: Sequence[str] = (),
) -> list[Audience]:
    """Return the audiences of the segments whose rule passed, by priority.

    Args:
        study: The rules.
        table: Their verdicts, from `audience_table`.
        version: Period that they are published for.
        model_hash: Hash of the model.
        as_of: Features were seen up to, and without, this day.
        window_days: Days that the features look back.
        order: Segments from first to last priority; others follow by their ID.
        runs: Runs in a row that a change takes.
        exclude: Who matches one of these is in no audience, such as `NO_CONSENT`.
        retired: Segments that no longer exist.

    Raises:
        ContractError: ``order`` names a segment that the model does not have, or a rule is for a
            retired one.
    """
    known = list(table["segment_id"])
    places = priorities(known, order)
    gone = sorted(set(retired) & set(study.rules))
    if gone:
        raise ContractError(_fault(one, "is retired") for one in gone)
    passed = table[table["verdict"] == AUDIENCE]
    source = Source(model_hash=model_hash, as_of=as_of, window_days=window_days)
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
        for row in passed.to_dict("records")
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
        raise ContractError(_fault(one, "is not a segment of the model") for one in unknown)
    ordered = list(dict.fromkeys([*order, *sorted(segment_ids)]))
    return {segment: place for place, segment in enumerate(ordered, start=1)}


def audience_sentences(
    table: pd.DataFrame | None, names: Mapping[str, str], *, least_kappa: float = 0.9
) -> list[str]:
    """Say which rules may be used as audiences, finding first.

    Args:
        table: From `audience_table`; None when exports are withheld.
        names: Name of each segment, by its ID.
        least_kappa: Limit for kappa.
    """
    if table is None:
        return ["No audience is published: the scorecard withholds all exports of this quarter."]
    if table.empty:
        return ["There are no segments, so there are no audiences."]
    kappa = float(table["kappa"].iloc[0])
    passed = table[table["verdict"] == AUDIENCE]
    failed = table[table["verdict"] != AUDIENCE]
    said = [_finding(table, passed, names)]
    said.append(f"On customers they were not made from, {kappa_words(kappa)}.")
    if len(failed):
        which = listing([titled(one, names) for one in failed["segment_id"]])
        reason = (
            "the rules as a whole agree too little with the segments"
            if not kappa >= least_kappa
            else "its short rule misses too many or lets in too many"
            if len(failed) == 1
            else "their short rules miss too many or let in too many"
        )
        tags = "the tags of the customer file, or the exact SQL"
        said.append(f"For {which}, use {tags}: {reason}. The short rule only explains.")
    later = table.dropna(subset=["next_recall"])
    if len(later):
        segment, recall = _weakest(later, "next_recall")
        said.append(
            f"Rules made a quarter earlier still found {percent(recall)} or more of each segment "
            f"(least: {titled(segment, names)})."
        )
    return said


def _finding(table: pd.DataFrame, passed: pd.DataFrame, names: Mapping[str, str]) -> str:
    count = f"{len(passed)} of {plural(len(table), 'segment')}"
    if passed.empty:
        return (
            f"No segment can be targeted by a short rule (0 of {plural(len(table), 'segment')}); "
            "use the tags of the customer file, or the exact SQL."
        )
    segment, recall = _weakest(passed, "recall")
    return (
        f"{count} can be targeted by a short rule; the weakest of these rules finds "
        f"{percent(recall)} of its segment ({titled(segment, names)})."
    )


def _weakest(table: pd.DataFrame, column: str) -> tuple[str, float]:
    row = table.sort_values([column, "segment_id"]).to_dict("records")[0]
    return str(row["segment_id"]), float(row[column])


def kappa_words(kappa: float) -> str:
    """Say what a kappa means.

    >>> kappa_words(0.928)
    'rules and segments agree 93% of the way from pure chance to always (kappa 0.93)'
    """
    if math.isnan(kappa):
        return "agreement could not be measured: there was nobody to judge on"
    if kappa <= 0:
        return f"rules and segments agree no more than by chance (kappa {kappa:.2f})"
    way = f"{percent(kappa)} of the way from pure chance to always"
    return f"rules and segments agree {way} (kappa {kappa:.2f})"


def _digits(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 4)


def _fault(segment: str, found: str) -> Fault:
    fix = "Name segments of the adopted register only."
    return Fault(f"audiences.{segment}", f"{segment} {found}",
                 "an audience needs a living segment", fix, "unknown_segment")  # fmt: skip
