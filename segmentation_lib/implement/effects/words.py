"""Effects in sentences, each as strong as what stands behind it, and the tables of the page."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from segmentation_lib.implement.effects.adjustment import HIDDEN, AdjustedDifference
from segmentation_lib.implement.effects.held_out import HeldOutTargeting
from segmentation_lib.implement.effects.learning_log import hit_rate
from segmentation_lib.implement.effects.targeting import TREAT, UNKNOWN, targeting
from segmentation_lib.profile.wording import amount, listing, number, percent, plural, titled

__all__ = [
    "LADDER",
    "adjusted_sentences",
    "learning_sentences",
    "natural_sentences",
    "shown_natural_results",
    "targeting_sentences",
]

LADDER = (
    "Only a test drawn by lot shows what a treatment does. A comparison of how two groups changed "
    "is weaker, as they may have differed in ways nobody saw; a difference that was merely "
    "measured is weaker still."
)
_WHAT = {"revenue": "revenue", "orders": "days with a purchase", "active": "customers who bought"}
_NOT_DRAWN = "The groups were not drawn by lot, so something else may stand behind it."


def natural_sentences(results: pd.DataFrame, *, currency: str = "") -> list[str]:
    """Say what each natural experiment showed, was refused for, or only describes.

    Args:
        results: ``results`` of `natural_experiment_results`.
        currency: Three-letter code.
    """
    if results.empty:
        return ["No natural experiment is listed for this quarter."]
    return [_natural_sentence(row, currency) for row in results.to_dict("records")]


def shown_natural_results(results: pd.DataFrame, *, small_cell: int = 10) -> pd.DataFrame:
    """Return the table for the page: no count of a few people, and no number that was refused.

    Args:
        results: ``results`` of `natural_experiment_results`.
        small_cell: Counts of fewer people are empty.
    """
    table = results[["id", "what", "started_on", "metric", "customers", "control_customers",
                     "relative", "relative_low", "relative_high", "effect", "low", "high",
                     "verdict", "grade", "reason"]].copy()  # fmt: skip
    for name in ("customers", "control_customers"):
        table[name] = table[name].astype("Int64").mask(table[name].between(1, small_cell - 1))
    return table


def adjusted_sentences(
    found: AdjustedDifference, *, treated: str, what: str, currency: str = ""
) -> list[str]:
    """Say what is left of a difference after adjustment, and what that cannot show.

    Args:
        found: What `adjusted_difference` returned.
        treated: Who was treated, such as ``customers with the app``.
        what: What was measured, such as ``revenue``.
        currency: Three-letter code of the outcome; empty for bare numbers.
    """
    said = _figure(currency)
    inside = found.adjusted
    shown = inside.low > 0 or inside.high < 0
    first = (
        f"For {treated}, {what} differs by {said(inside.value)} per customer from others like "
        f"them in all that is known (95% interval {said(inside.low)} to {said(inside.high)}); "
        f"without that adjustment it differs by {said(found.plain)}."
        if shown
        else f"Between {treated} and others like them in all that is known, no difference in "
        f"{what} is shown: {said(inside.value)} per customer (95% interval {said(inside.low)} to "
        f"{said(inside.high)}; without that adjustment {said(found.plain)})."
    )
    return [first, _overlap_sentence(found), f"This is an association. {HIDDEN}"]


def targeting_sentences(
    returns: pd.DataFrame,
    held_out: HeldOutTargeting | None,
    *,
    currency: str = "",
    names: Mapping[str, str] | None = None,
) -> list[str]:
    """Say whom treating pays for, beside as many customers picked at random.

    Args:
        returns: What `segment_returns` returned.
        held_out: What `held_out_targeting` returned.
        currency: Three-letter code.
        names: Names of the segments.
    """
    if returns.empty:
        return ["No experiment says what treating a segment returns, so nobody is singled out."]
    money = _figure(currency)
    paying = returns[returns["choice"] == TREAT]
    if paying.empty:
        said = ["In no segment is treating shown to return more than it costs."]
    else:
        parts = [
            f"{titled(str(row['segment_id']), names or {})} ({money(row['return'])} per customer, "
            f"95% interval {money(row['return_low'])} to {money(row['return_high'])})"
            for row in paying.to_dict("records")
        ]
        sums = targeting(returns)
        said = [
            f"After its cost, treating pays in {listing(parts)}.",
            f"Treating these {plural(sums.customers, 'customer')} returns "
            f"{money(sums.chosen.value)} (95% interval {money(sums.chosen.low)} to "
            f"{money(sums.chosen.high)}); as many picked at random return "
            f"{money(sums.at_random.value)} ({money(sums.at_random.low)} to "
            f"{money(sums.at_random.high)}). The first figure flatters: the same customers chose "
            "the segments and were counted.",
        ]
    unknown = returns.loc[returns["choice"] == UNKNOWN, "segment_id"].astype("str")
    if len(unknown):
        said.append(f"Not known for {listing(list(unknown))}: there the interval holds 0.")
    return [*said, _held_out_sentence(held_out, money)]


def learning_sentences(results: pd.DataFrame) -> list[str]:
    """Say how many expectations came true, and name what did not.

    Args:
        results: What `learning_results` returned.
    """
    if results.empty:
        return ["The learning log is empty: no test has been listed yet."]
    hits, over, share = hit_rate(results)
    said = []
    if over:
        said.append(
            f"{hits} of {plural(over, 'finished test')} showed what was expected "
            f"({percent(share.value)}, 95% interval {percent(share.low)} to "
            f"{percent(share.high)}). Those that gave no answer, or were stopped or removed, "
            "count as well."
        )
    else:
        said.append(f"{plural(len(results), 'test')} in the log, and none is over yet.")
    kinds = (
        ("the other way", "Came out the other way"),
        ("no difference shown", "Showed no difference"),
        ("as expected, but smaller", "Showed less than what matters"),
        ("no answer", "Gave no answer"),
    )
    for kind, head in kinds:
        own = _named(results[results["answer"] == kind])
        said += [f"{head}: {own}."] if own else []
    removed = _named(results[results["status"] == "removed"])
    said += [f"Taken out of their files, kept here: {removed}."] if removed else []
    changed = _named(results[results["changed"]])
    said += [f"Expectation changed later, judged by the first: {changed}."] if changed else []
    waiting = results[results["answer"].ne("") & results["decision"].eq("")]
    said += [f"Still without a decision: {_named(waiting)}."] if len(waiting) else []
    return said


def _natural_sentence(row: Mapping[Any, Any], currency: str) -> str:
    what, verdict = f"{row['what']} ({row['id']})", row["verdict"]
    metric = _WHAT[row["metric"]]
    if verdict == "too few to tell":
        return f"{what} cannot be judged. {row['reason']}"
    if verdict == "not credible":
        return f"{what}: the comparison is not credible, so no number is given. {row['reason']}"
    if verdict == "description only":
        after, before = (_level(row, f"treated_{when}", currency) for when in ("after", "before"))
        return (
            f"{what}, a description only: {metric} per block of time went from {before} to "
            f"{after}. {row['reason']}"
        )
    interval = _change(row, currency)
    drift = (
        f"{_NOT_DRAWN} A drift too slow to be seen before the date could make up to {_drift(row)}."
        if math.isfinite(row["unseen_drift"])
        else _NOT_DRAWN
    )
    if verdict == "no difference shown":
        return f"{what} shows no difference in {metric}: {interval}. {drift}"
    return f"{what} goes with {_more(row)} {metric} than expected: {interval}. {drift}"


def _more(row: Mapping[Any, Any]) -> str:
    if row["verdict"] == "less":
        return "fewer" if row["metric"] != "revenue" else "less"
    return "more"


def _change(row: Mapping[Any, Any], currency: str) -> str:
    if row["scale"] == "ratio":
        low, high = percent(row["relative_low"]), percent(row["relative_high"])
        said = f"{_plus(row['relative'])}{percent(row['relative'])} (95% interval {low} to {high})"
        return f"{said}, which is {_level(row, 'effect', currency)} per treated customer"
    points = [number(100 * row[name]) for name in ("effect", "low", "high")]
    return f"{_plus(row['effect'])}{points[0]} of 100 (95% interval {points[1]} to {points[2]})"


def _drift(row: Mapping[Any, Any]) -> str:
    if row["scale"] == "ratio":
        return percent(row["unseen_drift"])
    return f"{number(100 * row['unseen_drift'])} of 100"


def _plus(value: float) -> str:
    return "+" if value > 0 else ""


def _level(row: Mapping[Any, Any], column: str, currency: str) -> str:
    if row["metric"] == "active":
        return percent(row[column])
    return _figure(currency if row["metric"] == "revenue" else "")(row[column])


def _figure(currency: str) -> Callable[[float], str]:
    return (lambda value: amount(float(value), currency)) if currency else number


def _overlap_sentence(found: AdjustedDifference) -> str:
    overlap = found.overlap
    balance = (
        f"Weighing leaves differences of at most {number(overlap.largest_after)} standard "
        "deviations in what is known (0.1 and less is alike)."
    )
    if overlap.is_poor:
        return (
            f"The two groups hardly overlap: {percent(overlap.rare)} of customers have almost "
            f"nobody like them in the other group, so the adjustment is not to be relied on. "
            f"{balance}"
        )
    return f"The two groups overlap well enough to be compared. {balance}"


def _held_out_sentence(held_out: HeldOutTargeting | None, money: Callable[[float], str]) -> str:
    if held_out is None:
        return (
            "There are too few customers to choose segments on one half and to judge the choice "
            "on the other."
        )
    area = held_out.qini
    ends = f"(95% interval {money(area.low)} to {money(area.high)} per customer)"
    if held_out.beats_random:
        return (
            "Judged on customers who had no say in the choice, the best segments first return "
            f"more than customers picked at random {ends}."
        )
    return (
        "Judged on customers who had no say in the choice, the best segments first are not shown "
        f"to return more than customers picked at random {ends}."
    )


def _named(rows: pd.DataFrame) -> str:
    return listing([f"{row['what']} ({row['id']})" for row in rows.to_dict("records")])
