"""The model file: there and back without a digit lost, and refusing what does not fit."""

from __future__ import annotations

import copy
import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.cluster import Model, active, nearest_segment, score, squared_distances
from segmentation_lib.faults import ContractError
from segmentation_lib.stats import adjusted_rand


@pytest.fixture(scope="module")
def stored(model):
    return json.loads(json.dumps(model.to_json()))


def test_there_and_back_is_the_same_model_and_the_same_scores(model, stored, customers):
    again = Model.from_json(stored)
    assert again == model
    assert again.hash == model.hash
    features = customers(300, seed=5)
    pd.testing.assert_frame_equal(score(again, features), score(model, features))


def test_what_is_in_the_file(model, stored, dictionary):
    assert stored["format"] == "segmentation-model/1"
    assert stored["algorithm"] == "kmeans"
    assert stored["k"] == 4
    assert stored["as_of"] == "2026-07-01"
    assert stored["seed"] == 1
    assert [feature["name"] for feature in stored["features"]] == dictionary["name"].tolist()
    assert [segment["id"] for segment in stored["segments"]] == ["S01", "S02", "S03", "S04"]
    assert sum(segment["share"] for segment in stored["segments"]) == pytest.approx(1.0)


def test_every_number_has_at_most_ten_digits(stored):
    def numbers(value):
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            return [number for item in value for number in numbers(item)]
        return [value] if isinstance(value, float) else []

    found = numbers(stored)
    assert len(found) > 60
    assert all(float(f"{number:.9e}") == number for number in found)


def test_a_fresh_fit_is_numbered_by_size_and_cannot_be_stored(customers, fitted):
    fresh = fitted(customers(600))
    assert fresh.segment_ids == ("#1", "#2", "#3", "#4")
    shares = [segment.share for segment in fresh.segments]
    assert shares == sorted(shares, reverse=True)
    with pytest.raises(ValueError, match="no permanent IDs yet"):
        fresh.to_json()


def test_centre_share_and_variance_belong_to_the_customers(model, customers):
    features = active(customers(1200))
    points = model.transforms.matrix(features)
    distances = squared_distances(points, model.centres)
    labels = nearest_segment(distances)
    sizes = np.bincount(labels, minlength=4)
    assert model.customers == len(features)
    assert sizes / len(features) == pytest.approx([s.share for s in model.segments], rel=1e-9)
    within = distances[np.arange(len(labels)), labels].sum()
    expected = within / (points.shape[1] * (len(labels) - 4))
    assert model.variance == pytest.approx(expected, rel=1e-9)
    for place in range(4):
        assert points[labels == place].mean(axis=0) == pytest.approx(model.centres[place], abs=0.02)


def test_renaming_orders_segments_by_id(model):
    renamed = model.with_segment_ids(["S10", "S09", "S02", "S100"])
    assert renamed.segment_ids == ("S02", "S09", "S10", "S100")
    assert renamed.segments[0].centre == model.segments[2].centre
    assert model.segment_ids == ("S01", "S02", "S03", "S04")
    assert renamed.hash != model.hash


def test_planted_kinds_are_found(customers, behaviour, fitted):
    features = active(customers(1200))
    assigned = score(fitted(features, 4, behaviour), features).merge(features, on="customer_id")
    found = assigned["segment_id"].str.lstrip("#").astype(int).to_numpy()
    assert adjusted_rand(assigned["truth"].to_numpy(), found) > 0.7


def broken(values, change):
    values = copy.deepcopy(values)
    change(values)
    return values


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda m: m.update(format="segmentation-model/2"), "format = 'segmentation-model/2'"),
        (lambda m: m.pop("format"), "format = None"),
        (lambda m: m.pop("variance"), "model.json.variance"),
        (lambda m: m.update(extra=1), "model.json.extra"),
        (lambda m: m.update(k=3), "k = 3, but there are 4 segments"),
        (lambda m: m["segments"][1].update(id="S01"), "two segments have the same id"),
        (lambda m: m["segments"][1].update(id="Loyal"), "model.json.segments.1.id"),
        (lambda m: m["segments"][1]["centre"].pop(), "each centre must have"),
        (lambda m: m["segments"][1]["centre"].__setitem__(0, float("nan")), "segments.1.centre.0"),
        (lambda m: m["features"][0]["columns"][0].update(scale=0), "features.0.columns.0.scale"),
        (lambda m: m["features"][1].update(fill=None), "fill goes with every policy but refuse"),
        (lambda m: m["features"][1].update(fill="a"), "fill must be a level"),
        (lambda m: m["features"][2]["knots"].reverse(), "ascending knots"),
        (lambda m: m["features"][4].update(levels=[]), "needs its levels"),
        (lambda m: m["features"][1].update(name="frequency"), "two features have the same name"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(stored, change, place):
    with pytest.raises(ContractError) as caught:
        Model.from_json(broken(stored, change))
    assert {fault.code for fault in caught.value.faults} == {"model_mismatch"}
    assert place in str(caught.value)


def test_scoring_refuses_missing_and_wrong_features(model, customers):
    features = customers(50)
    wrong = features.drop(columns="monetary").assign(recency="long ago")
    with pytest.raises(ContractError) as caught:
        score(model, wrong)
    assert [fault.where for fault in caught.value.faults] == [
        "features.monetary",
        "features.recency",
    ]


def test_another_dictionary_is_refused(model, customers, dictionary):
    features = customers(50)
    model.check(features, dictionary)
    with pytest.raises(ContractError, match="defines features anew"):
        model.check(features, dictionary.assign(transform="rank"))
    more = pd.concat([dictionary, dictionary.tail(1).assign(name="tenure")])
    with pytest.raises(ContractError, match="also segments on tenure"):
        model.check(features, more)


def test_as_of_is_a_date(model):
    assert model.as_of == date(2026, 7, 1)
