"""Survival curves: the share of a segment that is still waiting for something, day by day."""

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
from segmentation_lib.report.format import percent
from segmentation_lib.report.tables import Table, table
from segmentation_lib.report.theme import MUTED

__all__ = ["survival_lines"]

_NOTE = (
    "A line falls with every first {what}; the lower, the sooner customers come back. Bands: 95% "
    "interval. Customers without a {what} by the last day count as still waiting, not as lost."
)
_ENDS = " A line ends where fewer than {few} people are left to watch, or too few to be sure."
_ROWS_SHOWN = 8


def survival_lines(
    frame: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    names: Mapping[str, str] | None = None,
    what: str = "purchase",
    label: str | None = None,
    unit: str = "Days since the quarter opened",
    few: int = 10,
    note: str | None = None,
) -> Chart:
    """Draw a step line with its band per segment; more than five get a panel each.

    Args:
        frame: ``segment_id`` (``(all)`` for everybody, dotted), ``day`` and ``waiting`` (0 to 1),
            with ``low`` and ``high`` for the band; one row per segment and day on which anything
            changed. ``at_risk`` and ``censored`` (people) go into the table.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        names: Name by ID.
        what: What is waited for, in words.
        label: What the lines are; None for the share without what is waited for.
        unit: What is counted across.
        few: A line ends, in picture and table, where fewer people are left to watch.
        note: How to read the picture; None says what falls, what the bands are, and where a line
            ends.

    Raises:
        ValueError: No segment has ``few`` or more people to watch.
    """
    rows = frame.sort_values(["segment_id", "day"], kind="stable")
    rows = rows[rows["waiting"].notna()]
    if "at_risk" in rows:
        rows = rows[rows["at_risk"] >= few]
    ended = len(rows) < len(frame)
    label = f"Share without a {what} yet" if label is None else label
    if note is None:
        note = _NOTE.format(what=what) + (_ENDS.format(few=few) if ended else "")
    if rows.empty:
        raise ValueError("survival lines need at least one segment with people to watch")
    last = float(rows["day"].max())
    trends = [_trend(rows, name, last) for name in ordered_names(rows)]

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
        numbers=_numbers(rows, caption, few), note=note,
    )  # fmt: skip


def _trend(rows: pd.DataFrame, name: str, last: float) -> Trend:
    """Return a line; one that ends early runs on unseen, so that all are named at the edge."""
    own = rows[rows["segment_id"].astype("str") == name]
    band = {"low", "high"} <= set(own.columns)
    x, y = (own[column].to_numpy("float64") for column in ("day", "waiting"))
    low, high = (own[end].to_numpy("float64") if band else None for end in ("low", "high"))
    if x[-1] == last:
        return Trend(name, x, y, low, high)
    low, high = (None if end is None else np.append(end, np.nan) for end in (low, high))
    return Trend(name, np.append(x, last), np.append(y, np.nan), low, high)


def _numbers(rows: pd.DataFrame, caption: str, few: int) -> Table:
    """Return a few days of each line, evenly spread: the whole steps would fill pages."""
    parts = []
    for _, own in rows.groupby("segment_id", sort=False):
        step = max(1, -(-len(own) // _ROWS_SHOWN))
        kept = sorted({*range(0, len(own), step), len(own) - 1})
        parts.append(own.iloc[_far_apart(own, kept, few)])
    columns = [
        column
        for column in ("segment_id", "day", "waiting", "low", "high", "at_risk", "censored")
        if column in rows
    ]
    return table(
        _without_few(pd.concat(parts)[columns], few),
        caption=f"Numbers of the chart: {caption}",
        formats={"segment_id": "segment", "day": "integer"}
        | {column: "percent1" for column in ("waiting", "low", "high") if column in columns}
        | {column: "integer" for column in ("at_risk", "censored") if column in columns},
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


def _without_few(rows: pd.DataFrame, few: int) -> pd.DataFrame:
    if "censored" not in rows:
        return rows
    ended = rows["censored"].astype("float64")
    return rows.assign(censored=ended.mask(ended.between(1, few - 1)))


def _far_apart(own: pd.DataFrame, places: list[int], few: int) -> list[int]:
    """Return the places between which nobody, or not just a few people, stopped waiting.

    The people watched on two days, one less the other, are a count as well.
    """
    if "at_risk" not in own:
        return places
    kept = places[:1]
    watched = own["at_risk"].to_numpy()
    for place in places[1:]:
        gone = watched[kept[-1]] - watched[place]
        if gone == 0 or gone >= few:
            kept.append(place)
    return kept
