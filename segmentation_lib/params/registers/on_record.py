"""All segments a project ever had, as registers may name them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from segmentation_lib.faults import Fault, ParameterError
from segmentation_lib.params.registers.references import KnownSegment, known_segments
from segmentation_lib.params.strict_yaml import read_yaml

__all__ = ["segments_on_record"]

_QUARTER = re.compile(r"\d{4}Q[1-4]")


def segments_on_record(
    register: Mapping[str, Any] | None,
    adopted: str | None = None,
    *,
    period: str | None = None,
    names: Mapping[str, str] | None = None,
) -> dict[str, KnownSegment] | None:
    """Return all segments of a project by ID, or None where there are none yet.

    A register is written for the newest quarter. An older quarter that is run again knows less,
    so segments that were adopted since count as well. A segment is retired where either file says
    so: a person may retire one that a run still finds. Only what was retired in a quarter after
    this one is still in use in it.

    Args:
        register: The artefact ``register`` of the quarter, or of the one before it.
        adopted: Text of ``segments.yaml``, if there is one.
        period: The quarter; that of the register by default.
        names: Names of segments, where ``segments.yaml`` gives none.

    Raises:
        ParameterError: ``segments.yaml`` is not YAML, or a segment in it has no ID.
    """
    files = [item for item in (_adopted(adopted), register) if isinstance(item, Mapping)]
    lists = [known_segments(item["segments"]) for item in files if item.get("segments")]
    if not lists:
        return None
    now = period or str((register or {}).get("period") or "")
    merged: dict[str, KnownSegment] = {}
    for one in sorted({segment for known in lists for segment in known}):
        said = [known[one] for known in lists if one in known]
        gone = [item for item in said if item.status == "retired" and not _after(item, now)]
        called = [item.name for item in said if item.name] + [(names or {}).get(one)]
        last = gone[0] if gone else KnownSegment()
        merged[one] = KnownSegment(last.status, last.retired_in, last.successor, called[0])
    return merged


def _adopted(text: str | None, name: str = "segments.yaml") -> Any:
    """Return what the adopted file holds, its segments each with an ID."""
    document = read_yaml(text or "", name)
    values = document.values
    listed = values.get("segments") if isinstance(values, dict) else None
    if isinstance(listed, list):
        nameless = [
            Fault(
                f"{name}:{document.line(('segments', place))}",
                f"segments.{place} has no id",
                "every segment has its permanent ID, as it was adopted",
                "Add it, or restore the file from version control.",
            )
            for place, item in enumerate(listed)
            if not isinstance(item, dict) or not isinstance(item.get("id"), str)
        ]
        if nameless:
            raise ParameterError(nameless)
        return values
    return None


def _after(segment: KnownSegment, period: str) -> bool:
    """Tell whether a segment was retired in a quarter after this one."""
    retired = segment.retired_in or ""
    quarters = _QUARTER.fullmatch(retired) and _QUARTER.fullmatch(period)
    return bool(quarters) and retired > period
