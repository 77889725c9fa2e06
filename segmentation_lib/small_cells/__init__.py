"""Counts of a few people are not published, and no total gives them back."""

from __future__ import annotations

from segmentation_lib.small_cells.protect import Hidden, hide_parts, hide_table
from segmentation_lib.small_cells.rounded import round_counts, rounded, rounding_note
from segmentation_lib.small_cells.shares import few_in_share, tells_few
from segmentation_lib.small_cells.shown import (
    HIDDEN,
    suppress,
    suppress_flows,
    suppress_parts,
    without_few,
)

__all__ = [
    "HIDDEN",
    "Hidden",
    "few_in_share",
    "hide_parts",
    "hide_table",
    "round_counts",
    "rounded",
    "rounding_note",
    "suppress",
    "suppress_flows",
    "suppress_parts",
    "tells_few",
    "without_few",
]
