"""The folder of the audiences: rules, SQL, two systems' filters, their properties and values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from segmentation_lib.implement.audiences import hubspot, klaviyo
from segmentation_lib.implement.audiences.evaluate import matches
from segmentation_lib.implement.audiences.properties import (
    KEY,
    Property,
    as_loaded,
    for_import,
    value_files,
)
from segmentation_lib.implement.audiences.read_me import Loading, read_me
from segmentation_lib.implement.audiences.rule import (
    Audience,
    FieldKind,
    Source,
    audience_schema,
)

__all__ = ["audience_files"]


@dataclass(frozen=True)
class _System:
    title: str
    written: Callable[[Audience], Any]
    types: Mapping[FieldKind, str]
    steps: Sequence[str]
    cannot: Sequence[str]


_SYSTEMS: Mapping[str, _System] = {
    "hubspot": _System("HubSpot", hubspot.hubspot_filter, hubspot.TYPES, hubspot.STEPS,
                       hubspot.CANNOT_EXPRESS),
    "klaviyo": _System("Klaviyo", klaviyo.klaviyo_segments, klaviyo.TYPES, klaviyo.STEPS,
                       klaviyo.CANNOT_EXPRESS),
}  # fmt: skip


def audience_files(
    audiences: Sequence[Audience],
    scripts: Mapping[str, str],
    properties: Mapping[str, Property],
    values: pd.DataFrame,
    *,
    period: str,
    source: Source,
    names: Mapping[str, str],
) -> dict[str, str]:
    """Return the files of the folder ``exports/audiences`` by name.

    Args:
        audiences: The audiences that may be used, by priority; none where no short rule is true
            enough.
        scripts: SQL by dialect, from `project_sql`; the exact segments are in each.
        properties: What the audiences need, from `properties_of`.
        values: From `property_values`.
        period: The period of the audiences.
        source: What they are made from.
        names: Name of each segment, by its ID.

    Returns:
        ``README.md``, ``<dialect>.sql``, ``audience.schema.json``. For each audience
        ``<id>.json``, ``hubspot/<id>.json`` and ``klaviyo/<id>.json``; a system that cannot
        express a rule has ``cannot`` with the reason in its file. Where there is an audience also
        ``properties.csv`` (or parts of it), a ``properties.json`` for each system, and
        ``hubspot/create_properties.json``.
    """
    files = {f"{dialect}.sql": text for dialect, text in scripts.items()}
    files["audience.schema.json"] = _text(audience_schema())
    files |= {f"{one.segment_id}.json": one.to_text() for one in audiences}
    asked = {one.segment_id: for_import(one, properties) for one in audiences}
    loads = []
    for name, system in _SYSTEMS.items():
        bodies, refused = _written(system, asked)
        files |= {f"{name}/{segment}.json": _text(body) for segment, body in bodies.items()}
        loads.append(Loading(system.title, system.steps, system.cannot, refused))
    held = value_files(values) if audiences else {}
    if audiences:
        files |= held
        files |= {
            f"{name}/properties.json": _text(
                _listed(properties, system.types, sorted(held), source)
            )
            for name, system in _SYSTEMS.items()
        }
        body = hubspot.hubspot_properties(properties.values())
        files["hubspot/create_properties.json"] = _text(body)
    loaded = as_loaded(values, properties)
    files["README.md"] = read_me(
        audiences,
        loads,
        period=period,
        source=source,
        names=names,
        picked={segment: int(matches(one, loaded).sum()) for segment, one in asked.items()},
        values=sorted(held),
        scripts=[f"{dialect}.sql" for dialect in scripts],
    )
    return files


def _written(
    system: _System, asked: Mapping[str, Audience]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Bodies of a system by segment, and the reasons of those it cannot express."""
    bodies: dict[str, Any] = {}
    refused: dict[str, str] = {}
    for segment, audience in asked.items():
        try:
            bodies[segment] = system.written(audience)
        except ValueError as reason:
            refused[segment] = str(reason)
            bodies[segment] = {"cannot": str(reason)}
    return bodies, refused


def _listed(
    properties: Mapping[str, Property],
    types: Mapping[FieldKind, str],
    held: Sequence[str],
    source: Source,
) -> dict[str, Any]:
    """What must be there before a filter works: each property, and the column to load into it."""
    return {
        "files": list(held),
        "key": KEY,
        "values_of": source.as_of.isoformat(),
        "properties": [
            {
                "name": one.name,
                "type": types[one.kind],
                "unit": one.unit,
                "column": one.name,
                "field": one.field,
                "meaning": one.meaning,
            }
            for one in properties.values()
        ],
    }


def _text(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
