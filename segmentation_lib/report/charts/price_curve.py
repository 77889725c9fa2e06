"""Demand curves: which share of each segment says it would buy at which price."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from segmentation_lib.report.charts.trends import Trend, draw_trends, ordered_names, trend_heights
from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import formatter
from segmentation_lib.report.tables import table
from segmentation_lib.report.theme import MUTED

__all__ = ["price_curve"]

_NOTE = (
    "Read: at this price, so many would buy. The band is the 95% interval. Where a curve crosses "
    "the dashed line, half would buy. People say more than they pay, so compare segments; do not "
    "forecast sales."
)
_TITLE = "Share that would buy, by price"


def price_curve(
    frame: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    names: Mapping[str, str] | None = None,
    currency: str = "EUR",
    few: int = 10,
    note: str | None = None,
) -> Chart:
    """Draw the demand of each segment, falling with the price.

    Args:
        frame: ``segment_id``, ``price``, ``share`` that would buy (0 to 1) with ``low`` and
            ``high``, and ``customers`` behind it, one row per segment and price. Rows of
            ``(all)`` are dotted.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        names: Name by ID.
        currency: Three-letter code of the prices.
        few: Rows of fewer customers are left out.
        note: How to read the picture; None explains curve, band and line.

    Raises:
        ValueError: No row is left to be drawn, or a share is not between 0 and 1.
    """
    rows = frame[frame["customers"] >= few].sort_values(["segment_id", "price"], kind="stable")
    if rows.empty:
        raise ValueError("a price curve needs at least one row")
    if not rows["share"].between(0, 1).all():
        raise ValueError("shares that would buy must be between 0 and 1")
    trends = [_trend(rows, name) for name in ordered_names(rows)]
    lowest, highest = float(rows["price"].min()), float(rows["price"].max())
    room = 0.04 * (highest - lowest) or 1.0
    money = formatter("money0" if highest >= 10 else "money2", currency=currency)

    def draw(canvas: Canvas) -> None:
        def frame_axes(axes: Axes, small: bool) -> None:
            axes.axhline(0.5, color=MUTED, linewidth=1.1, linestyle=(0, (4, 3)), zorder=0)
            axes.set_ylim(-0.03, 1.05)
            axes.set_xlim(lowest - room, highest + room)
            axes.set_yticks([0, 0.5, 1], ["0%", "50%", "100%"])
            axes.locator_params(axis="x", nbins=3 if small or canvas.narrow else 6)
            axes.xaxis.set_major_formatter(FuncFormatter(lambda price, _: money(price)))
            axes.tick_params(axis="both", colors=MUTED, labelsize=10 if small else 11)
            if not small:
                axes.set_title(_TITLE, loc="left", size=12, color=MUTED, pad=10)

        draw_trends(canvas, trends, names=names or {}, steps=False, frame_axes=frame_axes)
        if len(canvas.figure.axes) > 1:
            canvas.figure.suptitle(_TITLE, size=12, color=MUTED, x=0.01, ha="left")

    numbers = table(
        rows[["segment_id", "price", "share", "low", "high", "customers"]],
        caption=f"Numbers of the chart: {caption}",
        formats={"segment_id": "segment", "price": "money2"}
        | dict.fromkeys(("share", "low", "high"), "percent0"),
        headers={"share": "Would buy", "low": "From", "high": "To"},
        row_header="segment_id",
        currency=currency,
    )
    wide, narrow = trend_heights(trends)
    return draw_chart(
        draw, alt=alt, caption=caption, heights=(wide + 24, narrow + 24), numbers=numbers,
        note=_NOTE if note is None else note,
    )  # fmt: skip


def _trend(rows: pd.DataFrame, name: str) -> Trend:
    own = rows[rows["segment_id"].astype("str") == name]
    price, share, low, high = own[["price", "share", "low", "high"]].to_numpy("float64").T
    return Trend(name, price, share, low, high)
