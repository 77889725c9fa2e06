"""The read-out of all experiments of a project after a quarter: checks first, then effects."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from segmentation_lib.implement.experiments.admission import participants, refusal
from segmentation_lib.implement.experiments.effects import EFFECT_COLUMNS, experiment_effects
from segmentation_lib.implement.experiments.guardrails import (
    GUARDRAIL_COLUMNS,
    guardrail_effects,
)
from segmentation_lib.implement.experiments.metrics import measure
from segmentation_lib.implement.experiments.sample_ratio import (
    ALL_SEGMENTS,
    RATIO_COLUMNS,
    sample_ratios,
    worst_level,
)
from segmentation_lib.implement.experiments.starts import Start, latest_start
from segmentation_lib.params.registers import Register
from segmentation_lib.params.registers.experiments import Experiment
from segmentation_lib.stats.arrays import spawn_seeds

__all__ = ["ReadOut", "read_out"]

_OVERVIEW = ["experiment_id", "what", "hypothesis", "metric", "starts_on", "ends_on",
             "segments_on", "figures_from", "state", "reason", "customers", "sample_ratio",
             "sample_ratio_p", "verdict", "guardrails"]  # fmt: skip
# These do not keep the arms from being counted.
_COUNTED = ("too early", "stopped early", "redesigned")


@dataclass(frozen=True)
class ReadOut:
    """What became of the experiments.

    Attributes:
        experiments: A row per experiment that is declared or has assignments: ``segments_on`` (the
            day its segments were fixed), ``figures_from`` (open of the quarter), ``state``
            (``read`` or ``not read``), the ``reason`` (a
            key of `admission.REFUSALS`, or what `metrics.measure` says), its customers, the level
            and p-value of the sample ratio, its ``verdict`` (``works``, ``works in some``,
            ``harms``, ``not shown``, ``too few``; empty if not read) and the gravest verdict of its
            guardrails.
        ratios: What `sample_ratios` returned of each.
        effects: What `experiment_effects` returned of each that is read.
        guardrails: What `guardrail_effects` returned of each that is read.
    """

    experiments: pd.DataFrame
    ratios: pd.DataFrame
    effects: pd.DataFrame
    guardrails: pd.DataFrame


def read_out(
    experiments: Register[Experiment],
    arms: pd.DataFrame | None,
    outcomes: pd.DataFrame,
    starts: Sequence[Start],
    *,
    closed: date,
    redesigned: Collection[str] = (),
    seed: int | Sequence[int] = 0,
    level: float = 0.95,
) -> ReadOut:
    """Read out every experiment that is over, and say of the others why they are not read.

    Customers are compared by the arm they were assigned to, in the segment they had before. A
    sample ratio mismatch over all or in a segment stops the read-out: no effects are given. Whoever
    has assignments without being declared is listed, and not read.

    Args:
        experiments: The register.
        arms: The artefact ``experiment_arms``; None where there is none.
        outcomes: ``customer_id`` and the outcomes of the quarter; a customer without a row did
            nothing.
        starts: The open of this quarter, and those of earlier ones for experiments that began
            then; the latest first.
        closed: Close of the quarter; not part of it.
        redesigned: IDs of experiments whose design is not the declared one, see `redesigned`.
        seed: Seed of the permutations.
        level: Level of intervals, see `experiment_effects`.
    """
    overview, ratios, effects, rails = [], [], [], []
    # A seed of its own by place in the order of IDs: the order of the file changes nothing.
    ordered = sorted(experiments, key=lambda entry: entry.id)
    for entry, branch in zip(ordered, spawn_seeds(seed, len(ordered)), strict=True):
        start = latest_start(entry, arms, starts)
        days = {"segments_on": start.day, "opened": starts[0].day, "closed": closed}
        reason = refusal(entry, arms, **days, redesigned=redesigned)
        people = pd.DataFrame({"customer_id": [], "arm": [], "segment_id": []})
        split = pd.DataFrame(columns=RATIO_COLUMNS)
        if arms is not None and (not reason or reason in _COUNTED):
            people = participants(entry, arms, start.assignments)
            if people.empty:
                reason = reason or "no segment"
            else:
                split = sample_ratios(entry, people)
                reason = reason or ("sample ratio" if worst_level(split) == "alarm" else "")
        own = pd.DataFrame(columns=EFFECT_COLUMNS)
        guarded = pd.DataFrame(columns=GUARDRAIL_COLUMNS)
        if not reason:
            found = measure(outcomes, people["customer_id"], entry.metric,
                            denominator=entry.denominator, before=start.before,
                            covariate=entry.covariate)  # fmt: skip
            main, side = branch.generate_state(2).tolist()
            if isinstance(found, str):
                reason = found
            else:
                own = experiment_effects(entry, people, found, seed=main, level=level)
                guarded = guardrail_effects(entry, people, outcomes, seed=side, level=level)
        overview.append(
            _overview(entry, (start.day, starts[0].day), reason, len(people), split, own, guarded)
        )
        ratios.append(split)
        effects.append(own)
        rails.append(guarded)
    overview += _undeclared(experiments, arms, closed)
    return ReadOut(
        pd.DataFrame(overview, columns=_OVERVIEW),
        _joined(ratios, RATIO_COLUMNS),
        _joined(effects, EFFECT_COLUMNS),
        _joined(rails, GUARDRAIL_COLUMNS),
    )


def _undeclared(
    experiments: Register[Experiment], arms: pd.DataFrame | None, closed: date
) -> list[tuple[object, ...]]:
    """Rows of experiments that the assignments hold and the register does not."""
    if arms is None:
        return []
    rows = arms[~arms["experiment_id"].astype(str).isin(experiments.ids)]
    rows = rows[pd.to_datetime(rows["assigned_at"]) < pd.Timestamp(closed)]
    customers = rows.groupby(rows["experiment_id"].astype(str))["customer_id"].nunique()
    return [
        (own, *[""] * 7, "not read", "not declared", int(count), "", np.nan, "", "")
        for own, count in customers.sort_index().items()
    ]


def _overview(
    entry: Experiment,
    days: tuple[date, date],
    reason: str,
    customers: int,
    split: pd.DataFrame,
    effects: pd.DataFrame,
    guarded: pd.DataFrame,
) -> tuple[object, ...]:
    p_value = split.loc[split["segment_id"] == ALL_SEGMENTS, "p_value"]
    verdicts = set(guarded["verdict"])
    gravest = next((v for v in ("broken", "no figures", "open", "kept") if v in verdicts), "")
    return (
        entry.id, entry.what, entry.hypothesis or "", entry.metric, entry.starts_on.isoformat(),
        entry.ends_on.isoformat(), *(day.isoformat() for day in days),
        "not read" if reason else "read", reason, customers,
        worst_level(split) if len(split) else "",
        float(p_value.iloc[0]) if len(p_value) else np.nan,
        "" if reason else _verdict(entry, effects), gravest,
    )  # fmt: skip


def _verdict(entry: Experiment, effects: pd.DataFrame) -> str:
    """Over all arms: whether one does what it should."""
    good, bad = ("more", "less") if entry.good == "higher" else ("less", "more")
    overall = set(effects.loc[effects["segment_id"] == ALL_SEGMENTS, "verdict"])
    within = set(effects.loc[effects["segment_id"] != ALL_SEGMENTS, "verdict"])
    if good in overall:
        return "works"
    if good in within:
        return "works in some"
    if bad in overall | within:
        return "harms"
    return "too few" if overall == {"too few"} else "not shown"


def _joined(tables: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    full = [table for table in tables if len(table)]
    return pd.concat(full, ignore_index=True) if full else pd.DataFrame(columns=columns)
