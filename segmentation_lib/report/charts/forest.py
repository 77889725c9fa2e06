"""Effects by segment: a dot and its interval per row, with the line of no effect."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import Formatter, formatter
from segmentation_lib.report.tables import table
from segmentation_lib.report.theme import INK, MUTED, NEUTRAL, RULE, segment_colours

__all__ = ["effect_forest"]

_WHOLE = "(all)"
_HEADERS = {"low": "95% interval, from", "high": "to", "shrunken": "With luck taken off"}


def effect_forest(
    frame: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    format: str | Formatter = "signed2",
    currency: str = "EUR",
    least: float | None = None,
    note: str = "",
) -> Chart:
    """Draw an effect with its interval per row, the one over all first and set apart.

    Args:
        frame: ``segment_id`` (``(all)`` for everybody), ``name``, ``effect``, ``low`` and ``high``,
            in the order to be shown from the top; ``shrunken`` (the effect with luck taken off)
            goes into the table.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        format: Format of the effects; see `format.formatter`.
        currency: Three-letter code for amounts.
        least: The smallest effect that matters, drawn as a dashed line.
        note: How to read the picture.

    Raises:
        ValueError: There is no row.
    """
    if frame.empty:
        raise ValueError("there is no effect; give one row at least")
    shown = formatter(format, currency=currency)
    whole = (frame["segment_id"] == _WHOLE).to_numpy(dtype=bool)
    labels = ["All segments" if all_of else f"{item} {name}".strip()
              for all_of, item, name in zip(whole, frame["segment_id"], frame["name"],
                                            strict=True)]  # fmt: skip
    colours = segment_colours([str(item) for item in frame["segment_id"]])
    values, low, high = (frame[name].to_numpy("float64") for name in ("effect", "low", "high"))
    # The row over all stands a little apart from its parts.
    places = np.arange(len(frame)) + 0.35 * (np.cumsum(whole) > 0) * ~whole

    def draw(canvas: Canvas) -> None:
        axes = canvas.axes()
        axes.axvline(0, color=NEUTRAL, linewidth=1.2, zorder=0)
        if least is not None:
            axes.axvline(least, color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)), zorder=0)
        for place, value, ends, item, all_of in zip(
            places, values, zip(low, high, strict=True), frame["segment_id"], whole, strict=True
        ):
            colour = INK if all_of else colours[str(item)]
            axes.plot(ends, [place, place], color=colour, linewidth=3 if all_of else 2)
            axes.plot([value], [place], "D" if all_of else "o", color=colour, markersize=9,
                      markeredgecolor="white", zorder=3)  # fmt: skip
            axes.text(value, place - 0.2, shown(value), ha="center", va="bottom", size=11,
                      bbox={"fc": "white", "ec": "none", "pad": 0.5})  # fmt: skip
        axes.set_yticks(places, [canvas.wrap(label, wide=34, narrow=15) for label in labels],
                        size=11 if canvas.narrow else 13)  # fmt: skip
        axes.set_ylim(places[-1] + 0.5, -0.8)
        axes.xaxis.set_major_formatter(lambda value, _: shown(value))
        axes.locator_params(axis="x", nbins=3 if canvas.narrow else 6)
        axes.tick_params(axis="x", colors=MUTED, labelsize=10 if canvas.narrow else 11)
        axes.grid(axis="x", color=RULE)
        if least is not None:
            axes.set_title(f"Dashed: the smallest effect that matters, {shown(least)}",
                           loc="left", size=10 if canvas.narrow else 11, color=MUTED)  # fmt: skip

    columns = ["effect", "low", "high", *(["shrunken"] if "shrunken" in frame else [])]
    numbers = table(
        frame.assign(segment=labels)[["segment", *columns]],
        caption=f"Numbers of the chart: {caption}",
        formats={"segment": "text"} | dict.fromkeys(columns, format),
        headers={name: _HEADERS[name] for name in columns if name in _HEADERS},
        row_header="segment",
        currency=currency,
    )
    heights = (70 + 46 * len(frame), 70 + 56 * len(frame))
    return draw_chart(draw, alt=alt, caption=caption, heights=heights, numbers=numbers, note=note)
