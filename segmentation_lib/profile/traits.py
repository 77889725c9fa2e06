"""What marks a segment: its features against those of all customers in a segment."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.stats import norm

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.profile.phrases import Phrase, trait_phrase

__all__ = ["strongest_traits", "trait_table"]

_COLUMNS = ("segment_id", "feature", "role", "unit", "customers", "mean", "median", "base_mean",
            "base_median", "index", "difference")  # fmt: skip
_ROLES = ("segmenting", "descriptor")
_CHANCE = 3.0
_LEAST_PEOPLE = 10
_MISSING_LEVEL = "(missing)"
_OTHER_LEVELS = "(other)"


def trait_table(
    features: pd.DataFrame, assignments: pd.DataFrame, dictionary: pd.DataFrame, *, levels: int = 8
) -> pd.DataFrame:
    """Describe every segment by every feature, in the feature's own unit.

    The base is all customers in a segment. A category becomes one row per level, named
    ``feature=level``, whose mean is the share of customers with that level.

    The standardised difference is measured on the scale the feature is clustered on (its
    ``transform`` in the dictionary): on raw money one giant order makes the standard deviation so
    large that no segment differs.

    Args:
        features: ``customer_id`` and one column per feature.
        assignments: ``customer_id`` and ``segment_id`` at the same as-of date; empty segments are
            left out.
        dictionary: ``name``, ``role``, ``unit``, ``transform``; outcomes are left out.
        levels: Levels of a category shown by name, the most common first; the rest is
            ``(other)``.

    Returns:
        The artefact ``traits``, by segment, role (segmenting first) and the dictionary's order:
        mean and median in the feature's unit, the base's, ``index`` (100 = base; empty where the
        base is not positive), ``difference`` in standard deviations of the base, and
        ``customers`` with a value.

    Raises:
        ContractError: The dictionary names a feature that the table does not have.
    """
    dictionary = dictionary[dictionary["role"].isin(_ROLES)]
    absent = [name for name in dictionary["name"] if name not in features.columns]
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
    table = table.sort_values("customer_id", ignore_index=True)
    segments = table["segment_id"].astype("str")
    role = dictionary["role"].map({name: place for place, name in enumerate(_ROLES)})
    ordered = dictionary.assign(role_place=role).sort_values("role_place", kind="stable")
    parts = [
        _describe(column, segments).assign(feature=name, role=entry["role"], unit=unit)
        for _, entry in ordered.iterrows()
        for name, unit, column in _columns(table[entry["name"]], entry, levels)
    ]
    if not parts:
        return pd.DataFrame(columns=list(_COLUMNS))
    result = pd.concat(parts, ignore_index=True)
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

    A trait counts only if it is more than chance (three standard errors of a mean of that many
    customers), and if the claim also holds in the printed means: a segment is not called
    high-spending when its mean spend lies under the base. The share of a level counts only if
    ten customers or more stand behind it.

    Args:
        traits: The artefact ``traits``.
        segment_id: The segment.
        role: ``segmenting`` or ``descriptor``.
        limit: How many to return at most.
        least: Smallest standardised difference worth a word. A difference under 0.2 is small by
            Cohen (1988).
    """
    rows = traits[(traits["segment_id"] == segment_id) & (traits["role"] == role)]
    strength = rows["difference"].abs().round(9)
    chance = _CHANCE / np.sqrt(rows["customers"].clip(lower=1))
    agrees = (rows["mean"] - rows["base_mean"]) * rows["difference"] > 0
    people = rows["customers"] * rows[["mean", "base_mean"]].max(axis=1)
    carried = ~rows["feature"].str.contains("=", regex=False) | (people >= _LEAST_PEOPLE)
    counts = agrees & carried & (strength >= chance.clip(lower=least))
    rows = rows.assign(strength=strength, high=rows["difference"] > 0)[counts]
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


def _columns(
    values: pd.Series, entry: pd.Series, levels: int
) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Give name, unit and (printed, standardised) values of each row that a feature becomes."""
    name = str(entry["name"])
    if pd.api.types.is_numeric_dtype(values):
        raw = values.astype("float64")
        unit = "" if pd.isna(entry["unit"]) else str(entry["unit"])
        yield name, unit, _with_scale(raw, _clustering_scale(raw, str(entry["transform"])))
        return
    text = values.astype("object").where(values.notna(), _MISSING_LEVEL).astype("str")
    counts = text.value_counts()
    common = sorted(counts.index, key=lambda level: (-counts[level], level))
    # A remainder of one level is no shorter than the level's own name.
    shown = common if len(common) <= levels + 1 else common[:levels]
    text = text.where(text.isin(shown), _OTHER_LEVELS)
    for level in [*shown, _OTHER_LEVELS] if len(shown) < len(common) else shown:
        share = (text == level).astype("float64")
        yield f"{name}={level}", "share", _with_scale(share, share)


def _clustering_scale(values: pd.Series, transform: str) -> pd.Series:
    if transform == "log":
        return pd.Series(np.log1p(values.clip(lower=0)), index=values.index)
    if transform == "rank":
        places = (values.rank() - 0.5) / values.notna().sum()
        return pd.Series(norm.ppf(places), index=values.index)
    return values


def _with_scale(raw: pd.Series, scale: pd.Series) -> pd.DataFrame:
    spread = scale.std(ddof=0)
    centred = scale - scale.mean()
    standardised = centred / spread if spread > 1e-12 else centred * 0.0
    return pd.DataFrame({"raw": raw, "standardised": standardised})


def _describe(column: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    groups = column.groupby(segments, sort=True)
    mean = groups["raw"].mean()
    base_mean = column["raw"].mean()
    return pd.DataFrame(
        {
            "segment_id": mean.index,
            "customers": groups["raw"].count().to_numpy(),
            "mean": mean.to_numpy(),
            "median": groups["raw"].median().to_numpy(),
            "base_mean": base_mean,
            "base_median": column["raw"].median(),
            "index": (100 * mean / base_mean).to_numpy() if base_mean > 0 else np.nan,
            "difference": groups["standardised"].mean().to_numpy(),
        }
    )
