"""Tables of the profile page: which columns of an artefact are shown, and what they are called.

Each function returns what `report.table` takes: the frame, its caption, formats and headings.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from segmentation_lib.profile.value import LifetimeValue
from segmentation_lib.small_cells import without_few
from segmentation_lib.words import event_words

__all__ = [
    "advised",
    "circles",
    "first_days",
    "forecast",
    "sources",
    "told_apart",
    "waits",
    "ways",
]

Sheet = dict[str, Any]


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


def advised(decisions: pd.DataFrame) -> Sheet:
    """Show the rule for segments of low profit with its figures."""
    columns = ["contribution_per_customer", "margin", "upsell_net", "decision", "rule"]
    formats = ("money2", "percent0", "percent1")
    return {
        "frame": decisions[["segment_id", *columns]],
        "caption": "Segments of low profit: nurture, keep, or spend elsewhere",
        "formats": dict(zip(columns, formats, strict=False)),
        "headers": {"upsell_net": "Moves up, beyond chance"},
    }


def circles(friction: pd.DataFrame, *, few: int) -> Sheet:
    """Show the pages that visits come back to with nothing new; rows of few people are left out."""
    stuck = without_few(friction[friction["verdict"] == "friction"], "customers", limit=few)
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


def first_days(behaviours: pd.DataFrame, *, outcome: str, few: int) -> Sheet:
    """Show what newcomers do first and what came of it; rows of few people are left out."""
    begun = without_few(behaviours.dropna(subset="threshold"), "reached", limit=few)
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
    }


def waits(summary: pd.DataFrame, *, what: str, few: int) -> Sheet:
    """Show how long each segment waits until the first purchase or visit of the quarter."""
    days = ["median_day", "median_low", "median_high"]
    waited = without_few(summary, "happened", limit=few)
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
