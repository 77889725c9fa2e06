"""Shares beside the number of customers they are of: such a pair is a count of people."""

from __future__ import annotations

import math

import pandas as pd

__all__ = ["few_in_share", "tells_few"]


def tells_few(share: float, customers: float, *, limit: int) -> bool:
    """Return whether a share stands for a few people: those who did, or those who did not.

    A share in whole percents with its interval, beside its base, is as good as the count: 98 %
    (97 % to 99 %) of 428 is 421, so 7 did not.

    Args:
        share: The share, from 0 to 1; a missing one tells nothing.
        customers: The customers that it is of.
        limit: Counts from 1 to ``limit - 1`` are of a few; nobody, and everybody, is told.

    >>> [tells_few(did / 428, 428, limit=10) for did in (0, 7, 10, 418, 421, 428)]
    [False, True, False, False, True, False]
    """
    if math.isnan(share) or math.isnan(customers):
        return False
    did = round(share * customers)
    return any(0 < people < limit for people in (did, round(customers) - did))


def few_in_share(share: pd.Series, customers: pd.Series, *, limit: int) -> pd.Series:
    """Return for each share whether it `tells_few`, on the index of ``share``.

    >>> few_in_share(pd.Series([421 / 428, 1.0]), pd.Series([428, 428]), limit=10).tolist()
    [True, False]
    """
    pairs = zip(share, customers, strict=True)
    found = [tells_few(float(own), float(of), limit=limit) for own, of in pairs]
    return pd.Series(found, index=share.index, dtype=bool)
