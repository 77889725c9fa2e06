"""The proposal: names are filled in, and what people decided stays."""

from __future__ import annotations

from segmentation_lib.cluster import RegisteredSegment, Registry
from segmentation_lib.implement import proposal_sentences, propose_segments

REGISTER = Registry(
    project="demo",
    period="2025Q3",
    next_number=4,
    segments=(
        RegisteredSegment(id="S01", first_period="2025Q2"),
        RegisteredSegment(id="S02", first_period="2025Q3"),
        RegisteredSegment(id="S03", first_period="2025Q2", status="retired", retired_in="2025Q3"),
    ),
)
CARDS = {"segments": [{"id": "S01", "name": "Ours"}, {"id": "S02", "name": "Größer: 5"}]}
ADOPTED = Registry(
    project="demo",
    next_number=4,
    segments=(
        RegisteredSegment(id="S01", name="Ours", owner="Sales", first_period="2025Q2"),
        RegisteredSegment(id="S03", name="Gone", first_period="2025Q2"),
    ),
).dump()


def test_names_come_from_cards_and_owners_from_people():
    proposed = propose_segments(REGISTER.model_dump(mode="json"), CARDS, ADOPTED)
    assert [(s.id, s.name, s.owner) for s in proposed.segments] == [
        ("S01", "Ours", "Sales"),
        ("S02", "Größer: 5", None),
        ("S03", "Gone", None),
    ]
    assert [s.status for s in proposed.segments] == ["active", "active", "retired"]
    assert (proposed.period, proposed.next_number) == ("2025Q3", 4)


def test_before_the_first_adoption():
    proposed = propose_segments(REGISTER.model_dump(mode="json"), CARDS)
    assert [segment.name for segment in proposed.segments] == ["Ours", "Größer: 5", None]


def test_the_proposal_reads_back_from_its_file():
    proposed = propose_segments(REGISTER.model_dump(mode="json"), CARDS, ADOPTED)
    assert Registry.read(proposed.dump()) == proposed


def test_a_sentence_per_segment():
    proposed = propose_segments(REGISTER.model_dump(mode="json"), CARDS, ADOPTED)
    assert list(proposal_sentences(proposed)) == [
        "S01 Ours: since 2025Q2.",
        "S02 Größer: 5: since 2025Q3.",
        "S03 Gone: retired in 2025Q3.",
    ]
