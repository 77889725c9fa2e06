"""What a result says about an expectation, and the rows that tests of both kinds add to the log."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pandas as pd

from segmentation_lib.params.registers.experiments import Experiment
from segmentation_lib.params.registers.natural_experiments import SEGMENT, NaturalExperiment
from segmentation_lib.params.registers.register import ALL_SEGMENTS, Register
from segmentation_lib.profile.story.evidence import Grade

__all__ = ["ANSWERS", "HIT", "IN_SOME", "LATE", "NOTHING", "NO_ANSWER", "OTHER_WAY", "REMOVED",
           "SMALLER", "STOPPED", "UNANSWERED", "answer", "experiment_rows",
           "natural_rows"]  # fmt: skip

HIT, SMALLER, OTHER_WAY, IN_SOME, NOTHING = (
    "as expected",
    "as expected, but smaller",
    "the other way",
    "in some segments only",
    "no difference shown",
)
NO_ANSWER, STOPPED, REMOVED = "no answer", "stopped", "removed"
ANSWERS = (HIT, SMALLER, OTHER_WAY, IN_SOME, NOTHING)
UNANSWERED = (NO_ANSWER, STOPPED, REMOVED)
REFUSED, NOT_JUDGED = "refused", "not judged"
LATE = (REFUSED, NOT_JUDGED)
_NO_ANSWER = ("not credible", "too few to tell", "description only", *LATE)
# The read-out's words for the same things.
_PLAIN = {"not shown": NOTHING, "too few": "too few to tell"}
# The read-out is still to come, or was given in an earlier quarter.
_NO_NEWS = ("", "not started", "draft", "too early", "over", "stopped early")
# As of the close, whatever the register says by now.
_STATUS = {"not started": "planned", "draft": "planned", "too early": "running"}


def answer(verdict: str, effect: float, direction: str, min_effect: float) -> str:
    """Say what a result means for what was expected.

    Args:
        verdict: ``more``, ``less``, ``no difference shown`` (over all), ``in some segments only``
            (and nothing shown over all), a verdict that gives no answer, or
            nothing where there is no result yet.
        effect: The estimate, in the unit of ``min_effect``.
        direction: ``higher`` or ``lower``, as expected.
        min_effect: Smallest effect that matters.

    Returns:
        ``as expected``, ``as expected, but smaller`` (shown, and under the smallest effect that
        matters), ``the other way``, ``in some segments only``, ``no difference shown``,
        ``no answer``, or nothing.

    Raises:
        ValueError: The verdict is not known.

    >>> answer("more", 0.08, "higher", 0.05), answer("more", 0.02, "higher", 0.05)
    ('as expected', 'as expected, but smaller')
    >>> answer("less", -0.08, "higher", 0.05), answer("not credible", 0.0, "higher", 0.05)
    ('the other way', 'no answer')
    """
    if not verdict:
        return ""
    if verdict in _NO_ANSWER:
        return NO_ANSWER
    if verdict in (NOTHING, IN_SOME):
        return verdict
    if verdict not in ("more", "less"):
        raise ValueError(f"verdict {verdict!r} is not known; give more, less or why there is none")
    if (verdict == "more") != (direction == "higher"):
        return OTHER_WAY
    return HIT if not math.isfinite(effect) or abs(effect) >= min_effect else SMALLER


def experiment_rows(
    register: Register[Experiment], overview: pd.DataFrame, effects: pd.DataFrame
) -> pd.DataFrame:
    """Return the rows of experiments for `learning_log`, one per treated arm.

    An experiment that is over and cannot be read out, whatever spoiled it, has given no answer.

    Args:
        register: The register ``experiments``.
        overview: The read-out's row per experiment: ``experiment_id``, ``state`` and ``reason``.
        effects: The read-out's rows per experiment, ``arm`` and ``segment_id``, of which those of
            ``(all)`` count first: ``effect``, ``low``, ``high``, ``unit`` and ``verdict``.
    """
    reasons = {str(row["experiment_id"]): str(row["reason"]) for row in overview.to_dict("records")}
    whole = effects[effects["segment_id"] == ALL_SEGMENTS]
    found = {(str(row["experiment_id"]), str(row["arm"])): row for row in whole.to_dict("records")}
    within = effects[effects["segment_id"] != ALL_SEGMENTS]
    clear = within[within["verdict"].isin(["more", "less"])]
    inside = set(zip(clear["experiment_id"].astype(str), clear["arm"].astype(str), strict=True))
    rows = []
    for entry in register:
        for arm in entry.treated:
            own = found.get((entry.id, arm.name), {})
            reason = reasons.get(entry.id, "")
            spoiled = "" if reason in _NO_NEWS else REFUSED
            verdict = str(own.get("verdict", spoiled))
            verdict = _PLAIN.get(verdict, verdict)
            # Within segments alone is not what was expected of all, and not nothing either.
            if verdict == NOTHING and (entry.id, arm.name) in inside:
                verdict = IN_SOME
            earned = verdict in ("more", "less", NOTHING, IN_SOME)
            rows.append(
                {
                    "id": entry.id if len(entry.treated) == 1 else f"{entry.id} {arm.name}",
                    "kind": "experiment",
                    "what": entry.what,
                    "segment_id": ", ".join(entry.segments),
                    "metric": entry.metric,
                    "direction": entry.good,
                    "min_effect": entry.min_effect,
                    "status": _STATUS.get(reason, entry.status),
                    "unit": own.get("unit", ""),
                    "grade": Grade.EXPERIMENT.value if earned else "",
                    "verdict": verdict,
                }
                | {name: own.get(name, float("nan")) for name in ("effect", "low", "high")}
                | _written(entry, over=reason not in _STATUS)
            )
    return pd.DataFrame(rows, columns=list(rows[0]) if rows else ["id"])


def natural_rows(
    register: Register[NaturalExperiment],
    results: pd.DataFrame,
    *,
    opened: date,
    closed: date,
) -> pd.DataFrame:
    """Return the rows of natural experiments for `learning_log`.

    Args:
        register: The register ``natural_experiments``.
        results: ``results`` of `natural_experiment_results`.
        opened: Open of the quarter; what happened before it without having been judged then is
            not judged any more.
        closed: Close of the quarter; entries from then on are planned.
    """
    found = results.set_index("id").to_dict("index")
    rows = []
    for entry in register:
        own = found.get(entry.id, {})
        share = pd.notna(own.get("relative"))
        prefix = "relative" if share else "effect"
        low, high = ("relative_low", "relative_high") if share else ("low", "high")
        missed = NOT_JUDGED if entry.started_on < opened else ""
        rows.append(
            {
                "id": entry.id,
                "kind": "natural experiment",
                "what": entry.what,
                "segment_id": ", ".join(entry.treated.get(SEGMENT, ())),
                "metric": entry.metric,
                "direction": entry.direction,
                "min_effect": entry.min_effect,
                "status": "ended" if entry.started_on < closed else "planned",
                "effect": own.get(prefix, float("nan")),
                "low": own.get(low, float("nan")),
                "high": own.get(high, float("nan")),
                "unit": "relative",
                "grade": own.get("grade", ""),
                "verdict": own.get("verdict", missed),
            }
            | _written(entry, over=entry.started_on < closed)
        )
    return pd.DataFrame(rows, columns=list(rows[0]) if rows else ["id"])


def _written(entry: Experiment | NaturalExperiment, *, over: bool) -> dict[str, Any]:
    """What people wrote: the idea behind it, who answers for it, and what came of it."""
    # A quarter that is run again later knows of no decision on what was still to come.
    decided = entry.decided_on if over else None
    return {
        "hypothesis": entry.hypothesis or "",
        "owner": entry.owner or "",
        "decision": (entry.decision or "") if over else "",
        "decided_on": "" if decided is None else decided.isoformat(),
        "lesson": (entry.lesson or "") if over else "",
    }
