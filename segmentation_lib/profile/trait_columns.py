"""What a feature becomes in a table of traits: one column of numbers, or one per level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from segmentation_lib.faults import ContractError, Fault

__all__ = ["MISSING_LEVEL", "OTHER_LEVELS", "ROLES", "TraitColumn", "category_levels",
           "placed_features", "trait_columns"]  # fmt: skip

ROLES = ("segmenting", "descriptor")
MISSING_LEVEL = "(missing)"
OTHER_LEVELS = "(other)"


@dataclass(frozen=True)
class TraitColumn:
    """One row of the trait table before it is split by segment.

    Attributes:
        feature: Name of the feature, or ``feature=level`` for the share of a level.
        role: ``segmenting`` or ``descriptor``.
        unit: Unit as printed; ``share`` for a level.
        raw: Values in the unit; NaN where not known.
        scale: The values on the scale that the feature is clustered on.
    """

    feature: str
    role: str
    unit: str
    raw: pd.Series
    scale: pd.Series


def placed_features(
    features: pd.DataFrame, assignments: pd.DataFrame, dictionary: pd.DataFrame
) -> pd.DataFrame:
    """Return the features of all customers in a segment, with ``segment_id``, by customer.

    Args:
        features: ``customer_id`` and one column per feature.
        assignments: ``customer_id`` and ``segment_id``; empty segments are left out.
        dictionary: ``name`` and ``role``.

    Raises:
        ContractError: The dictionary names a feature that the table does not have.
    """
    named = dictionary.loc[dictionary["role"].isin(ROLES), "name"]
    absent = [name for name in named if name not in features.columns]
    if absent:
        raise ContractError(
            Fault(
                "features",
                f"column {name} is missing",
                "the data dictionary names it",
                "This is a fault of the template; run the quarter again from prepare.",
                "missing_column",
            )
            for name in absent
        )
    placed = assignments.loc[assignments["segment_id"].notna(), ["customer_id", "segment_id"]]
    table = placed.merge(features.drop(columns="segment_id", errors="ignore"), on="customer_id")
    table["segment_id"] = table["segment_id"].astype("str")
    return table.sort_values("customer_id", ignore_index=True)


def trait_columns(
    table: pd.DataFrame, dictionary: pd.DataFrame, *, levels: int
) -> list[TraitColumn]:
    """Return the columns of the trait table: segmenting first, then the dictionary's order.

    Args:
        table: What `placed_features` returned.
        dictionary: ``name``, ``role``, ``unit``, ``transform``; outcomes are left out.
        levels: Levels of a category shown by name.
    """
    known = dictionary[dictionary["role"].isin(ROLES)]
    place = known["role"].map({name: place for place, name in enumerate(ROLES)})
    ordered = known.assign(role_place=place).sort_values("role_place", kind="stable")
    return [
        column
        for _, entry in ordered.iterrows()
        for column in _columns(table[entry["name"]], entry, levels)
    ]


def category_levels(values: pd.Series, levels: int) -> tuple[pd.Series, list[str]]:
    """Return a category as text with its rare levels summed, and its levels, common ones first.

    Args:
        values: A category; missing values become ``(missing)``.
        levels: Levels kept by name; the rest is ``(other)``.
    """
    text = values.astype("object").where(values.notna(), MISSING_LEVEL).astype("str")
    counts = text.value_counts()
    common = sorted(counts.index, key=lambda level: (-counts[level], level))
    # A remainder of one level is no shorter than the level's own name.
    shown = common if len(common) <= levels + 1 else common[:levels]
    text = text.where(text.isin(shown), OTHER_LEVELS)
    return text, [*shown, OTHER_LEVELS] if len(shown) < len(common) else shown


def _columns(values: pd.Series, entry: pd.Series, levels: int) -> Iterator[TraitColumn]:
    name, role = str(entry["name"]), str(entry["role"])
    if pd.api.types.is_numeric_dtype(values):
        raw = values.astype("float64")
        unit = "" if pd.isna(entry["unit"]) else str(entry["unit"])
        yield TraitColumn(name, role, unit, raw, _clustered(raw, str(entry["transform"])))
        return
    text, shown = category_levels(values, levels)
    for level in shown:
        share = (text == level).astype("float64")
        yield TraitColumn(f"{name}={level}", role, "share", share, share)


def _clustered(values: pd.Series, transform: str) -> pd.Series:
    if transform == "log":
        return pd.Series(np.log1p(values.clip(lower=0)), index=values.index)
    if transform == "rank":
        places = (values.rank() - 0.5) / values.notna().sum()
        return pd.Series(norm.ppf(places), index=values.index)
    return values
