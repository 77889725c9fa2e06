"""Investments and what was expected of them: ``params/<project>/investments.yaml``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Literal

from pydantic import Field, FiniteFloat, model_validator

from segmentation_lib.faults import Fault, ParameterError
from segmentation_lib.params.registers.references import name_fault
from segmentation_lib.params.registers.register import (
    Entry,
    EntryId,
    Register,
    SegmentOrAll,
    Words,
    read_entries,
)
from segmentation_lib.params.section import Period, Section

__all__ = ["Actual", "Expected", "Investment", "read_investments"]

Money = Annotated[FiniteFloat, Field(ge=0)]


class Expected(Section):
    """What an investment is expected to bring in a quarter once it runs."""

    low: FiniteFloat = Field(description="Nine times in ten it brings more than this.")
    likely: FiniteFloat = Field(description="What it most likely brings.")
    high: FiniteFloat = Field(description="Nine times in ten it brings less than this.")

    @model_validator(mode="after")
    def _rising(self) -> Expected:
        if not self.low <= self.likely <= self.high:
            raise ValueError("must rise from low over likely to high")
        return self


class Actual(Section):
    """What an investment brought in one quarter."""

    period: Period = Field(description="The quarter, such as `2025Q3`.")
    value: FiniteFloat = Field(description="What it brought, in the project's currency.")


class Investment(Entry):
    """One investment in a segment."""

    name: Words = Field(description="What is done, in a few words.")
    kind: Literal["core", "bet", "optional"] = Field(description="`core`, `bet` or `optional`.")
    horizon: Literal["quick_win", "long_term"] = Field(
        description="`quick_win` (a quarter or two) or `long_term`."
    )
    step: Literal["experiment", "release", "pricing"] = Field(
        description="What it is: the roadmap goes from experiments over releases to pricing."
    )
    segment: SegmentOrAll = Field(description="Permanent ID of the segment it is for, or (all).")
    hypothesis: EntryId = Field(description="ID of the hypothesis it rests on.")
    metric: Words = Field(description="KPI that is to move.")
    expected: Expected = Field(description="Expected value per quarter: low, likely and high.")
    cost: Money = Field(description="Whole cost, in the project's currency.")
    owner: Words = Field(description="Role that answers for it.")
    status: Literal["proposed", "running", "delivered", "failed", "stopped"] = Field(
        description="`proposed`, `running`, `delivered`, `failed` or `stopped`."
    )
    approved_on: date | None = Field(
        default=None, description="Day of approval; from then on the forecast is held to account."
    )
    ended_on: date | None = Field(
        default=None, description="Day it was delivered, failed or was stopped."
    )
    after: tuple[EntryId, ...] = Field(
        default=(), description="IDs of investments that must come first."
    )
    actuals: tuple[Actual, ...] = Field(default=(), description="What it brought, by quarter.")

    @model_validator(mode="after")
    def _dated(self) -> Investment:
        if self.status != "proposed" and self.approved_on is None:
            raise ValueError(f"approved_on is missing, which {self.status} needs")
        ended = self.status in ("delivered", "failed", "stopped")
        if ended != (self.ended_on is not None):
            rule = "ended_on is missing, which" if ended else "ended_on is given, which"
            need = "needs" if ended else "has not"
            raise ValueError(f"{rule} {self.status} {need}")
        if self.ended_on and self.approved_on and self.ended_on < self.approved_on:
            raise ValueError("must end after it was approved")
        periods = [actual.period for actual in self.actuals]
        if len(set(periods)) < len(periods):
            raise ValueError("must have one actual value per quarter")
        return self


def read_investments(
    text: str | None, name: str, *, hypotheses: Collection[str] | None = None
) -> Register[Investment]:
    """Read ``investments.yaml``: the top key ``investments`` over a list of `Investment`.

    Args:
        text: Text of the file; None or an empty one holds no investments.
        name: Its name as people write it, used in faults.
        hypotheses: IDs of the project's hypotheses; None does not look them up.

    Raises:
        ParameterError: The text breaks a rule, a hypothesis or an investment that must come first
            is unknown, or investments wait for each other; all faults are listed, with lines.
    """
    register = read_entries(text, name, key="investments", entry=Investment)
    faults = []
    for place, item in enumerate(register):
        if hypotheses is not None and item.hypothesis not in hypotheses:
            where, spot = register.where(place, "hypothesis"), register.spot(place, "hypothesis")
            faults.append(name_fault(where, spot, item.hypothesis, hypotheses, kind="hypothesis"))
        faults += [
            name_fault(register.where(place, "after"), register.spot(place, "after"), first,
                       register.ids, kind="investment")
            for first in item.after
            if first not in register.ids
        ]  # fmt: skip
    if faults or (faults := _circles(register)):
        raise ParameterError(faults)
    return register


def _circles(register: Register[Investment]) -> list[Fault]:
    try:
        TopologicalSorter({item.id: item.after for item in register}).prepare()
    except CycleError as error:
        circle = list(error.args[1])[::-1]
        place = register.ids.index(circle[0])
        return [
            Fault(
                register.where(place, "after"),
                f"{register.spot(place, 'after')}: {' waits for '.join(circle)}",
                "investments must not wait for each other in a circle",
                "Remove one of these.",
            )
        ]
    return []
