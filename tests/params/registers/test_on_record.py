"""All segments a project ever had: what people adopted, and what the run found."""

from __future__ import annotations

import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.registers import KnownSegment
from segmentation_lib.params.registers.on_record import segments_on_record

RUN = {
    "period": "2025Q3",
    "segments": [{"id": "S01", "status": "active"}, {"id": "S02", "status": "active"}],
}


def adopted(*lines: str) -> str:
    return "segments:\n" + "".join(f"  - {{{line}}}\n" for line in lines)


def test_before_the_first_run_there_is_none():
    assert segments_on_record(None) is None
    assert segments_on_record(None, "segments: []\n") is None


def test_a_segment_that_a_person_retired_is_retired_also_where_the_run_finds_it():
    gone = KnownSegment("retired", "2025Q3", "S02")
    text = adopted("id: S01, status: retired, retired_in: 2025Q3, successor: S02")
    assert segments_on_record(RUN, text) == {"S01": gone, "S02": KnownSegment()}
    # Without a quarter it was retired by hand.
    text = adopted("id: S01, status: retired")
    assert segments_on_record(RUN, text) == {"S01": KnownSegment("retired"), "S02": KnownSegment()}


def test_an_older_quarter_still_uses_what_was_retired_since():
    text = adopted("id: S01, status: retired, retired_in: 2025Q4", "id: S03, status: active")
    assert segments_on_record(RUN, text) == {
        "S01": KnownSegment(), "S02": KnownSegment(), "S03": KnownSegment(),
    }  # fmt: skip
    # The quarter that is checked counts, not the one whose register is at hand.
    found = segments_on_record(RUN, text, period="2025Q4")
    assert found is not None
    assert found["S01"] == KnownSegment("retired", "2025Q4")


def test_what_the_run_no_longer_finds_is_retired_though_it_is_adopted():
    run = {"period": "2025Q3", "segments": [
        {"id": "S01", "status": "retired", "retired_in": "2025Q3", "successor": "S02"},
    ]}  # fmt: skip
    assert segments_on_record(run, adopted("id: S01, status: active, name: Loyal")) == {
        "S01": KnownSegment("retired", "2025Q3", "S02", "Loyal")
    }


def test_the_name_that_people_gave_counts_before_the_suggested_one():
    found = segments_on_record(
        RUN, adopted("id: S01, status: active, name: Loyal"), names={"S01": "App", "S02": "Rare"}
    )
    assert found == {"S01": KnownSegment(name="Loyal"), "S02": KnownSegment(name="Rare")}


def test_an_adopted_segment_without_its_id_is_refused_with_its_line():
    with pytest.raises(ParameterError) as caught:
        segments_on_record(RUN, adopted("id: S01, status: active", "name: Loyal"))
    assert str(caught.value) == (
        "segments.yaml:3: segments.1 has no id, every segment has its permanent ID, as it was "
        "adopted. Add it, or restore the file from version control."
    )
    assert segments_on_record(RUN, "segments: S01\n") == segments_on_record(RUN)
