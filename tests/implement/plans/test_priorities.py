"""Priorities: the score by hand, ranks that follow their inputs, and effects that are capped."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.implement.plans.priorities import priority_sentences, rank_priorities
from segmentation_lib.params.registers.priorities import Priority

VALUE = pd.DataFrame({"segment_id": ["S01", "S02"], "customers": [100, 200],
                      "value_per_customer": [50.0, 10.0]})  # fmt: skip
EVIDENCE = pd.DataFrame({"id": ["test", "seen", "guess"],
                         "grade": ["experiment", "association", "assumption"]})  # fmt: skip


def item(name: str, **changes) -> Priority:
    given = {"id": name, "feature": f"Feature {name}", "segment": "S01",
             "effect": {"value": 0.04}, "confidence": 0.5, "effort": 2}  # fmt: skip
    return Priority(**(given | changes))


def ranked(*items: Priority, **options) -> pd.DataFrame:
    return rank_priorities(items, VALUE, EVIDENCE, **options).set_index("id")


def test_the_score_is_the_product_of_terms_that_are_all_shown():
    found = ranked(
        item("A"), item("B", segment="S02", reach={"value": 500}), item("C", segment="S09")
    )
    assert found.loc["A", "score"] == pytest.approx(100 * 50 * 0.04 * 0.5 / 2)
    assert found.loc["B", "score"] == pytest.approx(500 * 10 * 0.04 * 0.5 / 2)
    assert found.loc["A", ["reach_source", "value_source", "effect_source"]].tolist() == [
        "data", "data", "assumption",
    ]  # fmt: skip
    assert found.loc["B", "reach_source"] == "assumption"
    assert pd.isna(found.loc["C", "score"])
    assert pd.isna(found.loc["C", "rank"])
    assert found.index.tolist() == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"reach": {"value": 101}}, {"reach": {"value": 99}}),
        ({"value": {"value": 51}}, {"value": {"value": 49}}),
        ({"effect": {"value": 0.045}}, {"effect": {"value": 0.035}}),
        ({"confidence": 0.6}, {"confidence": 0.4}),
        ({"effort": 1.9}, {"effort": 2.1}),
    ],
)
def test_changing_one_term_changes_the_rank_as_it_should(better, worse):
    assert ranked(item("A"), item("B", **better))["rank"].to_dict() == {"B": 1, "A": 2}
    assert ranked(item("A"), item("B", **worse))["rank"].to_dict() == {"A": 1, "B": 2}


def test_an_effect_counts_in_full_only_with_evidence_of_its_grade():
    effects = {
        "tested": {"value": 0.3, "source": "experiment", "evidence": "test"},
        "seen": {"value": 0.3, "source": "data", "evidence": "seen"},
        "overstated": {"value": 0.3, "source": "experiment", "evidence": "seen"},
        "unknown": {"value": 0.3, "source": "experiment", "evidence": "no such"},
        "guessed": {"value": 0.3, "source": "data", "evidence": "guess"},
        "plain": {"value": 0.3},
        "small": {"value": 0.02},
    }
    found = ranked(*(item(name, effect=effect) for name, effect in effects.items()))
    assert found["effect"].to_dict() == {
        "tested": 0.3, "seen": 0.3, "overstated": 0.3, "unknown": 0.05, "guessed": 0.05,
        "plain": 0.05, "small": 0.02,
    }  # fmt: skip
    assert found["effect_source"].to_dict() == {
        "tested": "experiment", "seen": "data", "overstated": "data", "unknown": "assumption",
        "guessed": "assumption", "plain": "assumption", "small": "assumption",
    }  # fmt: skip
    assert found.index[found["capped"]].tolist() == ["guessed", "plain", "unknown"]
    assert (found["effect_given"] == [0.3] * 6 + [0.02]).all()
    assert "is not among the evidence" in found.loc["unknown", "note"]
    said = priority_sentences(found.reset_index(), names={"S01": "Loyal"}, currency="GBP")
    assert said[0] == ("Feature overstated for S01 (Loyal) comes first: £375 a quarter for each "
                       "week of work. It rests on evidence.")  # fmt: skip
    assert said[1].startswith("3 of 7 effects are assumed")


def test_the_cap_can_be_moved_but_not_under_nothing():
    assert ranked(item("A", effect={"value": 0.5}), effect_cap=0.2).loc["A", "effect"] == 0.2
    with pytest.raises(ValueError, match="must be 0 or more"):
        ranked(item("A"), effect_cap=-0.1)
    assert (
        "no feature has a score" in priority_sentences(ranked().reset_index(), names={})[0].lower()
    )
