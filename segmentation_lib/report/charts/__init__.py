"""The charts, one kind per module; each takes values and returns a `Chart`."""

from __future__ import annotations

from segmentation_lib.report.charts.bars import bars_with_intervals, size_and_value
from segmentation_lib.report.charts.before_after import before_after
from segmentation_lib.report.charts.causes import cause_map
from segmentation_lib.report.charts.cohorts import cohort_grid
from segmentation_lib.report.charts.concentration import concentration_curve
from segmentation_lib.report.charts.evaluation import evaluation_plot
from segmentation_lib.report.charts.flow import migration_flow, migration_matrix
from segmentation_lib.report.charts.forest import effect_forest
from segmentation_lib.report.charts.funnel import funnel
from segmentation_lib.report.charts.gorge import gorge
from segmentation_lib.report.charts.heat import heat_map
from segmentation_lib.report.charts.investment_bubbles import investment_bubbles
from segmentation_lib.report.charts.lines import line_by_k
from segmentation_lib.report.charts.nulls import distribution, value_beside_null
from segmentation_lib.report.charts.paths import path_flow
from segmentation_lib.report.charts.price_curve import price_curve
from segmentation_lib.report.charts.radar import radar
from segmentation_lib.report.charts.separation import separation_map
from segmentation_lib.report.charts.survival import survival_lines
from segmentation_lib.report.charts.targeting import targeting_curve
from segmentation_lib.report.charts.tree import cluster_tree
from segmentation_lib.report.charts.trend_lines import trend_lines
from segmentation_lib.report.charts.worth import value_over_time

__all__ = [
    "bars_with_intervals",
    "before_after",
    "cause_map",
    "cluster_tree",
    "cohort_grid",
    "concentration_curve",
    "distribution",
    "effect_forest",
    "evaluation_plot",
    "funnel",
    "gorge",
    "heat_map",
    "investment_bubbles",
    "line_by_k",
    "migration_flow",
    "migration_matrix",
    "path_flow",
    "price_curve",
    "radar",
    "separation_map",
    "size_and_value",
    "survival_lines",
    "targeting_curve",
    "trend_lines",
    "value_beside_null",
    "value_over_time",
]
