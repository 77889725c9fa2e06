"""Survival curves: the share of a segment that has not yet bought again, day by day."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from segmentation_lib.report.charts.trends import (
    Trend,
    draw_trends,
    ordered_names,
    trend_heights,
)
from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import percent
from segmentation_lib.report.tables import Table, table
from segmentation_lib.report.theme import MUTED

__all__ = ["survival_lines"]

_NOTE = (
    "A line falls when customers buy; the lower, the sooner they come back. Bands: 95% interval. "
    "Customers who had not bought by the last day are counted as still waiting, not as lost."
)
_ROWS_SHOWN = 8


def survival_lines(
    frame: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    names: Mapping[str, str] | None = None,
    label: str = "Share that has not yet bought",
    unit: str = "Days since the quarter opened",
    few: int = 10,
    note: str = _NOTE,
) -> Chart:
    """Draw a step line with its band per segment; more than five get a panel each.

    Args:
        frame: ``segment_id`` (``(all)`` for everybody, dotted), ``day`` and ``waiting`` (0 to 1),
            with ``low`` and ``high`` for the band; one row per segment and day on which anything
            changed. ``at_risk`` and ``censored`` (people) go into the table.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        names: Name by ID.
        label: What the lines are.
        unit: What is counted across.
        few: A line ends, in picture and table, where fewer people are left to watch.
        note: How to read the picture.

    Raises:
        ValueError: No segment has ``few`` or more people to watch.
    """
    rows = frame.sort_values(["segment_id", "day"], kind="stable")
    if "at_risk" in rows:
        rows = rows[rows["at_risk"] >= few]
    if rows.empty:
        raise ValueError("survival lines need at least one segment with people to watch")
    trends = [_trend(rows, name) for name in ordered_names(rows)]
    last = float(rows["day"].max())

    def draw(canvas: Canvas) -> None:
        def frame_axes(axes: Axes, small: bool) -> None:
            axes.set(xlim=(0, last), ylim=(0, 1.02))
            axes.set_yticks([0, 0.5, 1] if small else [0, 0.25, 0.5, 0.75, 1])
            axes.yaxis.set_major_formatter(lambda share, _: percent(share, 0))
            axes.locator_params(axis="x", nbins=4 if small or canvas.narrow else 8)
            axes.tick_params(axis="y", colors=MUTED, labelsize=11)
            axes.tick_params(axis="x", labelsize=11)
            axes.grid(axis="y")
            if not small:
                axes.set_xlabel(unit)
                axes.set_title(label, loc="left", size=12, color=MUTED, pad=10)

        draw_trends(canvas, trends, names=names or {}, steps=True, frame_axes=frame_axes)
        if len(canvas.figure.axes) > 1:
            canvas.figure.supxlabel(unit, size=12, color=MUTED)
            canvas.figure.suptitle(label, size=12, color=MUTED, x=0.01, ha="left")

    heights = trend_heights(trends)
    return draw_chart(
        draw, alt=alt, caption=caption, heights=(heights[0] + 40, heights[1] + 40),
        numbers=_numbers(rows, caption), note=note,
    )  # fmt: skip


def _trend(rows: pd.DataFrame, name: str) -> Trend:
    own = rows[rows["segment_id"].astype("str") == name]
    band = {"low", "high"} <= set(own.columns)
    x, y = (own[column].to_numpy("float64") for column in ("day", "waiting"))
    low, high = (own[end].to_numpy("float64") if band else None for end in ("low", "high"))
    return Trend(name, x, y, low, high)


def _numbers(rows: pd.DataFrame, caption: str) -> Table:
    """Return a few days of each line, evenly spread: the whole steps would fill pages."""
    parts = []
    for _, own in rows.groupby("segment_id", sort=False):
        step = max(1, -(-len(own) // _ROWS_SHOWN))
        parts.append(own.iloc[sorted({*range(0, len(own), step), len(own) - 1})])
    columns = [
        column
        for column in ("segment_id", "day", "waiting", "low", "high", "at_risk", "censored")
        if column in rows
    ]
    return table(
        pd.concat(parts)[columns],
        caption=f"Numbers of the chart: {caption}",
        formats={"segment_id": "segment", "day": "integer"}
        | {column: "percent1" for column in ("waiting", "low", "high") if column in columns},
        headers={
            column: said
            for column, said in (
                ("waiting", "Still waiting"), ("low", "from"), ("high", "to"),
                ("at_risk", "People watched"), ("censored", "Watch ended"),
            )
            if column in columns
        },
        row_header="segment_id",
    )  # fmt: skip
