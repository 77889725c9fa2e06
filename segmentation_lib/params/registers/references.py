"""Names in registers, of segments and of other things: each must be one that there is."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from segmentation_lib.faults import Fault
from segmentation_lib.params.registers.register import ALL_SEGMENTS, Entry, Reference, Register

__all__ = [
    "KnownSegment",
    "Reference",
    "known_segments",
    "name_fault",
    "name_faults",
    "references",
    "segment_faults",
]


@dataclass(frozen=True)
class KnownSegment:
    """What became of a segment.

    Attributes:
        status: ``active``, or ``retired`` when it is no longer found.
        retired_in: Period in which it was no longer found; None while it is active.
        successor: Segment that most of its customers went to, if most went to one.
        name: What it is called, where it has a name.
    """

    status: Literal["active", "retired"] = "active"
    retired_in: str | None = None
    successor: str | None = None
    name: str | None = None


def known_segments(segments: Iterable[Mapping[str, Any]]) -> dict[str, KnownSegment]:
    """Return the segments of a project by ID, retired ones too.

    Args:
        segments: What stands under ``segments`` in the artefact ``register`` (or in
            ``segments.yaml``): mappings with ``id``, ``status``, ``retired_in``, ``successor`` and
            ``name``.
    """
    return {
        str(item["id"]): KnownSegment(
            item.get("status", "active"), item.get("retired_in"), item.get("successor"),
            item.get("name"),
        )
        for item in segments
    }  # fmt: skip


def references(register: Register[Entry], *fields: str) -> list[Reference]:
    """Collect the names that entries give in some of their fields, also entries with a fault.

    Args:
        register: The register.
        *fields: Fields that hold a name, a list of names, or nothing; a dot leads into the parts
            of an entry, such as ``targets.segment``.
    """
    return [one for one in register.texts if one.field in fields]


def segment_faults(
    mentions: Iterable[Reference],
    known: Mapping[str, KnownSegment] | None,
    *,
    retired_too: bool = False,
) -> list[Fault]:
    """Return a fault for each mention of a segment that there is not, or no longer.

    Args:
        mentions: Mentions of segments; ``(all)`` is none.
        known: All segments the project ever had, by ID; None before the first were made, and then
            nobody can say that one is unknown.
        retired_too: Whether a segment that is no longer found may be named, as in what its
            customers said at the time.
    """
    found = []
    for one in mentions:
        if known is None or one.name == ALL_SEGMENTS:
            continue
        segment = known.get(one.name)
        if segment is None:
            fix = _there_are(known)
            found.append(
                Fault(one.where, f"{one.spot} = {one.name}", "there is no such segment", fix)
            )
        elif segment.status == "retired" and not retired_too:
            found.append(_retired(one, segment, known))
    return found


def name_faults(
    mentions: Iterable[Reference], known: Collection[str] | None, *, kind: str
) -> list[Fault]:
    """Return a fault for each mention of a name that there is not.

    Args:
        mentions: Mentions of names.
        known: Names that there are; None if that is not known.
        kind: What the names are of, such as ``hypothesis``.
    """
    return [
        name_fault(one.where, one.spot, one.name, known, kind=kind)
        for one in mentions
        if known is not None and one.name not in known
    ]


def name_fault(where: str, spot: str, name: str, known: Iterable[str], *, kind: str) -> Fault:
    """Return the fault of a name that there is not, with the one that may be meant.

    Another number is no spelling mistake: for ``H12`` nobody is sent to ``H11``.

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
    >>> name_fault("playbook.yaml:9", "playbook.P1.hypothesis", "H12", ["H01", "H11"],
    ...            kind="hypothesis").fix
    'Known are: H01, H11.'
    """
    names = sorted(known)
    alike = [one for one in names if _numbers(one) == _numbers(name)]
    close = difflib.get_close_matches(name, alike, n=1)
    listed = f"Known are: {', '.join(names)}." if names else "There is none yet; remove the entry."
    fix = f"Did you mean {close[0]}?" if close else listed
    return Fault(where, f"{spot} = {name}", f"there is no such {kind}", fix)


def _numbers(name: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", name)]


def _retired(one: Reference, segment: KnownSegment, known: Mapping[str, KnownSegment]) -> Fault:
    then = f"in {segment.retired_in}" if segment.retired_in else "in an earlier period"
    went = "Name a segment in use, or remove the entry."
    if segment.successor:
        heir = _titled(segment.successor, known)
        went = f"Most of its customers went to {heir}; name that one, or remove the entry."
    return Fault(
        one.where,
        f"{one.spot} = {one.name}",
        f"the segment was retired {then} and its ID is never used again",
        went,
    )


def _there_are(known: Mapping[str, KnownSegment]) -> str:
    """Say which segments there are, with their names, and which are retired and since when."""
    used = [_titled(one, known) for one in sorted(known) if known[one].status == "active"]
    gone = [
        _titled(one, known) + (f" since {segment.retired_in}" if segment.retired_in else "")
        for one, segment in sorted(known.items())
        if segment.status == "retired"
    ]
    said = f"In use are {', '.join(used)}." if used else "None is in use yet; remove the entry."
    return f"{said} Retired: {', '.join(gone)}." if gone else said


def _titled(one: str, known: Mapping[str, KnownSegment]) -> str:
    name = known[one].name if one in known else None
    return f"{one} ({name})" if name else one
