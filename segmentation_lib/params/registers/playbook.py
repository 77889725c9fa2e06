"""What is done for a segment, when and by whom: ``params/<project>/playbook.yaml``."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pydantic import Field

from segmentation_lib.faults import ParameterError
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

__all__ = ["Play", "check_playbook", "read_playbook"]


class Play(Entry):
    """One intervention for one segment."""

    segment: SegmentId = Field(description="Permanent ID of the segment it is for.")
    trigger: Words = Field(description="What starts it, such as an event or a date.")
    message: Words = Field(description="What the customer is told or offered.")
    channel: Words = Field(description="Where: email, app, phone, ...")
    owner: Words = Field(description="The team or role that runs it.")
    metric: Words = Field(description="The outcome or KPI that it shall move.")
    hypothesis: Words = Field(description="ID of the hypothesis that it rests on.")


def read_playbook(text: str | None, name: str = "playbook.yaml") -> Register[Play]:
    """Read ``playbook.yaml``: the single top key ``playbook`` over a list of `Play`.

    Args:
        text: Text of the file; None or an empty one holds no plays.
        name: Its name as people write it, used in faults.

    Raises:
        ParameterError: The text breaks a rule; all faults are listed, with lines.
    """
    return read_entries(text, name, key="playbook", entry=Play)


def check_playbook(
    playbook: Register[Play],
    *,
    known: Mapping[str, KnownSegment],
    hypotheses: Collection[str],
    metrics: Collection[str],
) -> None:
    """Refuse plays on segments, hypotheses or metrics that there are not.

    Args:
        playbook: The register.
        known: All segments of the project, by ID.
        hypotheses: IDs of the hypotheses.
        metrics: Outcomes of the quarter and declared KPIs.

    Raises:
        ParameterError: A segment is unknown or retired, or a hypothesis or metric is unknown; all
            faults are listed, with lines.
    """
    faults = segment_faults(segment_references(playbook, "segment"), known)
    for place, play in enumerate(playbook):
        for part, name, there, kind in (
            ("hypothesis", play.hypothesis, hypotheses, "hypothesis"),
            ("metric", play.metric, metrics, "outcome or KPI"),
        ):
            if name not in there:
                where, spot = playbook.where(place, part), playbook.spot(place, part)
                faults.append(name_fault(where, spot, name, there, kind=kind))
    if faults:
        raise ParameterError(faults)
