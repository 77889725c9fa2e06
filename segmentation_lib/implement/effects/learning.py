"""What a result says about an expectation, and the rows that natural experiments add to the log."""

from __future__ import annotations

import math

import pandas as pd

from segmentation_lib.params.registers.experiments import Experiment
from segmentation_lib.params.registers.natural_experiments import SEGMENT, NaturalExperiment
from segmentation_lib.params.registers.register import ALL_SEGMENTS, Register
from segmentation_lib.profile.story.evidence import Grade

__all__ = ["ANSWERS", "HIT", "REMOVED", "STOPPED", "UNANSWERED", "answer", "experiment_rows",
           "natural_rows"]  # fmt: skip

HIT, SMALLER, OTHER_WAY, NOTHING = (
    "as expected",
    "as expected, but smaller",
    "the other way",
    "no difference shown",
)
NO_ANSWER, STOPPED, REMOVED = "no answer", "stopped", "removed"
ANSWERS = (HIT, SMALLER, OTHER_WAY, NOTHING)
UNANSWERED = (NO_ANSWER, STOPPED, REMOVED)
_NO_ANSWER = ("not credible", "too few to tell", "description only", "not identified", "refused")
# The read-out's words for the same things.
_PLAIN = {"not shown": NOTHING, "too few": "too few to tell"}
_SPOILED = ("sample ratio", "redesigned", "unknown arm")


def answer(verdict: str, effect: float, direction: str, min_effect: float) -> str:
    """Say what a result means for what was expected.

    Args:
        verdict: ``more``, ``less``, ``no difference shown``, a verdict that gives no answer, or
            nothing where there is no result yet.
        effect: The estimate, in the unit of ``min_effect``.
        direction: ``higher`` or ``lower``, as expected.
        min_effect: Smallest effect that matters.

    Returns:
        ``as expected``, ``as expected, but smaller`` (shown, and under the smallest effect that
        matters), ``the other way``, ``no difference shown``, ``no answer``, or nothing.

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
    if verdict == NOTHING:
        return NOTHING
    if verdict not in ("more", "less"):
        raise ValueError(f"verdict {verdict!r} is not known; give more, less or why there is none")
    if (verdict == "more") != (direction == "higher"):
        return OTHER_WAY
    return HIT if not math.isfinite(effect) or abs(effect) >= min_effect else SMALLER


def experiment_rows(
    register: Register[Experiment], overview: pd.DataFrame, effects: pd.DataFrame
) -> pd.DataFrame:
    """Return the rows of experiments for `learning_log`, one per treated arm.

    Args:
        register: The register ``experiments``.
        overview: The read-out's row per experiment: ``experiment_id``, ``state`` and ``reason``.
        effects: The read-out's rows per experiment, ``arm`` and ``segment_id``, of which those of
            ``(all)`` count: ``effect``, ``low``, ``high`` and ``verdict``.
    """
    reasons = {str(row["experiment_id"]): str(row["reason"]) for row in overview.to_dict("records")}
    whole = effects[effects["segment_id"] == ALL_SEGMENTS]
    found = {(str(row["experiment_id"]), str(row["arm"])): row for row in whole.to_dict("records")}
    rows = []
    for entry in register:
        for arm in entry.treated:
            own = found.get((entry.id, arm.name), {})
            spoiled = "refused" if reasons.get(entry.id) in _SPOILED else ""
            verdict = str(own.get("verdict", spoiled))
            rows.append(
                {
                    "id": entry.id if len(entry.treated) == 1 else f"{entry.id} {arm.name}",
                    "kind": "experiment",
                    "what": entry.what,
                    "segment_id": ", ".join(entry.segments),
                    "hypothesis": entry.hypothesis or "",
                    "owner": entry.owner,
                    "metric": entry.metric,
                    "direction": entry.good,
                    "min_effect": entry.min_effect,
                    "status": "planned" if entry.status == "draft" else entry.status,
                    "effect": own.get("effect", float("nan")),
                    "low": own.get("low", float("nan")),
                    "high": own.get("high", float("nan")),
                    "grade": Grade.EXPERIMENT.value if own else "",
                    "verdict": _PLAIN.get(verdict, verdict),
                    # A decision is people's; it stands in the register where there is one.
                    "decision": getattr(entry, "decision", None) or "",
                    "decided_on": str(getattr(entry, "decided_on", None) or ""),
                    "lesson": getattr(entry, "lesson", None) or "",
                }
            )
    return pd.DataFrame(rows, columns=list(rows[0]) if rows else ["id"])


def natural_rows(
    register: Register[NaturalExperiment], results: pd.DataFrame, *, closed: object
) -> pd.DataFrame:
    """Return the rows of natural experiments for `learning_log`.

    Args:
        register: The register ``natural_experiments``.
        results: ``results`` of `natural_experiment_results`.
        closed: Close of the quarter, a date; entries from then on are planned.
    """
    found = results.set_index("id").to_dict("index")
    rows = []
    for entry in register:
        own = found.get(entry.id, {})
        share = pd.notna(own.get("relative"))
        prefix = "relative" if share else "effect"
        low, high = ("relative_low", "relative_high") if share else ("low", "high")
        rows.append(
            {
                "id": entry.id,
                "kind": "natural experiment",
                "what": entry.what,
                "segment_id": ", ".join(entry.treated.get(SEGMENT, ())),
                "hypothesis": entry.hypothesis or "",
                "owner": entry.owner or "",
                "metric": entry.metric,
                "direction": entry.direction,
                "min_effect": entry.min_effect,
                "status": "ended" if entry.started_on < closed else "planned",  # type: ignore[operator]
                "effect": own.get(prefix, float("nan")),
                "low": own.get(low, float("nan")),
                "high": own.get(high, float("nan")),
                "grade": own.get("grade", ""),
                "verdict": own.get("verdict", ""),
                "decision": entry.decision or "",
                "decided_on": "" if entry.decided_on is None else entry.decided_on.isoformat(),
                "lesson": entry.lesson or "",
            }
        )
    return pd.DataFrame(rows, columns=list(rows[0]) if rows else ["id"])
