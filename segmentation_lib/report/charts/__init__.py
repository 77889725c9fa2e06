"""The charts, one kind per module; each takes values and returns a `Chart`."""

from __future__ import annotations

from segmentation_lib.report.charts.bars import bars_with_intervals, size_and_value
from segmentation_lib.report.charts.flow import migration_flow, migration_matrix
from segmentation_lib.report.charts.gorge import gorge
from segmentation_lib.report.charts.heat import heat_map
from segmentation_lib.report.charts.lines import line_by_k
from segmentation_lib.report.charts.nulls import distribution, value_beside_null
from segmentation_lib.report.charts.separation import separation_map
from segmentation_lib.report.charts.tree import cluster_tree

__all__ = [
    "bars_with_intervals",
    "cluster_tree",
    "distribution",
    "gorge",
    "heat_map",
    "line_by_k",
    "migration_flow",
    "migration_matrix",
    "separation_map",
    "size_and_value",
    "value_beside_null",
]
