"""Migration: who moved from which segment to which, as ribbons and as a matrix."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from segmentation_lib.report.charts.heat import SEQUENTIAL, draw_cells
from segmentation_lib.report.figures import Canvas, Chart, draw_chart
from segmentation_lib.report.format import integer, percent
from segmentation_lib.report.tables import Table, table
from segmentation_lib.report.theme import segment_colours, segment_number

__all__ = ["migration_flow", "migration_matrix"]

GAP = 0.022


def migration_flow(
    frame: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    before: str = "last quarter",
    after: str = "this quarter",
    names: Mapping[str, str] | None = None,
    note: str = "",
) -> Chart:
    """Draw ribbons from the segments of last quarter to those of this quarter.

    Args:
        frame: ``from_segment_id``, ``to_segment_id`` and ``customers``, one row per move and
            per stay. Anything that is not a permanent ID, such as ``(new)``, is drawn in grey.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        before: Heading of the left side.
        after: Heading of the right side.
        names: Name by ID, written beside it on the wide picture.
        note: How to read the picture.

    Raises:
        ValueError: Nobody is in the frame.
    """
    moves = _moves(frame)
    left, right = (moves.groupby(side, sort=False)["customers"].sum() for side in _SIDES)
    left, right = (side.reindex(_ordered(side.index)) for side in (left, right))
    colours = segment_colours([*left.index, *right.index])

    def draw(canvas: Canvas) -> None:
        axes = canvas.axes()
        starts, ends = _places(left), _places(right)
        units = (_unit(left), _unit(right))
        _ribbons(canvas, moves, starts, ends, units, colours)
        _blocks(canvas, left, starts, units[0], colours, names or {}, at=0.0)
        _blocks(canvas, right, ends, units[1], colours, names or {}, at=1.0)
        room = 0.3 if canvas.narrow else 0.36 if names else 0.16
        axes.set(xlim=(-room, 1 + room), ylim=(-0.01, 1.08))
        left_edge, right_edge = (-room, 1 + room) if canvas.narrow else (0, 1)
        for x, words, side in ((left_edge, before, "left"), (right_edge, after, "right")):
            axes.text(x, 1.035, words, ha=side, size=12, weight="bold")
        axes.axis("off")

    rows = max(len(left), len(right))
    return draw_chart(
        draw,
        alt=alt,
        caption=caption,
        heights=(46 * rows + 70, 46 * rows + 70),
        numbers=_numbers(moves, caption),
        note=note,
    )


def migration_matrix(
    frame: pd.DataFrame,
    *,
    alt: str,
    caption: str,
    before: str = "last quarter",
    after: str = "this quarter",
    note: str = "",
) -> Chart:
    """Draw the share of each segment of last quarter that is in each segment of this quarter.

    Args:
        frame: ``from_segment_id``, ``to_segment_id`` and ``customers``; ``share`` of the row it
            came from, 0 to 1.
        alt: What the picture shows, for readers who do not see it.
        caption: The finding, as a sentence.
        before: What the rows stand for.
        after: What the columns stand for.
        note: How to read the picture.

    Raises:
        ValueError: Nobody is in the frame.
    """
    moves = _moves(frame)
    shares = frame.pivot(index=_SIDES[0], columns=_SIDES[1], values="share")
    shares = shares.reindex(index=_ordered(shares.index), columns=_ordered(shares.columns))

    def draw(canvas: Canvas) -> None:
        values = shares.to_numpy(dtype="float64")
        axes = draw_cells(
            canvas,
            values,
            list(shares.index),
            list(shares.columns),
            _share,
            cmap=SEQUENTIAL,
            vmin=0.0,
            vmax=1.0,
        )
        axes.set_title(f"rows: {before}; columns: {after}", loc="left", size=12, pad=26)

    height = 36 * len(shares) + 70
    return draw_chart(
        draw,
        alt=alt,
        caption=caption,
        heights=(height, height),
        numbers=_numbers(moves, caption),
        note=note,
    )


_SIDES = ["from_segment_id", "to_segment_id"]


def _unit(sums: pd.Series) -> float:
    """Return the height of one customer, so that blocks and gaps together are one high."""
    return float((1 - GAP * (len(sums) - 1)) / sums.sum())


def _places(sums: pd.Series) -> dict[str, float]:
    """Return the lower end of each block, stacked from the top, in a height of one."""
    tops = 1 - (np.cumsum(sums.to_numpy()) * _unit(sums) + GAP * np.arange(len(sums)))
    return dict(zip(sums.index, tops.tolist(), strict=True))


def _blocks(
    canvas: Canvas,
    sums: pd.Series,
    places: Mapping[str, float],
    unit: float,
    colours: Mapping[str, str],
    names: Mapping[str, str],
    *,
    at: float,
) -> None:
    axes = canvas.figure.axes[0]
    outwards = -1 if at == 0 else 1
    width = 0.022 if canvas.narrow else 0.012
    for item, count in sums.items():
        bottom, height = places[str(item)], count * unit
        corner = (at - width if outwards < 0 else at, bottom)
        axes.add_patch(Rectangle(corner, width, height, color=colours[str(item)], lw=0))
        name = "" if canvas.narrow else names.get(str(item), "")
        axes.text(
            at + outwards * (width + 0.01), bottom + height / 2,
            "  ".join(part for part in (str(item), name, integer(count)) if part),
            ha="right" if outwards < 0 else "left", va="center_baseline",
            size=11 if canvas.narrow else 12,
        )  # fmt: skip


def _ribbons(
    canvas: Canvas,
    moves: pd.DataFrame,
    starts: Mapping[str, float],
    ends: Mapping[str, float],
    heights: tuple[float, float],
    colours: Mapping[str, str],
) -> None:
    axes = canvas.figure.axes[0]
    used: dict[tuple[str, str], float] = {}
    order = {item: n for n, item in enumerate(_ordered({*starts, *ends}))}
    rows = sorted(
        moves.itertuples(index=False, name=None), key=lambda row: (-order[row[0]], -order[row[1]])
    )
    for source, target, customers in rows:
        low = used.get(("from", source), starts[source])
        high = used.get(("to", target), ends[target])
        left, right = (customers * height for height in heights)
        used["from", source], used["to", target] = low + left, high + right
        corners = [
            (0, low), (0.5, low), (0.5, high), (1, high), (1, high + right),
            (0.5, high + right), (0.5, low + left), (0, low + left), (0, low),
        ]  # fmt: skip
        codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
        strength = 0.28 if source == target else 0.6
        axes.add_patch(PathPatch(Path(corners, codes), color=colours[source], alpha=strength, lw=0))


def _share(value: float) -> str:
    return percent(value, 0) if value > 0 else ""


def _moves(frame: pd.DataFrame) -> pd.DataFrame:
    moves = frame.loc[frame["customers"] > 0, [*_SIDES, "customers"]]
    if moves.empty:
        raise ValueError("a migration needs at least one customer")
    return moves.reset_index(drop=True)


def _ordered(ids: Iterable[object]) -> list[str]:
    """Segments first by their number, then everything else by name."""
    texts = [str(item) for item in ids]
    return sorted(texts, key=lambda item: (segment_number(item) or math.inf, item))


def _numbers(moves: pd.DataFrame, caption: str) -> Table:
    return table(
        moves.sort_values(_SIDES),
        caption=f"Numbers of the chart: {caption}",
        headers={"from_segment_id": "From", "to_segment_id": "To", "customers": "Customers"},
        formats={"from_segment_id": "segment", "to_segment_id": "segment"},
        row_header="from_segment_id",
    )
