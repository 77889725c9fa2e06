"""The Net Promoter Score of a few answers, with an interval that small samples may keep."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from segmentation_lib.stats.intervals import Interval

__all__ = ["net_promoter_interval"]

# Answers added to each end, and in all, before the interval is computed (Rocks 2016).
_ADDED_TO_AN_END = 0.75
_ADDED = 3.0


def net_promoter_interval(
    promoters: int, passives: int, detractors: int, *, level: float = 0.95
) -> Interval:
    """Return the Net Promoter Score in points with its adjusted Wald interval.

    The score is the share of promoters less that of detractors. Its variance is that of two
    shares of one multinomial sample; three imagined answers, spread evenly to both sides, keep
    the interval honest for few answers and for scores at the ends.

    Args:
        promoters: Answers of 9 and 10.
        passives: Answers of 7 and 8.
        detractors: Answers of 0 to 6.
        level: Confidence level.

    Returns:
        Points from -100 to 100; without answers the value is NaN and the interval everything.

    Raises:
        ValueError: A negative count.

    Source: Rocks (2016), Interval estimation for the Net Promoter Score.

    >>> score = net_promoter_interval(50, 30, 20)
    >>> score.value, round(score.low, 1), round(score.high, 1)
    (30.0, 14.1, 44.2)
    """
    if min(promoters, passives, detractors) < 0:
        raise ValueError(
            f"{promoters} promoters, {passives} passives, {detractors} detractors; "
            "counts must be 0 or more"
        )
    n = promoters + passives + detractors
    if n == 0:
        return Interval(float("nan"), -100.0, 100.0, level)
    value = 100 * (promoters - detractors) / n
    up = (promoters + _ADDED_TO_AN_END) / (n + _ADDED)
    down = (detractors + _ADDED_TO_AN_END) / (n + _ADDED)
    centre = up - down
    error = float(np.sqrt((up + down - centre**2) / (n + _ADDED)))
    half = float(ndtri(0.5 + level / 2)) * error
    low, high = max(100 * (centre - half), -100.0), min(100 * (centre + half), 100.0)
    return Interval(value, min(low, value), max(high, value), level)
