"""Tables of the profile page: which columns of an artefact are shown, and what they are called.

Each function returns what `report.table` takes: the frame, its caption, formats and headings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from segmentation_lib.profile.markers import marker_table
from segmentation_lib.profile.value import ALL_SEGMENTS, LifetimeValue, value_formats
from segmentation_lib.small_cells import without_few
from segmentation_lib.words import event_words

__all__ = [
    "circles",
    "first_days",
    "forecast",
    "marks",
    "moves",
    "segments_only",
    "sources",
    "spoken",
    "told_apart",
    "waits",
    "ways",
    "worth",
]

Sheet = dict[str, Any]


def segments_only(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out the row of all customers, which a chart of segments does not draw."""
    return frame[frame["segment_id"] != ALL_SEGMENTS]


def marks(markers: pd.DataFrame, *, names: Mapping[str, str], few: int) -> Sheet:
    """Show the marks of each segment; shares of few people are not told."""
    return {
        "frame": marker_table(markers, names=names, few=few),
        "caption": "What is more, and less, common in a segment than among all others",
        "formats": {"segment_id": "segment"},
        "headers": {"more": "More common", "less": "Less common"},
    }


def worth(value: pd.DataFrame, *, measure: str) -> Sheet:
    """Show what each segment is worth; takes the artefact ``segment_value``."""
    return {
        "frame": value.drop(columns=["measure", "unit"]),
        "caption": f"Value: {measure}",
        "formats": value_formats(value),
        "row_header": "segment_id",
    }


def moves(transitions: pd.DataFrame, *, few: int, most: int = 10) -> list[str]:
    """Return the sentences of the steps that set a segment apart; few people are left out."""
    rows = without_few(transitions, "customers", limit=few)
    return list(rows[rows["verdict"].isin(["more", "less"])].head(most)["sentence"])


def spoken(said: pd.DataFrame) -> Sheet:
    """Show the words and the score of each segment; takes what `Voice.by_segment` returned.

    Where no segment has either, no row is left.
    """
    told = said["words"].ne("").any() or said["nps"].notna().any()
    return {
        "frame": said if told else said.head(0),
        "caption": "What they speak of more than all others do",
        "formats": {"segment_id": "segment", "nps": "signed0"},
        "headers": {"words": "Their words", "nps": "Net promoter score", "scored": "Scores"},
    }


def told_apart(segments: pd.DataFrame) -> Sheet:
    """Show how well each segment is told from descriptors; takes `Membership.segments`."""
    return {
        "frame": segments[["segment_id", "base_share", "top_tenth_share", "auc"]],
        "caption": "How well each segment can be told from what is known of everybody",
        "formats": {
            "segment_id": "segment",
            **dict.fromkeys(["base_share", "top_tenth_share"], "percent0"),
        },
        "headers": {
            "base_share": "Share of all",
            "auc": "Told apart",
            "top_tenth_share": "Share of the tenth that look most like it",
        },
        "note": "Told apart: 0.5 is no better than a coin, 1 is always right.",
    }


def forecast(lifetime: LifetimeValue) -> Sheet:
    """Show what the model said at the open beside what came."""
    money = ["predicted_value", "low", "high", "actual_value"]
    return {
        "frame": lifetime.holdout[["segment_id", "customers", *money, "verdict"]],
        "caption": "The same model at the open, beside what the quarter brought, per customer",
        "formats": dict.fromkeys(money, "money2"),
        "row_header": "segment_id",
    }


def sources(lifetime: LifetimeValue) -> Sheet:
    """Show where each figure of lifetime value comes from."""
    return {
        "frame": lifetime.segments[["segment_id", "method", "reason"]],
        "caption": "Where each figure comes from",
    }


def circles(friction: pd.DataFrame) -> Sheet:
    """Show the pages that visits come back to with nothing new; takes `shown_friction`."""
    known = friction["stuck"].notna() & friction["customers"].notna()
    stuck = friction[known & (friction["verdict"] == "friction")].reset_index(drop=True)
    shares = ["loop_rate", "low", "high", "norm"]
    shown = stuck[["event", "segment_id", "customers", "visits", *shares]]
    return {
        "frame": shown.assign(event=shown["event"].map(event_words)),
        "caption": "Visits that come back with nothing new",
        "formats": {"segment_id": "segment", **dict.fromkeys(shares, "percent0")},
        "headers": {
            "event": "Page",
            "loop_rate": "Come back with nothing new",
            "norm": "Expected",
        },
        "note": "Customers and visits are rounded.",
    }


def ways(patterns: pd.DataFrame, *, most: int = 20) -> Sheet:
    """Show the steps that go with success or with stalling."""
    told = patterns[patterns["verdict"].isin(["success", "stalling"])].head(most)
    shares = ["share_with", "share_without"]
    shown = told[["pattern", "verdict", *shares, "odds_ratio", "low", "high"]]
    return {
        "frame": shown.assign(pattern=shown["pattern"].map(event_words)),
        "caption": "Visits with and without a step, alike in all else",
        "formats": dict.fromkeys(shares, "percent0"),
        "headers": {
            "pattern": "Steps",
            "verdict": "Goes with",
            "share_with": "Success with it",
            "share_without": "Without it",
            "odds_ratio": "Odds ratio",
        },
    }


def first_days(behaviours: pd.DataFrame, *, outcome: str) -> Sheet:
    """Show what newcomers do first and what came of it; takes `shown_behaviours`."""
    begun = behaviours.dropna(subset=["threshold", "reached"]).reset_index(drop=True)
    shares = ["reach", "ppv", "ppv_low", "ppv_high", "base_rate"]
    shown = begun[["event", "threshold", *shares, "strength", "verdict"]]
    return {
        "frame": shown.assign(event=shown["event"].map(event_words)),
        "caption": "What newcomers do in their first days, and what came of it",
        "formats": dict.fromkeys(shares, "percent0"),
        "headers": {
            "event": "What they did",
            "threshold": "At least so often",
            "reach": "Newcomers who did",
            "ppv": f"Of them {outcome}",
            "ppv_low": "From",
            "ppv_high": "To",
            "base_rate": f"Of all {outcome}",
        },
        "note": "A share that would tell of a few people is left out." * begun["ppv"].hasnans,
    }


def waits(summary: pd.DataFrame, *, what: str, few: int) -> Sheet:
    """Show how long each segment waits; shares that stand for a few people are not told."""
    days = ["median_day", "median_low", "median_high"]
    waited = without_few(summary, "happened", limit=few)
    waited["happened_share"] = waited["happened_share"].mask(waited["censored"].between(1, few - 1))
    return {
        "frame": waited[["segment_id", "customers", "happened_share", *days, "verdict"]],
        "caption": f"Days until the first {what} in the quarter",
        "formats": {"segment_id": "segment", "happened_share": "percent0"},
        "headers": {
            "happened_share": f"Share with a {what}",
            "median_day": "Half by day",
            "median_low": "From",
            "median_high": "To",
        },
    }
