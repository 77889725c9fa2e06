"""What is said of a funnel as a whole: who went through it, and who got to its end another way."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.profile.wording import count
from segmentation_lib.small_cells import round_counts
from segmentation_lib.words import event_words

__all__ = ["funnel_sentences"]


def funnel_sentences(funnels: pd.DataFrame, *, few: int = 10) -> list[str]:
    """Say of each funnel how many reached its end in its order, and how many did so at all.

    A funnel is strict: who buys without it, in another order or in a later visit has not gone
    through it, and has bought all the same.

    Args:
        funnels: Results of `funnel`, one below the other.
        few: Counts are told rounded to these, those of fewer people not at all.
    """
    funnels = round_counts(
        funnels, "reached", "did", limit=few, parts="segment_id", total=ALL_SEGMENTS,
        within=["funnel", "step"],
    )  # fmt: skip
    everyone = funnels[funnels["segment_id"] == ALL_SEGMENTS]
    last = everyone.sort_values(["funnel", "step"], kind="stable").groupby("funnel", sort=False)
    return [_sentence(row) for row in last.tail(1).to_dict("records")]


def _sentence(row: Mapping[Hashable, Any]) -> str:
    noun = str(row["counted"])[:-1]
    what, reached, did = event_words(row["event"]), row["reached"], row["did"]
    start = f"{row['funnel']}: "
    if pd.isna(did):
        return f"{start}too few {noun}s to show got to {what}, in whatever way."
    if did == 0:
        return f"{start}no {noun} got to {what}, in this order or in any other way."
    people = "too few" if pd.isna(reached) else f"about {count(reached)}" if reached else "no"
    here = f"{start}{people} {noun}s got to {what} in this order"
    if not pd.isna(reached) and did == reached:
        return f"{here}, all or nearly all who did it at all in the quarter."
    return (
        f"{here}; about {count(did)} did it at all in the quarter, the others in another order, "
        "over a longer time or without a step before."
    )
