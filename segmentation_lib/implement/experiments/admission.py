"""May an experiment be read out at all, and on which customers?"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

import pandas as pd

from segmentation_lib.params.registers.experiments import (
    HOLDOUT,
    Experiment,
    design_hash,
    experiment_declaration,
)

__all__ = ["REFUSALS", "finished", "participants", "redesigned", "refusal"]

REFUSALS = {
    "not declared": "it is not in experiments.yaml, so nobody wrote down beforehand what it should "
    "show, and what other pages say of its arms is no verdict",
    "not started": "it has not started yet",
    "draft": "it is still a draft. Set its `status` to running once the arms are in use",
    "over": "it was over before the quarter opened; the report of the quarter it ended in has it",
    "too early": "it runs until {ends_on}. Figures read before that show an effect too often where "
    "there is none, so none are given",
    "stopped early": "it was stopped before its planned end. Who stops when the figures look right "
    "finds effects that are not there, so none are given",
    "redesigned": "its design was written or changed when its results could be seen already, so "
    "what suits it now is no proof",
    "no assignments": "nobody was assigned",
    "unknown arm": "the assignments hold an arm that its design has not",
    "no date": "it is not known when all customers were assigned",
    "began before": "it began before the segments were fixed, so the treatment may have put "
    "customers there. It can be read in the quarter it starts in, and in the next one",
    "assigned before": "customers were assigned before their segments were fixed, so the treatment "
    "may have put them there",
    "assigned after": "customers were assigned after the quarter's close",
    "no segment": "none of its customers was in one of its segments",
    "sample ratio": "its arms do not have the customers they should have",
}
"""Why an experiment is not read out, as the end of a sentence."""


def finished(experiments: Iterable[Experiment], *, on: date) -> tuple[str, ...]:
    """Return the IDs of experiments that leave nobody alone any more: over by a day, or stopped.

    Args:
        experiments: The register.
        on: The day.
    """
    over = [entry.id for entry in experiments if entry.ends_on < on or entry.status == "stopped"]
    return tuple(sorted(over))


def refusal(
    experiment: Experiment,
    arms: pd.DataFrame | None,
    *,
    segments_on: date,
    opened: date,
    closed: date,
    redesigned: Collection[str] = (),
) -> str:
    """Return why an experiment cannot be read out, a key of `REFUSALS`; empty if it can.

    Args:
        experiment: The experiment.
        arms: The artefact ``experiment_arms``.
        segments_on: Day on which the segments were fixed, see `latest_start`.
        opened: Open of the quarter.
        closed: Close of the quarter; not part of it.
        redesigned: What `redesigned` returned.
    """
    if experiment.starts_on >= closed:
        return "not started"
    if experiment.ends_on < opened:
        return "over"
    if experiment.status == "draft":
        return "draft"
    rows = None if arms is None else arms[arms["experiment_id"].astype(str) == experiment.id]
    if rows is None or rows.empty:
        return "no assignments"
    known = {arm.name for arm in experiment.arms} | ({HOLDOUT} if experiment.holdout else set())
    if not set(rows["arm"].astype(str)) <= known:
        return "unknown arm"
    assigned = pd.to_datetime(rows["assigned_at"])
    if assigned.isna().any():
        return "no date"
    # A segment that was made after the assignment may be the treatment's own doing.
    if assigned.min() < pd.Timestamp(segments_on):
        return "began before" if experiment.starts_on < segments_on else "assigned before"
    if assigned.max() >= pd.Timestamp(closed):
        return "assigned after"
    if experiment.id in redesigned:
        return "redesigned"
    if experiment.status == "stopped":
        return "stopped early"
    return "too early" if experiment.ends_on >= closed else ""


def redesigned(
    experiments: Iterable[Experiment],
    late: Collection[str] = (),
    *,
    designs: pd.DataFrame | None = None,
) -> tuple[str, ...]:
    """Return the IDs of experiments whose design is not the one that was declared.

    Args:
        experiments: The experiments.
        late: Declarations that were not there when the segments were first made.
        designs: The artefact ``experiment_designs`` of the last quarter, by which the arms were
            drawn; None without.
    """
    drawn = {} if designs is None else dict(zip(designs["experiment_id"], designs["design"],
                                                strict=True))  # fmt: skip
    return tuple(
        sorted(
            entry.id
            for entry in experiments
            if experiment_declaration(entry) in late
            or drawn.get(entry.id, design_hash(entry)) != design_hash(entry)
        )
    )


def participants(
    experiment: Experiment, arms: pd.DataFrame, assignments: pd.DataFrame
) -> pd.DataFrame:
    """Return the customers of an experiment with their arm and their segment.

    Args:
        experiment: The experiment.
        arms: The artefact ``experiment_arms``.
        assignments: ``customer_id`` and ``segment_id`` on the day the segments were fixed.

    Returns:
        ``customer_id``, ``arm`` and ``segment_id``, sorted by customer: those in a segment of the
        experiment, treated or not as they were assigned, whether the treatment reached them or
        not. Who has two arms is in neither.
    """
    rows = arms[arms["experiment_id"].astype(str) == experiment.id]
    single = rows.drop_duplicates(["customer_id", "arm"]).drop_duplicates("customer_id", keep=False)
    single = single[single["arm"].isin([arm.name for arm in experiment.arms])]
    placed = assignments.loc[assignments["segment_id"].notna(), ["customer_id", "segment_id"]]
    if experiment.segments:
        placed = placed[placed["segment_id"].isin(experiment.segments)]
    people = single[["customer_id", "arm"]].merge(placed, on="customer_id", how="inner")
    return people.sort_values("customer_id").reset_index(drop=True)
