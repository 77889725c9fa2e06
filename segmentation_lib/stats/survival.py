"""How long until something happens, when for some it has not happened yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc
from scipy.stats import chi2

from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray

__all__ = ["LogRank", "SurvivalCurve", "kaplan_meier", "log_rank", "waiting_quantile"]

# So many halvings are finer than any digit told.
_HALVINGS = 50


@dataclass(frozen=True)
class SurvivalCurve:
    """A Kaplan-Meier curve on given days; arrays of one number per day.

    Attributes:
        days: The days, ascending.
        at_risk: Who was still watched and waiting just before that day's events.
        happened: Events of the days up to this one and after the one before.
        censored: Whose watching ended in that time.
        waiting: Share for whom it has not happened by then, 0 to 1.
        low: Lower end of its interval.
        high: Upper end.
    """

    days: FloatArray
    at_risk: IntArray
    happened: IntArray
    censored: IntArray
    waiting: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True)
class LogRank:
    """A log-rank test that groups wait equally long.

    Attributes:
        statistic: Chi-square statistic.
        freedom: Its degrees of freedom.
        p_value: Chance of such a statistic if all groups wait alike; NaN if nothing can be said.
        expected: Events expected in each group if all wait alike.
        observed: Events seen in each group.
    """

    statistic: float
    freedom: int
    p_value: float
    expected: FloatArray
    observed: FloatArray


def kaplan_meier(
    times: FloatArray, happened: BoolArray, days: FloatArray, *, level: float = 0.95
) -> SurvivalCurve:
    """Return the Kaplan-Meier curve with its beta product interval (Fay & Brittain 2016, mid-p).

    Each day's share of who goes on waiting has a beta distribution, and so nearly has their
    product. The interval holds where few are left to watch, where the usual ones (Greenwood's, on
    whatever scale) take the last few for as good as many; with nobody lost from sight it is the
    mid-p interval of a share.

    Args:
        times: When it happened, or until when it was watched, at least 0.
        happened: Whether it happened; else the time is censored.
        days: Days to give the curve at, ascending.
        level: Confidence level.

    Returns:
        The curve.

    Raises:
        ValueError: No times, or as many flags as times are not given.
    """
    times, happened = np.asarray(times, dtype=np.float64), np.asarray(happened, dtype=np.bool_)
    if not len(times) or times.shape != happened.shape:
        raise ValueError(
            f"{len(times)} times and {len(happened)} flags, must be as many and at least 1"
        )
    moments = np.unique(times)
    came, lost = (
        np.diff(np.searchsorted(np.sort(times[kind]), moments, "right"), prepend=0)
        for kind in (happened, ~happened)
    )
    watched = len(times) - (np.cumsum(came + lost) - came - lost)
    place = np.searchsorted(moments, days, "right")
    waiting = np.append(1.0, np.cumprod(1 - came / watched))[place]
    # Whose watching ends on a day was watched through that day.
    on = np.append(np.nan, moments)[place] == days
    left = np.append(len(times), watched - came - lost)[place]
    left = np.where(on, np.append(0, watched - came)[place], left)
    low, high = _beta_products(came, watched, place, left, level)
    low, high = np.minimum(low, waiting), np.maximum(high, waiting)
    ends = (np.append(0, np.cumsum(kind))[place] for kind in (came, lost))
    passed = [np.diff(end, prepend=0) for end in ends]
    at_risk = len(times) - (np.cumsum(passed[0]) - passed[0] + np.cumsum(passed[1]) - passed[1])
    return SurvivalCurve(np.asarray(days, float), at_risk, passed[0], passed[1], waiting, low, high)


def _beta_products(
    came: IntArray, watched: IntArray, place: IntArray, left: IntArray, level: float
) -> tuple[FloatArray, FloatArray]:
    """Return the ends of the intervals on days with so many moments before, and so many left."""
    # Means and squared coefficients of variation of the products, as logarithms.
    mean = np.append(0.0, np.cumsum(np.log1p(-came / (watched + 1.0))))[place]
    more = came / ((watched - came + 1.0) * (watched + 2.0))
    uneven = np.append(0.0, np.cumsum(np.log1p(more)))[place]
    # The next event may come at once: that is the other half of the mixture.
    at = np.maximum(left, 1.0)
    halves = (
        _beta(mean, uneven),
        _beta(mean + np.log1p(-1 / (at + 1)), uneven + np.log1p(1 / (at * (at + 2)))),
    )

    def chance(share: FloatArray) -> FloatArray:
        none = np.where(mean < 0, betainc(*halves[0], share), 0.0)
        next_one = np.where(left > 0, betainc(*halves[1], share), 1.0)
        return np.asarray((none + next_one) / 2)

    low, high = (_reached(chance, 0.5 + side * level / 2, len(left)) for side in (-1, 1))
    return low[0], high[1]


def _beta(mean: FloatArray, uneven: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return both parameters of the beta distributions; those of the mean 1 are not used."""
    share, rest = np.exp(mean), -np.expm1(mean)
    variance = share**2 * np.expm1(uneven)
    known = (rest > 0) & (variance > 0)
    size = np.where(known, share * rest / np.where(known, variance, 1.0) - 1, 1.0)
    return np.where(known, share * size, 1.0), np.where(known, rest * size, 1.0)


