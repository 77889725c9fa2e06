"""The leadership's dashboard: what changed, each segment now, and every quarter of the project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from segmentation_lib.report.charts.trend_lines import trend_lines
from segmentation_lib.report.figures import Chart
from segmentation_lib.report.sheets import SHEETS, render_sheet
from segmentation_lib.report.theme import segment_colours
from segmentation_lib.report.views import PageContext

__all__ = ["CellView", "DashboardView", "StandingView", "dashboard_page", "dashboard_view"]

_FORMATS = {
    "count": "integer",
    "money": "money0",
    "share": "percent0",
    "points": "points0",
    "number": "number1",
}


@dataclass(frozen=True)
class CellView:
    """One figure as shown, and whether it went ``up``, ``down`` or neither (``none``)."""

    figure: str
    change: str


@dataclass(frozen=True)
class StandingView:
    """One segment now: its ID (``(all)`` for everybody), its name and its figures."""

    segment_id: str
    name: str
    cells: tuple[CellView, ...]


@dataclass(frozen=True)
class DashboardView:
    """All that the dashboard shows.

    Attributes:
        findings: What changed, in sentences; the first one is the finding.
        columns: Headings of the figures.
        standings: Every segment now.
        charts: Trends, one chart per figure; none in the first quarter.
        periods: The quarters, in order.
    """

    findings: tuple[str, ...]
    columns: tuple[str, ...]
    standings: tuple[StandingView, ...]
    charts: tuple[Chart, ...]
    periods: tuple[str, ...]


def dashboard_view(record: Mapping[str, Any]) -> DashboardView:
    """Return the view of the artefact ``dashboard``, with its charts drawn.

    Args:
        record: The artefact.
    """
    periods = tuple(record["periods"])
    names = record["names"]
    return DashboardView(
        findings=tuple(record["findings"]),
        columns=tuple(record["columns"]),
        standings=tuple(
            StandingView(
                row["segment_id"],
                names.get(row["segment_id"], ""),
                tuple(CellView(**cell) for cell in row["cells"]),
            )
            for row in record["glance"]
        ),
        charts=tuple(_chart(panel, record) for panel in record["panels"] if panel["rows"])
        if len(periods) > 1
        else (),
        periods=periods,
    )


def dashboard_page(
    view: DashboardView, context: PageContext, *, sheets: tuple[str, ...] = tuple(SHEETS)
) -> str:
    """Return the dashboard.

    Args:
        view: What it shows.
        context: What the page says about itself.
        sheets: Names of all sheets of the report.

    Returns:
        One self-contained page.
    """
    return render_sheet(
        "dashboard.html.j2", sheet="dashboard", sheets=sheets, context=context, view=view,
        colours=segment_colours(row.segment_id for row in view.standings),
    )  # fmt: skip


def _chart(panel: Mapping[str, Any], record: Mapping[str, Any]) -> Chart:
    rows = pd.DataFrame(panel["rows"])
    # Everybody together is no line beside counts: it would press the segments to the floor.
    if panel["unit"] == "count":
        rows = rows[rows["segment_id"] != "(all)"]
    return trend_lines(
        rows.astype({"value": "float64", "low": "float64", "high": "float64"}),
        periods=record["periods"],
        alt=panel["alt"],
        caption=panel["caption"],
        title=panel["title"],
        names=record["names"],
        format=_FORMATS[panel["unit"]],
        currency=record["currency"] or "EUR",
        signed=panel["unit"] == "points",
        note=panel["note"],
    )
