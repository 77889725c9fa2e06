"""What to do after an experiment: roll out what works, where it works; stop what does harm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from segmentation_lib.implement.experiments.phrases import (
    Row,
    gap_words,
    interval_words,
    metric_words,
    on_few,
)
from segmentation_lib.implement.experiments.plan import Plan
from segmentation_lib.implement.experiments.readout import ReadOut
from segmentation_lib.implement.experiments.sample_ratio import ALL_SEGMENTS
from segmentation_lib.params.registers import Register
from segmentation_lib.params.registers.experiments import Experiment
from segmentation_lib.profile.wording import listing, titled

__all__ = ["experiment_steps", "segments_tested"]

_COLUMNS = ["segment_id", "action", "why", "grade"]


def experiment_steps(
    found: ReadOut,
    register: Register[Experiment],
    *,
    names: Mapping[str, str],
    limit: int,
    currency: str = "",
) -> pd.DataFrame:
    """Return what the read-outs ask for, a row per step; nothing where nothing was shown.

    Args:
        found: What `read_out` returned.
        register: The register of the experiments.
        names: Names of the segments.
        limit: Fewest customers whose figures are told.
        currency: Three-letter code of the amounts.

    Returns:
        Columns ``segment_id`` (``(all)`` where segments were not shown to differ), ``action``,
        ``why`` and ``grade``, which is ``experiment``; by experiment, arm, and segment.
    """
    entries = {entry.id: entry for entry in register}
    read = found.experiments[found.experiments["state"] == "read"]
    rows = [
        step
        for row in read.sort_values("experiment_id").to_dict("records")
        for step in _steps(row, entries[str(row["experiment_id"])], found, names, limit, currency)
    ]
    return pd.DataFrame(rows, columns=_COLUMNS, dtype="str")


def segments_tested(found: ReadOut, plan: Plan) -> list[str]:
    """Return the segments in which an experiment was read out or is planned, by ID.

    Args:
        found: What `read_out` returned.
        plan: What `plan_experiments` returned.
    """
    tables = (found.effects, plan.designs)
    named = {str(name) for table in tables if len(table) for name in table["segment_id"]}
    return sorted(named - {ALL_SEGMENTS})


def _steps(
    row: Row,
    entry: Experiment,
    found: ReadOut,
    names: Mapping[str, str],
    limit: int,
    currency: str,
) -> Iterator[tuple[str, str, str, str]]:
    effects = found.effects[found.effects["experiment_id"] == entry.id]
    shown = effects[effects["verdict"].isin(["more", "less"]) & ~on_few(effects, limit)]
    rails = found.guardrails[found.guardrails["experiment_id"] == entry.id]
    good = "more" if entry.good == "higher" else "less"
    for arm, table in shown.groupby("arm", sort=True):
        inside = table[table["segment_id"] != ALL_SEGMENTS]
        # Where segments differ, the mean over all of them is true of none.
        chosen = inside if len(inside) else table
        what = f"“{entry.what.rstrip('. ')}”"
        several = f" ({arm})" if effects["arm"].nunique() > 1 else ""
        broken = rails[(rails["arm"] == arm) & (rails["verdict"] == "broken")]
        for place in chosen.sort_values("segment_id").to_dict("records"):
            name, where = _where(str(place["segment_id"]), effects, entry, names)
            why = _why(place, currency)
            if place["verdict"] != good:
                action = f"Stop {what}{several} in {where}"
            elif len(broken):
                suffered = listing([metric_words(str(metric)) for metric in broken["metric"]])
                action = f"Mend {what}{several} before it is rolled out in {where}"
                why = f"{why} But a guardrail broke: {suffered}."
            else:
                action = f"Roll out {what}{several} in {where}"
            yield name, action, why, "experiment"


def _where(
    segment_id: str, effects: pd.DataFrame, entry: Experiment, names: Mapping[str, str]
) -> tuple[str, str]:
    """Return the segment a step is for, and where that is in words."""
    tested = sorted(set(effects["segment_id"]) - {ALL_SEGMENTS})
    if segment_id == ALL_SEGMENTS and len(tested) == 1:
        segment_id = tested[0]
    if segment_id != ALL_SEGMENTS:
        return segment_id, titled(segment_id, names)
    every = [titled(name, names) for name in tested]
    return segment_id, listing(every) if entry.segments else "all segments"


def _why(row: Row, currency: str) -> str:
    return (
        f"Drawn by lot, those treated had {gap_words(row['effect'], str(row['unit']), currency)} "
        f"in {metric_words(str(row['metric']))} (95% interval {interval_words(row, currency)})."
    )
