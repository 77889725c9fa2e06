"""Hypotheses, KPIs, playbook and content as files: what is refused, what is declared."""

from __future__ import annotations

import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.registers import (
    KnownSegment,
    claim_hash,
    hypothesis_declarations,
    kpi_declarations,
    kpi_register_hash,
    read_content,
    read_hypotheses,
    read_kpis,
    read_playbook,
    references,
    segment_faults,
)
from segmentation_lib.params.registers.hypotheses import hypothesis_faults
from segmentation_lib.params.registers.kpi_register import kpi_faults
from segmentation_lib.params.registers.playbook import playbook_faults

KNOWN = {"S01": KnownSegment(), "S02": KnownSegment(), "S09": KnownSegment("retired", "2024Q4")}
OUTCOMES = ("revenue", "orders", "active")
HYPOTHESIS = """\
hypotheses:
  - id: H1
    segment: S01
    behaviour: They spend more.
    because: They trust us.
    metric: revenue
    direction: higher
    min_effect: 5
"""
KPIS = """\
kpis:
  - id: K1
    metric: revenue
    definition: Net spend.
    owner: CRM team
    target: 100
    targets: [{segment: S01, value: 120}, {segment: S02, value: 90}]
  - id: K2
    metric: active
    definition: Ordered.
    owner: CRM team
"""
PLAYBOOK = """\
playbook:
  - id: P1
    segment: S01
    trigger: t
    message: m
    channel: email
    owner: o
    metric: revenue
    hypothesis: H1
"""
CONTENT = """\
content:
  - id: C1
    segment: S01
    channel: email
    value_proposition: v
    asset: a
    owner: o
    expires: 2025-12-31
    locale: en-GB
"""


def _fails(call, *args, **options) -> str:
    with pytest.raises(ParameterError) as error:
        call(*args, **options)
    return str(error.value)


def _said(faults) -> str:
    return "\n".join(map(str, sorted(faults, key=lambda fault: fault.where)))


@pytest.mark.parametrize("key", ["because", "metric"])
def test_a_hypothesis_without_mechanism_or_metric_is_refused(key):
    lines = [line for line in HYPOTHESIS.splitlines() if not line.strip().startswith(key)]
    message = _fails(read_hypotheses, "\n".join(lines), "h.yaml")
    assert f"hypotheses.H1.{key} is missing" in message
    blank = HYPOTHESIS.replace("They trust us.", "' '").replace("metric: revenue", "metric: ' '")
    assert f"hypotheses.H1.{key}" in _fails(read_hypotheses, blank, "h.yaml")


def test_a_word_that_is_nearly_allowed_is_named():
    message = _fails(read_hypotheses, HYPOTHESIS.replace("higher", "highr"), "h.yaml")
    assert message.endswith("must be one of 'higher' or 'lower'. Did you mean higher?")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("    test: experiment\n", "9: hypotheses.H1.test = experiment, a test by experiment "
         "names its experiment. Add experiment: the ID of the experiment."),
        ("    experiment: E1\n", "9: hypotheses.H1.experiment = E1, it belongs to a test by "
         "experiment. Remove it, or set test to experiment."),
        ("    compared_with: S01\n", "9: hypotheses.H1.compared_with = S01, a segment cannot be "
         "compared with itself. Name another one, or remove it; it is then compared with everyone "
         "else."),
        ("    test: experiment\n    experiment: E1\n    compared_with: S02\n", "11: hypotheses."
         "H1.compared_with = S02, an experiment compares two arms of one segment, not two "
         "segments. Remove compared_with."),
    ],
)  # fmt: skip
def test_a_test_says_what_it_needs(more, said):
    assert _fails(read_hypotheses, HYPOTHESIS + more, "h.yaml") == f"h.yaml:{said}"


def test_hypotheses_are_checked_against_segments_and_outcomes():
    good = read_hypotheses(HYPOTHESIS)
    assert hypothesis_faults(good, known=KNOWN, metrics=OUTCOMES) == []
    typo = read_hypotheses(HYPOTHESIS.replace("metric: revenue", "metric: revnue"), "h.yaml")
    assert _said(hypothesis_faults(typo, known=KNOWN, metrics=OUTCOMES)) == (
        "h.yaml:6: hypotheses.H1.metric = revnue, there is no such outcome or KPI. "
        "Did you mean revenue?"
    )
    circular = hypothesis_faults(good, known=KNOWN, metrics=OUTCOMES, segmenting=["revenue"])
    assert _said(circular) == (
        "hypotheses.yaml:6: hypotheses.H1.metric = revenue, a feature that makes the segments, "
        "testing it across the segments is circular: it always differs. "
        "Name an outcome of the quarter: active, orders, revenue. [circular]"
    )
    retired = read_hypotheses(HYPOTHESIS + "    compared_with: S09\n", "h.yaml")
    assert _said(hypothesis_faults(retired, known=KNOWN, metrics=OUTCOMES)) == (
        "h.yaml:9: hypotheses.H1.compared_with = S09, the segment was retired in 2024Q4 and its ID "
        "is never used again. Name a segment in use, or remove the entry."
    )


def test_an_experiment_of_a_hypothesis_is_looked_up_where_there_is_a_register_of_them():
    text = HYPOTHESIS + "    test: experiment\n    experiment: EXP-01\n"
    tested = read_hypotheses(text, "h.yaml")
    assert hypothesis_faults(tested, known=KNOWN, metrics=OUTCOMES) == []
    found = hypothesis_faults(tested, known=KNOWN, metrics=OUTCOMES, experiments=["EXP-001"])
    assert _said(found) == (
        "h.yaml:10: hypotheses.H1.experiment = EXP-01, there is no such experiment. "
        "Did you mean EXP-001?"
    )


