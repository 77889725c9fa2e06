"""Contexts: structure in one region only is named, small regions are not blamed for being small."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.cluster import KMeans
from segmentation_lib.faults import ContractError
from segmentation_lib.validate.contexts import (
    OTHER_ORDER,
    OTHER_SEGMENTS,
    context_agreement,
    context_sentence,
)

N = 2000
World = tuple[pd.DataFrame, np.ndarray, np.ndarray, pd.DataFrame]


def _world() -> World:
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 4, N)
    points = np.eye(4, 5)[truth] * 4 + rng.normal(size=(N, 5))
    region = rng.choice(["north", "south", "east", "west"], size=N, p=[0.45, 0.3, 0.2, 0.05])
    ids = pd.Series([f"{i:05d}" for i in range(N)], dtype="str")
    revenue = truth + rng.normal(size=N)
    return (
        pd.DataFrame({"customer_id": ids, "region": region}),
        points,
        truth,
        pd.DataFrame({"customer_id": ids, "revenue": revenue}),
    )


def _agreement(world: World, **options: object) -> pd.DataFrame:
    usual = {"seed": 2, "references": 19, "starts": 3, "sample_size": 600}
    return context_agreement(
        *world, ["revenue"], KMeans(), ["region"], **(usual | options)
    ).set_index("level")


def test_the_same_segments_everywhere_raise_nothing() -> None:
    found = _agreement(_world())
    # The west has about a hundred customers and is left out; the largest comes first.
    assert found.index.tolist() == ["north", "south", "east"]
    assert (found["finding"] == "").all()
    assert (found["adjusted_rand"] > 0.9).all()
    assert (found["kpi_order"] == 1.0).all()
    assert (found["reference_low"] <= found["reference"]).all()
    assert context_sentence(found.reset_index(), ["region"]) == (
        "The segments hold in each of the 3 levels of region that have enough customers: no less "
        "than among random customers with the same mix of segments."
    )


def test_a_region_without_the_structure_is_named() -> None:
    features, points, _, outcomes = _world()
    south = (features["region"] == "south").to_numpy()
    crowd = np.random.default_rng(4).normal(size=(int(south.sum()), 5)) + points.mean(axis=0)
    points = points.copy()
    points[south] = crowd
    fitted = KMeans().fit(points, 4, seed=np.random.SeedSequence(1), starts=5)
    found = _agreement((features, points, fitted.labels, outcomes))
    assert found["finding"]["south"].startswith(OTHER_SEGMENTS)
    assert (found["finding"].drop("south") == "").all()
    assert found["adjusted_rand"]["south"] < 0.5 < found["reference"]["south"]
    assert context_sentence(found.reset_index(), ["region"]).startswith(
        "In region south the customers fall into other groups (agreement 0."
    )


def test_a_region_with_the_opposite_order_is_named() -> None:
    features, points, labels, outcomes = _world()
    east = features["region"] == "east"
    turned = outcomes.assign(revenue=outcomes["revenue"].where(~east, -outcomes["revenue"]))
    found = _agreement((features, points, labels, turned))
    assert found["finding"]["east"] == OTHER_ORDER
    assert found["kpi_order"]["east"] == -1.0
    sentence = context_sentence(found.reset_index(), ["region"])
    assert sentence == "In region east the segments stand in another order on the KPIs."


def test_small_and_shaky_regions_are_not_blamed() -> None:
    features, _, _, outcomes = _world()
    points = np.random.default_rng(6).normal(size=(N, 5))
    fitted = KMeans().fit(points, 5, seed=np.random.SeedSequence(1), starts=5)
    found = _agreement((features, points, fitted.labels, outcomes), references=39)
    # One crowd: the cuts come back nowhere, and nowhere less than elsewhere.
    assert (found["adjusted_rand"] < 0.8).all()
    assert (found["finding"] == "").all()
    lowest = found["reference"].min()
    assert lowest < 0.75
    assert context_sentence(found.reset_index(), ["region"]) == (
        "Whether the segments hold in each of the 3 levels of region cannot be told: they come "
        "back there no worse than among random customers with the same mix of segments, but "
        f"those agree by only {lowest:.2f} of 1 in places."
    )


def test_the_result_depends_on_the_seed_only() -> None:
    world = _world()
    quick = {"references": 4, "sample_size": 300}
    pd.testing.assert_frame_equal(_agreement(world, **quick), _agreement(world, **quick, workers=2))


def test_eight_levels_at_most_and_none_is_said() -> None:
    features, points, labels, outcomes = _world()
    many = features.assign(region=[f"r{i % 10}" for i in range(N)])
    assert _agreement((many, points, labels, outcomes)).empty
    none = _agreement((many, points, labels, outcomes)).reset_index()
    assert context_sentence(none, ["region"]) == (
        "None of the levels of region has the 300 customers that this needs."
    )
    assert context_sentence(none, []) == (
        "No country, channel or the like was named in validate.contexts, so it was not checked "
        "whether the segments hold everywhere."
    )
    features = pd.concat([many] * 4, ignore_index=True)
    features["customer_id"] = pd.Series([f"{i:05d}" for i in range(4 * N)], dtype="str")
    amounts = outcomes.iloc[np.tile(np.arange(N), 4)].reset_index(drop=True)
    amounts["customer_id"] = features["customer_id"]
    large = (features, np.tile(points, (4, 1)), np.tile(labels, 4), amounts)
    found = _agreement(large, references=2, sample_size=300, starts=1)
    assert found.index.tolist() == [f"r{i}" for i in range(8)]


def test_an_unknown_context_is_refused() -> None:
    with pytest.raises(ContractError, match="planet is not there") as caught:
        context_agreement(*_world(), ["revenue"], KMeans(), ["planet"], seed=1)
    assert "Known here: region." in str(caught.value)


def test_another_mix_of_the_same_segments_is_no_other_structure() -> None:
    features, points, labels, outcomes = _world()
    # Two of the four segments hardly shop here, so a refit cuts the other two up.
    rare = np.isin(labels, [0, 1])
    draw = np.random.default_rng(8).random(N)
    shop = np.where(rare, draw < 0.01, draw < 0.6)
    mixed = features.assign(region=np.where(shop, "shop", "elsewhere"))
    found = _agreement((mixed, points, labels, outcomes))
    assert found["adjusted_rand"]["shop"] < 0.8
    assert (found["finding"] == "").all()


def test_a_context_without_a_large_level_is_said() -> None:
    found = _agreement(_world()).reset_index()
    assert context_sentence(found, ["region", "acquisition_channel"]).endswith(
        "No level of acquisition channel has the 300 customers that this needs."
    )
