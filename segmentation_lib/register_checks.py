"""All that people write about a project's segments, read together and checked before it is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from segmentation_lib.faults import ContractError, Fault, ParameterError
from segmentation_lib.params.registers import (
    NPS,
    PLAN_FILES,
    KnownSegment,
    Plans,
    Reference,
    Register,
    RegisterReader,
    plan_faults,
    references,
    segment_faults,
    tolerant_plans,
)
from segmentation_lib.params.registers.channels import ChannelBudget, read_channels
from segmentation_lib.params.registers.feedback import Feedback, read_feedback
from segmentation_lib.params.registers.investments import (
    Investment,
    investment_faults,
    read_investments,
)
from segmentation_lib.params.registers.on_record import segments_on_record
from segmentation_lib.params.registers.pricing import PriceStudy, read_pricing
from segmentation_lib.params.registers.priorities import Priority, read_priorities
from segmentation_lib.params.registers.told import TOLD_FILES, told_faults, told_stories
from segmentation_lib.profile.story import EvidenceBook, check_stories

__all__ = [
    "DECLARED_FILES",
    "REGISTER_FILES",
    "TOLD_FILES",
    "Registers",
    "check_registers",
    "checked_registers",
    "read_registers",
    "segments_on_record",
]

_READERS: tuple[RegisterReader[Any], ...] = (
    read_investments, read_priorities, read_channels, read_pricing, read_feedback,
)  # fmt: skip
REGISTER_FILES = (*PLAN_FILES, *(reader.file for reader in _READERS))
# What is to be tested is declared before the segments are made; see `Plans.declarations`.
DECLARED_FILES = ("hypotheses.yaml", "kpis.yaml", "experiments.yaml", "natural_experiments.yaml")


@dataclass(frozen=True)
class Registers:
    """What people wrote about the segments, each register empty where there is no file.

    Attributes:
        plans: Hypotheses, KPIs, playbook, content and experiments.
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

    @property
    def faults(self) -> list[Fault]:
        """What is wrong with the files by themselves."""
        return [
            fault
            for register in (*self.plans.registers, self.investments, self.priorities,
                             self.channels, self.pricing, self.feedback)
            for fault in register.faults
        ]  # fmt: skip


def read_registers(texts: Mapping[str, str | None], folder: str = "") -> Registers:
    """Read all registers of a project, listing the faults of all of them at once.

    Args:
        texts: Text by file name (those of `REGISTER_FILES`); None or no key where there is none.
        folder: The folder as people write it, such as ``params/demo``, used in faults.

    Raises:
        ParameterError: A text breaks a rule; all faults are listed, with file and line.
    """
    registers = _tolerant(texts, folder)
    if registers.faults:
        raise ParameterError(registers.faults)
    return registers


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
            makes the segments, what is an ``outcome`` is measured in the quarter, and a
            ``descriptor`` tells customers apart in natural experiments.
        known: All segments of the project, by ID; None before the first segments are made, and
            then segments are not looked up.
        has_scores: Whether there are survey scores, so that `nps` can be a KPI.

    Raises:
        ParameterError: A register names a segment or a measure that there is not, or something
            circular; all faults of all registers are listed, with file and line.
    """
    faults = _faults(registers, dictionary, known, has_scores)
    if faults:
        raise ParameterError(faults)


def checked_registers(
    texts: Mapping[str, str | None],
    dictionary: pd.DataFrame | None,
    *,
    folder: str = "",
    known: Mapping[str, KnownSegment] | None = None,
    has_scores: bool = False,
    mentions: Iterable[Reference] = (),
) -> Registers:
    """Read all that people wrote and check it, listing all faults in one go.

    A fault in one place does not hide those in others: what can be read is checked.

    Args:
        texts: Text by file name (those of `REGISTER_FILES` and of `TOLD_FILES`); None or no key
            where there is none.
        dictionary: The artefact ``data_dictionary``, see `check_registers`; None where the data
            cannot be read, and then only segments are looked up.
        folder: The folder as people write it, such as ``params/demo``, used in faults.
        known: All segments of the project, by ID; None before the first segments are made.
        has_scores: Whether there are survey scores.
        mentions: Further mentions of segments; they may be retired ones.

    Raises:
        ParameterError: A text breaks a rule, or names something that there is not.
    """
    registers = _tolerant(texts, folder)
    faults = [
        *registers.faults,
        *(
            _segment_faults(registers, known)
            if dictionary is None
            else _faults(registers, dictionary, known, has_scores)
        ),
        *told_faults(texts, known, folder=folder),
        *_prose_faults(texts, folder),
        *segment_faults(mentions, known, retired_too=True),
    ]
    if faults:
        raise ParameterError(faults)
    return registers


def _tolerant(texts: Mapping[str, str | None], folder: str) -> Registers:
    found = (
        reader.tolerant(texts.get(reader.file), f"{folder}/{reader.file}" if folder else "")
        for reader in _READERS
    )
    return Registers(tolerant_plans(texts, folder), *found)


def _faults(
    registers: Registers,
    dictionary: pd.DataFrame,
    known: Mapping[str, KnownSegment] | None,
    has_scores: bool,
) -> list[Fault]:
    roles = {
        role: [str(name) for name in dictionary.loc[dictionary["role"] == role, "name"]]
        for role in ("outcome", "segmenting", "descriptor")
    }
    outcomes, plans = roles["outcome"], registers.plans
    return [
        *plan_faults(
            plans, known=known, outcomes=outcomes, segmenting=roles["segmenting"],
            attributes=roles["descriptor"], has_scores=has_scores,
        ),
        *investment_faults(
            registers.investments, known=known, hypotheses=plans.hypotheses.named,
            metrics=[*outcomes, *([NPS] if has_scores else [])],
        ),
        *segment_faults(_own_references(registers), known),
    ]  # fmt: skip


def _segment_faults(registers: Registers, known: Mapping[str, KnownSegment] | None) -> list[Fault]:
    """Return the faults of segments that there are not, which need no data to be seen."""
    plans = registers.plans
    named = [
        *references(plans.hypotheses, "segment", "compared_with"),
        *references(plans.kpis, "targets.segment"),
        *references(plans.playbook, "segment"),
        *references(plans.content, "segment"),
        *references(plans.experiments, "segments"),
        *references(plans.natural_experiments, "treated.segment", "control.segment"),
        *references(registers.investments, "segment"),
        *_own_references(registers),
    ]
    return segment_faults(named, known)


def _own_references(registers: Registers) -> list[Reference]:
    """Collect the segments that registers name which have no other names to look up."""
    return [
        *references(registers.priorities, "segment"),
        *references(registers.channels, "lines.segment"),
        *references(registers.pricing, "tiers.segments"),
        *references(registers.feedback, "segment"),
    ]


def _prose_faults(texts: Mapping[str, str | None], folder: str) -> list[Fault]:
    """Return the faults of the texts of stories that show before there is any evidence.

    Whether a text with evidence may say "causes" is known once the evidence is.
    """
    told = told_stories(texts, folder)
    answers = enumerate(told.stories.answers)
    resting = {told.where("answers", place, "text") for place, one in answers if one.evidence}
    try:
        check_stories(told, (), EvidenceBook())
    except ContractError as error:
        return [
            fault
            for fault in error.faults
            if fault.code in ("typed_number", "template")
            or (fault.code == "causal_word" and fault.where not in resting)
        ]
    return []
