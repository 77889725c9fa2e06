"""Tables for people: how features enter, and how many customers each segment has."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.cluster import fit_transforms, size_table, transform_table
from segmentation_lib.params import ClusterParams


def test_every_feature_in_words(customers, dictionary):
    features = customers(400)
    params = ClusterParams(weights={"monetary": 2.0}, missing={"channel": "impute"})
    table = transform_table(fit_transforms(features, dictionary, params)).set_index("feature")
    assert table["enters"].to_dict() == {
        "frequency": "logarithm",
        "monetary": "logarithm",
        "recency": "rank",
        "order_value": "logarithm",
        "channel": "3 levels",
        "tier": "place among 3 levels",
    }
    common = features.loc[features["state"] == "ACTIVE", "channel"].mode()[0]
    assert table["missing"].to_dict() == {
        "frequency": "refused",
        "monetary": "median filled in",
        "recency": "median filled in",
        "order_value": "a column of its own",
        "channel": f"taken as {common}",
        "tier": "median filled in",
    }
    assert table.loc["monetary", "weight"] == 2.0
    assert table.loc["monetary", "cut_low"] < table.loc["monetary", "cut_high"]
    assert table.loc[["channel", "tier"], ["cut_low", "cut_high"]].isna().all(axis=None)


def assignments(*rows):
    table = pd.DataFrame(rows, columns=["state", "segment_id"]).astype("str")
    return table.assign(customer_id=[str(place) for place in range(len(rows))])


def test_sizes_by_hand():
    at_open = assignments(*[("ACTIVE", "S01")] * 3, ("ACTIVE", "S02"), ("NEW", None))
    at_close = assignments(*[("ACTIVE", "S02")] * 2, ("LAPSED", None), ("NEW", None))
    table = size_table(at_open, at_close).set_index("segment_id")
    assert list(table.index) == ["S01", "S02", "LAPSED", "NEW"]
    assert table["customers_open"].tolist() == [3, 1, 0, 1]
    assert table["customers_close"].tolist() == [0, 2, 1, 1]
    assert table["share_open"].tolist()[:2] == [0.75, 0.25]
    assert table["share_close"].tolist()[:2] == [0.0, 1.0]
    assert table.loc[["LAPSED", "NEW"], ["share_open", "share_close"]].isna().all(axis=None)


def test_shares_sum_to_one():
    table = size_table(*[assignments(*[("ACTIVE", f"S0{n % 3 + 1}") for n in range(20)])] * 2)
    assert table["share_open"].sum() == pytest.approx(1.0)
