"""What marketing could do: content that is missing, plays, win-backs, and when to remind."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from segmentation_lib.implement.areas.plays import plays
from segmentation_lib.implement.areas.sources import AreaSources, Candidate
from segmentation_lib.profile.wording import against_average, count, listing, number, percent
from segmentation_lib.words import capitalised, event_words

__all__ = ["marketing"]

_CHANNELS = ("email", "mail", "ad", "ads", "landing page", "social", "sms", "push", "newsletter",
             "search", "web")  # fmt: skip
_LOW = 0.8


def marketing(sources: AreaSources) -> Iterator[Candidate]:
    """Return what marketing could do, the most pressing first.

    Args:
        sources: The artefacts of the quarter.
    """
    yield from _content(sources)
    yield from plays(sources, _CHANNELS)
    yield from _win_back(sources)
    yield from _remind(sources)
    yield from _message(sources)


def _content(sources: AreaSources) -> Iterator[Candidate]:
    gaps = sources.content_gaps
    if gaps is None or gaps.empty:
        return
    for segment, rows in gaps.groupby("segment_id", sort=False):
        name = str(segment)
        if name not in sources.names:
            continue
        channels = [str(one) for one in rows["channel"] if one and not pd.isna(one)]
        where = f" for {listing(channels)}" if channels else " of its own"
        worth = against_average(float(rows["value_index"].iloc[0]) / 100)
        yield Candidate(
            name, "content", f"Make content for {sources.title(name)}{where}",
            f"A customer in it is worth {worth}, and the content library holds nothing live "
            f"for it{'' if not channels else ' there'}.",
            "association", sources.measured(sources.kpi("active", "visited"), name), 30,
        )  # fmt: skip


def _win_back(sources: AreaSources) -> Iterator[Candidate]:
    kpi = sources.kpi("active", "visited")
    average = sources.overall(kpi)
    if kpi not in ("active", "visited") or average is None:
        return
    below = [r for r in sources.rows(kpi) if r["high"] < average and r["value"] <= _LOW * average]
    did = "were active" if kpi == "active" else "visited"
    for row in sorted(below, key=lambda r: (-(average - r["value"]) * r["customers"],
                                            r["segment_id"])):  # fmt: skip
        name, (value, interval) = str(row["segment_id"]), sources.figures(row)
        own = f"{value} of its customers {did} in the quarter"
        own += f" (95% interval {interval})" if interval else ""
        yield Candidate(
            name, "silent", f"Plan a win-back for {sources.title(name)}, with a control group",
            f"{capitalised(own)}, against {percent(average)} of all.",
            "association", sources.measured(kpi, name), 45,
        )  # fmt: skip


def _remind(sources: AreaSources) -> Iterator[Candidate]:
    if sources.nudges is None:
        return
    rows = sources.nudges
    rows = rows[(rows["verdict"] == "found") & rows["segment_id"].isin(list(sources.names))]
    for row in rows.sort_values(["goals", "segment_id"], ascending=[False, True]).to_dict(
        "records"
    ):
        name, goal = str(row["segment_id"]), event_words(row["goal"])
        start, day = event_words(row["trigger"]), math.ceil(row["day"])
        yield Candidate(
            name, "remind",
            f"Remind {sources.title(name)} from day {day} after {start} on, not earlier",
            f"{percent(row['completed'])} get from {start} to {goal} by themselves; half of them "
            f"within {number(row['median_day'])} days. Of those still waiting on day {day}, about "
            f"{percent(row['still_of_waiting'])} would yet come unreminded.",
            "association", f"share who get from {start} to {goal}, against a group not reminded",
            45,
        )  # fmt: skip


def _message(sources: AreaSources) -> Iterator[Candidate]:
    for card in sorted(sources.by_worth, key=lambda c: (-c["customers"], c["id"])):
        kpi = sources.kpi("active", "visited", "orders")
        traits = [str(trait["phrase"]) for trait in card["traits"][:2]]
        about = f": it is {listing(traits)}" if traits else ""
        yield Candidate(
            card["id"], "message",
            f"Test one message in {sources.title(card['id'])} against a control group",
            f"It has {count(card['customers'])} customers{about}. Whether a message "
            "changes what they do is not known until it is tested.",
            "assumption", sources.measured(kpi, card["id"]), 30,
        )  # fmt: skip
