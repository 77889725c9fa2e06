"""The survey's question about a price: would you pay so much a month for same-day delivery?"""

from __future__ import annotations

import numpy as np

from segmentation_lib.demo.world import IntArray, stream

__all__ = ["ASKED", "WILLING", "price_answers"]

# Half of a segment would pay this much; in the order of the segments.
WILLING = (9.0, 5.0, 14.0, 6.0, 8.0, 16.0)
# What is asked, drawn by lot for each answer.
ASKED = (3.0, 5.0, 7.0, 9.0, 12.0, 15.0, 20.0)
_SPREAD = 0.35


def price_answers(segment: IntArray, *, seed: int) -> tuple[np.ndarray, IntArray]:
    """Return the price that each answer was asked about, and whether it was a yes.

    Args:
        segment: Segment of each answer.
        seed: Seed of the demo.

    Returns:
        Prices in pounds, and 1 or 0. What somebody would pay is log-normal around the segment's.
    """
    rng = stream(seed, "prices")
    asked = np.array(ASKED)[rng.integers(len(ASKED), size=len(segment))]
    willing = np.array(WILLING)[segment] * np.exp(rng.normal(0.0, _SPREAD, len(segment)))
    return asked, (willing >= asked).astype(np.int64)
