"""What is put to the test, on whom and until when: ``params/<project>/experiments.yaml``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, FiniteFloat, model_validator

from segmentation_lib.faults import Fault, ParameterError
from segmentation_lib.params.registers.references import (
    KnownSegment,
    name_fault,
    segment_faults,
    segment_references,
)
from segmentation_lib.params.registers.register import (
    Entry,
    EntryId,
    Register,
    SegmentId,
    Words,
    read_entries,
)
from segmentation_lib.params.section import Section

__all__ = [
    "HOLDOUT",
    "Arm",
    "Experiment",
    "Guardrail",
    "check_experiments",
    "design_hash",
    "experiment_declaration",
    "experiment_declarations",
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


class Experiment(Entry):
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
            raise ValueError("must have two or more arms, each with a name of its own")
        if sum(arm.control for arm in self.arms) != 1:
            raise ValueError("must have exactly one arm with `control: true`")
        if abs(sum(arm.share for arm in self.arms) - 1) > _ROUNDING:
            raise ValueError(f"shares of arms add up to {sum(a.share for a in self.arms):.4g}, "
                             "must be 1")  # fmt: skip
        if self.holdout and HOLDOUT in names:
            raise ValueError("an arm must not be named holdout where a holdout is kept out as well")
        if self.ends_on < self.starts_on:
            raise ValueError("must end on or after the day it starts")
        asked = [(self.metric, self.denominator), *((g.metric, g.denominator)
                                                    for g in self.guardrails)]  # fmt: skip
        if len(set(asked)) < len(asked):
            raise ValueError("must name each metric once: a guardrail is another metric")
        if any(metric == denominator for metric, denominator in asked):
            raise ValueError("a metric must not be divided by itself")
        if len(set(self.segments)) < len(self.segments):
            raise ValueError("must name each segment once")
        return self

    @property
    def control(self) -> Arm:
        """The arm that the others are compared with."""
        return next(arm for arm in self.arms if arm.control)

    @property
    def treated(self) -> tuple[Arm, ...]:
        """The arms other than the control."""
        return tuple(arm for arm in self.arms if not arm.control)


def read_experiments(
    text: str | None,
    name: str = "experiments.yaml",
    *,
    hypotheses: Collection[str] | None = None,
) -> Register[Experiment]:
    """Read ``experiments.yaml``: the top key ``experiments`` over a list of `Experiment`.

    Args:
        text: Text of the file; None or an empty one holds no experiments.
        name: Its name as people write it, used in faults.
        hypotheses: IDs of the project's hypotheses; None does not look them up.

    Raises:
        ParameterError: The text breaks a rule, a hypothesis is unknown, or a layer is overfull;
            all faults are listed, with lines.
    """
    register = read_entries(text, name, key="experiments", entry=Experiment)
    faults = _overfull_layers(register)
    for place, entry in enumerate(register):
        if hypotheses is not None and entry.hypothesis not in (None, *hypotheses):
            where, spot = register.where(place, "hypothesis"), register.spot(place, "hypothesis")
            faults.append(
                name_fault(where, spot, str(entry.hypothesis), hypotheses, kind="hypothesis")
            )
    if faults:
        raise ParameterError(faults)
    return register


def check_experiments(
    experiments: Register[Experiment],
    *,
    known: Mapping[str, KnownSegment],
    metrics: Collection[str],
    covariates: Collection[str] | None = None,
) -> None:
    """Refuse experiments about segments or outcomes that there are not.

    Args:
        experiments: The register.
        known: All segments of the project, by ID.
        metrics: Outcomes of the quarter.
        covariates: Measures from before the quarter; None does not look them up.

    Raises:
        ParameterError: A segment is unknown or retired, or a metric is unknown; all faults are
            listed, with lines.
    """
    faults = segment_faults(segment_references(experiments, "segments"), known)
    for place, entry in enumerate(experiments):
        named: list[tuple[tuple[str | int, ...], Any]] = [
            ((key,), getattr(entry, key)) for key in ("metric", "denominator")
        ]
        named += [
            (("guardrails", number, key), getattr(rail, key))
            for number, rail in enumerate(entry.guardrails)
            for key in ("metric", "denominator")
        ]
        faults += [
            name_fault(experiments.where(place, *path), experiments.spot(place, *path), metric,
                       metrics, kind="outcome")
            for path, metric in named
            if metric is not None and metric not in metrics
        ]  # fmt: skip
        if covariates is not None and entry.covariate not in (None, *covariates):
            where, spot = (f(place, "covariate") for f in (experiments.where, experiments.spot))
            faults.append(name_fault(where, spot, str(entry.covariate), covariates,
                                     kind="measure from before"))  # fmt: skip
    if faults:
        raise ParameterError(faults)


def design_hash(experiment: Experiment) -> str:
    """Return a hash of the design; status and owner do not count.

    A design whose end, metric or bar was moved is another one.
    """
    design = experiment.model_dump(mode="json", exclude={"status", "owner"})
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
