"""The sample report in a real browser, and a page with every fault that the check must find."""

from __future__ import annotations

import dataclasses

import pytest
from playwright.sync_api import sync_playwright

from segmentation_lib import report
from tests.report import people_sample, sample
from tests.report.browser import check_page, check_pages, problems

pytestmark = pytest.mark.browser

FAULTY = """<!doctype html><html><head><title>Faulty</title></head><body><main>
<h1>One</h1><h1>Two</h1>
<p style="color:#bbb">pale</p>
<img src="http://127.0.0.1:9/chart.png">
<img alt="No description has been provided for this image" src="data:,">
<a href="gone.html">gone</a> <a href="faulty.html#else">gone</a> <a href="#gone">gone</a> <a href="http://127.0.0.1:9/">away</a>
<div style="width:700px;height:20px">wide</div>
<script>console.error("broken"); nothing.at.all;</script>
</main></body></html>"""


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "reports" / "demo" / "2025Q3"
    pages = sample.pages()
    report.publish(pages, folder)
    entry = sample.entries()[1]
    long = dataclasses.replace(entry, project="A" * 60, href="demo/2025Q3/prepare.html")
    report.publish_page(report.home_page([entry, long]), tmp_path / "reports" / "index.html")
    return tmp_path / "reports"


def test_every_page_of_the_sample_passes(site, browser_path):
    names = ["index.html", "cluster.html", "implement.html", "playbook.html"]
    check_pages(
        [site / "index.html", *(site / "demo" / "2025Q3" / name for name in names)], browser_path
    )


@pytest.fixture
def people_page(site):
    path = site / "demo" / "2025Q3" / "profile.html"
    cells = sample.notebook(people_sample.outputs(12))
    report.publish_page(report.stage_page(cells, sample.context().at("profile")), path)
    return path


def test_a_page_of_people_with_twelve_segments_passes(people_page, browser_path):
    check_page(people_page, browser_path)


def test_folded_details_are_shown_in_print_and_leads_back_are_not(people_page, browser_path):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(browser_path), args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.goto(people_page.resolve().as_uri())
        inside, back = page.locator("details.more table"), page.locator(".to-contents a")
        assert not inside.is_visible()
        assert back.is_visible()
        page.emulate_media(media="print")
        assert inside.is_visible()
        assert not back.is_visible()
        browser.close()


def test_bare_and_hostile_overviews_pass(site, browser_path):
    hostile = '<script>alert(1)</script><img src="x" onerror="alert(2)">' + "W" * 60
    view = sample.overview(
        verdict="NO-GO",
        verdict_sentence=hostile,
        segments=tuple(
            dataclasses.replace(
                segment, name=hostile, value=None, value_share=None, value_per_customer=None,
                value_index=None, traits=(hostile,),
            )
            for segment in sample.overview().segments
        ),
    )  # fmt: skip
    folder = site / "demo" / "2025Q3"
    hostile_page = report.overview_page(view, sample.context(project=hostile, partial=True))
    report.publish_page(hostile_page, folder / "hostile.html")
    bare = report.OverviewView("GO", "Use them.")
    report.publish_page(report.overview_page(bare, sample.context()), folder / "bare.html")
    check_pages([folder / "hostile.html", folder / "bare.html"], browser_path)


def test_scripts_in_a_notebook_never_run(tmp_path, browser_path):
    cells = [("# Title\n\n<script>document.title = 'taken'</script>", [])]
    page = report.stage_page(sample.notebook(cells), sample.context().at("cluster"))
    path = tmp_path / "cluster.html"
    path.write_text(page, encoding="utf-8")
    found = "\n".join(problems([path], browser_path))
    assert "Content Security Policy" in found


def test_the_check_finds_every_fault(tmp_path, browser_path):
    path = tmp_path / "faulty.html"
    path.write_text(FAULTY + "<!--" + "x" * 1_500_000 + "-->", encoding="utf-8")
    found = "\n".join(problems([path], browser_path))
    for fault in (
        "at most 1,500,000 are allowed", "a figure has no alt text", "asks for http://127.0.0.1:9",
        "console error: broken", "script error", "has 2 h1 headings", "has a script",
        "picture 1 has no alt text", "picture 2 cannot be drawn", "links to elsewhere",
        "links to gone.html, which is not there",
        "links to faulty.html#else, a place which that page does not have",
        "links to #gone, which is not on the page",
        "px wide at 390 px", "color-contrast", "html-has-lang", "image-alt",
    ):  # fmt: skip
        assert fault in found, fault
    with pytest.raises(AssertionError, match="has 2 h1 headings"):
        check_page(path, browser_path)
