"""The lists that notebooks show: gates, cards and actions."""

from __future__ import annotations

import dataclasses
import re

import pandas as pd
import pytest

from segmentation_lib import report
from tests.report import people_sample, sample


def test_gates_are_the_ones_of_the_overview():
    gates = [dataclasses.asdict(gate) for gate in sample.overview().gates]
    html = report.gate_list({"gates": gates})._repr_html_()
    assert html.strip() in report.overview_page(sample.overview(), sample.context())
    assert html.count("<li>") == 5
    assert '<span class="badge not-assessed">Not assessed</span>' in html


def test_each_gate_links_to_its_entry_in_the_playbook():
    gates = [dataclasses.asdict(gate) for gate in sample.overview().gates]
    html = report.gate_list({"gates": gates})._repr_html_()
    links = re.findall(r'<a href="playbook.html#(\w+)">([^<]+)<span class="visually-hidden">', html)
    assert links == [
        ("structure", "What this check means"), ("stability", "What to do about it"),
        ("external", "What this check means"), ("usable", "What to do about it"),
    ]  # fmt: skip


def test_actions_come_in_their_order_and_segments_in_their_colour():
    actions = pd.DataFrame(
        {
            "order": [2, 1],
            "segment_id": ["(all)", "S02"],
            "action": ["Second & last", "First"],
            "why": ["So.", "Because."],
            "grade": ["assumption", "experiment"],
        }
    )
    html = report.action_list(actions)._repr_html_()
    assert html.index("First") < html.index("Second &amp; last")
    assert 'style="background: #ca5246; color: #000000">S02</span>' in html
    assert '<span class="tag">All</span>' in html
    assert actions["order"].tolist() == [2, 1]


def test_cards_hold_name_and_sentence_as_text():
    card = {"id": "S01", "name": "<b>", "sentence": "412 customers.", "change_sentence": ""}
    html = report.card_list({"segments": [card]})._repr_html_()
    assert '<li style="--segment: #114c87">' in html
    assert "&lt;b&gt;</h3>" in html
    assert "<p>412 customers.</p>" in html
    assert 'class="change"' not in html


def test_a_rich_card_says_what_it_knows_and_nothing_else():
    html = report.card_list(people_sample.cards())._repr_html_()
    full, bare = html.split("<h3>")[1:]
    for said in (
        "<dd>412 <small>12% of all</small></dd>", "£1,001 <small>£930 to £1,080</small>",
        "£3,710 <small>£3,300 to £4,150</small>", "<strong>buys every 12 days</strong>",
        "<li>£84 a basket</li>", "Their words: delivery, on time, subscription.",
        "<dt>What do they value most?</dt>", '<span class="badge grade assumption">Assumption',
        "<p>They drop at checkout: 61% go on, 80% elsewhere.</p>",
        "<i>I order every other week &amp; nothing ever goes wrong.</i>",
        "<footer>Survey after purchase, one of 212 answers, 2025Q3</footer>",
        "<h4>Do</h4>", "<h4>Do not</h4>", "<li>Do not send discounts: they buy at full price.</li>",
    ):  # fmt: skip
        assert said in full, said
    assert full.count("Which levers move the needle?") == 1
    assert full.count("<dd>The welcome letter") == 1
    assert 'class="warning">The name says bargain' in bare
    for absent in ("<dl", "<h4>", "<blockquote", "Their words", "None"):
        assert absent not in bare


def test_numbers_of_a_card_that_are_not_known_are_not_shown():
    card = people_sample.cards()["segments"][0] | {
        "value_low": None, "lifetime_value": float("nan"), "customer_share": None, "quotes": None,
        "words": [], "do": [],
    }  # fmt: skip
    html = report.card_list({"segments": [card]}, currency="USD")._repr_html_()
    assert "<dd>$1,001</dd>" in html
    for absent in ("nan", "None", "Expected, next year", "of all", "<h4>Do</h4>", "<blockquote"):
        assert absent not in html
    assert "<h4>Do not</h4>" in html


def test_quotes_have_their_source_and_their_count():
    html = report.quote_list(people_sample.quotes())._repr_html_()
    assert html.count("<blockquote>") == 2
    assert "<footer>Survey after purchase, one of 212 answers, 2025Q3</footer>" in html
    assert "<footer>Interview</footer>" in html
    assert 'style="background: #14a66b; color: #000000">S03</span>' in html
    listed = report.quote_list(people_sample.quotes().to_dict("records"))
    assert listed._repr_html_() == html
    few = report.quote_list([{"quote": "a", "source": "Interview", "n": 9}])._repr_html_()
    assert "<footer>Interview</footer>" in few
    hostile = report.quote_list([{"quote": "<script>", "source": "Survey"}])._repr_html_()
    assert "<i>&lt;script&gt;</i>" in hostile


def test_no_quotes_are_said_to_be_none_and_a_quote_needs_a_source():
    for nothing in ([], people_sample.quotes()[:0]):
        html = report.quote_list(nothing)._repr_html_()
        assert html.strip() == '<p class="none">No qualitative evidence yet.</p>'
    with pytest.raises(ValueError, match="quote 2 has no source"):
        report.quote_list([{"quote": "a", "source": "b"}, {"quote": "c", "source": None}])


def test_a_memo_has_a_heading_per_segment_and_none_for_all():
    passages = pd.DataFrame(
        {"segment_id": ["(all)", "S01", "S01"], "text": ["In all <5>.", "One.", "Two."]}
    )
    html = report.memo(passages, names={"S01": "App"})._repr_html_()
    assert html.count("<h3>") == 1
    assert ">S01</span> App</h3>" in html
    assert "<p>In all &lt;5&gt;.</p>" in html
    assert html.index("In all") < html.index("<h3>") < html.index("One.") < html.index("Two.")
    with pytest.raises(ValueError, match="at least one passage"):
        report.memo(passages[:0])
