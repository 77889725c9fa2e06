"""Narratives: filled from cells, refused where a number has no source."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from segmentation_lib.faults import ContractError
from segmentation_lib.params.stories import AUDIENCES, read_stories
from segmentation_lib.profile.story import (
    causal_faults,
    day_prose,
    narratives,
    quarter_evidence,
    template_faults,
    three_questions,
)
from segmentation_lib.profile.story.narrative import template_text
from segmentation_lib.profile.story.prose import own_values, tell

from .frames import NAMES, tables

TEMPLATES = [f"{audience}{part}.j2" for audience in AUDIENCES for part in ("", "_all")]


def told(**changes):
    frames = {**tables(), **changes}
    answers = three_questions(list(NAMES), frames, currency="EUR")
    return narratives(list(NAMES), frames, names=NAMES, answers=answers, currency="EUR")


def text_of(table, audience, segment_id):
    rows = table[(table["audience"] == audience) & (table["segment_id"] == segment_id)]
    return " ".join(rows.sort_values("place")["text"])


@pytest.fixture
def values():
    return own_values(quarter_evidence(tables()), "S01", names=NAMES, currency="EUR")


def test_leadership_reads_what_a_segment_is_worth():
    assert text_of(told(), "leadership", "S02") == (
        "At the open it held 40% of customers, and it accounts for 10% of revenue in the "
        "quarter: €2.50 each, 75% below the average. After the cost of goods and of service, "
        "−€0.75 per customer is left. A customer is expected to spend €9.50 "
        "over the next 365 days (80% interval €7.25 to €13.00). S02 was worth much in one "
        "quarter only. It earns too little."
    )


def test_leadership_reads_what_is_known_of_all():
    text = text_of(told(), "leadership", "(all)")
    assert text.startswith("S01 (App) is worth most: 60% of customers account for 90% of revenue")
    assert "Tested, S01 (App): EXP-001 treatment brings more revenue, €3.50" in text
    assert "1 of 2 comparisons with a control group showed a difference." in text
    assert "rest on evidence." in text


def test_product_reads_breaks_and_loops():
    table = told()
    assert "From checkout to purchase they fall away" in text_of(table, "product", "S01")
    assert "On delivery slots they go round" in text_of(table, "product", "S02")
    assert "app open and purchase (after 6 minutes)" in text_of(table, "product", "S01")


def test_the_whole_names_the_segments_whose_way_is_told_below():
    text = text_of(told(), "product", "(all)")
    assert "On a page, these go round in loops more than others: S02 (Bargain)." in text
    assert "62%" not in text


def test_a_sentence_under_a_heading_does_not_repeat_it():
    durable = pd.DataFrame(
        {"segment_id": ["S02"], "verdict": ["steady"], "sentence": ["S02 (Bargain): no quarter."]}
    )
    text = text_of(told(durable_value=durable), "leadership", "S02")
    assert "No quarter." in text
    assert "S02 (Bargain)" not in text


def test_silence_is_no_finding_where_nobody_looked():
    table = narratives(["S01"], {"segment_value": tables()["segment_value"]}, names=NAMES)
    assert text_of(table, "product", "(all)") == (
        "Journeys were not analysed: they need a log of events."
    )
    table = narratives(["S01"], {"funnel_breaks": tables()["funnel_breaks"].head(0)}, names=NAMES)
    assert text_of(table, "product", "(all)") == (
        "No segment falls away at a step where others go on."
    )


def test_without_any_table_the_narratives_still_read():
    table = narratives(["S01"], {})
    assert set(table["audience"]) == {"marketing", "product"}


def test_every_number_of_a_narrative_is_a_cell_or_a_count():
    frames = tables()
    cells = {
        text
        for record in quarter_evidence(frames)
        if not isinstance(record.value, str)
        for text in written(record.value)
    }
    cells |= {"365", "001", "95", "148"}  # an experiment's name, a level, a verdict's sentence
    cells |= {"50", "75"}  # how far indices of 150 and 25 lie from the average
    for row in told().to_dict("records"):
        text = re.sub(r"(\d+) (of \d+ answers|answers|links|sessions|link)", "", row["text"])
        for number in re.findall(r"\d[\d.,]*", re.sub(r"\bS\d\d\b", "", text)):
            assert number.rstrip(".,") in cells, (number, row["text"])


def written(value):
    """All ways in which a cell may be written."""
    size = abs(value)
    return {f"{size * scale:,.{digits}f}" for scale in (1, 100) for digits in (0, 1, 2)}


def test_generated_narratives_claim_no_cause_but_those_of_experiments():
    rows = told()
    text = "\n".join(rows["text"])
    assert causal_faults(text, "narratives") == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_holds_a_typed_number_or_a_cause(name):
    assert template_faults(template_text(name), name) == []
    assert causal_faults(template_text(name), name) == []


def test_paragraphs_of_people_follow_with_file_and_line():
    text = """\
stories:
  narratives:
    - audience: product
      segment: S02
      text: "Of {{ segment_value.customers }} customers, {{ all.segment_value.customers }} in all."
"""
    stories = read_stories(text, "params/acme/stories.yaml")
    table = narratives(["S01", "S02"], tables(), stories=stories)
    row = table[table["source"].str.startswith("params")].iloc[0]
    assert (row["segment_id"], row["place"]) == ("S02", 2)
    assert row["text"] == "Of 400 customers, 1,000 in all."
    assert row["source"] == "params/acme/stories.yaml:5"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{{ segment_value.custmers }}", "segment_value.custmers has no source"),
        ("{{ segment_value.custmers }}", "Did you mean customers? There are: customer_share"),
        ("{{ all.segment_value.x }}", "the placeholder all.segment_value.x has no source"),
        ("{{ sgment_value.customers }}", "the placeholder sgment_value has no source"),
        ("{{ segment_value.customers * segment_value.value }}", "gives float"),
        ("{{ segment_value }}", "gives Level"),
        ("{{ name.__class__ }}", "the placeholder __class__ has no source"),
        ("{% if nothing.there %}x{% endif %}", "the placeholder nothing has no source"),
        ("60% of customers", "the number 60 is typed"),
        ("{{ name }} drives sales", "“drives”"),
    ],
)
def test_a_text_without_source_is_refused(values, text, says):
    with pytest.raises(ContractError) as caught:
        tell(text, values, where="stories.yaml:7")
    assert str(caught.value).startswith("stories.yaml:7: ")
    assert says in str(caught.value)


def test_placeholders_are_written_by_their_unit(values):
    text = (
        "{{ segment_value.customer_share }}, {{ segment_value.value }}, "
        "{{ traits.recency.mean }}, {{ segment_value.customers }}, {{ days['2'].minutes }}"
    )
    assert tell(text, values, where="t") == "60%, €9,000, 12 days, 600, 6 minutes"


def test_a_template_may_ask_whether_a_cell_is_there(values):
    text = "{% if traits.age is defined %}{{ traits.age.mean }}{% else %}unknown{% endif %}"
    assert tell(text, values, where="t") == "unknown"


def test_prose_beside_a_day_is_filled():
    text = "stories:\n  days:\n    - {segment: S01, text: 'Here {{ traits.recency.mean }} ago.'}\n"
    stories = read_stories(text, "s.yaml")
    book = quarter_evidence(tables())
    assert day_prose(stories, ["S01"], book, names=NAMES) == {"S01": "Here 12 days ago."}
    assert day_prose(stories, ["S02"], book, names=NAMES) == {}


def test_the_same_tables_give_the_same_texts():
    pd.testing.assert_frame_equal(told(), told())
