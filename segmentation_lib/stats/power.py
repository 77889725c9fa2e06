"""How large an effect a test can see, and how many customers it takes to see a given one."""

from __future__ import annotations

import math

from scipy.special import ndtr, ndtri

__all__ = ["customers_needed", "minimum_detectable_effect", "power_of"]


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
