"""A register: a small file of a project, a list of entries with IDs under one top key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field, ValidationError

from segmentation_lib.faults import Fault, ParameterError
from segmentation_lib.params.registers.entry_faults import (
    entry_fault,
    repeated_ids,
    shape_fault,
)
from segmentation_lib.params.section import Section
from segmentation_lib.params.strict_yaml import Path, read_yaml

__all__ = [
    "ALL_SEGMENTS",
    "Entry",
    "EntryId",
    "Register",
    "SegmentId",
    "SegmentOrAll",
    "Words",
    "read_entries",
]

ALL_SEGMENTS = "(all)"
EntryId = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]
SegmentId = Annotated[str, Field(pattern=r"^S\d{2,}$")]
SegmentOrAll = Annotated[str, Field(pattern=r"^(S\d{2,}|\(all\))$")]
Words = Annotated[str, Field(min_length=1, pattern=r"\S")]


class Entry(Section):
    """Base of the entries of all registers."""

    id: EntryId = Field(description="Name of the entry, never given to another one.")


E_co = TypeVar("E_co", bound=Entry, covariant=True)
E = TypeVar("E", bound=Entry)


@dataclass(frozen=True)
class Register(Generic[E_co]):
    """The entries of one register, and where in their file each stands.

    Attributes:
        key: The top key of the file, such as ``hypotheses``.
        entries: The entries, in the order of the file.
        name: Name of the file as people write it.
        lines: Line of each value by its path, such as ``(0, "segment")``.
    """

    key: str
    entries: tuple[E_co, ...] = ()
    name: str = "register"
    lines: Mapping[Path, int] = field(default_factory=dict)

    def __iter__(self) -> Iterator[E_co]:
        """Go through the entries in the order of the file."""
        return iter(self.entries)

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self.entries)

    @property
    def ids(self) -> tuple[str, ...]:
        """IDs of the entries, in the order of the file."""
        return tuple(entry.id for entry in self.entries)

    def where(self, *path: str | int) -> str:
        """Return the place of a value, such as ``params/demo/playbook.yaml:14``."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return f"{self.name}:{self.lines[path[:length]]}"
        return self.name

    def spot(self, place: int, *path: str | int) -> str:
        """Return the name of a value in messages, such as ``playbook.PB1.segment``."""
        return ".".join(map(str, (self.key, self.entries[place].id, *path)))


def read_entries(text: str | None, name: str, *, key: str, entry: type[E]) -> Register[E]:
    """Read a register: the single top key ``key`` over a list of entries with unique IDs.

    Args:
        text: Text of the file; None or an empty one holds no entries.
        name: Its name as people write it, used in faults.
        key: The top key.
        entry: Model of an entry.

    Raises:
        ParameterError: The text breaks a rule; all faults are listed, with lines.
    """
    if not (text or "").strip():
        return Register(key, name=name)
    document = read_yaml(text or "", name)
    values = document.values
    if values is None:
        return Register(key, name=name)
    if not isinstance(values, dict) or list(values) != [key]:
        raise ParameterError([shape_fault(values, name, key)])
    items = values[key] if values[key] is not None else []
    if not isinstance(items, list):
        raise ParameterError([shape_fault(values, name, key)])
    entries: list[E] = []
    faults: list[Fault] = []
    for place, item in enumerate(items):
        try:
            entries.append(entry.model_validate_json(json.dumps(_given(item, entry)), strict=True))
        except ValidationError as error:
            faults += [
                entry_fault(details, document, name, (key, place), entry)
                for details in error.errors()
            ]
    faults += repeated_ids(items, document, name, key)
    if faults:
        raise ParameterError(faults)
    lines = {path[1:]: line for path, line in document.lines.items() if path[:1] == (key,)}
    return Register(key, tuple(entries), name, lines)


def _given(item: Any, entry: type[Entry]) -> Any:
    """Take a key without a value for a missing one, so that its default holds."""
    if not isinstance(item, dict):
        return item
    return {k: v for k, v in item.items() if v is not None or k not in entry.model_fields}
