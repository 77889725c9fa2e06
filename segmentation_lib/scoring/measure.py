"""Measuring: the model's features and the consent of everybody, as of any day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.cluster import Model
from segmentation_lib.engine import Engine
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.params import Params
from segmentation_lib.params.governance import GovernanceFile
from segmentation_lib.prepare import Cleaned, check_barred, clean, consent_table, load_tables
from segmentation_lib.prepare.contacts import contact_table
from segmentation_lib.prepare.contract import CONTRACT
from segmentation_lib.prepare.dictionary import data_dictionary
from segmentation_lib.prepare.features import features_at
from segmentation_lib.prepare.grains import grains_at
from segmentation_lib.prepare.selection import select_features
from segmentation_lib.prepare.windows import AsOf, start_of

__all__ = ["Measured", "measure"]


@dataclass(frozen=True)
class Measured:
    """What is known of everybody on a day.

    Attributes:
        features: ``customer_id``, ``state`` and the segmenting features, by customer.
        consent: ``customer_id`` and ``marketing_consent``, by customer; None where the data do
            not say.
        arms: ``experiment_id, customer_id, arm, assigned_at`` of all placements before the day;
            None without experiments.
        contacts: ``customer_id`` and the contact columns; None where the parameters name none.
    """

    features: pd.DataFrame
    consent: pd.DataFrame | None
    arms: pd.DataFrame | None
    contacts: pd.DataFrame | None


def measure(
    engine: Engine,
    params: Params,
    model: Model,
    as_of: date,
    *,
    governance: GovernanceFile | None = None,
) -> Measured:
    """Measure the segmenting features from rows strictly before a day.

    Args:
        engine: An open engine.
        params: All parameters of the quarter under way.
        model: The model that is to score.
        as_of: The day; a day of that quarter.
        governance: What is barred; nothing where there is no file.

    Raises:
        ContractError: The data break the contract, stop too long before the day, give other
            features than the model was fitted on, or a barred column would be used.
    """
    # The quarter is under way, so its end is not asked for; `_refuse_old` asks for the day's eve.
    under_way = params.model_copy(update={"partial": True})
    cleaned = clean(load_tables(engine, under_way), under_way)
    if not params.partial:
        _refuse_old(cleaned, as_of, params.prepare.coverage_days)
    chosen = select_features(cleaned, params)
    check_barred(chosen, params, governance)
    segmenting = tuple(feature for feature in chosen if feature.role == "segmenting")
    moment = AsOf(as_of, Window(as_of, date.max).lookback(params.prepare.lookback_days))
    grains = grains_at(
        engine,
        cleaned,
        moment,
        new_days=params.prepare.new_days,
        all_active=params.prepare.features_from == "customers",
    )
    features = features_at(engine, grains, segmenting)
    dictionary = data_dictionary(segmenting, {}, features, pd.DataFrame(), params)
    model.check(features, dictionary)
    return Measured(
        features,
        consent=consent_table(cleaned),
        arms=_arms(cleaned, as_of),
        contacts=contact_table(cleaned, params),
    )


def _arms(cleaned: Cleaned, as_of: date) -> pd.DataFrame | None:
    if "assignments" not in cleaned:
        return None
    rows = cleaned["assignments"]
    rows = rows.filter(rows["assigned_at"] < start_of(as_of))
    columns = ["experiment_id", "customer_id", "arm", "assigned_at"]
    return cleaned.engine.frame(rows.select(*columns).order_by(*columns))


def _refuse_old(cleaned: Cleaned, as_of: date, coverage_days: int) -> None:
    eve = as_of - timedelta(days=1)
    faults = []
    for name in ("orders", "events"):
        if name not in cleaned:
            continue
        time = CONTRACT[name].time or ""
        seen = cleaned[name].filter(cleaned[name][time] < start_of(as_of))
        last = cleaned.engine.row(seen.aggregate(last=seen[time].max()))["last"]
        if last is None or (eve - last.date()).days > coverage_days:
            faults.append(
                Fault(
                    f"{name}.{time}",
                    f"the last row before {as_of} is of {last.date()}" if last else "it is empty",
                    f"the data must reach within {coverage_days} days of it "
                    "(prepare.coverage_days), or customers would seem to have gone",
                    "Give newer data, or an earlier day.",
                    "not_covered",
                )
            )
    if faults:
        raise ContractError(faults)
