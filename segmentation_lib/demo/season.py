"""When things happen in the demo: a weekly rhythm, a December peak and hours of the day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.demo.world import END, START, FloatArray, IntArray

# Monday first; the mean over the week is 1.
WEEKDAY_WEIGHTS = (0.95, 0.92, 0.93, 0.98, 1.07, 1.18, 0.97)
MONTH_WEIGHTS = (0.92, 0.93, 0.97, 0.98, 1.0, 0.99, 0.97, 0.97, 0.99, 1.02, 1.13, 1.28)

DAY_SECONDS = 86_400


def cumulative_season() -> FloatArray:
    """Return the season's weight that has passed at the start of every day.

    Returns:
        Shape (732,), rising from 0; the mean weight of a day is 1, so that a yearly rate divided
        by 365 and multiplied by passed weight is an expected count.
    """
    days = pd.date_range(START, END, freq="D", inclusive="left")
    weekday = np.array(WEEKDAY_WEIGHTS)[days.day_of_week]
    month = np.array(MONTH_WEIGHTS)[days.month - 1]
    weights = weekday * month
    weights = weights / weights.mean()
    return np.concatenate([[0.0], np.cumsum(weights)])


def expected_counts(per_year: FloatArray, start: FloatArray, end: FloatArray) -> FloatArray:
    """Return how many happenings a yearly rate leads to between two days, season included.

    Args:
        per_year: Happenings per year, any shape.
        start: First day, in days since the world's start, of the same shape.
        end: Day after the last, of the same shape; where it is not after `start`, the count is 0.

    Returns:
        Expected counts, of the same shape.
    """
    passed = cumulative_season()
    days = np.arange(len(passed), dtype=np.float64)
    weight = np.interp(end, days, passed) - np.interp(start, days, passed)
    return np.asarray(per_year * np.maximum(weight, 0.0) / 365.0, dtype=np.float64)


def draw_days(start: FloatArray, end: FloatArray, rng: np.random.Generator) -> IntArray:
    """Draw one day within each span, busier days more often.

    Args:
        start: First whole day of each span, in days since the world's start.
        end: Day after the last of each span.
        rng: Source of randomness.

    Returns:
        Whole days, `start <= day < end`, of the same shape.
    """
    passed = cumulative_season()
    days = np.arange(len(passed), dtype=np.float64)
    low = np.interp(start, days, passed)
    high = np.interp(end, days, passed)
    drawn = np.interp(low + rng.random(low.shape) * (high - low), passed, days)
    return np.clip(np.floor(drawn), start, end - 1).astype(np.int64)


def draw_seconds(day: IntArray, rng: np.random.Generator) -> IntArray:
    """Turn days into moments: most in the evening, some at midday, none between 23:00 and 06:00.

    Args:
        day: Whole days since the world's start.
        rng: Source of randomness.

    Returns:
        Seconds since the world's start, of the same shape.
    """
    evening = rng.random(day.shape) < 0.6
    hour = np.where(evening, rng.normal(19.5, 1.8, day.shape), rng.normal(12.0, 2.5, day.shape))
    seconds = np.clip(hour, 6.0, 22.999) * 3600.0
    return np.asarray(day * DAY_SECONDS + np.floor(seconds), dtype=np.int64)


def timestamps(seconds: IntArray) -> pd.Series:
    """Turn seconds since the world's start into naive UTC timestamps of microsecond unit."""
    moments = np.datetime64(START.isoformat(), "us") + seconds.astype("timedelta64[s]")
    return pd.Series(moments)
