"""A map of how segments lie to each other: outlines, neighbours, and what the directions mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from segmentation_lib.report.charts.spacing import spaced
from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import feature, percent
from segmentation_lib.report.tables import table
from segmentation_lib.report.theme import INK, MUTED, RULE, segment_colours

__all__ = ["separation_map"]

_FAINT = 0.05
_STRENGTHS: dict[str, tuple[float, float, Any]] = {
    "outer": (0.12, 1.0, (0, (3, 2))),
    "inner": (0.34, 1.4, "-"),
}
_NOTE = (
    "Solid outlines hold the half of a segment that is closest to its centre, dashed ones nearly "
    "all of it; each corner is the mean of several customers. The thicker a line between two "
    "segments, the more customers stand between them. An arrow points to where a feature is "
    "larger. The map is a shadow on paper: segments that overlap on it may be apart in truth."
)


def separation_map(
    centres: pd.DataFrame,
    *,
    outlines: pd.DataFrame,
    neighbours: pd.DataFrame,
    arrows: pd.DataFrame,
    alt: str,
    caption: str,
    explained: float | None = None,
    names: Mapping[str, str] | None = None,
    features: Mapping[str, str] | None = None,
    note: str = _NOTE,
) -> Chart:
    """Draw segments on the plane of the two directions in which customers differ most.

    Args:
        centres: ``segment_id, x, y`` and any further numbers, one row per segment.
        outlines: ``segment_id, outline, corner, x, y``, outline ``inner`` or ``outer``.
        neighbours: ``segment_id, neighbour_id, similarity`` from 0 to 1.
        arrows: ``feature, x, y``, of length 1 at most.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        explained: Share of the differences between customers that the map shows, 0 to 1.
        names: Name by segment ID, for the wide picture.
        features: Words by feature.
        note: How to read the picture.

    Raises:
        ValueError: There is no segment.
    """
    if centres.empty:
        raise ValueError("a map needs at least one segment")
    colours = segment_colours([str(item) for item in centres["segment_id"]])
    shown = f" The map shows {percent(explained, 0)} of the differences." if explained else ""

    def draw(canvas: Canvas) -> None:
        land, key, compass = _panels(canvas, names is not None)
        _hulls(land, outlines, colours)
        _edges(land, centres, neighbours)
        _spots(canvas, land, centres, colours)
        if key is not None:
            _key(canvas, key, colours, names or {})
        _compass(canvas, compass, arrows, features or {})

    numbers = table(
        neighbours,
        caption=f"Numbers of the chart: {caption}",
        formats={"segment_id": "segment", "neighbour_id": "segment", "similarity": "number2"},
        headers={"neighbour_id": "Neighbour", "similarity": "Similarity (1 = same place)"},
        row_header="segment_id",
    )
    return draw_chart(
        draw, alt=alt, caption=caption, heights=(470, 610), numbers=numbers, note=note + shown
    )


def _panels(canvas: Canvas, named: bool) -> tuple[Axes, Axes | None, Axes]:
    """Lay out the map, the key of names where there is room for it, and the arrows."""
    if canvas.narrow:
        grid = canvas.figure.add_gridspec(2, 1, height_ratios=(1.5, 1))
        return canvas.figure.add_subplot(grid[0]), None, canvas.figure.add_subplot(grid[1])
    grid = canvas.figure.add_gridspec(2, 2, width_ratios=(1.75, 1))
    land = canvas.figure.add_subplot(grid[:, 0])
    if not named:
        return land, None, canvas.figure.add_subplot(grid[:, 1])
    return land, canvas.figure.add_subplot(grid[0, 1]), canvas.figure.add_subplot(grid[1, 1])


def _hulls(axes: Axes, outlines: pd.DataFrame, colours: Mapping[str, str]) -> None:
    for kind, (strength, width, style) in _STRENGTHS.items():
        kept = outlines[outlines["outline"] == kind].sort_values(["segment_id", "corner"])
        for segment_id, corners in kept.groupby("segment_id", sort=True):
            colour = colours[str(segment_id)]
            x, y = corners[["x", "y"]].to_numpy(dtype="float64").T
            axes.fill(x, y, color=colour, alpha=strength, linewidth=0)
            axes.plot(np.append(x, x[0]), np.append(y, y[0]), color=colour, linewidth=width,
                      linestyle=style)  # fmt: skip


def _edges(axes: Axes, centres: pd.DataFrame, neighbours: pd.DataFrame) -> None:
    places = {name: (x, y) for name, x, y in _rows(centres, "segment_id", "x", "y")}
    for first, second, similar in _rows(neighbours, "segment_id", "neighbour_id", "similarity"):
        if similar >= _FAINT:
            (x, y), (to_x, to_y) = places[first], places[second]
            axes.plot([x, to_x], [y, to_y], color=INK, linewidth=round(9 * similar, 2), alpha=0.45,
                      zorder=3, solid_capstyle="butt")  # fmt: skip


def _spots(canvas: Canvas, axes: Axes, centres: pd.DataFrame, colours: Mapping[str, str]) -> None:
    rows = list(_rows(centres, "segment_id", "x", "y"))
    for name, x, y in rows:
        axes.plot([x], [y], "o", color=colours[name], markersize=13, markeredgecolor="white",
                  markeredgewidth=2, zorder=5)  # fmt: skip
    axes.set_aspect("equal", adjustable="datalim")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)
    canvas.figure.draw_without_rendering()
    pixels = axes.transData.transform([(x, y) for _, x, y in rows])[:, 1]
    for (name, x, y), rise in zip(rows, spaced(pixels, 17) - pixels, strict=True):
        axes.annotate(
            name, (x, y), (11, float(rise)), textcoords="offset points", va="center_baseline",
            size=12, weight="bold", zorder=6,
            bbox={"fc": "white", "ec": "none", "alpha": 0.78, "pad": 1.2},
        )  # fmt: skip


def _key(canvas: Canvas, axes: Axes, colours: Mapping[str, str], names: Mapping[str, str]) -> None:
    step = 1 / max(len(colours), 6)
    for place, (name, colour) in enumerate(colours.items()):
        height = 1 - (place + 0.5) * step
        axes.plot([0.02], [height], "o", color=colour, markersize=10)
        said = canvas.wrap(f"{name} {names.get(name, '')}".strip(), wide=38)
        axes.text(0.07, height, said, va="center_baseline", size=12)
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")


def _compass(canvas: Canvas, axes: Axes, arrows: pd.DataFrame, features: Mapping[str, str]) -> None:
    axes.set_title("Where features are larger", loc="left", size=12, color=MUTED, pad=6)
    ring = np.linspace(0, 2 * np.pi, 60)
    axes.plot(np.cos(ring), np.sin(ring), color=RULE, linewidth=1)
    axes.set(xlim=(-2.2, 2.2), ylim=(-1.15, 1.15))
    axes.set_aspect("equal")
    axes.axis("off")
    tips = [(features.get(f, feature(f)), x, y) for f, x, y in _rows(arrows, "feature", "x", "y")]
    for side in (-1, 1):
        own = [tip for tip in tips if (tip[1] >= 0) == (side > 0)]
        for (said, x, y), height in zip(own, spaced([y for *_, y in own], 0.36), strict=True):
            axes.annotate("", (x, y), (0, 0), arrowprops=_ARROW)
            end = side * 1.08
            axes.plot([x, end], [y, height], color=RULE, linewidth=0.9, zorder=0)
            axes.text(
                end + side * 0.03, height, canvas.wrap(said, wide=17, narrow=15), size=11,
                ha="left" if side > 0 else "right", va="center_baseline", linespacing=0.95,
            )  # fmt: skip


def _rows(frame: pd.DataFrame, *columns: str) -> Iterator[tuple[Any, ...]]:
    return frame[list(columns)].itertuples(index=False, name=None)


_ARROW = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.5, "shrinkA": 0, "shrinkB": 0}
