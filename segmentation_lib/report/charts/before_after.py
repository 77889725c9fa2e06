"""Two groups before and after a date: how they moved together, and whether they parted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import Formatter, as_told, formatter
from segmentation_lib.report.tables import table
from segmentation_lib.report.theme import ACCENT, INK, MUTED, PALETTE

__all__ = ["before_after"]

_NOTE = (
    "Each point is a block of time of equal length, named by its first day. The vertical line is "
    "the date. The lines are only comparable after the date if they ran side by side before it."
)
_GROUPS = {"treated": (ACCENT, "o", "-"), "control": (PALETTE[1], "s", (0, (5, 2)))}
_FROM_ZERO = 0.5


def before_after(
    frame: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    title: str,
    format: str | Formatter = "number2",
    currency: str = "EUR",
    note: str | None = None,
) -> Chart:
    """Draw the means of treated and control in each block, with a line at the date.

    Args:
        frame: ``group`` (``treated`` or ``control``), ``block`` (0 is the one after the date, -1
            the one before it), ``starts_on`` and ``mean``; rows of one group only are drawn too.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        title: What the figure is.
        format: Format of the means; shares are drawn no finer than it tells them.
        currency: Three-letter code of amounts.
        note: How to read the picture; None explains blocks and date.

    Raises:
        ValueError: There is no row, or a group is not known.
    """
    strange = sorted(set(frame["group"]) - set(_GROUPS))
    if frame.empty or strange:
        found = f"group {strange[0]!r} is not known" if strange else "there is no row"
        raise ValueError(f"{found}; give rows of treated and control")
    rows = frame.sort_values(["group", "block"], ascending=[False, True], kind="stable")
    rows = as_told(rows, ["mean"], format)
    shown = formatter(format, currency=currency)
    days = rows.drop_duplicates("block").sort_values("block")
    values = rows["mean"].to_numpy("float64")

    def draw(canvas: Canvas) -> None:
        axes = canvas.axes()
        for group, own in rows.groupby("group", sort=False):
            colour, mark, line = _GROUPS[str(group)]
            axes.plot(own["block"], own["mean"], color=colour, marker=mark, linestyle=line,
                      linewidth=2, markersize=7)  # fmt: skip
        _name_ends(canvas, rows)
        axes.axvline(-0.5, color=INK, linewidth=1.2, linestyle=(0, (2, 2)))
        low, high = min(0.0, float(values.min())), float(values.max())
        if values.min() > _FROM_ZERO * high:
            low = float(values.min()) - 0.5 * float(np.ptp(values) or high)
        axes.set_ylim(low, high + 0.12 * (high - low or 1))
        axes.set_xlim(days["block"].min() - 0.3, 1.5 if canvas.narrow else 0.7)
        every = 2 if canvas.narrow and len(days) > 4 else 1
        ticks = days.iloc[::-1].iloc[::every].iloc[::-1]
        axes.set_xticks(ticks["block"], [str(day) for day in ticks["starts_on"]])
        axes.yaxis.set_major_formatter(lambda value, _: shown(value))
        axes.locator_params(axis="y", nbins=5)
        axes.tick_params(axis="both", colors=MUTED, labelsize=10 if canvas.narrow else 11)
        axes.grid(axis="y")
        axes.set_title(canvas.wrap(title, wide=90, narrow=42), loc="left", size=12, color=MUTED)

    numbers = table(
        rows[["group", "starts_on", "mean"]],
        caption=f"Numbers of the chart: {caption}",
        formats={"group": "text", "starts_on": "text", "mean": format},
        headers={"group": "Group", "starts_on": "Block from", "mean": title},
        row_header="group",
        currency=currency,
    )
    return draw_chart(
        draw, alt=alt, caption=caption, heights=(340, 300), numbers=numbers,
        note=_NOTE if note is None else note,
    )  # fmt: skip


def _name_ends(canvas: Canvas, rows: pd.DataFrame) -> None:
    """Write each group's name beside its last point, the upper one above."""
    axes = canvas.figure.axes[0]
    ends = rows.drop_duplicates("group", keep="last").sort_values("mean", ascending=False)
    for place, end in enumerate(ends.to_dict("records")):
        axes.annotate(
            str(end["group"]).capitalize(), (end["block"], end["mean"]),
            (10, 8 if place == 0 else -8), textcoords="offset points",
            va="bottom" if place == 0 else "top", ha="left", size=11, weight="bold",
            color=_GROUPS[str(end["group"])][0], annotation_clip=False,
        )  # fmt: skip