def test_a_claim_changes_with_its_bar_but_not_with_its_status():
    first = read_hypotheses(HYPOTHESIS).entries[0]
    adopted = read_hypotheses(HYPOTHESIS + "    status: adopted\n").entries[0]
    easier = read_hypotheses(HYPOTHESIS.replace("min_effect: 5", "min_effect: 4")).entries[0]
    assert claim_hash(first) == claim_hash(adopted) != claim_hash(easier)
    assert hypothesis_declarations(read_hypotheses(HYPOTHESIS)) == (
        f"hypothesis H1 ({claim_hash(first)})",
    )


def test_a_kpi_that_makes_the_segments_is_refused():
    kpis = read_kpis(KPIS, "k.yaml")
    assert kpi_faults(kpis, outcomes=OUTCOMES, segmenting=["recency"], known=KNOWN) == []
    found = kpi_faults(kpis, outcomes=OUTCOMES, segmenting=["active"], known=KNOWN)
    assert _said(found) == (
        "k.yaml:9: kpis.K2.metric = active, a feature that makes the segments, a KPI that also "
        "makes the segments always differs between them. Name an outcome of the quarter (orders, "
        "revenue), or take the feature out of prepare.features. [circular]"
    )


def test_unknown_kpis_and_segments_of_targets_are_refused():
    other = read_kpis(KPIS.replace("active", "activ").replace("S02", "S09"), "k.yaml")
    lines = _said(kpi_faults(other, outcomes=OUTCOMES, segmenting=[], known=KNOWN)).splitlines()
    assert [line.split(", ")[0] for line in lines] == [
        "k.yaml:7: kpis.K1.targets.1.segment = S09", "k.yaml:9: kpis.K2.metric = activ",
    ]  # fmt: skip
    assert lines[1].endswith("there is no such outcome of the quarter. Did you mean active?")
    scores = read_kpis(KPIS.replace("metric: active", "metric: nps"), "k.yaml")
    assert _said(kpi_faults(scores, outcomes=OUTCOMES, segmenting=[])) == (
        "k.yaml:9: kpis.K2.metric = nps, a score needs the table surveys with the column nps. "
        "Map the surveys, or remove it."
    )
    assert kpi_faults(scores, outcomes=OUTCOMES, segmenting=[], has_scores=True) == []


def test_a_metric_has_one_kpi_and_a_segment_one_target():
    twice = KPIS.replace("metric: active", "metric: revenue")
    assert _fails(read_kpis, twice, "k.yaml") == (
        "k.yaml:9: kpis.K2.metric = revenue stands twice (first in k.yaml:3), a metric has one "
        "KPI. Put both into one entry."
    )
    assert _fails(read_kpis, KPIS.replace("S02", "S01"), "k.yaml") == (
        "k.yaml:7: kpis.K1.targets, a segment has one target, and S01 more. Keep one of them."
    )


def test_the_hash_knows_values_and_nothing_else():
    first = kpi_register_hash(read_kpis(KPIS))
    head, second, third = KPIS.partition("  - id: K2")
    swapped = "kpis:\n" + second + third + head.removeprefix("kpis:\n")
    spaced = KPIS.replace("target: 100", "target: 100.0  # a plan").replace(
        "[{segment: S01, value: 120}, {segment: S02, value: 90}]",
        "[{value: 90, segment: S02}, {segment: S01, value: 120}]",
    )
    assert kpi_register_hash(read_kpis(swapped)) == first == kpi_register_hash(read_kpis(spaced))
    for moved in ("target: 101", "target: 100\n    guardrail: 1"):
        assert kpi_register_hash(read_kpis(KPIS.replace("target: 100", moved))) != first
    assert len(first) == 64


def test_a_target_that_moved_is_a_new_declaration():
    before = set(kpi_declarations(read_kpis(KPIS)))
    after = set(kpi_declarations(read_kpis(KPIS.replace("value: 90", "value: 80"))))
    assert {line.split(" (")[0] for line in after - before} == {"KPI revenue"}
    assert len(before & after) == 1


def test_plays_name_segments_hypotheses_and_metrics_that_there_are():
    options = {"known": KNOWN, "hypotheses": ["H1", "H2"], "metrics": OUTCOMES}
    assert playbook_faults(read_playbook(PLAYBOOK), **options) == []
    bad = PLAYBOOK.replace("S01", "S09").replace("H1", "H11").replace("revenue", "revenues")
    lines = _said(playbook_faults(read_playbook(bad, "p.yaml"), **options)).splitlines()
    assert [line.split(": ")[0] for line in lines] == ["p.yaml:3", "p.yaml:8", "p.yaml:9"]
    assert "retired in 2024Q4" in lines[0]
    assert lines[1].endswith("there is no such outcome or KPI. Did you mean revenue?")
    assert lines[2].endswith("there is no such hypothesis. Known are: H1, H2.")


def test_content_needs_a_date_and_a_segment_in_use():
    named = [references(read_content(CONTENT.replace("S01", name), "c.yaml"), "segment")
             for name in ("S01", "(all)", "S03")]  # fmt: skip
    assert [len(segment_faults(one, KNOWN)) for one in named] == [0, 0, 1]
    assert segment_faults(named[2], KNOWN)[0].where == "c.yaml:3"
    message = _fails(read_content, CONTENT.replace("2025-12-31", "soon"), "c.yaml")
    assert message == (
        'c.yaml:8: content.C1.expires = "soon", must be a date such as 2026-07-01. '
        "Correct it: the last day on which it may be shown."
    )
