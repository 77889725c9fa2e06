"""What the CRM must be told of a scored day: new rows of the customer file, and tags to clear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.cluster import Model, memberships
from segmentation_lib.implement.tags import NO_SEGMENT, crm_table
from segmentation_lib.implement.tags.among import among
from segmentation_lib.implement.tags.columns import CLEAR, UPSERT

__all__ = ["delta_rows"]


def delta_rows(
    events: pd.DataFrame,
    people: pd.DataFrame,
    model: Model,
    *,
    window: Window,
    period: str,
    cards: Mapping[str, Any],
    consent: pd.DataFrame | None,
    valid_days: int,
    lifetime: pd.DataFrame | None = None,
    holdouts: pd.Series | None = None,
    contacts: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the rows of the customer file that a scored day changes.

    Whoever opted out, or is not in the data any more while consent is known, is in no file: their
    tags expire by ``valid_until``. Where no consent is known at all, customers who are gone get a
    row ``clear``.

    Args:
        events: Events of the day.
        people: Features of the customers of the events who are in the data, with their states.
        model: The adopted model.
        window: From the quarter's open to the day; tags are assigned on its last day.
        period: The quarter that gave the segments: their version.
        cards: Its artefact ``segments``.
        consent: Who agrees to marketing; None where the data do not say.
        valid_days: Days a tag stays valid.
        lifetime: The artefact ``lifetime_value`` of that quarter.
        holdouts: Experiments in which customers are to be left alone.
        contacts: Contact columns to add, with ``customer_id``; None for none.

    Returns:
        ``action`` (``upsert`` or ``clear``) and the columns of the customer file, by
        ``external_id``.
    """
    last = events.drop_duplicates("external_id", keep="last").set_index("external_id")
    first = events.drop_duplicates("external_id", keep="first").set_index("external_id")
    enters = last["event"] == "enter"
    now = last["segment_id"].where(enters)
    rows = _assigned(now, people, model)
    table = crm_table(
        rows,
        window=window,
        period=period,
        cards=cards,
        model_hash=model.hash,
        valid_days=valid_days,
        consent=consent,
        lifetime=lifetime,
        holdouts=holdouts,
        contacts=contacts,
        contact_columns=[] if contacts is None else list(contacts.columns[1:]),
    )
    ids = pd.Index(table["external_id"])
    # An exit's from_id is the segment that was left, an entry's the one before it.
    table["previous_segment_id"] = first["from_id"].reindex(ids).to_numpy()
    reason = last["reason"].reindex(ids).to_numpy()
    fresh = table["previous_segment_id"] == NO_SEGMENT
    movement = np.where(reason == "returned", "returned", np.where(fresh, "new", "moved"))
    table["movement"] = movement
    gone = ~among(table["external_id"], people["customer_id"])
    table.insert(0, "action", np.where(gone, CLEAR, UPSERT))
    return table.sort_values("external_id", ignore_index=True)


def _assigned(now: pd.Series, people: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Return segment, confidence and next segment of the customers of the events."""
    people = people.set_index(people["customer_id"].astype("str")).reindex(now.index)
    ids = np.array(model.segment_ids, dtype=object)
    place = pd.Index(ids).get_indexer(pd.Index(now, dtype="object"))
    inside = place >= 0
    shares = np.zeros((len(now), model.k))
    if inside.any():
        shares[inside] = memberships(model, people[inside].reset_index(drop=True))
    own = shares[np.arange(len(now)), place]
    others = shares.copy()
    others[np.arange(len(now)), place] = -1.0
    second = pd.Series(ids[others.argmax(axis=1)], index=now.index)
    return pd.DataFrame(
        {
            "customer_id": now.index.astype("str"),
            "state": people["state"].fillna("LAPSED").astype("str").to_numpy(),
            "segment_id": now.to_numpy(),
            "confidence": np.where(inside, own, np.nan),
            "second_segment_id": second.where(inside).to_numpy(),
        }
    )
