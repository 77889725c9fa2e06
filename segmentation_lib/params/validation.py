"""How segments are judged: tests, thresholds, overrides, and criteria declared beforehand."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from segmentation_lib.params.section import Name, Section, Share

__all__ = ["Criteria", "Expectation", "Gates", "KnockOut", "Override", "ValidateParams"]

GateName = Literal[
    "data", "structure", "internal", "stability", "external", "time", "baseline", "usable"
]


class Gates(Section):
    """Thresholds of the scorecard."""

    customers_go: int = Field(default=1000, ge=50, description="Customers for a GO on data.")
    structure_p: Share = Field(
        default=0.05, description="Largest p-value against the one-cloud null that passes."
    )
    jaccard_go: Share = Field(default=0.75, description="Smallest segment's Jaccard for GO.")
    jaccard_limits: Share = Field(
        default=0.6, description="Smallest segment's Jaccard for GO WITH LIMITS."
    )
    kpi_p: Share = Field(default=0.05, description="Corrected p-value of a KPI difference.")
    kpi_effect: Share = Field(default=0.01, description="Smallest effect size that counts.")
    prediction_p: Share = Field(
        default=0.05, description="Corrected p-value at which the segment adds to a prediction."
    )
    prediction_gain: Share = Field(
        default=0.005, description="Smallest gain in AUC or R2 that is called useful."
    )
    prediction_kept: Share = Field(
        default=0.9, description="Share of a prediction that the segments alone must keep."
    )
    refit_margin: Share = Field(
        default=0.03,
        description="A refit at the close may agree this much less than chance refits do.",
    )
    drift_psi: Share = Field(
        default=0.1, description="Corrected population stability index that counts as moderate."
    )
    drift_psi_major: Share = Field(
        default=0.25, description="Corrected population stability index that counts as major."
    )
    segment_share: Share = Field(default=0.02, description="Smallest usable segment, as a share.")
    segment_size: int = Field(default=40, ge=2, description="Smallest usable segment.")


class Expectation(Section):
    """What is expected of the segments, written down before anyone has seen them."""

    feature: Name = Field(description="A feature, such as `discount_share`.")
    kpi: Name = Field(description="An outcome of the quarter, such as `revenue`.")
    direction: Literal["positive", "negative"] = Field(
        description="Whether segments that are higher in the feature are higher in the KPI."
    )
    because: str = Field(default="", description="Why, in one sentence.")


class Override(Section):
    """A person's decision against a gate of the scorecard; it prints on the cover."""

    gate: GateName = Field(description="The gate that is overridden.")
    verdict: Literal["go", "limits", "no-go"] = Field(description="The verdict that is to count.")
    name: str = Field(min_length=1, description="Who decided it.")
    reason: str = Field(min_length=1, description="Why, in one sentence.")


class ValidateParams(Section):
    """How the segments are put to the test."""

    bootstraps: int = Field(default=100, ge=20, description="Bootstrap refits for stability.")
    null_draws: int = Field(default=99, ge=19, description="Data sets without segments to beat.")
    permutations: int = Field(default=999, ge=99, description="Permutations of each KPI test.")
    sample_size: int = Field(
        default=3000, ge=300, description="Customers in tests that cost more than one pass."
    )
    expectations: tuple[Expectation, ...] = Field(
        default=(), description="What is expected of the segments, declared before clustering."
    )
    contexts: tuple[Name, ...] = Field(
        default=(),
        description="Descriptors, such as a country, within whose levels the segments are refound.",
    )
    gates: Gates = Field(default_factory=Gates, description="Thresholds of the scorecard.")
    overrides: tuple[Override, ...] = Field(
        default=(), description="Decisions of people against a gate, with name and reason."
    )

    @model_validator(mode="after")
    def _one_override_per_gate(self) -> ValidateParams:
        gates = [override.gate for override in self.overrides]
        if len(set(gates)) < len(gates):
            raise ValueError("two overrides of the same gate; keep one")
        return self


class KnockOut(Section):
    """A condition that every segment worth serving must meet."""

    measure: Name = Field(
        description="`customers`, `share`, `stability`, `growth`, or an outcome of the quarter."
    )
    at_least: float | None = Field(default=None, description="Smallest value that passes.")
    at_most: float | None = Field(default=None, description="Largest value that passes.")
    because: str = Field(default="", description="Why, in one sentence.")

    @model_validator(mode="after")
    def _has_a_threshold(self) -> KnockOut:
        if self.at_least is None and self.at_most is None:
            raise ValueError("a knock-out needs at_least or at_most")
        return self


Weights = dict[Name, Annotated[float, Field(gt=0, le=1)]]


class Criteria(Section):
    """What makes a segment worth serving, written down before anyone has seen the segments."""

    knock_outs: tuple[KnockOut, ...] = Field(
        default=(), description="Conditions that every segment must meet."
    )
    attractiveness: Weights = Field(
        default_factory=dict,
        description="How attractive a segment is: weight per measure, together 1.",
    )
    fit: Weights = Field(
        default_factory=dict,
        description="How well we can serve it: weight per measure, together 1.",
    )

    @model_validator(mode="after")
    def _weights_are_whole(self) -> Criteria:
        for name in ("attractiveness", "fit"):
            total = sum(getattr(self, name).values())
            if getattr(self, name) and abs(total - 1) > 1e-9:
                raise ValueError(f"the weights of {name} sum to {total:g}; they must sum to 1")
        return self
