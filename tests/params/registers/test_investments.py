"""Investments are read with their faults: what is missing, unknown, or waits in a circle."""

from __future__ import annotations

import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.registers.investments import read_investments

ENTRY = """\
  - id: {id}
    name: A test
    kind: bet
    horizon: quick_win
    step: experiment
    segment: S01
    hypothesis: H1
    metric: revenue
    expected: {{low: 1, likely: 2, high: 3}}
    cost: 10
    owner: CRM
    status: proposed
    after: [{after}]
"""


def text(*pairs: tuple[str, str]) -> str:
    return "investments:\n" + "".join(ENTRY.format(id=id_, after=after) for id_, after in pairs)


def message(written: str, **options) -> str:
    with pytest.raises(ParameterError) as caught:
        read_investments(written, "investments.yaml", **options)
    return str(caught.value)


def test_a_good_register_is_read():
    register = read_investments(text(("A", ""), ("B", "A")), "f.yaml", hypotheses=["H1"])
    assert register.ids == ("A", "B")
    assert register.entries[1].after == ("A",)
    assert register.entries[0].expected.likely == 2


@pytest.mark.parametrize("field", ["segment", "hypothesis", "metric"])
def test_without_segment_hypothesis_or_metric_it_is_refused(field):
    lines = [line for line in text(("A", "")).splitlines() if f"    {field}:" not in line]
    said = message("\n".join(lines))
    assert said.startswith("investments.yaml:2: investments.A." + field + " is missing")


def test_a_circle_is_refused_with_its_members():
    said = message(text(("A", "C"), ("B", "A"), ("C", "B")))
    assert "must not wait for each other in a circle" in said
    assert all(name in said for name in "ABC")
    assert said.count("waits for") == 3


def test_unknown_forerunners_and_hypotheses_are_named_with_what_may_be_meant():
    said = message(text(("INV1", ""), ("B", "INV2")), hypotheses=["H01", "H11"])
    assert "investments.B.after = INV2, there is no such investment. Did you mean INV1?" in said
    assert "investments.INV1.hypothesis = H1, there is no such hypothesis" in said


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("likely: 2", "likely: 5", "must rise from low over likely to high"),
        ("status: proposed", "status: running", "approved_on is missing, which running needs"),
        ("status: proposed", "status: failed\n    approved_on: 2025-01-01", "ended_on is missing"),
        ("kind: bet", "kind: gamble", "must be one of"),
        ("cost: 10", "cost: -1", "must be at least 0"),
        ("cost: 10", "cots: 10", "Did you mean cost?"),
        ("status: proposed", "status: failed\n    approved_on: 2025-02-01\n    "
         "ended_on: 2025-01-01", "must end after it was approved"),
        ("cost: 10", "cost: 10\n    actuals: [{period: 2025Q1, value: 1}, "
         "{period: 2025Q1, value: 2}]", "must have one actual value per quarter"),
    ],
)  # fmt: skip
def test_each_rule_is_told(old, new, rule):
    assert rule in message(text(("A", "")).replace(old, new))
