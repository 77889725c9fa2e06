"""Owners of segments come from governance.yaml, and else from the adopted register."""

from __future__ import annotations

from segmentation_lib.cluster import RegisteredSegment, Registry
from segmentation_lib.implement.governance import owners_of, with_owners
from segmentation_lib.params.governance import read_governance
from tests.params.test_governance import TEXT

REGISTER = Registry(
    project="acme",
    next_number=5,
    segments=(
        RegisteredSegment(id="S01", first_period="2026Q1", owner="CRM team"),
        RegisteredSegment(id="S02", first_period="2026Q1", owner="App team"),
        RegisteredSegment(id="S03", first_period="2026Q1"),
        RegisteredSegment(id="S04", first_period="2026Q1", owner="Shops", status="retired"),
    ),
)
NAMED = "segment_owners: {S02: Product lead, S03: Service lead, S04: Nobody}\n  retention_days"


def test_who_is_named_in_governance_goes_before_who_was_adopted():
    governance = read_governance(TEXT.replace("retention_days", NAMED)).values
    found = with_owners(REGISTER, governance)
    assert {segment.id: segment.owner for segment in found.segments} == {
        "S01": "CRM team", "S02": "Product lead", "S03": "Service lead", "S04": "Shops",
    }  # fmt: skip
    assert REGISTER.by_id["S02"].owner == "App team"


def test_without_owners_the_register_stays_as_it_is():
    assert with_owners(REGISTER, None) == REGISTER
    assert with_owners(REGISTER, read_governance(TEXT).values) == REGISTER


def test_owners_by_id_are_those_of_segments_in_use():
    assert owners_of(REGISTER) == {"S01": "CRM team", "S02": "App team", "S03": None}
