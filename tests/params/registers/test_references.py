"""Segments that registers name: in use, unknown, retired."""

from __future__ import annotations

import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.registers import (
    KnownSegment,
    Reference,
    check_segments,
    known_segments,
    read_playbook,
    segment_references,
)

KNOWN = known_segments(
    [
        {"id": "S01", "status": "active", "retired_in": None, "successor": None},
        {"id": "S03", "status": "active", "retired_in": None, "successor": None},
        {"id": "S12", "status": "retired", "retired_in": "2025Q1", "successor": "S03"},
        {"id": "S40", "status": "retired", "retired_in": None, "successor": None},
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


def _message(*ids: str) -> str:
    with pytest.raises(ParameterError) as error:
        check_segments([Reference(name, f"f.yaml:{i}") for i, name in enumerate(ids, 1)], KNOWN)
    return str(error.value)


def test_segments_in_use_pass():
    check_segments([Reference("S01", "f.yaml:1"), Reference("S03", "f.yaml:2")], KNOWN)
    assert KNOWN["S12"] == KnownSegment("retired", "2025Q1", "S03")


def test_an_unknown_segment_names_the_one_that_may_be_meant():
    assert _message("S04") in (
        "f.yaml:1: segment = S04, there is no such segment. Did you mean S01?",
        "f.yaml:1: segment = S04, there is no such segment. Did you mean S03?",
    )
    assert _message("S33").endswith("Did you mean S03?")
    assert _message("Q77").endswith("Known are: S01, S03.")


def test_a_retired_segment_says_when_and_where_its_customers_went():
    assert _message("S12") == (
        "f.yaml:1: segment = S12, the segment was retired in 2025Q1 and its ID is never used "
        "again. Most of its customers went to S03; name that one, or remove the entry."
    )
    assert "in an earlier period" in _message("S40")


def test_all_faults_are_listed_at_once():
    assert len(_message("S01", "S12", "S99", "S40").splitlines()) == 3


def test_references_carry_their_line():
    playbook = read_playbook(PLAY.format(segment="S12"), "p.yaml")
    assert segment_references(playbook, "segment") == [
        Reference("S12", "p.yaml:3", "playbook.P1.segment")
    ]
