"""Descriptors made ready for a model: every column becomes a few levels, gaps being one of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.profile.trait_columns import MISSING_LEVEL, OTHER_LEVELS

__all__ = ["Descriptor", "descriptor_levels", "known_before_purchase"]

# Numbers are cut at their quintiles: enough to follow a curve, few enough for small data.
_CUTS = 5
_MOST_LEVELS = 20
_LEAST_PEOPLE = 10
# Text with more different values than this share of the rows names people.
_NAMES_PEOPLE = 0.5


@dataclass(frozen=True)
class Descriptor:
    """One descriptor, as a model may use it.

    Attributes:
        name: Name of the column.
        levels: Level of each customer as text; None if the column cannot be used.
        note: Why it cannot be used; empty if it can.
    """

    name: str
    levels: pd.Series | None
    note: str = ""


def known_before_purchase(dictionary: pd.DataFrame) -> list[str]:
    """Return the descriptors that are known of people who have not bought yet.

    These are the attributes of the customers table. What was measured from orders or events is
    known of customers only, and often mirrors the features that made the segments.

    Args:
        dictionary: ``name``, ``role`` and ``table``.
    """
    chosen = (dictionary["role"] == "descriptor") & (dictionary["table"] == "customers")
    return [str(name) for name in dictionary.loc[chosen, "name"]]


def descriptor_levels(values: pd.Series) -> Descriptor:
    """Turn a column into a few levels, without a look at the segments.

    Numbers are cut at their quintiles; levels of fewer than ten people, and those beyond the
    twenty most common, are summed; missing values are a level of their own.

    Args:
        values: A column, one value per customer.
    """
    name = str(values.name)
    values = values.replace([np.inf, -np.inf], np.nan)
    known = values.notna()
    if not known.any():
        return Descriptor(name, None, "no value is known")
    if values[known].nunique() == 1 and known.all():
        return Descriptor(name, None, "it is the same for everybody")
    is_text = not pd.api.types.is_numeric_dtype(values)
    if is_text and values.nunique() > max(_MOST_LEVELS, _NAMES_PEOPLE * int(known.sum())):
        return Descriptor(name, None, "nearly every customer has a value of their own")
    many_numbers = not is_text and values.nunique() > _MOST_LEVELS
    text = _cut(values.astype("float64")) if many_numbers else values.astype("object").astype("str")
    text = text.where(known, MISSING_LEVEL)
    counts = text.value_counts()
    common = sorted(counts.index, key=lambda level: (-counts[level], level))[:_MOST_LEVELS]
    kept = [level for level in common if counts[level] >= _LEAST_PEOPLE]
    levels = text.where(text.isin(kept), OTHER_LEVELS)
    if levels.nunique() < 2:
        return Descriptor(name, None, "no two of its values are common enough to compare")
    return Descriptor(name, levels)


def _cut(values: pd.Series) -> pd.Series:
    """Number of the quintile that each value lies in, as text."""
    finite = values.dropna().to_numpy()
    edges = np.unique(np.quantile(finite, np.arange(1, _CUTS) / _CUTS))
    places = np.searchsorted(edges, values.to_numpy(), side="left")
    return pd.Series(places, index=values.index).astype("str")
