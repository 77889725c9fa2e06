"""Investments: what each is expected to bring against what it costs, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from segmentation_lib.report.charts.spacing import free_places
from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import Formatter, formatter
from segmentation_lib.report.tables import table
from segmentation_lib.report.theme import ACCENT, INK, MUTED, NEUTRAL, PALETTE, RULE

__all__ = ["investment_bubbles"]

_NOTE = (
    "Further up: more value expected each quarter. Further right: it costs more. The line through "
    "a bubble, and its size, show how far the expected value may lie apart: the larger, the less "
    "sure."
)
# Colour, shape and word: whoever does not see the colours sees the shapes.
_KINDS = {"core": (ACCENT, "o"), "bet": (PALETTE[1], "D"), "optional": (NEUTRAL, "s")}
_WIDEST, _NARROWEST = 44, 14
_ROW = 34


def investment_bubbles(
    frame: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    currency: str = "EUR",
    note: str | None = None,
) -> Chart:
    """Draw one bubble per investment: cost to the right, likely value upwards, range as its area.

    Args:
        frame: ``id``, ``name``, ``kind`` (``core``, ``bet`` or ``optional``), ``cost`` and the
            expected value per quarter ``low``, ``likely`` and ``high``, one row per investment.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        currency: Three-letter code of the amounts.
        note: How to read the picture; None explains axes and bubbles.

    Raises:
        ValueError: There is no investment, or one is of an unknown kind.
    """
    unknown = sorted(set(frame["kind"]) - set(_KINDS))
    if frame.empty or unknown:
        found = f"kind {unknown[0]!r} is not known" if unknown else "there is no investment"
        raise ValueError(f"{found}; give core, bet or optional investments, at least one")
    rows = frame.sort_values("id", kind="stable").reset_index(drop=True)
    points = rows[["cost", "likely"]].to_numpy("float64")
    ranges = rows[["low", "high"]].to_numpy("float64")
    widths = _widths(ranges[:, 1] - ranges[:, 0])
    kinds = rows["kind"].astype("str").tolist()
    money = formatter("compact0", currency=currency)

    def draw(canvas: Canvas) -> None:
        axes, key = _places(canvas, len(rows) + len(_KINDS))
        _ground(canvas, axes, points, ranges, money)
        factor = 0.75 if canvas.narrow else 1.0
        for place in np.argsort(-widths, kind="stable"):  # small ones lie on top
            (x, y), (low, high), width = points[place], ranges[place], widths[place]
            colour, shape = _KINDS[kinds[place]]
            axes.plot([x, x], [low, high], color=colour, linewidth=1.6, alpha=0.6, zorder=2)
            axes.scatter([x], [y], s=(width * factor) ** 2, color=colour, marker=shape, alpha=0.85,
                         edgecolor="white", linewidth=1.5, zorder=3)  # fmt: skip
        canvas.figure.draw_without_rendering()
        pixels = axes.transData.transform(points)
        letters = max(len(str(item)) for item in rows["id"])
        placed = free_places(pixels, width=8.0 * letters + 6, height=15)
        for point, pixel, label, item in zip(points, pixels, placed, rows["id"], strict=True):
            axes.annotate(
                str(item), tuple(point), (0, float(label[1] - pixel[1])), ha="center",
                textcoords="offset points", va="center_baseline", size=10, weight="bold",
                color=INK, zorder=5, bbox={"fc": "white", "ec": RULE, "alpha": 0.85, "pad": 1},
            )  # fmt: skip
        _key(canvas, key, rows)

    columns = ["id", "name", "kind", "cost", "low", "likely", "high"]
    numbers = table(
        rows[columns],
        caption=f"Numbers of the chart: {caption}",
        formats=dict.fromkeys(("cost", "low", "likely", "high"), "money0"),
        headers={"id": "Investment", "low": "Low", "likely": "Likely", "high": "High"},
        row_header="id",
        currency=currency,
    )
    lines = len(rows) + len(_KINDS)
    heights = (max(420, _ROW * lines + 30), 340 + _ROW * lines)
    return draw_chart(
        draw, alt=alt, caption=caption, heights=heights, numbers=numbers,
        note=_NOTE if note is None else note,
    )  # fmt: skip


def _widths(ranges: np.ndarray) -> np.ndarray:
    """Return diameters whose squares are as the ranges; the smallest can still be seen."""
    largest = ranges.max()
    shares = ranges / largest if largest > 0 else np.zeros(len(ranges))
    return np.asarray(np.maximum(_NARROWEST, _WIDEST * np.sqrt(shares)))


def _places(canvas: Canvas, lines: int) -> tuple[Axes, Axes]:
    if canvas.narrow:
        grid = canvas.figure.add_gridspec(2, 1, height_ratios=[320, _ROW * lines])
    else:
        grid = canvas.figure.add_gridspec(1, 2, width_ratios=[5, 3])
    return canvas.figure.add_subplot(grid[0]), canvas.figure.add_subplot(grid[1])


def _ground(
    canvas: Canvas, axes: Axes, points: np.ndarray, ranges: np.ndarray, money: Formatter
) -> None:
    room = 0.14 * max(float(np.ptp(points[:, 0])), 0.2 * float(points[:, 0].max()), 1.0)
    axes.set_xlim(points[:, 0].min() - room, points[:, 0].max() + room)
    low, high = min(0.0, float(ranges.min())), float(ranges.max())
    rise = 0.08 * max(high - low, 1.0)
    axes.set_ylim(low - rise, high + rise)
    axes.axhline(0, color=MUTED, linewidth=1.1, zorder=0)
    axes.locator_params(axis="x", nbins=3 if canvas.narrow else 5)
    axes.locator_params(axis="y", nbins=5)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: money(value)))
    axes.tick_params(axis="both", colors=MUTED, labelsize=11)
    axes.grid(axis="y")
    axes.set_xlabel("Cost", size=11, color=MUTED)
    axes.set_title("Expected value per quarter", loc="left", size=12, color=MUTED, pad=8,
                   weight="bold")  # fmt: skip


def _key(canvas: Canvas, axes: Axes, rows: pd.DataFrame) -> None:
    lines: Sequence[tuple[str, str]] = [(kind, kind.capitalize()) for kind in _KINDS]
    lines = [*lines, *((str(row["kind"]), f"{row['id']} {row['name']}")
                       for row in rows.to_dict("records"))]  # fmt: skip
    step = 1 / max(len(lines), 1 if canvas.narrow else 9)
    for place, (kind, said) in enumerate(lines):
        height = 1 - (place + 0.5) * step
        colour, shape = _KINDS[kind]
        axes.plot([0.02], [height], shape, color=colour, markersize=8)
        axes.text(0.07, height, canvas.wrap(said, wide=38, narrow=40), va="center_baseline",
                  size=11, weight="bold" if place < len(_KINDS) else "normal")  # fmt: skip
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")
