"""Concentration: how much of the value the most valuable customers and segments bring."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from segmentation_lib.report.charts.spacing import spaced
from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import percent
from segmentation_lib.report.tables import table
from segmentation_lib.report.theme import ACCENT, INK, MUTED, RULE, segment_colours

__all__ = ["concentration_curve"]

_NOTE = (
    "Customers stand in a row, the most valuable first. The further the curve is above the "
    "dashed line, the fewer customers bring the value; on the dashed line all would bring the "
    "same. Each dot adds one more segment, the most valuable first."
)


def concentration_curve(
    frame: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    names: Mapping[str, str] | None = None,
    value_label: str = "value",
    gini_sentence: str = "",
    note: str = _NOTE,
) -> Chart:
    """Draw the cumulative share of value against that of customers, with the segments marked.

    Args:
        frame: ``kind`` (``customers`` for points of the curve, ``segment`` for marks), ``label``
            (such as ``best 5%``, or a permanent ID), ``customer_share``, ``value_share`` and
            their sums from the best on, ``cumulative_customer_share`` and
            ``cumulative_value_share`` (0 to 1; value may pass 1 where some customers cost money).
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        names: Name by ID.
        value_label: What the value is, in words.
        gini_sentence: One sentence on the Gini coefficient, put before the note.
        note: How to read the picture.

    Raises:
        ValueError: The frame holds no point of the curve.
    """
    across, up = "cumulative_customer_share", "cumulative_value_share"
    ordered = frame.sort_values([across, "label"], kind="stable")
    curve, marks = (ordered[ordered["kind"] == kind] for kind in ("customers", "segment"))
    if curve.empty:
        raise ValueError("a concentration curve needs at least one point")
    colours = segment_colours(marks["label"].astype("str"))

    def draw(canvas: Canvas) -> None:
        axes = canvas.axes()
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)))
        x, y = ([0.0, *curve[column].astype("float64")] for column in (across, up))
        axes.fill_between(x, x, y, color=ACCENT, alpha=0.08, linewidth=0)
        axes.plot(x, y, color=ACCENT, linewidth=2.2)
        top = max(1.0, *y, *marks[up].astype("float64")) if len(marks) else max(1.0, *y)
        axes.set(xlim=(0, 1 if canvas.narrow else 1.02), ylim=(min(0.0, *y), top * 1.04))
        axes.set_box_aspect(0.95 if canvas.narrow else 0.72)
        for axis, first in ((axes.xaxis, 0), (axes.yaxis, 1)):
            axis.set_major_formatter(lambda share, _: percent(share, 0))
            axis.set_ticks([step / 4 for step in range(first, 5)])
        axes.tick_params(axis="both", colors=MUTED, labelsize=11)
        axes.grid(color=RULE)
        axes.set_xlabel("Share of customers, most valuable first")
        axes.set_title(f"Share of {value_label}", loc="left", size=12, color=MUTED, pad=10)
        _marks(canvas, marks, colours, names or {})

    shown = ["label", "customer_share", "value_share", across, up]
    numbers = table(
        pd.concat([marks, curve])[[column for column in shown if column in frame]],
        caption=f"Numbers of the chart: {caption}",
        formats={column: "percent1" for column in shown[1:] if column in frame},
        headers={"label": "Whom", across: "Customers so far", up: "Value so far"},
        row_header="label",
    )
    note = f"{gini_sentence} {note}".strip()
    return draw_chart(
        draw, alt=alt, caption=caption, heights=(440, 400), numbers=numbers, note=note
    )


def _marks(
    canvas: Canvas, marks: pd.DataFrame, colours: Mapping[str, str], names: Mapping[str, str]
) -> None:
    axes = canvas.figure.axes[0]
    rows = [
        (str(label), float(x), float(y))
        for label, x, y in marks[
            ["label", "cumulative_customer_share", "cumulative_value_share"]
        ].itertuples(index=False, name=None)
    ]
    for label, x, y in rows:
        axes.plot([x], [y], "o", color=colours[label], markersize=9, markeredgecolor="white",
                  markeredgewidth=1.4, zorder=4, clip_on=False)  # fmt: skip
    if not rows:
        return
    said = {
        label: label
        if canvas.narrow
        else canvas.wrap(f"{label} {names.get(label, '')}".strip(), wide=44)
        for label, *_ in rows
    }
    size = 11 if canvas.narrow else 12
    across = 16.0 if canvas.narrow else 26.0
    labels = [
        axes.annotate(
            said[label], (x, y), (across, 0.0), textcoords="offset points", size=size, color=INK,
            va="center_baseline", annotation_clip=False,
            bbox={"fc": "white", "ec": "none", "alpha": 0.8, "pad": 1},
        )
        for label, x, y in rows
    ]  # fmt: skip
    # The labels take room from the axes, so their heights are found once they are there.
    canvas.figure.draw_without_rendering()
    dots = axes.transData.transform([(x, y) for _, x, y in rows])
    lowest, highest = axes.get_window_extent().intervaly
    lines = max(words.count("\n") + 1 for words in said.values())
    # Labels stand under the curve, where nothing is drawn but the dashed line.
    heights = spaced(dots[:, 1] - (26 if canvas.narrow else 34), lines * (size + 2) + 3)
    heights -= max(0.0, heights.max() - highest + 8)
    heights += max(0.0, lowest + 10 - heights.min())
    for (label, x, y), drawn, rise in zip(rows, labels, heights - dots[:, 1], strict=True):
        drawn.xyann = (across, float(rise))
        axes.annotate(
            "", (x, y), (across, float(rise)), textcoords="offset points", annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colours[label], "linewidth": 0.9,
                        "shrinkA": 0, "shrinkB": 5},
        )  # fmt: skip
