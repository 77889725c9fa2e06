"""Charts, tables, sentences and pages: this room draws what it is handed and computes nothing."""

from __future__ import annotations

from segmentation_lib.report.charts import (
    bars_with_intervals,
    before_after,
    cause_map,
    cluster_tree,
    cohort_grid,
    concentration_curve,
    distribution,
    effect_forest,
    evaluation_plot,
    funnel,
    gorge,
    heat_map,
    investment_bubbles,
    line_by_k,
    migration_flow,
    migration_matrix,
    path_flow,
    price_curve,
    radar,
    separation_map,
    size_and_value,
    survival_lines,
    targeting_curve,
    trend_lines,
    value_beside_null,
    value_over_time,
)
from segmentation_lib.report.checklist_page import checklist_page, checklist_views
from segmentation_lib.report.council_page import council_page, council_view
from segmentation_lib.report.dashboard import dashboard_page, dashboard_view
from segmentation_lib.report.figures import Chart
from segmentation_lib.report.guide import playbook_page
from segmentation_lib.report.lists import action_list, card_list, gate_list, memo, quote_list
from segmentation_lib.report.one_pager import one_pager_page, one_pager_view
from segmentation_lib.report.pages import home_page, overview_page
from segmentation_lib.report.prose import Snippet, definition, details, finding, sentences
from segmentation_lib.report.publish import publish, publish_page, recover
from segmentation_lib.report.sheets import SHEETS
from segmentation_lib.report.stages import stage_page
from segmentation_lib.report.tables import Table, table
from segmentation_lib.report.theme import segment_colours
from segmentation_lib.report.views import (
    ActionView,
    GateView,
    HomeEntry,
    KeyFigure,
    OverviewView,
    PageContext,
    SegmentView,
)

__all__ = [
    "SHEETS",
    "ActionView",
    "Chart",
    "GateView",
    "HomeEntry",
    "KeyFigure",
    "OverviewView",
    "PageContext",
    "SegmentView",
    "Snippet",
    "Table",
    "action_list",
    "bars_with_intervals",
    "before_after",
    "card_list",
    "cause_map",
    "checklist_page",
    "checklist_views",
    "cluster_tree",
    "cohort_grid",
    "concentration_curve",
    "council_page",
    "council_view",
    "dashboard_page",
    "dashboard_view",
    "definition",
    "details",
    "distribution",
    "effect_forest",
    "evaluation_plot",
    "finding",
    "funnel",
    "gate_list",
    "gorge",
    "heat_map",
    "home_page",
    "investment_bubbles",
    "line_by_k",
    "memo",
    "migration_flow",
    "migration_matrix",
    "one_pager_page",
    "one_pager_view",
    "overview_page",
    "path_flow",
    "playbook_page",
    "price_curve",
    "publish",
    "publish_page",
    "quote_list",
    "radar",
    "recover",
    "segment_colours",
    "sentences",
    "separation_map",
    "size_and_value",
    "stage_page",
    "survival_lines",
    "table",
    "targeting_curve",
    "trend_lines",
    "value_beside_null",
    "value_over_time",
]
