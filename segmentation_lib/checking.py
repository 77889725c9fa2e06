"""`segment check`: parameters, registers and data, before anything runs."""

from __future__ import annotations

import pathlib

from segmentation_lib.engine import Engine
from segmentation_lib.params import load_params
from segmentation_lib.params.governance import GovernanceFile, read_governance
from segmentation_lib.params.registers import KnownSegment
from segmentation_lib.params.strict_yaml import read_yaml
from segmentation_lib.prepare import check_barred, clean, load_tables, select_features, snapshot
from segmentation_lib.quarter import Quarter, open_quarter
from segmentation_lib.register_checks import (
    REGISTER_FILES,
    check_registers,
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
        ParameterError: The parameters or a register break a rule.
        ContractError: The data break the contract.
    """
    params = load_params(path, name)
    quarter = open_quarter(params)
    registers = read_registers(quarter.peek_registers(REGISTER_FILES), f"params/{params.project}")
    document = read_yaml(path.read_text(encoding="utf-8"), name)
    with Engine.open(root, params.data) as engine:
        cleaned = clean(load_tables(engine, params), params)
        surveys = cleaned.get("surveys")
        has_scores = surveys is not None and "nps" in surveys.columns
        features = select_features(cleaned, params)
        check_barred(features, params, _governance(quarter), name=name, document=document)
        prepared = snapshot(cleaned, params)
    dictionary, quality = prepared.data_dictionary, prepared.quality
    check_registers(registers, dictionary, known=_segments(quarter), has_scores=has_scores)
    states = quality["states"]["open"]
    counted = ", ".join(f"{count:,} {state.lower()}" for state, count in states.items())
    return [
        *(f"{one['table']}: {one['sentence']} [{one['code']}]" for one in quality["checks"]),
        f"{name}: no faults. Customers on {params.window.start}: {counted}.",
    ]


def _governance(quarter: Quarter) -> GovernanceFile | None:
    file = "governance.yaml"
    text = quarter.peek_registers([file])[file]
    return read_governance(text, f"params/{quarter.all_params.project}/{file}")


def _segments(quarter: Quarter) -> dict[str, KnownSegment] | None:
    """Return the segments that registers may name: the adopted ones, and those of the last run."""
    runs = [run for run in (quarter.run, quarter.previous) if run and run.has("register")]
    register = runs[0].read("register") if runs else None
    return segments_on_record(register, quarter.peek_registers(["segments.yaml"])["segments.yaml"])
