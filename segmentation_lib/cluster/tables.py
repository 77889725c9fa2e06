"""Tables for people: how features enter, and how many customers each segment has."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.cluster.transforms import FeatureTransform, Transforms

__all__ = ["size_table", "transform_table"]

_SHAPES = {"none": "as it is", "log": "logarithm", "rank": "rank"}
_POLICIES = {"refuse": "refused", "impute": "median filled in", "unknown": "a column of its own"}


def transform_table(transforms: Transforms) -> pd.DataFrame:
    """Return one row per segmenting feature, in words.

    The columns are ``feature, enters, cut_low, cut_high, missing, weight``; cut-offs are in the
    feature's own unit, and missing for categories.

    Args:
        transforms: The fitted transforms.
    """
    return pd.DataFrame(
        [
            {
                "feature": feature.name,
                "enters": _enters(feature),
                "cut_low": feature.low,
                "cut_high": feature.high,
                "missing": _missing(feature),
                "weight": feature.weight,
            }
            for feature in transforms.features
        ]
    ).astype({"cut_low": "float64", "cut_high": "float64"})


def _enters(feature: FeatureTransform) -> str:
    if feature.kind == "category":
        return f"{len(feature.levels)} levels"
    if feature.kind == "ordered":
        return f"place among {len(feature.levels)} levels"
    return _SHAPES[feature.transform]


def _missing(feature: FeatureTransform) -> str:
    if feature.kind != "category" or feature.missing == "refuse":
        return _POLICIES[feature.missing]
    return f"taken as {feature.fill}"


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


def _sizes(assignments: pd.DataFrame) -> pd.Series:
    placed = assignments["segment_id"].notna()
    name = assignments["segment_id"].where(placed, assignments["state"])
    # "segment" sorts before "state".
    kind = placed.map({True: "segment", False: "state"})
    return assignments.groupby([kind.rename("kind"), name.rename("segment_id")]).size()
