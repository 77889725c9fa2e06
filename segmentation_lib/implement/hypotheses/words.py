"""What became of a hypothesis, in plain words, and the table of it that a page shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from segmentation_lib.params.registers import NPS
from segmentation_lib.profile.wording import amount, count, number, percent, plural, titled
from segmentation_lib.words import capitalised, kpi_words

__all__ = ["hypotheses_sentence", "published_hypotheses", "verdict_sentence"]

_WHY = {
    "no_metric": "its measure was not recorded in this quarter",
    "no_segment": "nobody was in the segment when the quarter opened",
    "too_few": "too few customers have the measure",
    "no_variation": "all customers have the same value",
    "no_experiment": "there is no such experiment in the data",
    "not_read_out": "its experiment is not read out",
    "no_control": "the experiment has no control arm",
    "which_arm": "it does not say which treated arm is meant",
    "assigned_before": "its customers were not assigned in this quarter, and the treatment may "
    "have put them into the segment",
}
_EXPECTED = {"higher": "more", "lower": "less"}


def verdict_sentence(row: Mapping[Any, Any], tests: int, currency: str = "") -> str:
    """Say what became of one hypothesis, the finding first.

    Args:
        row: A row of what `judge_hypotheses` returns.
        tests: How many hypotheses were tested together.
        currency: Three-letter code of the amounts.
    """
    if row["reason"] in _WHY:
        return f"Untestable this quarter: {_WHY[row['reason']]}."
    unit, metric = str(row["unit"]), _measure(str(row["metric"]))
    least = _size(float(row["min_effect"]), unit, currency)
    wanted = f"at least {least} {_EXPECTED[row['direction']]}"
    if row["min_effect"] == 0:
        wanted = f"any difference towards {_EXPECTED[row['direction']]}"
    found = (
        f"{metric} was {_value(row['value'], unit, currency)} against "
        f"{_value(row['other_value'], unit, currency)} {_others(row)}: "
        f"{_gap(float(row['effect']), unit, currency)} (95% interval "
        f"{_signed(float(row['low']), unit, currency)} to "
        f"{_signed(float(row['high']), unit, currency)}); {wanted} was expected"
    )
    if row["reason"] == "post_hoc":
        return (
            f"Untestable this quarter: it was written after the segments were made, so what suits "
            f"it here is no proof. {capitalised(found)}."
        )
    if row["reason"] == "undecided":
        return f"Untestable this quarter: {found}, and {_undecided(row, tests)}."
    return f"{capitalised(str(row['verdict']))}: {found}."


def hypotheses_sentence(verdicts: pd.DataFrame) -> str:
    """Say how many hypotheses held.

    Args:
        verdicts: What `judge_hypotheses` returned.
    """
    if verdicts.empty:
        return "No hypothesis is registered (hypotheses.yaml), so nothing was put to the test."
    counts = verdicts["verdict"].value_counts()
    parts = [
        f"{count(counts.get(name, 0))} {name}" for name in ("supported", "refuted", "untestable")
    ]
    return (
        f"{plural(len(verdicts), 'hypothesis').replace('hypothesiss', 'hypotheses')} "
        f"{'was' if len(verdicts) == 1 else 'were'} put to the test in the quarter: "
        f"{parts[0]}, {parts[1]}, {parts[2]} for now."
    )


def published_hypotheses(
    verdicts: pd.DataFrame, *, names: Mapping[str, str], limit: int
) -> pd.DataFrame:
    """Return the hypotheses as a page shows them, refuted ones first.

    Args:
        verdicts: What `judge_hypotheses` returned.
        names: Names of the segments.
        limit: Fewest customers whose figures are shown.

    Returns:
        Columns ``hypothesis``, ``segment``, ``behaviour``, ``because``, ``verdict``, ``result``
        and ``evidence``.
    """
    order = verdicts["verdict"].map({"refuted": 0, "untestable": 1, "supported": 2})
    rows = verdicts.assign(order=order).sort_values(["order", "hypothesis_id"], kind="stable")
    small = (rows[["customers", "others"]] < limit).any(axis=1) & rows["effect"].notna()
    return pd.DataFrame(
        {
            "hypothesis": rows["hypothesis_id"],
            "segment": [titled(name, names) for name in rows["segment_id"]],
            "behaviour": rows["behaviour"],
            "because": rows["because"],
            "verdict": rows["verdict"],
            "result": rows["sentence"].mask(small, "Too few customers to show."),
            # An empty text comes back from a file as a missing value.
            "evidence": rows["grade"].where(rows["verdict"] != "untestable").fillna(""),
        }
    ).reset_index(drop=True)


def _measure(metric: str) -> str:
    return "Net Promoter Score" if metric == NPS else kpi_words(metric)


def _others(row: Mapping[Any, Any]) -> str:
    if row["test"] == "experiment":
        return "in the control arm"
    return "elsewhere" if row["compared_with"] == "(rest)" else f"in {row['compared_with']}"


def _undecided(row: Mapping[Any, Any], tests: int) -> str:
    bar = float(row["min_effect"]) * (1 if row["direction"] == "higher" else -1)
    if row["low"] <= bar <= row["high"]:
        return "the interval lies on both sides of that"
    if tests == 1:
        return "that is not clear enough"
    return f"that is not clear enough where {tests} hypotheses are tested at once"


def _value(value: float, unit: str, currency: str) -> str:
    if unit == "share":
        return percent(value)
    return amount(value, currency) if unit == "money" else number(value)


def _size(value: float, unit: str, currency: str) -> str:
    if unit == "share":
        return f"{number(100 * value)} points"
    if unit == "points":
        return f"{number(value)} points"
    return amount(value, currency) if unit == "money" else number(value)


def _gap(value: float, unit: str, currency: str) -> str:
    if value == 0:
        return "no difference"
    return f"{_size(abs(value), unit, currency)} {'more' if value > 0 else 'less'}"


def _signed(value: float, unit: str, currency: str) -> str:
    return f"{'−' if value < 0 else '+' if value > 0 else ''}{_size(abs(value), unit, currency)}"
