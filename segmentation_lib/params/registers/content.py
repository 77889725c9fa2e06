"""The content library: what there is to show whom, where, until when (``content.yaml``)."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from segmentation_lib.params.registers.reader import RegisterReader
from segmentation_lib.params.registers.register import Entry, SegmentOrAll, Words

__all__ = ["Asset", "read_content"]


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


read_content = RegisterReader("content", Asset)
"""Reads ``content.yaml``, see `RegisterReader`."""
