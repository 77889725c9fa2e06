"""What a scored day changes: events of the membership ledger, and rows for the CRM."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.cluster import Model
from segmentation_lib.implement.governance import check_exports
from segmentation_lib.implement.tags import append, holdout_groups, membership_events, replay
from segmentation_lib.implement.tags.among import among
from segmentation_lib.params import Params
from segmentation_lib.scoring.base import Base
from segmentation_lib.scoring.delta import delta_rows
from segmentation_lib.scoring.measure import Measured

__all__ = ["SCORED", "crm_changes", "day_events"]

# Moves between two quarters' files are told from moves by a quarter's own scoring.
SCORED = "score"


def day_events(
    base: Base,
    past: Sequence[pd.DataFrame],
    after: pd.DataFrame,
    consent: pd.DataFrame | None,
    *,
    as_of: date,
) -> pd.DataFrame:
    """Return the events of a day: who carries another tag than after the day scored before.

    Args:
        base: Where the quarter before left everybody.
        past: Events of the days scored since, in order.
        after: ``external_id`` and ``current`` of everyone in a segment after the day.
        consent: Who agrees to marketing; None where the data do not say. Whoever does not carries
            no tag.
        as_of: The day.

    Returns:
        The columns of the membership ledger, by customer. A move has the reason ``score``; who
        comes in is ``new`` or ``returned``, who goes out ``lapsed`` or ``optout``.

    Raises:
        ContractError: The past does not go on from the base.
    """
    ledger = base.ledger
    for events in past:
        ledger = append(ledger, events)
    tags = after.rename(columns={"current": "segment_id"})[["external_id", "segment_id"]]
    refused: list[str] = []
    if consent is not None:
        agreed = consent["marketing_consent"].astype("bool")
        tags = tags[among(tags["external_id"], consent.loc[agreed, "customer_id"])]
        refused = consent.loc[~agreed, "customer_id"].tolist()
    events = membership_events(
        replay(ledger), tags, at=as_of, opted_out=refused, seen=ledger["external_id"]
    )
    events["reason"] = events["reason"].replace({"moved": SCORED})
    append(ledger, events)
    return events


def crm_changes(
    events: pd.DataFrame,
    measured: Measured,
    model: Model,
    base: Base,
    params: Params,
    *,
    as_of: date,
    over: Collection[str] = (),
) -> pd.DataFrame:
    """Return what the CRM must be told, and nobody who did not agree; see `delta_rows`.

    Args:
        events: Events of the day.
        measured: What was measured as of the day.
        model: The adopted model.
        base: Where the quarter before left everybody.
        params: All parameters of the quarter under way.
        as_of: The day.
        over: IDs of experiments that are over by then.

    Raises:
        ContractError: A customer who did not agree to marketing would be in the file.
    """
    window = Window(params.window.start, as_of)
    people = measured.features
    people = people[among(people["customer_id"], events["external_id"])]
    drawn = "experiment_assignments"
    alone = holdout_groups(
        measured.arms,
        window=window,
        controls=params.profile.value.controls,
        over=over,
        drawn=base.run.read(drawn) if base.run.has(drawn) else None,
    )
    told = delta_rows(
        events,
        people,
        model,
        window=window,
        period=base.period,
        cards=base.run.read("segments"),
        consent=measured.consent,
        valid_days=params.implement.valid_days,
        lifetime=base.run.read("lifetime_value") if base.run.has("lifetime_value") else None,
        holdouts=alone,
        contacts=measured.contacts,
    )
    consent = measured.consent
    if consent is not None:
        consent = consent[among(consent["customer_id"], told["external_id"])]
    check_exports({"crm_delta.csv": told["external_id"]}, consent)
    return told
