"""What segments cost to serve and what they leave, to the penny of the ledger."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from segmentation_lib.profile.value.holdout import placed_customers
from segmentation_lib.profile.value.measure import ALL_SEGMENTS
from segmentation_lib.profile.wording import amount, listing, percent
from segmentation_lib.small_cells import rounded
from segmentation_lib.stats.arrays import FloatArray, spawn_seeds
from segmentation_lib.stats.studentised import studentised_mean

__all__ = [
    "OUTSIDE",
    "contribution",
    "contribution_formats",
    "contribution_sentence",
    "contribution_shown",
]

OUTSIDE = "(outside)"
_REVENUE, _GOODS = "revenue", "goods"
# Amounts are kept to this many decimals: finer than any currency's smallest coin.
_DECIMALS = 4


def contribution(
    ledger: pd.DataFrame,
    assignments_open: pd.DataFrame,
    *,
    seed: int | Sequence[int],
    draws: int = 999,
) -> pd.DataFrame:
    """Give each segment's revenue in the quarter, what it cost, and what it contributed.

    Args:
        ledger: ``customer_id``, ``quarters_back`` (0 = this quarter), ``kind`` (``revenue``,
            ``goods`` and kinds of costs) and ``amount`` (costs positive).
        assignments_open: ``customer_id`` and ``segment_id`` at the quarter's open.
        seed: Seed of the bootstrap.
        draws: Bootstrap samples of the customers.

    Returns:
        A row per segment, ``(outside)`` for customers in none, and ``(all)``: ``customers``
        (``(outside)``: those known at the open or in the ledger), ``revenue``, ``goods``, a
        column ``cost_...`` per kind of cost, ``cost_to_serve`` (their sum), ``contribution``
        (revenue less goods and cost to serve), ``margin`` (of revenue, where that is positive),
        ``cost_to_serve_per_customer``, ``contribution_per_customer`` with its 95 % interval
        ``low`` to ``high``, and ``revenue_per_customer`` with ``revenue_low`` and
        ``revenue_high``. The rows add up to the ledger. Where no cost of the quarter is known,
        neither is the contribution: it would be revenue under another name. A kind that only
        other quarters have is not known, and not 0: its column, what is made of it, and the
        contribution are empty.
    """
    quarter = ledger[ledger["quarters_back"] == 0]
    placed = placed_customers(assignments_open)
    kinds = sorted(set(ledger["kind"]) - {_REVENUE, _GOODS})
    costs = [f"cost_{kind}" for kind in kinds]
    segment = quarter["customer_id"].astype("str").map(placed).fillna(OUTSIDE)
    names = sorted(placed.unique())
    known = set(assignments_open["customer_id"].astype("str")) | set(quarter["customer_id"])
    sizes = placed.value_counts().reindex(names).tolist()
    everyone = [*names, OUTSIDE, ALL_SEGMENTS]
    table = pd.DataFrame({"segment_id": everyone})
    table["customers"] = [*sizes, len(known) - len(placed), len(known)]
    for column, kind in zip([_REVENUE, _GOODS, *costs], [_REVENUE, _GOODS, *kinds], strict=True):
        own = quarter["kind"] == kind
        table[column] = [
            _exact_sum(quarter.loc[own & ((segment == name) | (name == ALL_SEGMENTS)), "amount"])
            for name in everyone
        ]
    table["cost_to_serve"] = table[costs].sum(axis=1).round(_DECIMALS)
    there = set(quarter["kind"])
    missing = sorted(set(ledger["kind"]) - there - {_REVENUE})
    for kind in missing:
        table[_GOODS if kind == _GOODS else f"cost_{kind}"] = np.nan
    if set(missing) - {_GOODS}:
        table["cost_to_serve"] = np.nan
    left = table[_REVENUE] - table[_GOODS] - table["cost_to_serve"]
    costs_known = bool(there - {_REVENUE}) and not missing
    table["contribution"] = left.round(_DECIMALS) if costs_known else np.nan
    table["margin"] = (table["contribution"] / table[_REVENUE]).where(table[_REVENUE] > 0)
    people = table["customers"].where(table["customers"] > 0)
    table["cost_to_serve_per_customer"] = table["cost_to_serve"] / people if kinds else np.nan
    table["contribution_per_customer"] = table["contribution"] / people
    table["revenue_per_customer"] = table[_REVENUE] / people
    own_seed, revenue_seed = spawn_seeds(seed, 2)
    table["low"] = table["high"] = np.nan
    if costs_known:
        each = _each_customer(quarter, sorted(known))
        table[["low", "high"]] = _intervals(each, placed, everyone, own_seed, draws)
    each = _each_customer(quarter[quarter["kind"] == _REVENUE], sorted(known))
    table[["revenue_low", "revenue_high"]] = _intervals(each, placed, everyone, revenue_seed, draws)
    return table


def contribution_shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return a contribution table as a page shows it.

    Customers outside of segments, and all, are told to the nearest ten: less those known at the
    open and at the close, which pages tell exactly, they would give away a few who did not buy.

    Args:
        table: From `contribution`.
    """
    shown = table.drop(columns=["revenue_per_customer", "revenue_low", "revenue_high"])
    whole, near = (
        shown["segment_id"].isin([OUTSIDE, ALL_SEGMENTS]),
        rounded(shown["customers"], limit=10),
    )
    return shown.assign(customers=shown["customers"].astype("Int64").mask(whole, near))


