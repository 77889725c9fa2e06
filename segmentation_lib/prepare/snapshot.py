"""Snapshot: the features as of open and close and the outcomes between, from cleaned tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.params.models import Params
from segmentation_lib.prepare.catalogue import Feature
from segmentation_lib.prepare.dictionary import data_dictionary
from segmentation_lib.prepare.features import features_at
from segmentation_lib.prepare.grains import Grains, grains_at
from segmentation_lib.prepare.names import counted
from segmentation_lib.prepare.outcomes import outcome_names, outcomes_of
from segmentation_lib.prepare.quality import quality_summary
from segmentation_lib.prepare.selection import select_features
from segmentation_lib.prepare.soft_checks import feature_findings
from segmentation_lib.prepare.still import still_features, still_obstacle
from segmentation_lib.prepare.tables import Cleaned
from segmentation_lib.prepare.windows import AsOf

__all__ = ["Prepared", "snapshot"]


@dataclass(frozen=True)
class Prepared:
    """What the first stage hands on.

    Attributes:
        features_open: One row per customer known when the quarter opened, sorted by
            ``customer_id``; with ``state`` and one column per feature.
        features_close: The same columns, for everybody known at the close.
        features_still: The segmenting features at open and close of a history in which nobody
            changed (see `segmentation_lib.prepare.still`), with ``moment``; None where the data
            have none, and `quality` says why.
        outcomes: What the customers of `features_open` did in the quarter; same rows.
        data_dictionary: One row per feature and outcome: role, unit, definition, window.
        features: The features, as the catalogue describes them.
        quality: What the quality page says.
    """

    features_open: pd.DataFrame
    features_close: pd.DataFrame
    features_still: pd.DataFrame | None
    outcomes: pd.DataFrame
    data_dictionary: pd.DataFrame
    features: tuple[Feature, ...]
    quality: dict[str, Any]


def snapshot(cleaned: Cleaned, params: Params) -> Prepared:
    """Measure features as of open and close, and the outcomes of the quarter.

    Args:
        cleaned: What `clean` returned.
        params: All parameters.

    Raises:
        ContractError: Fewer active customers at the open than ``prepare.min_customers``
            (``too_few_customers``), missing values in a feature whose policy refuses them
            (``missing_refused``), or a fault of the selection of features.
    """
    window = params.window
    features = select_features(cleaned, params)
    at_open = _grains(cleaned, params, window.start)
    at_close = _grains(cleaned, params, window.end)
    features_open = features_at(cleaned.engine, at_open, features)
    features_close = features_at(cleaned.engine, at_close, features)
    faults = _too_few(features_open, params) + _refused(features_open, features)
    if faults:
        raise ContractError(faults)
    outcomes = outcomes_of(cleaned, at_open.known, window)
    names = outcome_names(cleaned, window)
    findings = [*cleaned.checks, *feature_findings(features_open, outcomes, features)]
    obstacle = still_obstacle(cleaned, params, features)
    return Prepared(
        features_open=features_open,
        features_close=features_close,
        features_still=still_features(cleaned, params, features, at_open.known),
        outcomes=outcomes,
        data_dictionary=data_dictionary(features, names, features_open, outcomes, params),
        features=features,
        quality=quality_summary(
            cleaned,
            params,
            states={"open": features_open["state"], "close": features_close["state"]},
            findings=findings if obstacle is None else [*findings, obstacle],
        ),
    )


def _grains(cleaned: Cleaned, params: Params, day: date) -> Grains:
    # The window that ends at `day`: a lookback of any window that starts there.
    lookback = Window(day, date.max).lookback(params.prepare.lookback_days)
    return grains_at(
        cleaned.engine,
        cleaned,
        AsOf(day, lookback),
        new_days=params.prepare.new_days,
        all_active=params.prepare.features_from == "customers",
    )


def _too_few(features_open: pd.DataFrame, params: Params) -> list[Fault]:
    active = int((features_open["state"] == "ACTIVE").sum())
    wanted = params.prepare.min_customers
    if active >= wanted:
        return []
    return [
        Fault(
            "prepare.min_customers",
            f"{counted(active, 'active customer')} on {params.window.start} "
            f"({len(features_open):,} are known)",
            f"at least {wanted:,} are needed for segments that mean something",
            "Give more data, or a longer prepare.lookback_days.",
            "too_few_customers",
        )
    ]


def _refused(features_open: pd.DataFrame, features: Sequence[Feature]) -> list[Fault]:
    active = features_open.loc[features_open["state"] == "ACTIVE"]
    faults = []
    for feature in features:
        missing = int(active[feature.name].isna().sum()) if feature.missing == "refuse" else 0
        if missing:
            faults.append(
                Fault(
                    f"features.{feature.name}",
                    f"{missing:,} of {len(active):,} active customers have no value",
                    "its missing-value policy is refuse",
                    f"Complete the data, or set missing: impute for {feature.name}.",
                    "missing_refused",
                )
            )
    return faults
