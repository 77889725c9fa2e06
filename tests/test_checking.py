"""`segment check` tells all faults at once: parameters, registers, stories, quotes and data."""

from __future__ import annotations

import pathlib

import pandas as pd
import pytest

from segmentation_lib.run import Run
from tests.spine.workspace import Workspace, two_kinds_of_shoppers

EXPERIMENT = """\
experiments:
  - id: E1
    what: A voucher.
    segments: [S01]
    metric: revenue
    min_effect: 5
    arms: [{name: control, share: 0.5, control: true}, {name: new, share: 0.5}]
    starts_on: 2025-07-01
    ends_on: 2025-09-29
    salt: abc
    owner: CRM
    decision: keep
    decided_on: 2025-09-30
    lesson: It pays.
"""
NATURAL = """\
natural_experiments:
  - id: N1
    what: A poster.
    started_on: 2025-08-01
    treated: {city: [Leedz]}
    metric: revenue
    direction: higher
"""
UNKNOWN = "treated: {segment: [S08]}"
STORIES = "stories:\n  days:\n    - {segment: S07, text: A look at 3 things.}\n"
SEGMENT = "  - {{id: {}, first_period: 2025Q2, status: {}}}\n"


@pytest.fixture
def clone(tmp_path: pathlib.Path, project_root: pathlib.Path) -> Workspace:
    """A clone with a small shop, whose 2025Q3 found S01 and S02."""
    made = Workspace(tmp_path, project_root)
    two_kinds_of_shoppers().to_parquet(made.root / "data/orders.parquet")
    made.write_params("shop", "2025Q3", data={"orders": {"path": "data/orders.parquet"}})
    found = [{"id": "S01", "status": "active"}, {"id": "S02", "status": "active"}]
    run = Run(made.root / "runs/shop/2025Q3")
    run.write("register", {"period": "2025Q3", "segments": found})
    cards = [{"id": "S01", "name": "Often here"}, {"id": "S02", "name": "Rarely here"}]
    run.write("segments", {"segments": cards})
    return made


def _write(clone: Workspace, **texts: str) -> None:
    for name, text in texts.items():
        (clone.root / f"params/shop/{name}.yaml").write_text(text, encoding="utf-8")


