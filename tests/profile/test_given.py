"""Names that stay: people's first, else those of last quarter's cards."""

from __future__ import annotations

import pytest

from segmentation_lib.cluster import RegisteredSegment, Registry
from segmentation_lib.faults import ContractError
from segmentation_lib.profile import given_names

PREVIOUS = {"segments": [{"id": "S01", "name": "Frequent"}, {"id": "S02", "name": "Calm"}]}


def test_peoples_names_count_before_last_quarters():
    adopted = Registry(
        project="demo",
        next_number=3,
        segments=(
            RegisteredSegment(id="S01", name="Regulars", first_period="2025Q1"),
            RegisteredSegment(id="S02", first_period="2025Q1"),
        ),
    )
    assert given_names(PREVIOUS, adopted.dump()) == {"S01": "Regulars", "S02": "Calm"}
    assert given_names(PREVIOUS, None) == {"S01": "Frequent", "S02": "Calm"}
    assert given_names(None, None) == {}


def test_a_register_that_is_none_is_refused():
    with pytest.raises(ContractError, match="registry"):
        given_names(None, "segments: 3\n")
