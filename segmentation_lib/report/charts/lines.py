"""Lines: a criterion against the number of segments, with its threshold and the choice."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import Formatter, formatter
from segmentation_lib.report.tables import readable, table
from segmentation_lib.report.theme import ACCENT, MUTED, NEUTRAL

__all__ = ["line_by_k"]


def line_by_k(
    frame: pd.DataFrame,
    *,
    criterion: str,
    alt: str,
    caption: str,
    k: str = "k",
    label: str = "",
    chosen: int | None = None,
    threshold: float | None = None,
    threshold_label: str = "threshold",
    low: str | None = None,
    high: str | None = None,
    format: str | Formatter = "number2",
    note: str = "",
) -> Chart:
    """Draw a criterion against the number of segments.

    Args:
        frame: One row per number of segments.
        criterion: Column of the criterion.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        k: Column of the number of segments.
        label: What the criterion is; its column's name made readable if empty.
        chosen: The number of segments that was chosen, marked.
        threshold: Value that the criterion must reach, drawn as a dashed line.
        threshold_label: What the dashed line stands for.
        low: Column of lower ends of a band around the line, if there is one.
        high: Column of upper ends.
        format: Format of the criterion.
        note: How to read the picture.

    Raises:
        ValueError: The frame is empty, or the chosen number is not in it.
    """
    if frame.empty:
        raise ValueError("a line over k needs at least one row")
    rows = frame.sort_values(k)
    if chosen is not None and chosen not in set(rows[k]):
        raise ValueError(f"k = {chosen} was chosen, but the table holds {list(rows[k])}")
    shown = formatter(format)
    sizes = rows[k].to_numpy(dtype="int64")
    values = rows[criterion].to_numpy(dtype="float64")

    def draw(canvas: Canvas) -> None:
        axes = canvas.axes()
        if low is not None and high is not None:
            ends = rows[[low, high]].to_numpy(dtype="float64")
            axes.fill_between(sizes, ends[:, 0], ends[:, 1], color="#dbe7ee", linewidth=0)
        if threshold is not None:
            axes.axhline(threshold, color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)))
            axes.annotate(
                f"{threshold_label} {shown(threshold)}", (1, threshold), (0, 4),
                xycoords=("axes fraction", "data"), textcoords="offset points",
                ha="right", color=MUTED, size=11,
            )  # fmt: skip
        axes.plot(sizes, values, "-o", color=NEUTRAL, linewidth=1.8, markersize=6)
        for size, value in zip(sizes, values, strict=True):
            if np.isfinite(value):
                _mark(canvas, int(size), float(value), shown(value), chosen=size == chosen)
        axes.margins(x=0.06, y=0.24)
        axes.set_xticks(sizes, [str(size) for size in sizes])
        axes.set_xlabel("Number of segments")
        title = canvas.wrap(label or readable(criterion), wide=90, narrow=42)
        axes.set_title(title, loc="left", size=12, color=MUTED, pad=8)
        axes.locator_params(axis="y", nbins=4)
        axes.tick_params(axis="y", colors=MUTED, labelsize=12)
        axes.grid(axis="y")

    columns = [column for column in (k, criterion, low, high) if column is not None]
    numbers = table(
        rows[columns],
        caption=f"Numbers of the chart: {caption}",
        formats=dict.fromkeys(columns[1:], format),
        headers={k: "Number of segments"},
        row_header=k,
    )
    return draw_chart(
        draw, alt=alt, caption=caption, heights=(310, 270), numbers=numbers, note=note
    )


def _mark(canvas: Canvas, size: int, value: float, text: str, *, chosen: bool) -> None:
    axes = canvas.figure.axes[0]
    if chosen:
        axes.plot([size], [value], "o", color=ACCENT, markersize=13)
    axes.annotate(
        f"{text}\nchosen" if chosen else text, (size, value), (0, 11),
        textcoords="offset points", ha="center", size=13 if chosen else 11,
        color=ACCENT if chosen else MUTED, weight="bold" if chosen else "normal",
    )  # fmt: skip
