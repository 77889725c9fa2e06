"""What keeps data where they belong: approval, consent, retention, the data map, leaks."""

from __future__ import annotations

from segmentation_lib.implement.governance.approval import may_export
from segmentation_lib.implement.governance.data_map import data_map, data_map_sentences
from segmentation_lib.implement.governance.leaks import (
    Leak,
    check_pages,
    find_leaks,
    leaks_in,
)
from segmentation_lib.implement.governance.opted_out import check_exports, opted_out_in
from segmentation_lib.implement.governance.retention import retention_sentence

__all__ = [
    "Leak",
    "check_exports",
    "check_pages",
    "data_map",
    "data_map_sentences",
    "find_leaks",
    "leaks_in",
    "may_export",
    "opted_out_in",
    "retention_sentence",
]
