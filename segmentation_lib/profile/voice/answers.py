"""Which answers speak for a segment: those of its customers, in the quarter or the time before."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.calendar import Window

__all__ = ["placed_answers"]


def placed_answers(
    answers: pd.DataFrame, assignments: pd.DataFrame, window: Window
) -> pd.DataFrame:
    """Return the answers that customers of a segment gave in a window, with their segment.

    Args:
        answers: ``customer_id``, ``answered_at``, perhaps ``nps`` and ``comment``.
        assignments: ``customer_id`` and ``segment_id`` as of the open.
        window: The days to look at.

    Returns:
        ``customer_id, segment_id, answered_at, nps, comment`` in order of customer and time; a
        score outside 0 to 10 and an empty comment count as not given, and answers with neither
        are left out.
    """
    times = pd.to_datetime(answers["answered_at"])
    inside = (times >= pd.Timestamp(window.start)) & (times < pd.Timestamp(window.end))
    kept = pd.DataFrame(
        {
            "customer_id": answers["customer_id"].astype("str"),
            "answered_at": times,
            "nps": _scores(answers),
            "comment": _comments(answers),
        }
    )[inside]
    kept = kept[kept["nps"].notna() | (kept["comment"] != "")]
    placed = assignments.loc[assignments["segment_id"].notna(), ["customer_id", "segment_id"]]
    joined = kept.merge(placed.astype("str"), on="customer_id")
    columns = ["customer_id", "segment_id", "answered_at", "nps", "comment"]
    return joined.sort_values(
        ["customer_id", "answered_at", "comment", "nps"], ignore_index=True
    )[columns]  # fmt: skip


def _scores(answers: pd.DataFrame) -> pd.Series:
    if "nps" not in answers:
        return pd.Series(float("nan"), index=answers.index)
    scores = pd.to_numeric(answers["nps"], errors="coerce").astype("float64")
    return scores.where(scores.between(0, 10))


def _comments(answers: pd.DataFrame) -> pd.Series:
    if "comment" not in answers:
        return pd.Series("", index=answers.index)
    return answers["comment"].astype("object").fillna("").astype("str").str.strip()
