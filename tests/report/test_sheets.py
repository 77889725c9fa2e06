"""Sheets: one-pagers, dashboard, council pack and checklist, as text and in a real browser."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import sync_playwright

from segmentation_lib import report
from segmentation_lib.report.charts.trend_lines import trend_lines
from segmentation_lib.report.checklist_page import checklist_page, checklist_views
from segmentation_lib.report.council_page import council_page, council_view
from segmentation_lib.report.dashboard import dashboard_page, dashboard_view
from segmentation_lib.report.one_pager import OnePagerView, one_pager_page, one_pager_view
from tests.report import sample
from tests.report.browser import check_pages

SHEETS = ("dashboard", "marketing", "council", "checklist")
LONG = "Plan a win-back for S12 (Discount-seeking, return-prone and seldom seen), with a control"


def area_record(**changes):
    action = {
        "order": 1, "segment_id": "S01", "action": "Protect S01", "why": "12% bring 46%.",
        "grade": "association", "owner": "", "due": "2025-10-31", "measure": "Revenue, £161",
    }  # fmt: skip
    row = {"segment_id": "S01", "name": "Regulars", "customers": 1412, "figure": "88%",
           "interval": "86% to 90%", "share": 0.5}  # fmt: skip
    values = {
        "area": "marketing", "verdict": "GO", "changed": ["Nothing changed."],
        "actions": [action, action | {"owner": "CRM team", "segment_id": "S02"}],
        "risk": "One risk here.", "confidence": "Rather sure.",
        "table": {"heading": "Active", "rows": [row], "more": 2},
    }  # fmt: skip
    return values | changes


def longest():
    """As much as the rules can put on one page: three long actions, three changes, six rows."""
    record = area_record()
    action = record["actions"][0] | {
        "action": LONG,
        "why": "56% get from wishlist add to purchase by themselves; half of them within 2.38 "
        "days. Of those still waiting on day 13, about 5.8% would yet come unreminded, and so on.",
        "owner": "Performance marketing team, northern and western Europe",
        "measure": "Share of customers who were active, 57% this quarter (53% to 61%)",
    }
    changed = (
        "All customers: orders per customer rose from 2.32 in 2025Q2 to 2.65, a change of 0.11 to "
        "0.55. No single segment shows it, so it may be the mix of segments that changed."
    )
    row = record["table"]["rows"][0] | {"name": "Discount-seeking, return-prone and seldom seen"}
    return record | {
        "changed": [changed] * 3,
        "actions": [action] * 3,
        "risk": "There are at least 4 groups with gaps between them, confirmed on customers held "
        "back. Some of the 6 segments may be parts of one group: between these, no gap was found.",
        "confidence": "Use these segments, with limits: 8 of 10 checks passed, 1 with limits and 1 "
        "was not made (May we use them?). Behind these actions: 1 experiment, 1 association and "
        "1 assumption.",
        "table": {"heading": "Share of customers who were active", "more": 4,
                  "rows": [row | {"segment_id": f"S{n:02}"} for n in range(1, 7)]},
    }  # fmt: skip


def dashboard_record(quarters=("2024Q4", "2025Q1", "2025Q3"), segments=6):
    ids = [f"S{n:02}" for n in range(1, segments + 1)]
    rows = [
        {"period": period, "segment_id": name, "value": 10.0 * n + place, "low": 10.0 * n - 2,
         "high": 10.0 * n + 4}
        for place, period in enumerate(quarters)
        for n, name in enumerate([*ids, "(all)"], start=1)
    ]  # fmt: skip
    panel = {"measure": "revenue", "unit": "money", "title": "Revenue per customer",
             "caption": "Revenue: up in S01.", "alt": "Revenue by segment.", "note": "",
             "rows": rows}  # fmt: skip
    cells = [{"figure": "£161", "change": "up"}] + 5 * [{"figure": "12%", "change": "none"}]
    cells += [{"figure": "1,234 points", "change": "down"}]
    return {
        "period": quarters[-1], "periods": list(quarters), "currency": "GBP",
        "names": dict.fromkeys(ids, "Regulars"), "findings": ["1 of 12 changed."],
        "columns": ["Revenue per customer", *("Share of visitors",) * 5, "Retention"],
        "glance": [{"segment_id": name, "cells": cells} for name in [*ids, "(all)"]],
        "panels": [panel, panel | {"unit": "points", "title": "Retention", "caption": "Calm."}],
    }  # fmt: skip


COUNCIL = {
    "verdict": "GO WITH LIMITS", "sentence": "Use them with care.", "changes": ["S01 grew."],
    "agenda": [
        {"title": "Checks that did not pass", "points": [
            {"segment_id": "", "question": "What now?", "why": "It failed.",
             "choices": ["Mend it", "Stop"], "href": "playbook.html#usable"},
            {"segment_id": "S01", "question": "And S01?", "why": "It, too.",
             "choices": ["Keep", "Drop"], "href": ""},
        ]},
    ],
    "previous": [{"when": "2025-07-04", "what": "adopt 2025Q2", "who": "Ann", "why": "Passed."}],
}  # fmt: skip
STEPS = pd.DataFrame(
    {"step": [1, 2], "title": ["Hold together", "Predict"], "done": [True, False],
     "why": ["They do.", "No KPI."], "href": ["cluster.html", "playbook.html#external"]}
)  # fmt: skip


def pages():
    context = sample.context()
    marketing = one_pager_view(area_record())
    return sample.pages() | {
        "marketing.html": one_pager_page(marketing, context, sheets=SHEETS),
        "dashboard.html": dashboard_page(dashboard_view(dashboard_record(segments=3)), context,
                                         sheets=SHEETS),
        "council.html": council_page(council_view(COUNCIL), context, sheets=SHEETS),
        "checklist.html": checklist_page(checklist_views(STEPS.to_dict("records")), context,
                                         sentence="1 of 2 steps are done.", sheets=SHEETS),
    }  # fmt: skip


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL))


def test_a_task_shows_owner_date_measure_and_grade():
    page = one_pager_page(one_pager_view(area_record()), sample.context())
    said = words(page)
    assert "Owner no owner yet By 31 October 2025 Measure Revenue, £161" in said
    assert "Owner CRM team" in said
    assert page.count('class="nobody"') == 1
    assert page.count('class="badge grade association"') == 2
    assert "One risk here." in said
    assert "Rather sure." in said
    assert "2 more on the Profile page." in said
    assert "width: 50.0%" in page


def test_a_sheet_marks_itself_and_links_to_the_others_only():
    page = one_pager_page(one_pager_view(area_record()), sample.context(), sheets=SHEETS)
    nav = page[page.index('<nav class="sheets"') :].partition("</nav>")[0]
    assert re.findall(r'href="(\w+)\.html"', nav) == [
        "dashboard", "marketing", "council", "checklist",
    ]  # fmt: skip
    assert re.findall(r'href="(\w+)\.html" aria-current', nav) == ["marketing"]
    # No stage is marked as the page at hand.
    assert page.count('aria-current="page"') == 1


def test_an_unknown_sheet_is_refused():
    with pytest.raises(ValueError, match="sheet 'legal' is not known"):
        one_pager_page(one_pager_view(area_record()), sample.context(), sheets=("legal",))


def test_hostile_words_are_shown_as_words():
    hostile = "<script>alert(1)</script>"
    view = OnePagerView("sales", "NO-GO", (hostile,), (), hostile, hostile)
    page = one_pager_page(view, sample.context())
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 3


def test_the_first_quarter_has_no_charts():
    view = dashboard_view(dashboard_record(quarters=("2025Q3",)))
    assert view.charts == ()
    page = dashboard_page(view, sample.context())
    assert "Quarter by quarter" not in page
    assert "the first quarter" in page


def test_changes_are_marked_in_the_table():
    page = dashboard_page(dashboard_view(dashboard_record()), sample.context())
    assert page.count("▲<span") == 7
    assert page.count("▼<span") == 7
    assert words(page).count("£161") == 7


def test_a_missing_quarter_is_a_gap_and_a_retired_segment_ends():
    frame = pd.DataFrame(
        [("2025Q1", "S01", 1.0), ("2025Q3", "S01", 3.0), ("2025Q1", "S02", 2.0)],
        columns=["period", "segment_id", "value"],
    ).assign(low=np.nan, high=np.nan)
    chart = trend_lines(
        frame, periods=["2025Q1", "2025Q3"], alt="a", caption="c", title="Orders", names={}
    )
    svg = chart.wide.content.decode()
    assert all(f">{period}<" in svg for period in ("2025Q1", "2025Q2", "2025Q3"))
    assert chart.data["value"].tolist() == [1.0, 3.0, 2.0]
    with pytest.raises(ValueError, match="2025Q1 is not among"):
        trend_lines(frame, periods=["2025Q3"], alt="a", caption="c", title="Orders")
    with pytest.raises(ValueError, match="at least one value"):
        trend_lines(frame.assign(value=np.nan), periods=["2025Q1"], alt="a", caption="c", title="t")


def test_trend_lines_draw_a_share_no_finer_than_they_tell_it():
    def drawn(share, of):
        frame = pd.DataFrame(
            {"period": "2025Q1", "segment_id": ["S01", "S02"], "value": [share, 0.5],
             "low": [of, np.nan], "high": [1.0, np.nan]}
        )  # fmt: skip
        said = {"periods": ["2025Q1"], "alt": "a", "caption": "c", "title": "Ordered"}
        return trend_lines(frame, format="percent0", **said).wide.content

    assert drawn(418 / 421, 0.9792) == drawn(0.99, 0.98)
    assert drawn(418 / 421, 0.9792) != drawn(0.97, 0.98)


def test_the_council_gets_boxes_and_lines_to_fill():
    page = council_page(council_view(COUNCIL), sample.context())
    assert page.count('<ul class="choices">') == 2
    assert page.count("<span>Who does it</span>") == 2
    assert "2025-07-04" in page
    empty = council_page(council_view(COUNCIL | {"previous": []}), sample.context())
    assert "The log of decisions is empty so far" in empty


def test_steps_say_done_or_not_done():
    page = checklist_page(
        checklist_views(STEPS.to_dict("records")), sample.context(), sentence="1 of 2."
    )
    assert re.findall(r">(Done|Not done)<", page) == ["Done", "Not done"]
    assert 'href="playbook.html#external"' in page


def test_due_dates_are_dates():
    assert one_pager_view(area_record()).tasks[0].due == date(2025, 10, 31)


@pytest.mark.browser
def test_sheets_pass_in_a_browser(tmp_path, browser_path):
    folder = tmp_path / "reports" / "demo" / "2025Q3"
    report.publish(pages(), folder)
    report.publish_page(report.home_page(sample.entries()[1:2]), tmp_path / "reports/index.html")
    check_pages([folder / f"{name}.html" for name in SHEETS], browser_path)


@pytest.mark.browser
@pytest.mark.parametrize("record", [area_record(), longest()], ids=["short", "longest"])
def test_the_page_of_an_area_prints_on_one_a4_page(record, tmp_path, browser_path):
    page = one_pager_page(one_pager_view(record), sample.context(partial=True))
    path = tmp_path / "marketing.html"
    path.write_text(page, encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(browser_path), args=["--no-sandbox"]
        )
        tab = browser.new_page()
        tab.goto(path.resolve().as_uri())
        content = tab.pdf(prefer_css_page_size=True)
        browser.close()
    assert len(re.findall(rb"/Type\s*/Page\b", content)) == 1
