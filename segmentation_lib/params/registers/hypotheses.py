"""What people believe a segment does and why: ``params/<project>/hypotheses.yaml``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Literal

from pydantic import Field, model_validator

from segmentation_lib.faults import Fault, ParameterError
from segmentation_lib.params.registers.references import (
    KnownSegment,
    name_fault,
    segment_faults,
    segment_references,
)
from segmentation_lib.params.registers.register import (
    Entry,
    Register,
    SegmentId,
    Words,
    read_entries,
)

__all__ = [
    "Hypothesis",
    "check_hypotheses",
    "claim_hash",
    "hypothesis_declaration",
    "hypothesis_declarations",
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
            raise ValueError("a test by experiment must name its experiment")
        if self.test == "experiment" and self.compared_with is not None:
            raise ValueError("an experiment compares two arms of one segment, not two segments")
        if self.test == "comparison" and (self.experiment or self.arm):
            raise ValueError("experiment and arm belong to `test: experiment`")
        if self.compared_with == self.segment:
            raise ValueError("a segment cannot be compared with itself")
        return self


def read_hypotheses(text: str | None, name: str = "hypotheses.yaml") -> Register[Hypothesis]:
    """Read ``hypotheses.yaml``: the single top key ``hypotheses`` over a list of `Hypothesis`.

    Args:
        text: Text of the file; None or an empty one holds no hypotheses.
        name: Its name as people write it, used in faults.

    Raises:
        ParameterError: The text breaks a rule; all faults are listed, with lines.
    """
    return read_entries(text, name, key="hypotheses", entry=Hypothesis)


def check_hypotheses(
    hypotheses: Register[Hypothesis],
    *,
    known: Mapping[str, KnownSegment],
    metrics: Collection[str],
    segmenting: Collection[str] = (),
) -> None:
    """Refuse hypotheses about segments or outcomes that there are not.

    Args:
        hypotheses: The register.
        known: All segments of the project, by ID.
        metrics: Outcomes of the quarter and declared KPIs.
        segmenting: Features that make the segments; none of them can test a segment.

    Raises:
        ParameterError: A segment is unknown or retired, or a metric is unknown or circular; all
            faults are listed, with lines.
    """
    faults = segment_faults(segment_references(hypotheses, "segment", "compared_with"), known)
    for place, entry in enumerate(hypotheses):
        where, spot = hypotheses.where(place, "metric"), hypotheses.spot(place, "metric")
        if entry.metric in segmenting:
            faults.append(
                Fault(
                    where,
                    f"{spot} = {entry.metric}, a feature that makes the segments",
                    "testing it across the segments is circular: it always differs",
                    f"Name an outcome of the quarter: {', '.join(sorted(metrics))}.",
                    "circular",
                )
            )
        elif entry.metric not in metrics:
            faults.append(name_fault(where, spot, entry.metric, metrics, kind="outcome or KPI"))
    if faults:
        raise ParameterError(faults)


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
