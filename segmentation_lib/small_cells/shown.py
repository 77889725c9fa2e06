"""Tables as pages show them: small counts as ``<10``, and those that would give them away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from segmentation_lib.small_cells.protect import hide_parts, hide_table

__all__ = ["HIDDEN", "suppress", "suppress_flows", "suppress_parts", "without_few"]

HIDDEN = "hidden"
"""What stands for a count that would give a small one away."""


def suppress(
    frame: pd.DataFrame, column: str, *, limit: int, derived: Sequence[str] = ()
) -> pd.DataFrame:
    """Blank the counts under ``limit``, and what was computed from them.

    Zero stays: nobody is in that cell. This is primary suppression: where a published total
    leaves one blank cell in a row, the cell can still be worked out; `suppress_parts` and
    `suppress_flows` see to that.

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
    return _blanked(frame, column, small, small, limit, derived)


def suppress_parts(
    frame: pd.DataFrame,
    column: str,
    *,
    limit: int,
    derived: Sequence[str] = (),
    keep: pd.Series | None = None,
) -> pd.DataFrame:
    """Blank small counts of the parts of a known total, and what would give them away.

    Args:
        frame: A table whose counts add up to a total that readers know.
        column: The column of counts, without missing values.
        limit: Counts from 1 to ``limit - 1`` are small.
        derived: Columns that would give a count away, such as its share.
        keep: Rows to be shown unless they are small themselves, or nothing else protects.

    Returns:
        A copy as from `suppress`, with ``hidden`` as the text of counts blanked for others. Its
        ``attrs["total_hidden"]`` says whether the total must not be shown either.

    >>> frame = pd.DataFrame({"n": [4, 30, 1200]})
    >>> suppress_parts(frame, "n", limit=10)["n_shown"].tolist()
    ['<10', 'hidden', '1,200']
    """
    counts = frame[column].to_numpy(dtype=np.int64)
    kept = None if keep is None else keep.to_numpy(dtype=bool)
    choice = hide_parts(counts, limit=limit, keep=kept)
    small, hidden = (pd.Series(x[:-1], frame.index) for x in (choice.small, choice.hidden))
    result = _blanked(frame, column, small, hidden, limit, derived)
    result.attrs["total_hidden"] = bool(choice.hidden[-1])
    return result


def suppress_flows(
    frame: pd.DataFrame,
    column: str,
    *,
    rows: str,
    columns: str,
    limit: int,
    derived: Sequence[str] = (),
    totals_stay: bool = True,
) -> pd.DataFrame:
    """Blank small counts of a table of two ways whose totals are known, as sizes of segments are.

    Args:
        frame: One count per pair of ``rows`` and ``columns``; a pair that is absent has none.
        column: The column of counts, without missing values.
        rows: The column of the first way, such as ``from``.
        columns: The column of the second way, such as ``to``.
        limit: Counts from 1 to ``limit - 1`` are small.
        derived: Columns that would give a count away, such as its share.
        totals_stay: The totals are shown elsewhere, but for the small ones, so hiding one would
            protect nothing.

    Returns:
        A copy as from `suppress`, with ``hidden`` as the text of counts blanked for others. Its
        ``attrs["rows_hidden"]`` and ``attrs["columns_hidden"]`` name the totals that must not be
        shown, and ``attrs["total_hidden"]`` says so of the grand total. Where totals that are
        shown elsewhere would give a small count away whatever else is hidden,
        ``attrs["withheld"]`` is true: every count is blank, and the table is better left out.

    >>> flows = pd.DataFrame({"a": ["x", "x", "y", "y"], "b": ["u", "v"] * 2,
    ...                       "n": [4, 60, 50, 90]})
    >>> suppress_flows(flows, "n", rows="a", columns="b", limit=10)["n_shown"].tolist()
    ['<10', 'hidden', 'hidden', 'hidden']
    """
    names = [sorted(frame[way].astype(str).unique()) for way in (rows, columns)]
    at = [pd.Index(n).get_indexer(frame[w].astype(str)) for n, w in zip(names, (rows, columns),
                                                                        strict=True)]  # fmt: skip
    table = np.zeros((len(names[0]), len(names[1])), dtype=np.int64)
    np.add.at(table, (at[0], at[1]), frame[column].to_numpy(dtype=np.int64))
    choice = hide_table(table, limit=limit, totals_stay=totals_stay)
    small = pd.Series(choice.small[at[0], at[1]], frame.index)
    hidden = pd.Series(choice.hidden[at[0], at[1]], frame.index)
    result = _blanked(frame, column, small & (not choice.withheld), hidden, limit, derived)
    result.attrs["withheld"] = choice.withheld
    ends = choice.hidden[:-1, -1], choice.hidden[-1, :-1]
    for key, way, flags in zip(("rows_hidden", "columns_hidden"), names, ends, strict=True):
        result.attrs[key] = [name for name, flag in zip(way, flags, strict=True) if flag]
    result.attrs["total_hidden"] = bool(choice.hidden[-1, -1])
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


def _blanked(
    frame: pd.DataFrame,
    column: str,
    small: pd.Series,
    hidden: pd.Series,
    limit: int,
    derived: Sequence[str],
) -> pd.DataFrame:
    result = frame.copy()
    shown = frame[column].map("{:,}".format).mask(hidden, HIDDEN)
    result[f"{column}_shown"] = shown.mask(small, f"<{limit}")
    result[column] = frame[column].astype("Int64").mask(hidden)
    for name in derived:
        result[name] = frame[name].mask(hidden)
    return result
