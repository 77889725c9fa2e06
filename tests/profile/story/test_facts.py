"""What a card adds: every number is a cell of a table, and advice follows its rules."""

from __future__ import annotations

import math
import re

import pandas as pd
import pytest

from segmentation_lib.profile import segment_cards
from segmentation_lib.profile.story import (
    card_facts,
    causal_faults,
    consent_shares,
    quarter_evidence,
    three_questions,
)

from .frames import NAMES, TRAITS, VALUE, tables

CLOSE = pd.DataFrame(
    {
        "customer_id": [f"c{n}" for n in range(8)],
        "state": ["ACTIVE"] * 7 + ["NEW"],
        "segment_id": ["S01"] * 4 + ["S02"] * 3 + [None],
        "confidence": [0.9, 0.9, 0.5, 0.5, 0.8, 0.8, 0.8, None],
    }
)


@pytest.fixture(scope="module")
def cards():
    frames = tables()
    answers = three_questions(list(NAMES), frames, currency="EUR", names=NAMES)
    return segment_cards(
        traits=TRAITS, value=VALUE, assignments=CLOSE, given_names=NAMES, currency="EUR",
        tables=frames, answers=answers,
    )  # fmt: skip


def walk(node):
    """All numbers and texts of a card."""
    if isinstance(node, dict):
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)
    elif node is not None and not isinstance(node, bool):
        yield node


def cells():
    """All numbers of the tables that cards are made of, and what they count themselves."""
    numbers = {0.0, 1.0, 2.0, 3.0, 4.0, 0.95, 0.5, 0.7, 0.8}
    numbers |= {4 / 7, 3 / 7, 1.75, 1.5, 0.25}  # shares at the close, and times the average
    for table in (*tables().values(), VALUE, TRAITS):
        for column in table.select_dtypes("number"):
            numbers |= set(table[column].dropna().astype(float))
    return numbers


def is_written(text, numbers):
    figure = float(text.replace(",", ""))
    digits = len(text.partition(".")[2])
    return any(
        math.isclose(figure, round(abs(number) * scale, digits), abs_tol=0.6 * 10**-digits)
        for number in numbers
        for scale in (1, 100)
    )


def test_every_number_of_a_card_is_a_cell(cards):
    numbers = cells()
    looked_at = 0
    for card in cards["segments"]:
        for value in walk(card):
            if isinstance(value, str):
                text = re.sub(r"EXP-001|\bS\d\d\b|\S+:\S+", "", value)
                for found in re.findall(r"\d[\d,]*(?:\.\d+)?", text):
                    looked_at += 1
                    assert is_written(found, numbers), (found, value)
            else:
                looked_at += 1
                assert any(math.isclose(value, number) for number in numbers), value
    assert looked_at > 100


def test_all_evidence_of_advice_exists(cards):
    book = quarter_evidence(tables())
    ids = [
        name for card in cards["segments"] for item in card["advice"] for name in item["evidence"]
    ]
    assert len(ids) > 8
    assert all(name in book for name in ids)


def test_advice_follows_value_traits_consent_and_friction(cards):
    app, bargain = cards["segments"]
    assert app["do"] == [
        "Serve them best and watch them closely: €15.00 each, 50% above the average.",
        "Fix the step from checkout to purchase: ask those who left.",
    ]
    assert app["do_not"] == [
        "Do not send discounts by default: 5.0% of what they buy is at a discount, against 30% "
        "for all.",
        "Do not send costly campaigns to all of them: 50% could as well be in another segment.",
    ]
    assert [text.split(":")[0] for text in bargain["do_not"]] == [
        "Do not plan on this quarter's value",
        "Do not spend more on them until a test has earned it back.",
        "Do not plan campaigns that need consent",
    ]


def test_a_card_holds_worth_verdict_and_voice(cards):
    bargain = cards["segments"][1]
    assert bargain["value_sentence"] == (
        "Expected to spend €9.50 each over the next 365 days (80% interval €7.25 to €13.00; by "
        "recalibrated figures)."
    )
    assert (bargain["verdict"], bargain["lifetime_low"], bargain["lifetime_high"]) == (
        "momentary", 7.25, 13.0,
    )  # fmt: skip
    assert bargain["words"] == ["coupon", "mail"]
    assert bargain["quotes"] == [{"quote": "I wait for the coupon.", "source": "survey", "n": 50}]
    assert bargain["warning"] == "The name fits."
    assert bargain["funnel_break"] == ""
    assert cards["segments"][0]["confidence_sentence"] == (
        "50% could as well be in another segment; the mean confidence is 0.70."
    )
    assert bargain["confidence_sentence"] == ""


def test_a_spike_of_the_past_is_no_warning_and_the_last_two_quarters_are():
    frames, durable = tables(), tables()["durable_value"]

    def warned(back):
        told = {**frames, "durable_value": durable.assign(spike_quarters_back=[math.nan, back])}
        return [text for text in card_facts("S02", told)["do_not"] if "Do not plan on t" in text]

    assert warned(0.0) == [
        "Do not plan on this quarter's value: it was 3.0 times that of the other quarters."
    ]
    assert warned(1.0) == [
        "Do not plan on the value of the quarter before this one: it was 3.0 times that of the "
        "other quarters."
    ]
    assert warned(2.0) == []


def test_what_an_answer_tells_is_not_told_again(cards):
    app = cards["segments"][0]
    lever = (
        "From checkout to purchase they fall away in their first visit: "
        "35% go on, against 88% of all others."
    )
    assert [answer["answer"] for answer in app["answers"]].count(lever) == 1
    assert app["funnel_break"] == ""
    assert card_facts("S01", tables())["funnel_break"] == lever


def test_prose_opens_the_day():
    alone = card_facts("S01", tables())["day"]
    assert card_facts("S01", tables(), prose="It is Friday.")["day"] == f"It is Friday. {alone}"
    assert card_facts("S01", {}, prose="It is Friday.")["day"] == "It is Friday."


def test_cards_claim_no_cause(cards):
    text = "\n".join(str(value) for card in cards["segments"] for value in walk(card))
    assert causal_faults(text, "cards") == []


def test_without_tables_nothing_is_claimed():
    facts = card_facts("S01", {})
    assert {name for name, value in facts.items() if value} == set()
    assert facts["assumptions"] == 0
    assert facts["lifetime_value"] is None


def test_consent_is_counted_by_segment_and_silence_is_no_consent():
    consent = pd.DataFrame(
        {"customer_id": ["c0", "c1", "c4", "c7"], "marketing_consent": [True, False, True, True]}
    )
    assert consent_shares(consent, CLOSE).to_dict("records") == [
        {"segment_id": "S01", "customers": 4, "allowed": 1, "allowed_share": 0.25},
        {"segment_id": "S02", "customers": 3, "allowed": 1, "allowed_share": 1 / 3},
    ]
