"""How large an effect a test can see, and how many customers it takes to see a given one."""

from __future__ import annotations

import math

from scipy.special import ndtr, ndtri
from scipy.stats import kurtosis

from segmentation_lib.stats.arrays import FloatArray

__all__ = [
    "customers_needed",
    "minimum_detectable_effect",
    "planning_deviation",
    "power_of",
    "share_deviation",
]


def minimum_detectable_effect(
    deviation: float, treated: float, control: float, *, alpha: float = 0.05, power: float = 0.8
) -> float:
    """Return the smallest difference of two means that a test finds with the given power.

    With two equal arms of n it is ``2.80 * deviation * sqrt(2 / n)`` (Cohen 1988, chapter 2).

    Args:
        deviation: Standard deviation of the measure; of a share p it is ``sqrt(p * (1 - p))``.
        treated: Customers of the treated arm.
        control: Customers of the control arm.
        alpha: Level of the two-sided test.
        power: Chance to find the effect.

    Returns:
        The difference, in the unit of the measure; NaN where an arm is empty.

    >>> round(minimum_detectable_effect(50, 1000, 1000), 2)
    6.26
    """
    if min(treated, control) <= 0:
        return math.nan
    error = deviation * math.sqrt(1 / treated + 1 / control)
    return float(ndtri(1 - alpha / 2) + ndtri(power)) * error


def power_of(
    effect: float, deviation: float, treated: float, control: float, *, alpha: float = 0.05
) -> float:
    """Return the chance that a two-sided test finds a given effect, in its own direction.

    Args:
        effect: True difference of the means.
        deviation: Standard deviation of the measure.
        treated: Customers of the treated arm.
        control: Customers of the control arm.
        alpha: Level of the test.

    >>> round(power_of(6.264, 50, 1000, 1000), 3)
    0.8
    """
    if min(treated, control) <= 0 or deviation <= 0:
        return math.nan
    error = deviation * math.sqrt(1 / treated + 1 / control)
    return float(ndtr(abs(effect) / error - ndtri(1 - alpha / 2)))


def customers_needed(
    effect: float,
    deviation: float,
    *,
    treated_share: float = 0.5,
    alpha: float = 0.05,
    power: float = 0.8,
) -> float:
    """Return how many customers of both arms together it takes to find a given effect.

    Args:
        effect: Difference that is to be found.
        deviation: Standard deviation of the measure.
        treated_share: Share of both arms' customers that is treated.
        alpha: Level of the two-sided test.
        power: Chance to find the effect.

    Raises:
        ValueError: The share is not between 0 and 1.

    >>> customers_needed(6.265, 50)
    2000.0
    """
    if not 0 < treated_share < 1:
        raise ValueError(f"treated_share = {treated_share}, must lie between 0 and 1")
    if effect == 0 or math.isnan(effect + deviation):
        return math.nan if math.isnan(effect + deviation) else math.inf
    reach = float(ndtri(1 - alpha / 2) + ndtri(power)) * deviation / effect
    total = reach**2 * (1 / treated_share + 1 / (1 - treated_share))
    return float(math.ceil(total))


def share_deviation(share: float, effect: float, treated: float, control: float) -> float:
    """Return the standard deviation that stands for two arms whose shares differ.

    A rare event that becomes more frequent varies more as well: to plan with the spread of the
    control alone promises a power of 80 % and keeps 74 %.

    Args:
        share: Share in the control arm.
        effect: Difference of the treated arm; its share is held within 0 and 1.
        treated: Customers of the treated arm.
        control: Customers of the control arm.

    >>> round(share_deviation(0.1, 0.0, 50, 50), 2), round(share_deviation(0.1, 0.2, 50, 50), 2)
    (0.3, 0.39)
    """
    if min(treated, control) <= 0:
        return math.nan
    other = min(max(share + effect, 0.0), 1.0)
    variance = other * (1 - other) / treated + share * (1 - share) / control
    return math.sqrt(variance / (1 / treated + 1 / control))


def planning_deviation(values: FloatArray, *, assurance: float = 0.8) -> float:
    """Return a standard deviation to plan with: the upper end of what it may be (Browne 1995).

    Where a few customers spend most, the spread of one quarter says little about that of the next,
    and to plan with it as it is keeps a power of 74 to 77 % where 80 % is promised.

    Args:
        values: A measure per customer.
        assurance: Chance that the true deviation is under the one that is returned.

    Returns:
        The deviation; NaN for fewer than two values.

    >>> import numpy as np
    >>> planning_deviation(np.tile([-1.0, 1.0], 5000)).__round__(3)
    1.0
    """
    if len(values) < 2:
        return math.nan
    spread = float(values.std(ddof=1))
    if spread == 0:
        return 0.0
    relative = math.sqrt(max(float(kurtosis(values, fisher=False)) - 1, 0.0) / len(values))
    return spread * (1 + 0.5 * float(ndtri(assurance)) * relative)
