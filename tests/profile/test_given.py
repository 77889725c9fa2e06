"""Names that stay: those of people for good, suggestions of last quarter's cards for a time."""

from __future__ import annotations

import pytest

from segmentation_lib.cluster import RegisteredSegment, Registry
from segmentation_lib.faults import ContractError
from segmentation_lib.profile import given_names, suggested_names

PREVIOUS = {"segments": [{"id": "S01", "name": "Frequent"}, {"id": "S02", "name": "Calm"}]}


def test_peoples_names_and_last_quarters_suggestions_are_told_apart():
    adopted = Registry(
        project="demo",
        next_number=3,
        segments=(
            RegisteredSegment(id="S01", name="Regulars", first_period="2025Q1"),
            RegisteredSegment(id="S02", first_period="2025Q1"),
        ),
    )
    given = given_names(adopted.dump())
    assert given == {"S01": "Regulars"}
    assert suggested_names(PREVIOUS, given) == {"S02": "Calm"}
    assert suggested_names(PREVIOUS, {}) == {"S01": "Frequent", "S02": "Calm"}
    assert given_names(None) == suggested_names(None, {}) == {}


def test_a_register_that_is_none_is_refused():
    with pytest.raises(ContractError, match="registry"):
        given_names("segments: 3\n")
