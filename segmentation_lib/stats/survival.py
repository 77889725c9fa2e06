"""How long until something happens, when for some it has not happened yet."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.stats import CensoredData, chi2, ecdf

from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray
from segmentation_lib.stats.intervals import wilson_interval

__all__ = ["LogRank", "SurvivalCurve", "kaplan_meier", "log_rank", "waiting_quantile"]


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
    """Return the Kaplan-Meier curve with its log-log interval (Kalbfleisch & Prentice 2002).

    Args:
        times: When it happened, or until when it was watched, at least 0.
        happened: Whether it happened; else the time is censored.
        days: Days to give the curve at, ascending.
        level: Confidence level.

    Returns:
        The curve. Where all still wait, or none does, the log-log interval does not exist, and
        Wilson's is given.

    Raises:
        ValueError: No times, or as many flags as times are not given.
    """
    times, happened = np.asarray(times, dtype=np.float64), np.asarray(happened, dtype=np.bool_)
    if not len(times) or times.shape != happened.shape:
        raise ValueError(
            f"{len(times)} times and {len(happened)} flags, must be as many and at least 1"
        )
    survival = ecdf(CensoredData.right_censored(times, ~happened)).sf
    with warnings.catch_warnings():
        # It does not exist where nobody, or everybody, still waits; these days are filled below.
        warnings.filterwarnings("ignore", message="The confidence interval is undefined")
        interval = survival.confidence_interval(level, method="log-log")
    waiting = survival.evaluate(days)
    low, high = interval.low.evaluate(days), interval.high.evaluate(days)
    # Rounding leaves a product of shares near 0 or 1 not quite there.
    none, all_of_them = waiting <= 1e-12, waiting >= 1 - 1e-12
    edge = wilson_interval(0, len(times), level=level).high
    low = np.where(none, 0.0, np.where(all_of_them, 1 - edge, low))
    high = np.where(none, edge, np.where(all_of_them, 1.0, high))
    ends = (np.searchsorted(np.sort(times[kind]), days, "right") for kind in (happened, ~happened))
    passed = [np.diff(end, prepend=0) for end in ends]
    at_risk = len(times) - (np.cumsum(passed[0]) - passed[0] + np.cumsum(passed[1]) - passed[1])
    return SurvivalCurve(np.asarray(days, float), at_risk, passed[0], passed[1], waiting, low, high)


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
