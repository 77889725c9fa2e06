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
    drawn_links,
    earned_sentences,
    experiment_edges,
    map_sentence,
    no_difference_sentence,
    segment_edges,
    trait_edges,
)
from segmentation_lib.profile.story.levers import shown_by_test

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


def test_a_link_of_many_is_held_to_more(measured):
    features, outcomes, assignments = measured
    rng = np.random.default_rng(1)
    names = [f"noise_{place}" for place in range(40)]
    noise = pd.DataFrame(rng.normal(size=(len(features), 40)), columns=names)
    kpis = outcomes.assign(weak=noise["noise_0"] + rng.normal(scale=5, size=len(noise)))
    world = (pd.concat([features, noise], axis=1), kpis, assignments)
    alone = trait_edges([("noise_0", "weak"), ("visits", "revenue")], *world)
    assert alone["shown"].tolist() == [True, True]
    many = trait_edges([*((name, "weak") for name in names), ("visits", "revenue")], *world)
    assert many[["effect", "low", "high"]].iloc[0].tolist() == (
        alone[["effect", "low", "high"]].iloc[0].tolist()
    )
    assert many.loc[many["shown"], "trait"].tolist() == ["visits"]
    assert "can be shown among the 41 looked at together: rank" in many["sentence"][0]
    plain = many.loc[(many["low"] < 0) & (many["high"] > 0), "sentence"]
    assert not plain.str.contains("among").any()


def test_a_segment_link_needs_interval_and_corrected_p_value():
    table = pd.concat([EFFECTS] * 3, ignore_index=True).assign(
        kpi=["revenue", "orders", "visits"], effect_low=[0.1, 0.1, 0.0],
        p_corrected=[0.01, 0.2, 0.01],
    )  # fmt: skip
    assert segment_edges(table)["shown"].tolist() == [True, False, False]


def test_only_judges_count(measured):
    judges = measured[2]["customer_id"].head(50)
    assert trait_edges([("visits", "revenue")], *measured, judges=judges)["customers"][0] == 50


def test_an_experiment_says_causes_only_where_it_showed_a_difference():
    edges = experiment_edges(INCREMENTAL, currency="EUR", names={"S01": "App"})
    assert list(edges["segment_id"]) == ["S01", "S02"]
    assert list(edges["customers"]) == [600, 400]
    assert edges["sentence"][0] == (
        "EXP-001 treatment causes more revenue per customer for S01 (App): €3.50 per customer "
        "(95% interval for all segments together: €1.25 to €5.75)."
    )
    assert edges["sentence"][1] == (
        "EXP-001 treatment shows no difference in revenue per customer for S02: €0.10 per "
        "customer (95% interval for all segments together: −€0.90 to €1.10)."
    )


def test_a_quasi_experiment_never_says_causes():
    edges = experiment_edges(INCREMENTAL, grade=Grade.QUASI_EXPERIMENT)
    assert not causal_faults(" ".join(edges["sentence"]), "here")
    assert earned_sentences(edges) == ()
    assert set(edges["draw"]) == {"none"}
    assert "1 of 2 comparisons without a draw by lot showed a difference." in map_sentence(
        cause_map(edges)
    )
    assert "in doubt" not in " ".join(edges["sentence"])


def test_each_row_may_claim_its_own_grade():
    table = INCREMENTAL.assign(grade=["quasi-experiment", None, ""])
    edges = experiment_edges(table)
    assert list(edges["grade"]) == ["quasi-experiment", "experiment"]
    assert "goes with more revenue per customer for S01" in edges["sentence"][0]
    assert earned_sentences(edges) == (edges["sentence"][1],)
    assert [lever.grade for lever in shown_by_test("S01", {"incremental": table})] == [
        Grade.QUASI_EXPERIMENT
    ]
    said = shown_by_test("S01", {"incremental": table})[0].text
    assert said.startswith("Compared, the draw by lot in doubt: EXP-001 treatment goes with more")
    assert said.endswith("; the arms differed before anybody was treated.")
    assert list(edges["draw"]) == ["in doubt", "by lot"]
    assert edges["sentence"][0].endswith("so the draw by lot is in doubt.")
    assert map_sentence(cause_map(edges)).startswith(
        "0 of 1 comparison with a control group showed a difference. 1 of 1 comparison whose draw "
        "by lot is in doubt, as the arms differed before, showed a difference."
    )
    assert not causal_faults(said, "here")


