"""Three questions: answers on a small case, their evidence, and what is counted as assumed."""

from __future__ import annotations

import pytest

from segmentation_lib.faults import ContractError
from segmentation_lib.params.stories import read_stories
from segmentation_lib.profile.story import (
    assumption_count,
    assumption_sentence,
    causal_faults,
    open_count,
    quarter_evidence,
    three_questions,
)

from .frames import BREAKS, INCREMENTAL, NAMES, tables

STORIES = """\
stories:
  answers:
    - segment: S02
      question: value
      text: "They wait for offers: {{ traits.discount_share.mean }} of what {{ name }} buys."
      evidence: [traits:S02:discount_share:mean]
    - segment: S02
      question: lever
      text: A club card.
"""


def answers(**changes):
    return three_questions(["S02", "S01"], {**tables(), **changes}, currency="EUR", names=NAMES)


def of(table, segment_id, question):
    rows = table[(table["segment_id"] == segment_id) & (table["question"] == question)]
    return [(row["answer"], row["grade"]) for row in rows.sort_values("place").to_dict("records")]


def test_what_they_value_comes_from_what_they_buy_and_write():
    table = answers()
    assert of(table, "S01", "value") == [
        ("What they buy shows it: full-price (share bought at a discount: 5.0% against "
         "30% for all).", "association")
    ]  # fmt: skip
    assert of(table, "S02", "value")[1] == (
        "In their own words: “coupon” (42% of those who wrote, against 3.0% of all others) "
        "and “mail” (24% of those who wrote, against 6.0% of all others).",
        "association",
    )


def test_how_to_reach_them_names_the_commonest_ways():
    assert of(answers(), "S01", "reach") == [
        ("81% of their orders come by app (50% of all), 77% of their events happen on phone (60% "
         "of all) and 75% of them allow marketing.", "association")
    ]  # fmt: skip


def test_levers_stand_in_order_of_their_grade():
    found = of(answers(), "S01", "lever")
    assert [grade for _, grade in found] == ["experiment", "association"]
    assert found[0][0] == (
        "Tested: EXP-001 treatment brings more revenue, €3.50 per customer (95% interval for all "
        "segments together: €1.25 to €5.75)."
    )
    assert found[1][0] == (
        "From checkout to purchase they fall away in their first visit: "
        "35% go on, against 88% of all others."
    )


def test_what_holds_for_everyone_fills_up():
    bare = answers(funnel_breaks=BREAKS.head(0), incremental=INCREMENTAL.head(0))
    alone = of(bare, "S01", "lever")
    assert alone[0] == (
        "Of new customers who use save favourite at least 3 times in their first days, 64% come "
        "back, against 31% of all; whether they come back by it is not tested.",
        "association",
    )


def test_what_was_not_shown_is_no_lever():
    assert not any("EXP-001" in text for text, _ in of(answers(), "S02", "lever"))


def test_all_evidence_exists_and_assumptions_have_none():
    book, table = quarter_evidence(tables()), answers()
    for row in table.to_dict("records"):
        ids = [name for name in row["evidence"].split("; ") if name]
        assert all(name in book for name in ids), row
        assert bool(ids) == (row["grade"] != "open")


def test_without_tables_every_answer_is_an_open_question():
    table = three_questions(["S01", "S02"], {})
    assert list(table["question"]) == ["value", "reach", "lever"] * 2
    assert (assumption_count(table), open_count(table)) == (0, 6)
    assert set(table["grade"]) == {"open"}
    assert assumption_sentence(table) == ("6 questions are open: nothing is known or believed yet.")


def test_the_cover_says_when_nothing_is_assumed():
    table = answers()
    assert assumption_count(table) == 0
    assert table.loc[table["grade"] == "open", "answer"].str.startswith("Not known:").tolist() == [
        True
    ]
    assert assumption_sentence(table) == (
        f"All {len(table) - 1} answers about the segments rest on evidence. 1 question is open: "
        "nothing is known or believed yet."
    )
    assert assumption_sentence(table[table["grade"] != "open"]).endswith("rest on evidence.")


def test_answers_of_people_come_first_and_are_as_strong_as_their_evidence():
    stories = read_stories(STORIES, "params/acme/stories.yaml")
    table = three_questions(["S01", "S02"], tables(), stories=stories, names=NAMES)
    assert of(table, "S02", "value")[0] == (
        "They wait for offers: 62% of what Bargain buys.", "association",
    )  # fmt: skip
    assert of(table, "S02", "lever")[0] == ("A club card.", "assumption")
    assert assumption_count(table) == 1
    assert assumption_sentence(table).startswith("1 of ")


def test_answers_claim_no_cause_without_a_test():
    table = answers()
    untested = table[table["grade"] != "experiment"]
    assert causal_faults("\n".join(untested["answer"]), "answers") == []


def test_all_faults_of_the_stories_are_listed_with_their_lines():
    text = STORIES.replace("S02:discount_share:mean]", "S02:discount:mean]")
    text = text.replace("A club card.", "A club card drives 5 orders.")
    text += "    - {segment: S09, question: reach, text: By mail.}\n"
    with pytest.raises(ContractError) as caught:
        three_questions(["S01", "S02"], tables(), stories=read_stories(text, "s.yaml"))
    assert [(fault.where, fault.code) for fault in caught.value.faults] == [
        ("s.yaml:6", "unknown_evidence"),
        ("s.yaml:9", "typed_number"),
        ("s.yaml:9", "causal_word"),
        ("s.yaml:10", "unknown_segment"),
    ]


def test_a_retired_segment_may_still_be_named():
    stories = read_stories(STORIES.replace("S02", "S09"), "s.yaml")
    table = three_questions(["S01"], tables(), stories=stories, retired=["S09"])
    assert set(table["segment_id"]) == {"S01"}
    with pytest.raises(ContractError, match="segment S09 does not exist"):
        three_questions(["S01"], tables(), stories=stories)


def test_an_answer_bound_to_an_experiment_may_say_causes():
    text = """\
stories:
  answers:
    - segment: S01
      question: lever
      text: The treatment drives baskets.
      evidence: ["incremental:EXP-001:treatment:S01:incremental"]
"""
    stories = read_stories(text, "s.yaml")
    table = three_questions(["S01"], tables(), stories=stories)
    assert of(table, "S01", "lever")[0] == ("The treatment drives baskets.", "experiment")
