"""The customer file for marketing operations: one row per customer, ready to import."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.implement.tags.among import among
from segmentation_lib.implement.tags.cells import check_ids, harmless, harmless_contact
from segmentation_lib.implement.tags.columns import COLUMNS, NO_SEGMENT

__all__ = ["NO_SEGMENT", "crm_table", "value_tier"]

_TIER_HIGH, _TIER_LOW = 120.0, 80.0
_WORTH = {"clv_12m": "value_per_customer", "clv_12m_low": "low", "clv_12m_high": "high"}


def crm_table(
    assignments: pd.DataFrame,
    *,
    window: Window,
    period: str,
    cards: Mapping[str, Any],
    model_hash: str,
    valid_days: int = 92,
    previous: pd.DataFrame | None = None,
    opened: pd.DataFrame | None = None,
    consent: pd.DataFrame | None = None,
    lifetime: pd.DataFrame | None = None,
    holdouts: pd.Series | None = None,
    contacts: pd.DataFrame | None = None,
    contact_columns: Sequence[str] = (),
    ambiguous_below: float = 0.6,
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
        opened: The artefact ``assignments_open``: whom the new model had placed where on the day
            of the previous file.
        consent: The artefact ``consent``, where the customers' table has it. Customers without
            a yes are left out, and so are those without an entry.
        lifetime: The artefact ``lifetime_value``: value per customer of each segment.
        holdouts: From `holdout_groups`.
        contacts: The customers' own columns, with ``customer_id``.
        contact_columns: Which of them to add; none unless asked for.
        ambiguous_below: Confidence under which a customer counts as ambiguous.

    Returns:
        The artefact ``crm``, by ``external_id``: the columns of `COLUMNS` in their order, then
        the contact columns. Customers without a segment carry ``none`` and confidence 0.
        ``movement`` is ``new`` (no segment before, or not known), ``stayed``, ``moved`` (also out
        of all segments), ``returned`` (had lapsed) or ``within_noise`` (see `COLUMNS`).

    Raises:
        ContractError: An ID would not survive the file, or a contact column does not exist.
    """
    table = _exported(assignments, consent)
    ids = table["customer_id"]
    check_ids(ids)
    names = {card["id"]: card["name"] for card in cards["segments"]}
    value_index = {card["id"]: card["value_index"] for card in cards["segments"]}
    segment = _or_none(table["segment_id"])
    second = _or_none(table["second_segment_id"])
    before = _known(ids, previous)
    confidence = table["confidence"].astype("float64").fillna(0.0)
    result = pd.DataFrame(
        {
            "external_id": ids,
            "segment_id": segment,
            "segment_name": _each(segment, lambda key: harmless(str(names.get(key, key)))),
            "segment_version": period,
            "previous_segment_id": before["segment_id"],
            "movement": _movement(segment, before),
            "assigned_on": window.last_day.isoformat(),
            "valid_until": (window.last_day + timedelta(days=valid_days)).isoformat(),
            # More digits would tell chance, and make every row of every file a new one.
            "confidence": confidence.round(2),
            "second_segment_id": second,
            "lifecycle_state": table["state"].astype("str"),
            "value_tier": _each(segment, lambda key: value_tier(value_index.get(key))),
            **_worth(segment, lifetime),
            "consent_marketing": "unknown" if consent is None else "true",
            "holdout_group": NO_SEGMENT if holdouts is None else _holdout(ids, holdouts),
            "model_hash": model_hash,
        }
    )
    after = result.assign(confidence=confidence)
    noise = _within_noise(after, before, _known(ids, opened)["segment_id"], ambiguous_below)
    result["movement"] = result["movement"].mask(noise, "within_noise")
    added = _contact(ids, contacts, contact_columns)
    return pd.concat([result[list(COLUMNS)], added], axis=1)


def value_tier(index: float | None) -> str:
    """Return the value tier of a segment from its value index.

    >>> value_tier(180.0), value_tier(100.0), value_tier(35.0), value_tier(None)
    ('high', 'mid', 'low', 'none')
    """
    if index is None or pd.isna(index):
        return NO_SEGMENT
    return "high" if index >= _TIER_HIGH else "low" if index <= _TIER_LOW else "mid"


