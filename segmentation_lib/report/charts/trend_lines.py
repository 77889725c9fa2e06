"""A figure of every segment over the quarters of a project: small multiples with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from segmentation_lib.report.charts.trends import (
    Trend,
    draw_trends,
    ordered_names,
    trend_heights,
)
from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import Formatter, as_told, formatter
from segmentation_lib.report.tables import table
from segmentation_lib.report.theme import MUTED

__all__ = ["trend_lines"]

_BAND = "The band is the 95% interval."
_ALL = "The dotted line is all customers in a segment."


def trend_lines(
    frame: pd.DataFrame,
    *,
    periods: Sequence[str],
    alt: str,
    caption: str,
    title: str,
    names: Mapping[str, str] | None = None,
    format: str | Formatter = "number2",
    currency: str = "EUR",
    signed: bool = False,
    note: str = "",
) -> Chart:
    """Draw one figure over the quarters, a line per segment.

    Args:
        frame: ``period``, ``segment_id`` (``(all)`` for everybody), ``value``, ``low`` and
            ``high``; a quarter without a row is a gap, and a segment without later rows ends.
        periods: All quarters, in order; those between two calendar quarters are added as gaps.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        title: What the figure is.
        names: Name of each segment.
        format: Format of the figure; shares are drawn no finer than it tells them.
        currency: Three-letter code of amounts.
        signed: Whether 0 is a reference, drawn as a line; else the axis starts at 0.
        note: Further words on how to read it.

    Raises:
        ValueError: No row has a value, or a row is of a quarter that is not listed.
    """
    rows = as_told(frame.dropna(subset=["value"]), ["value", "low", "high"], format)
    if rows.empty:
        raise ValueError("trend lines need at least one value")
    strange = sorted(set(rows["period"]) - set(periods))
    if strange:
        raise ValueError(f"quarter {strange[0]} is not among {', '.join(periods)}")
    quarters = _with_gaps(periods)
    shown = formatter(format, currency=currency)
    trends = [_trend(rows, name, quarters) for name in ordered_names(rows)]
    everything = rows[["value", "low", "high"]].to_numpy("float64")
    highest, lowest = float(np.nanmax(everything)), float(np.nanmin(everything))

    def frame_axes(axes: Axes, small: bool) -> None:
        low, high = min(0.0, lowest), max(0.0, highest)
        # Under the lowest line there is room for its name.
        room = (high - low or 1.0) * 0.1
        axes.set_ylim(low - room, high + room)
        axes.set_xlim(-0.3, len(quarters) - 0.7)
        if signed:
            axes.axhline(0, color=MUTED, linewidth=1.1, linestyle=(0, (4, 3)), zorder=0)
        every = -(-len(quarters) // (3 if small else 8))
        # The newest quarter always has its name.
        ticks = list(range(len(quarters)))[::-1][::every][::-1]
        axes.set_xticks(ticks, [quarters[place] for place in ticks])
        axes.locator_params(axis="y", nbins=4)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: shown(value)))
        axes.tick_params(axis="y", colors=MUTED, labelsize=11)
        axes.tick_params(axis="x", labelsize=10 if small else 11)
        axes.grid(axis="y")

    def draw(canvas: Canvas) -> None:
        draw_trends(canvas, trends, names=names or {}, steps=False, frame_axes=frame_axes)
        canvas.figure.suptitle(canvas.wrap(title, wide=90, narrow=42), size=12, color=MUTED,
                               x=0.01, ha="left")  # fmt: skip

    numbers = table(
        rows[["segment_id", "period", "value", "low", "high"]],
        caption=f"Numbers of the chart: {caption}",
        formats={"segment_id": "segment", "period": "text"}
        | dict.fromkeys(("value", "low", "high"), format),
        headers={"value": title, "low": "95% interval, from", "high": "to"},
        row_header="segment_id",
        currency=currency,
    )
    said = [note, _BAND if rows["low"].notna().any() else ""]
    said.append(_ALL if (rows["segment_id"] == "(all)").any() else "")
    return draw_chart(
        draw,
        alt=alt,
        caption=caption,
        heights=trend_heights(trends),
        numbers=numbers,
        note=" ".join(part for part in said if part),
    )


def _trend(rows: pd.DataFrame, name: str, quarters: Sequence[str]) -> Trend:
    own = rows[rows["segment_id"] == name].set_index("period")
    own = own[["value", "low", "high"]].astype("float64").reindex(list(quarters))
    known = np.flatnonzero(own["value"].notna())
    # A segment that was retired ends, one that is new begins.
    span = slice(int(known[0]), int(known[-1]) + 1)
    values = own.to_numpy("float64")[span]
    band = np.isfinite(values[:, 1:]).any()
    return Trend(
        name, np.arange(len(quarters))[span], values[:, 0],
        values[:, 1] if band else None, values[:, 2] if band else None,
    )  # fmt: skip


def _with_gaps(periods: Sequence[str]) -> list[str]:
    """Return the quarters with those between them that have no figures, if they are calendar's.

    >>> _with_gaps(["2025Q3", "2026Q1"])
    ['2025Q3', '2025Q4', '2026Q1']
    """
    try:
        places = [4 * int(name[:4]) + int(name[5]) - 1 for name in periods if name[4] == "Q"]
    except (ValueError, IndexError):
        return list(periods)
    if len(places) < len(periods) or sorted(places) != places or any(len(p) != 6 for p in periods):
        return list(periods)
    return [f"{place // 4}Q{place % 4 + 1}" for place in range(places[0], places[-1] + 1)]
