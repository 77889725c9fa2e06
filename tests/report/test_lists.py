"""The lists that notebooks show: gates, cards and actions."""

from __future__ import annotations

import dataclasses
import re

import pandas as pd

from segmentation_lib import report
from tests.report import sample


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
