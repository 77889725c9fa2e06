"""What changed over all quarters of the project, segment by segment."""

from __future__ import annotations

from segmentation_lib.implement.trends.history import (
    CONVERSION,
    RETENTION_GAP,
    extend_history,
    trend_changes,
    trend_measures,
    trend_rows,
)
from segmentation_lib.implement.trends.words import (
    change_sentence,
    dashboard_record,
    told_changes,
    trend_sentences,
    trend_words,
)

__all__ = [
    "CONVERSION",
    "RETENTION_GAP",
    "change_sentence",
    "dashboard_record",
    "extend_history",
    "told_changes",
    "trend_changes",
    "trend_measures",
    "trend_rows",
    "trend_sentences",
    "trend_words",
]
