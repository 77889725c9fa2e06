"""From segments to operations: the customer file, migration, baseline, actions, proposal."""

from __future__ import annotations

from segmentation_lib.implement.actions import (
    list_actions,
)
from segmentation_lib.implement.kpis import (
    kpi_baseline,
    kpi_unit,
    published_baseline,
)
from segmentation_lib.implement.names import names_of
from segmentation_lib.implement.proposal import (
    proposal_sentences,
    propose_segments,
)
from segmentation_lib.implement.summary import (
    summarise,
)

__all__ = [
    "kpi_baseline",
    "kpi_unit",
    "list_actions",
    "names_of",
    "proposal_sentences",
    "propose_segments",
    "published_baseline",
    "summarise",
]