def _reached(
    chance: Callable[[FloatArray], FloatArray], level: float, places: int
) -> tuple[FloatArray, FloatArray]:
    """Return shares just below and just above where the chance reaches the level, by halving."""
    low, high = np.zeros(places), np.ones(places)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        over = chance(middle) >= level
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    return low, high


def waiting_quantile(days: FloatArray, waiting: FloatArray, share: float = 0.5) -> float:
    """Return the first day by which at most a share still waits; NaN if it is not reached.

    >>> waiting_quantile(np.array([0.0, 1.0, 2.0]), np.array([1.0, 0.7, 0.4]))
    2.0
    """
    reached = np.flatnonzero(waiting <= share + 1e-12)
    return float(days[reached[0]]) if len(reached) else float("nan")


def log_rank(times: FloatArray, happened: BoolArray, groups: IntArray) -> LogRank:
    """Test whether two or more groups wait equally long (Mantel 1966; Peto & Peto 1972).

    For two groups the statistic is the square of the one of `scipy.stats.logrank`.

    Args:
        times: When it happened, or until when it was watched.
        happened: Whether it happened.
        groups: Group of each row, 0 to k-1.

    Raises:
        ValueError: Fewer than two groups have rows.
    """
    _, group = np.unique(groups, return_inverse=True)
    k = int(group.max(initial=-1)) + 1
    if k < 2:
        raise ValueError(f"{k} groups have rows, must be at least 2")
    moments, place = np.unique(np.asarray(times, dtype=np.float64), return_inverse=True)
    shape = (len(moments), k)
    flat = place * k + group
    leave = np.bincount(flat, minlength=shape[0] * k).reshape(shape)
    events = np.bincount(flat[np.asarray(happened, bool)], minlength=shape[0] * k).reshape(shape)
    at_risk = leave[::-1].cumsum(axis=0)[::-1].astype(np.float64)
    total, happening = at_risk.sum(axis=1), events.sum(axis=1).astype(np.float64)
    share = at_risk / total[:, None]
    expected = (share * happening[:, None]).sum(axis=0)
    observed = events.sum(axis=0).astype(np.float64)
    spread = happening * np.divide(
        total - happening, total - 1, out=np.zeros(len(total)), where=total > 1
    )
    covariance = (
        np.diag((spread[:, None] * share).sum(axis=0)) - (share * spread[:, None]).T @ share
    )
    # One group's numbers follow from the others', so the last one is left out.
    gap, matrix = (observed - expected)[:-1], covariance[:-1, :-1]
    freedom = int(np.linalg.matrix_rank(matrix)) if len(matrix) else 0
    if not freedom:
        return LogRank(0.0, 0, float("nan"), expected, observed)
    statistic = float(gap @ np.linalg.pinv(matrix, hermitian=True) @ gap)
    return LogRank(statistic, freedom, float(chi2.sf(statistic, freedom)), expected, observed)
