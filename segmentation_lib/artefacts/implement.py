"""What implement writes: the files for operations, and what is proposed."""

from __future__ import annotations

from collections.abc import Mapping

from segmentation_lib.artefacts.artefact import NUMBER as _N
from segmentation_lib.artefacts.artefact import TEXT as _T
from segmentation_lib.artefacts.artefact import Artefact

__all__ = ["IMPLEMENT"]

IMPLEMENT: Mapping[str, Artefact] = {
    "crm": Artefact("implement", "exports/crm.csv", {"external_id": _T, "segment_id": _T},
                    ("external_id",)),
    "migration": Artefact(
        "implement",
        "migration.csv",
        {"from_segment_id": _T, "to_segment_id": _T, "customers": _N, "share": _N},
        ("from_segment_id", "to_segment_id"),
    ),
    "kpi_baseline": Artefact(
        "implement",
        "kpi_baseline.csv",
        {"segment_id": _T, "kpi": _T, "value": _N, "low": _N, "high": _N, "customers": _N},
        ("segment_id", "kpi"),
    ),
    "actions": Artefact(
        "implement",
        "actions.csv",
        {"order": _N, "segment_id": _T, "action": _T, "why": _T, "grade": _T},
        ("order",),
    ),
    "summary": Artefact("implement", "summary.json"),
    "proposed_segments": Artefact("implement", "proposed/segments.yaml"),
    "proposed_model": Artefact("implement", "proposed/model.json"),
}  # fmt: skip
