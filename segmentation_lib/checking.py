"""`segment check`: parameters, registers and data, before anything runs."""

from __future__ import annotations

import difflib
import pathlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TypeVar

import pandas as pd

from segmentation_lib.engine import Engine
from segmentation_lib.faults import ContractError, Fault, ParameterError
from segmentation_lib.params import Params, load_params
from segmentation_lib.params.effects import EffectsParams
from segmentation_lib.params.governance import GovernanceFile, owner_references, read_governance
from segmentation_lib.params.registers import KnownSegment
from segmentation_lib.params.registers.early_decisions import early_decisions
from segmentation_lib.params.registers.experiments import Experiment, read_experiments
from segmentation_lib.params.registers.natural_experiments import SEGMENT, NaturalExperiment
from segmentation_lib.params.registers.references import name_fault
from segmentation_lib.params.registers.register import Register
from segmentation_lib.params.strict_yaml import Document, Path, read_yaml
from segmentation_lib.prepare import check_barred, clean, load_tables, select_features, snapshot
from segmentation_lib.prepare.snapshot import Prepared
from segmentation_lib.quarter import Quarter, open_quarter
from segmentation_lib.register_checks import (
    REGISTER_FILES,
    TOLD_FILES,
    checked_registers,
    segments_on_record,
)

__all__ = ["check_quarter"]

T = TypeVar("T")
_GOVERNANCE = "governance.yaml"
_EFFECTS: Path = ("params", "implement", "effects")


def check_quarter(root: pathlib.Path, path: pathlib.Path, name: str) -> list[str]:
    """Check a quarter without running it, and return what to know about its data.

    Args:
        root: The project's root.
        path: The parameter file.
        name: Its name as people write it, used in faults.

    Returns:
        A line per finding, and one that says how many customers there are.

    Raises:
        ParameterError: The parameter file breaks a rule; faults of the registers beside it are
            listed too, as far as they show without data and segments.
        ContractError: Governance, a register, a story, a quote or the data break a rule. A fault in
            one place hides none in another: all are listed.
    """
    params = _parameters(path, name)
    document = read_yaml(path.read_text(encoding="utf-8"), name)
    quarter, folder = open_quarter(params), f"params/{params.project}"
    written = quarter.peek_registers((*REGISTER_FILES, *TOLD_FILES))
    faults: list[Fault] = []
    governance = _unless_faulty(lambda: _governance(quarter), faults)
    found = _unless_faulty(lambda: _prepared(root, params, name, document, governance), faults)
    prepared, has_scores = (None, False) if found is None else found
    registers = _unless_faulty(
        lambda: checked_registers(
            written,
            None if prepared is None else prepared.data_dictionary,
            folder=folder,
            known=_segments(quarter),
            has_scores=has_scores,
            mentions=owner_references(governance),
        ),
        faults,
    )
    if prepared is not None:
        experiments = read_experiments.tolerant(written[read_experiments.file]).named
        asked = params.implement.effects
        faults += _effects_faults(asked, experiments, prepared.data_dictionary, name, document)
    if faults or prepared is None or registers is None:
        raise ContractError(faults)
    quality, natural = prepared.quality, registers.plans.natural_experiments
    states = quality["states"]["open"]
    counted = ", ".join(f"{count:,} {state.lower()}" for state, count in states.items())
    return [
        *(f"{one['table']}: {one['sentence']} [{one['code']}]" for one in quality["checks"]),
        *early_decisions(registers.plans.experiments, closed=params.window.end),
        *_forgotten_drafts(registers.plans.experiments, params.window.end),
        *_values_of_nobody(natural, asked, prepared.features_open, name, document),
        f"{name}: no faults. Customers on {params.window.start}: {counted}.",
    ]


def _parameters(path: pathlib.Path, name: str) -> Params:
    try:
        return load_params(path, name)
    except ParameterError as error:
        faults = list(error.faults)
    folder = pathlib.PurePath(name).parent.as_posix()
    files = {file: path.parent / file for file in (*REGISTER_FILES, *TOLD_FILES, _GOVERNANCE)}
    written = {file: one.read_text(encoding="utf-8") for file, one in files.items()
               if one.is_file()}  # fmt: skip
    _unless_faulty(lambda: checked_registers(written, None, folder=folder), faults)
    governance = written.get(_GOVERNANCE)
    _unless_faulty(lambda: read_governance(governance, f"{folder}/{_GOVERNANCE}"), faults)
    raise ParameterError(faults)


