"""What happened to some customers and not to others: ``natural_experiments.yaml`` of a project."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, FiniteFloat, model_validator

from segmentation_lib.faults import Fault
from segmentation_lib.params.registers.decision import DECIDED, Decided
from segmentation_lib.params.registers.reader import RegisterReader
from segmentation_lib.params.registers.references import (
    KnownSegment,
    name_fault,
    name_faults,
    references,
    segment_faults,
)
from segmentation_lib.params.registers.register import EntryId, Register, Words
from segmentation_lib.params.registers.rules import broken_rule

__all__ = [
    "SEGMENT",
    "NaturalExperiment",
    "natural_declaration",
    "natural_declarations",
    "natural_faults",
    "read_natural_experiments",
]

SEGMENT = "segment"
Values = Annotated[tuple[Words, ...], Field(min_length=1)]
Group = Annotated[dict[Words, Values], Field(min_length=1)]


class NaturalExperiment(Decided):
    """Something that happened to one group of customers on a day, without a draw by lot."""

    what: Words = Field(description="What happened, in a few words.")
    started_on: date = Field(description="First day on which it could make a difference.")
    treated: Group = Field(
        description="Who it happened to: values by attribute, such as `region: [North]` or "
        "`segment: [S01]`; a customer must fit all attributes named."
    )
    control: Group | None = Field(
        default=None,
        description="Who it did not happen to, in the same way. Without one, before and after are "
        "described, and no effect is claimed.",
    )
    metric: Literal["revenue", "orders", "active"] = Field(
        description="What may have changed: `revenue`, `orders` (days with a purchase) or `active` "
        "(whether a customer bought)."
    )
    direction: Literal["higher", "lower"] = Field(description="What is expected of the metric.")
    min_effect: Annotated[FiniteFloat, Field(ge=0)] = Field(
        default=0.0,
        description="Smallest change that matters, as a share of what was expected without it "
        "(0.05 is five percent).",
    )
    hypothesis: EntryId | None = Field(
        default=None, description="ID of the hypothesis that it tests."
    )
    match_by: tuple[Words, ...] = Field(
        default=(),
        description="Attributes in which the control group is weighed to be like the treated, such "
        "as `segment`; never the metric's own past.",
    )
    cluster: Words | None = Field(
        default=None,
        description="Attribute that was treated as a whole, such as a shop or a region; errors "
        "then allow for its customers being alike.",
    )
    owner: Words | None = Field(default=None, description="Role that answers for it.")

    @model_validator(mode="after")
    def _two_groups(self) -> NaturalExperiment:
        if self.decided_on is not None and self.decided_on < self.started_on:
            rule = f"must not be before started_on ({self.started_on})"
            raise broken_rule(rule, "Correct one of the two.", at="decided_on")
        if self.control is None:
            if self.match_by:
                rule = "it weighs a control group, and there is none"
                raise broken_rule(rule, "Add control, or remove match_by.", at="match_by")
            return self
        shared = [name for name in self.treated if name in self.control]
        if all(set(self.treated[name]) & set(self.control[name]) for name in shared):
            raise broken_rule(
                "a customer may be in treated and control at once",
                "Name the same attribute in both, with other values.",
                at="control",
            )
        return self

    @property
    def attributes(self) -> tuple[str, ...]:
        """All attributes that are named, sorted."""
        named = {*self.treated, *(self.control or {}), *self.match_by}
        return tuple(sorted(named | ({self.cluster} if self.cluster else set())))

    @property
    def compares_segments(self) -> bool:
        """Whether treated and control are told apart by segment."""
        own, others = self.treated.get(SEGMENT), (self.control or {}).get(SEGMENT)
        return self.control is not None and set(own or ()) != set(others or ())


read_natural_experiments = RegisterReader("natural_experiments", NaturalExperiment)
"""Reads ``natural_experiments.yaml``, see `RegisterReader`."""


def natural_faults(
    register: Register[NaturalExperiment],
    *,
    known: Mapping[str, KnownSegment] | None,
    attributes: Collection[str],
    hypotheses: Collection[str] | None = None,
) -> list[Fault]:
    """Return the faults of entries on segments, attributes or hypotheses that there are not.

    Args:
        register: The register.
        known: All segments of the project, by ID; None before the first were made.
        attributes: Columns of the customers that describe them and do not make the segments.
        hypotheses: IDs of the project's hypotheses; None does not look them up.
    """
    allowed = {*attributes, SEGMENT}
    groups = [
        name_fault(register.where(place, field, name), register.spot(place, field), name, allowed,
                   kind="attribute")
        for place, entry in enumerate(register)
        for field in ("treated", "control")
        for name in getattr(entry, field) or ()
        if name not in allowed
    ]  # fmt: skip
    return [
        *groups,
        *name_faults(references(register, "match_by", "cluster"), allowed, kind="attribute"),
        *segment_faults(references(register, f"treated.{SEGMENT}", f"control.{SEGMENT}"), known),
        *name_faults(references(register, "hypothesis"), hypotheses, kind="hypothesis"),
    ]


def natural_declarations(register: Register[NaturalExperiment]) -> tuple[str, ...]:
    """Return a line of text per natural experiment, sorted, to be kept before it is read out."""
    return tuple(sorted(natural_declaration(entry) for entry in register))


def natural_declaration(entry: NaturalExperiment) -> str:
    """Return the line of one natural experiment; owner, decision and lesson do not count.

    Whoever names other groups, another metric or another day once the result is known makes
    another comparison.
    """
    design = entry.model_dump(mode="json", exclude={"owner", *DECIDED})
    text = json.dumps(design, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"natural experiment {entry.id} ({hashlib.sha256(text.encode()).hexdigest()[:16]})"
