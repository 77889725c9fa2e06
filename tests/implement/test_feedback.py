"""Feedback: rules that suggest a change, a diff that holds nothing else, and nothing is applied."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.implement.feedback import (
    edited,
    proposed_diff,
    response_table,
    suggest_changes,
)
from segmentation_lib.params.registers.feedback import Feedback
from segmentation_lib.params.registers.register import Register
from segmentation_lib.params.strict_yaml import read_yaml

FILE = """\
# The head.
params:
  project: acme          # a name
  kpis:
    - orders             # counts
    - revenue
    - referrals
  prepare:
    features: [recency, frequency, tenure,
               monetary]  # four
  validate:
    bootstraps: 50
"""
EFFECTS = pd.DataFrame(
    {"kpi": ["orders", "revenue", "referrals"], "effect": [0.2, 0.004, 0.001],
     "effect_high": [0.3, 0.06, 0.008], "p_corrected": [0.001, 0.4, 0.7],
     "customers": [2000, 2000, 2000]}
)  # fmt: skip
DRIFT = pd.DataFrame(
    {"feature": ["recency", "tenure", "other"], "level": ["major"] * 3,
     "ages": [False, True, False], "psi_corrected": [0.4, 0.6, 0.9]}
)  # fmt: skip
TRAITS = pd.DataFrame(
    {"feature": ["frequency", "frequency", "monetary"], "role": ["segmenting"] * 3,
     "stable": [False, False, True]}
)  # fmt: skip
FEATURES = ["recency", "frequency", "tenure", "monetary"]


def register(*items: dict) -> Register[Feedback]:
    made = [Feedback(**({"id": f"F{place}", "source": "survey", "finding": "They say so."} | one))
            for place, one in enumerate(items)]  # fmt: skip
    return Register("feedback", tuple(made), "f.yaml")


def suggested(*items: dict) -> pd.DataFrame:
    return suggest_changes(
        EFFECTS, DRIFT, TRAITS, register(*items), kpis=["orders", "revenue", "referrals"],
        features=FEATURES,
    )  # fmt: skip


def change(decision: str, **what) -> dict:
    return {"change": what, "decision": decision, "decided_by": "CRM"}


def test_only_what_the_results_speak_for_is_suggested():
    found = suggested()
    # Revenue may differ by 6 %: that it was not shown is no reason to drop it. Tenure ages.
    assert found["id"].tolist() == [
        "kpis:referrals", "prepare.features:frequency", "prepare.features:recency",
    ]  # fmt: skip
    assert set(found["decision"]) == {"suggested"}
    assert "at most 0.8%" in found["evidence"][0]
    assert found["evidence"][2].startswith("Recency in days moved in a major way")


def test_what_people_declined_is_not_suggested_again():
    found = suggested(change("declined", parameter="kpis", remove="referrals"))
    assert found[["item", "decision"]].to_numpy().tolist()[-1] == ["referrals", "declined"]
    assert (found["item"] == "referrals").sum() == 1


def test_the_diff_holds_the_changes_their_evidence_and_nothing_else():
    changes = suggested(
        change("accepted", parameter="validate.bootstraps", set=100),
        change("accepted", parameter="validate.contexts", add="region"),
        change("open", parameter="kpis", remove="orders"),
        change("accepted", parameter="criteria.fit", remove="x"),
    )
    diff, outcome = proposed_diff(changes, FILE, name="next.yaml")
    lines = [line for line in diff.splitlines() if line.startswith(("+ ", "- "))]
    assert lines == [
        "-    - referrals",
        "-    features: [recency, frequency, tenure,",
        "+    features: [tenure,",
        "-    bootstraps: 50",
        "+    contexts: [region]",
        "+    bootstraps: 100",
    ]
    assert diff.count("# kpis: remove referrals. No segment differs in referrals") == 1
    assert outcome["outcome"].tolist() == [
        *["in the proposal"] * 5, "not accepted yet",
        "criteria.fit is not in the file; list it to leave something out",
    ]  # fmt: skip
    assert proposed_diff(changes[:0], FILE, name="next.yaml")[0] == ""


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("kpis", ["orders"]), ("kpis", ["revenue", "orders", "no"]), ("prepare.features", ["tenure"]),
     ("prepare.features", ["recency", "frequency", "tenure"]), ("validate.seed", 5),
     ("validate.bootstraps", 7), ("project", "x: y"), ("cluster.method.name", "ward")],
)  # fmt: skip
def test_an_edit_changes_one_value_and_keeps_the_comments(parameter, value):
    before, after = FILE, edited(FILE, parameter, value)
    found = read_yaml(after, "after").values["params"]
    for step in parameter.split("."):
        found = found[step]
    assert found == value
    for said in ("# The head.", "# a name"):
        assert said in after
    assert before == FILE


def test_a_section_that_is_a_value_cannot_be_entered():
    with pytest.raises(ValueError, match="project holds no keys"):
        edited(FILE, "project.name", "x")


def test_responses_have_intervals_and_few_people_are_not_shown():
    shown = response_table(register({"asked": 100, "responded": 20}, {"asked": 50, "responded": 4},
                                    {}))  # fmt: skip
    assert shown["responded_shown"].tolist() == ["20", "<10"]
    assert shown["rate"].tolist()[0] == pytest.approx(0.2)
    assert shown["low"].tolist()[0] == pytest.approx(0.1334, abs=1e-4)
    assert shown[["rate", "low", "high"]].iloc[1].isna().all()