def _unless_faulty(step: Callable[[], T], faults: list[Fault]) -> T | None:
    """Return what a step returns; where it finds faults, keep them and return None."""
    try:
        return step()
    except ContractError as error:
        faults += error.faults
        return None


def _prepared(
    root: pathlib.Path,
    params: Params,
    name: str,
    document: Document,
    governance: GovernanceFile | None,
) -> tuple[Prepared, bool]:
    """Return what the data hold, and whether there are scores."""
    with Engine.open(root, params.data) as engine:
        cleaned = clean(load_tables(engine, params), params)
        surveys = cleaned.get("surveys")
        features = select_features(cleaned, params)
        check_barred(features, params, governance, name=name, document=document)
        return snapshot(cleaned, params), surveys is not None and "nps" in surveys.columns


def _effects_faults(
    asked: EffectsParams,
    experiments: Sequence[str] | None,
    dictionary: pd.DataFrame,
    name: str,
    document: Document,
) -> Iterator[Fault]:
    """Yield the faults of parameters that name an experiment, attribute or outcome there is not."""
    measured = set(dictionary.loc[dictionary["role"] == "outcome", "name"])
    attributes = {*dictionary.loc[dictionary["role"] != "outcome", "name"], SEGMENT}
    named: list[tuple[Path, str, Sequence[str] | set[str], str]] = []
    if asked.targeting is not None and experiments is not None:
        place = ("targeting", "experiment")
        named.append((place, asked.targeting.experiment, experiments, "experiment"))
    for number, one in enumerate(asked.compare):
        named.append((("compare", number, "outcome"), one.outcome, measured, "outcome"))
        named += [(("compare", number, "who"), own, attributes, "attribute") for own in one.who]
    for path, own, known, kind in named:
        if own not in known:
            spot = ".".join(map(str, (*_EFFECTS[1:], *path)))
            where = f"{name}:{document.line((*_EFFECTS, *path))}"
            yield name_fault(where, spot, own, known, kind=kind)


def _forgotten_drafts(experiments: Register[Experiment], closed: date) -> Iterator[str]:
    """Yield a line for each draft that was to start before the close: it is not read out."""
    for place, entry in enumerate(experiments):
        if entry.status == "draft" and entry.starts_on < closed:
            yield (
                f"{experiments.where(place)}: {entry.id} starts on {entry.starts_on} and is still "
                "a draft, so it is not read out. Set its `status`, or move its dates."
            )


def _values_of_nobody(
    natural: Register[NaturalExperiment],
    asked: EffectsParams,
    customers: pd.DataFrame,
    name: str,
    document: Document,
) -> Iterator[str]:
    """Yield a line for each value of an attribute that no customer has; another day may have it."""
    groups = [
        (natural.where(place, field), natural.spot(place, field), getattr(entry, field) or {})
        for place, entry in enumerate(natural)
        for field in ("treated", "control")
    ]
    for number, one in enumerate(asked.compare):
        where = f"{name}:{document.line((*_EFFECTS, 'compare', number, 'who'))}"
        groups.append((where, f"implement.effects.compare.{number}.who", one.who))
    for where, spot, group in groups:
        for attribute in sorted({*group} & {*customers.columns}):
            there = customers[attribute].dropna().astype("str").unique().tolist()
            for value in group[attribute]:
                if value not in there:
                    meant = difflib.get_close_matches(value, there, n=1)
                    hint = f" Did you mean {meant[0]}?" if meant else ""
                    yield f"{where}: {spot}: no customer has {attribute} = {value}.{hint}"


def _governance(quarter: Quarter) -> GovernanceFile | None:
    text = quarter.peek_registers([_GOVERNANCE])[_GOVERNANCE]
    return read_governance(text, f"params/{quarter.all_params.project}/{_GOVERNANCE}")


def _segments(quarter: Quarter) -> dict[str, KnownSegment] | None:
    """Return the segments that registers may name: the adopted ones, and those of the last run."""
    runs = [run for run in (quarter.run, quarter.previous) if run and run.has("register")]
    cards = [run.read("segments")["segments"] for run in runs[:1] if run.has("segments")]
    return segments_on_record(
        runs[0].read("register") if runs else None,
        quarter.peek_registers(["segments.yaml"])["segments.yaml"],
        period=quarter.all_params.period,
        names={card["id"]: card["name"] for card in cards[0]} if cards else None,
    )
