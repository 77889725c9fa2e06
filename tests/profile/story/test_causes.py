"""The map: edges of every grade, exact on a small case, and words that grades allow."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.params.stories import Belief
from segmentation_lib.profile.story import (
    Grade,
    belief_edges,
    causal_faults,
    cause_map,
    earned_sentences,
    experiment_edges,
    map_sentence,
    segment_edges,
    trait_edges,
)

from .frames import EFFECTS, INCREMENTAL

BELIEFS = (
    Belief(trait="visits", outcome="revenue", direction="positive", because="They see more."),
    Belief(trait="visits", outcome="referrals", direction="negative"),
)


@pytest.fixture
def measured():
    rng = np.random.default_rng(5)
    n = 500
    ids = [f"c{i}" for i in range(n)]
    visits = rng.gamma(2.0, size=n)
    features = pd.DataFrame({"customer_id": ids, "visits": visits, "plan": "a"})
    outcomes = pd.DataFrame(
        {"customer_id": ids, "revenue": visits * rng.gamma(3, size=n), "noise": rng.normal(size=n)}
    )
    assignments = pd.DataFrame({"customer_id": ids, "segment_id": ["S01"] * 400 + [None] * 100})
    return features, outcomes, assignments


def test_a_planted_link_is_an_association_and_noise_is_none(measured):
    pairs = [("visits", "revenue"), ("visits", "noise"), ("plan", "revenue"), ("visits", "gone"),
             ("visits", "revenue")]  # fmt: skip
    edges = trait_edges(pairs, *measured)
    assert list(edges["outcome"]) == ["revenue", "noise"]
    assert set(edges["grade"]) == {"association"}
    assert list(edges["customers"]) == [400, 400]
    assert edges["low"].iloc[0] > 0.5
    assert edges["low"].iloc[1] < 0 < edges["high"].iloc[1]
    assert edges["sentence"].iloc[0].startswith("Customers with higher visits tend to have higher")
    assert edges["sentence"].iloc[1].startswith("No link between visits and")


def test_only_judges_count(measured):
    judges = measured[2]["customer_id"].head(50)
    assert trait_edges([("visits", "revenue")], *measured, judges=judges)["customers"][0] == 50


def test_an_experiment_says_causes_only_where_it_showed_a_difference():
    edges = experiment_edges(INCREMENTAL, currency="EUR", names={"S01": "App"})
    assert list(edges["segment_id"]) == ["S01", "S02"]
    assert list(edges["customers"]) == [600, 400]
    assert edges["sentence"][0] == (
        "EXP-001 treatment causes more revenue per customer for S01 (App): €3.50 per customer "
        "(95% interval €1.25 to €5.75)."
    )
    assert edges["sentence"][1] == (
        "EXP-001 treatment shows no difference in revenue per customer for S02: €0.10 per "
        "customer (95% interval −€0.90 to €1.10)."
    )


def test_a_quasi_experiment_never_says_causes():
    edges = experiment_edges(INCREMENTAL, grade=Grade.QUASI_EXPERIMENT)
    assert not causal_faults(" ".join(edges["sentence"]), "here")
    assert earned_sentences(edges) == ()


def test_the_map_is_sorted_by_grade_and_a_belief_gives_way_to_a_measurement(measured):
    table = cause_map(
        belief_edges(BELIEFS), trait_edges([("visits", "revenue")], *measured),
        segment_edges(EFFECTS), experiment_edges(INCREMENTAL),
    )  # fmt: skip
    assert list(table["grade"]) == ["experiment", "experiment", "association", "association",
                                    "assumption"]  # fmt: skip
    assert list(table["outcome"])[-1] == "referrals"
    assert table["edge"].is_unique
    assert table["effect"].isna().tolist() == [False] * 4 + [True]


def test_causes_stands_on_experiments_only(measured):
    table = cause_map(
        belief_edges(BELIEFS), trait_edges([("visits", "revenue")], *measured),
        segment_edges(EFFECTS), experiment_edges(INCREMENTAL),
    )  # fmt: skip
    text = "\n".join([*table["sentence"], map_sentence(table)])
    assert len(causal_faults(text, "map")) == 1
    assert causal_faults(text, "map", earned=earned_sentences(table)) == []


def test_the_map_counts_its_grades():
    assert map_sentence(cause_map(belief_edges(BELIEFS))) == (
        "No link on this map has been tested. The map shows 2 links by assumption (believed, not "
        "measured)."
    )
    assert map_sentence(cause_map()) == "Nothing is known yet about what goes with what."


def test_edges_do_not_depend_on_their_order(measured):
    parts = [belief_edges(BELIEFS), segment_edges(EFFECTS), experiment_edges(INCREMENTAL)]
    pd.testing.assert_frame_equal(cause_map(*parts), cause_map(*parts[::-1]))
