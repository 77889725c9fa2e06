"""Traits side by side: the matrix behind the heat map, and the table of personas."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from segmentation_lib.profile.traits import LEAST_PEOPLE
from segmentation_lib.profile.wording import quantity
from segmentation_lib.words import feature_words

__all__ = ["ROLES", "PersonaTable", "difference_matrix", "persona_table"]

# What the features of a role are for, as a table of them is headed.
ROLES = {
    "segmenting": "The features that made the segments",
    "descriptor": "What else is known of them, not used to make the segments",
}

_EVERYBODY = "All customers"


@dataclass(frozen=True)
class PersonaTable:
    """What each segment is like, in raw units.

    Attributes:
        cells: A row per trait: ``trait`` in words, then means as text, of all customers and of
            each segment.
        bold: Whether the cell is to be printed bold, same shape.
    """

    cells: pd.DataFrame
    bold: pd.DataFrame


def difference_matrix(traits: pd.DataFrame, *, role: str, most: int = 16) -> pd.DataFrame:
    """Return standardised differences, a row per trait and a column per segment.

    Args:
        traits: The artefact ``traits``.
        role: ``segmenting`` or ``descriptor``.
        most: Rows at most; those that differ most are kept.

    Returns:
        Differences in standard deviations of all customers, the traits that differ most first; a
        row is named by the feature's words.
    """
    rows = traits[traits["role"] == role]
    matrix = rows.pivot(index="feature", columns="segment_id", values="difference")
    order = matrix.abs().max(axis=1).sort_values(ascending=False, kind="stable").index
    matrix = matrix.loc[order[:most]].sort_index(axis=1)
    matrix.index = pd.Index([feature_words(str(name)) for name in matrix.index], name="trait")
    return matrix.rename_axis(columns=None)


def persona_table(
    traits: pd.DataFrame,
    *,
    role: str,
    currency: str = "",
    most: int = 16,
    few: int = LEAST_PEOPLE,
) -> PersonaTable:
    """Return the means of each segment in the traits' own units, and which of them stand out.

    Args:
        traits: What `bold_traits` returned.
        role: ``segmenting`` or ``descriptor``.
        currency: Three-letter code of the amounts.
        most: Rows at most: those with a bold cell first, then those that differ most; printed in
            the order of the traits.
        few: Shares of a level that fewer people carry are not told.
    """
    rows = traits[traits["role"] == role]
    features = list(dict.fromkeys(rows["feature"]))
    strength = rows["difference_rest"].abs().groupby(rows["feature"]).max().fillna(0.0)
    marked = rows["bold"].groupby(rows["feature"]).any()
    ranked = sorted(features, key=lambda name: (not marked[name], -round(strength[name], 9), name))
    kept = [name for name in features if name in set(ranked[:most])]
    ids = sorted(set(rows["segment_id"].astype("str")))
    cells, bold = [], []
    for name in kept:
        own = rows[rows["feature"] == name].set_index("segment_id")
        unit = str(own["unit"].fillna("").iloc[0])
        means = [float(own["base_mean"].iloc[0]), *own["mean"].reindex(ids).astype("float64")]
        sizes = [float(own["customers"].sum()), *own["customers"].reindex(ids).fillna(0)]
        people = sizes if "=" in name else [math.nan] * len(sizes)
        cells.append(
            [feature_words(name)]
            + [
                _written(mean, unit, currency, of, few)
                for mean, of in zip(means, people, strict=True)
            ]
        )
        bold.append([False, False, *own["bold"].reindex(ids, fill_value=False).astype("bool")])
    columns = ["trait", _EVERYBODY, *ids]
    return PersonaTable(
        pd.DataFrame(cells, columns=columns), pd.DataFrame(bold, columns=columns, dtype="bool")
    )


def _written(mean: float, unit: str, currency: str, of: float, few: int) -> str:
    """A mean as text; a share of ``of`` people is not told where it gives a few of them away."""
    if math.isnan(mean):
        return ""
    if not math.isnan(of) and 0 < round(mean * of) < few:
        return f"<{few} people"
    if not math.isnan(of) and 0 < round((1 - mean) * of) < few:
        return "nearly all"
    return quantity(mean, unit, currency, named=False)
