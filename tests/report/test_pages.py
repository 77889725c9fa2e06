"""Whole pages: what they must hold, what they must not, and the same bytes every time."""

from __future__ import annotations

import copy
import hashlib
import os
import re
import subprocess
import sys
from datetime import date
from html.parser import HTMLParser

import nbformat
import pytest

from segmentation_lib import report
from tests.report import sample

HOSTILE = "<script>alert(1)</script> & co"


class Reader(HTMLParser):
    """Collects tags with their attributes, and the words outside of the style sheet."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.words, self.open = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def pages():
    return {**sample.pages(), "home": report.home_page(sample.entries())}


PAGES = ("index.html", "prepare.html", "cluster.html", "implement.html", "playbook.html", "home")


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_whole_and_keeps_to_itself(pages, name):
    html = pages[name]
    page = Reader(html)
    assert html.startswith('<!doctype html>\n<html lang="en">')
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("title")) == 1
    assert page.tags.index(("a", {"class": "skip", "href": "#main"})) < page.tags.index(
        ("main", page.all("main")[0])
    )
    assert page.all("main")[0]["id"] == "main"
    assert not page.all("script")
    assert not page.all("iframe")
    assert not re.search(r"(?:href|src|srcset)=\"(?:https?:)?//", html)
    assert all(link["href"] == "data:," for link in page.all("link"))
    assert "default-src 'none'" in html
    assert len(html.encode()) < 1_500_000
    assert all(picture["alt"].strip() for picture in page.all("img"))
    assert all(picture["src"].startswith("data:image/") for picture in page.all("img"))
    assert "No description" not in html


def test_pages_know_each_other(pages):
    page = Reader(pages["cluster.html"])
    links = [link["href"] for link in page.all("a")]
    stages = ["prepare", "cluster", "validate", "profile", "implement"]
    assert {"index.html", "../../index.html", *(f"{s}.html" for s in stages)} <= set(links)
    current = [link["href"] for link in page.all("a") if link.get("aria-current") == "page"]
    assert current == ["cluster.html"]
    assert "Step 2 of 5: Cluster" in page.text
    assert "Before Prepare Next Validate" in page.text
    assert "Before" not in Reader(pages["prepare.html"]).text.split("The numbers")[-1]
    assert "Next" not in Reader(pages["implement.html"]).text.split("The numbers")[-1]
    for name in ("index.html", "validate.html"):
        foot = Reader(pages[name].split("<footer")[1])
        assert [a["href"] for a in foot.all("a")] == ["playbook.html", "../../index.html"]


def test_the_foot_says_where_the_page_comes_from(pages):
    text = Reader(pages["index.html"]).text
    assert "Willow & Finch, 2025Q3: 1 July 2025 to 30 September 2025." in text
    assert "what they did from 1 July 2024 on" in text
    assert "Parameters 3f9a2c17d0be , model 81d4e6b0a9c2 , segmentation template 0.1.0." in text


def test_a_stage_page_has_no_code_no_prompts_and_no_noise(pages):
    html = pages["cluster.html"]
    for unwanted in ("secret_call", "a warning", "In&nbsp;[", "Out[", "¶", "&lt;Chart&gt;"):
        assert unwanted not in html
    page = Reader(html)
    assert len(page.all("figure")) == 11
    assert len(page.all("h2")) == 4
    assert [a["href"] for a in page.all("a") if a["href"].startswith("#")][1:] == [
        "#How-many-segments", "#Beside-chance", "#Traits", "#Value",
    ]  # fmt: skip


def output(kind, **values):
    return nbformat.v4.new_output(kind, **values)


def page_of(*outputs, prose="# Title"):
    node = nbformat.v4.new_notebook()
    node.cells.append(nbformat.v4.new_markdown_cell(prose))
    node.cells.append(nbformat.v4.new_code_cell("code()", outputs=list(outputs)))
    return report.stage_page(node, sample.context().at("validate"))


def test_the_first_heading_is_the_pages_only_one():
    html = page_of(prose="Before.\n\n# One *and* `two`\n\nAfter.\n\n# Three")
    page = Reader(html)
    assert len(page.all("h1")) == 1
    assert "<h1>One <em>and</em> <code>two</code></h1>" in html
    assert "<title>One and two – Willow &amp; Finch 2025Q3</title>" in html
    assert '<h2 id="Three">Three</h2>' in html
    assert page.text.index("One") < page.text.index("Before.") < page.text.index("After.")


def test_headings_of_one_name_get_anchors_of_their_own():
    html = page_of(prose="# T\n\n## A & b\n\n## A & b\n\n## 100% *sure*")
    assert '<h2 id="A-&amp;-b">A &amp; b</h2>' in html
    assert '<h2 id="A-&amp;-b-2">A &amp; b</h2>' in html
    assert '<a href="#100%25-sure">100% sure</a>' in html


def test_a_heading_that_skips_a_level_is_raised():
    html = page_of(prose="# T\n\n### Card\n\n## Part\n\n### Detail\n\n## More\n\n## End")
    assert re.findall(r"<h([2-6]) id=\"(\w+)\"", html) == [
        ("2", "Card"), ("2", "Part"), ("3", "Detail"), ("2", "More"), ("2", "End"),
    ]  # fmt: skip
    assert re.findall(r"<a href=\"#(\w+)\">", html) == ["Part", "More", "End"]


def test_a_notebook_without_a_heading_gets_the_stages_name():
    assert "<h1>Validate</h1>" in page_of(prose="Only prose.")


def test_printed_text_stays_and_errors_values_scripts_and_widgets_go():
    html = page_of(
        output("stream", name="stdout", text="printed <b>\n"),
        output("stream", name="stdout", text="  \n"),
        output("error", ename="KeyError", evalue="gone", traceback=["KeyError: gone"]),
        output("display_data", data={"application/javascript": "steal()"}),
        output("display_data", data={"application/vnd.jupyter.widget-view+json": {"a": 1}}),
        output("execute_result", data={"text/plain": "Registers(entries=(1,))"}, execution_count=1),
        output("display_data", data={"text/markdown": "**bold**", "text/plain": "x"}),
    )
    assert "printed &lt;b&gt;" in html
    assert "<strong>bold</strong>" in html
    for unwanted in ("KeyError", "steal", "widget", "<script", "Registers("):
        assert unwanted not in html


def test_a_table_of_pandas_gets_room_to_scroll_and_ours_keeps_its_own():
    plain = page_of(
        output("display_data", data={"text/html": "<table><tr><td>1</td></tr></table>"})
    )
    assert plain.count('class="scroll" role="region" tabindex="0"') == 1
    ours = report.table(sample.k_table(), caption="By k")._repr_html_()
    assert page_of(output("display_data", data={"text/html": ours})).count('class="scroll"') == 1


def test_the_notebook_is_not_changed():
    node = sample.notebook()
    before = copy.deepcopy(node)
    report.stage_page(node, sample.context().at("cluster"))
    assert node == before


def test_a_page_that_is_no_stage_is_refused():
    with pytest.raises(ValueError, match="'index' is not a stage: prepare, cluster"):
        report.stage_page(sample.notebook(), sample.context())
    with pytest.raises(ValueError, match="'clusters' is not one of index, prepare"):
        sample.context().at("clusters")


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


def test_the_first_finding_about_a_code_is_the_one_that_is_linked_to():
    shown = [report.finding(said, about="time") for said in ("First.", "Second.")]
    html = report.stage_page(notebook_of(*shown), sample.context(page="cluster"))
    assert '<p class="finding info" id="finding-time"><strong>Note.</strong> First.' in html
    assert '<p class="finding info"><strong>Note.</strong> Second.' in html


def notebook_of(*shown):
    cells = []
    for one in shown:
        data = {"text/html": str(one._repr_html_())}
        output = nbformat.v4.new_output("display_data", data=data)
        cells.append(nbformat.v4.new_code_cell("1", outputs=[output]))
    return nbformat.v4.new_notebook(cells=cells)


def test_a_section_whose_cells_show_nothing_is_left_out():
    shown = nbformat.v4.new_output("display_data", data={"text/html": "<p>seen</p>"})
    book = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Title"),
            nbformat.v4.new_markdown_cell("## Nothing here"),
            nbformat.v4.new_code_cell("1"),
            nbformat.v4.new_markdown_cell("## Said at least\n\nSome words."),
            nbformat.v4.new_code_cell("1"),
            nbformat.v4.new_markdown_cell("## Shown"),
            nbformat.v4.new_code_cell("1", outputs=[shown]),
        ]
    )
    html = report.stage_page(book, sample.context(page="profile"))
    assert "Nothing here" not in html
    assert "Said at least" in html
    assert "Shown</h2>" in html
    assert len(book.cells) == 7


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


def test_a_partial_quarter_is_said_on_every_page():
    context = sample.context(partial=True, data_until=date(2025, 9, 9))
    for html in (
        report.overview_page(sample.overview(), context),
        report.stage_page(sample.notebook([("# T", [])]), context.at("prepare")),
    ):
        text = Reader(html).text
        assert "Partial quarter. The data end on 9 September 2025" in text
        assert "2025Q3 Partial quarter" in text
    assert (
        "Partial quarter"
        not in Reader(report.overview_page(sample.overview(), sample.context())).text
    )
    unknown = report.overview_page(sample.overview(), sample.context(partial=True))
    assert "The data end early, and" in Reader(unknown).text


def test_markup_in_names_is_shown_and_not_obeyed():
    segment = report.SegmentView("S01", HOSTILE, 10, 1.0, traits=(HOSTILE,), change=HOSTILE)
    view = report.OverviewView(
        "GO", HOSTILE, reasons=(HOSTILE,), withheld=(HOSTILE,), overrides=(HOSTILE,),
        key_figures=(report.KeyFigure(HOSTILE, HOSTILE, HOSTILE),), changes=(HOSTILE,),
        segments=(segment,), not_segmented=((HOSTILE, 1),), value_label=HOSTILE,
        migration_sentence=HOSTILE, previous=HOSTILE,
        actions=(report.ActionView(HOSTILE, HOSTILE, HOSTILE, "assumption"),),
        gates=(report.GateView(HOSTILE, HOSTILE, "go", HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
    )  # fmt: skip
    context = sample.context(project=HOSTILE, period=HOSTILE, parameters_hash=HOSTILE)
    entry = report.HomeEntry(HOSTILE, HOSTILE, "GO", "x.html", HOSTILE)
    for html in (
        report.overview_page(view, context),
        report.home_page([entry]),
        report.stage_page(sample.notebook([("# T", [])]), context.at("prepare")),
    ):
        assert "<script" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co" in html


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


def test_the_same_report_has_the_same_bytes_in_another_process(pages):
    program = (
        "import hashlib\nfrom tests.report import sample\n"
        "for name, text in sample.pages().items():\n"
        "    print(name, hashlib.sha256(text.encode()).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, check=True, cwd=sample.ROOT,
        env=os.environ | {"PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
    )  # fmt: skip
    here = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in pages.items()}
    del here["home"]
    assert dict(line.split() for line in other.stdout.splitlines()) == here


def test_a_long_page_leads_back_to_its_contents():
    here = sample.context().at("profile")
    cells = [(f"## Chapter {number}", [report.finding("Found.")]) for number in range(7)]
    long = report.stage_page(sample.notebook(cells), here)
    assert '<p class="to-contents"><a href="#contents">Contents</a></p>' in long
    assert '<nav class="contents" id="contents"' in long
    assert "#contents" not in report.stage_page(sample.notebook(cells[:6]), here)


def test_the_cover_counts_assumptions_under_the_segments():
    said = "1 of 32 answers about the segments is an assumption."
    html = report.overview_page(sample.overview(assumptions=said), sample.context())
    assert html.index("The segments at a glance") < html.index(said)
    assert 'href="profile.html">Who the segments are' in html
    assert said not in report.overview_page(sample.overview(), sample.context())
