"""``natural_experiments.yaml``: what a strict reader takes, and what it refuses with a line."""

from __future__ import annotations

from datetime import date

import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.registers.natural_experiments import (
    natural_declarations,
    natural_faults,
    read_natural_experiments,
)
from segmentation_lib.params.registers.references import KnownSegment

GOOD = """
natural_experiments:
  - id: NE1
    what: Free delivery in the North
    started_on: "2025-08-01"
    treated: {region: [North], segment: [S01]}
    control: {region: [South, East], segment: [S01]}
    metric: revenue
    direction: higher
    min_effect: 0.05
    match_by: [plan]
    cluster: shop
"""


def faults(text: str) -> str:
    with pytest.raises(ParameterError) as caught:
        read_natural_experiments(text, "f.yaml")
    return str(caught.value)


def test_an_entry_is_read_as_it_stands():
    (entry,) = read_natural_experiments(GOOD)
    assert entry.started_on == date(2025, 8, 1)
    assert entry.treated == {"region": ("North",), "segment": ("S01",)}
    assert entry.attributes == ("plan", "region", "segment", "shop")
    assert not entry.compares_segments
    assert len(read_natural_experiments(None)) == 0
    apart = GOOD.replace("East], segment: [S01]", "East], segment: [S02]")
    assert read_natural_experiments(apart).entries[0].compares_segments


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("metric: revenue", "metric: revenu", "8: natural_experiments.NE1.metric = \"revenu\", "
         "must be one of 'revenue', 'orders' or 'active'. Did you mean revenue?"),
        ("[South, East]", "[North, East]", "7: natural_experiments.NE1.control, a customer may be "
         "in treated and control at once. Name the same attribute in both, with other values."),
        ("treated: {region: [North], segment: [S01]}", "treated: {}", "6: natural_experiments.NE1."
         "treated, must not be empty. Correct it: who it happened to: values by attribute, such "
         "as `region: [North]` or `segment: [S01]`; a customer must fit all attributes named."),
        ("cluster: shop", "decision: keep", "3: natural_experiments.NE1, decision and decided_on "
         "go together. Give both, or neither."),
        ("cluster: shop", "decision: keep\n    decided_on: 2025-07-31", "13: natural_experiments."
         "NE1.decided_on = 2025-07-31, must not be before started_on (2025-08-01). Correct one of "
         "the two."),
        ("    control: {region: [South, East], segment: [S01]}\n", "", "10: natural_experiments."
         "NE1.match_by, it weighs a control group, and there is none. Add control, or remove "
         "match_by."),
        ("cluster: shop", "clusters: shop", "12: natural_experiments.NE1.clusters is given, there "
         "is no such key. Did you mean cluster?"),
    ],
)  # fmt: skip
def test_faults_say_where_and_what(old, new, said):
    assert faults(GOOD.replace(old, new)) == f"f.yaml:{said}"


def test_names_must_be_known():
    text = GOOD.replace("cluster", "hypothesis: H9\n    cluster")
    text = text.replace("region: [North]", "region: [North], regoin: [x]")
    register = read_natural_experiments(text, "f.yaml")
    known = {"S01": KnownSegment("retired", "2025Q2", "S03"), "S03": KnownSegment()}
    found = natural_faults(register, known=known, attributes=["region", "plan"], hypotheses=["H1"])
    retired = (
        "the segment was retired in 2025Q2 and its ID is never used again. "
        "Most of its customers went to S03; name that one, or remove the entry."
    )
    assert [str(fault) for fault in found] == [
        "f.yaml:6: natural_experiments.NE1.treated = regoin, there is no such attribute. "
        "Did you mean region?",
        "f.yaml:13: natural_experiments.NE1.cluster = shop, there is no such attribute. "
        "Known are: plan, region, segment.",
        f"f.yaml:6: natural_experiments.NE1.treated.segment.0 = S01, {retired}",
        f"f.yaml:7: natural_experiments.NE1.control.segment.0 = S01, {retired}",
        "f.yaml:12: natural_experiments.NE1.hypothesis = H9, there is no such hypothesis. "
        "Known are: H1.",
    ]
    sound = natural_faults(
        read_natural_experiments(GOOD),
        known={"S01": KnownSegment()},
        attributes=["region", "plan", "shop"],
    )
    assert sound == []


def test_another_comparison_is_another_declaration_and_a_lesson_is_not():
    (line,) = natural_declarations(read_natural_experiments(GOOD))
    assert line.startswith("natural experiment NE1 (")
    learned = GOOD + "    decision: keep\n    decided_on: 2025-10-06\n    lesson: It pays.\n"
    assert natural_declarations(read_natural_experiments(learned)) == (line,)
    other = GOOD.replace("[South, East]", "[South]")
    assert natural_declarations(read_natural_experiments(other)) != (line,)
