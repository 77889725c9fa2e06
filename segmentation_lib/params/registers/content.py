"""The content library: what there is to show whom, where, until when (``content.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pydantic import Field

from segmentation_lib.params.registers.references import (
    KnownSegment,
    check_segments,
    segment_references,
)
from segmentation_lib.params.registers.register import (
    Entry,
    Register,
    SegmentOrAll,
    Words,
    read_entries,
)

__all__ = ["Asset", "check_content", "read_content"]


class Asset(Entry):
    """One piece of content for one segment and channel."""

    segment: SegmentOrAll = Field(
        description="Permanent ID of the segment it is made for, or `(all)`."
    )
    channel: Words = Field(description="Where it is shown: email, landing page, ad, ...")
    value_proposition: Words = Field(description="What it promises the customer, in one sentence.")
    asset: Words = Field(description="Name or link of the piece itself.")
    owner: Words = Field(description="The team or role that keeps it up to date.")
    expires: date = Field(description="The last day on which it may be shown.")
    locale: str = Field(
        pattern=r"^[a-z]{2}(-[A-Z]{2})?$", description="Language and country, such as en-GB."
    )


def read_content(text: str | None, name: str = "content.yaml") -> Register[Asset]:
    """Read ``content.yaml``: the single top key ``content`` over a list of `Asset`.

    Args:
        text: Text of the file; None or an empty one holds no content.
        name: Its name as people write it, used in faults.

    Raises:
        ParameterError: The text breaks a rule; all faults are listed, with lines.
    """
    return read_entries(text, name, key="content", entry=Asset)


def check_content(content: Register[Asset], *, known: Mapping[str, KnownSegment]) -> None:
    """Refuse content for segments that there are not, or no longer.

    Args:
        content: The register.
        known: All segments of the project, by ID.

    Raises:
        ParameterError: A segment is unknown or retired; all faults are listed, with lines.
    """
    check_segments(segment_references(content, "segment"), known)
