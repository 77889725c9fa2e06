"""Who moved between the segments in the quarter, with their value, net of who came and left."""

from __future__ import annotations

from segmentation_lib.implement.migration.matrix import (
    ARRIVED,
    LEFT,
    is_segment,
    migration_matrix,
    migration_sentences,
    net_flows,
    refit_sentence,
)
from segmentation_lib.implement.migration.sizes import (
    size_moves,
)
from segmentation_lib.implement.migration.value import (
    value_moved,
    value_moved_sentences,
    with_value,
)

__all__ = [
    "ARRIVED",
    "LEFT",
    "is_segment",
    "migration_matrix",
    "migration_sentences",
    "net_flows",
    "refit_sentence",
    "size_moves",
    "value_moved",
    "value_moved_sentences",
    "with_value",
]
