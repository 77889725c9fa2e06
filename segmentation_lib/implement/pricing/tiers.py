"""Whether price tiers agree with what their segments say they would pay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.implement.pricing.shown import shown_tiers
from segmentation_lib.params.registers.pricing import PriceStudy, Tier
from segmentation_lib.profile.wording import amount, listing, percent, titled

__all__ = ["price_tiers", "pricing_sentences"]

_COLUMNS = ["study", "tier", "price", "segment_id", "customers", "would_buy", "low", "high",
            "willingness", "willingness_low", "willingness_high", "verdict"]  # fmt: skip


def price_tiers(
    studies: Iterable[PriceStudy], curve: pd.DataFrame, points: pd.DataFrame
) -> pd.DataFrame:
    """Compare each tier's price with the demand of the segments it is made for.

    The answers at asked prices are used where there are any, else the four prices.

    Args:
        studies: The register ``pricing``.
        curve: The artefact ``price_curve``.
        points: The artefact ``price_points``.

    Returns:
        The artefact ``price_tiers``, by study, tier (cheapest first) and segment: ``study``,
        ``tier``, ``price``, ``segment_id``, ``customers``, ``would_buy`` (share at the tier's
        price) with ``low`` and ``high``, ``willingness`` with its interval, and ``verdict``:
        ``out of order`` (the segment of a cheaper tier would pay clearly more than that of a
        dearer one: the intervals do not meet), ``too dear`` (clearly under half would buy),
        ``fits``, or ``not known``.
    """
    rows = []
    for study in studies:
        method = "asked prices" if study.asked_prices is not None else "four prices"
        known = _of(points, study.id, method).set_index("segment_id").to_dict("index")
        wrong = _out_of_order(study.tiers, known)
        for number, tier in enumerate(study.tiers):
            for segment in sorted(tier.segments):
                own = _of(curve, study.id, method)
                own = own[own["segment_id"] == segment].sort_values("price")
                at = _at(own, tier.price)
                point = known.get(segment)
                customers = 0 if point is None else int(point["customers"])
                half = [np.nan] * 3 if point is None else _willingness(point)
                verdict = "fits"
                if own.empty or np.isnan(at[0]):
                    verdict = "not known"
                elif at[2] < 0.5:
                    verdict = "too dear"
                verdict = "out of order" if (number, segment) in wrong else verdict
                rows.append((study.id, tier.name, tier.price, segment, customers, *at, *half,
                             verdict))  # fmt: skip
    return pd.DataFrame(rows, columns=_COLUMNS)


def pricing_sentences(
    points: pd.DataFrame,
    tiers: pd.DataFrame,
    *,
    names: Mapping[str, str],
    currency: str = "",
    missing: tuple[str, ...] = (),
    most: int = 5,
    few: int = 10,
) -> list[str]:
    """Say what segments would pay, what contradicts the tiers, or what is missing.

    Args:
        points: The artefact ``price_points``.
        tiers: The artefact ``price_tiers``.
        names: Name of each segment, by ID.
        currency: Three-letter code.
        missing: Columns that the register names and the survey lacks.
        most: Most sentences.
        few: A share that stands for fewer customers is not told.
    """
    if points.empty:
        lacks = f" The survey has no column {listing(list(missing))}." if missing else ""
        return [
            "There are no answers about prices, so nothing is said about what segments would pay."
            + lacks,
            "To provide: a survey with four prices (too cheap, cheap, expensive, too expensive), "
            "or a price and whether the customer would buy at it; name its columns in "
            "pricing.yaml. About 100 answers per segment give a useful curve.",
        ]
    said = [
        f"Error: {titled(row['segment_id'], names)} is placed in the tier {row['tier']} "
        f"({amount(row['price'], currency)}), but what segments say they would pay is the other "
        "way round. Move the segment, or the price."
        for row in tiers.to_dict("records")
        if row["verdict"] == "out of order"
    ]
    said += [
        f"{titled(row['segment_id'], names)} finds the tier {row['tier']} too dear: "
        f"{_would_pay(row, currency, few)}."
        for row in shown_tiers(tiers, few=few).to_dict("records")
        if row["verdict"] == "too dear"
    ]
    own = points[(points["segment_id"] != "(all)") & (points["verdict"] == "measured")]
    # Four prices and asked prices of one product are not the same question: one is told.
    own = own.sort_values(["study", "method", "segment_id"], kind="stable")
    own = own.drop_duplicates(["study", "segment_id"])
    own = own.sort_values(["willingness", "study", "segment_id"], ascending=[False, True, True])
    said += [
        f"Half of {titled(row['segment_id'], names)} say they would pay "
        f"{amount(row['willingness'], currency)}{_interval(row, currency)}."
        for row in (own if len(own) < 3 else own.iloc[[0, -1]]).to_dict("records")
    ]
    unknown = points.loc[points["verdict"] == "too few answers", "segment_id"]
    if len(unknown):
        whom = listing([titled(name, names) for name in sorted(set(unknown)) if name != "(all)"])
        said.append(f"Too few answers to tell: {whom or 'all customers'}.")
    return said[:most]


def _would_pay(row: Mapping[Any, Any], currency: str, few: int) -> str:
    price = amount(row["price"], currency)
    if np.isnan(row["would_buy"]):
        return f"fewer than {few} of those asked would pay {price}"
    return (
        f"{percent(row['would_buy'])} would pay {price} "
        f"(95% interval {percent(row['low'])} to {percent(row['high'])})"
    )


def _interval(row: Mapping[Any, Any], currency: str) -> str:
    low, high = row["willingness_low"], row["willingness_high"]
    if np.isnan(low) or np.isnan(high):
        return " (the interval reaches beyond the prices asked)"
    return f" (95% interval {amount(low, currency)} to {amount(high, currency)})"


def _of(frame: pd.DataFrame, study: str, method: str) -> pd.DataFrame:
    return frame[(frame["study"] == study) & (frame["method"] == method)]


def _at(own: pd.DataFrame, price: float) -> list[float]:
    """Return share, low and high at a price; missing beyond the prices of the curve."""
    if own.empty or not own["price"].iloc[0] <= price <= own["price"].iloc[-1]:
        return [np.nan] * 3
    prices = own["price"].to_numpy("float64")
    return [float(np.interp(price, prices, own[name].to_numpy("float64")))
            for name in ("share", "low", "high")]  # fmt: skip


def _willingness(point: Mapping[Any, Any]) -> list[float]:
    return [float(point[f"willingness{end}"]) for end in ("", "_low", "_high")]


def _out_of_order(
    tiers: tuple[Tier, ...], known: Mapping[Any, Mapping[Any, Any]]
) -> set[tuple[int, str]]:
    """Return the tier and segment of each pair whose stated prices contradict the tiers."""
    low = {name: point["willingness_low"] for name, point in known.items()}
    high = {name: point["willingness_high"] for name, point in known.items()}
    return {
        found
        for (i, cheap), (j, dear) in combinations(enumerate(tiers), 2)
        for one, other in product(cheap.segments, dear.segments)
        # An end that is missing, or beyond the prices asked, contradicts nothing.
        if low.get(one, np.nan) > high.get(other, np.nan)
        for found in ((i, one), (j, other))
    }
