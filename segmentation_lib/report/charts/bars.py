"""Bars: a value and its interval per segment, and size beside value."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import Formatter, formatter, percent
from segmentation_lib.report.tables import default_format, table
from segmentation_lib.report.theme import (
    ACCENT,
    INK,
    MUTED,
    NEUTRAL,
    PALETTE,
    segment_colours,
    segment_hatches,
)

__all__ = ["bars_with_intervals", "size_and_value"]


def bars_with_intervals(
    frame: pd.DataFrame,
    *,
    label: str,
    value: str,
    alt: str,
    caption: str,
    low: str | None = None,
    high: str | None = None,
    name: str | None = None,
    format: str | Formatter = "number2",
    currency: str = "EUR",
    reference: float | None = None,
    reference_label: str = "",
    benchmarks: Mapping[str, float] | None = None,
    note: str = "",
) -> Chart:
    """Draw one bar per row, with a line over its interval.

    Args:
        frame: One row per bar, in the order to be shown from the top.
        label: Column that names the bars; permanent IDs get their own colours.
        value: Column of values.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        low: Column of lower ends of intervals; none are drawn if None.
        high: Column of upper ends of intervals.
        name: Column of names to be written after the labels.
        format: Format of the values; see `format.formatter`.
        currency: Three-letter code for amounts.
        reference: A value to compare with, drawn as a dashed line.
        reference_label: What the dashed line stands for.
        benchmarks: Values from outside to compare with, by what they are, such as
            ``trade average``: a thin line each, named under the bars.
        note: How to read the picture.

    Raises:
        ValueError: The frame is empty, or only one end of the intervals is named.
    """
    if frame.empty:
        raise ValueError("bars need at least one row")
    if (low is None) != (high is None):
        raise ValueError("low and high go together; name both columns or neither")
    shown = formatter(format, currency=currency)
    ids = [str(item) for item in frame[label]]
    colours, hatches = _fills(ids)
    values = frame[value].to_numpy(dtype="float64")
    ends = None if low is None else frame[[low, high]].to_numpy(dtype="float64")
    lines = dict(benchmarks or {})

    def draw(canvas: Canvas) -> None:
        axes = canvas.axes()
        places = np.arange(len(ids))
        axes.barh(places, np.nan_to_num(values), height=0.62, color=colours, hatch=hatches)
        furthest = values if ends is None else np.fmax(values, ends[:, 1])
        if ends is not None:
            axes.hlines(places, ends[:, 0], ends[:, 1], color=INK, linewidth=1.6)
            axes.plot(ends, np.column_stack([places, places]), "|", color=INK, markersize=7)
        if reference is not None:
            axes.vlines(
                reference, -0.55, len(ids) - 0.5, color=MUTED, linewidth=1.2,
                linestyle=(0, (4, 3)), zorder=0,
            )  # fmt: skip
            axes.text(
                reference, -0.62, f"{reference_label} {shown(reference)}".strip(),
                ha="center", va="bottom", color=MUTED, size=11,
            )  # fmt: skip
        edge = np.nanmax(np.append(furthest, [0.0, reference or 0.0, *lines.values()]))
        for place, point, at in zip(places, values, furthest, strict=True):
            axes.text(
                max(np.nan_to_num(at), 0.0) + edge * 0.015, float(place), shown(point),
                va="center_baseline", size=12 if canvas.narrow else 13,
                bbox={"fc": "white", "ec": "none", "pad": 1},
            )  # fmt: skip
        _label_rows(canvas, places, frame[label], None if name is None else list(frame[name]))
        axes.set_xlim(right=edge * (1.3 if canvas.narrow else 1.14) or 1)
        _draw_benchmarks(axes, lines, len(ids), shown)
        lowest = len(ids) - 0.5 + 0.55 * len(lines)
        axes.set_ylim(lowest, -0.6 if reference is None else -1.1)

    columns = [column for column in (label, name, value, low, high) if column is not None]
    numbers = table(
        frame[columns],
        caption=f"Numbers of the chart: {caption}",
        formats={column: format for column in (value, low, high) if column is not None},
        row_header=label,
        currency=currency,
        note=" ".join(f"{what}: {shown(at)}." for what, at in lines.items()),
    )
    wide, narrow = _heights(len(ids))
    heights = (wide + 24 * len(lines), narrow + 26 * len(lines))
    return draw_chart(draw, alt=alt, caption=caption, heights=heights, numbers=numbers, note=note)


def size_and_value(
    frame: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    label: str = "segment_id",
    size: str = "customer_share",
    value: str = "value_share",
    name: str | None = None,
    size_label: str = "of customers",
    value_label: str = "of value",
    note: str = "",
) -> Chart:
    """Draw the share of customers beside the share of value, a pair of bars per segment.

    Args:
        frame: One row per segment, in the order to be shown from the top.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        label: Column of permanent IDs.
        size: Column of shares of customers, 0 to 1.
        value: Column of shares of value, 0 to 1.
        name: Column of names to be written after the IDs.
        size_label: Words after the share of customers on the first bar.
        value_label: Words after the share of value on the first bar.
        note: How to read the picture.

    Raises:
        ValueError: The frame is empty.
    """
    if frame.empty:
        raise ValueError("bars need at least one row")
    ids = [str(item) for item in frame[label]]
    colours, hatches = _fills(ids)

    def draw(canvas: Canvas) -> None:
        axes = canvas.axes()
        places = np.arange(len(ids))
        sizes, values = (frame[column].to_numpy(dtype="float64") for column in (size, value))
        axes.barh(places - 0.19, np.nan_to_num(sizes), height=0.34, color="#c3c9d0")
        axes.barh(places + 0.19, np.nan_to_num(values), height=0.34, color=colours, hatch=hatches)
        edge = float(np.nanmax(np.append([sizes, values], 0.0))) or 1.0
        for place, pair in enumerate(zip(sizes, values, strict=True)):
            for offset, share, said in zip(
                (-0.19, 0.19), pair, (size_label, value_label), strict=True
            ):
                text = f"{percent(share)} {said}" if place == 0 else percent(share)
                axes.text(
                    np.nan_to_num(share) + edge * 0.012, place + offset, text,
                    va="center_baseline", size=12, color=INK if offset > 0 else MUTED,
                )  # fmt: skip
        _label_rows(canvas, places, frame[label], None if name is None else list(frame[name]))
        axes.set_xlim(0, edge * (1.65 if canvas.narrow else 1.2))
        axes.set_ylim(len(ids) - 0.5, -0.5)

    columns = [column for column in (label, name, size, value) if column is not None]
    numbers = table(
        frame[columns],
        caption=f"Numbers of the chart: {caption}",
        formats={size: "percent1", value: "percent1"},
        row_header=label,
    )
    wide, narrow = _heights(len(ids))
    heights = (wide + 12 * len(ids), narrow + 14 * len(ids))
    return draw_chart(draw, alt=alt, caption=caption, heights=heights, numbers=numbers, note=note)


def _draw_benchmarks(axes: Axes, lines: Mapping[str, float], bars: int, shown: Formatter) -> None:
    """Draw a line per benchmark through all bars, each named on a row of its own below them."""
    for row, (what, at) in enumerate(sorted(lines.items(), key=lambda line: (line[1], line[0]))):
        height = bars - 0.25 + 0.55 * row
        axes.vlines(at, -0.55, height - 0.2, color=INK, linewidth=1.1, linestyle=(0, (1, 1.6)))
        right = at > 0.45 * max(axes.get_xlim()[1], 1e-12)
        axes.text(at, height, f"{what}: {shown(at)}", ha="right" if right else "left",
                  va="center_baseline", size=11, color=INK)  # fmt: skip


def _fills(ids: list[str]) -> tuple[list[str], list[str]]:
    """Return colours and patterns; bars that are no segments all get the accent."""
    colours, hatches = segment_colours(ids), segment_hatches(ids)
    if not any(colour in PALETTE for colour in colours.values()):
        colours = dict.fromkeys(ids, ACCENT if len(ids) > 0 else NEUTRAL)
    return [colours[item] for item in ids], [hatches[item] for item in ids]


def _label_rows(
    canvas: Canvas, places: np.ndarray, heads: pd.Series, names: list[object] | None
) -> None:
    texts = (
        [formatter(default_format(heads))(i) for i in heads]
        if names is None
        else [f"{i} {n}" for i, n in zip(heads, names, strict=True)]
    )
    axes = canvas.figure.axes[0]
    size = 11 if canvas.narrow else 13
    axes.set_yticks(places, [canvas.wrap(text, wide=34, narrow=16) for text in texts], size=size)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.axvline(0, color=NEUTRAL, linewidth=1)


def _heights(rows: int) -> tuple[float, float]:
    return 40 * rows + 30, 48 * rows + 30
