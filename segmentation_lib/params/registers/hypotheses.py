"""What people believe a segment does and why: ``params/<project>/hypotheses.yaml``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Literal

from pydantic import Field, model_validator

from segmentation_lib.faults import Fault
from segmentation_lib.params.registers.reader import RegisterReader
from segmentation_lib.params.registers.references import (
    KnownSegment,
    name_faults,
    references,
    segment_faults,
)
from segmentation_lib.params.registers.register import Entry, Register, SegmentId, Words
from segmentation_lib.params.registers.rules import broken_rule

__all__ = [
    "Hypothesis",
    "claim_hash",
    "hypothesis_declaration",
    "hypothesis_declarations",
    "hypothesis_faults",
    "read_hypotheses",
]


class Hypothesis(Entry):
    """One belief about a segment that the quarter can prove wrong."""

    segment: SegmentId = Field(description="Permanent ID of the segment it is about.")
    behaviour: Words = Field(description="What the segment does, in one sentence.")
    because: Words = Field(description="Why it does so: the mechanism, in one sentence.")
    metric: Words = Field(description="The outcome of the quarter that shows it, or `nps`.")
    direction: Literal["higher", "lower"] = Field(
        description="Whether the metric is higher or lower than in the customers compared with."
    )
    min_effect: float = Field(
        ge=0,
        allow_inf_nan=False,
        description="Smallest difference that matters, in the unit of the metric (0.05 of a share "
        "is five points).",
    )
    test: Literal["comparison", "experiment"] = Field(
        default="comparison",
        description="`comparison` with other customers in the quarter after the segments were "
        "made, or `experiment`: the treated against the control arm inside the segment.",
    )
    compared_with: SegmentId | None = Field(
        default=None, description="Segment of a comparison; everyone else in a segment by default."
    )
    experiment: Words | None = Field(default=None, description="ID of the experiment.")
    arm: Words | None = Field(
        default=None, description="Treated arm; not needed where there is one beside the control."
    )
    status: Literal["proposed", "testing", "adopted", "dropped"] = Field(
        default="testing",
        description="What people do with it. It spares no entry its verdict.",
    )

    @model_validator(mode="after")
    def _fits_its_test(self) -> Hypothesis:
        if self.test == "experiment" and self.experiment is None:
            raise broken_rule(
                "a test by experiment names its experiment",
                "Add experiment: the ID of the experiment.",
                at="test",
            )
        if self.test == "experiment" and self.compared_with is not None:
            raise broken_rule(
                "an experiment compares two arms of one segment, not two segments",
                "Remove compared_with.",
                at="compared_with",
            )
        if self.test == "comparison" and (self.experiment or self.arm):
            raise broken_rule(
                "it belongs to a test by experiment",
                "Remove it, or set test to experiment.",
                at="experiment" if self.experiment else "arm",
            )
        if self.compared_with == self.segment:
            raise broken_rule(
                "a segment cannot be compared with itself",
                "Name another one, or remove it; it is then compared with everyone else.",
                at="compared_with",
            )
        return self


read_hypotheses = RegisterReader("hypotheses", Hypothesis)
"""Reads ``hypotheses.yaml``, see `RegisterReader`."""


def hypothesis_faults(
    hypotheses: Register[Hypothesis],
    *,
    known: Mapping[str, KnownSegment] | None,
    metrics: Collection[str],
    segmenting: Collection[str] = (),
    experiments: Collection[str] | None = None,
) -> list[Fault]:
    """Return the faults of hypotheses about segments, outcomes or tests that there are not.

    Args:
        hypotheses: The register.
        known: All segments of the project, by ID; None before the first were made.
        metrics: Outcomes of the quarter and declared KPIs.
        segmenting: Features that make the segments; none of them can test a segment.
        experiments: IDs of the experiments; None does not look them up.
    """
    named = references(hypotheses, "metric")
    circular = [one for one in named if one.name in segmenting]
    return [
        *segment_faults(references(hypotheses, "segment", "compared_with"), known),
        *(
            Fault(
                one.where,
                f"{one.spot} = {one.name}, a feature that makes the segments",
                "testing it across the segments is circular: it always differs",
                f"Name an outcome of the quarter: {', '.join(sorted(metrics))}.",
                "circular",
            )
            for one in circular
        ),
        *name_faults([one for one in named if one not in circular], metrics, kind="outcome or KPI"),
        *name_faults(references(hypotheses, "experiment"), experiments, kind="experiment"),
    ]


def claim_hash(hypothesis: Hypothesis) -> str:
    """Return a hash of what is claimed and how it is tested; the status does not count.

    An entry that was reworded, or whose bar was moved, is another claim.
    """
    claim = hypothesis.model_dump(mode="json", exclude={"status"})
    text = json.dumps(claim, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def hypothesis_declarations(hypotheses: Register[Hypothesis]) -> tuple[str, ...]:
    """Return a line of text per hypothesis, sorted, to be kept before the segments are made.

    A line that is not among those of that time was written or changed afterwards.
    """
    return tuple(sorted(hypothesis_declaration(entry) for entry in hypotheses))


def hypothesis_declaration(hypothesis: Hypothesis) -> str:
    """Return the line of one hypothesis."""
    return f"hypothesis {hypothesis.id} ({claim_hash(hypothesis)})"
