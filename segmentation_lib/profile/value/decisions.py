"""Low-profit segments: nurture them, or spend the effort elsewhere; the rule and its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.profile.value.holdout import placed_customers
from segmentation_lib.profile.value.measure import ALL_SEGMENTS
from segmentation_lib.profile.wording import amount, number, percent, titled
from segmentation_lib.stats.intervals import wilson_interval

__all__ = ["decisions_sentence", "low_profit_decisions"]

_COLUMNS = ["segment_id", "customers", "contribution_per_customer", "margin", "low_profit",
            "growth", "upsell_probability", "upsell_low", "upsell_high", "upsell_floor",
            "upsell_net", "lifetime_value", "referral_index", "decision", "reason",
            "rule"]  # fmt: skip
_SMALLEST = 30
# A segment that recommends this much more than the average is worth keeping for that.
_RECOMMENDS = 150.0
# Half width of its interval in standard errors: 1 of 1,000 above by luck, as segments are many.
_WIDE = 3.1


def low_profit_decisions(
    contribution: pd.DataFrame,
    assignments_open: pd.DataFrame,
    assignments_close: pd.DataFrame,
    *,
    durable: pd.DataFrame | None = None,
    noise_floor: pd.DataFrame | None = None,
    lifetime: pd.DataFrame | None = None,
    outcomes: pd.DataFrame | None = None,
    referral: str | None = None,
    low_share: float = 0.5,
    upsell_from: float = 0.10,
    currency: str = "",
) -> pd.DataFrame:
    """Say for each segment whether to keep, nurture or reallocate, by a rule that is written out.

    A segment is of low profit when it lost money, or contributed less than ``low_share`` of the
    average per customer. A low-profit segment is nurtured when enough of its customers moved up
    in the quarter (net of chance at least ``upsell_from``), when its value grew, or when it
    recommends far more than others; else its effort is reallocated. Where costs are not known,
    revenue per customer stands for the contribution, and nothing is said of the margin.

    Args:
        contribution: From `contribution`.
        assignments_open: ``customer_id`` and ``segment_id`` at the open.
        assignments_close: The same at the close, under the same model.
        durable: From `durable_value`, for the growth.
        noise_floor: ``segment_id``, ``moved`` and ``floor`` of `validate`; the share that moves by
            chance. What part of that is upwards is taken from the moves themselves.
        lifetime: ``segments`` of `lifetime_value`, to show.
        outcomes: Outcomes of the quarter, for the referrals.
        referral: Column of ``outcomes`` that counts recommendations; None where there is none.
        low_share: Share of the average contribution per customer under which profit is low.
        upsell_from: Net share of customers who moved up, from which a segment is nurtured.
        currency: Three-letter code for the sentences.

    Returns:
        A row per segment: ``contribution_per_customer``, ``margin``, ``low_profit``, ``growth``
        (the verdict of ``durable``), ``upsell_probability`` (share of its customers at the open
        who are at the close in a segment that contributes more per customer) with its 95 %
        interval, ``upsell_floor``, ``upsell_net``, ``lifetime_value`` per customer,
        ``referral_index`` (100 = average, or above it by luck), the ``decision`` (``keep``,
        ``nurture``, ``reallocate``, or ``too few to tell`` under 30 customers), the
        ``reason`` (``profit``, ``customers``, ``upsell``, ``growth`` or ``referral``) and the
        ``rule`` as a sentence.

    Raises:
        ValueError: ``referral`` is no column of ``outcomes``.
    """
    if referral is not None and (outcomes is None or referral not in outcomes.columns):
        raise ValueError(f"referral = {referral}, must be a column of outcomes; set it to none")
    costs_known = bool(contribution["contribution_per_customer"].notna().any())
    worth = _worth(contribution, costs_known)
    opened, closed = placed_customers(assignments_open), placed_customers(assignments_close)
    growth = {} if durable is None else dict(zip(durable["segment_id"], durable["verdict"],
                                                 strict=True))  # fmt: skip
    ahead = (
        {}
        if lifetime is None
        else dict(zip(lifetime["segment_id"], lifetime["value_per_customer"], strict=True))
    )
    recommends = _referral_index(opened, outcomes, referral)
    table = contribution.set_index("segment_id")
    rows = []
    for segment in sorted(opened.unique()):
        low = bool(worth[segment] < low_share * worth[ALL_SEGMENTS] or worth[segment] < 0)
        row: dict[str, object] = {
            "segment_id": segment,
            "customers": int((opened == segment).sum()),
            "contribution_per_customer": worth[segment],
            "margin": float(table.loc[segment, "margin"]) if costs_known else np.nan,
            "low_profit": low,
            "growth": growth.get(segment, "not known"),
            **_upsell(segment, opened, closed, worth, noise_floor),
            "lifetime_value": ahead.get(segment, np.nan),
            "referral_index": recommends.get(segment, np.nan),
        }
        measure = "contribution" if costs_known else "revenue"
        decision, reason, why = _decide(row, upsell_from, currency, measure)
        rows.append(row | {"decision": decision, "reason": reason, "rule": why})
    return pd.DataFrame(rows, columns=_COLUMNS)


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
        return "No segment is of low profit, so there is nothing to decide."
    costs_known = bool(table["margin"].notna().any())
    order = judged.sort_values(["decision", "segment_id"])
    return " ".join(
        _advised(row, names or {}, currency, costs_known) for row in order.to_dict("records")
    )


def _advised(
    row: Mapping[Any, Any], names: Mapping[str, str], currency: str, costs_known: bool
) -> str:
    """One segment: what to do, what it brings, and its chance to move up."""
    who, each = titled(str(row["segment_id"]), names), float(row["contribution_per_customer"])
    if each < 0:
        brings = f"each customer cost {amount(-each, currency)} more than they brought"
    else:
        brings = f"each customer {'left' if costs_known else 'brought'} {amount(each, currency)}"
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


def _worth(contribution: pd.DataFrame, costs_known: bool) -> dict[str, float]:
    """Contribution per customer of the segments, and of all customers in one."""
    rows = contribution[~contribution["segment_id"].isin([ALL_SEGMENTS, "(outside)"])]
    total = rows["contribution" if costs_known else "revenue"]
    each = dict(zip(rows["segment_id"], total / rows["customers"], strict=True))
    people = int(rows["customers"].sum())
    return each | {ALL_SEGMENTS: float(total.sum()) / people if people else np.nan}


def _upsell(
    segment: str,
    opened: pd.Series,
    closed: pd.Series,
    worth: Mapping[str, float],
    noise_floor: pd.DataFrame | None,
) -> dict[str, float]:
    here = opened.index[(opened == segment).to_numpy()]
    later = closed.reindex(here)
    better = {name for name, value in worth.items() if value > worth[segment]} - {ALL_SEGMENTS}
    up = int(later.isin(better).sum())
    share = wilson_interval(up, len(here))
    moved = int((later.notna() & (later != segment)).sum())
    floor = 0.0
    if noise_floor is not None and moved:
        own = noise_floor[noise_floor["segment_id"] == segment]
        chance = float(own["floor"].iloc[0]) if len(own) else 0.0
        # The floor is a share of those who are in a segment at both days.
        stayed = float(later.notna().mean())
        floor = 0.0 if np.isnan(chance) else chance * stayed * up / moved
    return {
        "upsell_probability": share.value,
        "upsell_low": share.low,
        "upsell_high": share.high,
        "upsell_floor": floor if noise_floor is not None else np.nan,
        "upsell_net": max(share.value - floor, 0.0),
    }


def _referral_index(
    opened: pd.Series, outcomes: pd.DataFrame | None, referral: str | None
) -> dict[str, float]:
    if outcomes is None or referral is None:
        return {}
    given = outcomes.set_index("customer_id")[referral].reindex(opened.index)
    counts = given.astype("float64").fillna(0.0)
    groups = counts.groupby(opened.to_numpy(), sort=True)
    average = float(counts.mean())
    means: pd.Series = groups.mean()
    # Recommendations are rare: an index whose interval reaches 100 is luck, and is told as 100.
    error = groups.std(ddof=1).to_numpy() / np.sqrt(groups.size().to_numpy())
    low = means - _WIDE * np.nan_to_num(error, nan=np.inf)
    means = means.where((means <= average) | (low > average), average)
    return {str(name): 100 * float(mean) / average for name, mean in means.items()
            if average > 0}  # fmt: skip


def _decide(
    row: Mapping[str, object], upsell_from: float, currency: str, measure: str
) -> tuple[str, str, str]:
    """The decision, what made it, and the rule that led to it with its numbers."""
    numbers = {name: float(row[name]) for name in ("contribution_per_customer", "upsell_net",  # type: ignore[arg-type]
               "upsell_low", "upsell_floor", "referral_index", "margin")}  # fmt: skip
    each = amount(numbers["contribution_per_customer"], currency)
    if not row["low_profit"]:
        return "keep", "profit", f"Keep: {measure} of {each} per customer is not low."
    if int(row["customers"]) < _SMALLEST:  # type: ignore[call-overload]
        return "too few to tell", "customers", f"Too few customers to tell: fewer than {_SMALLEST}."
    low = f"{measure} of {each} per customer is low"
    if numbers["contribution_per_customer"] < 0:
        low = f"it lost {amount(-numbers['contribution_per_customer'], currency)} per customer"
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
    if numbers["referral_index"] >= _RECOMMENDS and numbers["contribution_per_customer"] >= 0:
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
