"""Radar charts: one small radar per segment, all on the same axes from 0 to 100."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from segmentation_lib.report.charts.panels import in_order, panel_heading, panel_heights, panels
from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import feature
from segmentation_lib.report.tables import table
from segmentation_lib.report.theme import MUTED, NEUTRAL, RULE, segment_colours

__all__ = ["radar"]

_NOTE = (
    "Each spoke runs from 0 in the middle to 100 at the rim: the share of all customers, in "
    "percent, who have less of the trait. Rings at 25, 50, 75 and 100. Grey: the average customer. "
    "Compare spoke by spoke; the area inside has no meaning."
)
_GRID = {"wide": 3, "narrow": 2}
_LEAST = 3


def radar(
    frame: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    names: Mapping[str, str] | None = None,
    base: str = "(all)",
    note: str = _NOTE,
) -> Chart:
    """Draw one small radar per segment; the table of the same numbers stands under it.

    All radars have the same spokes in the same order, each from the 0th to the 100th percentile
    of all customers, so that shapes can be compared and no unit makes a trait look large.

    Args:
        frame: ``segment_id``, ``trait`` (a feature's code) and ``percentile`` (0 to 100), one row
            per segment and trait. Rows whose ``segment_id`` is ``base`` are the grey shape in
            each radar; without them it is the ring at 50.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        names: Name by ID.
        base: The ``segment_id`` of all customers.
        note: How to read the picture.

    Raises:
        ValueError: There is no segment, there are fewer than three traits, or a percentile is
            outside 0 to 100.
    """
    shares = frame.assign(segment_id=frame["segment_id"].astype("str")).pivot(
        index="trait", columns="segment_id", values="percentile"
    )
    shares = shares.reindex(index=list(dict.fromkeys(frame["trait"])))
    ids = [item for item in in_order(frame["segment_id"]) if item != base]
    if not ids:
        raise ValueError("a radar needs at least one segment")
    if len(shares) < _LEAST:
        raise ValueError(f"a radar needs at least three traits, {len(shares)} given; draw bars")
    if ((shares < 0) | (shares > 100)).any(axis=None):
        raise ValueError("percentiles of a radar must lie between 0 and 100")
    traits = [feature(trait) for trait in shares.index]
    grey = shares[base].to_numpy("float64") if base in shares else np.full(len(shares), 50.0)
    colours = segment_colours(ids)

    def draw(canvas: Canvas) -> None:
        if canvas.narrow:
            key = "\n".join(f"{place}  {said}" for place, said in enumerate(traits, start=1))
            canvas.figure.suptitle(f"{key}\n ", x=0.01, ha="left", size=11, linespacing=1.25)
        for axes, item in zip(panels(canvas, len(ids), **_GRID), ids, strict=True):
            _web(canvas, axes, traits)
            _shape(axes, grey, NEUTRAL, fill=0.28, line=1.2)
            _shape(axes, shares[item].to_numpy("float64"), colours[item], fill=0.22, line=2.2)
            panel_heading(canvas, axes, item, names or {}, colours[item], wrap=(36, 20))

    numbers = table(
        shares[[*ids, *([base] if base in shares else [])]].rename_axis(columns=None).reset_index(),
        caption=f"Numbers of the chart: {caption}",
        formats={"trait": "feature", **dict.fromkeys(ids, "number0")}
        | ({base: "number0"} if base in shares else {}),
        headers={base: "All customers"} if base in shares else {},
        row_header="trait",
    )
    wide, narrow = panel_heights(len(ids), (258, 214), **_GRID)
    heights = (wide, narrow + 16 * len(traits) + 24)
    return draw_chart(draw, alt=alt, caption=caption, heights=heights, numbers=numbers, note=note)


def _angles(count: int) -> np.ndarray:
    """Return the angles of the spokes, clockwise from the top."""
    return np.pi / 2 - np.linspace(0, 2 * np.pi, count, endpoint=False)


def _web(canvas: Canvas, axes: Axes, traits: list[str]) -> None:
    rim = np.append(_angles(len(traits)), np.pi / 2)
    for reach in (0.25, 0.5, 0.75, 1.0):
        axes.plot(reach * np.cos(rim), reach * np.sin(rim), color=RULE, linewidth=0.9)
    for place, (angle, said) in enumerate(zip(_angles(len(traits)), traits, strict=True)):
        x, y = np.cos(angle), np.sin(angle)
        axes.plot([0, x], [0, y], color=RULE, linewidth=0.9)
        side = "center" if abs(x) < 0.2 else "left" if x > 0 else "right"
        text = str(place + 1) if canvas.narrow else canvas.wrap(said, wide=13)
        axes.text(
            1.1 * x, 1.14 * y, text, ha="center" if canvas.narrow else side, color=MUTED,
            va="center_baseline" if abs(y) < 0.9 else "bottom" if y > 0 else "top",
            size=11 if canvas.narrow else 10.5, linespacing=0.95,
        )  # fmt: skip
    across = 1.3 if canvas.narrow else 2.15
    axes.set(xlim=(-across, across), ylim=(-1.36, 1.36) if canvas.narrow else (-1.5, 1.55))
    axes.set_aspect("equal")
    axes.axis("off")


def _shape(axes: Axes, percentiles: np.ndarray, colour: str, *, fill: float, line: float) -> None:
    """Draw one shape; a trait that is not known leaves its spoke bare."""
    angles, known = _angles(len(percentiles)), np.isfinite(percentiles)
    reach = percentiles[known] / 100
    x, y = reach * np.cos(angles[known]), reach * np.sin(angles[known])
    axes.fill(x, y, color=colour, alpha=fill, linewidth=0)
    axes.plot(np.append(x, x[:1]), np.append(y, y[:1]), color=colour, linewidth=line)
    if colour != NEUTRAL:
        axes.plot(x, y, "o", color=colour, markersize=4, markeredgecolor="white",
                  markeredgewidth=0.6)  # fmt: skip
