"""The model file: there and back without a digit lost, and refusing what does not fit."""

from __future__ import annotations

import copy
import json
import sys
from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.cluster import (
    DiagonalMixture,
    Model,
    active,
    choose_k,
    fit_model,
    fit_transforms,
    memberships,
    nearest_segment,
    score,
    squared_distances,
)
from segmentation_lib.cluster.candidates import fit_scan
from segmentation_lib.faults import ContractError
from segmentation_lib.params import ClusterParams
from segmentation_lib.stats import adjusted_rand, match_groups, shared_rows
from tests.calibration.worlds import equal_groups, unequal_groups


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


@pytest.fixture(scope="module")
def mixed(fitted_by, customers):
    return fitted_by("mixture", customers(1200)).with_segment_ids(["S01", "S02", "S03", "S04"])


def test_a_mixture_is_stored_with_point_precision_and_offset(mixed, customers):
    stored = json.loads(json.dumps(mixed.to_json()))
    assert stored["format"] == "segmentation-model/1"
    assert stored["algorithm"] == "mixture"
    assert list(stored["segments"][0]) == ["id", "share", "centre", "point", "precision", "offset"]
    again = Model.from_json(stored)
    assert again == mixed
    assert again.hash == mixed.hash
    features = customers(300, seed=5)
    pd.testing.assert_frame_equal(score(again, features), score(mixed, features))


def test_a_mixture_is_published_with_the_starts_that_it_was_compared_with(
    customers, behaviour, monkeypatch
):
    features = active(customers(600))
    params = ClusterParams(algorithms=("mixture",), k_min=4, k_max=4, starts=20)
    transforms = fit_transforms(features, behaviour, params)
    points = transforms.matrix(features)
    choice = choose_k(points, params, seed=1)
    asked = []

    class Watched(DiagonalMixture):
        def fit(self, X, k, *, seed, starts):
            asked.append(starts)
            return super().fit(X, k, seed=seed, starts=starts)

    # The package's name `fit_model` is the function.
    module = sys.modules[fit_model.__module__]
    monkeypatch.setattr(module, "algorithm", lambda name, sample_size: Watched())
    model = fit_model(features, transforms, choice, params, as_of=date(2026, 7, 1), seed=1)
    assert asked == [10]
    scanned = fit_scan(points, "mixture", 4, params, seed=1).labels
    assert (nearest_segment(model.rule.distances(points)) == scanned).all()


def test_the_centre_of_a_mixture_is_the_mean_of_its_customers(mixed, customers):
    features = active(customers(1200))
    points = mixed.transforms.matrix(features)
    labels = nearest_segment(mixed.rule.distances(points))
    for place, segment in enumerate(mixed.segments):
        assert points[labels == place].mean(axis=0) == pytest.approx(segment.centre, abs=1e-9)
        assert (labels == place).mean() == pytest.approx(segment.share, rel=1e-9)
    whole = memberships(mixed, features)
    assert whole.sum(axis=1) == pytest.approx(np.ones(len(features)))
    assert (whole.argmax(axis=1) == labels).all()
    confidence = score(mixed, features).set_index("customer_id")["confidence"]
    own = whole[np.arange(len(labels)), labels]
    assert confidence[features["customer_id"]].to_numpy() == pytest.approx(own, abs=1e-9)


def test_a_model_around_centres_is_written_without_blanks(stored, fitted_by, customers):
    assert list(stored["segments"][0]) == ["id", "share", "centre"]
    ward = fitted_by("ward", customers(1200)).segments[0]
    assert ward.point is not None
    assert ward.precision is None
    assert ward.model_dump(mode="json").keys() == {"id", "share", "centre", "point"}


@pytest.mark.parametrize("algorithm", ["kmeans", "mixture", "ward", "fuzzy"])
def test_every_algorithm_gives_a_model_that_finds_the_planted_kinds(
    fitted_by, customers, behaviour, algorithm
):
    features = active(customers(1200))
    model = fitted_by(algorithm, features, 4, behaviour)
    assert model.algorithm == algorithm
    assigned = score(model, features).merge(features, on="customer_id")
    found = assigned["segment_id"].str.lstrip("#").astype(int).to_numpy()
    assert adjusted_rand(assigned["truth"].to_numpy(), found) > 0.65


@pytest.mark.parametrize(("algorithm", "kinds"), [("kmeans", "equal"), ("mixture", "unequal")])
def test_confidence_is_reliable(fitted_by, describe, algorithm, kinds):
    make = equal_groups(4, 3.5, n=2000) if kinds == "equal" else unequal_groups(4, 4.0, n=2000)
    world = make(np.random.default_rng(7))
    names = [f"x{place}" for place in range(world.points.shape[1])]
    features = pd.DataFrame(world.points, columns=names).assign(
        customer_id=[f"{place:05d}" for place in range(2000)], state="ACTIVE"
    )
    dictionary = describe(*((name, "number", "none", "refuse") for name in names))
    found = score(fitted_by(algorithm, features, 4, dictionary), features)
    labels = found["segment_id"].str.lstrip("#").astype(int).to_numpy() - 1
    right = match_groups(shared_rows(world.truth, labels, 4, 4))[world.truth] == labels
    order = np.array_split(found["confidence"].argsort(kind="stable").to_numpy(), 10)
    gaps = [abs(found["confidence"].to_numpy()[rows].mean() - right[rows].mean()) for rows in order]
    assert np.mean(gaps) < 0.05
    assert found["confidence"].mean() == pytest.approx(right.mean(), abs=0.03)


def test_an_algorithm_that_cannot_serve_says_so(fitted_by, customers, behaviour):
    with pytest.raises(ContractError, match=r"latent_class: .*column 1, 2 has more than two") as at:
        fitted_by("latent_class", customers(600), 3, behaviour)
    assert at.value.faults[0].code == "algorithm_refused"


def test_an_empty_segment_is_refused(fitted_by, describe):
    features = pd.DataFrame({"x": [0.0, 1.0] * 30}).assign(
        customer_id=[f"{place:02d}" for place in range(60)], state="ACTIVE"
    )
    with pytest.raises(ContractError, match="finds customers for 2 segments only") as caught:
        fitted_by("kmeans", features, 3, describe(("x", "number", "none", "refuse")))
    assert caught.value.faults[0].code == "empty_segment"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda s: s.pop("offset"), "precision and offset go together"),
        (lambda s: s.pop("point"), "precision and offset need a point"),
        (lambda s: s["precision"].pop(), "each centre must have"),
        (lambda s: s["precision"].__setitem__(0, -1.0), "segments.2.precision.0"),
        (lambda s: [s.pop(key) for key in ("point", "precision", "offset")], "needs precision"),
    ],
)
def test_a_mixture_that_does_not_fit_is_refused(mixed, change, place):
    values = json.loads(json.dumps(mixed.to_json()))
    with pytest.raises(ContractError) as caught:
        Model.from_json(broken(values, lambda m: change(m["segments"][2])))
    assert place in str(caught.value)


def test_k_means_scores_by_centres_only(mixed):
    values = {**mixed.to_json(), "algorithm": "kmeans"}
    with pytest.raises(ContractError, match="a model by kmeans has no precision"):
        Model.from_json(values)


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
