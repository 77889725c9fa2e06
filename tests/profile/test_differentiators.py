"""What is bold: the strongest traits against the rest, if they would be so again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.profile.differentiators import bold_traits
from segmentation_lib.profile.traits import strongest_traits, trait_table


def dictionary(**roles: str) -> pd.DataFrame:
    return pd.DataFrame(
        [(name, role, "number", "", "none") for name, role in roles.items()],
        columns=["name", "role", "kind", "unit", "transform"],
    )


def world(n: int = 400, *, seed: int = 0, **shift: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two segments of equal size; each column is noise plus its shift in the second one."""
    rng = np.random.default_rng(seed)
    ids = [f"{i:05}" for i in range(n)]
    second = np.arange(n) >= n // 2
    columns = {name: rng.normal(size=n) + value * second for name, value in shift.items()}
    features = pd.DataFrame({"customer_id": ids, **columns})
    return features, pd.DataFrame(
        {"customer_id": ids, "segment_id": np.where(second, "S02", "S01")}
    )


def bold(features: pd.DataFrame, placed: pd.DataFrame, entries: pd.DataFrame) -> pd.DataFrame:
    traits = trait_table(features, placed, entries)
    return bold_traits(traits, features, placed, entries, seed=1, draws=100)


def names(table: pd.DataFrame, segment_id: str = "S02", role: str = "segmenting") -> list[str]:
    own = table[(table["segment_id"] == segment_id) & (table["role"] == role) & table["bold"]]
    return list(own["feature"])


def test_difference_from_the_rest_is_larger_than_from_all():
    features = pd.DataFrame({"customer_id": list("abcd"), "x": [1.0, 1.0, 3.0, 3.0]})
    placed = pd.DataFrame({"customer_id": list("abcd"), "segment_id": ["S01"] * 2 + ["S02"] * 2})
    table = trait_table(features, placed, dictionary(x="segmenting"))
    assert table["difference"].tolist() == [-1.0, 1.0]
    assert table["difference_rest"].tolist() == [-2.0, 2.0]
    assert table["rest_mean"].tolist() == [3.0, 1.0]


def test_three_strongest_are_bold_and_noise_is_not():
    features, placed = world(a=2.0, b=1.8, c=1.6, d=1.4, noise=0.0)
    roles = dict.fromkeys("abcd", "segmenting") | {"noise": "segmenting"}
    table = bold(features, placed, dictionary(**roles))
    assert names(table) == names(table, "S01") == ["a", "b", "c"]
    own = table[table["segment_id"] == "S02"].set_index("feature")
    assert own.loc["a", "stable_share"] == 1.0
    assert own.loc["noise", "stable_share"] == 0.0
    assert own.loc["d", "stable"]
    assert not own.loc["noise", "stable"]
    assert own.loc["a", "difference_low"] < own.loc["a", "difference_rest"]
    assert own.loc["a", "difference_rest"] < own.loc["a", "difference_high"]


def test_descriptors_have_places_of_their_own():
    features, placed = world(a=2.0, b=1.8, c=1.6, d=1.4)
    roles = {"a": "segmenting", "b": "segmenting", "c": "segmenting", "d": "descriptor"}
    table = bold(features, placed, dictionary(**roles))
    assert names(table) == ["a", "b", "c"]
    assert names(table, role="descriptor") == ["d"]


def test_a_difference_at_the_border_is_not_stable():
    features, placed = world(3000, a=0.5)
    own = bold(features, placed, dictionary(a="segmenting")).iloc[1]
    assert 0.4 < own["difference_rest"] < 0.56
    assert not own["bold"]
    assert own["stable"]


def test_few_customers_make_nothing_bold_by_luck():
    found = 0
    for seed in range(20):
        features, placed = world(24, seed=seed, **{f"noise_{i}": 0.0 for i in range(6)})
        entries = dictionary(**{f"noise_{i}": "segmenting" for i in range(6)})
        found += int(bold(features, placed, entries)["bold"].sum() > 0)
    # Of six columns and twelve people a side, one often differs by half a standard deviation.
    assert found <= 2


def test_printed_means_that_say_otherwise_are_not_bold():
    features, placed = world(200, a=3.0)
    features["a"] = np.exp(features["a"])
    features.loc[0, "a"] = 1e6
    entries = dictionary(a="segmenting").assign(transform="log")
    table = bold(features, placed, entries)
    assert table["difference_rest"].iloc[1] > 0.5
    assert table["mean"].iloc[1] < table["rest_mean"].iloc[1]
    assert not table["bold"].any()


def test_a_level_with_few_people_behind_it_is_not_bold():
    ids = [f"{i:03}" for i in range(200)]
    features = pd.DataFrame({"customer_id": ids, "plan": ["gold"] * 8 + ["basic"] * 192})
    placed = pd.DataFrame({"customer_id": ids, "segment_id": ["S01"] * 8 + ["S02"] * 192})
    entries = dictionary(plan="descriptor").assign(kind="category")
    table = bold(features, placed, entries)
    assert table.set_index(["segment_id", "feature"]).loc[("S01", "plan=gold"), "mean"] == 1.0
    assert "plan=gold" not in names(table, "S01", "descriptor")


def test_a_sample_finds_the_same_and_one_segment_has_no_rest():
    features, placed = world(2000, a=2.0, noise=0.0)
    entries = dictionary(a="segmenting", noise="segmenting")
    traits = trait_table(features, placed, entries)
    table = bold_traits(traits, features, placed, entries, seed=1, draws=50, sample_size=300)
    assert names(table) == ["a"]
    alone = placed.assign(segment_id="S01")
    table = bold(features, alone, entries)
    assert table["difference_rest"].isna().all()
    assert not table["bold"].any()


def test_no_traits_give_an_empty_table_with_all_columns():
    features, placed = world(20, a=1.0)
    table = bold(features, placed, dictionary())
    assert table.empty
    assert {"stable", "bold", "stable_share"} <= set(table.columns)


def test_the_same_seed_gives_the_same_digits_and_nothing_is_changed():
    features, placed = world(200, a=0.7)
    entries = dictionary(a="segmenting")
    kept = features.copy()
    pd.testing.assert_frame_equal(bold(features, placed, entries), bold(features, placed, entries))
    pd.testing.assert_frame_equal(features, kept)


def test_strongest_traits_heed_what_is_stable():
    features, placed = world(2000, a=2.0, b=1.0)
    table = bold(features, placed, dictionary(a="segmenting", b="segmenting"))
    chosen = [str(row["feature"]) for row, _ in strongest_traits(table, "S02")]
    assert chosen == ["a", "b"]
    shaky = table.assign(stable=table["feature"] != "a")
    assert [str(row["feature"]) for row, _ in strongest_traits(shaky, "S02")] == ["b"]


def test_weighted_differences_from_the_rest_are_consistent():
    features, placed = world(300, a=1.3)
    table = trait_table(features, placed, dictionary(a="segmenting"))
    # From all = from the rest times the rest's share.
    assert table["difference"].tolist() == pytest.approx((table["difference_rest"] / 2).tolist())


def test_traits_of_other_features_are_refused():
    features, placed = world(100, a=1.0, b=1.0)
    traits = trait_table(features, placed, dictionary(a="segmenting", b="segmenting"))
    with pytest.raises(ValueError, match="what trait_table returned"):
        bold_traits(traits, features, placed, dictionary(a="segmenting"), seed=1)
