"""How segments are described: what they are worth, how they move, what they say."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from segmentation_lib.params.section import Name, Section, Share

__all__ = ["Funnel", "Journeys", "Nudge", "ProfileParams", "Voice", "Worth"]

Arm = Annotated[str, Field(min_length=1)]
Event = Annotated[str, Field(min_length=1)]
Step = Event | Annotated[tuple[Event, ...], Field(min_length=1)]


class Funnel(Section):
    """An ordered way through the product, one event after the other."""

    name: str = Field(min_length=1, description="Name shown on the page.")
    steps: tuple[Step, ...] = Field(
        min_length=2,
        description="Events in their order, or lists of events of which any one will do; each "
        "step must follow the one before.",
    )
    within_days: int | None = Field(
        default=None,
        ge=1,
        description="Days from the first step to the last; empty for within one session.",
    )

    @model_validator(mode="after")
    def _steps_differ(self) -> Funnel:
        events = [event for step in self.steps for event in _alternatives(step)]
        if len(set(events)) < len(events):
            raise ValueError(f"funnel {self.name}: steps names an event twice; name each once")
        return self


def _alternatives(step: str | tuple[str, ...]) -> tuple[str, ...]:
    return (step,) if isinstance(step, str) else step


class Nudge(Section):
    """A moment at which a customer waits, and what is hoped for."""

    trigger: Event = Field(description="Event that starts the clock, such as `add_to_cart`.")
    goal: Event = Field(description="Event that ends it, such as `purchase`.")


class Journeys(Section):
    """What is looked for in the event log."""

    success: Event | None = Field(
        default=None,
        description="Event that counts as success; empty for `purchase`, if it is there.",
    )
    funnels: tuple[Funnel, ...] = Field(
        default=(),
        description="Funnels to follow; without any, the page names the events there are.",
    )
    early_days: int = Field(
        default=7,
        ge=1,
        description="First days of a new customer that early behaviour is read from.",
    )
    early_outcome_days: int = Field(
        default=90, ge=2, description="Days after the first event by which success counts."
    )
    nudge_days: int = Field(
        default=30, ge=2, description="Days after the trigger within which a goal counts."
    )
    nudges: tuple[Nudge, ...] = Field(
        default=(), description="Pairs of events between which a reminder might help."
    )

    @model_validator(mode="after")
    def _outcome_follows(self) -> Journeys:
        if self.early_outcome_days <= self.early_days:
            raise ValueError(
                f"early_outcome_days = {self.early_outcome_days} must be more than "
                f"early_days = {self.early_days}: the outcome comes after the behaviour"
            )
        return self


class Worth(Section):
    """What customers are worth, and to what it is compared."""

    horizon_days: int = Field(
        default=365, ge=28, description="Days ahead that customer lifetime value counts."
    )
    benchmarks: dict[Name, float] = Field(
        default_factory=dict, description="A figure to compare with, by outcome, such as `revenue`."
    )
    controls: tuple[Arm, ...] = Field(
        default=("control", "holdout"),
        min_length=1,
        description="Arms of experiments that were left alone.",
    )
    referral: Name | None = Field(
        default="referrals", description="Outcome that counts recommendations, if there is one."
    )


class Voice(Section):
    """What may be shown of what customers wrote."""

    quotes: bool = Field(
        default=False,
        description="Show single answers, masked; ask your data protection officer first.",
    )
    quotes_per_segment: int = Field(default=2, ge=1, le=10, description="Quotes shown at most.")
    language: Literal["en", "none"] = Field(
        default="en", description="Language whose filler words do not count; `none` for any other."
    )


class ProfileParams(Section):
    """How segments are described."""

    traits: int = Field(default=3, ge=1, le=10, description="Traits shown on a segment's card.")
    ambiguous_below: Share = Field(
        default=0.6, description="Confidence under which a customer counts as ambiguous."
    )
    value: Worth = Field(default_factory=Worth, description="What customers are worth.")
    journeys: Journeys = Field(
        default_factory=Journeys, description="What is looked for in the event log."
    )
    voice: Voice = Field(default_factory=Voice, description="What customers wrote.")
