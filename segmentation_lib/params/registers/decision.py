"""What people write down once a test is over: what was decided, when, and what was learned."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from segmentation_lib.params.registers.register import Entry, Words
from segmentation_lib.params.registers.rules import broken_rule

__all__ = ["DECIDED", "Decided"]

DECIDED = ("decision", "decided_on", "lesson")
"""What is written after the result; none of it is part of the design."""


class Decided(Entry):
    """Base of entries that end in a decision and a lesson."""

    decision: Literal["keep", "stop", "change", "test"] | None = Field(
        default=None,
        description="What was decided: `keep`, `stop`, `change` or `test` (by lot, or again).",
    )
    decided_on: date | None = Field(default=None, description="Day of the decision.")
    lesson: Words | None = Field(default=None, description="What was learned, in one sentence.")

    @model_validator(mode="after")
    def _dated(self) -> Decided:
        if (self.decision is None) != (self.decided_on is None):
            raise broken_rule("decision and decided_on go together", "Give both, or neither.")
        return self
