"""Whole pages: what they must hold, what they must not, and the same bytes every time."""

from __future__ import annotations

import copy
import hashlib
import os
import re
import subprocess
import sys
from datetime import date

import nbformat
import pytest

from segmentation_lib import report
from tests.report import sample
from tests.report.reader import HOSTILE, Reader

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
