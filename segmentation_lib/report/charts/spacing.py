"""Room for labels: places that are too close to each other are moved apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["spaced"]


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
