"""Markers: levels of categorical attributes that are much more, or less, common in a segment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import hypergeom

from segmentation_lib.profile.trait_columns import (
    MISSING_LEVEL,
    OTHER_LEVELS,
    category_levels,
    placed_features,
)
from segmentation_lib.profile.traits import LEAST_PEOPLE
from segmentation_lib.profile.wording import percent
from segmentation_lib.stats import holm
from segmentation_lib.words import feature_words

__all__ = ["attribute_markers", "marker_table", "people_share"]

_P = 0.05
# A share a quarter larger or a fifth smaller than the rest's: less would not change a plan.
_RATIO = 1.25
_COLUMNS = ["segment_id", "feature", "level", "role", "customers", "count", "share",
            "rest_customers", "rest_count", "rest_share", "ratio", "ratio_low", "ratio_high",
            "p_value", "p_corrected", "marker", "sentence"]  # fmt: skip


def attribute_markers(
    features: pd.DataFrame, assignments: pd.DataFrame, dictionary: pd.DataFrame, *, levels: int = 8
) -> pd.DataFrame:
    """Compare the share of each level of each categorical attribute with the rest's share.

    Args:
        features: ``customer_id`` and one column per feature.
        assignments: ``customer_id`` and ``segment_id`` at the same as-of date.
        dictionary: ``name`` and ``role``; numbers and outcomes are left out.
        levels: Levels of a category by name, the most common first; the rest is ``(other)``.

    Returns:
        A row per segment, attribute and level: ``segment_id, feature, level, role, customers,
        count`` (those with the level) and ``share``, the same of the rest (``rest_customers,
        rest_count, rest_share``), ``ratio, ratio_low, ratio_high`` (95 % interval on the log
        scale, half a person added to each cell), ``p_value`` (Fisher's exact test, the smaller
        tail doubled), ``p_corrected`` (Holm, over the whole table), ``marker`` and its
        ``sentence``, in which shares of a few people are not told. A marker belongs to a
        descriptor, has a corrected p-value of 5 % or less, a ratio of at least 1.25 or at most
        0.8, ten people behind it, and a name of its own: neither unknown values nor a remainder
        mark anybody.

    Raises:
        ContractError: The dictionary names a feature that the table does not have.

    Source: Katz et al. (1978) for the interval of a ratio of shares.
    """
    table = placed_features(features, assignments, dictionary)
    parts = [
        _counted(table, str(entry["name"]), str(entry["role"]), levels)
        for _, entry in dictionary.iterrows()
        if entry["name"] in table.columns
        and entry["role"] in ("segmenting", "descriptor")
        and not _is_number(table[entry["name"]])
    ]
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame(columns=_COLUMNS)
    result = _compared(pd.concat(parts, ignore_index=True))
    return result.sort_values("segment_id", kind="stable", ignore_index=True)[_COLUMNS]


def marker_table(
    markers: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    most: int = 3,
    few: int = LEAST_PEOPLE,
) -> pd.DataFrame:
    """Return the marks of each segment in one row, those that differ most first.

    Args:
        markers: What `attribute_markers` returned.
        names: Names of the segments.
        most: Marks of each kind per segment at most. Of an attribute that is either true or
            false, one level is told.
        few: Shares of fewer people than this are not told.

    Returns:
        ``segment_id``, ``name``, ``more`` and ``less``: marks that are more, and less, common
        than among all others, in words and with both shares. Segments without a mark are left
        out.
    """
    shown = markers[markers["marker"].astype("bool")]
    denied = shown["level"].astype("str").str.lower() == "false"
    pairs = set(zip(shown.loc[~denied, "segment_id"], shown.loc[~denied, "feature"], strict=True))
    told = [pair in pairs for pair in zip(shown["segment_id"], shown["feature"], strict=True)]
    shown = shown[~(denied & np.array(told, dtype=bool))]
    size = (shown["share"] - shown["rest_share"]).abs().round(9)
    shown = shown.assign(size=size).sort_values(
        ["segment_id", "size", "feature", "level"], ascending=[True, False, True, True]
    )
    rows = []
    for segment_id, own in shown.groupby("segment_id", sort=True):
        common = own["share"] > own["rest_share"]
        rows.append(
            [
                segment_id,
                (names or {}).get(str(segment_id), ""),
                *("; ".join(_mark(row, few) for row in part.head(most).to_dict("records"))
                  for part in (own[common], own[~common])),
            ]
        )  # fmt: skip
    return pd.DataFrame(rows, columns=["segment_id", "name", "more", "less"])


def people_share(share: float, people: float, of: float, *, few: int) -> str:
    """Return a share of people as a percentage, unless it gives away a few of them.

    Args:
        share: The share.
        people: The people it stands for.
        of: The people it is a share of.
        few: Fewer people than this are not counted in public, nor are the few who are left over.

    >>> people_share(0.31, 310, 1000, few=10), people_share(0.003, 3, 1000, few=10)
    ('31%', 'fewer than 10 people')
    >>> people_share(0.998, 998, 1000, few=10), people_share(0.0, 0, 1000, few=10)
    ('nearly everybody', '0%')
    """
    if 0 < round(people) < few:
        return f"fewer than {few} people"
    if 0 < round(of - people) < few:
        return "nearly everybody"
    return percent(share)


def _mark(row: Mapping[Any, Any], few: int) -> str:
    level = str(row["level"]).lower()
    what = feature_words(str(row["feature"]))
    if level in ("true", "false"):
        what = what if level == "true" else f"no {what}"
    else:
        what = feature_words(f"{row['feature']}={row['level']}")
    own, rest = _shares(row, few)
    return f"{what} ({own}, others {rest})"


def _shares(row: Mapping[Any, Any], few: int) -> tuple[str, str]:
    own = people_share(float(row["share"]), row["count"], row["customers"], few=few)
    rest = people_share(float(row["rest_share"]), row["rest_count"], row["rest_customers"], few=few)
    return own, rest


def _is_number(values: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values))


def _counted(table: pd.DataFrame, name: str, role: str, levels: int) -> pd.DataFrame:
    """A row per segment and level: people in the segment, and with the level; also in all."""
    text, shown = category_levels(table[name], levels)
    counts = pd.crosstab(table["segment_id"], text)
    sizes = counts.sum(axis=1)
    # Every customer is in the crosstab: unknown values are a level of their own.
    frames = [
        pd.DataFrame(
            {
                "segment_id": counts.index,
                "level": level,
                "customers": sizes.to_numpy(),
                "count": counts[level].to_numpy(),
                "all_count": int(counts[level].sum()),
            }
        )
        for level in shown
    ]
    return (
        pd.concat(frames, ignore_index=True).assign(
            feature=name, role=role, all_customers=len(table)
        )
        if frames
        else pd.DataFrame()
    )


def _compared(rows: pd.DataFrame) -> pd.DataFrame:
    own, with_level = rows["customers"].to_numpy(), rows["count"].to_numpy()
    rest = rows["all_customers"].to_numpy() - own
    rest_with = rows["all_count"].to_numpy() - with_level
    drawn = (rows["all_customers"].to_numpy(), rows["all_count"].to_numpy(), own)
    smaller = np.minimum(hypergeom.cdf(with_level, *drawn), hypergeom.sf(with_level - 1, *drawn))
    p_values = np.where(rest > 0, np.clip(2 * smaller, 0.0, 1.0), np.nan)
    share = with_level / own
    rest_share = np.divide(rest_with, rest, out=np.full(len(rows), np.nan), where=rest > 0)
    ratio = np.divide(share, rest_share, out=np.full(len(rows), np.nan), where=rest_share > 0)
    logs = np.log((with_level + 0.5) / (own + 0.5)) - np.log((rest_with + 0.5) / (rest + 0.5))
    variance = 1 / (with_level + 0.5) - 1 / (own + 0.5) + 1 / (rest_with + 0.5) - 1 / (rest + 0.5)
    half = ndtri(0.975) * np.sqrt(np.maximum(variance, 0.0))
    table = rows.assign(
        share=share,
        rest_customers=rest,
        rest_count=rest_with,
        rest_share=rest_share,
        ratio=ratio,
        ratio_low=np.where(rest > 0, np.exp(logs - half), np.nan),
        ratio_high=np.where(rest > 0, np.exp(logs + half), np.nan),
        p_value=p_values,
        p_corrected=holm(p_values),
    )
    # Where nobody of the rest has the level, the ratio has no end, and is large.
    far = (ratio >= _RATIO) | (ratio <= 1 / _RATIO) | ((rest_with == 0) & (with_level > 0))
    expected = own * np.nan_to_num(rest_share)
    carried = np.maximum(with_level, expected) >= LEAST_PEOPLE
    named = ~rows["level"].isin([MISSING_LEVEL, OTHER_LEVELS]).to_numpy()
    marker = (
        (table["p_corrected"] <= _P).to_numpy() & far & carried & named
        & (rows["role"] == "descriptor").to_numpy()
    )  # fmt: skip
    table = table.assign(marker=marker)
    return table.assign(sentence=[_sentence(row) for row in table.to_dict("records")])


def _sentence(row: Mapping[Any, Any]) -> str:
    if not row["marker"]:
        return ""
    own, rest = _shares(row, LEAST_PEOPLE)
    what = feature_words(f"{row['feature']}={row['level']}")
    said = f"{own[0].upper()}{own[1:]} have {what}"
    return f"{said}, against {rest}{' of all others' if rest.endswith('%') else ' elsewhere'}."
