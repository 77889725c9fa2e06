"""How a register is read: strictly, or as far as it can be read, with all that is wrong in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from segmentation_lib.faults import Fault, ParameterError
from segmentation_lib.params.registers.entry_faults import (
    called,
    entry_fault,
    repeated_ids,
    shape_fault,
)
from segmentation_lib.params.registers.register import Entry, Reference, Register
from segmentation_lib.params.strict_yaml import Document, Path, read_yaml

__all__ = ["RegisterReader"]

E = TypeVar("E", bound=Entry)


def _no_rules(register: Register[Any]) -> list[Fault]:
    return []


@dataclass(frozen=True)
class RegisterReader(Generic[E]):
    """Reads one kind of register: a single top key over a list of entries with unique IDs.

    Attributes:
        key: The top key, which names the file as well: ``kpis`` is in ``kpis.yaml``.
        entry: Model of an entry.
        rules: What entries owe each other; returns the faults of a register.
    """

    key: str
    entry: type[E]
    rules: Callable[[Register[E]], list[Fault]] = field(default=_no_rules)

    @property
    def file(self) -> str:
        """Name of the file."""
        return f"{self.key}.yaml"

    def __call__(self, text: str | None, name: str = "") -> Register[E]:
        """Read a register strictly.

        Args:
            text: Text of the file; None or an empty one holds no entries.
            name: Its name as people write it, used in faults.

        Raises:
            ParameterError: The text breaks a rule; all faults are listed, with lines.
        """
        register = self.tolerant(text, name)
        if register.faults:
            raise ParameterError(register.faults)
        return register

    def tolerant(self, text: str | None, name: str = "") -> Register[E]:
        """Read what can be read, so that a fault does not hide those of other entries.

        Args:
            text: Text of the file; None or an empty one holds no entries.
            name: Its name as people write it, used in faults.

        Returns:
            The entries without a fault, and the faults of the file.
        """
        name = name or self.file
        try:
            document = read_yaml(text or "", name)
        except ParameterError as error:
            return Register(self.key, name=name, faults=error.faults, readable=False)
        values = document.values
        if values is None or values == {self.key: None}:
            return Register(self.key, name=name)
        if not (
            isinstance(values, dict)
            and list(values) == [self.key]
            and isinstance(values[self.key], list)
        ):
            fault = shape_fault(values, name, self.key)
            return Register(self.key, name=name, faults=(fault,), readable=False)
        return self._entries(values[self.key], document, name)

    def _entries(self, items: list[Any], document: Document, name: str) -> Register[E]:
        entries: dict[int, E] = {}
        faults: list[Fault] = []
        wrong: set[Path] = set()
        for place, item in enumerate(items):
            try:
                given = json.dumps(_given(item, self.entry))
                entries[place] = self.entry.model_validate_json(given, strict=True)
            except ValidationError as error:
                at = (self.key, place)
                faults += [
                    entry_fault(found, document, name, at, self.entry) for found in error.errors()
                ]
                wrong |= {(place, *found["loc"]) for found in error.errors()}
        faults += repeated_ids(items, document, name, self.key)
        now_at: dict[str | int, int] = {before: now for now, before in enumerate(entries)}
        register = Register(
            self.key,
            tuple(entries.values()),
            name,
            lines={
                (now_at[path[1]], *path[2:]): line
                for path, line in document.lines.items()
                if path[:1] == (self.key,) and len(path) > 1 and path[1] in now_at
            },
            texts=tuple(
                _reference(text, path, items, document, name, self.key)
                for path, text in _texts(items, ())
                if path not in wrong
            ),
            left_out=_ids_left_out(items, {entry.id for entry in entries.values()}),
        )
        return replace(register, faults=(*faults, *self.rules(register)))


def _given(item: Any, entry: type[Entry]) -> Any:
    """Take a key without a value for a missing one, so that its default holds."""
    if not isinstance(item, dict):
        return item
    return {k: v for k, v in item.items() if v is not None or k not in entry.model_fields}


def _ids_left_out(items: list[Any], kept: set[str]) -> tuple[str, ...]:
    given = (item.get("id") for item in items if isinstance(item, dict))
    return tuple(sorted({own for own in given if isinstance(own, str)} - kept))


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Go through all texts of some plain values, each with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list | dict):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(inner, (*path, step))


def _reference(
    text: str, path: Path, items: list[Any], document: Document, name: str, key: str
) -> Reference:
    line = document.line((key, *path)) or 1
    spot = ".".join(map(str, (key, called(items, path[0]), *path[1:])))
    field = ".".join(step for step in path[1:] if isinstance(step, str))
    return Reference(text, f"{name}:{line}", spot, field)
