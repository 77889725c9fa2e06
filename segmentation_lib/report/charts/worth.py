"""Value over quarters: the index of each segment against the average customer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from segmentation_lib.report.charts.trends import (
    Trend,
    draw_trends,
    ordered_names,
    trend_heights,
)
from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import integer
from segmentation_lib.report.tables import table
from segmentation_lib.report.theme import MUTED

__all__ = ["value_over_time"]

_NOTE = (
    "100 is the average customer of that quarter. The customers are those who are in the segment "
    "now; earlier quarters look back at them, so this describes, it does not forecast."
)
_SPIKE = " A ring with a number is a spike: worth more in that quarter only."
_OPEN = " An empty ring is a quarter that is not complete."


def value_over_time(
    frame: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    names: Mapping[str, str] | None = None,
    quarters: Mapping[int, str] | None = None,
    spikes: Mapping[str, int] | None = None,
    few: int = 10,
    note: str | None = None,
) -> Chart:
    """Draw each segment's value index over the quarters, with one-quarter spikes ringed.

    Args:
        frame: ``segment_id``, ``quarters_back`` (0 is this quarter, 1 the one before) and
            ``value_index`` (100 is the average customer), one row per segment and quarter.
            ``complete`` is false for blocks that are cut off: an empty ring. ``low`` and ``high``
            give a band; ``customers`` hides rows of fewer than ``few``. Rows of ``(all)`` are
            dotted.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        names: Name by ID.
        quarters: Name of each quarter, by how many quarters back it is.
        spikes: Segments that are valuable for one quarter only, with that quarter (how many back).
        few: Rows of fewer customers are left out.
        note: How to read the picture; None says what 100 and an empty ring mean.

    Raises:
        ValueError: The frame holds no row that can be shown.
    """
    rows = frame.dropna(subset=["value_index"])
    if "customers" in rows:
        rows = rows[rows["customers"] >= few]
    if rows.empty:
        raise ValueError("value over time needs at least one row")
    rows = rows.sort_values(["segment_id", "quarters_back"], ascending=[True, False], kind="stable")
    trends = [_trend(rows, name, spikes or {}) for name in ordered_names(rows)]
    back = sorted({int(item) for item in rows["quarters_back"]}, reverse=True)
    called = {item: (quarters or {}).get(item, _called(item)) for item in back}
    highest = float(np.nanmax(rows[[c for c in ("value_index", "high") if c in rows]]))
    lowest = min(0.0, float(np.nanmin(rows["value_index"])))

    def draw(canvas: Canvas) -> None:
        def frame_axes(axes: Axes, small: bool) -> None:
            axes.axhline(100, color=MUTED, linewidth=1.1, linestyle=(0, (4, 3)), zorder=0)
            axes.set_ylim(lowest * 1.1, max(highest, 100) * 1.14)
            axes.set_xlim(-back[0] - 0.3, -back[-1] + 0.3)
            every = -(-len(back) // (3 if small or canvas.narrow else 9))
            ticks = back[::-1][::every]
            axes.set_xticks([-item for item in ticks], [called[item] for item in ticks])
            axes.locator_params(axis="y", nbins=4)
            axes.tick_params(axis="y", colors=MUTED, labelsize=11)
            axes.tick_params(axis="x", labelsize=10 if small else 11)
            axes.grid(axis="y")
            if not small:
                axes.set_title("Value per customer; 100 is the average", loc="left", size=12,
                               color=MUTED, pad=10)  # fmt: skip

        draw_trends(canvas, trends, names=names or {}, steps=False, frame_axes=frame_axes)
        if len(canvas.figure.axes) > 1:
            canvas.figure.suptitle("Value per customer; 100 is the average", size=12,
                                   color=MUTED, x=0.01, ha="left")  # fmt: skip

    columns = [c for c in ("value_index", "low", "high", "customers", "complete") if c in rows]
    numbers = table(
        rows.assign(quarter=rows["quarters_back"].map(called))[["segment_id", "quarter", *columns]],
        caption=f"Numbers of the chart: {caption}",
        formats={"segment_id": "segment"}
        | {column: "number0" for column in ("value_index", "low", "high") if column in columns},
        headers={"value_index": "Index"},
        row_header="segment_id",
    )
    if note is None:
        spiked = any(trend.marks for trend in trends)
        note = (
            _NOTE
            + (_SPIKE if spiked else "")
            + (_OPEN if any(trend.hollow for trend in trends) else "")
        )
    wide, narrow = trend_heights(trends)
    return draw_chart(
        draw, alt=alt, caption=caption, heights=(wide + 24, narrow + 24), numbers=numbers,
        note=note,
    )  # fmt: skip


def _trend(rows: pd.DataFrame, name: str, spikes: Mapping[str, int]) -> Trend:
    own = rows[rows["segment_id"].astype("str") == name]
    back = own["quarters_back"].astype("int64").tolist()
    band = {"low", "high"} <= set(own.columns)
    low, high = (own[end].to_numpy("float64") if band else None for end in ("low", "high"))
    marks = {
        place: f"spike: {integer(own['value_index'].iloc[place])}"
        for place, item in enumerate(back)
        if spikes.get(name) == item
    }
    partial = ~own["complete"].astype("bool") if "complete" in own else pd.Series(False, own.index)
    return Trend(
        name, -np.asarray(back, dtype="float64"), own["value_index"].to_numpy("float64"), low, high,
        marks, tuple(np.flatnonzero(partial).tolist()),
    )  # fmt: skip


def _called(back: int) -> str:
    return "this quarter" if back == 0 else f"{back} back"
