"""The summary: its sentences in the first quarter, in a later one, and on NO-GO."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.implement import summarise
from segmentation_lib.implement.migration import migration_matrix


def gate(code, verdict, sentence="So it is."):
    return {"code": code, "title": f"gate {code}", "verdict": verdict, "sentence": sentence}


def card(segment_id, share, before=None, **facts):
    plain = {
        "id": segment_id,
        "name": f"Name {segment_id}",
        "customer_share": share,
        "customer_share_before": before,
        "customer_share_at_open": share,
        "value_share": share,
    }
    return {**plain, **facts}


def cards(*segments, **facts):
    plain = {
        "segments": list(segments),
        "base": {"customers": 1000},
        "not_segmented": {"LAPSED": 30, "NEW": 12},
        "value_measure": "revenue in the quarter",
        "currency": "GBP",
    }
    return {**plain, **facts}


def baseline(revenue, low, high, active):
    return pd.DataFrame(
        [
            ("S01", "revenue", "money", 99.0, 90.0, 110.0),
            ("(all)", "revenue", "money", revenue, low, high),
            ("(all)", "active", "share", active, active - 0.01, active + 0.01),
        ],
        columns=["segment_id", "kpi", "unit", "value", "low", "high"],
    )


def placed(*segments):
    return pd.DataFrame(
        {
            "customer_id": [str(i) for i in range(len(segments))],
            "state": "ACTIVE",
            "segment_id": list(segments),
        }
    )


FIRST = {
    "scorecard": {
        "verdict": "GO",
        "sentence": "Use these segments: 1 of 1 check passed.",
        "gates": [gate("G1", "go", "Enough customers.")],
    },
    "cards": cards(card("S01", 0.6, value_share=0.3), card("S02", 0.4, value_share=0.7)),
    "matrix": migration_matrix(None, placed("S01")),
    "baseline": baseline(50.0, 45.0, 55.0, 0.4),
}


def test_first_quarter():
    assert summarise(**FIRST) == {
        "verdict": "GO",
        "verdict_sentence": "Use these segments: 1 of 1 check passed.",
        "reasons": ["Enough customers."],
        "withheld": [],
        "changes": [
            "This is the first quarter: 2 segments were found, and there is nothing earlier "
            "to compare with.",
            "1,000 customers are in a segment; kept apart are 30 lapsed and 12 new customers.",
            "S02 (Name S02) holds the largest share of value: 70% of revenue in the quarter, with "
            "40% of customers.",
        ],
        "migration_sentences": ["This is the first quarter, so there is no migration to show yet."],
        "migration_sentence": "This is the first quarter, so there is no migration to show yet.",
    }


def test_first_quarter_without_value_or_states():
    bare = cards(card("S01", 1.0, value_share=None), not_segmented={})
    assert summarise(**{**FIRST, "cards": bare})["changes"] == [
        "This is the first quarter: 1 segment was found, and there is nothing earlier to "
        "compare with.",
        "1,000 customers are in a segment.",
    ]


def later(**facts):
    plain = {
        **FIRST,
        "cards": cards(card("S01", 0.5, 0.45), card("S02", 0.5, 0.55), card("S03", 0.1, 0.11)),
        "matrix": migration_matrix(placed("S01", "S09"), placed("S01", "S02")),
        "previous_cards": cards(card("S09", 0.5)),
        "previous_baseline": baseline(54.0, 50.0, 58.0, 0.5),
        "changes": pd.DataFrame(
            {
                "segment_id": ["S01", "S02"],
                "change": ["kept", "kept"],
                "sentence": ["S01 is kept.", "S02 is kept."],
            }
        ),
    }
    return summarise(**{**plain, **facts})


def test_a_later_quarter():
    summary = later()
    assert summary["changes"] == [
        "All 2 segments are those of the last quarter, with the same IDs.",
        "S01 (Name S01) grew from 45% to 50% of customers in a segment.",
        "S02 (Name S02) shrank from 55% to 50% of customers in a segment.",
        "Revenue per customer was £50.00, much as in the quarter before (£54.00).",
        "Share of customers who were active was 40%, down from 50% in the quarter before.",
    ]
    assert summary["migration_sentence"].startswith("Of the 2 customers in a segment")


def test_a_verdict_that_changed_is_told_first_with_the_answers_that_turned():
    before = {"verdict": "GO", "gates": [gate("data", "go"), gate("time", "go")]}
    now = {
        "verdict": "GO WITH LIMITS",
        "sentence": "Use these segments with care.",
        "gates": [gate("data", "go"), gate("time", "no-go"), gate("new", "go")],
    }
    told = later(scorecard=now, previous_scorecard=before)["changes"]
    assert told[0] == (
        "The verdict was GO last quarter and is GO WITH LIMITS now: “gate time” went from go to "
        "no-go."
    )
    same = later(previous_scorecard=FIRST["scorecard"])["changes"]
    assert not any("The verdict was" in sentence for sentence in same)


def test_moves_by_chance_are_said_after_the_moves():
    plain = later()["migration_sentence"]
    assert later(noise="By chance.")["migration_sentence"] == f"{plain} By chance."


def test_other_changes_are_told_and_the_rest_is_counted():
    changes = pd.DataFrame(
        {
            "segment_id": ["S04", "S01", "S05", "S06"],
            "change": ["new", "kept", "split", "merged"],
            "sentence": ["S04 is new.", "S01 is kept.", "S05 came from S01.", "S06 went."],
        }
    )
    assert later(changes=changes)["changes"][0] == (
        "1 segment kept its ID. S04 is new. S05 came from S01. "
        "The cluster page lists 1 more change."
    )


def test_findings_in_the_data_keep_their_place_among_five():
    checks = [
        {"severity": "info", "sentence": "All is well."},
        {"severity": "soft", "sentence": "60 rows repeat."},
        {"severity": "soft", "sentence": "20 events are orphans."},
    ]
    changes = later(quality={"checks": checks})["changes"]
    assert len(changes) == 5
    assert changes[-1] == "In the data: 60 rows repeat (1 more on the prepare page)."


def test_a_kpi_that_one_quarter_lacks_is_not_compared():
    before = baseline(54.0, 50.0, 58.0, 0.5).replace("revenue", "margin")
    assert [text for text in later(previous_baseline=before)["changes"] if "evenue" in text] == []


def test_small_moves_are_no_news():
    quiet = later(
        cards=cards(card("S01", 0.5, 0.49), card("S02", 0.5, 0.51)),
        changes=None,
        previous_baseline=None,
    )
    assert quiet["changes"] == [
        "No segment grew or shrank much: none by two points of all customers."
    ]


@pytest.mark.parametrize(
    ("verdict", "gates", "reasons"),
    [
        (
            "GO WITH LIMITS",
            [
                gate("G9", "not assessed", "Ask the officer."),
                gate("G1", "go"),
                gate("G4", "limits", "Jaccard is 0.7."),
            ],
            ["Jaccard is 0.7.", "Ask the officer."],
        ),
        (
            "GO",
            [gate("G9", "not assessed", "Ask the officer."), gate("G1", "go", "Enough.")],
            ["Enough.", "Ask the officer."],
        ),
        (
            "GO",
            [gate("data", "go", "Enough."), gate("time", "go", "It holds."), gate("G9", "go")],
            ["It holds."],
        ),
        (
            "NO-GO",
            [gate("G4", "limits", "Jaccard is 0.7."), gate("G5", "no-go", "No KPI differs.")],
            ["No KPI differs.", "Jaccard is 0.7."],
        ),
    ],
)
def test_verdicts(verdict, gates, reasons):
    scorecard = {"verdict": verdict, "sentence": "As found.", "gates": gates}
    summary = summarise(**{**FIRST, "scorecard": scorecard})
    assert summary["verdict_sentence"] == "As found."
    assert summary["reasons"] == reasons
    assert summary["withheld"] == []


def test_what_may_not_be_exported_is_withheld_with_the_reason():
    why, file = summarise(**FIRST, refused="Nobody has approved yet.")["withheld"]
    assert why == "Nobody has approved yet."
    assert "exports/crm.csv" in file


@pytest.mark.parametrize(
    ("states", "sentence"),
    [
        (
            {"LAPSED": 30, "NEW": 4},
            "1,000 customers are in a segment; kept apart are 30 lapsed customers.",
        ),
        ({"NEW": 4}, "1,000 customers are in a segment."),
    ],
)
def test_counts_of_a_few_people_are_not_told(states, sentence):
    few = cards(card("S01", 1.0), not_segmented=states)
    assert summarise(**{**FIRST, "cards": few})["changes"][1] == sentence
