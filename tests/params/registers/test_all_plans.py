"""The four files of plans are read and checked together."""

from __future__ import annotations

import pathlib

import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.registers import KnownSegment
from segmentation_lib.params.registers.plans import PLAN_FILES, check_plans, read_plans

KNOWN = {f"S{i:02d}": KnownSegment() for i in range(1, 7)}
OUTCOMES = ("revenue", "orders", "active", "order_value", "visited", "support_tickets")


def _texts(project_root: pathlib.Path) -> dict[str, str]:
    return {name: (project_root / "params/demo" / name).read_text("utf-8") for name in PLAN_FILES}


def test_the_demo_passes_and_declares_each_hypothesis_and_kpi(project_root: pathlib.Path):
    plans = read_plans(_texts(project_root), "params/demo")
    check_plans(plans, known=KNOWN, outcomes=OUTCOMES, segmenting=["recency"], has_scores=True)
    assert len(plans.declarations) == len(plans.hypotheses) + len(plans.kpis) == 13
    assert len(plans.claims) == 8
    assert plans.playbook.name == "params/demo/playbook.yaml"


def test_no_files_are_no_plans():
    plans = read_plans({})
    check_plans(plans, known={}, outcomes=(), segmenting=())
    assert plans.declarations == ()


def test_faults_of_all_files_are_listed_at_once(project_root: pathlib.Path):
    broken = {name: text.replace("segment:", "segmnt:", 1) for name, text in
              _texts(project_root).items()}  # fmt: skip
    with pytest.raises(ParameterError) as error:
        read_plans(broken, "params/demo")
    lines = str(error.value).splitlines()
    assert {line.partition(":")[0] for line in lines} == {f"params/demo/{n}" for n in PLAN_FILES}
    assert sum("Did you mean segment?" in line for line in lines) == 4


def test_checks_of_all_files_are_listed_at_once(project_root: pathlib.Path):
    plans = read_plans(_texts(project_root), "params/demo")
    retired = {**KNOWN, "S03": KnownSegment("retired", "2025Q2", "S01")}
    with pytest.raises(ParameterError) as error:
        check_plans(plans, known=retired, outcomes=OUTCOMES, segmenting=["active"])
    text = str(error.value)
    for name in PLAN_FILES:
        assert f"params/demo/{name}:" in text
    assert text.count("retired in 2025Q2") == 6
    assert text.count("[circular]") == 2
