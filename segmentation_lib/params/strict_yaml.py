"""A YAML reader that guesses nothing: no duplicate keys, no silent dates, no NO for False.

Plain scalars follow the core schema of YAML 1.2: ``true`` and ``false`` are the only booleans,
dates and times stay text, ``1e-3`` is a number and ``007`` is text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from segmentation_lib.faults import Fault, ParameterError

__all__ = ["Document", "Path", "read_yaml"]

Path = tuple[str | int, ...]

_SCALARS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("null", re.compile(r"(?:~|null|Null|NULL)?\Z")),
    ("bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z")),
    ("int", re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")),
    (
        "float",
        re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z"),
    ),
)


@dataclass(frozen=True)
class Document:
    """A YAML document as plain values, with the line of every value.

    Attributes:
        values: Nested dicts, lists and scalars.
        lines: Line number, counted from 1, for the path of each key.
    """

    values: Any
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int | None:
        """Return the line of ``path``, or of the nearest enclosing value that has one."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None


def read_yaml(text: str, name: str) -> Document:
    """Read one YAML document strictly.

    Args:
        text: The YAML text.
        name: Name of the file, used in faults.

    Returns:
        The values and their lines.

    Raises:
        ParameterError: The text is not YAML, a key stands twice in one mapping, or a key is
            not text. All such faults are listed at once.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ParameterError(
            [
                Fault(
                    f"{name}:{line}",
                    f"not readable as YAML ({error.problem or error})",
                    "a parameter file must be valid YAML",
                    "Check indentation, quotes and colons near this line.",
                )
            ]
        ) from error
    lines: dict[Path, int] = {(): 1}
    faults: list[Fault] = []
    values = None if node is None else _value(node, (), name, lines, faults)
    if faults:
        raise ParameterError(faults)
    return Document(values, lines)


def _value(
    node: yaml.Node, path: Path, name: str, lines: dict[Path, int], faults: list[Fault]
) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, name, lines, faults)
    if isinstance(node, yaml.SequenceNode):
        items = []
        for index, item in enumerate(node.value):
            lines[(*path, index)] = item.start_mark.line + 1
            items.append(_value(item, (*path, index), name, lines, faults))
        return items
    return _scalar(node)


def _mapping(
    node: yaml.MappingNode, path: Path, name: str, lines: dict[Path, int], faults: list[Fault]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
        if key is None or key == "<<":
            faults.append(
                Fault(
                    f"{name}:{line}",
                    "a key that is not plain text",
                    "keys must be words",
                    "Write the key as a word; merges (<<) are not read.",
                )
            )
            continue
        here = (*path, key)
        if key in values:
            dotted = ".".join(map(str, here))
            faults.append(
                Fault(
                    f"{name}:{line}",
                    f"{dotted} stands twice (first in line {lines[here]})",
                    "a key may stand once in a mapping",
                    "Remove one of the two.",
                )
            )
            continue
        lines[here] = line
        values[key] = _value(value_node, here, name, lines, faults)
    return values


def _scalar(node: yaml.Node) -> Any:
    text: str = node.value
    if not isinstance(node, yaml.ScalarNode) or node.style is not None:
        return text
    kind = next((kind for kind, pattern in _SCALARS if pattern.match(text)), "str")
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int":
        return int(text)
    if kind == "float":
        return float(text)
    return text
