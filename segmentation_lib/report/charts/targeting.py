"""Whom to treat first: the return of the best segments beside customers picked at random."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from segmentation_lib.report.charts.spacing import free_places
from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import formatter, percent
from segmentation_lib.report.tables import table
from segmentation_lib.report.theme import ACCENT, INK, MUTED, RULE

__all__ = ["targeting_curve"]

_NOTE = (
    "From the left, segments are treated one after the other, the best of the choosing half first. "
    "The dashed line treats as many customers picked at random. The band is the 95% interval of "
    "the whole curve: where the dashed line is inside it, choosing is not shown to be better than "
    "chance for that many customers. All returns are of customers who had no say in the choice."
)


def targeting_curve(
    frame: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    names: Mapping[str, str] | None = None,
    currency: str = "EUR",
    note: str | None = None,
) -> Chart:
    """Draw the return of treating segment after segment, with random targeting beside it.

    Args:
        frame: ``segment_id`` in the order of treating, ``share`` of customers treated so far,
            ``gain`` so far, ``at_random``, ``low`` and ``high``.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        names: Name of each segment, for the table.
        currency: Three-letter code of amounts.
        note: How to read the picture; None explains line, band and halves.

    Raises:
        ValueError: There is no row.
    """
    if frame.empty:
        raise ValueError("there is no segment; give a curve of at least two")
    shares, gains, at_random, low, high = (
        np.append(0.0, frame[name].to_numpy("float64"))
        for name in ("share", "gain", "at_random", "low", "high")
    )
    shown = formatter("money2", currency=currency)

    def draw(canvas: Canvas) -> None:
        axes = canvas.axes()
        axes.fill_between(shares, low, high, color=ACCENT, alpha=0.15, linewidth=0)
        axes.plot(shares, at_random, color=MUTED, linestyle=(0, (5, 3)), linewidth=1.8)
        axes.plot(shares, gains, color=ACCENT, marker="o", linewidth=2.2, markersize=6)
        axes.axhline(0, color=RULE, linewidth=1, zorder=0)
        axes.set_xlim(0, 1.04)
        axes.xaxis.set_major_formatter(lambda value, _: percent(value, 0))
        axes.yaxis.set_major_formatter(lambda value, _: shown(value))
        axes.locator_params(axis="x", nbins=5)
        axes.locator_params(axis="y", nbins=5)
        axes.tick_params(axis="both", colors=MUTED, labelsize=10 if canvas.narrow else 11)
        axes.grid(axis="y")
        axes.set_xlabel("Customers treated", size=11, color=MUTED)
        axes.set_title("Return per customer of all", loc="left", size=12, color=MUTED)
        canvas.figure.draw_without_rendering()
        points = np.column_stack([shares[1:], gains[1:]])
        pixels = axes.transData.transform(points)
        placed = free_places(pixels, width=34, height=15)
        for item, point, pixel, label in zip(
            frame["segment_id"], points, pixels, placed, strict=True
        ):
            axes.annotate(
                str(item), tuple(point), (0, float(label[1] - pixel[1])), ha="center",
                textcoords="offset points", va="center_baseline", size=10, weight="bold",
                color=INK, bbox={"fc": "white", "ec": RULE, "alpha": 0.85, "pad": 1},
            )  # fmt: skip

    labels = [f"{item} {(names or {}).get(str(item), '')}".strip() for item in frame["segment_id"]]
    columns = ["share", "gain", "at_random", "low", "high"]
    numbers = table(
        frame.assign(segment=labels)[["segment", *columns]],
        caption=f"Numbers of the chart: {caption}",
        formats={"segment": "text", "share": "percent0"} | dict.fromkeys(columns[1:], "money2"),
        headers={"segment": "Treated last", "share": "Customers treated", "gain": "Return so far",
                 "at_random": "As many at random", "low": "95% interval, from", "high": "to"},
        row_header="segment",
        currency=currency,
    )  # fmt: skip
    return draw_chart(
        draw, alt=alt, caption=caption, heights=(380, 320), numbers=numbers,
        note=_NOTE if note is None else note,
    )  # fmt: skip
