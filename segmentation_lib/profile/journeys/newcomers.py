"""Who is new: who is first seen so late that an old customer would have been seen before."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["washout"]

# Half a year without a sign of life is a long pause in most trades.
_LEAST_DAYS = 180
_PAUSES = 0.95


def washout(days: pd.DataFrame, history: int) -> int:
    """Return for how many days after the start of a history nobody can be told to be new.

    A history that begins in the middle of things sees old customers for the first time. They are
    sorted out by waiting as long as 95 % of the pauses between two days of one customer last,
    at least 180 days, but for no more than half of the history.

    Args:
        days: ``customer_id`` and ``day``, all history.
        history: Days from the first of them to the close.

    >>> days = pd.DataFrame({"customer_id": ["a", "a"], "day": pd.to_datetime(["2025-01-01"] * 2)})
    >>> washout(days, 100), washout(days, 1000)
    (50, 180)
    """
    ordered = days.drop_duplicates(["customer_id", "day"]).sort_values(["customer_id", "day"])
    pauses = ordered.groupby("customer_id")["day"].diff().dt.days.dropna()
    longest = float(pauses.quantile(_PAUSES)) if len(pauses) else 0.0
    return int(min(max(_LEAST_DAYS, np.ceil(longest)), history // 2))
