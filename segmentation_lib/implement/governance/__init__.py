"""What keeps data where they belong: approval, consent, retention, the data map, leaks."""

from __future__ import annotations

from segmentation_lib.implement.governance.data_map import (
    data_map,
    data_map_sentences,
    published_data_map,
)
from segmentation_lib.implement.governance.leaks import (
    Leak,
    check_pages,
    find_leaks,
    leaks_in,
)
from segmentation_lib.implement.governance.opted_out import check_exports, opted_out_in
from segmentation_lib.implement.governance.owners import owners_of, with_owners
from segmentation_lib.implement.governance.permit import (
    Permit,
    export_permit,
    privacy_findings,
)
from segmentation_lib.implement.governance.retention import retention_sentence

__all__ = [
    "Leak",
    "Permit",
    "check_exports",
    "check_pages",
    "data_map",
    "data_map_sentences",
    "export_permit",
    "find_leaks",
    "leaks_in",
    "opted_out_in",
    "owners_of",
    "privacy_findings",
    "published_data_map",
    "retention_sentence",
    "with_owners",
]
