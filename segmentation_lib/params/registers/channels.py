"""What is spent on channels and what came back: ``params/<project>/channels.yaml``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, FiniteFloat, model_validator

from segmentation_lib.params.registers.references import Reference
from segmentation_lib.params.registers.register import (
    Entry,
    Register,
    SegmentOrAll,
    Words,
    read_entries,
)
from segmentation_lib.params.section import Section

__all__ = ["ChannelBudget", "ChannelLine", "channel_references", "read_channels"]

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
            raise ValueError(f"{self.responses} responses of {self.contacts} contacts is too many")
        if self.cap is not None and self.cap < self.floor:
            raise ValueError("must have a cap that is at least the floor")
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
            raise ValueError("must have one line for each segment and channel")
        for amount in (self.budget, *(x for line in self.lines for x in (line.floor, line.cap))):
            if amount is not None and abs(100 * amount - round(100 * amount)) > 1e-6:
                raise ValueError(f"holds {amount:g}, which is no whole number of pennies")
        floors = sum(line.floor for line in self.lines)
        caps = sum(self.budget if line.cap is None else line.cap for line in self.lines)
        if not round(100 * floors) <= round(100 * self.budget) <= round(100 * caps):
            raise ValueError(
                f"must have a budget ({self.budget:g}) from the sum of the floors ({floors:g}) "
                f"to the sum of the caps ({caps:g})"
            )
        return self


def read_channels(text: str | None, name: str) -> Register[ChannelBudget]:
    """Read ``channels.yaml``: the top key ``channels`` over a list of `ChannelBudget`.

    Args:
        text: Text of the file; None or an empty one holds no budgets.
        name: Its name as people write it, used in faults.

    Raises:
        ParameterError: The text breaks a rule; all faults are listed, with lines.
    """
    return read_entries(text, name, key="channels", entry=ChannelBudget)


def channel_references(register: Register[ChannelBudget]) -> list[Reference]:
    """Collect the segments that the lines of the budgets name."""
    return [
        Reference(
            line.segment,
            register.where(place, "lines", number, "segment"),
            register.spot(place, "lines", number, "segment"),
        )
        for place, plan in enumerate(register)
        for number, line in enumerate(plan.lines)
        if line.segment != "(all)"
    ]
