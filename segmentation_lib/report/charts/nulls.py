"""Values beside what chance alone would give: the band of the null, and distributions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import (
    Formatter,
    feature,
    formatter,
    integer,
    is_missing,
    p_value,
)
from segmentation_lib.report.tables import table
from segmentation_lib.report.theme import ACCENT, INK, MUTED, NEUTRAL, RULE

__all__ = ["distribution", "value_beside_null"]

BAND = "#dfe3e8"


def value_beside_null(
    frame: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    label: str = "index",
    format: str | Formatter = "number2",
    names: dict[str, str] | None = None,
    note: str = "The grey band holds 95% of what the same method finds in data without segments.",
) -> Chart:
    """Draw each value as a point, beside the band of values that structureless data give.

    Args:
        frame: One row per index with ``value``, ``null_low`` and ``null_high``; each row has
            its own scale. Where they are there, ``p_value`` is printed and ``better`` (``lower``)
            is said.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        label: Column that names the rows.
        format: Format of the values.
        names: Name to show, by label.
        note: How to read the picture.

    Raises:
        ValueError: The frame is empty.
    """
    if frame.empty:
        raise ValueError("a comparison with the null needs at least one row")
    shown = formatter(format)
    rows = list(frame[["value", "null_low", "null_high"]].itertuples(index=False, name=None))
    titles, chances = _titles(frame, label, names or {}), _chances(frame, shown)

    def draw(canvas: Canvas) -> None:
        panels = np.atleast_1d(canvas.figure.subplots(len(rows), 1))
        for axes, (value, low, high), full_title, chance in zip(
            panels, rows, titles, chances, strict=True
        ):
            title = canvas.wrap(full_title, wide=30, narrow=40)
            if canvas.narrow:
                axes.set_title(title, loc="left", size=12, pad=4)
            else:
                axes.set_ylabel(title, rotation=0, ha="left", va="center", color=INK, labelpad=225)
            span = max(high, value) - min(low, value) or abs(value) or 1.0
            axes.axhline(0.5, color=RULE, linewidth=1, zorder=0)
            axes.fill_between([low, high], 0.2, 0.8, color=BAND, linewidth=0)
            axes.plot([value], [0.5], "o", color=ACCENT, markersize=11)
            axes.annotate(
                shown(value), (value, 0.5), (0, 9), textcoords="offset points",
                ha="center", weight="bold", color=ACCENT,
            )  # fmt: skip
            axes.text((low + high) / 2, 0.1, chance, ha="center", va="top", color=MUTED, size=11)
            axes.set_xlim(min(low, value) - span * 0.3, max(high, value) + span * 0.3)
            axes.set_ylim(-0.45, 1.25)
            axes.set_xticks([])
            axes.set_yticks([])
            axes.spines["bottom"].set_visible(False)

    columns = [label, *[c for c in _NULL_COLUMNS if c in frame.columns]]
    numbers = table(
        frame[columns],
        caption=f"Numbers of the chart: {caption}",
        formats={c: format for c in columns if c.startswith(("value", "null"))}
        | ({"p_value": "p_value"} if "p_value" in columns else {}),
        row_header=label,
    )
    heights = (74 * len(rows) + 8, 100 * len(rows) + 8)
    return draw_chart(draw, alt=alt, caption=caption, heights=heights, numbers=numbers, note=note)


def _titles(frame: pd.DataFrame, label: str, names: dict[str, str]) -> list[str]:
    """Return the name of each row; where lower values are better, the chart's own names say so."""
    better = frame["better"] if "better" in frame.columns else [""] * len(frame)
    return [
        names.get(str(item), feature(item) + (" (lower is better)" if side == "lower" else ""))
        for item, side in zip(frame[label], better, strict=True)
    ]


def _chances(frame: pd.DataFrame, shown: Formatter) -> list[str]:
    """Return what is written under each band: its ends, and how often chance does as well."""
    ends = [
        f"{shown(low)} to {shown(high)}"
        for low, high in zip(frame["null_low"], frame["null_high"], strict=True)
    ]
    ends[0] = f"chance: {ends[0]}"
    if "p_value" not in frame.columns:
        return ends
    return [
        end if is_missing(p) else f"{end}, p {'' if p < _LEAST_P else '= '}{p_value(p)}"
        for end, p in zip(ends, frame["p_value"], strict=True)
    ]


