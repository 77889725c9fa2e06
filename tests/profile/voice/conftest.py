"""Answers made by hand for the tests of the voice."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def told(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Return placed answers from (customer, segment, comment), all of one day."""
    frame = pd.DataFrame(rows, columns=["customer_id", "segment_id", "comment"])
    return frame.assign(answered_at=pd.Timestamp("2025-08-01"), nps=9.0)


def crowd(segment_id: str, comments: Sequence[str], *, each: int) -> list[tuple[str, str, str]]:
    """Return that many customers of a segment for each comment."""
    return [
        (f"{segment_id}-{place:02}-{number:03}", segment_id, comment)
        for place, comment in enumerate(comments)
        for number in range(each)
    ]
