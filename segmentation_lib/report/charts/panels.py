"""Small multiples: one small picture per segment, on one grid and on the same scales."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from matplotlib.axes import Axes

from segmentation_lib.report.figures import Canvas
from segmentation_lib.report.format import is_missing
from segmentation_lib.report.theme import ink_of, segment_number

__all__ = ["in_order", "panel_heading", "panel_heights", "panels"]


def panels(
    canvas: Canvas, count: int, *, wide: int = 3, narrow: int = 1, **options: Any
) -> list[Axes]:
    """Return axes on a grid that is filled row by row; places that are left over are empty.

    Args:
        canvas: The empty picture.
        count: How many axes are needed.
        wide: Columns of the grid for a desk.
        narrow: Columns of the grid for a phone.
        options: Passed to ``Figure.subplots``, such as ``sharex``.
    """
    columns = min(count, narrow if canvas.narrow else wide)
    rows = -(-count // columns)
    grid = canvas.figure.subplots(rows, columns, squeeze=False, **options).ravel()
    for spare in grid[count:]:
        spare.set_visible(False)
    return list(grid[:count])


def panel_heights(
    count: int, height: tuple[float, float], *, wide: int = 3, narrow: int = 1
) -> tuple[float, float]:
    """Return the heights of the wide and the narrow picture of a grid.

    Args:
        count: How many panels there are.
        height: Height of one row of panels on each picture, in CSS pixels.
        wide: Columns of the grid for a desk.
        narrow: Columns of the grid for a phone.
    """
    at_desk, on_phone = (-(-count // min(count, columns)) for columns in (wide, narrow))
    return at_desk * height[0], on_phone * height[1]


def panel_heading(
    canvas: Canvas,
    axes: Axes,
    item: str,
    names: Mapping[str, str],
    colour: str,
    *,
    after: str = "",
    wrap: tuple[int, int] = (34, 42),
) -> None:
    """Write the ID, the name and a word more above a panel.

    Args:
        canvas: The picture.
        axes: The panel.
        item: What the panel is about, such as a permanent ID.
        names: Name, by ID.
        colour: Colour of the heading.
        after: Words after the name.
        wrap: Letters per line on the wide and on the narrow picture.
    """
    head = "All" if item == "(all)" else item
    said = canvas.wrap(f"{head} {names.get(item, '')}".strip() + after, wide=wrap[0],
                       narrow=wrap[1])  # fmt: skip
    axes.set_title(said, loc="left", size=12, weight="bold", color=ink_of(colour), pad=6)


def in_order(ids: Iterable[object]) -> list[str]:
    """Return each ID once: segments by their number, then everything else as it comes.

    >>> in_order(["S02", "(all)", "S01", "S02"])
    ['S01', 'S02', '(all)']
    """
    seen = list(dict.fromkeys(str(item) for item in ids if not is_missing(item)))
    return sorted(seen, key=lambda item: segment_number(item) or math.inf)
