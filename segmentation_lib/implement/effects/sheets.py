"""Tables and pictures of effects on the page: which columns are shown, and what they are called.

Each sheet is what `report.table`, `report.before_after` or `report.targeting_curve` takes. Counts
of a few people are hidden.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from segmentation_lib.implement.effects.choice import Choice
from segmentation_lib.implement.effects.natural import NaturalResults
from segmentation_lib.implement.effects.words import METRIC_WORDS
from segmentation_lib.profile.wording import amount, number, percent, titled
from segmentation_lib.small_cells import suppress
from segmentation_lib.words import feature_words, kpi_name

__all__ = ["checks", "curve", "differences", "log", "natural", "pictures", "returns"]

Sheet = dict[str, Any]
Names = Mapping[str, str]
# What the lines show, by verdict.
_HEADS = {
    "more": "the treated rose against the others after the date",
    "less": "the treated fell against the others after the date",
    "no difference shown": "no difference shown after the date",
    "not credible": "not comparable, so no number is given",
    "description only": "before and after with nobody to compare with, a description only",
}
_FORMATS = {"revenue": "money2", "active": "percent1"}
# Of tests without a result, which have no unit of their own yet.
_UNITS = {"revenue": "money", "order_value": "money", "active": "share", "visited": "share"}
_CHECKS = {
    "trend": "the gap grows or shrinks steadily",
    "chosen": "it jumps where the treated may have been chosen",
    "placebo": "it jumps at an earlier date",
}


def natural(results: pd.DataFrame, *, few: int) -> Sheet:
    """Show the natural experiments; takes the artefact ``natural_experiments``."""
    shown = suppress(suppress(results, "customers", limit=few), "control_customers", limit=few)
    told = ["relative", "relative_low", "relative_high"]
    columns = ["what", "started_on", "metric", "customers_shown", "control_customers_shown",
               *told, "verdict", "grade", "reason"]  # fmt: skip
    alone = shown["control_customers"].eq(0).fillna(False)
    shown = shown.assign(
        what=[_called(row) for row in results.to_dict("records")],
        metric=shown["metric"].map(METRIC_WORDS),
        control_customers_shown=shown["control_customers_shown"].mask(alone, "nobody"),
    )
    return {
        "frame": shown[columns],
        "caption": "What happened to some customers and not to others, and how they changed",
        "formats": dict.fromkeys(told, "percent1") | {"metric": "text"},
        "headers": {"what": "What happened", "started_on": "From", "metric": "Measured",
                    "customers_shown": "Treated", "control_customers_shown": "Compared with",
                    "relative": "Change beyond theirs", "relative_low": "95% interval, from",
                    "relative_high": "to", "grade": "Weight", "reason": "Why"},
        "row_header": "what",
        "note": "The change is a share of what was expected without it. Its interval allows for "
        "how far the groups wandered apart and back before the date. No number is given where "
        "that time speaks against the comparison.",
    }  # fmt: skip


def checks(found: NaturalResults) -> Sheet:
    """Show how the groups moved before the date, the worst of each kind of check."""
    worst = found.checks.sort_values(["id", "check", "p_value", "blocks_back"], kind="stable")
    worst = worst.drop_duplicates(["id", "check"])
    told = ["under 0.001" if value < 0.001 else f"{value:.3f}" for value in worst["p_value"]]
    return {
        "frame": worst.assign(check=worst["check"].map(_CHECKS), chance=told)[
            ["id", "check", "blocks_back", "chance"]
        ],
        "caption": "Did the groups move side by side before the date?",
        "formats": {"check": "text", "chance": "text"},
        "headers": {"id": "Event", "check": "What would speak against it",
                    "blocks_back": "Blocks before the date",
                    "chance": "Chance of so much if they did"},
        "note": "The chances allow for all checks of an event together; under 0.05 the comparison "
        "is refused.",
    }  # fmt: skip


def pictures(found: NaturalResults) -> Iterator[Sheet]:
    """Give the lines of each natural experiment, one picture after the other."""
    for row in found.results.to_dict("records"):
        lines = found.blocks[found.blocks["id"] == row["id"]]
        if lines.empty:
            continue
        measured = METRIC_WORDS[str(row["metric"])]
        compared = lines["group"].nunique() > 1
        yield {
            "frame": lines[["group", "block", "starts_on", "mean"]],
            "title": f"{measured.capitalize()} per customer and {row['block_days']:.0f} days",
            "caption": f"{row['what']}: {_HEADS.get(str(row['verdict']), row['verdict'])}",
            "alt": f"Two lines of {measured}, treated and control, with a line at the date; the "
            "table holds the numbers."
            if compared
            else f"A line of {measured} with a line at the date; the table holds the numbers.",
            "format": _FORMATS.get(str(row["metric"]), "number2"),
        }  # fmt: skip


def differences(table: pd.DataFrame, *, few: int) -> Sheet:
    """Show adjusted differences; takes the artefact ``adjusted_differences``."""
    shown = suppress(suppress(table, "customers", limit=few), "others", limit=few)
    told = ["adjusted", "low", "high", "plain"]
    shown = shown.assign(outcome=[feature_words(name) for name in shown["outcome"]])
    return {
        "frame": shown[["name", "outcome", "customers_shown", "others_shown", *told, "rare",
                        "imbalance", "verdict", "grade"]],
        "caption": "Differences per customer, adjusted for what else is known of them",
        "formats": dict.fromkeys(told, "number2")
        | {"rare": "percent1", "imbalance": "number2", "outcome": "text"},
        "headers": {"name": "Who", "outcome": "In", "customers_shown": "They",
                    "others_shown": "Others", "low": "95% interval, from", "high": "to",
                    "plain": "Without adjustment", "rare": "Nobody like them",
                    "imbalance": "Difference left", "grade": "Weight"},
        "row_header": "name",
    }  # fmt: skip


def returns(choice: Choice, *, names: Names, few: int) -> Sheet:
    """Show what treating each segment returns; takes what `choose_targets` returned."""
    told = ["effect", "cost", "return", "return_low", "return_high", "total"]
    shown = suppress(choice.returns, "customers", limit=few, derived=["total"])
    segments = [titled(str(name), names) for name in shown["segment_id"]]
    columns = ["segment", "customers_shown", *told, "per_cost", "choice"]
    return {
        "frame": shown.assign(segment=segments)[columns],
        "caption": "What treating a customer returns after its cost, by segment",
        "formats": dict.fromkeys(told[1:], "money2") | {"effect": "number2", "total": "money0",
                                                        "per_cost": "number2"},
        "headers": {"customers_shown": "Customers", "effect": "Effect per customer",
                    "return": "Return", "return_low": "95% interval, from", "return_high": "to",
                    "total": "Return of treating all", "per_cost": "Return by cost"},
        "row_header": "segment",
        "note": "" if choice.differ else "Segments are not shown to differ in the effect, so each "
        "has the effect over all.",
    }  # fmt: skip


def curve(choice: Choice, *, names: Names) -> Sheet:
    """Give the curve of treating segment after segment; takes what `choose_targets` returned."""
    held_out = choice.held_out
    if held_out is None:
        raise ValueError("there is no curve; ask for it only where `choice.held_out` is given")
    better = "beats" if held_out.beats_random else "is not shown to beat"
    return {
        "frame": held_out.curve,
        "caption": f"Treating the best segments first {better} picking customers at random",
        "alt": "The return of treating segment after segment, with a band, and a dashed line for "
        "customers picked at random; the table holds the numbers.",
        "names": names,
    }


def log(results: pd.DataFrame, *, currency: str) -> Sheet:
    """Show every test ever listed; takes what `learning_results` returned."""
    rows = results.to_dict("records")
    table = pd.DataFrame(
        {
            "test": [_called(row) for row in rows],
            "kind": results["kind"].tolist(),
            "expected": [_expected(row, currency) for row in rows],
            "found": [_found(row, currency) for row in rows],
            "weight": results["grade"].tolist(),
            "answer": [row["answer"] or row["status"] for row in rows],
            "decision": [" ".join(filter(None, (row["decision"], row["decided_on"])))
                         for row in rows],
            "lesson": results["lesson"].tolist(),
        }
    )  # fmt: skip
    return {
        "frame": table,
        "caption": "Every test ever listed: what was expected, what came, what was decided",
        "formats": dict.fromkeys(table.columns, "text"),
        "row_header": "test",
        "note": "The first expectation and the first answer count. What failed, was stopped or "
        "taken out of its file stays.",
    }


def _expected(row: Mapping[Any, Any], currency: str) -> str:
    size = _size(float(row["min_effect"]), row, currency)
    least = f" by {size} or more" if row["min_effect"] > 0 else ""
    return f"{kpi_name(str(row['metric']))} {row['direction']}{least}"


def _found(row: Mapping[Any, Any], currency: str) -> str:
    if pd.isna(row["effect"]):
        return ""
    value, low, high = (_size(float(row[key]), row, currency) for key in ("effect", "low", "high"))
    return f"{value} ({low} to {high})"


def _size(value: float, row: Mapping[Any, Any], currency: str) -> str:
    unit = row["unit"] or _UNITS.get(str(row["metric"]), "number")
    if unit in ("relative", "share"):
        return percent(value)
    return amount(value, currency) if unit == "money" else number(value)


def _called(row: Mapping[Any, Any]) -> str:
    return f"{str(row['what']).rstrip('. ')} ({row['id']})"