def _exported(assignments: pd.DataFrame, consent: pd.DataFrame | None) -> pd.DataFrame:
    table = assignments.assign(customer_id=assignments["customer_id"].astype("str"))
    if consent is not None:
        agreed = consent.loc[consent["marketing_consent"].astype("bool"), "customer_id"]
        table = table[among(table["customer_id"], agreed.astype("str"))]
    return table.sort_values("customer_id", ignore_index=True)


def _each(segment: pd.Series, tell: Callable[[str], str]) -> pd.Series:
    """Apply a function once per segment, not once per customer."""
    return segment.map({str(key): tell(str(key)) for key in segment.unique()})


def _or_none(segments: pd.Series) -> pd.Series:
    return segments.astype("object").where(segments.notna(), NO_SEGMENT).astype("str")


def _known(customers: pd.Series, assignments: pd.DataFrame | None) -> pd.DataFrame:
    """Give each customer's segments, confidence and state in another file; state empty if new."""
    columns = ["segment_id", "second_segment_id", "confidence", "state"]
    if assignments is None:
        found = pd.DataFrame(index=customers.index, columns=columns, dtype="object")
    else:
        ids = assignments["customer_id"].astype("str")
        found = assignments.set_index(ids).reindex(columns=columns).reindex(customers)
        found.index = customers.index
    return pd.DataFrame(
        {
            "segment_id": _or_none(found["segment_id"]),
            "second_segment_id": _or_none(found["second_segment_id"]),
            "confidence": pd.to_numeric(found["confidence"]),
            "state": found["state"].astype("object").fillna("").astype("str"),
        }
    )


def _movement(segment: pd.Series, before: pd.DataFrame) -> pd.Series:
    had, has = before["segment_id"] != NO_SEGMENT, segment != NO_SEGMENT
    lapsed = before["state"].isin(["LAPSED", "INACTIVE"])
    result = pd.Series("stayed", index=segment.index)
    result = result.mask(had & (segment != before["segment_id"]), "moved")
    result = result.mask(~had & has, "new").mask(~had & has & lapsed, "returned")
    return result.mask(before["state"] == "", "new")


def _within_noise(
    after: pd.DataFrame, before: pd.DataFrame, opened: pd.Series, ambiguous_below: float
) -> pd.Series:
    """Tell which moves are no more than a border crossed, or a line the new model drew."""
    both = (after["segment_id"] != NO_SEGMENT) & (before["segment_id"] != NO_SEGMENT)
    moved = (after["movement"] == "moved") & both
    now = (after["confidence"] < ambiguous_below) & (
        after["second_segment_id"] == before["segment_id"]
    )
    then = (before["confidence"] < ambiguous_below) & (
        before["second_segment_id"] == after["segment_id"]
    )
    return moved & (now | then | (opened == after["segment_id"]))


def _worth(segment: pd.Series, lifetime: pd.DataFrame | None) -> dict[str, pd.Series]:
    if lifetime is None:
        return {name: pd.Series(np.nan, index=segment.index) for name in _WORTH}
    by_segment = lifetime.set_index("segment_id")
    # Cents are enough; the interval is far wider.
    return {
        name: segment.map(by_segment[source].astype("float64").round(2))
        for name, source in _WORTH.items()
    }


def _holdout(ids: pd.Series, holdouts: pd.Series) -> pd.Series:
    return ids.map(holdouts).astype("object").fillna(NO_SEGMENT).astype("str")


def _contact(ids: pd.Series, contacts: pd.DataFrame | None, columns: Sequence[str]) -> pd.DataFrame:
    known = [] if contacts is None else [c for c in contacts.columns if c != "customer_id"]
    # The delta has a column of its own, too.
    wrong = [c for c in columns if c not in known or c in COLUMNS or c == "action"]
    if wrong:
        raise ContractError(
            [
                Fault(
                    "data.customers.contacts",
                    f"{name} cannot be added to the customer file",
                    "a contact column is a column of the customers table with a name of its own",
                    f"Known are: {', '.join(sorted(known)) or 'none'}.",
                    "contact_column",
                )
                for name in wrong
            ]
        )
    if contacts is None or not columns:
        return pd.DataFrame(index=ids.index)
    own = contacts.set_index(contacts["customer_id"].astype("str"))[list(columns)].reindex(ids)
    text = own.astype("object").where(own.notna(), "").astype("str")
    shown = {name: text[name].map(harmless_contact).to_numpy() for name in columns}
    return pd.DataFrame(shown, index=ids.index)
