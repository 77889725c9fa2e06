"""Room for labels: places that are too close to each other are moved apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from segmentation_lib.report.figures import Canvas
from segmentation_lib.report.theme import ink_of

__all__ = ["free_places", "name_ends", "spaced"]


def spaced(places: Sequence[float] | np.ndarray, gap: float) -> np.ndarray:
    """Return places at least ``gap`` apart, in the same order, and as near as can be.

    Labels that would overlap form a block around the mean of where they wanted to be; blocks that
    meet are joined.

    Args:
        places: Where the labels would be.
        gap: Least distance between two of them.

    >>> spaced([0.0, 1.0, 10.0], 4.0)
    array([-1.5,  2.5, 10. ])
    """
    wanted = np.asarray(places, dtype="float64")
    order = np.argsort(wanted, kind="stable")
    blocks: list[tuple[float, int]] = []
    for place in wanted[order]:
        middle, size = float(place), 1
        while blocks and middle - (size - 1) * gap / 2 < (
            blocks[-1][0] + (blocks[-1][1] - 1) * gap / 2 + gap
        ):
            before, count = blocks.pop()
            middle = (before * count + middle * size) / (count + size)
            size += count
        blocks.append((middle, size))
    moved = np.empty_like(wanted)
    moved[order] = [
        middle + (place - (size - 1) / 2) * gap for middle, size in blocks for place in range(size)
    ]
    return moved


def free_places(points: np.ndarray, *, width: float, height: float) -> np.ndarray:
    """Return places for equal boxes, one per point, so that no two boxes overlap.

    Each box stays on its point if it can, else it goes up or down as little as needed; the
    earlier points choose first.

    Args:
        points: Where the middle of each box would be, one row of x and y per box.
        width: Width of a box, in the unit of the points.
        height: Height of a box.

    >>> free_places(np.array([[0.0, 0.0], [1.0, 0.0]]), width=4, height=2)
    array([[0., 0.],
           [1., 2.]])
    """
    placed = np.array(points, dtype="float64").reshape(-1, 2)
    for place in range(1, len(placed)):
        before = placed[:place][np.abs(placed[:place, 0] - placed[place, 0]) < width]
        x, y = placed[place]
        edges = [y, *(before[:, 1] + height), *(before[:, 1] - height)]
        free = [
            edge for edge in edges if (np.abs(before[:, 1] - edge) >= height * (1 - 1e-9)).all()
        ]
        placed[place] = x, min(free, key=lambda edge: (abs(edge - y), -edge))
    return placed


def name_ends(
    canvas: Canvas,
    axes: Axes,
    ends: Mapping[str, tuple[float, float]],
    said: Mapping[str, str],
    inks: Mapping[str, str],
    *,
    size: float = 12,
) -> None:
    """Write the name of each line to the right of its end, without two names overlapping.

    Args:
        canvas: The picture.
        axes: The axes of the lines; their limits must be set.
        ends: Where each line ends, in the unit of the axes.
        said: What is written, by line.
        inks: Colour, by line.
        size: Size of the type.
    """
    if not ends:
        return
    labels = [
        axes.annotate(
            said[name], end, (9, 0), textcoords="offset points", size=size, weight="bold",
            va="center_baseline", color=ink_of(inks[name]), annotation_clip=False,
        )
        for name, end in ends.items()
    ]  # fmt: skip
    # The labels take room from the axes, so their heights are found once they are there.
    canvas.figure.draw_without_rendering()
    pixels = axes.transData.transform(list(ends.values()))[:, 1]
    rows = max(said[name].count("\n") + 1 for name in ends)
    # More than a line apart, or two names read as one.
    moved = spaced(pixels, rows * (size + 2) + 8)
    lowest, highest = axes.get_window_extent().intervaly
    moved += max(0.0, lowest - moved.min()) - max(0.0, moved.max() - highest)
    for label, rise in zip(labels, moved - pixels, strict=True):
        label.xyann = (9, float(rise))
