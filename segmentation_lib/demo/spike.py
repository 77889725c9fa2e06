"""The demo's spike: one segment stocks up in one quarter's clearance sale, and never again.

It lies before the lookbacks of both quarters that the demo runs, so that it moves nobody from one
segment to another; what it shows is that value looked at once may not last.
"""

from __future__ import annotations

import numpy as np

from segmentation_lib.demo.world import BARGAIN, QUARTERS, FloatArray, IntArray, quarter_starts

SPIKE_SEGMENT = BARGAIN
SPIKE_QUARTER = "2024Q1"
SPIKE_FACTOR = 2.0


def spike_lift(segment: IntArray, day: IntArray) -> FloatArray:
    """Return the factor by which the spike changes the baskets of orders.

    Args:
        segment: The segment in which the buyer behaves at that time, one per order.
        day: Day of the order since the world's start.

    Returns:
        2 for the segment's orders in the quarter of the spike, otherwise 1.
    """
    number = QUARTERS.index(SPIKE_QUARTER)
    start, end = quarter_starts()[number : number + 2]
    inside = (segment == SPIKE_SEGMENT) & (day >= start) & (day < end)
    return np.where(inside, SPIKE_FACTOR, 1.0)
