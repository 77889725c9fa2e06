"""What is said of pages that hold customers up."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from segmentation_lib.profile.journeys.shown import shown_friction
from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.profile.wording import count, percent, titled
from segmentation_lib.words import event_words

__all__ = ["friction_sentences"]


def friction_sentences(
    friction: pd.DataFrame,
    progress: pd.DataFrame,
    names: Mapping[str, str],
    *,
    most: int = 5,
    few: int = 10,
) -> list[str]:
    """Say where customers go round in circles, each page once, the worst first.

    Args:
        friction: The result of `page_friction`.
        progress: The result of `session_progress`; told only if no page stands out.
        names: Name of each segment, by ID.
        most: Lines at most.
        few: Counts are told rounded to these, those of fewer people not at all.
    """
    friction = shown_friction(friction, few=few)
    stuck = friction[friction["verdict"] == "friction"].sort_values("rank")
    own = stuck.assign(everyone=stuck["segment_id"] == ALL_SEGMENTS)
    # Of a page, the segment that stands out says more than everybody.
    own = own.sort_values(["everyone", "rank"]).drop_duplicates("event")
    own = own.sort_values(["difference", "event"], ascending=[False, True])
    if len(own):
        return [_told(row, names) for row in own.head(most).to_dict("records")]
    slow = progress[progress["verdict"] == "more"]
    slow = slow.sort_values(["difference", "segment_id"], ascending=[False, True])
    lines = [
        f"{titled(str(row['segment_id']), names)} more often take long and get little further: "
        f"{percent(row['stalled_share'])} of their visits, against {percent(row['rest_share'])} "
        "of the others'."
        for row in slow.head(most).to_dict("records")
    ]
    return lines or ["No page holds customers up more than others do."]


def _told(row: Mapping[Hashable, Any], names: Mapping[str, str]) -> str:
    page = event_words(row["event"])
    rate, norm = percent(row["loop_rate"]), percent(row["norm"])
    who = "A few customers" if pd.isna(row["stuck"]) else f"About {count(row['stuck'])} customers"
    if row["segment_id"] == ALL_SEGMENTS:
        return (
            f"{who} go round in circles on {page}: {rate} of the visits to it come back with "
            f"nothing new, against {norm} expected of a page visited so often."
        )
    return (
        f"{who} of {titled(str(row['segment_id']), names)} go round in circles on {page}: {rate} "
        f"of the segment's visits to it come back with nothing new, against {norm} expected from "
        "the others."
    )
