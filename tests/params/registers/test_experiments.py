"""Experiments are read with their faults: arms, dates, layers, unknown names."""

from __future__ import annotations

import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.registers import KnownSegment
from segmentation_lib.params.registers.experiments import (
    check_experiments,
    design_hash,
    experiment_declarations,
    read_experiments,
)

ENTRY = """\
  - id: {id}
    what: A voucher.
    segments: [S01]
    metric: revenue
    min_effect: 5
    arms:
      - {{name: control, share: 0.5, control: true}}
      - {{name: new, share: {share}}}
    starts_on: 2025-07-01
    ends_on: {end}
    traffic: 0.6
    salt: abc
    owner: CRM
"""


def text(own: str = "E1", *, share: str = "0.5", end: str = "2025-09-30", more: str = "") -> str:
    return ENTRY.format(id=own, share=share, end=end) + more


def faults(*entries: str, **options) -> list[str]:
    with pytest.raises(ParameterError) as caught:
        read_experiments("experiments:\n" + "".join(entries), **options)
    return [f"{fault.where} {fault.found}: {fault.rule}" for fault in caught.value.faults]


def test_a_design_is_read_and_its_hash_knows_a_moved_end():
    one = read_experiments("experiments:\n" + text()).entries[0]
    assert (one.control.name, one.treated[0].name) == ("control", "new")
    assert (one.good, one.holdout, one.status) == ("higher", 0.0, "draft")
    again = one.model_copy(update={"status": "running", "owner": "Finance"})
    later = read_experiments("experiments:\n" + text(end="2025-10-31")).entries[0]
    assert design_hash(one) == design_hash(again) != design_hash(later)
    register = read_experiments("experiments:\n" + text("E2") + text("E1"))
    lines = experiment_declarations(register)
    assert [line.split()[1] for line in lines] == ["E1", "E2"]
    assert len(read_experiments(None)) == 0


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        (text(share="0.4"), "add up to 0.9"),
        (text(end="2025-06-30"), "must end on or after the day it starts"),
        (text(more="    guardrails:\n      - {metric: revenue, margin: 1}\n"), "each metric once"),
        (text(more="    denominator: revenue\n"), "divided by itself"),
        (text().replace("name: new", "name: control"), "a name of its own"),
        (text().replace(", control: true", ""), "exactly one arm"),
        (
            text(more="    holdout: 0.1\n").replace("name: new", "name: holdout"),
            "must not be named",
        ),
    ],
)
def test_a_design_that_cannot_be_read_out_is_refused(entry, rule):
    found = faults(entry)
    assert len(found) == 1
    assert rule in found[0]


def test_a_full_layer_is_refused_and_hypotheses_are_looked_up():
    layer = "    layer: app\n"
    found = faults(text("E1", more=layer), text("E2", more=layer))
    assert "E1, E2 take 1.2 of the customers on 2025-07-01" in found[0]
    beside = text("E2", more=layer).replace("2025-07-01", "2025-10-01")
    later = beside.replace("2025-09-30", "2025-12-31")
    assert len(read_experiments("experiments:\n" + text("E1", more=layer) + later)) == 2
    found = faults(text(more="    hypothesis: H1\n"), hypotheses=["H01"])
    assert "experiments.yaml:15" in found[0]
    assert "there is no such hypothesis" in found[0]


def test_unknown_names_are_listed_with_their_lines():
    more = "    denominator: order\n    covariate: spend\n    guardrails:\n"
    more += "      - {metric: actve, margin: 0.1}\n"
    register = read_experiments("experiments:\n" + text(more=more))
    with pytest.raises(ParameterError) as caught:
        check_experiments(
            register,
            known={"S02": KnownSegment()},
            metrics={"revenue", "orders", "active"},
            covariates={"revenue"},
        )
    found = [fault.found for fault in caught.value.faults]
    assert found == [
        "experiments.E1.segments.0 = S01",
        "experiments.E1.denominator = order",
        "experiments.E1.covariate = spend",
        "experiments.E1.guardrails.0.metric = actve",
    ]
    assert caught.value.faults[3].fix == "Did you mean active?"
