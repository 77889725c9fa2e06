"""Heat maps: traits by segment, and any matrix of numbers on one scale of colours."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex

from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import NOT_AVAILABLE, Formatter, feature, formatter
from segmentation_lib.report.tables import table
from segmentation_lib.report.theme import text_on

__all__ = ["draw_cells", "heat_map"]

DIVERGING = LinearSegmentedColormap.from_list(
    "below to above", ["#9c3d12", "#e3a57f", "#f7f7f5", "#86b3d1", "#0b4a6f"]
)
_COLOURS = "Blue: more than average. Brown: less. The stronger the colour, the further from it."
_WIDE, _NARROW = 30, 15
SEQUENTIAL = LinearSegmentedColormap.from_list("none to many", ["#f7f7f5", "#86b3d1", "#0b4a6f"])


def heat_map(
    matrix: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    format: str | Formatter = "signed1",
    centre: float | None = 0.0,
    limit: float | None = None,
    labels: Sequence[str] | None = None,
    note: str | None = None,
) -> Chart:
    """Draw a matrix as coloured cells with their numbers in them.

    Args:
        matrix: One row per trait (the index names them), one column per segment.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        format: Format of the numbers; see `format.formatter`.
        centre: The value that is neither high nor low, in the palest colour. None for a scale
            that starts at the lowest value.
        limit: Distance from the centre that gets the strongest colour; the largest one drawn if
            None. Further values keep that colour.
        labels: Second line under each column's name on the wide picture, such as segment names.
        note: How to read the picture; None says what the colours around a centre mean.

    Raises:
        ValueError: The matrix is empty.
    """
    if matrix.empty:
        raise ValueError("a heat map needs at least one row and one column")
    values = matrix.to_numpy(dtype="float64")
    finite = values[np.isfinite(values)]
    if centre is None:
        low, high = (finite.min(), finite.max()) if finite.size else (0.0, 1.0)
        colours = SEQUENTIAL
    else:
        largest = float(np.abs(finite - centre).max()) if finite.size else 1.0
        reach = limit if limit is not None else largest
        low, high = centre - reach, centre + reach
        colours = DIVERGING
    if note is None:
        note = "" if centre is None else _COLOURS
    if low == high:
        low, high = low - 0.5, high + 0.5

    traits = [feature(name) for name in matrix.index]

    def draw(canvas: Canvas) -> None:
        heads = [str(name) for name in matrix.columns]
        if labels is not None and not canvas.narrow:
            heads = [f"{h}\n{canvas.wrap(s, wide=13)}" for h, s in zip(heads, labels, strict=True)]
        rows = [canvas.wrap(name, wide=_WIDE, narrow=_NARROW) for name in traits]
        draw_cells(
            canvas, values, rows, heads, formatter(format), cmap=colours, vmin=low, vmax=high
        )

    wide, narrow = (max(len(wrap(name, at)) for name in traits) for at in (_WIDE, _NARROW))
    head = 34 if labels is None else 72
    heights = (
        (34 if wide == 1 else 40) * len(matrix) + head,
        max(32, 10 + 14 * narrow) * len(matrix) + 34,
    )
    numbers = table(
        matrix.rename_axis(index="trait", columns=None).reset_index(),
        caption=f"Numbers of the chart: {caption}",
        formats=dict.fromkeys(matrix.columns, format),
        row_header="trait",
    )
    return draw_chart(draw, alt=alt, caption=caption, heights=heights, numbers=numbers, note=note)


def draw_cells(
    canvas: Canvas,
    values: np.ndarray,
    rows: Sequence[str],
    columns: Sequence[str],
    shown: Formatter,
    *,
    cmap: LinearSegmentedColormap,
    vmin: float,
    vmax: float,
    missing: str = NOT_AVAILABLE,
) -> Axes:
    """Draw cells with numbers; text is dark or white, whichever reads better on its cell."""
    axes = canvas.axes()
    sns.heatmap(
        values, ax=axes, cmap=cmap, vmin=vmin, vmax=vmax, cbar=False, linewidths=2,
        linecolor="white", xticklabels=list(columns), yticklabels=list(rows),
    )  # fmt: skip
    size = 10 if canvas.narrow and len(columns) > 6 else 11 if canvas.narrow else 13
    for (row, column), value in np.ndenumerate(values):
        share = (value - vmin) / (vmax - vmin)
        ink = text_on(to_hex(cmap(share))) if np.isfinite(value) else text_on("#ffffff")
        text = shown(value) if np.isfinite(value) else missing
        axes.text(
            column + 0.5, row + 0.5, text, ha="center", va="center_baseline", color=ink, size=size
        )
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", labelsize=11 if canvas.narrow else 12, labelrotation=0, pad=4)
    axes.tick_params(axis="y", labelsize=11 if canvas.narrow else 13, labelrotation=0, pad=6)
    axes.set(xlabel="", ylabel="")
    return axes
