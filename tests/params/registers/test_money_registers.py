"""Prices, priorities, channels and feedback are read with their faults; the demo's are sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.registers.channels import channel_references, read_channels
from segmentation_lib.params.registers.feedback import read_feedback
from segmentation_lib.params.registers.investments import read_investments
from segmentation_lib.params.registers.pricing import price_references, read_pricing
from segmentation_lib.params.registers.priorities import read_priorities

PRICING = """\
pricing:
  - id: plan
    product: A plan
    asked_prices: {price: p, would_buy: b}
    tiers:
      - {name: Basic, price: 5, segments: [S02]}
      - {name: Plus, price: 9, segments: [S01, S03]}
"""
CHANNELS = """\
channels:
  - id: plan
    budget: 100.50
    owner: CRM
    lines:
      - {segment: S01, channel: email, spent: 10, contacts: 50, responses: 5, cap: 60}
      - {segment: (all), channel: paid, spent: 10, contacts: 50, responses: 5, floor: 20}
"""
PRIORITIES = """\
priorities:
  - {id: P1, feature: A list, segment: S01, effect: {value: 0.1}, confidence: 0.5, effort: 2}
"""
FEEDBACK = """\
feedback:
  - id: F1
    source: survey
    finding: They ask for it.
    asked: 10
    responded: 3
    change: {parameter: prepare.features, remove: tenure}
    decision: accepted
    decided_by: CRM
"""
READERS = {
    PRICING: read_pricing,
    CHANNELS: read_channels,
    PRIORITIES: read_priorities,
    FEEDBACK: read_feedback,
}


@pytest.mark.parametrize(
    ("good", "old", "new", "rule"),
    [
        (PRICING, "price: 9", "price: 4", "f.yaml:7: pricing.plan.tiers.1.price = 4, must be above "
         "that of the tier before it (Basic, 5)"),
        (PRICING, "[S01, S03]", "[S01, S02]", "S02 stands in Basic too"),
        (PRICING, "asked_prices: {price: p, would_buy: b}", "unit_cost: 1",
         "must have four_prices or asked_prices"),
        (CHANNELS, "cap: 60", "floor: 90", "to the sum of the caps"),
        (CHANNELS, "responses: 5, cap", "responses: 51, cap", "51 responses of 50 contacts"),
        (CHANNELS, "budget: 100.50", "budget: 100.505", "no whole number of pennies"),
        (CHANNELS, "(all), channel: paid", "S01, channel: email", "one line for each segment"),
        (CHANNELS, "budget:", "budgte:", "Did you mean budget?"),
        (PRIORITIES, "{value: 0.1}", "{value: 0.1, source: experiment}", "must name its evidence"),
        (PRIORITIES, "effort: 2", "effort: 0", "must be greater than 0"),
        (FEEDBACK, "    decided_by: CRM\n", "", "must say in decided_by who accepted it"),
        (FEEDBACK, "remove: tenure", "remove: tenure, add: x", "exactly one of add, remove"),
        (FEEDBACK, "responded: 3", "responded: 11", "more who responded than were asked"),
    ],
)  # fmt: skip
def test_each_rule_is_told(good, old, new, rule):
    assert len(READERS[good](good, "f.yaml")) == 1
    assert old in good
    with pytest.raises(ParameterError) as caught:
        READERS[good](good.replace(old, new), "f.yaml")
    assert rule in str(caught.value)


def test_segments_of_tiers_and_lines_are_found_with_their_lines():
    found = price_references(read_pricing(PRICING, "f.yaml"))
    assert [(one.segment, one.where, one.spot) for one in found] == [
        ("S02", "f.yaml:6", "pricing.plan.tiers.0.segments.0"),
        ("S01", "f.yaml:7", "pricing.plan.tiers.1.segments.0"),
        ("S03", "f.yaml:7", "pricing.plan.tiers.1.segments.1"),
    ]
    found = channel_references(read_channels(CHANNELS, "f.yaml"))
    assert [(one.segment, one.where) for one in found] == [("S01", "f.yaml:6")]


def test_no_text_holds_no_entries():
    for read in READERS.values():
        assert len(read(None, "f.yaml")) == 0


def test_the_registers_of_the_demo_are_sound_and_keep_a_failure():
    folder = Path(__file__).parents[3] / "params" / "demo"
    readers = [read_pricing, read_priorities, read_channels, read_feedback, read_investments]
    names = ["pricing", "priorities", "channels", "feedback", "investments"]
    found = {
        name: read((folder / f"{name}.yaml").read_text("utf-8"), f"{name}.yaml")
        for name, read in zip(names, readers, strict=True)
    }
    assert {item.segment for item in found["priorities"]} == {f"S0{n}" for n in range(1, 7)}
    assert {item.segment for item in found["investments"]} == {f"S0{n}" for n in range(1, 7)}
    assert "failed" in {item.status for item in found["investments"]}
    assert {item.kind for item in found["investments"]} == {"core", "bet", "optional"}
