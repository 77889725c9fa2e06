"""Traits: exact means, indices and differences on tables made by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.artefacts import check_table
from segmentation_lib.faults import ContractError
from segmentation_lib.profile import strongest_traits, trait_table


def dictionary(*rows: tuple[str, str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["name", "role", "kind", "unit", "transform"])


FEATURES = pd.DataFrame(
    {
        "customer_id": ["d", "a", "b", "c", "new"],
        "state": ["ACTIVE", "ACTIVE", "ACTIVE", "ACTIVE", "NEW"],
        "region": ["South", "North", "North", None, "North"],
        "frequency": [6.0, 2.0, 4.0, np.nan, 1000.0],
    }
)
ASSIGNMENTS = pd.DataFrame(
    {
        "customer_id": ["a", "b", "c", "d", "new"],
        "state": ["ACTIVE"] * 4 + ["NEW"],
        "segment_id": ["S01", "S01", "S02", "S02", None],
    }
)
DICTIONARY = dictionary(
    ("region", "descriptor", "category", "", "none"),
    ("frequency", "segmenting", "number", "orders", "none"),
    ("revenue", "outcome", "number", "currency", "none"),
)


def test_exact_table_of_four_customers():
    table = trait_table(FEATURES, ASSIGNMENTS, DICTIONARY)
    assert list(table["feature"]) == [
        "frequency", "region=North", "region=(missing)", "region=South",
    ] * 2  # fmt: skip
    first = table[table["segment_id"] == "S01"].set_index("feature")
    # Base: 2, 4, 6 -> mean 4, population SD sqrt(8/3); the NEW customer with 1000 is outside.
    assert first.loc["frequency", ["customers", "mean", "median", "base_mean"]].tolist() == [
        2, 3.0, 3.0, 4.0,
    ]  # fmt: skip
    assert first.loc["frequency", "index"] == 75.0
    assert first.loc["frequency", "difference"] == pytest.approx(-1 / np.sqrt(8 / 3))
    # North: 2 of 4 in the base, both in S01.
    assert first.loc["region=North", ["mean", "base_mean", "index", "difference"]].tolist() == [
        1.0, 0.5, 200.0, 1.0,
    ]  # fmt: skip
    assert first.loc["region=North", "role"] == "descriptor"
    check_table("traits", table)


def test_means_weighted_by_size_give_the_base():
    rng = np.random.default_rng(5)
    features = pd.DataFrame(
        {"customer_id": [f"c{i:03}" for i in range(300)], "monetary": rng.lognormal(3, 1, 300)}
    )
    placed = pd.DataFrame(
        {"customer_id": features["customer_id"], "segment_id": rng.choice(["S01", "S02"], 300)}
    )
    table = trait_table(
        features, placed, dictionary(("monetary", "segmenting", "number", "money", "log"))
    )
    weights = table["customers"]
    assert np.average(table["mean"], weights=weights) == pytest.approx(features["monetary"].mean())
    assert np.average(table["index"], weights=weights) == pytest.approx(100)
    assert np.average(table["difference"], weights=weights) == pytest.approx(0, abs=1e-12)


def test_one_giant_order_does_not_hide_the_difference():
    money = [10.0, 11.0, 9.0, 100.0, 110.0, 1_000_000.0]
    features = pd.DataFrame({"customer_id": list("abcdef"), "monetary": money})
    placed = pd.DataFrame({"customer_id": list("abcdef"), "segment_id": ["S01"] * 3 + ["S02"] * 3})
    found = {
        transform: trait_table(
            features, placed, dictionary(("monetary", "segmenting", "number", "money", transform))
        )["difference"].iloc[0]
        for transform in ("none", "log", "rank")
    }
    assert found["none"] == pytest.approx(-0.447, abs=0.001)
    assert found["log"] == pytest.approx(-0.657, abs=0.001)
    assert found["rank"] < -0.8


def test_rare_levels_are_summed_and_shares_add_up_to_one():
    levels = [f"L{i}" for i in range(5) for _ in range(10 - i)]
    ids = [f"{i:03}" for i in range(len(levels))]
    features = pd.DataFrame({"customer_id": ids, "plan": levels})
    placed = pd.DataFrame({"customer_id": ids, "segment_id": "S01"})
    entry = dictionary(("plan", "descriptor", "category", "", "none"))
    table = trait_table(features, placed, entry, levels=2)
    assert table["feature"].tolist() == ["plan=L0", "plan=L1", "plan=(other)"]
    assert table["mean"].tolist() == pytest.approx([10 / 40, 9 / 40, 21 / 40])
    full = trait_table(features, placed, entry, levels=4)
    assert len(full) == 5
    assert full["mean"].sum() == pytest.approx(1)


def test_constant_and_non_positive_features_give_no_false_numbers():
    features = pd.DataFrame({"customer_id": ["a", "b"], "flat": [0.0, 0.0]})
    placed = pd.DataFrame({"customer_id": ["a", "b"], "segment_id": ["S01", "S02"]})
    table = trait_table(features, placed, dictionary(("flat", "segmenting", "number", "", "none")))
    assert table["difference"].tolist() == [0.0, 0.0]
    assert table["index"].isna().all()


def test_a_feature_of_the_dictionary_that_is_missing_is_refused():
    entry = dictionary(("tenure", "segmenting", "number", "days", "none"))
    with pytest.raises(ContractError, match=r"column tenure is missing.*\[missing_column\]"):
        trait_table(FEATURES, ASSIGNMENTS, entry)


def test_no_features_give_an_empty_table_with_the_right_columns():
    table = trait_table(FEATURES, ASSIGNMENTS, dictionary())
    assert table.empty
    check_table("traits", table)


def test_arguments_are_not_changed():
    features, placed, entries = FEATURES.copy(), ASSIGNMENTS.copy(), DICTIONARY.copy()
    trait_table(features, placed, entries)
    pd.testing.assert_frame_equal(features, FEATURES)
    pd.testing.assert_frame_equal(placed, ASSIGNMENTS)
    pd.testing.assert_frame_equal(entries, DICTIONARY)


def rows(*entries: tuple[str, float, float, float]) -> pd.DataFrame:
    table = pd.DataFrame(entries, columns=["feature", "mean", "base_mean", "difference"])
    return table.assign(segment_id="S01", role="segmenting", customers=400)


def test_strongest_traits_take_one_of_each_family():
    traits = rows(
        ("frequency", 9, 3, 1.5),
        ("inter_purchase_time", 20, 60, -1.4),
        ("discount_share", 0.4, 0.2, 0.9),
        ("sessions", 5, 4, 0.2),
    )
    chosen = strongest_traits(traits, "S01")
    assert [phrase.text for _, phrase in chosen] == ["frequent", "discount-seeking"]


def test_a_trait_that_its_own_means_contradict_is_not_claimed():
    traits = rows(("monetary", 120, 100, -0.8), ("recency", 90, 30, 0.5))
    chosen = strongest_traits(traits, "S01")
    assert [phrase.text for _, phrase in chosen] == ["long unseen"]


def test_what_chance_could_do_is_not_claimed():
    traits = rows(("monetary", 150, 100, 0.4))
    assert len(strongest_traits(traits, "S01")) == 1
    assert strongest_traits(traits.assign(customers=50), "S01") == []


def test_a_level_with_few_people_behind_it_is_not_told():
    traits = rows(("region=Italy", 0.02, 0.003, 0.38), ("region=North", 0.2, 0.4, -0.4))
    chosen = strongest_traits(traits, "S01")
    assert [phrase.text for _, phrase in chosen] == ["seldom North"]


def test_noise_makes_no_trait_in_a_hundred_segments():
    rng = np.random.default_rng(11)
    ids = [f"{i:05}" for i in range(6000)]
    features = pd.DataFrame({"customer_id": ids, "noise": rng.lognormal(1, 1, 6000)})
    placed = pd.DataFrame(
        {"customer_id": ids, "segment_id": [f"S{i % 100:03}" for i in range(6000)]}
    )
    entry = dictionary(("noise", "segmenting", "number", "", "log"))
    table = trait_table(features, placed, entry)
    assert (table["difference"].abs() >= 0.25).sum() >= 3
    assert [s for s in table["segment_id"] if strongest_traits(table, s)] == []


def test_ordered_categories_are_described_by_level():
    plan = pd.CategoricalDtype(["basic", "plus"], ordered=True)
    features = pd.DataFrame(
        {"customer_id": list("abc"), "plan": pd.Series(["plus", "basic", None], dtype=plan)}
    )
    placed = pd.DataFrame({"customer_id": list("abc"), "segment_id": "S01"})
    table = trait_table(features, placed, dictionary(("plan", "segmenting", "ordered", "", "none")))
    assert table["feature"].tolist() == ["plan=(missing)", "plan=basic", "plan=plus"]
    assert table["mean"].tolist() == pytest.approx([1 / 3] * 3)
