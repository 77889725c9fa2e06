"""One scored day from the adopted model: measured, scored, written, without a fit or a notebook."""

from __future__ import annotations

import hashlib
import pathlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from segmentation_lib.cluster import Model
from segmentation_lib.engine import Engine, write_parquet
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.fingerprint import source_hashes
from segmentation_lib.implement.experiments import finished
from segmentation_lib.implement.tags import crm_manifest, csv_text
from segmentation_lib.params.registers import Register
from segmentation_lib.params.registers.experiments import Experiment, read_experiments
from segmentation_lib.quarter import Quarter
from segmentation_lib.run import to_json, write_atomically
from segmentation_lib.scoring.account import counts, sentence
from segmentation_lib.scoring.base import (
    Base,
    adopted_model,
    house_rules,
    refuse_day,
    starting_point,
)
from segmentation_lib.scoring.changes import crm_changes, day_events
from segmentation_lib.scoring.folder import DELTA, EVENTS, MANIFEST, STATE, Night, ScoredDays
from segmentation_lib.scoring.measure import measure
from segmentation_lib.scoring.movements import movements
from segmentation_lib.stage_params import stage_settings

__all__ = ["Scored", "score_customers"]


@dataclass(frozen=True)
class Scored:
    """What a call to `score_customers` did.

    Attributes:
        changed: Whether anything was written.
        sentence: What came of it, in one sentence of counts.
        folder: The day's folder.
    """

    changed: bool
    sentence: str
    folder: pathlib.Path


def score_customers(quarter: Quarter, as_of: date) -> Scored:
    """Score every customer by the adopted model, as of one day of the quarter under way.

    Features come from rows strictly before the day. Nothing is fitted. A second call for the same
    day with the same data and parameters writes nothing.

    Args:
        quarter: The quarter under way, opened to look.
        as_of: The day.

    Raises:
        ContractError: The day is refused (see `refuse_day`), there is nothing to go on from (see
            `starting_point`), the day was scored from other data, or the data do not fit the
            model. Nothing is written then.
        BusyError: Another process is scoring this project.
    """
    params = quarter.all_params
    days = ScoredDays(quarter.root, params.project)
    model = adopted_model(quarter)
    with days.lock():
        every = days.nights()
        refuse_day(quarter, as_of, every[-1].day if every else None)
        base = starting_point(quarter, model, as_of=as_of)
        inputs = _inputs(quarter, model, base)
        if every and every[-1].day == as_of:
            return _same_day(every[-1], inputs)
        # The quarter before has told all days up to its close.
        nights = [night for night in every if night.day > quarter.window.start]
        _check_base(nights, inputs)
        night = _score(days, quarter, as_of, model, base, nights, inputs)
    return Scored(True, sentence(night.report), night.folder)


def _score(
    days: ScoredDays,
    quarter: Quarter,
    as_of: date,
    model: Model,
    base: Base,
    nights: Sequence[Night],
    inputs: Mapping[str, Any],
) -> Night:
    params = quarter.all_params
    with Engine.open(quarter.root, params.data) as engine:
        measured = measure(engine, params, model, as_of, governance=house_rules(quarter))
    # The rows of the sources are not needed from here on, and are the largest part of the memory.
    with Engine.memory() as engine:
        before = engine.parquet(nights[-1].state()) if nights else base.table(engine)
        moved = movements(engine, model, measured.features, before)
        after = engine.frame(moved.state)
        past = [night.events() for night in nights]
        events = day_events(base, past, after, measured.consent, as_of=as_of)
        over = finished(_experiments(quarter), on=as_of)
        told = crm_changes(events, measured, model, base, params, as_of=as_of, over=over)
        report = {
            "as_of": as_of.isoformat(),
            "project": params.project,
            "period": params.period,
            **counts(moved.states, after, events),
            "inputs": dict(inputs),
        }
        said = crm_manifest(
            told, project=params.project, period=params.period, file=pathlib.Path(DELTA).name
        )
        files = {
            EVENTS: lambda path: write_atomically(path, csv_text(events).encode("utf-8")),
            STATE: lambda path: write_parquet(moved.state, path),
            DELTA: lambda path: write_atomically(path, csv_text(told).encode("utf-8")),
            MANIFEST: lambda path: write_atomically(path, to_json(said).encode("utf-8")),
        }
        return days.write(as_of, report, files)


def _inputs(quarter: Quarter, model: Model, base: Base) -> dict[str, Any]:
    """Return all that decides the result of a day but for the days scored before."""
    settings = to_json(stage_settings(quarter.all_params, "prepare"))
    return {
        "model": model.hash,
        "base": {"period": base.period, "tags": base.hash},
        "parameters": hashlib.sha256(settings.encode("utf-8")).hexdigest()[:12],
        "sources": source_hashes(quarter.root, quarter.all_params),
    }


def _same_day(night: Night, inputs: Mapping[str, Any]) -> Scored:
    differs = [name for name, value in inputs.items() if night.report["inputs"][name] != value]
    if not differs:
        return Scored(False, f"{night.day}: unchanged, nothing was written.", night.folder)
    raise ContractError(
        [
            Fault(
                f"scoring/{night.day}",
                f"{night.day} was scored already, with other {', '.join(differs)}",
                "a scored day is never changed, and a second try is no second run",
                "Score a later day.",
                "as_of",
            )
        ]
    )


def _check_base(nights: Sequence[Night], inputs: Mapping[str, Any]) -> None:
    if any(night.report["inputs"]["base"] != inputs["base"] for night in nights):
        raise ContractError(
            [
                Fault(
                    f"scoring/{nights[0].day}",
                    "the quarter before gave other tags when this day was scored",
                    "scored days go on from one published quarter",
                    "Restore that quarter's run, or move its scored days aside and score anew.",
                    "other_base",
                )
            ]
        )


def _experiments(quarter: Quarter) -> Register[Experiment]:
    file = read_experiments.file
    text = quarter.peek_registers([file])[file]
    return read_experiments(text, f"params/{quarter.all_params.project}/{file}")
