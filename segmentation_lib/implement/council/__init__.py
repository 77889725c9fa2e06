"""What the segment council decides on: its agenda and the ten steps, each with its evidence."""

from __future__ import annotations

from segmentation_lib.implement.council.checklist import (
    checklist,
    checklist_sentence,
)
from segmentation_lib.implement.council.pack import (
    council_pack,
)

__all__ = [
    "checklist",
    "checklist_sentence",
    "council_pack",
]
