"""Investments are read with their faults: what is missing, unknown, or waits in a circle."""

from __future__ import annotations

import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.registers.investments import investment_faults, read_investments

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


def message(written: str) -> str:
    with pytest.raises(ParameterError) as caught:
        read_investments(written, "investments.yaml")
    return str(caught.value)


def test_a_good_register_is_read():
    register = read_investments(text(("A", ""), ("B", "A")), "f.yaml")
    assert register.ids == ("A", "B")
    assert register.entries[1].after == ("A",)
    assert register.entries[0].expected.likely == 2


@pytest.mark.parametrize("field", ["segment", "hypothesis", "metric"])
def test_without_segment_hypothesis_or_metric_it_is_refused(field):
    lines = [line for line in text(("A", "")).splitlines() if f"    {field}:" not in line]
    said = message("\n".join(lines))
    assert said.startswith("investments.yaml:2: investments.A." + field + " is missing")


def test_a_circle_is_refused_with_its_members():
    assert message(text(("A", "C"), ("B", "A"), ("C", "B"))) == (
        "investments.yaml:14: investments.A.after: A waits for C waits for B waits for A, "
        "investments must not wait for each other in a circle. Remove one of these."
    )


def test_unknown_forerunners_are_named_with_what_may_be_meant():
    assert message(text(("INV1", ""), ("B", "INV2"))) == (
        "investments.yaml:27: investments.B.after.0 = INV2, there is no such investment. "
        "Known are: B, INV1."
    )
    assert message(text(("INV1", ""), ("B", "INV01"))).endswith("Did you mean INV1?")
    # A forerunner with a fault of its own is there all the same.
    broken = text(("INV1", ""), ("B", "INV1")).replace("kind: bet", "kind: gamble", 1)
    assert len(message(broken).splitlines()) == 1


def test_segments_hypotheses_and_measures_are_looked_up():
    register = read_investments(text(("A", "")), "f.yaml")
    assert investment_faults(register, known=None, hypotheses=["H1"], metrics=["revenue"]) == []
    found = investment_faults(register, known={}, hypotheses=["H01", "H11"], metrics=["orders"])
    assert [str(fault) for fault in found] == [
        "f.yaml:7: investments.A.segment = S01, there is no such segment. "
        "None is in use yet; remove the entry.",
        "f.yaml:8: investments.A.hypothesis = H1, there is no such hypothesis. Did you mean H01?",
        "f.yaml:9: investments.A.metric = revenue, there is no such outcome or KPI. "
        "Known are: orders.",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("likely: 2", "likely: 5", "10: investments.A.expected, must rise from low over likely to "
         "high. Put the three in order."),
        ("status: proposed", "status: running", "13: investments.A.status = running, what is "
         "running was approved on a day. Add approved_on, or set status to proposed."),
        ("status: proposed", "status: delivered\n    approved_on: 2025-01-01", "13: investments.A."
         "status = delivered, what was delivered ended on a day. Add ended_on."),
        ("status: proposed", "status: running\n    approved_on: 2025-01-01\n    ended_on: "
         "2025-02-01", "15: investments.A.ended_on = 2025-02-01, what is running has not ended. "
         "Remove ended_on, or correct status."),
        ("kind: bet", "kind: cores", "4: investments.A.kind = \"cores\", must be one of 'core', "
         "'bet' or 'optional'. Did you mean core?"),
        ("cost: 10", "cost: -1", "11: investments.A.cost = -1, must be at least 0. Correct it: "
         "whole cost, in the project's currency."),
        ("status: proposed", "status: failed\n    approved_on: 2025-02-01\n    "
         "ended_on: 2025-01-01", "15: investments.A.ended_on = 2025-01-01, must not be before "
         "approved_on (2025-02-01). Correct one of the two."),
        ("cost: 10", "cost: 10\n    actuals: [{period: 2025Q1, value: 1}, "
         "{period: 2025Q1, value: 2}]", "12: investments.A.actuals, a quarter has one actual "
         "value, and 2025Q1 has more. Keep one of them."),
    ],
)  # fmt: skip
def test_each_rule_is_told(old, new, said):
    assert message(text(("A", "")).replace(old, new)) == f"investments.yaml:{said}"
