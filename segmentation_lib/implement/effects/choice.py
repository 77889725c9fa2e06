"""Whom to treat, from an experiment's read-out; or why nobody is singled out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from segmentation_lib.implement.effects.held_out import HeldOutTargeting, held_out_targeting
from segmentation_lib.implement.effects.targeting import (
    RETURN_COLUMNS,
    segment_returns,
    target_effects,
)
from segmentation_lib.implement.experiments.admission import REFUSALS, participants
from segmentation_lib.implement.experiments.metrics import measure
from segmentation_lib.implement.experiments.readout import ReadOut
from segmentation_lib.implement.experiments.starts import Start, latest_start
from segmentation_lib.params.effects import TargetingParams
from segmentation_lib.params.registers.experiments import Experiment
from segmentation_lib.params.registers.register import Register
from segmentation_lib.stats.segment_effects import DIFFER_LEVEL

__all__ = ["Choice", "choose_targets"]


@dataclass(frozen=True)
class Choice:
    """Whom treating pays for.

    Attributes:
        reason: Why there is no answer, as a sentence; empty if there is one.
        returns: What `segment_returns` returned; without a row where there is no answer.
        differ: Whether the read-out shows that segments differ in the effect. Where it does not,
            every segment has the effect over all, and only its cost is its own.
        held_out: The choice made on one half and judged on the other; None where customers are
            too few.
        guardrails: The gravest verdict of the experiment's guardrails.
    """

    reason: str
    returns: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=RETURN_COLUMNS))
    differ: bool = False
    held_out: HeldOutTargeting | None = None
    guardrails: str = ""


def choose_targets(
    asked: TargetingParams | None,
    experiments: Register[Experiment],
    read: ReadOut,
    *,
    arms: pd.DataFrame | None,
    outcomes: pd.DataFrame,
    starts: Sequence[Start],
    customers: pd.DataFrame,
    level: float = 0.95,
    seed: int | Sequence[int] = 0,
) -> Choice:
    """Return what treating each segment brings after its cost, if an experiment says so.

    Args:
        asked: Experiment, arm, cost and value; None where nobody gave them.
        experiments: The register ``experiments``.
        read: What `experiments.read_out` returned. What it does not read out, such as an
            experiment whose arms have the wrong sizes, or one that still runs, tells nothing here.
        arms: The artefact ``experiment_arms``.
        outcomes: ``customer_id`` and the outcomes of the quarter.
        starts: What `read_out` was given.
        customers: ``customer_id`` and ``segment_id`` of those who could be treated next.
        level: Confidence level.
        seed: Seed of the halves.
    """
    if asked is None:
        return Choice("No cost of treating a customer is given (implement.effects.targeting).")
    entry = next((one for one in experiments if one.id == asked.experiment), None)
    if entry is None:
        return Choice(f"Experiment {asked.experiment} is not declared in experiments.yaml.")
    arm, reason = _arm(entry, asked)
    reason = reason or _unread(entry, read.experiments)
    if reason:
        return Choice(reason)
    rows = read.effects[
        (read.effects["experiment_id"] == entry.id) & (read.effects["arm"] == arm)
    ].copy()
    if entry.good == "lower":
        rows = _turned(rows)
    differ = bool((rows["differ_p"] <= DIFFER_LEVEL).any())
    sizes = customers["segment_id"].dropna().astype("str").value_counts()
    inside = {str(name): int(size) for name, size in sizes.items()
              if not entry.segments or str(name) in entry.segments}  # fmt: skip
    effects = target_effects(rows, inside, experiment_id=entry.id, arm=arm, differ=differ)
    unpaid = _unpaid(effects["segment_id"].tolist(), asked.cost)
    if unpaid:
        return Choice(f"No cost is given for {unpaid} (implement.effects.targeting.cost).")
    returns = segment_returns(effects, cost=asked.cost, value=asked.value)
    if returns.empty:
        return Choice(f"{entry.id} had too few customers to tell what treating returns.")
    people = _people(entry, arm, arms, outcomes, starts)
    held_out = None if people.empty else held_out_targeting(
        people[people["segment_id"].isin(returns["segment_id"])],
        cost=asked.cost, value=asked.value, level=level, seed=seed,
    )  # fmt: skip
    row = read.experiments.set_index("experiment_id").loc[entry.id]
    return Choice("", returns, differ, held_out, str(row["guardrails"]))


def _arm(entry: Experiment, asked: TargetingParams) -> tuple[str, str]:
    """The treated arm that is meant, or why it is not known."""
    names = [arm.name for arm in entry.treated]
    if asked.arm in names or (asked.arm is None and len(names) == 1):
        return asked.arm or names[0], ""
    found = "which treated arm is meant" if asked.arm is None else f"an arm {asked.arm}"
    said = "does not say" if asked.arm is None else "names"
    return "", (
        f"The parameters (implement.effects.targeting.arm) {said} {found}; {entry.id} treats in "
        f"{', '.join(names)}."
    )


def _unread(entry: Experiment, overview: pd.DataFrame) -> str:
    """Why the experiment tells nothing, as a sentence; empty if it does."""
    own = overview[overview["experiment_id"] == entry.id].to_dict("records")
    if entry.denominator is not None:
        return (
            f"{entry.id} is judged by a ratio, of which no sum can be made; an experiment with a "
            "sum such as revenue as its metric can tell."
        )
    if own and own[0]["state"] == "read":
        return ""
    reason = str(own[0]["reason"]) if own else "no assignments"
    why = REFUSALS.get(reason, "its metric could not be measured").format(ends_on=entry.ends_on)
    return f"{entry.id} is not read out: {why}."


def _unpaid(names: Sequence[str], cost: float | Mapping[str, float]) -> str:
    missing = [name for name in names if isinstance(cost, Mapping) and name not in cost]
    return ", ".join(missing)


def _turned(rows: pd.DataFrame) -> pd.DataFrame:
    """Effects on a metric that should fall, as what is gained by it."""
    turned = rows.copy()
    for value, low, high in (("effect", "low", "high"),
                             ("shrunken", "shrunken_low", "shrunken_high")):  # fmt: skip
        turned[value], turned[low], turned[high] = -rows[value], -rows[high], -rows[low]
    return turned


def _people(
    entry: Experiment,
    arm: str,
    arms: pd.DataFrame | None,
    outcomes: pd.DataFrame,
    starts: Sequence[Start],
) -> pd.DataFrame:
    """Customers of the arm and of the control: ``segment_id``, ``treated`` and ``outcome``."""
    if arms is None:
        return pd.DataFrame(columns=["segment_id", "treated", "outcome"])
    people = participants(entry, arms, latest_start(entry, arms, starts).assignments)
    people = people[people["arm"].isin([arm, entry.control.name])].reset_index(drop=True)
    found = measure(outcomes, people["customer_id"], entry.metric)
    values = np.full(len(people), np.nan) if isinstance(found, str) else found.top
    sign = 1.0 if entry.good == "higher" else -1.0
    table = people.assign(treated=(people["arm"] == arm).to_numpy(bool), outcome=sign * values)
    return table[table["outcome"].notna()].reset_index(drop=True)
