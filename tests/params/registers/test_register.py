"""Registers are read strictly: unknown keys, lines, IDs that stand twice."""

from __future__ import annotations

import pytest
from pydantic import Field

from segmentation_lib.faults import Fault, ParameterError
from segmentation_lib.params.registers import Entry, Reference, Register, RegisterReader, references
from segmentation_lib.params.section import Section


class Part(Section):
    """A part of a thing."""

    amount: float = Field(ge=0, description="How much.")


class Thing(Entry):
    """A thing that somebody answers for."""

    owner: str = Field(description="Who answers for it.")
    parts: tuple[Part, ...] = Field(default=(), description="Its parts.")


def _no_empty_owner(register: Register[Thing]) -> list[Fault]:
    return [
        Fault(register.where(place, "owner"), register.spot(place, "owner"), "is nobody", "Ask.")
        for place, thing in enumerate(register)
        if thing.owner == "nobody"
    ]


read_things = RegisterReader("things", Thing, _no_empty_owner)


def _read(text: str | None) -> Register[Thing]:
    return read_things(text, "f.yaml")


def _message(text: str) -> str:
    with pytest.raises(ParameterError) as error:
        _read(text)
    return str(error.value)


def test_entries_keep_their_order_and_lines():
    found = _read("things:\n  - id: b\n    owner: x\n  - id: a\n    owner: y\n    parts:\n")
    assert found.ids == ("b", "a")
    assert [entry.parts for entry in found] == [(), ()]
    assert found.where(1, "owner") == "f.yaml:5"
    assert found.spot(1, "owner") == "things.a.owner"


@pytest.mark.parametrize("text", [None, "", "# nothing yet\n", "things:\n", "things: []\n"])
def test_an_empty_file_has_no_entries(text):
    assert len(_read(text)) == 0


def test_an_unknown_key_says_what_may_be_meant():
    assert _message("things:\n  - id: a\n    onwer: x\n    owner: x\n") == (
        "f.yaml:3: things.a.onwer is given, there is no such key. Did you mean owner?"
    )
    nested = _message("things:\n  - id: a\n    owner: x\n    parts:\n      - amuont: 1\n")
    assert "f.yaml:5: things.a.parts.0.amuont is given" in nested
    assert "Did you mean amount?" in nested
    assert "zzz is given" in _message("things:\n  - id: a\n    owner: x\n    zzz:\n")


def test_a_missing_value_says_what_it_is():
    assert _message("things:\n  - id: a\n    owner:\n") == (
        "f.yaml:3: things.a.owner is missing, it has no default. Add it: who answers for it."
    )


def test_an_id_stands_once():
    text = "things:\n  - id: a\n    owner: x\n  - id: a\n    owner: y\n"
    assert _message(text) == (
        "f.yaml:4: things.1.id = a stands twice "
        "(first in line 2), an id names one entry. Give one of the two another id."
    )


def test_all_faults_are_listed_with_lines():
    text = "things:\n  - id: 1a\n    owner: x\n    parts: [{amount: -1}]\n  - owner: 7\n    id: c\n"
    assert _message(text).splitlines() == [
        'f.yaml:2: things.1a.id = "1a", must start with a letter and hold letters, digits, _ and - '
        "only. Correct it: name of the entry, never given to another one.",
        "f.yaml:4: things.1a.parts.0.amount = -1, must be at least 0. Correct it: how much.",
        "f.yaml:5: things.c.owner = 7, must be text. Correct it: who answers for it.",
    ]


def test_a_faulty_entry_hides_neither_the_rules_nor_the_names_of_others():
    text = (
        "things:\n  - {id: a, owner: 7, parts: []}\n  - {id: b, owner: nobody}\n"
        "  - {id: 9, owner: S09}\n"
    )
    found = read_things.tolerant(text, "f.yaml")
    assert (found.ids, found.left_out, found.named) == (("b",), ("a",), ("b", "a"))
    # Lines are those of the file, also after an entry that was left out.
    assert found.where(0, "owner") == "f.yaml:3"
    assert [str(fault) for fault in found.faults] == [
        "f.yaml:2: things.a.owner = 7, must be text. Correct it: who answers for it.",
        "f.yaml:4: things.2.id = 9, must be text. "
        "Correct it: name of the entry, never given to another one.",
        "f.yaml:3: things.b.owner, is nobody. Ask.",
    ]
    assert references(found, "owner") == [
        Reference("nobody", "f.yaml:3", "things.b.owner", "owner"),
        Reference("S09", "f.yaml:4", "things.2.owner", "owner"),
    ]
    with pytest.raises(ParameterError) as error:
        read_things(text, "f.yaml")
    assert set(error.value.faults) == set(found.faults)


def test_a_file_that_is_no_list_says_nothing_of_what_it_names():
    found = read_things.tolerant("things: [", "f.yaml")
    assert (found.named, len(found), len(found.faults)) == (None, 0, 1)
    assert read_things.tolerant("thigns:\n  - id: a\n").faults[0].where == "things.yaml:1"
    assert read_things.tolerant(None).named == ()


def test_the_top_key_is_one():
    assert _message("thigns:\n  - id: a\n") == (
        "f.yaml:1: top level holds thigns, the file has the single top key things. "
        "Put everything under `things:`, indented by two spaces."
    )
    assert _message("things:\n  id: a\n") == (
        "f.yaml:1: things is not a list, it must be a list of entries, each with an id. "
        "Start each entry with `- id: `."
    )
    assert _message("things:\n  - a\n") == (
        'f.yaml:2: things.0 = "a", must be a mapping of keys to values. '
        "Start it with `- id: ` and put its other keys under that, one a line."
    )
