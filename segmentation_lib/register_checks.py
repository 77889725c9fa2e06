"""All registers of a project, read together and checked against its segments and measures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from segmentation_lib.faults import Fault, ParameterError
from segmentation_lib.params.registers import (
    NPS,
    PLAN_FILES,
    KnownSegment,
    Plans,
    Reference,
    Register,
    check_kpis,
    check_plans,
    known_segments,
    name_fault,
    read_plans,
    segment_faults,
    segment_references,
)
from segmentation_lib.params.registers.channels import (
    ChannelBudget,
    channel_references,
    read_channels,
)
from segmentation_lib.params.registers.feedback import Feedback, read_feedback
from segmentation_lib.params.registers.investments import Investment, read_investments
from segmentation_lib.params.registers.pricing import PriceStudy, price_references, read_pricing
from segmentation_lib.params.registers.priorities import Priority, read_priorities
from segmentation_lib.params.strict_yaml import read_yaml

__all__ = [
    "DECLARED_FILES",
    "REGISTER_FILES",
    "Registers",
    "check_registers",
    "read_registers",
    "segments_on_record",
]

REGISTER_FILES = (
    *PLAN_FILES, "investments.yaml", "priorities.yaml", "channels.yaml", "pricing.yaml",
    "feedback.yaml",
)  # fmt: skip
# What is to be tested is declared before the segments are made; see `Plans.declarations`.
DECLARED_FILES = ("hypotheses.yaml", "kpis.yaml")


@dataclass(frozen=True)
class Registers:
    """What people wrote about the segments, each register empty where there is no file.

    Attributes:
        plans: Hypotheses, KPIs, playbook and content.
        investments: What was put into segments, and what was expected of it.
        priorities: What could be built.
        channels: What is spent on channels.
        pricing: Where answers about prices are, and the price tiers.
        feedback: What came back, and the changes it asks for.
    """

    plans: Plans
    investments: Register[Investment]
    priorities: Register[Priority]
    channels: Register[ChannelBudget]
    pricing: Register[PriceStudy]
    feedback: Register[Feedback]


def read_registers(texts: Mapping[str, str | None], folder: str = "") -> Registers:
    """Read all registers of a project, listing the faults of all of them at once.

    Args:
        texts: Text by file name (those of `REGISTER_FILES`); None or no key where there is none.
        folder: The folder as people write it, such as ``params/demo``, used in faults.

    Raises:
        ParameterError: A text breaks a rule; all faults are listed, with file and line.
    """
    faults: list[Fault] = []
    plans = _tried(lambda: read_plans(texts, folder), faults)

    def read(name: str, reader: Callable[..., Register[Any]], **options: Any) -> Any:
        place = f"{folder}/{name}" if folder else name
        return _tried(lambda: reader(texts.get(name), place, **options), faults)

    # With faults in the plans nobody knows which hypotheses there are.
    ids = None if plans is None else plans.hypotheses.ids
    found = (
        read("investments.yaml", read_investments, hypotheses=ids),
        read("priorities.yaml", read_priorities),
        read("channels.yaml", read_channels),
        read("pricing.yaml", read_pricing),
        read("feedback.yaml", read_feedback),
    )
    if plans is None or faults:
        raise ParameterError(faults)
    return Registers(plans, *found)


def check_registers(
    registers: Registers,
    dictionary: pd.DataFrame,
    *,
    known: Mapping[str, KnownSegment] | None = None,
    has_scores: bool = False,
) -> None:
    """Check all registers against the segments, the measures and each other.

    Args:
        registers: What `read_registers` returned.
        dictionary: The artefact ``data_dictionary``, ``name`` and ``role``: what is ``segmenting``
            makes the segments, what is an ``outcome`` is measured in the quarter.
        known: All segments of the project, by ID; None before the first segments are made, and
            then only the KPIs are checked.
        has_scores: Whether there are survey scores, so that `nps` can be a KPI.

    Raises:
        ParameterError: A register names a segment or a measure that there is not, or something
            circular; all faults of all registers are listed, with file and line.
    """
    outcomes, segmenting = (
        [str(name) for name in dictionary.loc[dictionary["role"] == role, "name"]]
        for role in ("outcome", "segmenting")
    )
    measures: dict[str, Any] = {
        "outcomes": outcomes, "segmenting": segmenting, "has_scores": has_scores,
    }  # fmt: skip
    if known is None:
        check_kpis(registers.plans.kpis, **measures)
        return
    faults: list[Fault] = []
    _tried(lambda: check_plans(registers.plans, known=known, **measures), faults)
    faults += segment_faults(_references(registers), known)
    faults += _unmeasured(registers.investments, [*outcomes, *([NPS] if has_scores else [])])
    if faults:
        raise ParameterError(faults)


def segments_on_record(
    register: Mapping[str, Any] | None, adopted: str | None = None
) -> dict[str, KnownSegment] | None:
    """Return all segments of a project by ID, or None where there are none yet.

    A register is written for the newest quarter. An older quarter that is run again knows less,
    so segments that were adopted since count as well.

    Args:
        register: The artefact ``register`` of the quarter, if there is one.
        adopted: Text of ``segments.yaml``, if there is one.

    Raises:
        ParameterError: ``segments.yaml`` is not YAML.
    """
    values = read_yaml(adopted, "segments.yaml").values if adopted else None
    lists = [item.get("segments") or () for item in (values, register) if isinstance(item, Mapping)]
    if not lists:
        return None
    return {name: segment for rows in lists for name, segment in known_segments(rows).items()}


def _references(registers: Registers) -> list[Reference]:
    """Collect the segments that all registers but the plans name."""
    return [
        *segment_references(registers.investments, "segment"),
        *segment_references(registers.priorities, "segment"),
        *segment_references(registers.feedback, "segment"),
        *channel_references(registers.channels),
        *price_references(registers.pricing),
    ]


def _unmeasured(investments: Register[Investment], measured: Collection[str]) -> list[Fault]:
    return [
        name_fault(
            investments.where(place, "metric"), investments.spot(place, "metric"), item.metric,
            measured, kind="outcome or KPI",
        )
        for place, item in enumerate(investments)
        if item.metric not in measured
    ]  # fmt: skip


def _tried(call: Callable[[], Any], faults: list[Fault]) -> Any:
    """Call, and keep the faults of what it raises with those found so far."""
    try:
        return call()
    except ParameterError as error:
        faults += error.faults
        return None
