"""The register: the same text for the same register, and permanent numbers."""

from __future__ import annotations

from datetime import date

import pytest

from segmentation_lib.cluster import RegisteredSegment, Registry
from segmentation_lib.faults import ContractError

OPEN = date(2026, 7, 1)


@pytest.fixture
def register():
    return Registry(
        project="acme",
        period="2026Q2",
        as_of=date(2026, 4, 1),
        next_number=4,
        segments=(
            RegisteredSegment(id="S01", name="Loyal", owner="Ana", first_period="2026Q1"),
            RegisteredSegment(id="S02", name="Größe: 100 %", first_period="2026Q1"),
            RegisteredSegment(
                id="S03",
                first_period="2026Q1",
                status="retired",
                retired_in="2026Q2",
                successor="S01",
            ),
        ),
    )


def test_there_and_back(register):
    assert Registry.read(register.dump()) == register
    assert register.dump() == Registry.read(register.dump()).dump()
    assert "name: 'Größe: 100 %'" in register.dump()


def test_an_empty_register_is_the_first_period():
    empty = Registry(project="acme")
    assert Registry.read(empty.dump()) == empty
    assert empty.next_number == 1
    assert empty.active == ()


def test_active_names_and_labels(register):
    assert [segment.id for segment in register.active] == ["S01", "S02"]
    assert register.names == {"S01": "Loyal", "S02": "Größe: 100 %"}
    assert [segment.label for segment in register.segments] == [
        "S01 Loyal",
        "S02 Größe: 100 %",
        "S03",
    ]


def test_advance_retires_adds_and_keeps_names(register):
    later = register.advance(
        ["S05", "S02", "S04"],
        period="2026Q3",
        as_of=OPEN,
        next_number=6,
        successors={"S01": "S02"},
    )
    by_id = later.by_id
    assert list(by_id) == ["S01", "S02", "S03", "S04", "S05"]
    assert (by_id["S01"].status, by_id["S01"].retired_in) == ("retired", "2026Q3")
    assert (by_id["S01"].successor, by_id["S01"].name) == ("S02", "Loyal")
    assert by_id["S02"] == register.by_id["S02"]
    assert by_id["S03"] == register.by_id["S03"]
    assert by_id["S05"] == RegisteredSegment(id="S05", first_period="2026Q3")
    assert (later.period, later.as_of, later.next_number) == ("2026Q3", OPEN, 6)
    assert register.by_id["S01"].status == "active"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("next_number: 4", "next_number: 3", "next_number = 3, but S03 is taken"),
        ("id: S02", "id: S01", "two segments have the same id"),
        ("id: S02", "id: Loyal", "segments.1.id"),
        ("owner: Ana", "boss: Ana", "segments.0.boss"),
        ("status: retired", "status: gone", "segments.2.status"),
    ],
)
def test_a_register_that_contradicts_itself_is_refused(register, old, new, message):
    text = register.dump().replace(old, new)
    assert text != register.dump()
    with pytest.raises(ContractError) as caught:
        Registry.read(text, name="params/acme/segments.yaml")
    assert message in str(caught.value)
    assert str(caught.value).startswith("params/acme/segments.yaml")


def test_a_fault_has_its_line(register):
    text = register.dump().replace("id: S02", "id: Loyal")
    line = text.splitlines().index("- id: Loyal") + 1
    with pytest.raises(ContractError, match=f"segments.yaml:{line}: "):
        Registry.read(text)


def test_text_that_is_no_register_is_refused():
    with pytest.raises(ContractError):
        Registry.read("just words")
    with pytest.raises(ContractError):
        Registry.parse({"project": "acme", "surprise": 1})
