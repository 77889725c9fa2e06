"""Which counts of a funnel are not shown, because they would tell of a few people."""

from __future__ import annotations

import pandas as pd

__all__ = ["few", "hidden_among", "hidden_steps"]

_EVERYONE = "(all)"


def few(counts: pd.Series, limit: int) -> pd.Series:
    """Return which counts stand for a few people: 1 to one less than the limit.

    >>> few(pd.Series([0, 1, 9, 10]), 10).tolist()
    [False, True, True, False]
    """
    return counts.between(1, limit - 1)


def hidden_steps(rows: pd.DataFrame, limit: int) -> pd.Series:
    """Return what is said instead of a step's numbers; nothing where they are shown.

    A step is not told if a few people reached it, or none; nor if the total less the other
    segments would give away a count that is not told.

    Args:
        rows: ``segment_id`` (``(all)`` for the total), ``step``, ``reached``.
        limit: Counts under this are of a few people.
    """
    small = rows["reached"] < limit
    more = hidden_among(rows, rows["reached"], small, limit)
    said = pd.Series("", index=rows.index).mask(more, "not shown")
    return said.mask(small, f"under {limit} people")


def hidden_among(rows: pd.DataFrame, counts: pd.Series, hidden: pd.Series, limit: int) -> pd.Series:
    """Hide counts of a few people, and further ones until a total gives none of them away.

    Args:
        rows: ``segment_id`` (``(all)`` for the total) and ``step``; segments add up to the total.
        counts: A count per row.
        hidden: Rows that are hidden for another reason.
        limit: Counts under this are of a few people.

    Returns:
        Which rows are hidden: in each step whose total is shown, no segment or at least two, with
        at least ``limit`` people between them.
    """
    hidden = hidden | few(counts, limit)
    everyone = rows["segment_id"].astype("str") == _EVERYONE
    for _, own in rows[~everyone].groupby("step"):
        total = everyone & (rows["step"] == own["step"].iloc[0])
        if not total.any() or hidden[total].all():
            continue
        out = hidden[own.index]
        rest = counts[own.index][~out].sort_values(kind="stable")
        while out.any() and len(rest) and (out.sum() < 2 or counts[own.index][out].sum() < limit):
            out[rest.index[0]] = True
            rest = rest.iloc[1:]
        hidden = hidden.where(~hidden.index.isin(out[out].index), True)
    return hidden.astype("bool")
