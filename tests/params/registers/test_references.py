"""Segments that registers name: in use, unknown, retired."""

from __future__ import annotations

import pytest

from segmentation_lib.params.registers import (
    KnownSegment,
    Reference,
    known_segments,
    read_playbook,
    references,
    segment_faults,
)
from segmentation_lib.params.registers.references import name_fault, name_faults

KNOWN = known_segments(
    [
        {"id": "S01", "status": "active", "retired_in": None, "successor": None},
        {"id": "S03", "status": "active", "name": "Bargain hunters"},
        {"id": "S12", "status": "retired", "retired_in": "2025Q1", "successor": "S03"},
        {"id": "S40", "status": "retired", "retired_in": None, "successor": None, "name": "Gone"},
    ]
)
PLAY = """\
playbook:
  - id: P1
    segment: {segment}
    trigger: t
    message: m
    channel: c
    owner: o
    metric: revenue
    hypothesis: H1
"""


def _said(*ids: str, **options) -> list[str]:
    mentions = [Reference(name, f"f.yaml:{i}") for i, name in enumerate(ids, 1)]
    return [str(fault) for fault in segment_faults(mentions, KNOWN, **options)]


def test_segments_in_use_pass():
    assert _said("S01", "S03", "(all)") == []
    assert KNOWN["S12"] == KnownSegment("retired", "2025Q1", "S03")


def test_an_unknown_segment_says_which_there_are_and_sends_nobody_to_another_number():
    for name in ("S04", "S30", "S33"):
        assert _said(name) == [
            f"f.yaml:1: segment = {name}, there is no such segment. In use are S01, "
            "S03 (Bargain hunters). Retired: S12 since 2025Q1, S40 (Gone)."
        ]
    (fault,) = segment_faults([Reference("S09", "f.yaml:1")], {"S01": KnownSegment(name="Loyal")})
    assert fault.fix == "In use are S01 (Loyal)."
    (fault,) = segment_faults([Reference("S09", "f.yaml:1")], {})
    assert fault.fix == "None is in use yet; remove the entry."


def test_before_the_first_segments_none_is_unknown():
    assert segment_faults([Reference("S09", "f.yaml:1")], None) == []


def test_a_retired_segment_says_when_and_where_its_customers_went():
    assert _said("S12") == [
        "f.yaml:1: segment = S12, the segment was retired in 2025Q1 and its ID is never used "
        "again. Most of its customers went to S03 (Bargain hunters); name that one, or remove the "
        "entry."
    ]
    assert _said("S40") == [
        "f.yaml:1: segment = S40, the segment was retired in an earlier period and its ID is never "
        "used again. Name a segment in use, or remove the entry."
    ]
    assert _said("S12", "S40", retired_too=True) == []


def test_all_faults_are_listed_at_once():
    assert len(_said("S01", "S12", "S99", "S40")) == 3


def test_references_carry_their_line():
    playbook = read_playbook(PLAY.format(segment="S12"), "p.yaml")
    assert references(playbook, "segment") == [
        Reference("S12", "p.yaml:3", "playbook.P1.segment", "segment")
    ]


@pytest.mark.parametrize(
    ("name", "known", "fix"),
    [
        ("revenu", ["orders", "revenue"], "Did you mean revenue?"),
        ("H1", ["H01", "H11"], "Did you mean H01?"),
        ("EXP-02", ["EXP-001", "EXP-002"], "Did you mean EXP-002?"),
        ("H12", ["H01", "H11"], "Known are: H01, H11."),
        ("H1", [], "There is none yet; remove the entry."),
    ],
)
def test_a_name_is_taken_for_a_near_one_unless_its_number_is_another(name, known, fix):
    assert name_fault("f.yaml:2", "spot", name, known, kind="thing").fix == fix


def test_names_are_not_looked_up_where_they_are_not_known():
    mention = Reference("H1", "f.yaml:2", "playbook.P1.hypothesis")
    assert name_faults([mention], None, kind="hypothesis") == []
    assert [str(fault) for fault in name_faults([mention], ["A"], kind="hypothesis")] == [
        "f.yaml:2: playbook.P1.hypothesis = H1, there is no such hypothesis. Known are: A."
    ]


@pytest.mark.parametrize(
    ("given", "fix"),
    [("s1", "Write it as S01."), ("S7", "Write it as S07."), ("S 012", "Write it as S12."),
     ("bargain", "Correct it: permanent ID of the segment it is for.")],
)  # fmt: skip
def test_an_id_that_is_not_written_as_one_says_how(given, fix):
    found = read_playbook.tolerant(PLAY.format(segment=given), "p.yaml")
    assert [str(fault) for fault in found.faults] == [
        f'p.yaml:3: playbook.P1.segment = "{given}", must be the permanent ID of a segment, such '
        f"as S01. {fix}"
    ]
    # It is not looked up as well.
    assert references(found, "segment") == []
    assert [one.name for one in references(found, "hypothesis")] == ["H1"]
