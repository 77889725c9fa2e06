"""References to segments in registers: each must name a segment that is in use."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from segmentation_lib.faults import Fault, ParameterError
from segmentation_lib.params.registers.register import ALL_SEGMENTS, Entry, Register

__all__ = [
    "KnownSegment",
    "Reference",
    "check_segments",
    "known_segments",
    "name_fault",
    "segment_faults",
    "segment_references",
]


@dataclass(frozen=True)
class KnownSegment:
    """What became of a segment.

    Attributes:
        status: ``active``, or ``retired`` when it is no longer found.
        retired_in: Period in which it was no longer found; None while it is active.
        successor: Segment that most of its customers went to, if most went to one.
    """

    status: Literal["active", "retired"] = "active"
    retired_in: str | None = None
    successor: str | None = None


@dataclass(frozen=True)
class Reference:
    """One mention of a segment.

    Attributes:
        segment: The ID as it was written.
        where: File and line, such as ``params/demo/playbook.yaml:14``.
        spot: The value that holds it, such as ``playbook.PB1.segment``.
    """

    segment: str
    where: str
    spot: str = "segment"


def known_segments(segments: Iterable[Mapping[str, Any]]) -> dict[str, KnownSegment]:
    """Return the segments of a project by ID, retired ones too.

    Args:
        segments: What stands under ``segments`` in the artefact ``register`` (or in
            ``segments.yaml``): mappings with ``id``, ``status``, ``retired_in``, ``successor``.
    """
    return {
        str(item["id"]): KnownSegment(
            item.get("status", "active"), item.get("retired_in"), item.get("successor")
        )
        for item in segments
    }


def segment_references(register: Register[Entry], *fields: str) -> list[Reference]:
    """Collect the segments that the entries of a register name; ``(all)`` is none.

    Args:
        register: The register.
        *fields: Fields of its entries that hold an ID, a list of IDs, or nothing.
    """
    found = []
    for place, entry in enumerate(register):
        for name in fields:
            value = getattr(entry, name)
            inside: list[tuple[tuple[str | int, ...], Any]] = [((name,), value)]
            if isinstance(value, list | tuple):
                inside = [((name, number), item) for number, item in enumerate(value)]
            found += [
                Reference(item, register.where(place, *path), register.spot(place, *path))
                for path, item in inside
                if isinstance(item, str) and item != ALL_SEGMENTS
            ]
    return found


def segment_faults(
    references: Iterable[Reference], known: Mapping[str, KnownSegment]
) -> list[Fault]:
    """Return a fault for each reference to a segment that there is not, or no longer.

    Args:
        references: Mentions of segments.
        known: All segments the project ever had, by ID.
    """
    return [
        fault
        for reference in references
        if (fault := _fault(reference, known)) is not None
    ]  # fmt: skip


def check_segments(references: Iterable[Reference], known: Mapping[str, KnownSegment]) -> None:
    """Refuse references to segments that there are not, or no longer.

    Args:
        references: Mentions of segments.
        known: All segments the project ever had, by ID.

    Raises:
        ParameterError: A segment is unknown or retired; all faults are listed, with lines.
    """
    faults = segment_faults(references, known)
    if faults:
        raise ParameterError(faults)


def name_fault(where: str, spot: str, name: str, known: Iterable[str], *, kind: str) -> Fault:
    """Return the fault of a name that there is not, with the one that may be meant.

    Args:
        where: File and line.
        spot: The value that holds the name.
        name: The name.
        known: Names that there are.
        kind: What the names are of, such as ``hypothesis``.

    >>> fault = name_fault("kpis.yaml:3", "kpis.k1.metric", "revenu", ["orders", "revenue"],
    ...                    kind="outcome")
    >>> fault.rule, fault.fix
    ('there is no such outcome', 'Did you mean revenue?')
    """
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    listed = f"Known are: {', '.join(names)}." if names else "There is none yet; remove the entry."
    fix = f"Did you mean {close[0]}?" if close else listed
    return Fault(where, f"{spot} = {name}", f"there is no such {kind}", fix)


def _fault(reference: Reference, known: Mapping[str, KnownSegment]) -> Fault | None:
    segment = known.get(reference.segment)
    if segment is None:
        active = [name for name, item in known.items() if item.status == "active"]
        return name_fault(
            reference.where, reference.spot, reference.segment, active, kind="segment"
        )
    if segment.status == "active":
        return None
    then = f"in {segment.retired_in}" if segment.retired_in else "in an earlier period"
    went = f"Most of its customers went to {segment.successor}; name that one, or remove the entry."
    return Fault(
        reference.where,
        f"{reference.spot} = {reference.segment}",
        f"the segment was retired {then} and its ID is never used again",
        went if segment.successor else "Name a segment in use, or remove the entry.",
    )
