"""Counts of a few people are not published."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

__all__ = ["suppress", "without_few"]


def suppress(
    frame: pd.DataFrame, column: str, *, limit: int, derived: Sequence[str] = ()
) -> pd.DataFrame:
    """Blank the counts under ``limit``, and what was computed from them.

    Zero stays: nobody is in that cell. This is primary suppression: where a published total
    leaves one blank cell in a row, the cell can still be worked out.

    Args:
        frame: A table with one count per row.
        column: The column of counts.
        limit: Counts from 1 to ``limit - 1`` are blanked.
        derived: Columns that would give the count away, such as its share.

    Returns:
        A copy with blanks, and with ``<column>_shown``: the count as text, ``<10`` where blank.

    >>> suppress(pd.DataFrame({"n": [0, 4, 1200]}), "n", limit=10)["n_shown"].tolist()
    ['0', '<10', '1,200']
    """
    small = (frame[column] > 0) & (frame[column] < limit)
    result = frame.copy()
    result[f"{column}_shown"] = frame[column].map("{:,}".format).mask(small, f"<{limit}")
    result[column] = frame[column].astype("Int64").mask(small)
    for name in derived:
        result[name] = frame[name].mask(small)
    return result


def without_few(frame: pd.DataFrame, *columns: str, limit: int) -> pd.DataFrame:
    """Leave out the rows that stand on fewer than ``limit`` people.

    Args:
        frame: A table with counts of people.
        *columns: Its columns of counts; a missing count is no count and stays.
        limit: The fewest people that are shown.
    """
    few = (frame[list(columns)] < limit).any(axis=1)
    return frame[~few].reset_index(drop=True)
