"""Simple groupings that segments must be measured against: RFM tiers, tiers of one feature."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from segmentation_lib.stats.arrays import FloatArray, IntArray

__all__ = ["feature_tiers", "rfm_tiers"]

_RFM = ("recency", "frequency", "monetary")
_FEWEST_FOR_GRID = 4


def rfm_tiers(features: pd.DataFrame, k: int) -> IntArray | None:
    """Return tiers of recency, frequency and monetary value; None where one of them is missing.

    From four groups on it is the usual grid: tiers of recency across tiers of frequency and
    monetary value (their mean rank), about ``k`` cells, never fewer. With two or three groups
    there is no grid, and the mean rank of all three is cut.

    Args:
        features: Customers with the columns ``recency``, ``frequency`` and ``monetary``.
        k: Number of groups to compare with.

    Returns:
        Tier of each customer, from 0.
    """
    if not set(_RFM) <= set(features.columns):
        return None
    recency, frequency, monetary = (_ranks(features[name]) for name in _RFM)
    worth = (frequency + monetary) / 2
    if k < _FEWEST_FOR_GRID:
        return _cut((1 - recency + 2 * worth) / 3, k)
    rows = int(np.sqrt(k))
    columns = -(-k // rows)
    return _cut(1 - recency, rows) * columns + _cut(worth, columns)


def feature_tiers(values: pd.Series, k: int) -> IntArray:
    """Return tiers of one feature: about equal shares of a number, the commonest levels of text.

    Args:
        values: A feature; equal values share a tier, a missing number counts as the median.
        k: Tiers at most.

    Returns:
        Tier of each customer, from 0; all 0 where there is one value only.

    >>> feature_tiers(pd.Series([5.0, 1.0, 9.0, 1.0]), 2).tolist()
    [1, 0, 1, 0]
    """
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        return _cut(_ranks(values), k)
    text = values.astype("str").fillna("")
    counts = text.value_counts()
    common = sorted(counts.index, key=lambda level: (-int(counts[level]), level))[: k - 1]
    places = {level: place for place, level in enumerate(common)}
    tiers = text.map(places).fillna(len(common)).to_numpy(dtype=np.int64)
    return np.asarray(tiers, dtype=np.int64)


def _ranks(values: pd.Series) -> FloatArray:
    """Ranks as shares of the rows, equal values sharing their mean rank."""
    number = values.to_numpy(dtype=np.float64, na_value=np.nan)
    known = number[~np.isnan(number)]
    filled = np.where(np.isnan(number), np.median(known) if len(known) else 0.0, number)
    return np.asarray((rankdata(filled) - 0.5) / max(len(filled), 1), dtype=np.float64)


def _cut(shares: FloatArray, k: int) -> IntArray:
    """Cut ranks into at most ``k`` tiers of about equal size; equal ranks stay together."""
    fair = (rankdata(shares) - 0.5) / max(len(shares), 1)
    tiers = np.floor(fair * k).astype(np.int64)
    _, numbered = np.unique(tiers, return_inverse=True)
    return np.asarray(numbered, dtype=np.int64)
