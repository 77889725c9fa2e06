"""The permanent ID of a segment, as people write it in parameters and registers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

__all__ = ["SegmentId"]

SegmentId = Annotated[str, Field(pattern=r"^S\d{2,}$")]
