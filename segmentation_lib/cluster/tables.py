"""Tables for people: how features enter, and how many customers each segment has."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from segmentation_lib.cluster.candidates import FEW, SPOKEN
from segmentation_lib.cluster.transforms import FeatureTransform, Transforms
from segmentation_lib.small_cells import suppress_parts

__all__ = [
    "METHODS",
    "border_table",
    "criteria_table",
    "published_sizes",
    "reason_table",
    "size_table",
    "transform_table",
]

# Algorithms as a table names them.
METHODS = {name: words.removeprefix("the ") for name, words in SPOKEN.items()}

_SHAPES = {"none": "as it is", "log": "logarithm", "rank": "rank"}


def transform_table(transforms: Transforms, dictionary: pd.DataFrame) -> pd.DataFrame:
    """Return one row per segmenting feature, in words.

    Args:
        transforms: The fitted transforms.
        dictionary: The artefact ``data_dictionary``: ``name``, and ``unit`` and ``missing_share``
            where they are known.

    Returns:
        ``feature, enters, values_kept, gaps_filled_with, weight``. Values beyond those kept are set
        to the nearest one. ``values_kept`` is left out where there are categories only, and
        ``weight`` where all weigh the same.
    """
    known = dictionary.set_index("name")
    units, gaps = _known(known, "unit"), _known(known, "missing_share")
    table = pd.DataFrame(
        [
            {
                "feature": one.name,
                "enters": _enters(one),
                "values_kept": _values_kept(one, units.get(one.name, "")),
                "gaps_filled_with": "no gaps"
                if gaps.get(one.name) == 0
                else _filler(one, units.get(one.name, "")),
                "weight": one.weight,
            }
            for one in transforms.features
        ]
    )
    nothing_cut = not table["values_kept"].any()
    same_weight = table["weight"].nunique() == 1
    empty = [*(["values_kept"] * nothing_cut), *(["weight"] * same_weight)]
    return table.drop(columns=empty)


def _known(dictionary: pd.DataFrame, column: str) -> dict[str, Any]:
    if column not in dictionary:
        return {}
    return {str(name): value for name, value in dictionary[column].dropna().items()}


def _enters(feature: FeatureTransform) -> str:
    if feature.kind == "category":
        return f"{len(feature.levels)} levels"
    if feature.kind == "ordered":
        return f"place among {len(feature.levels)} levels"
    return _SHAPES[feature.transform]


def _values_kept(feature: FeatureTransform, unit: str) -> str:
    if feature.low is None or feature.high is None:
        return ""
    if unit == "share":
        return f"{_quantity(feature.low, unit)} to {_quantity(feature.high, unit)}"
    return f"{_figures(feature.low)} to {_quantity(feature.high, unit)}"


def _filler(feature: FeatureTransform, unit: str) -> str:
    if feature.missing == "refuse":
        return "gaps are refused"
    if feature.kind == "category":
        own = feature.missing == "unknown"
        return "a level of its own" if own else f"the most common, {feature.fill}"
    middle = float(feature.fill or 0.0)
    if feature.kind == "ordered":
        words = f"the middle level, {feature.levels[int(middle) - 1]}"
    else:
        words = f"the median, {_quantity(middle, unit)}"
    return f"{words}; a column of its own marks them" if feature.missing == "unknown" else words


def _quantity(value: float, unit: str) -> str:
    return f"{_figures(100 * value)}%" if unit == "share" else f"{_figures(value)} {unit}".strip()


def _figures(value: float) -> str:
    """Three figures that count, as people write them: 0.0123, 4.5, 1,230."""
    if value == 0:
        return "0"
    decimals = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{round(value, decimals):,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def criteria_table(tried: pd.DataFrame) -> pd.DataFrame:
    """Return what each algorithm and number of segments reached, criterion by criterion.

    Args:
        tried: The artefact ``k_table``.

    Returns:
        ``method, k, prediction_strength, silhouette, davies_bouldin, explained_share,
        smallest_size, kpi_gain, chosen``.
    """
    criteria = ["prediction_strength", "silhouette", "davies_bouldin", "explained_share"]
    shown = tried.assign(method=tried["algorithm"].map(METHODS))
    shown["smallest_size"] = _without_few(shown["smallest_size"])
    return shown[["method", "k", *criteria, "smallest_size", "kpi_gain", "chosen"]]


def reason_table(tried: pd.DataFrame) -> pd.DataFrame:
    """Return why each of the others was not chosen: ``method, k, reason``.

    Args:
        tried: The artefact ``k_table``.
    """
    others = tried[~tried["chosen"]]
    return others.assign(method=others["algorithm"].map(METHODS))[["method", "k", "reason"]]


def border_table(ambiguity: pd.DataFrame) -> pd.DataFrame:
    """Return how many customers of each segment stand on a border, without counts of a few.

    Args:
        ambiguity: The artefact ``ambiguity``.

    Returns:
        ``segment_id, customers, between_two, between_two_share, mean_confidence,
        most_common_second``. ``between_two`` is text; where it is fewer than ten, the share and the
        second segment are missing, which would give the count away.
    """
    few = ambiguity["ambiguous"].between(1, FEW - 1)
    return pd.DataFrame(
        {
            "segment_id": ambiguity["segment_id"],
            "customers": ambiguity["customers"],
            "between_two": _without_few(ambiguity["ambiguous"]),
            "between_two_share": ambiguity["ambiguous_share"].mask(few),
            "mean_confidence": ambiguity["mean_confidence"],
            "most_common_second": ambiguity["most_common_second"].mask(few),
        }
    )


def _without_few(counts: pd.Series) -> pd.Series:
    """Counts as text; those of a few people are not published."""
    text = [f"fewer than {FEW}" if 0 < count < FEW else f"{count:,}" for count in counts]
    return pd.Series(text, index=counts.index, dtype="str")


def size_table(at_open: pd.DataFrame, at_close: pd.DataFrame) -> pd.DataFrame:
    """Return customers per segment at both days, and below them those without a segment.

    Args:
        at_open: Assignments as of the open.
        at_close: Assignments as of the close.

    Returns:
        ``segment_id, customers_open, share_open, customers_close, share_close``; shares are of
        the customers with a segment, and missing for states without one, such as NEW.
    """
    counts = ["customers_open", "customers_close"]
    sizes = [_sizes(at_open).rename(counts[0]), _sizes(at_close).rename(counts[1])]
    table = pd.concat(sizes, axis=1).reset_index()
    table = table.fillna(dict.fromkeys(counts, 0)).astype(dict.fromkeys(counts, "int64"))
    table = table.sort_values(["kind", "segment_id"], ignore_index=True)
    shares = ["share_open", "share_close"]
    segmented = table["kind"] == "segment"
    table[shares] = (table[counts] / table.loc[segmented, counts].sum()).to_numpy()
    table.loc[~segmented, shares] = float("nan")
    return table[["segment_id", "customers_open", "share_open", "customers_close", "share_close"]]


def published_sizes(sizes: pd.DataFrame, *, limit: int) -> pd.DataFrame:
    """Return the sizes as a page shows them: counts of a few people, and what tells them, hidden.

    Args:
        sizes: What `size_table` returned.
        limit: The fewest people that are shown.
    """
    shown = sizes.copy()
    for day in ("open", "close"):
        count, share = f"customers_{day}", f"share_{day}"
        parts = suppress_parts(sizes, count, limit=limit, derived=[share])
        if parts[count].isna().any():
            shown[count], shown[share] = parts[f"{count}_shown"], parts[share]
    return shown


def _sizes(assignments: pd.DataFrame) -> pd.Series:
    placed = assignments["segment_id"].notna()
    name = assignments["segment_id"].where(placed, assignments["state"])
    # "segment" sorts before "state".
    kind = placed.map({True: "segment", False: "state"})
    return assignments.groupby([kind.rename("kind"), name.rename("segment_id")]).size()
