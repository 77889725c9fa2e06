"""The council's agenda: what has to be decided, and nothing else."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.implement.council.pack import council_pack

CARDS = {"segments": [{"id": "S01", "name": "Regulars"}, {"id": "S02", "name": "Others"}]}
GATES = [
    {"code": "time", "title": "Do they last?", "verdict": "limits", "sentence": "Half of them."},
    {"code": "usable", "title": "Large enough?", "verdict": "no-go", "sentence": "S02 is small."},
    {"code": "data", "title": "Enough data?", "verdict": "go", "sentence": "Yes."},
]
OWNED = {"segments": [{"id": "S01", "owner": "Ann"}, {"id": "S02", "owner": "Bo"}]}


def pack(verdict="GO", gates=(), **changes):
    scorecard = {"verdict": verdict, "sentence": "So it is.", "gates": list(gates)}
    values = {"period": "2025Q3", "scorecard": scorecard, "cards": CARDS, "register": OWNED}
    return council_pack(**(values | changes))


def questions(found):
    return {part["title"]: [p["question"] for p in part["points"]] for part in found["agenda"]}


def test_a_quiet_quarter_has_one_question():
    found = pack(refresh="The model is kept.")
    assert questions(found) == {
        "The segments themselves": ["Are the proposed segments adopted for the next quarter?"]
    }
    assert found["agenda"][0]["points"][0]["why"] == "So it is. The model is kept."
    assert found["previous"] == []


def test_a_model_that_was_kept_is_not_set_against_itself():
    (point,) = pack(decision="keep")["agenda"][0]["points"]
    assert point["question"] == "Do last quarter's segments stay in use for the next quarter?"
    assert point["choices"] == ["Adopt them again", "Have them made anew", "Later"]
    assert "until the segments pass" in questions(pack("NO-GO", decision="keep"))[
        "The segments themselves"
    ][0]  # fmt: skip


def test_in_the_first_quarter_there_is_nothing_to_keep():
    assert pack(decision="first")["agenda"][0]["points"][0]["choices"] == ["Adopt", "Later"]
    assert len(pack(decision="refit")["agenda"][0]["points"][0]["choices"]) == 3


def test_no_go_asks_what_is_done_instead():
    found = pack("NO-GO")
    assert "until the segments pass" in questions(found)["The segments themselves"][0]
    assert "Simple tiers" in found["agenda"][0]["points"][0]["choices"]


def test_failed_checks_come_first_then_those_with_limits():
    part = pack(gates=GATES)["agenda"][1]
    assert [point["href"] for point in part["points"]] == [
        "playbook.html#usable", "playbook.html#time",
    ]  # fmt: skip
    assert part["points"][0]["question"] == "“Large enough?” failed: what do we do?"


def test_what_went_wrong_and_what_is_missing_is_on_the_agenda():
    found = pack(
        hypotheses=pd.DataFrame(
            {"hypothesis_id": ["H1", "H2"], "segment_id": ["S01", "S02"],
             "verdict": ["refuted", "supported"], "sentence": ["Less than expected.", "Yes."]}
        ),
        investments=pd.DataFrame(
            {"id": ["I1", "I2"], "name": ["Letter", "Call"], "segment_id": ["S01", "(all)"],
             "verdict": ["inside", "below"]}
        ),
        content_gaps=pd.DataFrame({"segment_id": ["S02", "S02"], "channel": ["ad", "email"]}),
        roadmap=pd.DataFrame(
            {"place": [1, 2], "id": ["I3", "I4"], "name": ["Test", "Build"],
             "step": ["experiment", "release"], "segment_id": ["S01", "S01"],
             "owner": ["Ann", "Bo"], "waits_for": ["", "I9"]}
        ),
        kpi_progress=pd.DataFrame(
            {"segment_id": ["S01", "S01", "S02", "(all)"], "kpi": ["revenue", "orders"] * 2,
             "reached": ["no", "no", "yes", "no"]}
        ),
        register=None,
    )  # fmt: skip
    asked = questions(found)
    assert asked["Hypotheses that were wrong"] == [
        "H1 on S01 (Regulars) was refuted: what follows?"
    ]
    assert asked["Investments that fell short"] == [
        "I2 (Call) for all customers fell short: does it go on?"
    ]
    assert "Missed beyond chance: orders per customer and revenue per customer." in str(found)
    assert asked["Content that is missing"] == ["Who makes content for S02 (Others), and by when?"]
    assert asked["Experiments to start"] == [
        "I3 (Test) in S01 (Regulars): is it started, or kept running?"
    ]
    assert asked["Targets that were missed"] == ["S01 (Regulars) missed 2 targets: what follows?"]
    assert asked["Who answers for what"] == ["Who owns which segment?"]
    points = [point for part in found["agenda"] for point in part["points"]]
    assert all(point["choices"] and point["why"] for point in points)
    # Evidence is a place on a page, not the page.
    assert all("#" in point["href"] for point in points)


def test_earlier_decisions_are_shown_newest_first():
    found = pack(
        decisions=[
            {"decision": "adopt", "period": "2025Q1", "on": "2025-04-04", "approver": "Ann",
             "reason": "All passed."},
            {"decision": "verdict", "period": "2025Q2", "hypothesis_id": "H1",
             "verdict": "refuted", "sentence": "It was less."},
        ]
    )  # fmt: skip
    assert found["previous"] == [
        {"when": "2025Q2", "what": "verdict H1 refuted", "who": "", "why": "It was less."},
        {"when": "2025-04-04", "what": "adopt 2025Q1", "who": "Ann", "why": "All passed."},
    ]


def test_what_a_test_has_shown_is_put_to_the_vote():
    steps = pd.DataFrame(
        [("S01", "Roll out “X” in S01", "£3 more.", "experiment"),
         ("(all)", "Stop “Y” in all segments", "£1 less.", "experiment")],
        columns=["segment_id", "action", "why", "grade"],
    )  # fmt: skip
    (_, part) = pack(steps=steps)["agenda"]
    assert part["title"] == "What tests ask for"
    assert [(p["segment_id"], p["question"]) for p in part["points"]] == [
        ("S01", "Roll out “X” in S01?"), ("", "Stop “Y” in all segments?"),
    ]  # fmt: skip
    assert part["points"][0]["why"] == "£3 more."