def test_all_that_is_wrong_is_told_in_one_go(
    clone: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(clone, stories=STORIES, experiments=EXPERIMENT.replace("revenue", "revenu"))
    _write(clone, segments="segments:\n" + SEGMENT.format("S01", "retired"))
    assert clone.segment("check", "params/shop/2025Q3.yaml") == 2
    said = capsys.readouterr().err
    for line in (
        "params/shop/experiments.yaml:4: experiments.E1.segments.0 = S01, the segment was retired "
        "in an earlier period and its ID is never used again. Name a segment in use, or remove the "
        "entry.",
        "params/shop/experiments.yaml:5: experiments.E1.metric = revenu, there is no such outcome. "
        "Did you mean revenue?",
        "params/shop/stories.yaml:3: days.0.segment = S07, there is no such segment. In use are "
        "S02 (Rarely here). Retired: S01 (Often here).",
        "params/shop/stories.yaml:3: the number 3 is typed into the text, numbers in texts are "
        "placeholders, so that they are right next quarter as well. Write a placeholder such as "
        "{{ segment_value.customers }}. [typed_number]",
    ):
        assert line in said


def test_faults_of_the_data_do_not_hide_those_of_the_registers(
    clone: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    (clone.root / "data/orders.parquet").unlink()
    _write(clone, experiments=EXPERIMENT.replace("min_effect: 5", "min_effect: 0"))
    assert clone.segment("check", "params/shop/2025Q3.yaml") == 2
    said = capsys.readouterr().err
    assert "data/orders.parquet" in said
    assert "params/shop/experiments.yaml:6: experiments.E1.min_effect = 0, must be" in said


def test_a_fault_of_governance_or_of_the_data_hides_no_unknown_segment_and_no_story(
    clone: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(clone, stories=STORIES, experiments=EXPERIMENT.replace("[S01]", "[S09]"))
    _write(clone, natural_experiments=NATURAL.replace("treated: {city: [Leedz]}", UNKNOWN))
    _write(clone, governance="governance:\n  data_owner: A\n")
    unknown = (
        "experiments.yaml:4: experiments.E1.segments.0 = S09, there is no such segment",
        "natural_experiments.yaml:5: natural_experiments.N1.treated.segment.0 = S08, there is no",
        "stories.yaml:3: days.0.segment = S07, there is no such segment",
        "stories.yaml:3: the number 3 is typed into the text",
        "governance.yaml:1: governance.access is missing",
    )
    assert clone.segment("check", "params/shop/2025Q3.yaml") == 2
    said = capsys.readouterr().err
    for line in unknown:
        assert f"params/shop/{line}" in said
    (clone.root / "data/orders.parquet").unlink()
    assert clone.segment("check", "params/shop/2025Q3.yaml") == 2
    said = capsys.readouterr().err
    for line in (*unknown, "orders.parquet"):
        assert line in said


def test_a_fault_of_the_parameter_file_hides_none_of_the_registers(
    clone: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    clone.write_params("shop", "2025Q3", data={"orders": {"path": "data/orders.parquet"}}, sede=5)
    _write(clone, experiments=EXPERIMENT.replace("min_effect: 5", "min_effect: 0"))
    _write(clone, stories=STORIES, governance="governance:\n  data_owner: A\n")
    assert clone.segment("check", "params/shop/2025Q3.yaml") == 2
    said = capsys.readouterr().err
    for line in (
        "2025Q3.yaml:20: sede is given, there is no such parameter. Did you mean seed?",
        "experiments.yaml:6: experiments.E1.min_effect = 0, must be greater than 0",
        "stories.yaml:3: the number 3 is typed into the text",
        "governance.yaml:1: governance.access is missing",
    ):
        assert f"params/shop/{line}" in said


def test_parameters_of_effects_are_held_against_experiments_and_data(
    clone: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(clone, experiments=EXPERIMENT)
    people = {"customer_id": [f"{i:05d}" for i in range(500)], "city": ["Leeds", "York"] * 250}
    pd.DataFrame(people).to_csv(clone.root / "data/people.csv", index=False)
    tables = {"orders": {"path": "data/orders.parquet"}, "customers": {"path": "data/people.csv"}}
    compared = {"name": "those of York", "who": {"citi": ["York"]}, "outcome": "revenu"}
    asked = {"targeting": {"experiment": "E7", "cost": 1}, "compare": [compared]}
    clone.write_params("shop", "2025Q3", data=tables, implement={"effects": asked})
    assert clone.segment("check", "params/shop/2025Q3.yaml") == 2
    said = capsys.readouterr().err
    for line in (
        "implement.effects.targeting.experiment = E7, there is no such experiment. Known are: E1.",
        "implement.effects.compare.0.outcome = revenu, there is no such outcome. Did you mean "
        "revenue?",
        "implement.effects.compare.0.who = citi, there is no such attribute. Did you mean city?",
    ):
        assert line in said

    asked = {"targeting": {"experiment": "E1", "cost": 1}}
    asked["compare"] = [compared | {"who": {"city": ["Yrk"]}, "outcome": "revenue"}]
    clone.write_params("shop", "2025Q3", data=tables, implement={"effects": asked})
    _write(clone, natural_experiments=NATURAL)
    assert clone.segment("check", "params/shop/2025Q3.yaml") == 0
    said = capsys.readouterr().out
    assert (
        "params/shop/natural_experiments.yaml:5: natural_experiments.N1.treated: no customer has "
        "city = Leedz. Did you mean Leeds?\n"
    ) in said
    assert "compare.0.who: no customer has city = Yrk. Did you mean York?\n" in said
    assert said.count("no customer has") == 2


def test_a_decision_before_its_time_is_said_and_passes(
    clone: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(clone, experiments=EXPERIMENT)
    assert clone.segment("check", "params/shop/2025Q3.yaml") == 0
    said = capsys.readouterr().out
    assert (
        "params/shop/experiments.yaml:12: experiments.E1.decision = keep, but its status is draft. "
        "A decision waits for the end of its experiment; take it out, or correct `status`."
    ) in said
    assert (
        "params/shop/experiments.yaml:2: E1 starts on 2025-07-01 and is still a draft, so it is "
        "not read out. Set its `status`, or move its dates."
    ) in said
    assert "no faults" in said
