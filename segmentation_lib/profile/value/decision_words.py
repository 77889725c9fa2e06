"""Low-profit segments in words: the rule with its numbers, and the advice that follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.profile.wording import amount, listing, number, percent, titled

__all__ = ["decide", "decision_sheet", "decisions_sentence"]

_SMALLEST = 30
# A segment that recommends this much more than the average is worth keeping for that.
_RECOMMENDS = 150.0


def decisions_sentence(
    table: pd.DataFrame, *, names: Mapping[str, str] | None = None, currency: str = ""
) -> str:
    """Say which low-profit segments to nurture and which not, each with its reason.

    Args:
        table: From `low_profit_decisions`.
        names: Names of segments.
        currency: Three-letter code.
    """
    judged = table[table["low_profit"] & table["decision"].isin(["nurture", "reallocate"])]
    if judged.empty:
        unsure = table.loc[table["reason"] == "chance", "segment_id"]
        low = "profit" if table["contribution_per_customer"].notna().any() else "revenue"
        if len(unsure):
            who = listing([titled(str(name), names or {}) for name in unsure])
            return (
                f"No segment is shown to be of low {low}. That of {who} is low, but this may be "
                "chance."
            )
        return f"No segment is of low {low}, so there is nothing to decide."
    order = judged.sort_values(["decision", "segment_id"])
    return " ".join(_advised(row, names or {}, currency) for row in order.to_dict("records"))


def _advised(row: Mapping[Any, Any], names: Mapping[str, str], currency: str) -> str:
    """One segment: what to do, what it brings, and its chance to move up."""
    who = titled(str(row["segment_id"]), names)
    measure, each = _measured(row)
    if each < 0:
        brings = f"each customer cost {amount(-each, currency)} more than they brought"
    else:
        verb = "left" if measure == "contribution" else "brought"
        brings = f"each customer {verb} {amount(each, currency)}"
    beyond = " beyond chance" if float(row["upsell_floor"]) > 0 else ""
    net = float(row["upsell_net"])
    moved = f"{percent(net) if net else 'none'} moved to a better segment{beyond}"
    if row["decision"] == "reallocate":
        return f"Spend less on {who}: {brings}, and {moved}."
    if row["reason"] == "growth":
        moved = "its value has grown"
    elif row["reason"] == "referral":
        times = number(float(row["referral_index"]) / 100)
        moved = f"it recommends {times} times as often as average"
    return (
        f"Nurture {who}: {brings}, but {moved}; keep in touch at low cost, and offer what the "
        "better segment buys."
    )


def decide(
    row: Mapping[str, Any], *, under: bool, upsell_from: float, currency: str
) -> tuple[str, str, str]:
    """Return the decision, what made it, and the rule that led to it with its numbers.

    Args:
        row: The figures of a segment.
        under: Whether what decides lies under the line of low profit, be it by chance.
        upsell_from: Net share of customers who moved up, from which a segment is nurtured.
        currency: Three-letter code.
    """
    names = ("upsell_net", "upsell_low", "upsell_floor", "referral_index", "high")
    numbers = {name: float(row[name]) for name in names}
    measure, value = _measured(row)
    each = amount(value, currency)
    if under and not row["low_profit"]:
        high = numbers["high"]
        reach = "" if np.isnan(high) else f"; its 95% interval reaches {amount(high, currency)}"
        why = f"Keep: {measure} of {each} per customer is low, but this may be chance{reach}."
        return "keep", "chance", why
    if not row["low_profit"]:
        return "keep", "profit", f"Keep: {measure} of {each} per customer is not low."
    if int(row["customers"]) < _SMALLEST:
        return "too few to tell", "customers", f"Too few customers to tell: fewer than {_SMALLEST}."
    low = f"{measure} of {each} per customer is low"
    if value < 0:
        low = f"it lost {amount(-value, currency)} per customer"
    floor = 0.0 if np.isnan(numbers["upsell_floor"]) else numbers["upsell_floor"]
    beyond_chance = numbers["upsell_low"] > floor
    moved = f"{percent(numbers['upsell_net'])} of its customers moved to a better segment"
    moved += " beyond chance" if floor else ""
    if numbers["upsell_net"] >= upsell_from and beyond_chance:
        why = f"Nurture: {low}, but {moved} (at least {percent(upsell_from)} asked)."
        return "nurture", "upsell", why
    if row["growth"] == "growing":
        why = f"Nurture: {low}, but its value grew over the past quarters."
        return "nurture", "growth", why
    if numbers["referral_index"] >= _RECOMMENDS and value >= 0:
        times = number(numbers["referral_index"] / 100)
        why = f"Nurture: {low}, but it recommends {times} times as often as average."
        return "nurture", "referral", why
    note = ""
    if numbers["referral_index"] >= _RECOMMENDS:
        note = (
            f" It recommends {number(numbers['referral_index'] / 100)} times as often as average."
        )
    asked = f"under the {percent(upsell_from)} asked"
    if numbers["upsell_net"] >= upsell_from:
        asked = "which may be chance"
    return "reallocate", "upsell", f"Reallocate: {low}, and {moved}, {asked}.{note}"


def decision_sheet(table: pd.DataFrame) -> dict[str, Any]:
    """Return what a page's table of the rule is made of: no contribution where costs are unknown.

    Args:
        table: From `low_profit_decisions`.

    Returns:
        Arguments of `report.table`.
    """
    known = bool(table["contribution_per_customer"].notna().any())
    figures = ["contribution_per_customer", "margin"] if known else ["revenue_per_customer"]
    formats = {figures[0]: "money2", "margin": "percent0", "upsell_net": "percent1"}
    columns = ["segment_id", *figures, "upsell_net", "decision", "rule"]
    return {
        "frame": table[columns],
        "caption": f"Segments of low {'profit' if known else 'revenue'}: nurture, keep, or spend "
        "elsewhere",
        "formats": {name: formats[name] for name in columns if name in formats},
        "headers": {"upsell_net": "Moves up, beyond chance"},
    }


def _measured(row: Mapping[Any, Any]) -> tuple[str, float]:
    """What decides, in a word, and how much of it there is per customer."""
    left = float(row["contribution_per_customer"])
    if np.isnan(left):
        return "revenue", float(row["revenue_per_customer"])
    return "contribution", left
