"""Tags for other systems: the customer file, its manifest, the ledger, deltas and dialects."""

from __future__ import annotations

from segmentation_lib.implement.tags.cells import csv_text, read_csv_text
from segmentation_lib.implement.tags.columns import COLUMNS, MOVEMENTS, NO_SEGMENT
from segmentation_lib.implement.tags.crm import crm_table, value_tier
from segmentation_lib.implement.tags.delta import (
    apply_delta,
    crm_delta,
    crm_renewed,
    delta_sentence,
)
from segmentation_lib.implement.tags.destination import Written, write_tags
from segmentation_lib.implement.tags.dialects import (
    checks,
    definitions,
    dialect_files,
    from_dialect,
    to_dialect,
)
from segmentation_lib.implement.tags.handed_on import Verified, verify_handed_on
from segmentation_lib.implement.tags.holdouts import holdout_groups
from segmentation_lib.implement.tags.ledger import (
    LEDGER_COLUMNS,
    REASONS,
    append,
    contactable,
    membership_events,
    quarter_ledger,
    replay,
)
from segmentation_lib.implement.tags.manifest import crm_manifest
from segmentation_lib.implement.tags.reasons import ledger_reasons
from segmentation_lib.implement.tags.targets import TARGETS
from segmentation_lib.implement.tags.verify import verify, verify_dialect
from segmentation_lib.implement.tags.words import crm_sentence

__all__ = [
    "COLUMNS",
    "LEDGER_COLUMNS",
    "MOVEMENTS",
    "NO_SEGMENT",
    "REASONS",
    "TARGETS",
    "Verified",
    "Written",
    "append",
    "apply_delta",
    "checks",
    "contactable",
    "crm_delta",
    "crm_manifest",
    "crm_renewed",
    "crm_sentence",
    "crm_table",
    "csv_text",
    "definitions",
    "delta_sentence",
    "dialect_files",
    "from_dialect",
    "holdout_groups",
    "ledger_reasons",
    "membership_events",
    "quarter_ledger",
    "read_csv_text",
    "replay",
    "to_dialect",
    "value_tier",
    "verify",
    "verify_dialect",
    "verify_handed_on",
    "write_tags",
]
