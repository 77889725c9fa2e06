"""A map of customers: one point each, coloured by segment, as a picture of dots."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import Formatter, formatter, integer
from segmentation_lib.report.tables import table
from segmentation_lib.report.theme import MUTED, segment_colours

__all__ = ["point_map"]

MARKS = "os^Dv"


def point_map(
    frame: pd.DataFrame,
    *,
    x: str,
    y: str,
    alt: str,
    caption: str,
    segment: str = "segment_id",
    x_label: str = "",
    y_label: str = "",
    x_format: str | Formatter = "integer",
    y_format: str | Formatter = "integer",
    currency: str = "EUR",
    log_y: bool = False,
    note: str = "",
) -> Chart:
    """Draw one point per customer, with each segment's ID at the middle of its points.

    Args:
        frame: One row per customer; draw a sample of a few thousand where there are more.
        x: Column across.
        y: Column upwards.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        segment: Column of permanent IDs; customers without one are left out.
        x_label: What is across, with its unit; the column's name if empty.
        y_label: What is upwards, with its unit; the column's name if empty.
        x_format: Format of the numbers across.
        y_format: Format of the numbers upwards.
        currency: Three-letter code for amounts.
        log_y: Use a logarithmic scale upwards; values must be above zero.
        note: How to read the picture.

    Raises:
        ValueError: No customer has a segment.
    """
    rows = frame[[segment, x, y]].dropna()
    if rows.empty:
        raise ValueError("a map needs at least one customer with a segment")
    ids = sorted(rows[segment].unique())
    colours = segment_colours(ids)
    middles = rows.groupby(segment, sort=True)[[x, y]].median()
    shown_x, shown_y = (formatter(f, currency=currency) for f in (x_format, y_format))

    def draw(canvas: Canvas) -> None:
        axes = canvas.axes()
        size = 7 if canvas.narrow else 12
        for n, item in enumerate(ids):
            part = rows[rows[segment] == item]
            axes.scatter(
                part[x], part[y], s=size, color=colours[item], alpha=0.55, linewidths=0,
                marker=MARKS[n % len(MARKS)],
            )  # fmt: skip
        if log_y:
            axes.set_yscale("log")
        for item, (across, up) in zip(ids, middles.to_numpy(), strict=True):
            axes.text(
                across, up, item, ha="center", va="center", size=12, weight="bold",
                bbox={"boxstyle": "round,pad=0.3", "fc": "white", "ec": colours[item], "lw": 1.5},
            )  # fmt: skip
        axes.set_xlabel(x_label or x)
        axes.set_title(y_label or y, loc="left", size=12, color=MUTED, pad=8)
        axes.xaxis.set_major_formatter(lambda value, _: shown_x(value))
        axes.yaxis.set_major_formatter(lambda value, _: shown_y(value))
        axes.minorticks_off()
        axes.locator_params(axis="x", nbins=4 if canvas.narrow else 8)
        axes.tick_params(axis="y", colors=MUTED, labelsize=12)
        axes.grid(axis="both")

    counts = rows.groupby(segment, sort=True).size().to_numpy()
    numbers = table(
        middles.reset_index().assign(points=counts),
        caption=f"Middle (median) of each segment's points: {caption}",
        formats={segment: "segment", x: x_format, y: y_format, "points": integer},
        row_header=segment,
        currency=currency,
    )
    return draw_chart(
        draw, alt=alt, caption=caption, heights=(430, 330), numbers=numbers, note=note, raster=True
    )
