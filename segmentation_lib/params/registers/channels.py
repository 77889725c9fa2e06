"""What is spent on channels and what came back: ``params/<project>/channels.yaml``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, FiniteFloat, model_validator

from segmentation_lib.params.registers.reader import RegisterReader
from segmentation_lib.params.registers.register import Entry, SegmentOrAll, Words
from segmentation_lib.params.registers.rules import broken_rule
from segmentation_lib.params.section import Section

__all__ = ["ChannelBudget", "ChannelLine", "read_channels"]

Money = Annotated[FiniteFloat, Field(ge=0)]


class ChannelLine(Section):
    """One channel to one segment: what it was given, and what came back."""

    segment: SegmentOrAll = Field(description="Permanent ID of the segment, or (all).")
    channel: Words = Field(description="Channel, such as `email`.")
    spent: Annotated[FiniteFloat, Field(gt=0)] = Field(
        description="What was spent, in the project's currency."
    )
    contacts: int = Field(ge=1, description="Customers who were reached for it.")
    responses: int = Field(ge=0, description="Those of them who responded.")
    value: Annotated[FiniteFloat, Field(gt=0)] = Field(
        default=1.0, description="Worth of one response; 1 counts responses alike."
    )
    floor: Money = Field(default=0.0, description="The least it is to get.")
    cap: Money | None = Field(default=None, description="The most it is to get; without it, all.")

    @model_validator(mode="after")
    def _possible(self) -> ChannelLine:
        if self.responses > self.contacts:
            rule = f"must be at most contacts ({self.contacts})"
            raise broken_rule(rule, "Correct one of the two.", at="responses")
        if self.cap is not None and self.cap < self.floor:
            rule = f"must be at least the floor ({self.floor:g})"
            raise broken_rule(rule, "Raise the cap, or lower the floor.", at="cap")
        return self


class ChannelBudget(Entry):
    """A budget, and the channels among which it is shared."""

    budget: Annotated[FiniteFloat, Field(gt=0)] = Field(
        description="What there is to share out, to the penny."
    )
    owner: Words = Field(description="Role that decides.")
    lines: tuple[ChannelLine, ...] = Field(
        min_length=1, description="Channels by segment, with what they brought."
    )

    @model_validator(mode="after")
    def _shareable(self) -> ChannelBudget:
        pairs = [(line.segment, line.channel) for line in self.lines]
        if len(set(pairs)) < len(pairs):
            twice = next(pair for pair in pairs if pairs.count(pair) > 1)
            raise broken_rule(
                "a segment and a channel have one line",
                f"Put the lines of {' and '.join(twice)} into one.",
                at="lines",
            )
        for amount in (self.budget, *(x for line in self.lines for x in (line.floor, line.cap))):
            if amount is not None and abs(100 * amount - round(100 * amount)) > 1e-6:
                raise broken_rule(
                    f"amounts are whole pennies, and {amount:g} is not", "Round it to two decimals."
                )
        floors = sum(line.floor for line in self.lines)
        caps = sum(self.budget if line.cap is None else line.cap for line in self.lines)
        if not round(100 * floors) <= round(100 * self.budget) <= round(100 * caps):
            raise broken_rule(
                f"must lie between the sum of the floors ({floors:g}) and that of the caps "
                f"({caps:g})",
                "Change the budget, a floor or a cap.",
                at="budget",
            )
        return self


read_channels = RegisterReader("channels", ChannelBudget)
"""Reads ``channels.yaml``, see `RegisterReader`."""
