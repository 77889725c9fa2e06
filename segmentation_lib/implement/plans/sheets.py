"""Tables of the plans on the page: which columns are shown, and what they are called.

Each sheet is what `report.table` takes: the frame, its caption, formats and headings. Rows that
stand on a few people are blank or left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from segmentation_lib.params.registers import ALL_SEGMENTS
from segmentation_lib.params.registers.investments import Investment
from segmentation_lib.profile.wording import plural, titled
from segmentation_lib.small_cells import suppress, without_few
from segmentation_lib.words import capitalised

__all__ = [
    "bubbles",
    "budgets",
    "changes",
    "changes_sentences",
    "prices",
    "ranks",
    "reach",
    "responses",
    "results",
    "turns",
]

Sheet = dict[str, Any]
Names = Mapping[str, str]


def prices(points: pd.DataFrame, *, names: Names, few: int) -> Sheet:
    """Show what segments say they would pay; takes the artefact ``price_points``."""
    told = ["willingness", "willingness_low", "willingness_high"]
    shown = suppress(_named(points, names), "customers", limit=few, derived=told)
    return {
        "frame": shown[["study", "method", "segment", "customers_shown", *told, "verdict"]],
        "caption": "The price at which half would buy, by segment",
        "formats": dict.fromkeys(told, "money2"),
        "headers": {"customers_shown": "Customers who answered", "willingness": "Half would pay",
                    "willingness_low": "From", "willingness_high": "To"},
    }  # fmt: skip


def ranks(ranked: pd.DataFrame, *, names: Names, few: int) -> Sheet:
    """Show every term of what to build first; takes the artefact ``priorities``."""
    columns = ["rank", "feature", "segment", "reach", "reach_source", "value", "value_source",
               "effect", "effect_source", "confidence", "effort", "score", "note"]  # fmt: skip
    return {
        "frame": without_few(_named(ranked, names), "reach", limit=few)[columns],
        "caption": "Reach x value x effect x confidence / effort, with the source of each",
        "formats": {"reach": "integer", "value": "money2", "effect": "percent1",
                    "confidence": "percent0", "effort": "number1", "score": "money0"},
        "headers": {"reach": "Customers", "reach_source": "From", "value": "Value of each",
                    "value_source": "Source", "effect_source": "Its source",
                    "effort": "Weeks of work", "score": "Money per week of work"},
        "row_header": "feature",
    }  # fmt: skip


def reach(found: pd.DataFrame, *, names: Names, few: int) -> Sheet:
    """Show which channels segments came by; takes the artefact ``channel_reach``."""
    missed = found["customers"] - found["reached"]
    # Nearly everybody is as telling as nearly nobody.
    clear = found[~missed.between(1, few - 1)]
    told = ["share", "low", "high"]
    shown = suppress(_named(clear, names), "reached", limit=few, derived=told)
    return {
        "frame": shown[["segment", "channel", "reached_shown", *told]],
        "caption": "Share of each segment that came by a channel in the quarter",
        "formats": dict.fromkeys(told, "percent0"),
        "headers": {"reached_shown": "Customers", "low": "From", "high": "To"},
    }


def budgets(plan: pd.DataFrame, *, names: Names) -> Sheet:
    """Show how a budget could be shared; takes what `shown_channel_plan` returned."""
    columns = ["budget", "segment", "channel", "responses_shown", "rate", "rate_low", "rate_high",
               "cost_per_response", "returned", "current", "suggested", "verdict"]  # fmt: skip
    return {
        "frame": _named(plan, names)[columns],
        "caption": "What channels brought, and how the budget could be shared",
        "formats": dict.fromkeys(("rate", "rate_low", "rate_high"), "percent1")
        | dict.fromkeys(("cost_per_response", "current", "suggested"), "money2"),
        "headers": {"responses_shown": "Responses", "rate": "Response rate", "rate_low": "From",
                    "rate_high": "To", "returned": "Brought by each 1 spent"},
        "note": "From and To: 95% interval, for all lines of a budget at once.",
    }  # fmt: skip


def bubbles(investments: Iterable[Investment]) -> pd.DataFrame:
    """Return the investments as `report.investment_bubbles` draws them, as they stand now."""
    rows = [
        (item.id, item.name, item.kind, item.cost, item.expected.low, item.expected.likely,
         item.expected.high)
        for item in investments
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["id", "name", "kind", "cost", "low", "likely", "high"])


def results(found: pd.DataFrame, *, names: Names) -> Sheet:
    """Show forecasts beside what came; takes what `investments.investment_results` returned."""
    columns = ["id", "name", "segment", "status", "low", "likely", "high", "actual", "verdict"]
    return {
        "frame": _named(found, names)[columns],
        "caption": "What was expected per quarter at approval, and what came",
        "formats": dict.fromkeys(("low", "likely", "high", "actual"), "money0"),
        "headers": {"id": "Investment", "low": "Low", "likely": "Likely", "high": "High",
                    "actual": "Brought", "verdict": "Against the range"},
        "note": "The first forecast counts. What failed, was stopped or taken out stays listed.",
    }  # fmt: skip


def turns(road: pd.DataFrame, *, names: Names) -> Sheet:
    """Show what comes when; takes the artefact ``roadmap``."""
    columns = ["place", "id", "name", "step", "horizon", "segment", "owner", "after", "waits_for"]
    return {
        "frame": _named(road.assign(horizon=road["horizon"].str.replace("_", " ")), names)[columns],
        "caption": "The order: experiments, then releases, then pricing, each after what it needs",
        "headers": {"place": "Turn", "id": "Investment", "waits_for": "Decide first about"},
        "row_header": "name",
    }


def responses(found: pd.DataFrame, *, names: Names) -> Sheet:
    """Show who responded to what; takes what `feedback.response_table` returned."""
    told = ["rate", "low", "high"]
    return {
        "frame": _named(found, names)[["finding", "segment", "asked", "responded_shown", *told]],
        "caption": "Responses to surveys and campaigns",
        "formats": dict.fromkeys(told, "percent1"),
        "headers": {"responded_shown": "Responded", "low": "From", "high": "To"},
        "row_header": "finding",
    }


def changes(found: pd.DataFrame) -> Sheet:
    """Show suggested changes with their evidence; takes the artefact ``suggested_changes``."""
    columns = ["parameter", "action", "item", "evidence", "source", "decision", "outcome"]
    return {
        "frame": found[columns],
        "caption": "What this quarter speaks for changing in the next one's parameters",
        "formats": dict.fromkeys(columns, "text"),
        "headers": {"source": "Comes from", "outcome": "What became of it"},
    }


def changes_sentences(found: pd.DataFrame, *, has_file: bool = True, most: int = 3) -> list[str]:
    """Say what to change next quarter, and that nothing was changed.

    Args:
        found: The artefact ``suggested_changes``.
        has_file: Whether the parameter file was found, so that a difference could be made.
        most: Most changes that are told one by one.
    """
    if not has_file:
        return ["The quarter's parameter file was not found, so no change could be proposed."]
    inside = found[found["outcome"] == "in the proposal"]
    if inside.empty:
        return ["Nothing in this quarter speaks for a change of the next one's parameters."]
    said = [
        f"{capitalised(row['action'])} {row['item']} ({row['parameter']}): {row['evidence']}"
        for row in inside.head(most).to_dict("records")
    ]
    if len(inside) > most:
        said.append(f"{plural(len(inside) - most, 'further change')}: see the table.")
    return [*said, "All is in proposed/parameters.diff; a person applies it, no run does."]


def _named(frame: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Add the column ``segment``: the segment's ID and name, or all customers."""
    ids: Sequence[str] = frame["segment_id"].astype("str").tolist()
    words = ["all customers" if name == ALL_SEGMENTS else titled(name, names) for name in ids]
    return frame.assign(segment=pd.Series(words, index=frame.index, dtype="str"))
