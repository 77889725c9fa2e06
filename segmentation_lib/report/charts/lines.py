"""Lines: a criterion against the number of segments, with its threshold and the choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from segmentation_lib.report.charts.spacing import spaced
from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import Formatter, formatter
from segmentation_lib.report.tables import readable, table
from segmentation_lib.report.theme import ACCENT, MUTED, NEUTRAL

__all__ = ["line_by_k"]

_BAND = "#dbe7ee"
# Told apart by marker and dashes, not by colour: only the chosen line has one.
_OTHERS = (("s", (0, (5, 2))), ("^", (0, (2, 2))), ("D", (0, (6, 2, 1, 2))), ("v", (0, (1, 1.5))),
           ("P", "-"))  # fmt: skip


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
    group: str | None = None,
    chosen_group: str | None = None,
    group_names: Mapping[str, str] | None = None,
    format: str | Formatter = "number2",
    note: str = "",
) -> Chart:
    """Draw a criterion against the number of segments, as one line or one per group.

    Args:
        frame: One row per number of segments, or per group and number.
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
        group: Column that tells several lines apart, such as ``algorithm``; each is named at its
            end.
        chosen_group: The line that was chosen: in colour, with its value at the chosen
            number (at all, if none is) and its band. The first one if None.
        group_names: Name to show, by group.
        format: Format of the criterion.
        note: How to read the picture.

    Raises:
        ValueError: The frame is empty, the chosen number or group is not in it, or only one end
            of the band is named.
    """
    if frame.empty:
        raise ValueError("a line over k needs at least one row")
    if (low is None) != (high is None):
        raise ValueError("low and high go together; name both columns or neither")
    lines = _lines(frame, k, criterion, group, group_names or {}, chosen_group)
    first = lines[0]
    if chosen is not None and chosen not in first.sizes:
        raise ValueError(f"k = {chosen} was chosen, but the table holds {first.sizes.tolist()}")
    shown = formatter(format)

    def draw(canvas: Canvas) -> None:
        axes = canvas.axes()
        if low is not None and high is not None:
            ends = first.rows[[low, high]].to_numpy(dtype="float64")
            axes.fill_between(first.sizes, ends[:, 0], ends[:, 1], color=_BAND, linewidth=0)
        if threshold is not None:
            axes.axhline(threshold, color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)))
            axes.annotate(
                f"{threshold_label} {shown(threshold)}", (1, threshold), (0, 4),
                xycoords=("axes fraction", "data"), textcoords="offset points",
                ha="right", color=MUTED, size=11,
            )  # fmt: skip
        drawn = _draw_lines(axes, lines)
        for size, value in zip(first.sizes, first.values, strict=True):
            if np.isfinite(value) and (len(lines) == 1 or chosen in (None, size)):
                _mark(canvas, int(size), float(value), shown(value), chosen=size == chosen)
        axes.margins(x=0.06, y=0.24)
        sizes = sorted({int(size) for line in lines for size in line.sizes})
        axes.set_xticks(sizes, [str(size) for size in sizes])
        axes.set_xlabel("Number of segments")
        title = canvas.wrap(label or readable(criterion), wide=90, narrow=42)
        axes.set_title(title, loc="left", size=12, color=MUTED, pad=8)
        axes.locator_params(axis="y", nbins=4)
        axes.tick_params(axis="y", colors=MUTED, labelsize=12)
        axes.grid(axis="y")
        if len(lines) > 1:
            _name_lines(canvas, lines, drawn)

    columns = [column for column in (group, k, criterion, low, high) if column is not None]
    named = [line.rows if group is None else line.rows.assign(**{group: line.name})
             for line in lines]  # fmt: skip
    numbers = table(
        pd.concat(named)[columns],
        caption=f"Numbers of the chart: {caption}",
        formats=dict.fromkeys(columns[columns.index(criterion) :], format),
        headers={k: "Number of segments"},
        row_header=group or k,
    )
    return draw_chart(
        draw, alt=alt, caption=caption, heights=(310, 270), numbers=numbers, note=note
    )


@dataclass(frozen=True)
class _Line:
    """One line: its name, its rows in order of k, and what is drawn of them."""

    name: str
    rows: pd.DataFrame
    sizes: np.ndarray
    values: np.ndarray


def _lines(
    frame: pd.DataFrame,
    k: str,
    criterion: str,
    group: str | None,
    names: Mapping[str, str],
    chosen: str | None,
) -> list[_Line]:
    """Return the lines, the chosen one first and the others as they come in the frame."""
    parts = {"": frame} if group is None else {
        str(name): part for name, part in frame.groupby(group, sort=False)
    }  # fmt: skip
    if chosen is not None and chosen not in parts:
        raise ValueError(f"{chosen} was chosen, but the table holds {', '.join(parts)}")
    order = sorted(parts, key=lambda name: name != chosen) if chosen else list(parts)
    lines = []
    for name in order:
        rows = parts[name].sort_values(k)
        sizes, values = rows[k].to_numpy(dtype="int64"), rows[criterion].to_numpy(dtype="float64")
        lines.append(_Line(names.get(name, readable(name)), rows, sizes, values))
    return lines


def _draw_lines(axes: Axes, lines: list[_Line]) -> list[Line2D]:
    if len(lines) == 1:
        only = lines[0]
        return axes.plot(only.sizes, only.values, "-o", color=NEUTRAL, linewidth=1.8, markersize=6)
    others = []
    for number, line in enumerate(lines[1:]):
        marker, dashes = _OTHERS[number % len(_OTHERS)]
        others += axes.plot(line.sizes, line.values, color=NEUTRAL, linewidth=1.4,
                            linestyle=dashes, marker=marker, markersize=5)  # fmt: skip
    first = lines[0]
    chosen = axes.plot(first.sizes, first.values, "-o", color=ACCENT, linewidth=2.2, markersize=6)
    return [*chosen, *others]


def _name_lines(canvas: Canvas, lines: list[_Line], drawn: list[Line2D]) -> None:
    """Write each line's name at its end; on a phone under the picture, where there is room."""
    axes = canvas.figure.axes[0]
    inks = [ACCENT, *[MUTED] * (len(lines) - 1)]
    if canvas.narrow:
        axes.legend(
            drawn, [line.name for line in lines], loc="upper center", ncols=2, frameon=False,
            bbox_to_anchor=(0.45, -0.26), fontsize=11, labelcolor=inks, handlelength=2.6,
        )  # fmt: skip
        return
    ends = [_last(line) for line in lines]
    canvas.figure.draw_without_rendering()
    pixels = axes.transData.transform(ends)[:, 1]
    for line, ink, end, rise in zip(lines, inks, ends, spaced(pixels, 16) - pixels, strict=True):
        axes.annotate(
            line.name, end, (14, float(rise)), textcoords="offset points", va="center_baseline",
            color=ink, size=12, weight="bold" if ink == ACCENT else "normal",
        )  # fmt: skip


def _last(line: _Line) -> tuple[float, float]:
    known = np.flatnonzero(np.isfinite(line.values))
    place = int(known[-1]) if len(known) else 0
    value = float(line.values[place]) if len(known) else 0.0
    return float(line.sizes[place]), value


def _mark(canvas: Canvas, size: int, value: float, text: str, *, chosen: bool) -> None:
    axes = canvas.figure.axes[0]
    if chosen:
        axes.plot([size], [value], "o", color=ACCENT, markersize=13)
    axes.annotate(
        f"{text}\nchosen" if chosen else text, (size, value), (0, 11),
        textcoords="offset points", ha="center", size=13 if chosen else 11,
        color=ACCENT if chosen else MUTED, weight="bold" if chosen else "normal",
    )  # fmt: skip
