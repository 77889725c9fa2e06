"""Investments and what was expected of them: ``params/<project>/investments.yaml``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from graphlib import CycleError, TopologicalSorter
from typing import Annotated, Literal

from pydantic import Field, FiniteFloat, model_validator

from segmentation_lib.faults import Fault
from segmentation_lib.params.registers.reader import RegisterReader
from segmentation_lib.params.registers.references import (
    KnownSegment,
    name_faults,
    references,
    segment_faults,
)
from segmentation_lib.params.registers.register import (
    Entry,
    EntryId,
    Register,
    SegmentOrAll,
    Words,
)
from segmentation_lib.params.registers.rules import broken_rule
from segmentation_lib.params.section import Period, Section

__all__ = ["Actual", "Expected", "Investment", "investment_faults", "read_investments"]

Money = Annotated[FiniteFloat, Field(ge=0)]
_BECAME = {"delivered": "was delivered", "failed": "failed", "stopped": "was stopped"}


class Expected(Section):
    """What an investment is expected to bring in a quarter once it runs."""

    low: FiniteFloat = Field(description="Nine times in ten it brings more than this.")
    likely: FiniteFloat = Field(description="What it most likely brings.")
    high: FiniteFloat = Field(description="Nine times in ten it brings less than this.")

    @model_validator(mode="after")
    def _rising(self) -> Expected:
        if not self.low <= self.likely <= self.high:
            raise broken_rule("must rise from low over likely to high", "Put the three in order.")
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
            raise broken_rule(
                f"what is {self.status} was approved on a day",
                "Add approved_on, or set status to proposed.",
                at="status",
            )
        ended = self.status in ("delivered", "failed", "stopped")
        if ended and self.ended_on is None:
            raise broken_rule(f"what {_BECAME[self.status]} ended on a day", "Add ended_on.",
                              at="status")  # fmt: skip
        if not ended and self.ended_on is not None:
            rule = f"what is {self.status} has not ended"
            raise broken_rule(rule, "Remove ended_on, or correct status.", at="ended_on")
        if self.ended_on and self.approved_on and self.ended_on < self.approved_on:
            rule = f"must not be before approved_on ({self.approved_on})"
            raise broken_rule(rule, "Correct one of the two.", at="ended_on")
        periods = [actual.period for actual in self.actuals]
        if len(set(periods)) < len(periods):
            twice = next(period for period in periods if periods.count(period) > 1)
            rule = f"a quarter has one actual value, and {twice} has more"
            raise broken_rule(rule, "Keep one of them.", at="actuals")
        return self


def investment_faults(
    investments: Register[Investment],
    *,
    known: Mapping[str, KnownSegment] | None,
    hypotheses: Collection[str] | None,
    metrics: Collection[str],
) -> list[Fault]:
    """Return the faults of investments in segments, on hypotheses or KPIs that there are not.

    Args:
        investments: The register.
        known: All segments of the project, by ID; None before the first were made.
        hypotheses: IDs of the hypotheses; None if they cannot be read.
        metrics: Outcomes of the quarter and declared KPIs.
    """
    return [
        *segment_faults(references(investments, "segment"), known),
        *name_faults(references(investments, "hypothesis"), hypotheses, kind="hypothesis"),
        *name_faults(references(investments, "metric"), metrics, kind="outcome or KPI"),
    ]


def _order_faults(register: Register[Investment]) -> list[Fault]:
    unknown = name_faults(references(register, "after"), register.named, kind="investment")
    return unknown or _circles(register)


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


read_investments = RegisterReader("investments", Investment, _order_faults)
"""Reads ``investments.yaml``: those that must come first are there, and none waits for itself."""
