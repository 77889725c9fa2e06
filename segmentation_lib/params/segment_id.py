"""The permanent ID of a segment, as people write it in parameters and registers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

__all__ = ["ALL_SEGMENTS", "SegmentId", "SegmentOrAll"]

ALL_SEGMENTS = "(all)"
"""What stands for all segments together, where an entry may be about all of them."""

SegmentId = Annotated[str, Field(pattern=r"^S\d{2,}$")]
SegmentOrAll = Annotated[str, Field(pattern=r"^(S\d{2,}|\(all\))$")]
