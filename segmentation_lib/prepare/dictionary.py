"""The data dictionary: every feature and outcome of a run, with its role and its definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from segmentation_lib.params.models import Params
from segmentation_lib.prepare.catalogue import Feature
from segmentation_lib.prepare.outcomes import OUTCOMES

__all__ = ["data_dictionary"]

_COLUMNS = ["name", "role", "table", "kind", "unit", "definition", "window", "transform",
            "missing", "missing_share"]  # fmt: skip


def data_dictionary(
    features: Sequence[Feature],
    outcomes: Mapping[str, str],
    features_open: pd.DataFrame,
    outcome_values: pd.DataFrame,
    params: Params,
) -> pd.DataFrame:
    """Return one row per feature and outcome.

    Args:
        features: The features of the run.
        outcomes: Outcomes by name, with the table they come from.
        features_open: Features as of the open; tells how many are missing.
        outcome_values: Outcomes of the quarter.
        params: All parameters.

    Returns:
        Columns ``name, role, table, kind, unit, definition, window, transform, missing,
        missing_share``: segmenting features, descriptors, then outcomes. The missing share is
        that among active customers at the open.
    """
    active = features_open["state"] == "ACTIVE"
    lookback = f"{params.prepare.lookback_days} days"
    windows = {"lookback": lookback, "history": "whole history", "undated": "undated"}
    rows: list[tuple[str | float, ...]] = [
        (
            feature.name,
            feature.role,
            feature.table,
            feature.kind,
            _unit(feature.unit, params),
            feature.definition,
            windows[feature.window],
            feature.transform,
            feature.missing,
            _share(features_open.loc[active, feature.name]),
        )
        for feature in features
    ]
    for name, table in outcomes.items():
        unit, definition = OUTCOMES.get(name, ("", f"Sum of the metric {name} in the quarter."))
        values = outcome_values.loc[active.to_numpy(), name]
        rows.append((name, "outcome", table, "number", _unit(unit, params), definition,
                     "the quarter", "none", "", _share(values)))  # fmt: skip
    return pd.DataFrame(rows, columns=_COLUMNS).astype({"missing_share": "float64"})


def _unit(unit: str, params: Params) -> str:
    return params.data.currency if unit == "currency" else unit


def _share(values: pd.Series) -> float:
    return round(float(values.isna().mean()), 10) if len(values) else 0.0
