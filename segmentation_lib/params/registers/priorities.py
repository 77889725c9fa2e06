"""What could be built for a segment, term by term: ``params/<project>/priorities.yaml``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, FiniteFloat, model_validator

from segmentation_lib.params.registers.reader import RegisterReader
from segmentation_lib.params.registers.register import Entry, SegmentOrAll, Words
from segmentation_lib.params.registers.rules import broken_rule
from segmentation_lib.params.section import Section

__all__ = ["Priority", "Term", "read_priorities"]

Positive = Annotated[FiniteFloat, Field(gt=0)]


class Term(Section):
    """One number of a priority, and where it comes from."""

    value: Annotated[FiniteFloat, Field(ge=0)] = Field(description="The number, 0 or more.")
    source: Literal["experiment", "data", "assumption"] = Field(
        default="assumption", description="`experiment`, `data` or `assumption`."
    )
    evidence: str = Field(
        default="", description="ID of the evidence, as in the artefact `evidence`."
    )

    @model_validator(mode="after")
    def _has_evidence(self) -> Term:
        if self.source != "assumption" and not self.evidence.strip():
            an = "an experiment" if self.source == "experiment" else "data"
            raise broken_rule(
                f"a number that comes from {an} names its evidence",
                "Add evidence, or set source to assumption.",
                at="source",
            )
        return self


class Priority(Entry):
    """One feature that could be built for a segment."""

    feature: Words = Field(description="What could be built.")
    segment: SegmentOrAll = Field(description="Permanent ID of the segment it is for, or (all).")
    reach: Term | None = Field(
        default=None,
        description="Customers it reaches in a quarter; without it, those of the segment.",
    )
    value: Term | None = Field(
        default=None,
        description="Value of one of these customers in a quarter; without it, the measured one.",
    )
    effect: Term = Field(description="By what share that value is expected to grow, such as 0.05.")
    confidence: Annotated[FiniteFloat, Field(ge=0, le=1)] = Field(
        description="How sure people are of the effect, 0 to 1."
    )
    effort: Positive = Field(description="Weeks of one person's work.")
    because: str = Field(default="", description="Why, in one sentence.")


read_priorities = RegisterReader("priorities", Priority)
"""Reads ``priorities.yaml``, see `RegisterReader`."""
