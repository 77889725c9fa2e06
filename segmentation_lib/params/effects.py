"""What the chapters on effects are asked: what treating costs and returns, and what to compare."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, FiniteFloat

from segmentation_lib.params.section import Name, Section, Share
from segmentation_lib.params.segment_id import SegmentId

__all__ = ["Compared", "EffectsParams", "TargetingParams"]

Cost = Annotated[FiniteFloat, Field(ge=0)]
Text = Annotated[str, Field(min_length=1)]
Values = Annotated[tuple[Text, ...], Field(min_length=1)]


class TargetingParams(Section):
    """What treating a customer costs and returns, so that the page can say for whom it pays."""

    experiment: Text = Field(
        description="ID of the experiment whose effects say what treating returns."
    )
    arm: Text | None = Field(
        default=None, description="Its treated arm; needed where there is more than one."
    )
    cost: Cost | dict[SegmentId, Cost] = Field(
        description="Cost of treating one customer, for all or by segment."
    )
    value: Annotated[FiniteFloat, Field(gt=0)] = Field(
        default=1.0,
        description="What one unit of the experiment's metric is worth, such as the margin of a "
        "unit of revenue.",
    )


class Compared(Section):
    """A difference between customers that is adjusted for what else is known of them."""

    name: Text = Field(
        description="Who they are, as sentences name them, such as `customers of the plus plan`."
    )
    who: Annotated[dict[Text, Values], Field(min_length=1)] = Field(
        description="Values by attribute, such as `plan: [plus]`; the others are compared with it."
    )
    outcome: Name = Field(description="Outcome of the quarter in which they may differ.")


class EffectsParams(Section):
    """What is compared without a draw by lot, and whom to treat."""

    blocks_before: int = Field(
        default=6,
        ge=3,
        le=24,
        description="Blocks of time before a natural experiment in which the groups must have "
        "moved together.",
    )
    pretrend_alpha: Annotated[Share, Field(gt=0, le=0.2)] = Field(
        default=0.05,
        description="Share of sound comparisons that the time before the date may refuse.",
    )
    targeting: TargetingParams | None = Field(
        default=None, description="Cost and return of treating; nobody is singled out without."
    )
    compare: tuple[Compared, ...] = Field(
        default=(), description="Differences between customers that are adjusted for the rest."
    )
