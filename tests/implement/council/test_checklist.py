"""Ten steps: each is done only where an artefact shows it."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from segmentation_lib.implement.council.checklist import CHECKLIST, checklist, checklist_sentence

GATES = ("structure", "internal", "external", "stability", "time")
IDS = ("S01", "S02")


def scorecard(**verdicts):
    return {
        "gates": [
            {"code": code, "verdict": verdicts.get(code, "go"), "sentence": f"{code} said."}
            for code in GATES
        ]
    }


CARDS = {
    "segments": [
        {"id": "S01", "name": "Regulars", "value_index": 150.0},
        {"id": "S02", "name": "Others", "value_index": 60.0},
    ]
}
ALL = {
    "scorecard": scorecard(),
    "cards": CARDS,
    "present": ("traits", "segment_value", "funnels", "narratives", "evidence"),
    "register": {"segments": [{"id": name, "owner": "Ann"} for name in IDS]},
    "crm": pd.DataFrame({"external_id": ["1", "2"], "segment_id": IDS}),
    "baseline": pd.DataFrame({"segment_id": IDS}),
    "playbook": pd.DataFrame({"segment_id": ["S01"], "verdict": ["supported"]}),
    "content": pd.DataFrame({"segment_id": ["S01"], "state": ["live"]}),
    "kpi_progress": pd.DataFrame({"segment_id": IDS, "target": [1.0, 2.0]}),
    "hypotheses": pd.DataFrame({"segment_id": ["S01"], "test": ["experiment"]}),
    "roadmap": pd.DataFrame({"segment_id": ["S02"], "step": ["experiment"]}),
    "feedback": True,
    "refresh": "keep",
    "next_close": date(2026, 1, 1),
}


def done(**changes):
    return checklist(**(ALL | changes))["done"].tolist()


def test_all_ten_are_done_where_everything_is_there():
    steps = checklist(**ALL)
    assert steps["step"].tolist() == list(range(1, 11))
    assert steps["title"].tolist() == list(CHECKLIST)
    assert steps["done"].all()
    assert checklist_sentence(steps) == "All ten steps are done."
    assert steps["why"].iloc[-1] == (
        "Feedback is in, the model is kept, every segment has an owner, and the next quarter ends "
        "before 2026-01-01."
    )


def test_nothing_is_done_without_artefacts():
    steps = checklist()
    assert not steps["done"].any()
    assert (steps["why"].str.len() > 0).all()
    assert checklist_sentence(steps) == (
        "0 of 10 steps are done. Next is step 1: Segments hold together and stand apart."
    )


@pytest.mark.parametrize(
    ("changes", "step", "why"),
    [
        ({"scorecard": scorecard(internal="no-go")}, 1, "structure said. internal said."),
        ({"scorecard": scorecard(structure="not assessed")}, 1, "structure said."),
        ({"scorecard": scorecard(external="no-go")}, 2, "external said."),
        ({"scorecard": scorecard(time="no-go")}, 3, "time said."),
        ({"present": ("traits", "segment_value", "narratives", "evidence")}, 4, "journeys"),
        ({"present": ("traits", "segment_value", "funnels", "narratives")}, 5, "evidence"),
        ({"crm": None}, 6, "no customer file"),
        ({"crm": pd.DataFrame({"segment_id": ["S01", "none"]})}, 6, "S02 (Others)"),
        ({"content": pd.DataFrame({"segment_id": ["S01"], "state": ["expired"]})}, 7, "S01"),
        ({"playbook": pd.DataFrame({"segment_id": ["S01"], "verdict": ["refuted"]})}, 7, "play"),
        ({"kpi_progress": pd.DataFrame({"segment_id": IDS, "target": [1.0, None]})}, 8, "S02"),
        ({"baseline": None}, 8, "no KPI baseline"),
        ({"roadmap": None}, 9, "S02 (Others)"),
        ({"feedback": False}, 10, "feedback"),
        ({"refresh": ""}, 10, "re-segment"),
        ({"register": {"segments": [{"id": "S01", "owner": "Ann"}]}}, 10, "S02 (Others)"),
        ({"next_close": None}, 10, "next date"),
    ],
)
def test_one_thing_missing_undoes_one_step(changes, step, why):
    steps = checklist(**(ALL | changes))
    assert steps.loc[~steps["done"], "step"].tolist() == [step]
    assert why in steps["why"].iloc[step - 1]
    # Only what is not done says what would make it done.
    assert steps.loc[steps["fix"] != "", "step"].tolist() == [step]


def test_limits_pass_and_an_experiment_that_ran_counts():
    assert all(done(scorecard=scorecard(time="limits")))
    ran = pd.DataFrame({"segment_id": ["S02"], "verdict": ["no difference shown"]})
    assert all(done(roadmap=None, incremental=ran))
    assert not done(roadmap=None, incremental=ran.assign(verdict="not identified"))[8]
    assert not done(roadmap=None)[8]
    assert all(done(roadmap=None, tested=["S01", "S02"]))


def test_each_step_names_the_place_of_its_evidence():
    assert checklist(**ALL)["href"].iloc[0] == "validate.html#finding-structure"
