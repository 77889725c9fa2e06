"""What planned experiments can find, and where they are too small, in plain words."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from segmentation_lib.implement.experiments.phrases import Row, metric_words, on_few, size_words
from segmentation_lib.implement.experiments.plan import Plan
from segmentation_lib.implement.experiments.sample_ratio import ALL_SEGMENTS, SAMPLE_RATIO_ALARM
from segmentation_lib.profile.wording import count, listing, number, titled

__all__ = ["design_sentence", "plan_sentences"]


def plan_sentences(
    plan: Plan,
    *,
    names: Mapping[str, str],
    limit: int,
    currency: str = "",
    refused: str = "",
) -> list[str]:
    """Say of each planned experiment what it can find, and whom it takes.

    Args:
        plan: What `plan_experiments` returned.
        names: Names of the segments.
        limit: Fewest customers whose figures are told.
        currency: Three-letter code of the amounts.
        refused: Why nothing is handed on to other systems; empty where it is.
    """
    said = []
    drawn = set(plan.assigned["experiment_id"])
    for entry in plan.entries:
        designs, split = (
            table[table["experiment_id"] == entry.id] for table in (plan.designs, plan.split)
        )
        told = design_sentence(designs, names=names, limit=limit, currency=currency)
        told += f" It starts on {entry.starts_on}: \u201c{entry.what}\u201d"
        if entry.id not in drawn:
            told += " Its arms are drawn when the quarter before it closes."
        elif (split["p_value"] < SAMPLE_RATIO_ALARM).any():
            told += " The draw is lopsided by chance: give it another salt before it starts."
        said.append(told)
    if drawn and refused:
        said.append(f"Who gets which arm is not handed on yet. {refused}")
    return said or ["No experiment is planned: a draft in experiments.yaml that starts after the "
                    "quarter gets its arms here."]  # fmt: skip


def design_sentence(
    designs: pd.DataFrame, *, names: Mapping[str, str], limit: int = 0, currency: str = ""
) -> str:
    """Say what one planned experiment can find, and where it is too small.

    Args:
        designs: What `design_table` returned.
        names: Names of the segments.
        limit: Fewest customers of an arm whose figures are told.
        currency: Three-letter code of the amounts.
    """
    name = str(designs["experiment_id"].iloc[0]) if len(designs) else "It"
    if designs.empty or (designs["verdict"] == "no figures").all():
        return (
            f"Nobody can say yet what {name} can find: nobody takes part, or its metric has no "
            "figures."
        )
    few = on_few(designs, limit, "treated", "control")
    if few[designs["segment_id"] == ALL_SEGMENTS].any():
        return f"{name} is too small to test: fewer than {limit} customers are in an arm."
    overall = designs[(designs["segment_id"] == ALL_SEGMENTS) & designs["detectable"].notna()]
    # The arm that sees least decides what the experiment can see.
    row = overall.sort_values("detectable", kind="stable").iloc[-1].to_dict()
    unit, least = str(row["unit"]), size_words(row["min_effect"], str(row["unit"]), currency)
    seen = size_words(row["detectable"], unit, currency)
    found = f"In four of five cases it will find an effect of {seen} on"
    metric = metric_words(str(row["metric"]))
    if row["verdict"] == "can be tested":
        said = f"{name} can be tested. {found} {metric}; {least} is the smallest that matters."
    else:
        times = "" if few.any() else f", {_times(row)} as many as there are"
        said = (
            f"{name} is too small to test. {found} {metric}, and {least} is the smallest that "
            f"matters; that one needs {count(row['needed'])} customers{times}."
        )
    parts = designs[(designs["segment_id"] != ALL_SEGMENTS)
                    & (designs["verdict"] == "too small to test")]  # fmt: skip
    small = sorted(set(parts["segment_id"]))
    if not small or designs["segment_id"].nunique() < 3:
        return said
    told = listing([titled(name, names) for name in small])
    return f"{said} Too small to be judged alone: {told}."


def _times(row: Row) -> str:
    times = float(row["needed"]) / (float(row["treated"]) + float(row["control"]))
    return f"{number(times)} times"