def test_an_expectation_that_came_out_the_other_way_is_told(measured):
    pair = ("visits", "revenue")
    up = trait_edges([pair], *measured, expected={pair: "positive"})
    down = trait_edges([pair], *measured, expected={pair: "negative"})
    assert (list(up["expected"]), list(down["expected"])) == (["as expected"], ["the other way"])
    assert "other way" not in up["sentence"][0]
    assert down["sentence"][0].endswith("That is the other way: it was expected to be lower.")
    assert down["label"][0] == "expected to be lower, came out higher"
    assert down["said"][0].endswith("); expected to be lower")
    assert "1 expectation came out the other way" in map_sentence(cause_map(down))
    assert "expectation" not in map_sentence(cause_map(up))
    assert list(trait_edges([pair], *measured)["expected"]) == [""]


def test_an_interval_says_what_it_holds_for():
    one = experiment_edges(INCREMENTAL.head(1))
    assert one["said"][0] == "3.50 per customer (95% interval 1.25 to 5.75)"
    arms = INCREMENTAL.head(2).assign(segment_id="(all)", arm=["a", "b"])
    assert "(95% interval for all arms together: 1.25" in experiment_edges(arms)["said"][0]


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
        "No link has been tested against a control group. 2 links are believed, not measured."
    )
    tested = cause_map(experiment_edges(INCREMENTAL), segment_edges(EFFECTS))
    assert map_sentence(tested) == (
        "1 of 2 comparisons with a control group showed a difference. 1 link was measured but not "
        "tested: something else may stand behind both ends."
    )
    assert map_sentence(cause_map()) == "Nothing is known yet about what goes with what."


def test_edges_do_not_depend_on_their_order(measured):
    parts = [belief_edges(BELIEFS), segment_edges(EFFECTS), experiment_edges(INCREMENTAL)]
    pd.testing.assert_frame_equal(cause_map(*parts), cause_map(*parts[::-1]))


def arm(segment_id, incremental, verdict, experiment="EXP-001"):
    return {
        "experiment_id": experiment, "arm": "treatment", "segment_id": segment_id,
        "incremental": incremental, "low": incremental - 1, "high": incremental + 1,
        "verdict": verdict, "customers": 100, "control_customers": 100,
    }  # fmt: skip


ARMS = pd.DataFrame(
    [
        arm("S01", 40.0, "more"), arm("S02", 5.0, "no difference shown"),
        arm("(all)", 20.0, "more"),
        arm("S03", -7.0, "less", "EXP-002"), arm("(all)", 0.5, "no difference shown", "EXP-002"),
        arm("(all)", 0.1, "no difference shown", "EXP-003"),
    ]
)  # fmt: skip


def test_a_test_is_one_link_that_names_where_it_made_a_difference():
    links = drawn_links(cause_map(experiment_edges(ARMS, currency="EUR"), segment_edges(EFFECTS)))
    drawn = links[links["drawn"]]
    assert drawn[["trait", "label"]].to_numpy().tolist() == [
        ["EXP-001 treatment", "+€20.00 per customer, +€40.00 in S01"],
        ["EXP-002 treatment", "−€7.00 per customer in S03"],
    ]
    assert len(links) == 7


def test_an_interval_off_zero_is_not_drawn_if_the_verdict_allows_for_other_comparisons():
    only = ARMS[ARMS["segment_id"] == "S02"]
    assert only["low"].iloc[0] > 0
    links = drawn_links(cause_map(experiment_edges(only)))
    assert not links["drawn"].any()


def test_what_made_no_difference_is_told_in_one_sentence():
    assert no_difference_sentence(cause_map(experiment_edges(ARMS))) == (
        "Tested without a difference: EXP-001 treatment on revenue per customer in S02; EXP-002 "
        "treatment on revenue per customer over all customers; EXP-003 treatment on revenue per "
        "customer over all customers. A difference too small for the test may still be there."
    )
    assert no_difference_sentence(cause_map(belief_edges(BELIEFS))) == ""


def test_noise_is_not_drawn_and_beliefs_come_last_up_to_the_limit(measured):
    table = cause_map(
        trait_edges([("visits", "revenue"), ("visits", "noise")], *measured),
        belief_edges(BELIEFS), segment_edges(EFFECTS),
    )  # fmt: skip
    drawn = drawn_links(table).query("drawn")
    assert list(drawn["outcome"]) == ["revenue", "referrals"]
    assert list(drawn["label"]) == ["tends to be higher: strong link", "believed to be lower"]
    assert list(drawn_links(table, most=1).query("drawn")["outcome"]) == ["revenue"]
