"""Evidence: grades in order, cells with their IDs, and faults that help."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.faults import ContractError
from segmentation_lib.profile.story import Grade, cell_evidence, quarter_evidence
from segmentation_lib.profile.story.evidence import EvidenceBook, weakest

from .frames import tables


def test_grades_are_words_in_order_of_strength():
    assert [grade.value for grade in sorted(Grade, key=lambda g: g.rank)] == [
        "experiment", "quasi-experiment", "association", "assumption", "open",
    ]  # fmt: skip
    assert [grade.earns_causes for grade in Grade] == [True, False, False, False, False]
    assert weakest([Grade.EXPERIMENT, Grade.QUASI_EXPERIMENT]) == "quasi-experiment"


def test_a_cell_becomes_evidence_with_its_place_and_unit():
    table = pd.DataFrame(
        {"segment_id": ["S01", "S02"], "mean": [0.5, np.nan], "unit": ["share"] * 2}
    )
    (record,) = cell_evidence("traits", table, {"mean": "mean"}, units={"mean": "(row)"})
    assert (record.id, record.segment_id, record.value, record.unit, record.grade) == (
        "traits:S01:mean", "S01", 0.5, "share", "association",
    )  # fmt: skip


def test_a_table_without_its_key_is_refused():
    with pytest.raises(ContractError, match="artefact words: column word is missing"):
        quarter_evidence({"words": pd.DataFrame({"segment_id": ["S01"], "shown": [True]})})


def test_a_table_nobody_knows_is_refused():
    with pytest.raises(ValueError, match=r"tables = vaule, must be among: segment_value"):
        quarter_evidence({"vaule": pd.DataFrame()})


def test_only_rows_that_say_something_are_evidence():
    book = quarter_evidence(tables())
    assert book.get("incremental:EXP-001:treatment:S01:incremental").grade is Grade.EXPERIMENT
    assert "friction:S02:delivery_slots:loop_rate" in book
    assert "friction:S01:search:loop_rate" not in book
    assert "words:S02:the:share" not in book
    assert not any("S03" in record.id for record in book)


def test_every_record_is_the_cell_it_names():
    frames = tables()
    for record in quarter_evidence(frames):
        column = frames[record.artefact][record.column]
        assert record.value in set(column), record.id


def test_the_frame_is_sorted_and_keeps_words_apart_from_numbers():
    frame = quarter_evidence(tables()).frame()
    assert list(frame["id"]) == sorted(frame["id"])
    row = frame[frame["id"] == "durable_value:S02:verdict"].iloc[0]
    assert row["text"] == "momentary"
    assert np.isnan(row["value"])


def test_an_unknown_id_is_a_fault_with_the_nearest_one():
    book = quarter_evidence(tables())
    with pytest.raises(ContractError, match=r"a\.yaml:3: .*Did you mean segment_value:S01"):
        book.get("segment_value:S01:value_indx", where="a.yaml:3")


def test_adding_does_not_change_the_book():
    book = EvidenceBook()
    more = book.add(quarter_evidence(tables()))
    assert len(book) == 0
    assert len(more) == len(quarter_evidence(tables()))
