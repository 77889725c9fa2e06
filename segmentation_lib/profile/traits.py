"""What marks a segment: its features against those of all customers in a segment."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.profile.phrases import Phrase, trait_phrase
from segmentation_lib.profile.trait_columns import TraitColumn, placed_features, trait_columns
from segmentation_lib.stats.rest_differences import rest_differences

__all__ = ["LEAST_PEOPLE", "standing_out", "strongest_traits", "trait_table"]

_COLUMNS = ("segment_id", "feature", "role", "unit", "customers", "mean", "median", "base_mean",
            "base_median", "rest_mean", "index", "difference", "difference_rest")  # fmt: skip
_CHANCE = 3.0
# A share of a level that fewer people carry is not told.
LEAST_PEOPLE = 10


def trait_table(
    features: pd.DataFrame, assignments: pd.DataFrame, dictionary: pd.DataFrame, *, levels: int = 8
) -> pd.DataFrame:
    """Describe every segment by every feature, in the feature's own unit.

    The base is all customers in a segment; the rest of a segment is the base without itself. A
    category becomes one row per level, named ``feature=level``, whose mean is the share of
    customers with that level.

    Standardised differences are measured on the scale the feature is clustered on (its
    ``transform`` in the dictionary): on raw money one giant order makes the standard deviation so
    large that no segment differs. Both are in standard deviations of the base, one yardstick for
    all segments.

    Args:
        features: ``customer_id`` and one column per feature.
        assignments: ``customer_id`` and ``segment_id`` at the same as-of date; empty segments are
            left out.
        dictionary: ``name``, ``role``, ``unit``, ``transform``; outcomes are left out.
        levels: Levels of a category shown by name, the most common first; the rest is
            ``(other)``.

    Returns:
        The artefact ``traits``, by segment, role (segmenting first) and the dictionary's order:
        mean and median in the feature's unit, the base's and the rest's, ``index`` (100 = base;
        empty where the base is not positive), ``difference`` from the base and
        ``difference_rest`` from the rest (empty where there is no rest), and ``customers`` with
        a value.

    Raises:
        ContractError: The dictionary names a feature that the table does not have.
    """
    table = placed_features(features, assignments, dictionary)
    columns = trait_columns(table, dictionary, levels=levels)
    if not columns:
        return pd.DataFrame(columns=list(_COLUMNS))
    result = pd.concat(
        [_describe(column, table["segment_id"]) for column in columns], ignore_index=True
    )
    return result.sort_values("segment_id", kind="stable", ignore_index=True)[list(_COLUMNS)]


def strongest_traits(
    traits: pd.DataFrame,
    segment_id: str,
    *,
    role: str = "segmenting",
    limit: int = 3,
    least: float = 0.25,
) -> list[tuple[pd.Series, Phrase]]:
    """Return the traits that set a segment apart most, strongest first, one per family.

    A trait counts only if it stands out, see `standing_out`.

    Args:
        traits: The artefact ``traits``; its column ``stable`` is heeded where it has one.
        segment_id: The segment.
        role: ``segmenting`` or ``descriptor``.
        limit: How many to return at most.
        least: Smallest standardised difference worth a word. A difference under 0.2 is small by
            Cohen (1988).
    """
    rows = traits[(traits["segment_id"] == segment_id) & (traits["role"] == role)]
    strength = rows["difference"].abs().round(9)
    rows = rows.assign(strength=strength, high=rows["difference"] > 0)
    rows = rows[standing_out(rows, least=least)]
    # Of two levels that mirror each other, the one the segment has more of says more.
    rows = rows.sort_values(["strength", "high", "feature"], ascending=[False, False, True])
    chosen: list[tuple[pd.Series, Phrase]] = []
    families: set[str] = set()
    for _, row in rows.iterrows():
        phrase = trait_phrase(str(row["feature"]), high=bool(row["difference"] > 0))
        if phrase.family not in families and len(chosen) < limit:
            families.add(phrase.family)
            chosen.append((row, phrase))
    return chosen


def standing_out(rows: pd.DataFrame, *, least: float = 0.25) -> pd.Series:
    """Tell which traits set their segment apart from all customers, to either side.

    A trait must be more than chance (three standard errors of a mean of that many customers; and
    where `bold_traits` looked, stable in bootstrap samples, with an interval of the difference
    that does not hold 0), and the claim must also hold in the printed means: a segment is not
    called high-spending when its mean spend lies under the base. The share of a level counts only
    if ten customers or more stand behind it.

    Args:
        rows: Rows of the artefact ``traits``.
        least: Smallest standardised difference worth a word. A difference under 0.2 is small by
            Cohen (1988).

    Returns:
        A flag per row.
    """
    chance = _CHANCE / np.sqrt(rows["customers"].clip(lower=1))
    agrees = (rows["mean"] - rows["base_mean"]) * rows["difference"] > 0
    people = rows["customers"] * rows[["mean", "base_mean"]].max(axis=1)
    carried = ~rows["feature"].str.contains("=", regex=False) | (people >= LEAST_PEOPLE)
    counts = agrees & carried & (rows["difference"].abs().round(9) >= chance.clip(lower=least))
    if "stable" in rows:
        counts &= rows["stable"].astype("bool")
    if "difference_low" in rows:
        counts &= (rows["difference_low"] > 0) | (rows["difference_high"] < 0)
    return pd.Series(counts, index=rows.index, dtype="bool")


def _describe(column: TraitColumn, segments: pd.Series) -> pd.DataFrame:
    groups = column.raw.groupby(segments, sort=True)
    mean, known, total = groups.mean(), groups.count(), groups.sum()
    base_mean = column.raw.mean()
    rest = known.sum() - known
    codes = segments.map({name: place for place, name in enumerate(mean.index)})
    against_rest = rest_differences(
        column.scale.to_numpy(dtype=np.float64)[:, None], codes.to_numpy(dtype=np.int64)
    )[:, 0]
    return pd.DataFrame(
        {
            "segment_id": mean.index,
            "feature": column.feature,
            "role": column.role,
            "unit": column.unit,
            "customers": known.to_numpy(),
            "mean": mean.to_numpy(),
            "median": groups.median().to_numpy(),
            "base_mean": base_mean,
            "base_median": column.raw.median(),
            "rest_mean": ((total.sum() - total) / rest.where(rest > 0)).to_numpy(),
            "index": (100 * mean / base_mean).to_numpy() if base_mean > 0 else np.nan,
            "difference": _standardised(column.scale)
            .groupby(segments, sort=True)
            .mean()
            .to_numpy(),
            "difference_rest": against_rest,
        }
    )


def _standardised(scale: pd.Series) -> pd.Series:
    spread = scale.std(ddof=0)
    centred = scale - scale.mean()
    return centred / spread if spread > 1e-12 else centred * 0.0
