"""The matrix behind the heat map: how far each segment lies from all customers, by trait."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.words import feature_words

__all__ = ["difference_matrix"]


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
