"""What is done for a segment, when and by whom: ``params/<project>/playbook.yaml``."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pydantic import Field

from segmentation_lib.faults import Fault
from segmentation_lib.params.registers.reader import RegisterReader
from segmentation_lib.params.registers.references import (
    KnownSegment,
    name_faults,
    references,
    segment_faults,
)
from segmentation_lib.params.registers.register import Entry, Register, SegmentId, Words

__all__ = ["Play", "playbook_faults", "read_playbook"]


class Play(Entry):
    """One intervention for one segment."""

    segment: SegmentId = Field(description="Permanent ID of the segment it is for.")
    trigger: Words = Field(description="What starts it, such as an event or a date.")
    message: Words = Field(description="What the customer is told or offered.")
    channel: Words = Field(description="Where: email, app, phone, ...")
    owner: Words = Field(description="The team or role that runs it.")
    metric: Words = Field(description="The outcome or KPI that it shall move.")
    hypothesis: Words = Field(description="ID of the hypothesis that it rests on.")


read_playbook = RegisterReader("playbook", Play)
"""Reads ``playbook.yaml``, see `RegisterReader`."""


def playbook_faults(
    playbook: Register[Play],
    *,
    known: Mapping[str, KnownSegment] | None,
    hypotheses: Collection[str] | None,
    metrics: Collection[str],
) -> list[Fault]:
    """Return the faults of plays on segments, hypotheses or metrics that there are not.

    Args:
        playbook: The register.
        known: All segments of the project, by ID; None before the first were made.
        hypotheses: IDs of the hypotheses; None if they cannot be read.
        metrics: Outcomes of the quarter and declared KPIs.
    """
    return [
        *segment_faults(references(playbook, "segment"), known),
        *name_faults(references(playbook, "hypothesis"), hypotheses, kind="hypothesis"),
        *name_faults(references(playbook, "metric"), metrics, kind="outcome or KPI"),
    ]
