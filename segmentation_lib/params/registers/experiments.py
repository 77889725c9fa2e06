"""What is put to the test, on whom and until when: ``params/<project>/experiments.yaml``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, FiniteFloat, model_validator

from segmentation_lib.faults import Fault
from segmentation_lib.params.registers.decision import DECIDED, Decided
from segmentation_lib.params.registers.reader import RegisterReader
from segmentation_lib.params.registers.references import (
    KnownSegment,
    name_faults,
    references,
    segment_faults,
)
from segmentation_lib.params.registers.register import EntryId, Register, SegmentId, Words
from segmentation_lib.params.registers.rules import broken_rule
from segmentation_lib.params.section import Section

__all__ = [
    "HOLDOUT",
    "Arm",
    "Experiment",
    "Guardrail",
    "design_hash",
    "experiment_declaration",
    "experiment_declarations",
    "experiment_faults",
    "read_experiments",
]

HOLDOUT = "holdout"
"""The arm of customers who are kept out of all experiments."""

Part = Annotated[FiniteFloat, Field(gt=0, le=1)]
_ROUNDING = 1e-9


class Arm(Section):
    """One way in which customers of an experiment are treated."""

    name: Words = Field(description="Name of the arm, as the assignments have it.")
    share: Part = Field(description="Share of the experiment's customers, 0 to 1.")
    control: bool = Field(default=False, description="Whether it is the control; one arm is.")


class Guardrail(Section):
    """An outcome that must not suffer."""

    metric: Words = Field(description="The outcome of the quarter.")
    denominator: Words | None = Field(
        default=None, description="Outcome that the metric is divided by, sum by sum."
    )
    good: Literal["higher", "lower"] = Field(default="higher", description="Which way is good.")
    margin: FiniteFloat = Field(
        ge=0, description="Largest loss that is put up with, in the unit of the metric."
    )


class Experiment(Decided):
    """One experiment, as it was designed."""

    what: Words = Field(description="What the treated customers get, in one sentence.")
    hypothesis: EntryId | None = Field(
        default=None, description="ID of the hypothesis it puts to the test."
    )
    segments: tuple[SegmentId, ...] = Field(
        default=(), description="Permanent IDs of the segments that take part; all by default."
    )
    metric: Words = Field(description="The outcome of the quarter that decides.")
    denominator: Words | None = Field(
        default=None,
        description="Outcome that the metric is divided by, such as `orders` for the revenue of "
        "an order.",
    )
    covariate: Words | None = Field(
        default=None,
        description="Measure from before the experiment that is taken off (CUPED), such as "
        "`revenue`.",
    )
    good: Literal["higher", "lower"] = Field(default="higher", description="Which way is good.")
    min_effect: FiniteFloat = Field(
        gt=0, description="Smallest effect that matters, in the unit of the metric."
    )
    guardrails: tuple[Guardrail, ...] = Field(
        default=(), description="Outcomes that must not suffer."
    )
    arms: tuple[Arm, ...] = Field(description="The arms; their shares add up to 1.")
    starts_on: date = Field(description="First day.")
    ends_on: date = Field(description="Planned last day. Nothing is read out before it is over.")
    traffic: Part = Field(default=1.0, description="Share of the customers who take part.")
    holdout: float = Field(
        default=0.0, ge=0, le=0.5, description="Share of customers kept out of all experiments."
    )
    holdout_salt: Words = Field(
        default=HOLDOUT,
        description="Text that draws those kept out: the same text keeps out the same customers.",
    )
    salt: Words = Field(description="Text that draws the arms; never changed, never used again.")
    layer: EntryId | None = Field(
        default=None,
        description="Experiments of one layer share no customers while they run side by side.",
    )
    status: Literal["draft", "running", "ended", "stopped"] = Field(
        default="draft", description="`draft`, `running`, `ended`, or `stopped` before its time."
    )
    owner: Words = Field(description="Role that answers for it.")

    @model_validator(mode="after")
    def _can_be_read(self) -> Experiment:
        names = [arm.name for arm in self.arms]
        if len(names) < 2 or len(set(names)) < len(names):
            rule = "must be two or more arms, each with a name of its own"
            raise broken_rule(rule, "Name each arm once.", at="arms")
        if sum(arm.control for arm in self.arms) != 1:
            rule = "exactly one arm is the control"
            raise broken_rule(rule, "Write `control: true` under one of them.", at="arms")
        if abs(sum(arm.share for arm in self.arms) - 1) > _ROUNDING:
            total = sum(arm.share for arm in self.arms)
            rule = f"the shares of the arms add up to {total:.4g}, must be 1"
            raise broken_rule(rule, "Correct the shares.", at="arms")
        if self.holdout and HOLDOUT in names:
            rule = "an arm must not be named holdout where a holdout is kept out as well"
            raise broken_rule(rule, "Give the arm another name.", at="arms")
        if self.ends_on < self.starts_on:
            rule = f"must not be before starts_on ({self.starts_on})"
            raise broken_rule(rule, "Correct one of the two.", at="ends_on")
        asked = [(self.metric, self.denominator), *((g.metric, g.denominator)
                                                    for g in self.guardrails)]  # fmt: skip
        if len(set(asked)) < len(asked):
            rule = "each metric stands once, and a guardrail is another one than the metric"
            raise broken_rule(rule, "Name another metric, or remove it.", at="guardrails")
        if any(metric == denominator for metric, denominator in asked):
            rule = "a metric must not be divided by itself"
            raise broken_rule(rule, "Name another denominator, or remove it.")
        if len(set(self.segments)) < len(self.segments):
            raise broken_rule("each segment stands once", "Remove the second one.", at="segments")
        return self

    @model_validator(mode="after")
    def _decided_when_over(self) -> Experiment:
        if self.decided_on is None:
            return self
        if self.decided_on < self.starts_on:
            rule = f"must not be before starts_on ({self.starts_on})"
            raise broken_rule(rule, "Correct one of the two.", at="decided_on")
        if self.decided_on < self.ends_on and self.status != "stopped":
            raise broken_rule(
                f"must not be before ends_on ({self.ends_on}) unless it was stopped",
                "Decide when it is over, or set status to stopped.",
                at="decided_on",
            )
        return self

    @property
    def control(self) -> Arm:
        """The arm that the others are compared with."""
        return next(arm for arm in self.arms if arm.control)

    @property
    def treated(self) -> tuple[Arm, ...]:
        """The arms other than the control."""
        return tuple(arm for arm in self.arms if not arm.control)


def experiment_faults(
    experiments: Register[Experiment],
    *,
    known: Mapping[str, KnownSegment] | None,
    metrics: Collection[str],
    hypotheses: Collection[str] | None = None,
    covariates: Collection[str] | None = None,
) -> list[Fault]:
    """Return the faults of experiments on segments, outcomes or hypotheses that there are not.

    Args:
        experiments: The register.
        known: All segments of the project, by ID; None before the first were made.
        metrics: Outcomes of the quarter.
        hypotheses: IDs of the project's hypotheses; None does not look them up.
        covariates: Measures from before the quarter; None does not look them up.
    """
    measured = references(
        experiments, "metric", "denominator", "guardrails.metric", "guardrails.denominator"
    )
    return [
        *segment_faults(references(experiments, "segments"), known),
        *name_faults(measured, metrics, kind="outcome"),
        *name_faults(references(experiments, "covariate"), covariates, kind="measure from before"),
        *name_faults(references(experiments, "hypothesis"), hypotheses, kind="hypothesis"),
    ]


def design_hash(experiment: Experiment) -> str:
    """Return a hash of the design; status, owner, decision and lesson do not count.

    A design whose end, metric or bar was moved is another one.
    """
    design = experiment.model_dump(mode="json", exclude={"status", "owner", *DECIDED})
    text = json.dumps(design, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def experiment_declarations(experiments: Register[Experiment]) -> tuple[str, ...]:
    """Return a line of text per experiment, sorted, to be kept before it is read out."""
    return tuple(sorted(experiment_declaration(entry) for entry in experiments))


def experiment_declaration(experiment: Experiment) -> str:
    """Return the line of one experiment."""
    return f"experiment {experiment.id} ({design_hash(experiment)})"


def _overfull_layers(register: Register[Experiment]) -> list[Fault]:
    faults = []
    for place, entry in enumerate(register):
        if entry.layer is None:
            continue
        beside = [
            other for other in register
            if other.layer == entry.layer and other.starts_on <= entry.starts_on <= other.ends_on
        ]  # fmt: skip
        wanted = sum(other.traffic for other in beside)
        if wanted > 1 + _ROUNDING:
            names = ", ".join(sorted(other.id for other in beside))
            faults.append(
                Fault(
                    register.where(place, "layer"),
                    f"{register.spot(place, 'layer')}: {names} take {wanted:.4g} of the customers "
                    f"on {entry.starts_on}",
                    "experiments of one layer share no customers, so they take 1 at most",
                    "Lower `traffic`, move a date, or put one of them into another layer.",
                )
            )
    return faults


read_experiments = RegisterReader("experiments", Experiment, _overfull_layers)
"""Reads ``experiments.yaml``: experiments of one layer fit beside each other."""
