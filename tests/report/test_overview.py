"""The overview and the list of reports: the answer first, in words and in order."""

from __future__ import annotations

import pytest

from segmentation_lib import report
from tests.report import sample
from tests.report.reader import Reader


def test_the_overview_answers_first_and_in_order(pages):
    text = Reader(pages["index.html"]).text
    parts = [
        "Should we use these segments? Go with limits The segments are real",
        "Withheld. The audience of S05",
        "Overridden by a person. The number of segments was set to 6 by M. Okafor",
        "Customers in segments 3,579 +102 on last quarter",
        "What changed this quarter App-first newcomers",
        "The segments at a glance",
        "Who moved since 2025Q2 84.2% of customers stayed",
        "What to do next",
        "The checks behind the verdict",
        "How we got here",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_a_segments_row_has_its_numbers(pages):
    text = Reader(pages["index.html"]).text
    assert (
        "S01 Frequent, high-spending regulars buys every 12 days · £84 a basket · nine in ten "
        "orders at full price +18 customers (+4.6%) Share of customers 12% 412 now "
        "Share of revenue in the quarter 46% £412k Per customer £1,001 index 396" in text
    )
    assert "Not in a segment: 402 new customers with one order, 977 lapsed customers." in text
    html = pages["index.html"]
    assert '<li style="--segment: #114c87">' in html
    assert html.count('<span style="width: 100.0%">') == 1


def test_value_that_is_no_money_has_no_currency():
    text = Reader(
        report.overview_page(sample.overview(value_is_money=False), sample.context())
    ).text
    assert "46% 412,330 Per customer 1,000.80 index 396" in text
    assert "£412k" not in text


def test_actions_and_gates_say_evidence_and_result(pages):
    text = Reader(pages["index.html"]).text
    assert "S07 Send the win-back letter to all" in text
    assert "Quasi-experiment" in text
    assert "With limits Are the same groups found again?" in text
    assert "weakest segment: 0.58 (needed: at least 0.75)" in text
    assert "Not assessed Has acting on them paid off?" in text


def test_checks_lead_to_what_they_rest_on(pages):
    page = Reader(pages["index.html"])
    links = [link["href"] for link in page.all("a")]
    assert "validate.html#finding-stability" in links
    assert "cluster.html" in links
    validate = pages["validate.html"]
    for code in ("structure", "stability", "external", "time", "baseline"):
        assert validate.count(f'id="finding-{code}"') == 1
    assert "data-about" not in "".join(pages.values())


def test_without_a_value_customers_are_only_counted():
    view = sample.overview(has_value=False)
    text = Reader(report.overview_page(view, sample.context())).text
    assert "Share of customers" in text
    assert "Per customer" not in text
    assert "Value is" not in text
    assert "index" not in text.split("The segments at a glance")[1].split("Who moved")[0]


def test_features_without_a_date_are_not_said_to_look_back():
    text = Reader(report.overview_page(sample.overview(), sample.context(undated=True))).text
    assert "Features carry no date, so the days that they describe are not known." in text
    assert "what they did from" not in text


def test_one_override_is_a_sentence_and_several_are_a_list():
    said = ("The number was set to 6 by hand: <b>", "M. Okafor changed it: late data")
    one, both = (
        report.overview_page(sample.overview(overrides=said[:count]), sample.context())
        for count in (1, 2)
    )
    assert "Overridden by a person. The number was set to 6 by hand: <b>" in Reader(one).text
    assert '<ul class="overridden">' not in one
    assert "Overridden by people. What this means The number" in Reader(both).text
    assert "<li>The number was set to 6 by hand: &lt;b&gt;</li>" in both
    assert both.count('<a class="advice" href="playbook.html#override">') == 1


@pytest.mark.parametrize(
    ("verdict", "words", "style"),
    [
        ("GO", "Go", "go"),
        ("GO WITH LIMITS", "Go with limits", "limits"),
        ("NO-GO", "No-go", "no-go"),
    ],
)
def test_each_verdict_is_said_in_words_and_colour(verdict, words, style):
    html = report.overview_page(sample.overview(verdict=verdict), sample.context())
    assert f'<section class="verdict {style}"' in html
    assert f'<p class="answer">{words}</p>' in html


def test_a_bare_overview_leaves_its_empty_parts_out():
    page = Reader(report.overview_page(report.OverviewView("GO", "Use them."), sample.context()))
    assert "Use them." in page.text
    for absent in ("What changed", "at a glance", "Who moved", "What to do next", "checks behind"):
        assert absent not in page.text
    assert "How we got here" in page.text


def test_unknown_values_are_dashes():
    segment = report.SegmentView("S01", "Regulars", 10, 1.0)
    view = sample.overview(segments=(segment,), actions=(), migration=None)
    text = Reader(report.overview_page(view, sample.context())).text
    assert "Share of revenue in the quarter – – Per customer – index –" in text


def test_the_list_of_reports_has_the_newest_quarter_first():
    page = Reader(report.home_page(sample.entries()))
    links = [link["href"] for link in page.all("a")][1:]
    assert links == [
        "online_retail/2011Q3/index.html", "demo/2025Q3/index.html", "demo/2025Q2/index.html",
    ]  # fmt: skip
    assert "2011Q3 of Online retail No-go The groups are not found again" in page.text
    assert "Go with limits Partial quarter The segments can be used" in page.text
    assert "6 segments 3,579 customers" in page.text


def test_the_list_does_not_depend_on_the_order_it_is_given_in():
    assert report.home_page(sample.entries()) == report.home_page(sample.entries()[::-1])


def test_an_empty_list_says_so():
    assert "No report has been published yet." in Reader(report.home_page([])).text


def test_the_cover_counts_assumptions_under_the_segments():
    said = "1 of 32 answers about the segments is an assumption."
    html = report.overview_page(sample.overview(assumptions=said), sample.context())
    assert html.index("The segments at a glance") < html.index(said)
    assert 'href="profile.html">Who the segments are' in html
    assert said not in report.overview_page(sample.overview(), sample.context())
