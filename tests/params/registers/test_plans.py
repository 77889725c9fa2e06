"""Hypotheses, KPIs, playbook and content as files: what is refused, what is declared."""

from __future__ import annotations

import pathlib

import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.registers import (
    KnownSegment,
    check_content,
    check_hypotheses,
    check_kpis,
    check_playbook,
    claim_hash,
    hypothesis_declarations,
    kpi_declarations,
    kpi_register_hash,
    read_content,
    read_hypotheses,
    read_kpis,
    read_playbook,
)

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


def test_a_test_says_what_it_needs():
    wrong = {
        "    test: experiment\n": "must name its experiment",
        "    experiment: E1\n": "belong to `test: experiment`",
        "    compared_with: S01\n": "cannot be compared with itself",
        "    test: experiment\n    experiment: E1\n    compared_with: S02\n": "two arms",
    }
    for line, words in wrong.items():
        assert words in _fails(read_hypotheses, HYPOTHESIS + line, "h.yaml")


def test_hypotheses_are_checked_against_segments_and_outcomes():
    good = read_hypotheses(HYPOTHESIS)
    check_hypotheses(good, known=KNOWN, metrics=OUTCOMES)
    typo = read_hypotheses(HYPOTHESIS.replace("metric: revenue", "metric: revnue"), "h.yaml")
    message = _fails(check_hypotheses, typo, known=KNOWN, metrics=OUTCOMES)
    assert message.startswith("h.yaml:6: hypotheses.H1.metric = revnue")
    assert message.endswith("Did you mean revenue?")
    circular = _fails(check_hypotheses, good, known=KNOWN, metrics=OUTCOMES, segmenting=["revenue"])
    assert "circular" in circular
    retired = read_hypotheses(HYPOTHESIS + "    compared_with: S09\n", "h.yaml")
    message = _fails(check_hypotheses, retired, known=KNOWN, metrics=OUTCOMES)
    assert "h.yaml:9" in message
    assert "retired in 2024Q4" in message


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
    check_kpis(kpis, outcomes=OUTCOMES, segmenting=["recency"], known=KNOWN)
    message = _fails(check_kpis, kpis, outcomes=OUTCOMES, segmenting=["active"], known=KNOWN)
    assert message.startswith(
        "k.yaml:9: kpis.K2.metric = active, a feature that makes the segments"
    )
    assert "(orders, revenue)" in message


def test_unknown_kpis_and_segments_of_targets_are_refused():
    other = read_kpis(KPIS.replace("active", "activ").replace("S02", "S09"), "k.yaml")
    lines = _fails(check_kpis, other, outcomes=OUTCOMES, segmenting=[], known=KNOWN).splitlines()
    assert len(lines) == 2
    assert "k.yaml:7: kpis.K1.targets.1.segment = S09" in lines[0]
    assert lines[1].endswith("Did you mean active?")
    scores = read_kpis(KPIS.replace("metric: active", "metric: nps"), "k.yaml")
    assert "surveys" in _fails(check_kpis, scores, outcomes=OUTCOMES, segmenting=[])
    check_kpis(scores, outcomes=OUTCOMES, segmenting=[], has_scores=True)


def test_a_metric_has_one_kpi_and_a_segment_one_target():
    twice = KPIS.replace("metric: active", "metric: revenue")
    assert "k.yaml:9: kpis.K2.metric = revenue stands twice" in _fails(read_kpis, twice, "k.yaml")
    double = KPIS.replace("S02", "S01")
    assert "more than one target for S01" in _fails(read_kpis, double, "k.yaml")


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
    check_playbook(read_playbook(PLAYBOOK), **options)
    bad = PLAYBOOK.replace("S01", "S09").replace("H1", "H11").replace("revenue", "revenues")
    lines = _fails(check_playbook, read_playbook(bad, "p.yaml"), **options).splitlines()
    assert [line.split(": ")[0] for line in lines] == ["p.yaml:3", "p.yaml:8", "p.yaml:9"]
    assert "retired in 2024Q4" in lines[0]
    assert lines[1].endswith("Did you mean revenue?")
    assert lines[2].endswith("there is no such hypothesis. Did you mean H1?")


def test_content_needs_a_date_and_a_segment_in_use():
    check_content(read_content(CONTENT), known=KNOWN)
    check_content(read_content(CONTENT.replace("S01", "(all)")), known=KNOWN)
    message = _fails(read_content, CONTENT.replace("2025-12-31", "soon"), "c.yaml")
    assert "must be a date such as 2026-07-01" in message
    other = read_content(CONTENT.replace("S01", "S03"), "c.yaml")
    assert "c.yaml:3" in _fails(check_content, other, known=KNOWN)


def test_the_demo_is_a_good_example(project_root: pathlib.Path):
    folder = project_root / "params/demo"
    known = {f"S{i:02d}": KnownSegment() for i in range(1, 7)}
    metrics = ["revenue", "orders", "active", "order_value", "visited", "support_tickets", "nps"]
    texts = {name: (folder / f"{name}.yaml").read_text(encoding="utf-8")
             for name in ("hypotheses", "kpis", "playbook", "content")}  # fmt: skip
    hypotheses = read_hypotheses(texts["hypotheses"])
    check_hypotheses(hypotheses, known=known, metrics=metrics)
    check_kpis(read_kpis(texts["kpis"]), outcomes=metrics, segmenting=["recency"], known=known,
               has_scores=True)  # fmt: skip
    check_playbook(
        read_playbook(texts["playbook"]), known=known, hypotheses=hypotheses.ids, metrics=metrics
    )
    check_content(read_content(texts["content"]), known=known)
    assert all("synthetic" in text for text in texts.values())
