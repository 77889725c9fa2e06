"""Counts that lie inside one another, such as the steps of a funnel, rounded for pages.

Where one count is part of another, their difference is a count of people too: 158 who came, less
157 who went on, is one person. Rounded to whole limits (tens), two such counts differ by nothing
or by a whole limit, and whoever knows one of them exactly still has as many values as the limit
left for the other. Shares and intervals are worked out from the rounded counts, so that they tell
no more.

Source: deterministic rounding of counts (Hundepool et al. 2012, Statistical Disclosure Control,
chapter 5).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

__all__ = ["round_counts", "rounded", "rounding_note"]


def rounded(counts: pd.Series, *, limit: int) -> pd.Series:
    """Round counts to the nearest whole limit; a count of a few people is missing.

    Args:
        counts: Counts, at least 0; a missing one stays missing.
        limit: Counts from 1 to ``limit - 1`` are of a few; zero stays zero.

    Returns:
        Whole numbers, missing allowed. Larger counts never become smaller than smaller ones.

    >>> rounded(pd.Series([0, 1, 9, 10, 14, 15, 158]), limit=10).astype("object").tolist()
    [0, <NA>, <NA>, 10, 10, 20, 160]
    """
    whole = counts.astype("Int64")
    near = ((whole + limit // 2) // limit) * limit
    return near.mask(whole.between(1, limit - 1).fillna(False))


def round_counts(
    frame: pd.DataFrame,
    *columns: str,
    limit: int,
    parts: str | None = None,
    total: str = "(all)",
    within: Sequence[str] = (),
) -> pd.DataFrame:
    """Round columns of counts that lie inside others; a total is the sum of its rounded parts.

    A count that is nearest to the limit is missing too: it is 10 to 14, and less 15 people that
    another page shows exactly that would leave one to five. A total that was rounded for itself
    could tell, with its parts, on which side of a ten one of them lies. Their sum tells nothing
    that is not shown.

    Args:
        frame: One row per count, or per set of counts.
        *columns: The columns of counts.
        limit: Counts under one and a half of it, but zero, become missing.
        parts: The column that tells parts and total apart; None if there is no total.
        total: Its value in rows of totals.
        within: Columns of which each value has a total of its own, such as the step.

    Returns:
        A copy. A total of parts that are all of a few is missing.
    """
    near = {name: rounded(frame[name], limit=limit) for name in columns}
    result = frame.assign(**{name: own.mask(own == limit) for name, own in near.items()})
    if parts is None:
        return result
    whole = (frame[parts].astype("str") == total).to_numpy()
    if not whole.any() or whole.all():
        return result
    key = pd.MultiIndex.from_frame(frame[list(within)]) if within else pd.Index([0] * len(frame))
    for name in columns:
        of_part = pd.Series(result[name].to_numpy()[~whole], key[~whole]).astype("Int64")
        level = list(range(key.nlevels))
        sums = of_part.groupby(level=level).sum().reindex(key[whole])
        nothing = (frame[name].to_numpy()[whole] > 0) & (sums == 0).to_numpy(bool, na_value=False)
        alone = sums.isna().to_numpy()
        kept = sums.mask(nothing).to_numpy(dtype=object)
        own = result[name].to_numpy(dtype=object).copy()
        own[whole] = np.where(alone, own[whole], kept)
        result[name] = pd.array(own, dtype="Int64")
    return result


def rounding_note(limit: int) -> str:
    """Say under a table that its counts are rounded.

    >>> rounding_note(10)
    'Counts are rounded to the nearest 10, so that no two of them tell of a few people.'
    """
    return (
        f"Counts are rounded to the nearest {limit}, so that no two of them tell of a few people."
    )
