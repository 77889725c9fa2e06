"""Counts of a few people are not published, and no total gives them back."""

from __future__ import annotations

from segmentation_lib.small_cells.protect import Hidden, hide_parts, hide_table, possible_counts
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
    "hide_parts",
    "hide_table",
    "possible_counts",
    "suppress",
    "suppress_flows",
    "suppress_parts",
    "without_few",
]
