"""A register: a small file of a project, a list of entries with IDs under one top key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Generic, TypeVar

from pydantic import Field

from segmentation_lib.faults import Fault
from segmentation_lib.params.section import Section
from segmentation_lib.params.segment_id import ALL_SEGMENTS, SegmentId, SegmentOrAll
from segmentation_lib.params.strict_yaml import Path

__all__ = [
    "ALL_SEGMENTS",
    "Entry",
    "EntryId",
    "Reference",
    "Register",
    "SegmentId",
    "SegmentOrAll",
    "Words",
]

EntryId = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$")]
Words = Annotated[str, Field(min_length=1, pattern=r"\S")]


class Entry(Section):
    """Base of the entries of all registers."""

    id: EntryId = Field(description="Name of the entry, never given to another one.")


@dataclass(frozen=True)
class Reference:
    """One mention of a segment or of something else that has a name.

    Attributes:
        name: The name as it was written.
        where: File and line, such as ``params/demo/playbook.yaml:14``.
        spot: The value that holds it, such as ``kpis.K1.targets.0.segment``.
        field: The field of an entry, such as ``targets.segment``.
    """

    name: str
    where: str
    spot: str = "segment"
    field: str = "segment"


E_co = TypeVar("E_co", bound=Entry, covariant=True)


@dataclass(frozen=True)
class Register(Generic[E_co]):
    """The entries of one register, and where in their file each stands.

    Attributes:
        key: The top key of the file, such as ``hypotheses``.
        entries: The entries, in the order of the file.
        name: Name of the file as people write it.
        lines: Line of each value by its path, such as ``(0, "segment")``.
        texts: All texts of all entries, also of those that were left out, as names they may be.
        faults: What is wrong with the file; none where it was read strictly.
        left_out: IDs of entries that were left out because of a fault.
        readable: Whether there is a list of entries in the file at all.
    """

    key: str
    entries: tuple[E_co, ...] = ()
    name: str = "register"
    lines: Mapping[Path, int] = field(default_factory=dict)
    texts: tuple[Reference, ...] = ()
    faults: tuple[Fault, ...] = ()
    left_out: tuple[str, ...] = ()
    readable: bool = True

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

    @property
    def named(self) -> tuple[str, ...] | None:
        """IDs that other entries may name, also of entries with a fault; None if not readable.

        An entry with a fault is there, so whoever names it is not to blame.
        """
        return (*self.ids, *self.left_out) if self.readable else None

    def where(self, *path: str | int) -> str:
        """Return the place of a value, such as ``params/demo/playbook.yaml:14``."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return f"{self.name}:{self.lines[path[:length]]}"
        return self.name

    def spot(self, place: int, *path: str | int) -> str:
        """Return the name of a value in messages, such as ``playbook.PB1.segment``."""
        return ".".join(map(str, (self.key, self.entries[place].id, *path)))
