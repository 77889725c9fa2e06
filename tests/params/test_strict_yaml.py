"""The strict YAML reader guesses nothing."""

from __future__ import annotations

import pytest

from segmentation_lib.faults import ParameterError
from segmentation_lib.params.strict_yaml import read_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("FALSE", False),
        ("2025-09-31", "2025-09-31"),
        ("12:30:00", "12:30:00"),
        ("1e-3", 0.001),
        ("1.10", 1.1),
        (".5", 0.5),
        ("-7", -7),
        ("007", "007"),
        ("0", 0),
        ("~", None),
        ("", None),
        ("'12'", "12"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
    ],
)
def test_plain_scalars_follow_the_core_schema(text: str, value: object) -> None:
    read = read_yaml(f"key: {text}\n", "f.yaml").values["key"]
    assert read == value
    assert type(read) is type(value)


def test_lines_of_keys_and_list_items() -> None:
    document = read_yaml("a:\n  b: 1\n  c:\n    - x\n    - y\n", "f.yaml")
    assert document.values == {"a": {"b": 1, "c": ["x", "y"]}}
    assert document.line(("a", "b")) == 2
    assert document.line(("a", "c", 1)) == 5
    assert document.line(("a", "b", "deeper")) == 2
    assert document.line(("nowhere",)) == 1


def test_every_duplicate_key_is_listed_with_both_lines() -> None:
    with pytest.raises(ParameterError) as caught:
        read_yaml("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n", "f.yaml")
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("f.yaml:4: b.c stands twice (first in line 3)")
    assert lines[1].startswith("f.yaml:5: a stands twice (first in line 1)")
    assert len(lines) == 2


@pytest.mark.parametrize("text", ["a: [1, 2\n", "a: b: c\n", "\tx: 1\n"])
def test_broken_yaml_names_the_line(text: str) -> None:
    with pytest.raises(ParameterError, match=r"f\.yaml:\d+: not readable as YAML"):
        read_yaml(text, "f.yaml")


@pytest.mark.parametrize("text", ["? [a, b]\n: 1\n", "a: &x {b: 1}\nc:\n  <<: *x\n"])
def test_keys_must_be_words(text: str) -> None:
    with pytest.raises(ParameterError, match="a key that is not plain text"):
        read_yaml(text, "f.yaml")
