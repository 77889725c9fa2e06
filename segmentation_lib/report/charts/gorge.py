"""Gorge plots: how many customers stand on both sides of each segment's border."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import as_told
from segmentation_lib.report.tables import table
from segmentation_lib.report.theme import INK, segment_colours, segment_hatches

__all__ = ["gorge"]

_OTHERS = "#b3bac3"
_KINDS = ("members", "others")
_FORMAT = "percent0"
_NOTE = (
    "Right of the line are customers on the segment's side of its border, left of it those just "
    "outside; coloured are its members. Where segments are apart, hardly anyone stands at the "
    "line: a gorge between two hills. Where one crowd was cut, the hill runs across it."
)


def gorge(
    bins: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    segments: pd.DataFrame | None = None,
    names: Mapping[str, str] | None = None,
    note: str = _NOTE,
) -> Chart:
    """Draw a small histogram per segment of how far inside or outside its border customers are.

    Args:
        bins: ``segment_id, low, high, members, others``: bins of the distance to the border, 0 at
            the border and above 0 inside, with shares of the segment's size.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        segments: ``segment_id, gorge``: whether each has one, to be said in words.
        names: Name by segment ID.
        note: How to read the picture.

    Raises:
        ValueError: There is no bin.
    """
    if bins.empty:
        raise ValueError("a gorge plot needs at least one bin")
    bins = as_told(bins, _KINDS, _FORMAT)
    parts = {str(name): part for name, part in bins.groupby("segment_id", sort=True)}
    found = {} if segments is None else dict(zip(segments["segment_id"], segments["gorge"],
                                                 strict=True))  # fmt: skip
    colours, hatches = segment_colours(parts), segment_hatches(parts)

    def draw(canvas: Canvas) -> None:
        across = _across(len(parts), narrow=canvas.narrow)
        down = math.ceil(len(parts) / across)
        panels = canvas.figure.subplots(down, across, squeeze=False).ravel()
        for panel, (name, part) in zip(panels, parts.items(), strict=False):
            _hill(panel, part, colours[name], hatches[name])
            said = [name if canvas.narrow else f"{name} {(names or {}).get(name, '')}".strip()]
            said = [canvas.wrap(said[0], wide=26 if across > 3 else 34)]
            if name in found:
                said.append("a gorge" if found[name] else "no gorge")
            _head(panel, said)
        for panel in panels[len(parts) :]:
            panel.axis("off")

    numbers = table(
        bins,
        caption=f"Numbers of the chart: {caption}",
        formats={"segment_id": "segment"} | dict.fromkeys(_KINDS, _FORMAT),
        headers={"low": "From", "high": "To", "members": "Members", "others": "Other customers"},
        row_header="segment_id",
        note="Shares of the segment's size, averaged over three bins.",
    )
    heights = tuple(
        176.0 * math.ceil(len(parts) / _across(len(parts), narrow=narrow)) + 8
        for narrow in (False, True)
    )
    return draw_chart(
        draw, alt=alt, caption=caption, heights=(heights[0], heights[1]), numbers=numbers, note=note
    )


def _across(count: int, *, narrow: bool) -> int:
    most = 2 if narrow else 4 if count in (4, 7, 8) else 3
    return min(count, most)


def _hill(axes: Axes, part: pd.DataFrame, colour: str, hatch: str) -> None:
    low = part["low"].to_numpy(dtype="float64")
    width = part["high"].to_numpy(dtype="float64") - low
    members, others = (np.nan_to_num(part[c].to_numpy(dtype="float64")) for c in _KINDS)
    style: dict[str, Any] = {"align": "edge", "edgecolor": "white", "linewidth": 0.5}
    axes.bar(low, members, width=width, color=colour, hatch=hatch, **style)
    axes.bar(low, others, width=width, bottom=members, color=_OTHERS, **style)
    top = float((members + others).max()) or 1.0
    axes.axvline(0, color=INK, linewidth=1.4)
    axes.set(xlim=(low.min(), (low + width).max()), ylim=(0, top * 1.06))
    axes.set_yticks([])
    axes.set_xticks([low.min() / 2, 0, (low + width).max() / 2], ["outside", "border", "inside"])
    axes.tick_params(axis="x", labelsize=11, pad=2)


def _head(axes: Axes, said: list[str]) -> None:
    axes.set_title("\n".join(said), loc="left", size=12, color=INK, pad=5)
