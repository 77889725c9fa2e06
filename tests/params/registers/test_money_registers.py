"""Prices, priorities, channels and feedback are read with their faults; the demo's are sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.registers import references
from segmentation_lib.params.registers.channels import read_channels
from segmentation_lib.params.registers.feedback import read_feedback
from segmentation_lib.params.registers.investments import read_investments
from segmentation_lib.params.registers.pricing import read_pricing
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
    ("good", "old", "new", "said"),
    [
        (PRICING, "price: 9", "price: 4", "7: pricing.plan.tiers.1.price = 4, must be above that "
         "of the tier before it (Basic, 5). List the tiers from the cheapest to the dearest, or "
         "correct the price."),
        (PRICING, "[S01, S03]", "[S01, S02]", "7: pricing.plan.tiers.1.segments holds S02, a "
         "segment has one tier, and S02 stands in Basic too. Remove it from one of the two."),
        (PRICING, "asked_prices: {price: p, would_buy: b}", "unit_cost: 1", "2: pricing.plan, a "
         "price study says in which columns the answers are. Add four_prices or asked_prices."),
        (CHANNELS, "cap: 60", "floor: 90", "3: channels.plan.budget = 100.5, must lie between the "
         "sum of the floors (110) and that of the caps (201). Change the budget, a floor or a "
         "cap."),
        (CHANNELS, "cap: 60", "floor: 9, cap: 8", "6: channels.plan.lines.0.cap = 8, must be at "
         "least the floor (9). Raise the cap, or lower the floor."),
        (CHANNELS, "responses: 5, cap", "responses: 51, cap", "6: channels.plan.lines.0.responses "
         "= 51, must be at most contacts (50). Correct one of the two."),
        (CHANNELS, "budget: 100.50", "budget: 100.505", "2: channels.plan, amounts are whole "
         "pennies, and 100.505 is not. Round it to two decimals."),
        (CHANNELS, "(all), channel: paid", "S01, channel: email", "5: channels.plan.lines, a "
         "segment and a channel have one line. Put the lines of S01 and email into one."),
        (CHANNELS, "budget:", "budget: 1\n    budgte:", "4: channels.plan.budgte is given, there "
         "is no such key. Did you mean budget?"),
        (PRIORITIES, "{value: 0.1}", "{value: 0.1, source: experiment}", "2: priorities.P1.effect."
         "source = experiment, a number that comes from an experiment names its evidence. Add "
         "evidence, or set source to assumption."),
        (PRIORITIES, "effort: 2", "effort: 0", "2: priorities.P1.effort = 0, must be greater than "
         "0. Correct it: weeks of one person's work."),
        (FEEDBACK, "    decided_by: CRM\n", "", "8: feedback.F1.decision = accepted, a decision "
         "says who took it. Add decided_by: the role that decided."),
        (FEEDBACK, "    change: {parameter: prepare.features, remove: tenure}\n", "", "7: "
         "feedback.F1.decision = accepted, only a change can be accepted. Add the change, or set "
         "decision to open."),
        (FEEDBACK, "remove: tenure", "remove: tenure, add: x", "7: feedback.F1.change, a change "
         "does one thing: add, remove or set. Give exactly one of the three."),
        (FEEDBACK, "responded: 3", "responded: 11", "6: feedback.F1.responded = 11, must be at "
         "most asked (10). Correct one of the two."),
        (FEEDBACK, "    responded: 3\n", "", "2: feedback.F1, asked and responded go together. "
         "Give both, or neither."),
    ],
)  # fmt: skip
def test_each_rule_is_told(good, old, new, said):
    assert len(READERS[good](good, "f.yaml")) == 1
    assert old in good
    with pytest.raises(ParameterError) as caught:
        READERS[good](good.replace(old, new), "f.yaml")
    assert str(caught.value) == f"f.yaml:{said}"


def test_segments_of_tiers_and_lines_are_found_with_their_lines():
    found = references(read_pricing(PRICING, "f.yaml"), "tiers.segments")
    assert [(one.name, one.where, one.spot) for one in found] == [
        ("S02", "f.yaml:6", "pricing.plan.tiers.0.segments.0"),
        ("S01", "f.yaml:7", "pricing.plan.tiers.1.segments.0"),
        ("S03", "f.yaml:7", "pricing.plan.tiers.1.segments.1"),
    ]
    found = references(read_channels(CHANNELS, "f.yaml"), "lines.segment")
    assert [(one.name, one.where) for one in found] == [("S01", "f.yaml:6"), ("(all)", "f.yaml:7")]


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
