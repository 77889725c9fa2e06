"""Segment evaluation: how attractive a segment is against how well it suits us."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from segmentation_lib.report.charts.panels import in_order
from segmentation_lib.report.charts.spacing import free_places
from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import Formatter, formatter, is_missing, number
from segmentation_lib.report.tables import table
from segmentation_lib.report.theme import (
    INK,
    MUTED,
    RULE,
    segment_colours,
    segment_hatches,
    text_on,
)

__all__ = ["evaluation_plot"]

_NOTE = (
    "Further up: the segment is more attractive to us. Further right: we suit the segment better. "
    "The larger the bubble, the more {value} it holds. The upper right is where to start."
)
_POST_HOC = " Some criteria were added after the segments were known: take them as a discussion."
_WIDEST, _NARROWEST = 62, 30
_ROW = 34


def evaluation_plot(
    frame: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    names: Mapping[str, str] | None = None,
    scale: tuple[float, float] = (0.0, 1.0),
    value: str = "value",
    value_label: str = "value",
    value_format: str | Formatter = "compact",
    currency: str = "EUR",
    note: str | None = None,
) -> Chart:
    """Draw one bubble per segment: attractiveness upwards, fit to the right, value as its area.

    Args:
        frame: ``segment_id``, ``attractiveness`` and ``fit`` (on one scale) and the value that is
            the bubble's area (0 or more; missing gets the smallest bubble), one row per segment.
            Rows without a score are only in the table. ``post_hoc`` is true where criteria were
            added after the segments were known.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        names: Name by ID.
        scale: Lowest and highest possible score.
        value: Column of the bubble's area.
        value_label: What the area is, in words.
        value_format: Format of the value; see `format.formatter`.
        currency: Three-letter code for amounts.
        note: How to read the picture; None explains axes and bubbles.

    Raises:
        ValueError: No segment has both scores.
    """
    scored = frame.dropna(subset=["attractiveness", "fit"]).sort_values(
        [value, "segment_id"], ascending=[False, True], kind="stable"
    )
    if scored.empty:
        raise ValueError("an evaluation needs at least one segment with both scores")
    ids = in_order(frame["segment_id"])
    colours = segment_colours(ids)
    points = scored[["fit", "attractiveness"]].to_numpy("float64")
    widths = _widths(scored[value].to_numpy("float64"))
    shown = formatter(value_format, currency=currency)

    def draw(canvas: Canvas) -> None:
        axes, key = _places(canvas, len(ids))
        _ground(canvas, axes, scale)
        factor = 0.8 if canvas.narrow else 1.0
        canvas.figure.draw_without_rendering()
        pixels = axes.transData.transform(points)
        placed = free_places(pixels, width=28, height=15)
        hatches = segment_hatches(ids)
        items = scored["segment_id"].astype("str")
        clear = _clear(pixels, widths * factor)
        for (x, y), pixel, label, width, item, alone in zip(
            points, pixels, placed, widths * factor, items, clear, strict=True
        ):
            axes.scatter(
                [x], [y], s=width**2, color=colours[item], alpha=0.88, edgecolor="white",
                linewidth=1.5, hatch=hatches[item] or None, zorder=3,
            )  # fmt: skip
            inside = alone and abs(label[1] - pixel[1]) < width / 2 - 6
            axes.annotate(
                item, (x, y), (0, float(label[1] - pixel[1])), textcoords="offset points",
                ha="center", va="center_baseline", size=11, weight="bold", zorder=5,
                color=text_on(colours[item]) if inside else INK,
                bbox=None if inside else {"fc": "white", "ec": RULE, "alpha": 0.85, "pad": 1},
            )  # fmt: skip
        amounts = dict(zip(frame["segment_id"].astype("str"), frame[value], strict=True))
        _key(
            canvas,
            key,
            {item: colours[item] for item in ids},
            names or {},
            {item: "" if is_missing(amounts[item]) else shown(amounts[item]) for item in ids},
        )

    columns = ["segment_id", "attractiveness", "fit", value]
    columns += ["post_hoc"] if "post_hoc" in frame else []
    numbers = table(
        frame.sort_values("segment_id", kind="stable")[columns],
        caption=f"Numbers of the chart: {caption}",
        formats={"segment_id": "segment", value: value_format},
        headers={value: value_label.capitalize()},
        row_header="segment_id",
        currency=currency,
    )
    if note is None:
        added = "post_hoc" in frame and bool(frame["post_hoc"].any())
        note = _NOTE.format(value=value_label) + (_POST_HOC if added else "")
    heights = (max(420, _ROW * len(ids) + 30), 340 + _ROW * len(ids))
    return draw_chart(draw, alt=alt, caption=caption, heights=heights, numbers=numbers, note=note)


def _widths(values: np.ndarray) -> np.ndarray:
    """Return diameters whose squares are as the values; the smallest still hold their label."""
    known = np.clip(np.nan_to_num(values), 0, None)
    largest = known.max()
    shares = known / largest if largest > 0 else np.ones(len(known))
    return np.asarray(np.maximum(_NARROWEST, _WIDEST * np.sqrt(shares)))


def _clear(points: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """Tell which bubbles touch no other one."""
    apart = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    touching = apart < (widths[:, None] + widths[None, :]) / 2
    return np.asarray(touching.sum(axis=1) == 1)


def _places(canvas: Canvas, rows: int) -> tuple[Axes, Axes]:
    if canvas.narrow:
        grid = canvas.figure.add_gridspec(2, 1, height_ratios=[320, _ROW * rows])
    else:
        grid = canvas.figure.add_gridspec(1, 2, width_ratios=[5, 3])
    return canvas.figure.add_subplot(grid[0]), canvas.figure.add_subplot(grid[1])


def _ground(canvas: Canvas, axes: Axes, scale: tuple[float, float]) -> None:
    low, high = scale
    room, middle = 0.08 * (high - low), (low + high) / 2
    axes.set(xlim=(low - room, high + room), ylim=(low - room, high + room))
    axes.axhline(middle, color=RULE, linewidth=1.2)
    axes.axvline(middle, color=RULE, linewidth=1.2)
    axes.set_xticks([low, middle, high], [f"{number(low, 1)} low", "our fit",
                                          f"{number(high, 1)} high"])  # fmt: skip
    axes.get_xticklabels()[1].set_fontweight("bold")
    axes.set_yticks([low, high], [number(low, 1), number(high, 1)])
    axes.tick_params(axis="both", colors=MUTED, labelsize=11)
    axes.set_title("How attractive the segment is", loc="left", size=12, color=MUTED, pad=8,
                   weight="bold")  # fmt: skip
    axes.spines["left"].set_visible(True)


def _key(
    canvas: Canvas,
    axes: Axes,
    colours: Mapping[str, str],
    names: Mapping[str, str],
    amounts: Mapping[str, str],
) -> None:
    step = 1 / max(len(colours), 1 if canvas.narrow else 7)
    for place, (item, colour) in enumerate(colours.items()):
        height = 1 - (place + 0.5) * step
        axes.plot([0.02], [height], "o", color=colour, markersize=9)
        said = f"{item} {names.get(item, '')}".strip()
        axes.text(0.06, height, canvas.wrap(said, wide=40, narrow=34), va="center_baseline",
                  size=11)  # fmt: skip
        axes.text(1, height, amounts[item], va="center_baseline", ha="right", size=11,
                  color=MUTED)  # fmt: skip
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.axis("off")
