"""What is said of a funnel as a whole: who went through it, and who got to its end another way."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.profile.wording import count, plural
from segmentation_lib.words import event_words

__all__ = ["funnel_sentences"]


def funnel_sentences(funnels: pd.DataFrame, *, few: int = 10) -> list[str]:
    """Say of each funnel how many reached its end in its order, and how many did so at all.

    A funnel is strict: who buys without it, in another order or in a later visit has not gone
    through it, and has bought all the same.

    Args:
        funnels: Results of `funnel`, one below the other.
        few: Counts of fewer people are not told.
    """
    everyone = funnels[funnels["segment_id"] == ALL_SEGMENTS]
    last = everyone.sort_values(["funnel", "step"], kind="stable").groupby("funnel", sort=False)
    return [_sentence(row, few) for row in last.tail(1).to_dict("records")]


def _sentence(row: Mapping[Hashable, Any], few: int) -> str:
    noun = str(row["counted"])[:-1]
    what, reached, did = event_words(row["event"]), int(row["reached"]), int(row["did"])
    start = f"{row['funnel']}: "
    if not did:
        return f"{start}no {noun} got to {what}, in this order or in any other way."
    if did < few:
        return f"{start}under {few} {noun}s got to {what}, in whatever way."
    here = f"{start}{_people(reached, noun, few)} got to {what} in this order"
    if did - reached < few:
        return f"{here}, {'nearly ' if did > reached else ''}all who did it at all in the quarter."
    return (
        f"{here}; {count(did)} did it at all in the quarter, the others in another order, over a "
        "longer time or without a step before."
    )


def _people(number: int, noun: str, few: int) -> str:
    return f"under {few} {noun}s" if 0 < number < few else plural(number, noun)
