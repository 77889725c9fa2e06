"""The files of plans are read and checked together."""

from __future__ import annotations

import pathlib

import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.registers import KnownSegment
from segmentation_lib.params.registers.plans import PLAN_FILES, plan_faults, read_plans

KNOWN = {f"S{i:02d}": KnownSegment() for i in range(1, 7)}
OUTCOMES = ("revenue", "orders", "active", "order_value", "visited", "support_tickets")


def _texts(project_root: pathlib.Path) -> dict[str, str]:
    paths = [project_root / "params/demo" / name for name in PLAN_FILES]
    return {path.name: path.read_text("utf-8") for path in paths if path.is_file()}


def test_the_demo_passes_and_declares_each_hypothesis_and_kpi(project_root: pathlib.Path):
    plans = read_plans(_texts(project_root), "params/demo")
    sound = plan_faults(
        plans, known=KNOWN, outcomes=OUTCOMES, segmenting=["recency"], has_scores=True,
        attributes=["region", "plan", "age"],
    )  # fmt: skip
    assert sound == []
    assert (len(plans.hypotheses), len(plans.kpis)) == (8, 5)
    tests = len(plans.experiments) + len(plans.natural_experiments)
    assert len(plans.declarations) == 13 + tests
    assert len(plans.claims) == 8
    assert plans.playbook.name == "params/demo/playbook.yaml"


def test_no_files_are_no_plans():
    plans = read_plans({})
    assert plan_faults(plans, known={}, outcomes=(), segmenting=()) == []
    assert plans.declarations == ()


def test_faults_of_all_files_are_listed_at_once(project_root: pathlib.Path):
    broken = {name: f"{text}\nmore: 1\n" for name, text in _texts(project_root).items()}
    with pytest.raises(ParameterError) as error:
        read_plans(broken, "params/demo")
    lines = str(error.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == sorted(f"params/demo/{n}" for n in broken)


def test_checks_of_all_files_are_listed_at_once(project_root: pathlib.Path):
    plans = read_plans(
        {**_texts(project_root), "experiments.yaml": None, "natural_experiments.yaml": None}
    )
    retired = {**KNOWN, "S03": KnownSegment("retired", "2025Q2", "S01")}
    found = plan_faults(plans, known=retired, outcomes=OUTCOMES, segmenting=["active"])
    text = "\n".join(map(str, found))
    assert text.count("retired in 2025Q2") == 6
    assert text.count("[circular]") == 2


def test_what_is_known_without_segments_is_checked_before_there_are_any():
    texts = {
        "hypotheses.yaml": "hypotheses:\n  - {id: H1, segment: S01, behaviour: b, because: c,"
        " metric: revnue, direction: higher, min_effect: 1}\n",
        "content.yaml": "content:\n  - {id: C1, segment: S77, channel: c, value_proposition: v,"
        " asset: a, owner: o, expires: 2026-01-01, locale: en}\n",
    }
    found = plan_faults(read_plans(texts), known=None, outcomes=OUTCOMES, segmenting=())
    assert [str(fault) for fault in found] == [
        "hypotheses.yaml:2: hypotheses.H1.metric = revnue, there is no such outcome or KPI. "
        "Did you mean revenue?"
    ]
