"""Tables for people: how features enter, and how many customers each segment has."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.cluster import (
    border_table,
    criteria_table,
    fit_transforms,
    reason_table,
    size_table,
    transform_table,
)
from segmentation_lib.cluster.tables import _figures
from segmentation_lib.params import ClusterParams


def test_every_feature_in_words(customers, dictionary):
    features = customers(400)
    params = ClusterParams(weights={"monetary": 2.0}, missing={"channel": "impute"})
    # Of a feature without a gap it is not said how gaps are filled.
    known = dictionary.assign(
        unit=["purchase days", "GBP", "days", "share", None, None],
        missing_share=[0.0, 0.1, np.nan, 0.1, 0.05, 0.1],
    )
    fitted = fit_transforms(features, dictionary, params)
    table = transform_table(fitted, known).set_index("feature")
    assert table["enters"].to_dict() == {
        "frequency": "logarithm",
        "monetary": "logarithm",
        "recency": "rank",
        "order_value": "logarithm",
        "channel": "3 levels",
        "tier": "place among 3 levels",
    }
    common = features.loc[features["state"] == "ACTIVE", "channel"].mode()[0]
    by_name = {one.name: one for one in fitted.features}
    share = by_name["order_value"].fill * 100
    assert table["gaps_filled_with"].to_dict() == {
        "frequency": "no gaps",
        "monetary": f"the median, {by_name['monetary'].fill:,.1f} GBP",
        "recency": f"the median, {by_name['recency'].fill:.0f} days",
        "order_value": f"the median, {share:,.0f}%; a column of its own marks them",
        "channel": f"the most common, {common}",
        "tier": f"the middle level, {by_name['tier'].levels[int(by_name['tier'].fill) - 1]}",
    }
    low, high = by_name["recency"].low, by_name["recency"].high
    assert table.loc["recency", "values_kept"] == f"{low:.0f} to {high:.0f} days"
    assert table.loc[["channel", "tier"], "values_kept"].tolist() == ["", ""]
    assert table.loc["monetary", "weight"] == 2.0


def test_columns_that_say_nothing_are_left_out(customers, dictionary):
    fitted = fit_transforms(customers(400), dictionary.iloc[[4, 5]], ClusterParams())
    table = transform_table(fitted, dictionary)
    assert table.columns.tolist() == ["feature", "enters", "gaps_filled_with"]
    assert table["gaps_filled_with"].tolist()[0] == "a level of its own"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.01234, "0.0123"), (4.5, "4.5"), (365.0, "365"), (1234.5, "1,234"), (-2, "-2")],
)
def test_three_figures_that_count(value, text):
    assert _figures(value) == text


def test_counts_of_a_few_on_a_border_are_not_shown():
    ambiguity = pd.DataFrame(
        {
            "segment_id": ["S01", "S02", "S03"],
            "customers": [1218, 1146, 60],
            "ambiguous": [1, 0, 12],
            "ambiguous_share": [1 / 1218, 0.0, 0.2],
            "mean_confidence": [0.9, 1.0, 0.8],
            "most_common_second": ["S03", None, "S01"],
        }
    ).astype({"most_common_second": "str"})
    table = border_table(ambiguity)
    assert table["between_two"].tolist() == ["fewer than 10", "0", "12"]
    assert table["between_two_share"].fillna(-1).tolist() == [-1, 0, 0.2]
    assert table["most_common_second"].fillna("-").tolist() == ["-", "-", "S01"]


def test_criteria_and_reasons_name_the_method_in_words():
    tried = pd.DataFrame(
        {
            "algorithm": ["kmeans", "mixture"],
            "k": [3, 4],
            "prediction_strength": [0.9, 0.7],
            "silhouette": [0.3, 0.2],
            "davies_bouldin": [1.1, 1.2],
            "explained_share": [0.5, 0.6],
            "smallest_size": [1200, 9],
            "kpi_gain": [0.1, None],
            "chosen": [True, False],
            "reason": ["", "prediction strength 0.70 under 0.80"],
        }
    )
    assert criteria_table(tried)["method"].tolist() == ["k-means", "Gaussian mixture"]
    assert criteria_table(tried)["smallest_size"].tolist() == ["1,200", "fewer than 10"]
    assert reason_table(tried).to_numpy().tolist() == [
        ["Gaussian mixture", 4, "prediction strength 0.70 under 0.80"]
    ]


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
