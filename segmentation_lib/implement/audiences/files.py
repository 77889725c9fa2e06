"""The files of the audiences: canonical rules, their schema, SQL, and two systems' filters."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from segmentation_lib.implement.audiences.hubspot import hubspot_filter
from segmentation_lib.implement.audiences.klaviyo import klaviyo_segments
from segmentation_lib.implement.audiences.rule import Audience, audience_schema

__all__ = ["audience_files"]


def audience_files(audiences: Sequence[Audience], scripts: Mapping[str, str]) -> dict[str, str]:
    """Return the files of the folder ``exports/audiences`` by name.

    Args:
        audiences: The audiences that may be used; none where no short rule is true enough.
        scripts: SQL by dialect, from `project_sql`; the exact segments are in each.

    Returns:
        ``audience.schema.json``, ``<dialect>.sql``, and for each audience ``<id>.json``,
        ``hubspot/<id>.json`` and ``klaviyo/<id>.json``. A system that cannot express a rule has
        ``cannot`` with the reason in its file.
    """
    files = {f"{dialect}.sql": text for dialect, text in scripts.items()}
    files["audience.schema.json"] = _text(audience_schema())
    for audience in audiences:
        files[f"{audience.segment_id}.json"] = audience.to_text()
        for system, write in (("hubspot", hubspot_filter), ("klaviyo", klaviyo_segments)):
            try:
                body: Any = write(audience)
            except ValueError as reason:
                body = {"cannot": str(reason)}
            files[f"{system}/{audience.segment_id}.json"] = _text(body)
    return files


def _text(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
