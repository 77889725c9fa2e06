"""The rule of prose: no unearned cause, no typed number."""

from __future__ import annotations

import pytest

from segmentation_lib.profile.story import causal_faults, page_text, template_faults


@pytest.mark.parametrize(
    "claim",
    [
        "Discounts cause returns.",
        "What causes churn is the price.",
        "The fee causes churn. More is not shown.",
        "This leads to fewer orders.",
        "The old page led to a loss.",
        "Loyalty drives revenue.",
        "Revenue is driven by the app.",
        "They left because of the fee.",
        "They left because\nof the fee.",
        "The loss is due to the fee.",
        "They came thanks to the mail.",
        "The fee resulted in a loss.",
        "A new page results in more orders.",
        "Discounts do not cause returns.",
    ],
)
def test_a_claim_of_a_cause_is_found(claim):
    (fault,) = causal_faults(claim, "here")
    assert fault.code == "causal_word"
    assert fault.where == "here"


@pytest.mark.parametrize(
    "fine",
    [
        "It is an association, not a cause.",
        "Read it as an association, not cause and effect.",
        "The word “causes” stands on tested links only.",
        "The cause-effect map of the quarter.",
        "A difference may have other causes.",
        "What goes with success need not cause it.",
        "That it causes the return is not shown.",
        "A test is needed, because the data cannot tell.",
        "The results in this table come from one quarter.",
        "Customers with more visits tend to have more orders.",
        "He rode a hard drive home.",
    ],
)
def test_prose_without_a_claim_passes(fine):
    assert causal_faults(fine, "here") == []


def test_an_earned_sentence_passes_and_its_neighbour_does_not():
    earned = "EXP-001 causes more revenue."
    text = f"{earned} It also leads to visits."
    (fault,) = causal_faults(text, "here", earned=[earned])
    assert "leads to" in fault.found
    assert len(causal_faults("EXP-002 causes more revenue.", "here", earned=[earned])) == 1


def test_faults_know_their_line():
    faults = causal_faults("One.\nTwo drives it.\nThree is due to it.", "page:{line}")
    assert [fault.where for fault in faults] == ["page:2", "page:3"]


def test_typed_numbers_are_found_with_their_line():
    text = "{{ a.b }} of S02\nbuy 3 times,\n{{ 42 }} or {{ x if y > 1.5 }} or {{ '7' }}"
    faults = template_faults(text, "t:{line}")
    found = [(fault.where, fault.found.split()[2]) for fault in faults]
    assert sorted(found) == [("t:2", "3"), ("t:3", "1.5"), ("t:3", "42"), ("t:3", "7")]


def test_subscripts_and_segments_are_names():
    assert template_faults('{{ traits["plan=5"].mean }} in S01', "t") == []


def test_a_broken_template_is_one_fault():
    (fault,) = template_faults("one\n{{ a.b", "t:{line}")
    assert (fault.where, fault.code) == ("t:2", "template")


def test_a_page_is_read_without_markup_scripts_and_quotes():
    html = (
        "<style>p{}</style><h2>Title</h2><p>It <b>drives</b> it.</p>"
        "<blockquote>The fee drives me mad.</blockquote><img alt='A chart'>"
    )
    assert page_text(html) == "Title\nIt drives it.\nA chart"
    (fault,) = causal_faults(page_text(html), "profile.html:{line}")
    assert fault.where == "profile.html:2"
