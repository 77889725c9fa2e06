"""A tree over the number of segments: where each one comes from, and what it splits into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from segmentation_lib.report.charts.heat import SEQUENTIAL
from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import integer, number
from segmentation_lib.report.tables import table
from segmentation_lib.report.theme import (
    ACCENT,
    INK,
    MUTED,
    NEUTRAL,
    segment_colours,
    segment_number,
    text_on,
)
from segmentation_lib.small_cells import rounded

__all__ = ["cluster_tree"]

_GAP = 0.018
_WIDTHS = {"wide": 0.09, "bare": 0.12, "full": 0.27}
_FAINT = 0.02
# Counts of fewer customers are not published.
_FEW = 10
_LEFT_OUT = f"Flows of fewer than {_FEW} customers are left out."
_NOTE = (
    "Each column is one number of segments; a band is the customers who are in a segment on the "
    "left and in one on the right. Real groups keep their customers: their bands run on whole. A "
    "dark outline marks a segment that is mixed from several of the column before."
)


def cluster_tree(
    frame: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    chosen: int | None = None,
    segment_ids: Mapping[Any, str] | None = None,
    stability: pd.DataFrame | None = None,
    mixed_below: float = 0.8,
    note: str = _NOTE,
) -> Chart:
    """Draw how customers flow from the segments at each number to those at the next.

    Args:
        frame: ``k, segment, next_k, next_segment, customers, share_of_segment, share_of_next``,
            one row per pair of segments that share customers. Bands are as high as the nearest
            ten customers, and those of fewer are left out: heights can be measured.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        chosen: The number of segments that was chosen, marked.
        segment_ids: Permanent ID of each segment at the chosen number; they get their colours.
        stability: ``k, segment, stability`` from 0 to 1: colours all nodes, the darker the more
            stable, and writes the value on them.
        mixed_below: A segment is marked as mixed if its largest source gives less than this share
            of it.
        note: How to read the picture.

    Raises:
        ValueError: Nobody is in the frame.
    """
    flows = frame[frame["customers"] > 0].reset_index(drop=True)
    if flows.empty:
        raise ValueError("a tree needs at least one flow of customers")
    drawn = flows.assign(customers=rounded(flows["customers"], limit=_FEW))
    drawn = drawn.dropna(subset=["customers"])
    if drawn.empty:
        raise ValueError(f"a tree needs at least one flow of {_FEW} customers or more")
    nodes, sizes = _nodes(drawn, mixed_below), _sizes(flows)
    fills = _fills(nodes, chosen, segment_ids or {}, stability)

    def draw(canvas: Canvas) -> None:
        axes = canvas.axes()
        width = _WIDTHS["wide" if not canvas.narrow else "bare" if stability is None else "full"]
        _bands(axes, drawn, nodes, fills, width)
        for key, node in nodes.items():
            name = (segment_ids or {}).get(key[1], "") if key[0] == chosen else ""
            said = name if canvas.narrow or not name else f"{name}  {integer(sizes[key])}"
            _draw_node(canvas, node, fills[key], said, width)
        ks = sorted({k for k, _ in nodes})
        for k in ks:
            axes.text(
                k, 1.045, str(k), ha="center", size=13 if k == chosen else 12,
                color=ACCENT if k == chosen else MUTED, weight="bold" if k == chosen else "normal",
            )  # fmt: skip
        words = "number of segments" if chosen is None else f"number of segments; {chosen} chosen"
        words += "" if stability is None else "; on the bars: stability in %"
        axes.text(
            ks[0] - width, 1.11, canvas.wrap(words, wide=90, narrow=40), size=12, color=MUTED,
            va="bottom",
        )  # fmt: skip
        axes.set(xlim=(ks[0] - 0.3, ks[-1] + 0.3), ylim=(-0.02, 1.17))
        axes.axis("off")

    numbers = table(
        flows[flows["customers"] >= _FEW].drop(columns="customers"),
        caption=f"Numbers of the chart: {caption}",
        formats={c: "percent0" for c in _SHARES if c in flows}
        | dict.fromkeys(("segment", "next_segment"), "text"),
        headers={"k": "Number", "segment": "Segment", "next_k": "Next number",
                 "next_segment": "Next segment"},
        note=_LEFT_OUT if (flows["customers"] < _FEW).any() else "",
    )  # fmt: skip
    return draw_chart(
        draw, alt=alt, caption=caption, heights=(430, 400), numbers=numbers, note=note
    )


_SHARES = ("share_of_segment", "share_of_next")
_Key = tuple[int, Any]


@dataclass(frozen=True)
class _Node:
    """One segment at one number of segments: its place, height, and how mixed it is."""

    k: int
    bottom: float
    height: float
    customers: float
    mixed: bool


def _nodes(flows: pd.DataFrame, mixed_below: float) -> dict[_Key, _Node]:
    """Stack the segments of each number, each as near as possible to where it comes from."""
    rows, sizes = _flows(flows), _sizes(flows)
    into = _sums((target, customers) for _, target, customers in rows)
    largest = {target: customers for _, target, customers in sorted(rows, key=lambda row: row[2])}
    middles: dict[_Key, float] = {}
    nodes: dict[_Key, _Node] = {}
    for k in sorted({k for k, _ in sizes}):
        own = [key for key in sizes if key[0] == k]
        wanted = {key: _middle(rows, key, middles) for key in own}
        own.sort(key=lambda key: (-wanted[key], _order(key[1])))
        unit = (1 - _GAP * (len(own) - 1)) / sum(sizes[key] for key in own)
        top = 1.0
        for key in own:
            height = float(sizes[key] * unit)
            mixed = key in into and largest[key] / into[key] < mixed_below
            nodes[key] = _Node(k, top - height, height, float(sizes[key]), mixed)
            middles[key] = top - height / 2
            top -= height + _GAP
    return nodes


def _flows(frame: pd.DataFrame) -> list[tuple[_Key, _Key, float]]:
    columns = ["k", "segment", "next_k", "next_segment", "customers"]
    return [
        ((k, segment), (next_k, next_segment), float(customers))
        for k, segment, next_k, next_segment, customers in frame[columns].itertuples(
            index=False, name=None
        )
    ]


def _sizes(flows: pd.DataFrame) -> dict[_Key, float]:
    rows = _flows(flows)
    return _sums((target, customers) for _, target, customers in rows) | _sums(
        (source, customers) for source, _, customers in rows
    )


def _sums(parts: Iterable[tuple[_Key, float]]) -> dict[_Key, float]:
    sums: dict[_Key, float] = {}
    for key, customers in parts:
        sums[key] = sums.get(key, 0.0) + customers
    return sums


def _middle(
    rows: list[tuple[_Key, _Key, float]], key: _Key, middles: Mapping[_Key, float]
) -> float:
    """Return where the customers of a segment come from; 0 in the first column."""
    sources = [(middles[source], customers) for source, target, customers in rows if target == key]
    total = sum(customers for _, customers in sources)
    return sum(place * customers for place, customers in sources) / total if total else 0.0


def _order(segment: object) -> tuple[int, str]:
    text = str(segment)
    place = int(text) if text.isdigit() else segment_number(text)
    return (-1 if place is None else place, text)


def _fills(
    nodes: Mapping[_Key, _Node],
    chosen: int | None,
    segment_ids: Mapping[Any, str],
    stability: pd.DataFrame | None,
) -> dict[_Key, tuple[str, str]]:
    """Return the colour of each node, and what is written on it."""
    if stability is not None:
        known = stability[["k", "segment", "stability"]].itertuples(index=False, name=None)
        values = {(k, segment): float(value) for k, segment, value in known}
        return {
            key: (to_hex(SEQUENTIAL(np.clip(values[key], 0, 1))), number(100 * values[key], 0))
            if np.isfinite(values.get(key, np.nan))
            else (NEUTRAL, "")
            for key in nodes
        }
    own = segment_colours(segment_ids.values())
    return {
        key: (own[segment_ids[key[1]]] if key[0] == chosen and key[1] in segment_ids else NEUTRAL,
              "")
        for key in nodes
    }  # fmt: skip


def _bands(
    axes: Axes,
    flows: pd.DataFrame,
    nodes: Mapping[_Key, _Node],
    fills: Mapping[_Key, tuple[str, str]],
    width: float,
) -> None:
    used: dict[tuple[str, _Key], float] = {}
    rows = sorted(
        _flows(flows), key=lambda row: (row[0][0], -nodes[row[0]].bottom, -nodes[row[1]].bottom)
    )
    for source, target, customers in rows:
        left, right = nodes[source], nodes[target]
        tops = [
            used.get((side, key), node.bottom + node.height)
            for side, key, node in (("out", source, left), ("in", target, right))
        ]
        heights = [customers * node.height / node.customers for node in (left, right)]
        used["out", source], used["in", target] = (
            top - height for top, height in zip(tops, heights, strict=True)
        )
        if customers / right.customers < _FAINT and customers / left.customers < _FAINT:
            continue
        strong = customers / right.customers >= 0.5
        colour = next((f for f in (fills[target][0], fills[source][0]) if f != NEUTRAL), NEUTRAL)
        axes.add_patch(
            PathPatch(
                _band(left.k + width, right.k - width, tops, heights),
                color=colour if strong else NEUTRAL, alpha=0.42 if strong else 0.3, linewidth=0,
            )
        )  # fmt: skip


def _band(start: float, end: float, tops: list[float], heights: list[float]) -> Path:
    middle = (start + end) / 2
    (left, right), (low, high) = tops, heights
    corners = [
        (start, left), (middle, left), (middle, right), (end, right), (end, right - high),
        (middle, right - high), (middle, left - low), (start, left - low), (start, left),
    ]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    return Path(corners, codes)


def _draw_node(canvas: Canvas, node: _Node, fill: tuple[str, str], said: str, width: float) -> None:
    axes = canvas.figure.axes[0]
    colour, value = fill
    axes.add_patch(
        Rectangle((node.k - width, node.bottom), 2 * width, node.height, facecolor=colour,
                  edgecolor=INK if node.mixed else "white", linewidth=2 if node.mixed else 0.6)
    )  # fmt: skip
    if value and node.height > 0.05:
        axes.text(
            node.k, node.bottom + node.height / 2, value, ha="center", va="center_baseline",
            size=10 if canvas.narrow else 11, color=text_on(colour),
        )  # fmt: skip
    if said:
        axes.text(
            node.k + width + 0.03, node.bottom + node.height / 2, said, va="center_baseline",
            size=11, weight="bold", bbox={"fc": "white", "ec": "none", "alpha": 0.8, "pad": 1},
        )  # fmt: skip
