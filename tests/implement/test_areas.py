"""One page per area: actions bound to segments, different ones each, from what was measured."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from segmentation_lib.implement.areas import AREAS, AreaSources, area_actions, area_pages

CLOSES = date(2025, 10, 1)
SCORECARD = {
    "verdict": "GO",
    "sentence": "use these segments.",
    "gates": [{"code": "structure", "title": "Are there groups?", "verdict": "go",
               "sentence": "There are."}],
}  # fmt: skip
BASELINE_COLUMNS = ["segment_id", "kpi", "unit", "value", "low", "high", "customers"]


def card(name, customers, share, value_share, index, **changes):
    return {
        "id": name, "name": f"Group {name}", "customers": customers, "customer_share": share,
        "customer_share_at_open": share, "customer_share_before": None, "value_share": value_share,
        "value_index": index, "traits": [], "ambiguous_share": 0.0, "stability": 0.9,
    } | changes  # fmt: skip


def cards(*segments, measure="revenue in the quarter"):
    return {"segments": list(segments), "value_measure": measure, "currency": "GBP"}


THREE = cards(
    card("S01", 500, 0.5, 0.7, 140.0),
    card("S02", 300, 0.3, 0.25, 83.0),
    card("S03", 200, 0.2, 0.05, 25.0),
)


def baseline(*rows):
    return pd.DataFrame(rows, columns=BASELINE_COLUMNS)


FULL = baseline(
    ("S01", "revenue", "money", 140.0, 130.0, 150.0, 500),
    ("S02", "revenue", "money", 83.0, 75.0, 91.0, 300),
    ("S03", "revenue", "money", 25.0, 20.0, 30.0, 200),
    ("(all)", "revenue", "money", 100.0, 95.0, 105.0, 1000),
    ("S01", "active", "share", 0.8, 0.76, 0.84, 500),
    ("S02", "active", "share", 0.7, 0.65, 0.75, 300),
    ("S03", "active", "share", 0.3, 0.24, 0.36, 200),
    ("(all)", "active", "share", 0.67, 0.64, 0.70, 1000),
)
SOURCES = AreaSources(cards=THREE, scorecard=SCORECARD, baseline=FULL)


def pages(sources=SOURCES, **changes):
    found = area_pages(sources, period="2025Q3", closes=CLOSES, **changes)
    return {page["area"]: page for page in found["pages"]}


def actions(area, sources=SOURCES):
    return pages(sources)[area]["actions"]


@pytest.mark.parametrize(
    "sources",
    [
        SOURCES,
        AreaSources(cards=cards(card("S01", 40, 1.0, None, None), measure=None),
                    scorecard=SCORECARD, baseline=baseline()),
        AreaSources(cards=THREE, scorecard=SCORECARD | {"verdict": "NO-GO"}, baseline=FULL),
    ],
    ids=["three segments", "one segment and no KPI", "no-go"],
)  # fmt: skip
def test_every_area_has_something_to_do_bound_to_a_segment(sources):
    ids = {c["id"] for c in sources.cards["segments"]}
    found = pages(sources)
    assert list(found) == list(AREAS)
    for page in found.values():
        assert 1 <= len(page["actions"]) <= 3
        assert {action["segment_id"] for action in page["actions"]} <= ids


def test_three_each_where_there_are_three_segments_and_no_two_areas_the_same():
    table = area_actions(area_pages(SOURCES, period="2025Q3", closes=CLOSES))
    assert table.groupby("area").size().tolist() == [3] * 5
    assert not table.duplicated(["action"]).any()
    assert table["order"].tolist() == [1, 2, 3] * 5


def test_the_silent_are_called_by_one_area_only():
    table = area_actions(area_pages(SOURCES, period="2025Q3", closes=CLOSES))
    silent = table[table["action"].str.contains("win-back|did not buy|silent")]
    assert silent.set_index("area")["segment_id"].to_dict() == {
        "marketing": "S03", "sales": "S01", "success": "S02",
    }  # fmt: skip
    why = silent.set_index("area").loc["marketing", "why"]
    assert why == (
        "30% of its customers were active in the quarter (95% interval 24% to 36%), against 67% "
        "of all."
    )


def test_dates_count_from_the_close_and_owners_come_from_the_register():
    register = {"segments": [{"id": "S01", "owner": "Ann"}, {"id": "S03", "owner": None}]}
    found = actions("marketing", replace(SOURCES, register=register))
    by_segment = {action["segment_id"]: action for action in found}
    assert by_segment["S03"]["owner"] == ""
    assert by_segment["S01"]["owner"] == "Ann"
    assert by_segment["S03"]["due"] == "2025-11-15"
    assert by_segment["S03"]["measure"] == (
        "Share of customers who were active, 30% this quarter (24% to 36%)"
    )


def test_what_an_experiment_showed_comes_first_in_sales_with_its_grade():
    tests = pd.DataFrame(
        [
            ("E1", "letter", "S02", 12.0, 5.0, 19.0, "more", "experiment"),
            ("E1", "letter", "S01", 1.0, -5.0, 7.0, "no difference shown", "experiment"),
            ("E2", "call", "S03", 90.0, 80.0, 99.0, "more", "association"),
        ],
        columns=["experiment_id", "arm", "segment_id", "incremental", "low", "high", "verdict",
                 "grade"],
    )  # fmt: skip
    first = actions("sales", replace(SOURCES, incremental=tests))[0]
    assert (first["segment_id"], first["grade"]) == ("S02", "experiment")
    assert "£12.00 more each" in first["why"]
    assert "E2" not in str(actions("sales", replace(SOURCES, incremental=tests)))


def test_plays_go_to_the_area_of_their_channel_and_refuted_ones_are_stopped():
    plays = pd.DataFrame(
        [
            ("P1", "S01", "Hello", "email", "CRM", "revenue", "H1", "supported", "association"),
            ("P2", "S02", "Tap", "app", "App", "revenue", "H2", "refuted", "experiment"),
            ("P3", "S02", "Hm", "email", "CRM", "revenue", "H3", "untestable", ""),
            ("P4", "S09", "Gone", "email", "CRM", "revenue", "H1", "supported", "association"),
        ],
        columns=["play_id", "segment_id", "message", "channel", "owner", "metric",
                 "hypothesis_id", "verdict", "grade"],
    )  # fmt: skip
    sources = replace(SOURCES, playbook=plays)
    assert actions("marketing", sources)[0]["action"] == "Run play P1 for S01 (Group S01): “Hello”"
    product = actions("product", sources)[0]
    assert product["action"] == "Stop or rewrite play P2 for S02 (Group S02)"
    assert (product["owner"], product["grade"]) == ("App", "experiment")
    assert "P3" not in str(pages(sources))
    assert "P4" not in str(pages(sources))


def test_who_buys_anyway_is_not_asked_why_they_leave_the_funnel():
    breaks = pd.DataFrame(
        [
            ("Buy", "S01", 2, "visit", "view", 400, 40, 0.1, 0.8, -0.7, "break"),
            ("Buy", "S03", 2, "visit", "view", 150, 75, 0.5, 0.8, -0.3, "break"),
            ("Buy", "S02", 2, "visit", "view", 300, 240, 0.8, 0.8, 0.0, "no break"),
        ],
        columns=["funnel", "segment_id", "step", "from_event", "event", "entered", "reached",
                 "share", "rest_share", "difference", "verdict"],
    )  # fmt: skip
    first = actions("product", replace(SOURCES, funnel_breaks=breaks))[0]
    assert first["action"] == "Find out why S03 (Group S03) stop before view"


def test_no_go_stops_what_was_planned_by_segment():
    failed = {"code": "structure", "title": "Are there groups?", "verdict": "no-go",
              "sentence": "No groups were found."}  # fmt: skip
    scorecard = {"verdict": "NO-GO", "sentence": "Do not use them.", "gates": [failed]}
    page = pages(replace(SOURCES, scorecard=scorecard))["finance"]
    assert page["actions"][0]["action"] == (
        "Plan no money by S01 (Group S01) until the checks pass"
    )
    assert page["actions"][0]["why"] == "No groups were found."
    assert page["risk"] == "Are there groups? No groups were found."
    assert page["confidence"].startswith("Do not use them.")


def test_small_segments_are_not_spoken_of():
    tiny = cards(card("S01", 500, 0.98, 0.7, 140.0), card("S02", 9, 0.02, 0.3, 300.0))
    rows = baseline(
        ("S01", "active", "share", 0.8, 0.76, 0.84, 500),
        ("S02", "active", "share", 0.1, 0.0, 0.3, 9),
        ("(all)", "active", "share", 0.79, 0.75, 0.83, 509),
    )
    assert "S02" not in str(pages(AreaSources(cards=tiny, scorecard=SCORECARD, baseline=rows)))


def test_changes_are_those_that_the_area_watches():
    changes = pd.DataFrame(
        [
            ("S01", "order_value", "money", "2025Q2", 60.0, 70.0, 5.0, 15.0, 0.001, "up"),
            ("S02", "retention_gap", "points", "2025Q2", 0.1, 0.1, -0.1, 0.1, 0.9, "none"),
        ],
        columns=["segment_id", "measure", "unit", "previous_period", "before", "value", "low",
                 "high", "p_value", "change"],
    )  # fmt: skip
    found = pages(replace(SOURCES, changes=changes))
    assert found["sales"]["changed"] == [
        "S01 (Group S01): average order value rose from £60.00 in 2025Q2 to £70.00 (95% "
        "interval of the change: £5.00 to £15.00)."
    ]
    assert found["success"]["changed"] == [
        "No change beyond chance since 2025Q2 in retention against all customers."
    ]
    assert pages()["sales"]["changed"][0].startswith("This is the first quarter")


def test_confidence_counts_the_grades():
    page = pages()["finance"]
    assert [action["grade"] for action in page["actions"]] == [
        "assumption", "association", "assumption",
    ]  # fmt: skip
    assert page["confidence"] == (
        "Use these segments. Behind these actions: 1 association and 2 assumptions. None was "
        "tested by lot, so none is shown to work."
    )


def test_only_the_areas_asked_for_and_unknown_ones_are_refused():
    assert list(pages(areas=("finance", "sales"))) == ["finance", "sales"]
    with pytest.raises(ValueError, match="area 'legal' is not known"):
        pages(areas=("legal",))


def test_longest_bar_is_the_highest_figure():
    table = pages()["sales"]["table"]
    assert table["heading"] == "Revenue per customer"
    assert [row["share"] for row in table["rows"]] == [1.0, pytest.approx(83 / 140), 25 / 140]
    assert table["rows"][0]["interval"] == "£130 to £150"


def test_a_share_that_tells_of_a_few_people_is_said_in_words_and_has_no_interval():
    few = FULL.copy()
    active = few["kpi"] == "active"
    few.loc[active & (few["segment_id"] == "S01"), ["value", "low", "high"]] = 493 / 500, 0.97, 0.99
    few.loc[active & (few["segment_id"] == "S03"), ["value", "low", "high"]] = 4 / 200, 0.0, 0.05
    sources = replace(SOURCES, baseline=few)
    table = {row["segment_id"]: row for row in pages(sources)["marketing"]["table"]["rows"]}
    assert [table[name]["figure"] for name in ("S01", "S02", "S03")] == [
        "nearly everybody", "70%", "fewer than 10 people",
    ]  # fmt: skip
    assert [table[name]["interval"] for name in ("S01", "S02", "S03")] == ["", "65% to 75%", ""]
    assert [table[name]["share"] for name in ("S01", "S02", "S03")] == [1.0, 0.7, 0.0]
    for page in pages(sources).values():
        for one in page["actions"]:
            said = one["why"] + one["measure"]
            assert not any(told in said for told in ("98.6", "99%", "97%", "1.4%", "2.0%", "2%"))
    win_back = next(
        one for one in actions("marketing", sources) if one["action"].startswith("Plan a win-back")
    )
    assert win_back["why"] == (
        "Fewer than 10 people of its customers were active in the quarter, against 67% of all."
    )


def test_sales_tells_the_verdict_of_an_experiment_as_the_first_page_does():
    tests = pd.DataFrame(
        [("EXP-001", "treatment", "S02", 41.43, 20.73, 62.3, "more", "experiment"),
         ("OLD-7", "treatment", "S03", 5.0, 1.0, 9.0, "more", "experiment")],
        columns=["experiment_id", "arm", "segment_id", "incremental", "low", "high", "verdict",
                 "grade"],
    )  # fmt: skip
    steps = pd.DataFrame(
        [(1, "S02", "Roll out “Tips” in S02", "Drawn by lot, £41.77 more.", "experiment"),
         (2, "S01", "Protect S01", "It is large.", "association")],
        columns=["order", "segment_id", "action", "why", "grade"],
    )  # fmt: skip
    read = pd.DataFrame({"experiment_id": ["EXP-001"]})
    said = actions("sales", replace(SOURCES, incremental=tests, actions=steps, experiments=read))
    assert (said[0]["action"], said[0]["why"]) == (steps["action"][0], steps["why"][0])
    assert "41.43" not in str(said)
    assert "Protect S01" not in str(said)
    alone = actions("sales", replace(SOURCES, incremental=tests, experiments=read))
    assert "OLD-7" in alone[0]["action"]
    assert "EXP-001" not in str(alone)
