"""What is said of the ways that go with success and with stalling."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.profile.journeys.paths import PatternStudy
from segmentation_lib.profile.journeys.subsequences import APART, THEN
from segmentation_lib.profile.wording import count, listing, percent, plural, titled
from segmentation_lib.words import event_words

__all__ = ["pattern_sentences", "shown_patterns"]


def pattern_sentences(
    study: PatternStudy,
    names: Mapping[str, str] | None = None,
    *,
    success: str = "a purchase",
    most: int = 3,
    few: int = 10,
) -> list[str]:
    """Say what goes with success and with stalling, in plain words.

    An event is told once of each kind: orders around the same rare event are one finding.

    Args:
        study: The study.
        names: Name of each segment, by ID.
        success: What the success is, in words.
        most: Orders named of each kind.
        few: Counts of fewer customers are not told, nor shares that would give them away.
    """
    whose = "customer" if study.unit == "customer" else "visit"
    if not study.successes or study.successes == study.journeys:
        end = "ended" if study.successes else "did not end"
        return [
            f"All {plural(study.journeys, whose)} {end} in {success}, so there is nothing to "
            "compare."
        ]
    if study.patterns["p_value"].isna().all():
        return [
            f"Too few {whose}s with and without {success} are alike, so nothing can be said about "
            f"what goes with {success}."
        ]
    sentences = [
        _sentence(row, whose, success, names or {}, few)
        for verdict in ("stalling", "success")
        for row in _told_once(study.patterns, verdict)[:most]
    ]
    if sentences:
        return [*sentences, "What goes with success need not cause it; only a test shows that."]
    return [
        f"No step stands out: {plural(study.successes, whose)} with {success} went the same ways "
        f"as {count(study.journeys - study.successes)} without."
    ]


def _told_once(patterns: pd.DataFrame, verdict: str) -> list[dict[Hashable, Any]]:
    """Return the findings of a kind, the first of those that share their rarest event."""
    single = patterns[patterns["length"] == 1].set_index("pattern")
    journeys = (single["success_with"] + single["stalled_with"]).to_dict()
    told, rows = set(), []
    for row in patterns[patterns["verdict"] == verdict].to_dict("records"):
        events = _events(str(row["pattern"]))
        rarest = min(events, key=lambda event: (journeys.get(event, 0), event))
        if rarest not in told:
            rows.append(row)
        told.add(rarest)
    return rows


def _sentence(
    row: Mapping[Hashable, Any], whose: str, success: str, names: Mapping[str, str], few: int
) -> str:
    events = [event_words(event) for event in _events(str(row["pattern"]))]
    what = f"with {events[0]}" if len(events) == 1 else f"that go {_way(events)}"
    among = "the same other steps" if len(events) == 1 else "the same steps in another order"
    text = (
        f"{whose.capitalize()}s {what} ({_people(row)}) end in {success} {_share(row, few)}; "
        f"without, {percent(row['share_without'])} do (same segment, {among})."
    )
    if not row["most_in"] or _small(row, few):
        return text
    return (
        f"{text} The gap is widest in {titled(str(row['most_in']), names)}: "
        f"{percent(row['most_with'])} against {percent(row['most_without'])}."
    )


def shown_patterns(patterns: pd.DataFrame, *, few: int = 10) -> pd.DataFrame:
    """Return patterns as a page may show them: without shares that stand for a few people.

    Args:
        patterns: ``patterns`` of a study.
        few: Where fewer customers came to a success with an order, or fewer did not, the share of
            successes is missing, and so are the odds that follow from it.
    """
    small = [_small(row, few) for row in patterns.to_dict("records")]
    told = ["share_with", "most_with", "odds_ratio", "crude_odds_ratio"]
    return patterns.assign(**{name: patterns[name].mask(np.array(small, bool)) for name in told})


def _small(row: Mapping[Hashable, Any], few: int) -> bool:
    return any(0 < row[f"{who}_customers"] < few for who in ("successful", "other"))


def _share(row: Mapping[Hashable, Any], few: int) -> str:
    if 0 < row["successful_customers"] < few:
        return f"for under {few} of them"
    if 0 < row["other_customers"] < few:
        return f"for all but under {few} of them"
    return f"in {percent(row['share_with'])}"


def _people(row: Mapping[Hashable, Any]) -> str:
    return plural(int(row["customers"]), "customer")


def _events(pattern: str) -> list[str]:
    return pattern.split(APART if APART in pattern else THEN)


def _way(events: list[str]) -> str:
    """Return an order of events in words.

    >>> _way(["cart", "page", "cart"]), _way(["page", "cart"])
    ('from cart to page and back to cart', 'from page to cart')
    """
    ends = [f"{'back ' if event in events[:n] else ''}to {event}" for n, event in
            enumerate(events) if n]  # fmt: skip
    return f"from {events[0]} {listing(ends)}"
