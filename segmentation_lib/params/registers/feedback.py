"""What came back from customers and what people make of it: ``params/<project>/feedback.yaml``."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from segmentation_lib.params.registers.reader import RegisterReader
from segmentation_lib.params.registers.register import Entry, SegmentOrAll, Words
from segmentation_lib.params.registers.rules import broken_rule
from segmentation_lib.params.section import Section

__all__ = ["Change", "Feedback", "read_feedback"]

Plain = str | int | float | bool


class Change(Section):
    """One change of the parameter file: an item of a list, or a value."""

    parameter: str = Field(
        pattern=r"^[a-z_]+(\.[a-z_]+)*$",
        description="The parameter under `params`, such as `prepare.features`.",
    )
    add: Plain | None = Field(default=None, description="Item to add to a list.")
    remove: Plain | None = Field(default=None, description="Item to take out of a list.")
    set: Plain | None = Field(default=None, description="New value of the parameter.")

    @model_validator(mode="after")
    def _one(self) -> Change:
        given: list[Any] = [x for x in (self.add, self.remove, self.set) if x is not None]
        if len(given) != 1:
            raise broken_rule(
                "a change does one thing: add, remove or set", "Give exactly one of the three."
            )
        return self


class Feedback(Entry):
    """One finding from a survey or a campaign, and the change it asks for, if any."""

    source: Literal["survey", "campaign", "interviews", "suggestion"] = Field(
        description="`survey`, `campaign`, `interviews`, or `suggestion` (of an earlier run)."
    )
    segment: SegmentOrAll = Field(default="(all)", description="Whom it is about.")
    finding: Words = Field(description="What was found, in one sentence.")
    asked: int | None = Field(default=None, ge=1, description="Customers who were asked.")
    responded: int | None = Field(default=None, ge=0, description="Those who responded.")
    change: Change | None = Field(default=None, description="Change of the parameter file.")
    decision: Literal["open", "accepted", "declined"] = Field(
        default="open", description="`open`, `accepted` (goes into the proposal) or `declined`."
    )
    decided_by: str = Field(default="", description="Role that decided.")

    @model_validator(mode="after")
    def _complete(self) -> Feedback:
        if (self.asked is None) != (self.responded is None):
            raise broken_rule("asked and responded go together", "Give both, or neither.")
        if self.asked is not None and (self.responded or 0) > self.asked:
            rule = f"must be at most asked ({self.asked})"
            raise broken_rule(rule, "Correct one of the two.", at="responded")
        if self.decision != "open" and not self.decided_by.strip():
            rule, fix = "a decision says who took it", "Add decided_by: the role that decided."
            raise broken_rule(rule, fix, at="decision")
        if self.decision != "open" and self.change is None:
            rule = f"only a change can be {self.decision}"
            raise broken_rule(rule, "Add the change, or set decision to open.", at="decision")
        return self


read_feedback = RegisterReader("feedback", Feedback)
"""Reads ``feedback.yaml``, see `RegisterReader`."""
