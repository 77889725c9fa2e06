"""Experiments are read with their faults: arms, dates, layers, unknown names."""

from __future__ import annotations

from datetime import date

import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.registers import KnownSegment
from segmentation_lib.params.registers.early_decisions import early_decisions
from segmentation_lib.params.registers.experiments import (
    design_hash,
    experiment_declarations,
    experiment_faults,
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


def register(*entries: str):
    return read_experiments("experiments:\n" + "".join(entries), "e.yaml")


def test_a_design_is_read_and_its_hash_knows_a_moved_end():
    one = read_experiments("experiments:\n" + text()).entries[0]
    assert (one.control.name, one.treated[0].name) == ("control", "new")
    assert (one.good, one.holdout, one.status) == ("higher", 0.0, "draft")
    again = one.model_copy(update={
        "status": "running", "owner": "Finance", "decision": "keep", "lesson": "It pays.",
    })  # fmt: skip
    later = read_experiments("experiments:\n" + text(end="2025-10-31")).entries[0]
    assert design_hash(one) == design_hash(again) != design_hash(later)
    lines = experiment_declarations(register(text("E2"), text("E1")))
    assert [line.split()[1] for line in lines] == ["E1", "E2"]
    assert len(read_experiments(None)) == 0


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (text(share="0.4"), "7: experiments.E1.arms, the shares of the arms add up to 0.9, must "
         "be 1. Correct the shares."),
        (text(end="2025-06-30"), "11: experiments.E1.ends_on = 2025-06-30, must not be before "
         "starts_on (2025-07-01). Correct one of the two."),
        (text(more="    guardrails:\n      - {metric: revenue, margin: 1}\n"), "15: experiments."
         "E1.guardrails, each metric stands once, and a guardrail is another one than the metric. "
         "Name another metric, or remove it."),
        (text(more="    denominator: revenue\n"), "2: experiments.E1, a metric must not be "
         "divided by itself. Name another denominator, or remove it."),
        (text().replace("name: new", "name: control"), "7: experiments.E1.arms, must be two or "
         "more arms, each with a name of its own. Name each arm once."),
        (text().replace(", control: true", ""), "7: experiments.E1.arms, exactly one arm is the "
         "control. Write `control: true` under one of them."),
        (text(more="    holdout: 0.1\n").replace("name: new", "name: holdout"), "7: experiments."
         "E1.arms, an arm must not be named holdout where a holdout is kept out as well. Give the "
         "arm another name."),
        (text().replace("[S01]", "[S01, S01]"), "4: experiments.E1.segments, each segment stands "
         "once. Remove the second one."),
    ],
)  # fmt: skip
def test_a_design_that_cannot_be_read_out_is_refused(entry, said):
    with pytest.raises(ParameterError) as caught:
        register(entry)
    assert str(caught.value) == f"e.yaml:{said}"


def test_a_full_layer_is_refused():
    layer = "    layer: app\n"
    with pytest.raises(ParameterError) as caught:
        register(text("E1", more=layer), text("E2", more=layer))
    assert str(caught.value).splitlines()[0] == (
        "e.yaml:15: experiments.E1.layer: E1, E2 take 1.2 of the customers on 2025-07-01, "
        "experiments of one layer share no customers, so they take 1 at most. Lower `traffic`, "
        "move a date, or put one of them into another layer."
    )
    beside = text("E2", more=layer).replace("2025-07-01", "2025-10-01")
    later = beside.replace("2025-09-30", "2025-12-31")
    assert len(read_experiments("experiments:\n" + text("E1", more=layer) + later)) == 2


def test_unknown_names_are_listed_with_their_lines():
    more = "    denominator: order\n    covariate: spend\n    hypothesis: H1\n    guardrails:\n"
    more += "      - {metric: actve, margin: 0.1}\n"
    found = experiment_faults(
        register(text(more=more)),
        known={"S02": KnownSegment()},
        metrics={"revenue", "orders", "active"},
        hypotheses=["H01", "H02"],
        covariates={"revenue"},
    )
    assert sorted(map(str, found)) == [
        "e.yaml:15: experiments.E1.denominator = order, there is no such outcome. "
        "Did you mean orders?",
        "e.yaml:16: experiments.E1.covariate = spend, there is no such measure from before. "
        "Known are: revenue.",
        "e.yaml:17: experiments.E1.hypothesis = H1, there is no such hypothesis. Did you mean H01?",
        "e.yaml:19: experiments.E1.guardrails.0.metric = actve, there is no such outcome. "
        "Did you mean active?",
        "e.yaml:4: experiments.E1.segments.0 = S01, there is no such segment. In use are S02.",
    ]
    assert experiment_faults(register(text()), known=None, metrics={"revenue"}) == []


DECIDED = "    status: {}\n    decision: {}\n    decided_on: {}\n    lesson: It pays.\n"


def test_a_decision_and_a_lesson_are_read():
    one = register(text(more=DECIDED.format("ended", "keep", "2025-09-30"))).entries[0]
    assert (one.decision, one.decided_on, one.lesson) == ("keep", date(2025, 9, 30), "It pays.")
    stopped = register(text(more=DECIDED.format("stopped", "stop", "2025-07-20"))).entries[0]
    assert stopped.decided_on == date(2025, 7, 20)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (DECIDED.format("ended", "keep", "2025-09-29"), "17: experiments.E1.decided_on = "
         "2025-09-29, must not be before ends_on (2025-09-30) unless it was stopped. Decide when "
         "it is over, or set status to stopped."),
        (DECIDED.format("stopped", "stop", "2025-06-30"), "17: experiments.E1.decided_on = "
         "2025-06-30, must not be before starts_on (2025-07-01). Correct one of the two."),
        ("    decision: keep\n", "2: experiments.E1, decision and decided_on go together. Give "
         "both, or neither."),
    ],
)  # fmt: skip
def test_a_decision_waits_for_the_end_unless_it_was_stopped(more, said):
    with pytest.raises(ParameterError) as caught:
        register(text(more=more))
    assert str(caught.value) == f"e.yaml:{said}"


def test_a_decision_before_the_close_is_said_and_stops_nothing():
    running = register(text(more=DECIDED.format("running", "keep", "2025-09-30")))
    assert early_decisions(running, closed=date(2025, 10, 1)) == [
        "e.yaml:16: experiments.E1.decision = keep, but its status is running. A decision waits "
        "for the end of its experiment; take it out, or correct `status`."
    ]
    over = register(text(more=DECIDED.format("ended", "keep", "2025-10-02")))
    assert early_decisions(over, closed=date(2025, 10, 1)) == []
    # What was decided after the close is none of that quarter.
    assert early_decisions(running, closed=date(2025, 9, 30)) == []
    stopped = register(text(more=DECIDED.format("stopped", "stop", "2025-07-20")))
    assert early_decisions(stopped, closed=date(2025, 9, 30)) == []
