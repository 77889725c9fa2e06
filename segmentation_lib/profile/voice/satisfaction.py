"""How many of a segment answered, and their Net Promoter Score with its interval."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.stats.intervals import wilson_interval
from segmentation_lib.stats.net_promoter import net_promoter_interval

__all__ = ["satisfaction_table"]

# Fewer scores are shown with their wide interval, but not compared.
_ENOUGH = 30
_PROMOTER, _PASSIVE = 8.5, 6.5
_COLUMNS = ["segment_id", "customers", "answered", "answer_rate", "answer_low", "answer_high",
            "scored", "promoters", "passives", "detractors", "nps", "nps_low", "nps_high",
            "enough", "comments"]  # fmt: skip


def satisfaction_table(
    answers: pd.DataFrame, assignments: pd.DataFrame, *, small_cell: int = 10
) -> pd.DataFrame:
    """Count who answered, and score them, by segment at the open.

    A customer who answered more than once counts once, with the last score that was given.

    Args:
        answers: What `placed_answers` returned for the quarter.
        assignments: ``customer_id`` and ``segment_id`` as of the open.
        small_cell: Scores of fewer people than this are not given.

    Returns:
        A row per segment and one for ``(all)``: ``segment_id, customers, answered, answer_rate,
        answer_low, answer_high`` (of all customers in the segment: who was asked is not known),
        ``scored, promoters, passives, detractors, nps, nps_low, nps_high`` (points from -100 to
        100, 95 % interval; empty under ``small_cell``), ``enough`` (30 scores or more) and
        ``comments`` (customers who wrote something).
    """
    placed = assignments.loc[assignments["segment_id"].notna(), "segment_id"].astype("str")
    sizes = placed.value_counts()
    rows = [
        _row(name, int(sizes[name]), answers[answers["segment_id"] == name], small_cell)
        for name in sorted(sizes.index)
    ]
    if rows:
        rows.append(_row(ALL_SEGMENTS, int(sizes.sum()), answers, small_cell))
    return pd.DataFrame(rows, columns=_COLUMNS)


def _row(name: str, customers: int, answers: pd.DataFrame, small_cell: int) -> list[object]:
    answered = answers["customer_id"].nunique()
    rate = wilson_interval(answered, customers)
    given = answers[answers["nps"].notna()]
    last = given.drop_duplicates("customer_id", keep="last")["nps"]
    promoters, detractors = int((last > _PROMOTER).sum()), int((last < _PASSIVE).sum())
    counts: list[float] = [promoters, len(last) - promoters - detractors, detractors]
    score = net_promoter_interval(promoters, len(last) - promoters - detractors, detractors)
    points = [score.value, score.low, score.high]
    if len(last) < small_cell:
        counts, points = [np.nan] * 3, [np.nan] * 3
    comments = answers.loc[answers["comment"] != "", "customer_id"].nunique()
    return [name, customers, answered, rate.value, rate.low, rate.high, len(last), *counts,
            *points, len(last) >= _ENOUGH, comments]  # fmt: skip
