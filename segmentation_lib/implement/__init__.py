"""From segments to operations: the customer file, migration, baseline, actions, proposal."""

from __future__ import annotations

from segmentation_lib.implement.actions import list_actions
from segmentation_lib.implement.kpis import kpi_baseline, kpi_unit
from segmentation_lib.implement.migration import (
    ARRIVED,
    LEFT,
    is_segment,
    migration_matrix,
    migration_sentence,
    net_flows,
    refit_sentence,
)
from segmentation_lib.implement.migration_value import (
    value_moved,
    value_moved_sentences,
    with_value,
)
from segmentation_lib.implement.proposal import proposal_sentences, propose_segments
from segmentation_lib.implement.publishable import (
    crm_sentence,
    published_baseline,
)
from segmentation_lib.implement.responsible import names_of, responsible
from segmentation_lib.implement.summary import summarise
from segmentation_lib.implement.tags.crm import NO_SEGMENT, crm_table, value_tier

__all__ = [
    "ARRIVED",
    "LEFT",
    "NO_SEGMENT",
    "crm_sentence",
    "crm_table",
    "is_segment",
    "kpi_baseline",
    "kpi_unit",
    "list_actions",
    "migration_matrix",
    "migration_sentence",
    "names_of",
    "net_flows",
    "proposal_sentences",
    "propose_segments",
    "published_baseline",
    "refit_sentence",
    "responsible",
    "summarise",
    "value_moved",
    "value_moved_sentences",
    "value_tier",
    "with_value",
]
