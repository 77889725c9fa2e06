"""Durable or momentary: does a segment's value last, or is it one spike, growing or fading."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.profile.value.durable_words import verdict_sentence
from segmentation_lib.profile.value.history import (
    FEWEST_QUARTERS,
    SMALLEST,
    quarter_matrix,
    quarter_season,
    value_history,
)
from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray, spawn_seeds
from segmentation_lib.stats.steadiness import Steadiness, steadiness_test

__all__ = ["durable_value", "lookback_quarters"]

# Two questions are asked of each segment; all together are wrong for 1 steady market in 20.
_ERROR = 0.05
# What is called a spike or a trend must also be large enough to plan by.
_SPIKE, _ABOVE_SECOND, _TREND = 1.5, 1.3, 1.5
_NOTHING = {"quarters": 0, "value_index": np.nan, "verdict": "not enough history",
            "spike_quarters_back": np.nan, "ratio": np.nan, "p_value": np.nan,
            "level_since": False}  # fmt: skip
_COLUMNS = ["segment_id", "customers", "quarters", "lookback_quarters", "value_index", "verdict",
            "spike_quarters_back", "level_since", "ratio", "p_value", "sentence"]  # fmt: skip
# Calendar quarters are of 90 to 92 days; a year of lookback is four of them, whichever they are.
_QUARTER, _YEAR_QUARTER = range(89, 94), 365.25 / 4
_SPILL = 0.1


@dataclass(frozen=True)
class _Seen:
    """What the quarters compared show of a segment, season out.

    Attributes:
        back: The quarters compared, by how far back, ascending.
        test: Whether they differ, by more than chance.
        between: Mean of the quarters left out, by which the customers were chosen.
    """

    back: IntArray
    test: Steadiness
    between: float


def lookback_quarters(lookback_days: int, window: Window) -> int:
    """Return how many quarters before the open the features look at, each at least in part.

    Args:
        lookback_days: Days before the open that features look at.
        window: The quarter.

    >>> from datetime import date
    >>> lookback_quarters(365, Window(date(2026, 1, 1), date(2026, 4, 1)))
    4
    """
    length = _YEAR_QUARTER if window.days in _QUARTER else window.days
    return max(math.ceil(lookback_days / length - _SPILL), 1)


def durable_value(
    ledger: pd.DataFrame,
    assignments_open: pd.DataFrame,
    *,
    seed: int | Sequence[int],
    permutations: int = 999,
    most_quarters: int = 12,
    lookback_quarters: int = 4,
    period: str = "",
) -> pd.DataFrame:
    """Say for each segment whether its value came in one quarter, grew or faded.

    Customers are in a segment for what they did in the lookback, the quarters before the open that
    features look at. People chosen for having bought much bought less before and after, without
    any change. So only quarters that did not choose them are compared: the one after the open,
    and those before the lookback. A verdict must hold of the value as it came and with the season
    taken out: what a quarter brought of the customers of all other segments, if they are known
    throughout. Alone, the first would call a season a spike; the second would call it growth
    where only the others leave.

    A verdict other than ``durable`` needs both a permutation test within customers, corrected for
    all segments, and a size. A spike is 1.5 times the mean of the other quarters and 1.3 times the
    second highest. Growing or fading is a factor of 1.5 between the quarter after the open and
    those before the lookback, and the lookback must lie between them, or else it is this quarter
    alone that is high or low. Segments made by features that look further back than the lookback
    were chosen by the earlier quarters too, and are told to change too often.

    Args:
        ledger: ``customer_id``, ``quarters_back``, ``kind``, ``amount`` and ``complete``.
        assignments_open: ``customer_id`` and ``segment_id`` at the open of the quarter 0 back.
        seed: Seed of the permutations.
        permutations: Number of permutations.
        most_quarters: Quarters to look back at most.
        lookback_quarters: Quarters before the open by which the customers were chosen.
        period: The quarter that is 0 back, such as ``2026Q3``, by which sentences name quarters.

    Returns:
        A row per segment: ``customers`` in it, complete ``quarters`` compared, the
        ``lookback_quarters`` left out, mean ``value_index``, the ``verdict`` (``durable``: no
        change was shown; ``momentary``, ``growing``, ``fading``, or ``not enough history`` under
        three quarters with 30 customers, or without the quarter after the open),
        ``spike_quarters_back`` and whether the quarters compared since then are level
        (``level_since``), the ``ratio`` it rests on, of the spike or of after over before, its
        corrected ``p_value`` and a ``sentence``.

    Raises:
        ValueError: ``lookback_quarters`` is under 0.
    """
    if lookback_quarters < 0:
        raise ValueError(f"lookback_quarters = {lookback_quarters}, must be at least 0")
    placed, values, known, complete = quarter_matrix(ledger, assignments_open, most_quarters)
    segments, segment = sorted(placed.unique()), placed.to_numpy()
    history = value_history(ledger, assignments_open, most_quarters=most_quarters)
    index = history[history["complete"]].groupby("segment_id")["value_index"].mean()
    rows = []
    for name, branch in zip(segments, spawn_seeds(seed, max(len(segments), 1)), strict=False):
        own = segment == name
        row: dict[str, object] = {"segment_id": name, "customers": int(own.sum()), **_NOTHING}
        row["lookback_quarters"] = lookback_quarters
        used = _usable(known[own], complete, lookback_quarters)
        row["quarters"] = len(used)
        if len(used) >= FEWEST_QUARTERS and used[0] == 0:
            season = quarter_season(values, known, used, others=~own)
            plain, level = (
                _seen(amounts, known[own], used, branch, permutations)
                for amounts in (values[own], values[own] / season)
            )
            row |= _agreed(_judged(plain, 2 * len(segments)), _judged(level, 2 * len(segments)))
            row["value_index"] = float(index.get(name, np.nan))
        rows.append(row | {"sentence": verdict_sentence(row, period=period)})
    return pd.DataFrame(rows, columns=_COLUMNS)


def _usable(known: IntArray, complete: BoolArray, lookback: int) -> IntArray:
    """Quarters that did not choose the customers, complete and with customers enough."""
    back = np.arange(len(complete))
    enough = (known[:, None] > back).sum(axis=0) >= SMALLEST
    return np.flatnonzero(enough & complete & ((back == 0) | (back > lookback)))


def _seen(
    values: FloatArray,
    known: IntArray,
    used: IntArray,
    seed: np.random.SeedSequence,
    permutations: int,
) -> _Seen:
    # The quarters in use are counted anew, so that those left out do not count as known.
    long = (known[:, None] > used).sum(axis=1)
    # Who came since then has nothing to be compared with, and would only change the mean.
    there = long > 1
    test = steadiness_test(
        values[there][:, used],
        long[there],
        seed=int(seed.generate_state(1)[0]),
        permutations=permutations,
    )
    between = values[known > used[1]][:, 1 : used[1]]
    return _Seen(used, test, float(between.mean()) if between.size else np.nan)


def _judged(found: _Seen, questions: int) -> dict[str, object]:
    means, peak = found.test.means, found.test.peak
    spike = _factor(float(means[peak]), float(np.delete(means, peak).mean()))
    spike_p = min(found.test.peak_p * questions, 1.0)
    trend_p = min(found.test.trend_p * questions, 1.0)
    change = _factor(float(means[0]), float(means[1:].mean()))
    moved = found.test.trend * (1 if change > 1 else -1) > 0 and _runs_through(found)
    if trend_p <= _ERROR and moved and max(change, 1 / max(change, 1e-300)) >= _TREND:
        verdict = "growing" if change > 1 else "fading"
        if verdict == "growing" or not _one_high_quarter(means, peak):
            return {"verdict": verdict, "ratio": change, "p_value": trend_p}
    if spike_p <= _ERROR and spike >= _SPIKE and _one_high_quarter(means, peak):
        after = means[:peak]
        level = len(after) >= 2 and after.max() <= _SPIKE * after.min()
        return {"verdict": "momentary", "ratio": spike, "p_value": spike_p,
                "spike_quarters_back": float(found.back[peak]),
                "level_since": bool(level)}  # fmt: skip
    return {"verdict": "durable", "ratio": spike, "p_value": spike_p}


def _agreed(plain: dict[str, object], level: dict[str, object]) -> dict[str, object]:
    """What is found of the value as it came and with the season taken out; else no change."""
    same = ("verdict", "spike_quarters_back")
    if all(plain.get(name) == level.get(name) for name in same):
        return level
    return {**level, "verdict": "durable", "spike_quarters_back": np.nan, "level_since": False}


def _runs_through(found: _Seen) -> bool:
    """Tell a change that lasts from one quarter that is out of line, by the quarters between.

    The quarters between chose the customers and are no evidence of a change. They only decide what
    a change that the others show is called.
    """
    after, before = float(found.test.means[0]), float(found.test.means[1:].mean())
    if np.isnan(found.between) or min(after, before) <= 0:
        return True
    # A steady rate of change lies below the half way in amounts, whichever way it goes.
    if after > before:
        return found.between >= math.sqrt(after * before)
    return found.between <= (after + before) / 2


def _one_high_quarter(means: FloatArray, peak: int) -> bool:
    """Tell a spike from the end of a trend."""
    others = np.delete(means, peak)
    if means[peak] < _ABOVE_SECOND * others.max() or others.max() > _SPIKE * others.mean():
        return False
    # The oldest quarter may be where a decline begins: then the others go on falling.
    last = peak == len(means) - 1
    return not last or _factor(float(others[-1]), float(others[0])) < _ABOVE_SECOND


def _factor(above: float, below: float) -> float:
    if below > 0:
        return above / below
    return float("inf") if above > 0 else 1.0
