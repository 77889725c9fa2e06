"""`segment check`: parameters, registers and data, before anything runs."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from typing import Any

import pandas as pd

from segmentation_lib.engine import Engine
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.params import load_params
from segmentation_lib.params.governance import GovernanceFile, owner_references, read_governance
from segmentation_lib.params.registers import KnownSegment
from segmentation_lib.params.registers.early_decisions import early_decisions
from segmentation_lib.params.strict_yaml import read_yaml
from segmentation_lib.prepare import check_barred, clean, load_tables, select_features, snapshot
from segmentation_lib.quarter import Quarter, open_quarter
from segmentation_lib.register_checks import (
    REGISTER_FILES,
    TOLD_FILES,
    checked_registers,
    read_registers,
    segments_on_record,
)

__all__ = ["check_quarter"]


def check_quarter(root: pathlib.Path, path: pathlib.Path, name: str) -> list[str]:
    """Check a quarter without running it, and return what to know about its data.

    Args:
        root: The project's root.
        path: The parameter file.
        name: Its name as people write it, used in faults.

    Returns:
        A line per finding, and one that says how many customers there are.

    Raises:
        ParameterError: The parameters, a register, a story or a quote break a rule.
        ContractError: The data break the contract; faults of the registers are listed with them.
    """
    params = load_params(path, name)
    quarter, folder = open_quarter(params), f"params/{params.project}"
    written = quarter.peek_registers((*REGISTER_FILES, *TOLD_FILES))
    try:
        governance = _governance(quarter)
        dictionary, quality, has_scores = _prepared(root, path, name, quarter, governance)
    except ContractError as error:
        raise type(error)([*error.faults, *_register_faults(written, folder)]) from None
    registers = checked_registers(
        written,
        dictionary,
        folder=folder,
        known=_segments(quarter),
        has_scores=has_scores,
        mentions=owner_references(governance),
    )
    states = quality["states"]["open"]
    counted = ", ".join(f"{count:,} {state.lower()}" for state, count in states.items())
    return [
        *(f"{one['table']}: {one['sentence']} [{one['code']}]" for one in quality["checks"]),
        *early_decisions(registers.plans.experiments, closed=params.window.end),
        f"{name}: no faults. Customers on {params.window.start}: {counted}.",
    ]


def _prepared(
    root: pathlib.Path,
    path: pathlib.Path,
    name: str,
    quarter: Quarter,
    governance: GovernanceFile | None,
) -> tuple[pd.DataFrame, Mapping[str, Any], bool]:
    """Return the data dictionary, the quality of the data, and whether there are scores."""
    params = quarter.all_params
    document = read_yaml(path.read_text(encoding="utf-8"), name)
    with Engine.open(root, params.data) as engine:
        cleaned = clean(load_tables(engine, params), params)
        surveys = cleaned.get("surveys")
        features = select_features(cleaned, params)
        check_barred(features, params, governance, name=name, document=document)
        prepared = snapshot(cleaned, params)
        has_scores = surveys is not None and "nps" in surveys.columns
    return prepared.data_dictionary, prepared.quality, has_scores


def _register_faults(written: Mapping[str, str | None], folder: str) -> tuple[Fault, ...]:
    """Return the faults of the registers that show without the data."""
    try:
        read_registers(written, folder)
    except ContractError as error:
        return error.faults
    return ()


def _governance(quarter: Quarter) -> GovernanceFile | None:
    file = "governance.yaml"
    text = quarter.peek_registers([file])[file]
    return read_governance(text, f"params/{quarter.all_params.project}/{file}")


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