def contribution_formats(table: pd.DataFrame) -> dict[str, str]:
    """Return how the columns of a contribution table are written.

    Args:
        table: From `contribution`.
    """
    per_customer = {"cost_to_serve_per_customer", "contribution_per_customer", "low", "high"}
    formats = {"customers": "integer", "margin": "percent1"}
    for column in contribution_shown(table).columns:
        if column not in ("segment_id", "customers", "margin"):
            formats[column] = "money2" if column in per_customer else "money0"
    return formats


def contribution_sentence(table: pd.DataFrame, *, currency: str = "") -> str:
    """Say which segment leaves most, and which lose money.

    Args:
        table: From `contribution`.
        currency: Three-letter code.
    """
    rows = table[~table["segment_id"].isin([OUTSIDE, ALL_SEGMENTS])]
    rows = rows[rows["contribution_per_customer"].notna()]
    if rows.empty:
        missing = [
            str(column).removeprefix("cost_")
            for column in table.columns
            if (column == _GOODS or str(column).startswith("cost_"))
            and column not in ("cost_to_serve", "cost_to_serve_per_customer")
            and table[column].isna().all()
        ]
        if missing:
            return f"What segments contribute is not known: the quarter has no {listing(missing)}."
        return (
            "What segments contribute is not known, because the data hold no costs. Without them "
            "it would be revenue under another name."
        )
    order = rows.sort_values(["contribution", "segment_id"], ascending=[False, True])
    top = order.iloc[0]
    if top["contribution"] <= 0:
        return "No segment contributed anything in the quarter: each cost as much as it brought."
    total = float(table.loc[table["segment_id"] == ALL_SEGMENTS, "contribution"].iloc[0])
    share = (
        f", {percent(top['contribution'] / total)} of all" if total >= top["contribution"] else ""
    )
    said = (
        f"{top['segment_id']} contributed most in the quarter, "
        f"{amount(top['contribution'], currency)} after goods and cost to serve{share}."
    )
    lost = rows[rows["high"] < 0]["segment_id"].tolist()
    unsure = rows[(rows["contribution"] < 0) & (rows["high"] >= 0)]["segment_id"].tolist()
    if lost:
        said += f" {listing(lost)} cost more than {'it' if len(lost) == 1 else 'they'} brought."
    if unsure:
        said += f" {listing(unsure)} ended below zero, which may be chance."
    return said


def _exact_sum(amounts: pd.Series) -> float:
    # An exactly rounded sum does not depend on the order of the rows.
    return round(math.fsum(amounts), _DECIMALS)


def _each_customer(quarter: pd.DataFrame, known: list[str]) -> pd.Series:
    """What each customer left, 0 for those without a row."""
    signed = quarter["amount"].where(quarter["kind"] == _REVENUE, -quarter["amount"])
    frame = pd.DataFrame({"customer_id": quarter["customer_id"].astype("str"), "left": signed})
    ordered = frame.sort_values(["customer_id", "left"])
    return ordered.groupby("customer_id", sort=True)["left"].sum().reindex(known).fillna(0.0)


def _intervals(
    each: pd.Series,
    placed: pd.Series,
    names: Sequence[str],
    seed: np.random.SeedSequence,
    draws: int,
) -> FloatArray:
    """Ends of the interval of each segment's mean, shape (segments, 2)."""
    segment = placed.reindex(each.index).fillna(OUTSIDE)
    ends = []
    for name, branch in zip(names, seed.spawn(len(names)), strict=True):
        own = each if name == ALL_SEGMENTS else each[(segment == name).to_numpy()]
        own_seed = int(branch.generate_state(1)[0])
        found = studentised_mean(own.to_numpy(np.float64), seed=own_seed, draws=draws)
        ends.append((found.low, found.high))
    return np.array(ends)
