"""Low-profit segments: nurture them, or spend the effort elsewhere, where this is beyond chance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.profile.value.contribution import OUTSIDE
from segmentation_lib.profile.value.decision_words import decide
from segmentation_lib.profile.value.holdout import placed_customers
from segmentation_lib.profile.value.measure import ALL_SEGMENTS
from segmentation_lib.stats.beyond import clearly_more
from segmentation_lib.stats.intervals import wilson_interval

__all__ = ["low_profit_decisions"]

_COLUMNS = ["segment_id", "customers", "contribution_per_customer", "revenue_per_customer",
            "low", "high", "margin", "low_profit", "growth", "upsell_probability", "upsell_low",
            "upsell_high", "upsell_floor", "upsell_net", "lifetime_value", "referral_index",
            "decision", "reason", "rule"]  # fmt: skip
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
    average per customer, and chance alone would not bring it there: the whole interval of its
    contribution lies below. A low-profit segment is nurtured when enough of its customers moved up
    in the quarter (net of chance at least ``upsell_from``), when its value grew, or when it
    recommends far more than others; else its effort is reallocated. A better segment is one that
    contributes more by a difference beyond its interval. Where costs are not known, revenue per
    customer decides, it is called by its name, and contribution and margin are empty.

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
        A row per segment: ``contribution_per_customer``, ``revenue_per_customer``, ``low`` and
        ``high`` of the one that decides (95 %), ``margin``, ``low_profit``, ``growth``
        (the verdict of ``durable``), ``upsell_probability`` (share of its customers at the open
        who are at the close in a better segment) with its 95 %
        interval, ``upsell_floor``, ``upsell_net``, ``lifetime_value`` per customer,
        ``referral_index`` (100 = average, or above it by luck), the ``decision`` (``keep``,
        ``nurture``, ``reallocate``, or ``too few to tell`` under 30 customers), the
        ``reason`` (``profit``, ``chance``, ``customers``, ``upsell``, ``growth`` or ``referral``)
        and the
        ``rule`` as a sentence.

    Raises:
        ValueError: ``referral`` is no column of ``outcomes``.
    """
    if referral is not None and (outcomes is None or referral not in outcomes.columns):
        raise ValueError(f"referral = {referral}, must be a column of outcomes; set it to none")
    costs_known = bool(contribution["contribution_per_customer"].notna().any())
    worth = _worth(contribution, costs_known)
    line = max(low_share * _average(contribution, costs_known), 0.0)
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
        own = worth.loc[segment]
        row: dict[str, object] = {
            "segment_id": segment,
            "customers": int((opened == segment).sum()),
            "contribution_per_customer": own["value"] if costs_known else np.nan,
            "revenue_per_customer": table.loc[segment, "revenue_per_customer"],
            "low": own["low"],
            "high": own["high"],
            "margin": float(table.loc[segment, "margin"]) if costs_known else np.nan,
            "low_profit": bool(own["high"] < line),
            "growth": growth.get(segment, "not known"),
            **_upsell(segment, opened, closed, _better(segment, worth), noise_floor),
            "lifetime_value": ahead.get(segment, np.nan),
            "referral_index": recommends.get(segment, np.nan),
        }
        under = bool(own["value"] < line)
        decision, reason, why = decide(row, under=under, upsell_from=upsell_from, currency=currency)
        rows.append(row | {"decision": decision, "reason": reason, "rule": why})
    return pd.DataFrame(rows, columns=_COLUMNS)


def _worth(contribution: pd.DataFrame, costs_known: bool) -> pd.DataFrame:
    """What decides of each segment: ``value`` per customer with its interval."""
    rows = contribution[~contribution["segment_id"].isin([ALL_SEGMENTS, OUTSIDE])]
    columns = (
        ["contribution_per_customer", "low", "high"]
        if costs_known
        else ["revenue_per_customer", "revenue_low", "revenue_high"]
    )
    return rows.set_index("segment_id")[columns].set_axis(["value", "low", "high"], axis=1)


def _average(contribution: pd.DataFrame, costs_known: bool) -> float:
    """What decides of all customers in a segment."""
    rows = contribution[~contribution["segment_id"].isin([ALL_SEGMENTS, OUTSIDE])]
    total = rows["contribution" if costs_known else "revenue"]
    people = int(rows["customers"].sum())
    return float(total.sum()) / people if people else float("nan")


def _better(segment: str, worth: pd.DataFrame) -> set[str]:
    """The segments worth more by a difference beyond its interval."""
    own, others = worth.loc[[segment]], worth.drop(index=segment)
    value, low = others["value"].to_numpy(np.float64), others["low"].to_numpy(np.float64)
    less, less_high = own["value"].to_numpy(np.float64), own["high"].to_numpy(np.float64)
    return set(others.index[clearly_more(value, low, less, less_high)])


def _upsell(
    segment: str,
    opened: pd.Series,
    closed: pd.Series,
    better: set[str],
    noise_floor: pd.DataFrame | None,
) -> dict[str, float]:
    here = opened.index[(opened == segment).to_numpy()]
    later = closed.reindex(here)
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