def distribution(
    values: Sequence[float] | np.ndarray | pd.Series,
    *,
    alt: str,
    caption: str,
    label: str,
    bins: int = 30,
    marker: float | None = None,
    marker_label: str = "",
    band: tuple[float, float] | None = None,
    band_label: str = "",
    format: str | Formatter = "number2",
    currency: str = "EUR",
    note: str = "",
    small: int = 10,
) -> Chart:
    """Draw a histogram, with a marked value and a band behind it.

    Args:
        values: The values; missing ones are left out.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        label: What is measured, with its unit; printed under the axis.
        bins: Count of bars.
        marker: A value to mark with a line.
        marker_label: What the line stands for.
        band: Lower and upper end of a band to shade.
        band_label: What the band stands for.
        format: Format of the values.
        currency: Three-letter code for amounts.
        note: How to read the picture.
        small: Bars of fewer than this many are all drawn alike, and their counts are not
            published; 0 publishes every count.

    Raises:
        ValueError: No value is finite.
    """
    numbers_in = np.asarray(values, dtype="float64")
    finite = numbers_in[np.isfinite(numbers_in)]
    if not finite.size:
        raise ValueError("a distribution needs at least one value")
    counts, edges = np.histogram(finite, bins=bins)
    shown = formatter(format, currency=currency)
    # The height of a bar would give away the count that the table keeps back.
    heights = np.where((counts > 0) & (counts < small), small / 2, counts)

    def draw(canvas: Canvas) -> None:
        axes = canvas.axes()
        top = heights.max() * 1.18
        if band is not None:
            axes.axvspan(*band, color=BAND, linewidth=0, zorder=0)
            axes.text(
                sum(band) / 2, top * 0.985, band_label, ha="center", va="top", size=11, color=MUTED
            )
        axes.bar(
            edges[:-1], heights, width=np.diff(edges), align="edge",
            color=NEUTRAL, edgecolor="white", linewidth=0.6,
        )  # fmt: skip
        if marker is not None:
            left = marker > (edges[0] + edges[-1]) / 2
            axes.axvline(marker, color=ACCENT, linewidth=2)
            axes.annotate(
                f"{marker_label} {shown(marker)}".strip(), (marker, top * 0.88),
                (-6 if left else 6, 0), textcoords="offset points", weight="bold",
                color=ACCENT, ha="right" if left else "left", va="top", size=12,
            )  # fmt: skip
        axes.set_ylim(0, top)
        axes.set_xlabel(canvas.wrap(label, wide=90, narrow=42))
        axes.xaxis.set_major_formatter(lambda value, _: shown(value))
        axes.locator_params(axis="x", nbins=4 if canvas.narrow else 8)
        axes.locator_params(axis="y", nbins=4)
        axes.yaxis.set_major_formatter(lambda value, _: integer(value))
        axes.tick_params(axis="y", colors=MUTED, labelsize=12)
        axes.grid(axis="y")

    numbers = table(
        _without_small(counts, edges, small),
        caption=f"Numbers of the chart: {caption}",
        formats={"from": format, "to": format, "count": lambda count: _count(count, small)},
        currency=currency,
    )
    return draw_chart(
        draw, alt=alt, caption=caption, heights=(300, 260), numbers=numbers, note=note
    )


def _without_small(counts: np.ndarray, edges: np.ndarray, small: int) -> pd.DataFrame:
    """Return the bins, neighbours under ``small`` as one, and blank where that is too few too."""
    few = counts < small
    starts = np.flatnonzero(np.append(True, ~(few[1:] & few[:-1])))
    sums = pd.Series(np.add.reduceat(counts, starts), dtype="Int64")
    ends = np.append(starts[1:], len(counts))
    return pd.DataFrame(
        {
            "from": edges[starts],
            "to": edges[ends],
            "count": sums.mask((sums > 0) & (sums < small)),
        }
    )


def _count(count: int, small: int) -> str:
    return f"fewer than {small}" if is_missing(count) else integer(count)


_LEAST_P = 0.0005
_NULL_COLUMNS = ("value", "null_mean", "null_low", "null_high", "p_value")
