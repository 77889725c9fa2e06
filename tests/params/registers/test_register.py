"""Registers are read strictly: unknown keys, lines, IDs that stand twice."""

from __future__ import annotations

import pytest
from pydantic import Field

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.registers import Entry, Register, read_entries
from segmentation_lib.params.section import Section


class Part(Section):
    """A part of a thing."""

    amount: float = Field(ge=0, description="How much.")


class Thing(Entry):
    """A thing that somebody answers for."""

    owner: str = Field(description="Who answers for it.")
    parts: tuple[Part, ...] = Field(default=(), description="Its parts.")


def _read(text: str) -> Register[Thing]:
    return read_entries(text, "f.yaml", key="things", entry=Thing)


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
    lines = _message(text).splitlines()
    assert [line.split(": ")[0] for line in lines] == ["f.yaml:2", "f.yaml:4", "f.yaml:5"]
    assert "must start with a letter" in lines[0]
    assert "must be at least 0" in lines[1]
    assert "must be text" in lines[2]


def test_the_top_key_is_one():
    assert "single top key things" in _message("thigns:\n  - id: a\n")
    assert "must be a list of entries" in _message("things:\n  id: a\n")
    assert "must be a mapping" in _message("things:\n  - a\n")
