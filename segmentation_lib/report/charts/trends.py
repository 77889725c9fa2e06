"""Lines per segment: who is still waiting day by day, and what a segment is worth over quarters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from segmentation_lib.report.charts.panels import in_order, panel_heading, panel_heights, panels
from segmentation_lib.report.charts.spacing import name_ends
from segmentation_lib.report.figures import Canvas
from segmentation_lib.report.theme import MUTED, segment_colours, segment_number

__all__ = ["MOST_TOGETHER", "Trend", "draw_trends", "ordered_names", "trend_heights"]

# More lines than this in one picture cannot be followed; each then gets a panel of its own.
MOST_TOGETHER = 5
_GRID = {"wide": 3, "narrow": 2}
# A band or a line behind others needs no more corners than this.
_CORNERS = 24
_CROWD = "#cfd5dc"


@dataclass(frozen=True)
class Trend:
    """One line.

    Attributes:
        name: A permanent ID, or ``(all)`` for everybody.
        x: Places across, in order.
        y: Values; missing ones leave a gap.
        low: Lower ends of the band around it; None for no band.
        high: Upper ends.
        marks: Places in ``x`` to be ringed, with the words at the ring.
        hollow: Places in ``x`` whose value is not final, drawn as an empty ring.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    marks: Mapping[int, str] = field(default_factory=dict)
    hollow: tuple[int, ...] = ()


def draw_trends(
    canvas: Canvas,
    trends: list[Trend],
    *,
    names: Mapping[str, str],
    steps: bool,
    frame_axes: Callable[[Axes, bool], None],
) -> None:
    """Draw up to five segments together, and more of them in a panel each, the others in grey.

    Args:
        canvas: The empty picture.
        trends: The lines.
        names: Name, by ID.
        steps: Draw steps that hold a value until the next one, not slopes.
        frame_axes: Sets limits, ticks and titles of axes; told whether they are a small panel.
    """
    ids = [trend.name for trend in trends if segment_number(trend.name) is not None]
    inks = _inks([trend.name for trend in trends])
    if len(ids) <= MOST_TOGETHER:
        axes = canvas.axes()
        for trend in trends:
            _line(axes, trend, inks[trend.name], steps=steps, band=True, marked=True)
        frame_axes(axes, False)
        said = {
            trend.name: trend.name.strip("()") if canvas.narrow else
            canvas.wrap(f"{_called(trend.name)} {names.get(trend.name, '')}".strip(), wide=24)
            for trend in trends
        }  # fmt: skip
        ends = {trend.name: end for trend in trends if (end := _end(trend)) is not None}
        name_ends(canvas, axes, ends, said, inks, size=11 if canvas.narrow else 12)
        return
    shown = [trend for trend in trends if trend.name in ids]
    grid = panels(canvas, len(shown), **_GRID, sharex=True, sharey=True)
    for axes, own in zip(grid, shown, strict=True):
        _crowd(axes, [other for other in shown if other is not own])
        for everybody in (trend for trend in trends if trend.name not in ids):
            _line(axes, _thinned(everybody), MUTED, steps=steps, band=False, marked=False)
        _line(axes, own, inks[own.name], steps=steps, band=True, marked=True)
        panel_heading(canvas, axes, own.name, names, inks[own.name], wrap=(34, 20))
        frame_axes(axes, True)


def trend_heights(trends: list[Trend]) -> tuple[float, float]:
    """Return the heights of the wide and the narrow picture of `draw_trends`."""
    ids = [trend.name for trend in trends if segment_number(trend.name) is not None]
    if len(ids) <= MOST_TOGETHER:
        return 340, 300
    return panel_heights(len(ids), (190, 176), **_GRID)


def ordered_names(frame: pd.DataFrame) -> list[str]:
    """Return the lines of a frame in the order they are drawn: everybody first, then segments."""
    names = in_order(frame["segment_id"])
    return sorted(names, key=lambda name: segment_number(name) is not None)


def _inks(names: list[str]) -> dict[str, str]:
    colours = segment_colours(names)
    return {name: MUTED if segment_number(name) is None else colours[name] for name in names}


def _called(name: str) -> str:
    return "All customers" if name == "(all)" else name


def _crowd(axes: Axes, trends: list[Trend]) -> None:
    """Draw the other segments as one grey line with gaps: a path each would weigh too much."""
    gap = np.array([np.nan])
    parts = [_thinned(trend) for trend in trends]
    x = np.concatenate([piece for part in parts for piece in (part.x, gap)] or [gap])
    y = np.concatenate([piece for part in parts for piece in (part.y, gap)] or [gap])
    axes.plot(x, y, color=_CROWD, linewidth=1.2)


def _thinned(trend: Trend) -> Trend:
    """Return a line with fewer corners, for where it is only seen, not read."""
    if len(trend.x) <= _CORNERS:
        return trend
    kept = np.unique(np.linspace(0, len(trend.x) - 1, _CORNERS).round().astype("int64"))
    low, high = (None if end is None else end[kept] for end in (trend.low, trend.high))
    return Trend(trend.name, trend.x[kept], trend.y[kept], low, high)


def _line(axes: Axes, trend: Trend, ink: str, *, steps: bool, band: bool, marked: bool) -> None:
    everybody = segment_number(trend.name) is None
    thin = _thinned(trend)
    if band and not everybody and thin.low is not None and thin.high is not None:
        axes.fill_between(thin.x, thin.low, thin.high, color=ink, alpha=0.14, linewidth=0)
    later = (segment_number(trend.name) or 0) > 10
    axes.plot(
        trend.x, trend.y, color=ink, linewidth=2.2 if marked and not everybody else 1.3,
        drawstyle="steps-post" if steps and marked else "default",
        linestyle=(0, (1.5, 2)) if everybody else (0, (6, 2)) if later else "-",
    )  # fmt: skip
    if steps or not marked:
        return
    closed = [place for place in range(len(trend.x)) if place not in trend.hollow]
    axes.plot(trend.x[closed], trend.y[closed], "o", color=ink, markersize=4.5)
    for place in trend.hollow:
        axes.plot(trend.x[place], trend.y[place], "o", color=ink, markersize=6,
                  markerfacecolor="white", markeredgewidth=1.6)  # fmt: skip
    for place, said in trend.marks.items():
        axes.plot(trend.x[place], trend.y[place], "o", color=ink, markersize=13,
                  markerfacecolor="none", markeredgewidth=1.8)  # fmt: skip
        right = place < len(trend.x) / 2
        axes.annotate(
            said, (trend.x[place], trend.y[place]), (10 if right else -10, 4),
            textcoords="offset points", ha="left" if right else "right", va="bottom", color=ink,
            size=11, weight="bold", bbox={"fc": "white", "ec": "none", "alpha": 0.75, "pad": 1},
        )  # fmt: skip


def _end(trend: Trend) -> tuple[float, float] | None:
    known = np.flatnonzero(np.isfinite(trend.y))
    return (float(trend.x[-1]), float(trend.y[known[-1]])) if len(known) else None
