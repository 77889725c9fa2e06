"""The checklist: what is not done says what would make it done, and all ten print on one page."""

from __future__ import annotations

import re

import pytest

from segmentation_lib.implement.council import checklist, checklist_sentence
from segmentation_lib.report.checklist_page import checklist_page, checklist_views
from tests.implement.council.test_checklist import ALL
from tests.report import sample

SENTENCE = "Segments are tighter and further apart than cuts through one crowd would be. " * 3


def page(steps):
    views = checklist_views(steps.to_dict("records"))
    return checklist_page(views, sample.context(), sentence=checklist_sentence(steps), sheets=())


def test_only_what_is_not_done_says_what_to_do():
    steps = checklist(**(ALL | {"feedback": False, "baseline": None}))
    text = page(steps)
    assert re.findall(r'<p class="fix">To do: (.*?)</p>', text) == [
        "Enter a target of its own for each of them in kpis.yaml, under targets.",
        "Owners go into governance.yaml (segment_owners), what teams report into feedback.yaml.",
    ]
    assert "8 of 10 steps are done. Next is step 8" in text


def test_a_step_without_the_column_has_nothing_to_do():
    steps = checklist(**ALL)
    (first, *_) = checklist_views(steps.drop(columns="fix").to_dict("records"))
    assert first.fix == ""
    assert checklist_views([{**steps.iloc[0], "fix": float("nan")}])[0].fix == ""


@pytest.mark.browser
def test_the_checklist_prints_on_one_a4_page(tmp_path, browser_path):
    playwright = pytest.importorskip("playwright.sync_api")
    steps = checklist()
    longest = steps.assign(why=steps["why"].where(steps["step"] > 3, SENTENCE))
    file = tmp_path / "checklist.html"
    file.write_text(page(longest), encoding="utf-8")
    with playwright.sync_playwright() as session:
        browser = session.chromium.launch(executable_path=str(browser_path), args=["--no-sandbox"])
        tab = browser.new_page()
        tab.goto(file.as_uri())
        content = tab.pdf(prefer_css_page_size=True)
        browser.close()
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", content)) == 1
