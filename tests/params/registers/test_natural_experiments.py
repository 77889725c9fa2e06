"""``natural_experiments.yaml``: what a strict reader takes, and what it refuses with a line."""

from __future__ import annotations

from datetime import date

import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.registers.natural_experiments import (
    check_natural_experiments,
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
        ("metric: revenue", "metric: revenu", "Did you mean revenue?"),
        ("[South, East]", "[North, East]", "in treated and control at once"),
        ("treated: {region: [North], segment: [S01]}", "treated: {}", "f.yaml:6"),
        ("cluster: shop", "decision: keep", "decision and decided_on go together"),
        ("    control: {region: [South, East], segment: [S01]}\n", "", "there is no control"),
        ("cluster: shop", "clusters: shop", "clusters"),
    ],
)
def test_faults_say_where_and_what(old, new, said):
    assert said in faults(GOOD.replace(old, new))


def test_names_must_be_known():
    register = read_natural_experiments(GOOD.replace("cluster", "hypothesis: H9\n    cluster"))
    known = {"S01": KnownSegment("retired", "2025Q2", "S03"), "S03": KnownSegment()}
    with pytest.raises(ParameterError) as caught:
        check_natural_experiments(
            register, known=known, attributes=["region", "plan"], hypotheses=["H1"]
        )
    text = str(caught.value)
    assert text.count("the segment was retired in 2025Q2") == 2
    assert "NE1.cluster = shop" in text
    assert "there is no such hypothesis" in text
    check_natural_experiments(
        read_natural_experiments(GOOD), known={"S01": KnownSegment()},
        attributes=["region", "plan", "shop"],
    )  # fmt: skip
