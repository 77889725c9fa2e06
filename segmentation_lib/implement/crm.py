"""The customer file for marketing operations: one row per customer, ready to import."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pandas as pd

from segmentation_lib.calendar import Window

__all__ = ["NO_SEGMENT", "crm_table", "value_tier"]

# A blank does not overwrite an old tag in every system, so "no segment" is a value of its own.
NO_SEGMENT = "none"

_TIER_HIGH, _TIER_LOW = 120.0, 80.0
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def crm_table(
    assignments: pd.DataFrame,
    *,
    window: Window,
    period: str,
    cards: Mapping[str, Any],
    model_hash: str,
    valid_days: int = 92,
    previous: pd.DataFrame | None = None,
    consent: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Make the customer file of the quarter.

    Args:
        assignments: The artefact ``assignments_close``.
        window: The quarter; tags are assigned on its last day.
        period: The quarter's name, the version of the segments.
        cards: The artefact ``segments``: names, and value indices for the value tier.
        model_hash: Hash of the model that assigned the segments.
        valid_days: Days a tag stays valid after the last day.
        previous: ``assignments_close`` of the previous quarter; None in the first quarter.
        consent: The artefact ``consent``, where the customers' table has it. Customers without
            a yes are left out, and so are those without an entry.

    Returns:
        The artefact ``crm``, by ``external_id``. Customers without a segment carry ``none`` and
        confidence 0. ``movement`` is ``new`` (no segment before, or not known), ``stayed``,
        ``moved`` (also out of all segments) or ``returned`` (had lapsed).
    """
    table = assignments.copy()
    table["customer_id"] = table["customer_id"].astype("str")
    if consent is not None:
        agreed = consent.loc[consent["marketing_consent"], "customer_id"]
        table = table[table["customer_id"].isin(agreed)]
    table = table.sort_values("customer_id", ignore_index=True)
    names = {card["id"]: card["name"] for card in cards["segments"]}
    value_index = {card["id"]: card["value_index"] for card in cards["segments"]}
    segment = _or_none(table["segment_id"])
    before = _before(table["customer_id"], previous)
    result = pd.DataFrame(
        {
            "external_id": table["customer_id"],
            "segment_id": segment,
            "segment_name": segment.map(lambda key: _harmless(str(names.get(key, key)))),
            "segment_version": period,
            "previous_segment_id": before["segment_id"],
            "movement": _movement(segment, before),
            "assigned_on": window.last_day.isoformat(),
            "valid_until": (window.last_day + timedelta(days=valid_days)).isoformat(),
            "confidence": table["confidence"].astype("float64").fillna(0.0).round(4),
            "second_segment_id": _or_none(table["second_segment_id"]),
            "lifecycle_state": table["state"],
            "value_tier": segment.map(lambda key: value_tier(value_index.get(key))),
        }
    )
    if consent is not None:
        result["consent_marketing"] = "true"
    result["model_hash"] = model_hash
    return result


def value_tier(index: float | None) -> str:
    """Return the value tier of a segment from its value index.

    >>> value_tier(180.0), value_tier(100.0), value_tier(35.0), value_tier(None)
    ('high', 'mid', 'low', 'none')
    """
    if index is None or pd.isna(index):
        return NO_SEGMENT
    return "high" if index >= _TIER_HIGH else "low" if index <= _TIER_LOW else "mid"


def _or_none(segments: pd.Series) -> pd.Series:
    return segments.astype("object").where(segments.notna(), NO_SEGMENT).astype("str")


def _before(customers: pd.Series, previous: pd.DataFrame | None) -> pd.DataFrame:
    """Give each customer's segment and state at the previous close; state empty if unknown."""
    if previous is None:
        return pd.DataFrame({"segment_id": NO_SEGMENT, "state": ""}, index=customers.index)
    known = previous.assign(customer_id=previous["customer_id"].astype("str"))
    known = known.set_index("customer_id")[["segment_id", "state"]].reindex(customers)
    known.index = customers.index
    return pd.DataFrame(
        {"segment_id": _or_none(known["segment_id"]), "state": known["state"].fillna("")}
    )


def _movement(segment: pd.Series, before: pd.DataFrame) -> pd.Series:
    had, has = before["segment_id"] != NO_SEGMENT, segment != NO_SEGMENT
    lapsed = before["state"].isin(["LAPSED", "INACTIVE"])
    result = pd.Series("stayed", index=segment.index)
    result = result.mask(had & (segment != before["segment_id"]), "moved")
    result = result.mask(~had & has, "new").mask(~had & has & lapsed, "returned")
    return result.mask(before["state"] == "", "new")


def _harmless(text: str) -> str:
    """Keep a spreadsheet from running free text as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
