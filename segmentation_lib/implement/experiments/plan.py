"""Experiments that start after the quarter: what each can find, and who gets which arm."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.implement.experiments.assignment import (
    ASSIGNED_COLUMNS,
    SPLIT_COLUMNS,
    assign,
    assignment_split,
)
from segmentation_lib.implement.experiments.design import DESIGN_COLUMNS, design_table
from segmentation_lib.params.registers import Register
from segmentation_lib.params.registers.experiments import HOLDOUT, Experiment

__all__ = ["Plan", "assignment_file", "kept_out", "plan_experiments"]


@dataclass(frozen=True)
class Plan:
    """What is put to the test next.

    Attributes:
        entries: The experiments that are planned, by their start.
        designs: What `design_table` returned of each.
        assigned: What `assign` returned of each that starts in the next quarter.
        split: What `assignment_split` returned of each.
    """

    entries: tuple[Experiment, ...]
    designs: pd.DataFrame
    assigned: pd.DataFrame
    split: pd.DataFrame


def plan_experiments(
    experiments: Register[Experiment],
    customers: pd.DataFrame,
    outcomes: pd.DataFrame,
    *,
    window: Window,
    consent: pd.DataFrame | None = None,
    arms: pd.DataFrame | None = None,
) -> Plan:
    """Design every experiment that starts on or after the close, and draw its arms.

    Whatever became of it since: a quarter that is run again gives the same design and the same
    draw. Those that start in a later quarter than the next one are designed, and drawn when the
    quarter before them closes. One that was stopped is neither.

    Args:
        experiments: The register.
        customers: ``customer_id`` and ``segment_id`` at the close.
        outcomes: ``customer_id`` and the outcomes of the quarter that is over.
        window: The quarter.
        consent: The artefact ``consent``; where it is known, only who agreed takes part.
        arms: The artefact ``experiment_arms``: who is kept out of all campaigns by an experiment
            that still runs takes no part.
    """
    entries = tuple(
        sorted(
            (e for e in experiments if e.status != "stopped" and e.starts_on >= window.end),
            key=lambda entry: (entry.starts_on, entry.id),
        )
    )
    designs, drawn, splits = [], [], []
    for entry in entries:
        busy = kept_out(experiments, arms, on=entry.starts_on)
        assigned = assign(entry, customers, beside=tuple(experiments), consent=consent, busy=busy)
        if entry.starts_on < window.following.end:
            drawn.append(assigned)
        designs.append(design_table(entry, assigned, outcomes))
        splits.append(assignment_split(entry, assigned))
    return Plan(
        entries,
        _joined(designs, DESIGN_COLUMNS),
        _joined(drawn, ASSIGNED_COLUMNS),
        _joined(splits, SPLIT_COLUMNS),
    )


def kept_out(
    experiments: Iterable[Experiment], arms: pd.DataFrame | None, *, on: date
) -> frozenset[str]:
    """Return the customers whom an experiment that runs on a day keeps out of all campaigns.

    Args:
        experiments: The experiments.
        arms: The artefact ``experiment_arms``; the arm `HOLDOUT` is kept out.
        on: The day.
    """
    running = {
        e.id for e in experiments if e.starts_on <= on <= e.ends_on and e.status == "running"
    }
    if arms is None or not running:
        return frozenset()
    own = arms["experiment_id"].astype(str).isin(running) & (arms["arm"] == HOLDOUT)
    return frozenset(arms.loc[own, "customer_id"].astype(str))


def assignment_file(plan: Plan) -> pd.DataFrame:
    """Return who gets which arm, as other systems read it.

    Args:
        plan: What `plan_experiments` returned.

    Returns:
        ``experiment_id``, ``external_id``, ``segment_id``, ``arm`` and ``starts_on``, by experiment
        and customer.
    """
    table = plan.assigned.rename(columns={"customer_id": "external_id"})
    return table.sort_values(["experiment_id", "external_id"], ignore_index=True)


def _joined(tables: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    full = [table for table in tables if len(table)]
    return pd.concat(full, ignore_index=True) if full else pd.DataFrame(columns=columns)
