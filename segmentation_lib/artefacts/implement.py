"""What implement writes: the files for operations, and what is proposed."""

from __future__ import annotations

from collections.abc import Mapping

from segmentation_lib.artefacts.artefact import NUMBER as _N
from segmentation_lib.artefacts.artefact import TEXT as _T
from segmentation_lib.artefacts.artefact import Artefact, Kind

__all__ = ["IMPLEMENT"]

_EVENTS: Mapping[str, Kind] = {
    "external_id": _T,
    "segment_id": _T,
    "event": _T,
    "at": _T,
    "reason": _T,
    "from_id": _T,
}

IMPLEMENT: Mapping[str, Artefact] = {
    "crm": Artefact(
        "implement",
        "exports/crm.csv",
        {"external_id": _T, "segment_id": _T, "segment_name": _T, "segment_version": _T,
         "previous_segment_id": _T, "movement": _T, "assigned_on": _T, "valid_until": _T,
         "confidence": _N, "second_segment_id": _T, "lifecycle_state": _T, "value_tier": _T,
         "model_hash": _T},
        ("external_id",),
    ),
    "crm_manifest": Artefact("implement", "exports/crm.manifest.json"),
    "crm_delta": Artefact(
        "implement", "exports/crm_delta.csv",
        {"action": _T, "external_id": _T, "segment_id": _T, "model_hash": _T}, ("external_id",),
    ),
    "crm_renewed": Artefact(
        "implement", "exports/crm_renewed.csv", {"external_id": _T, "model_hash": _T},
        ("external_id",),
    ),
    "crm_dialects": Artefact("implement", "exports/dialects/"),
    "membership_events": Artefact("implement", "membership_events.parquet", _EVENTS),
    "membership_export": Artefact("implement", "exports/membership_events.csv", _EVENTS),
    "audiences": Artefact(
        "implement",
        "audiences.csv",
        {"segment_id": _T, "rule": _T, "kappa": _N, "customers": _N, "picked": _N, "found": _N,
         "precision": _N, "precision_low": _N, "precision_high": _N, "recall": _N,
         "recall_low": _N, "recall_high": _N, "next_customers": _N, "next_picked": _N,
         "next_found": _N, "next_precision": _N, "next_recall": _N, "verdict": _T},
        ("segment_id",),
    ),
    "audience_files": Artefact("implement", "exports/audiences/"),
    "audience_overlap": Artefact(
        "implement", "audience_overlap.csv", {"winner": _T, "loser": _T, "customers": _N},
        ("winner", "loser"),
    ),
    "migration": Artefact(
        "implement",
        "migration.csv",
        {"from_segment_id": _T, "to_segment_id": _T, "customers": _N, "share": _N, "value": _N,
         "value_share": _N},
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
    "data_map": Artefact(
        "implement",
        "data_map.csv",
        {"table": _T, "source": _T, "column": _T, "role": _T, "goes_to": _T, "read_by": _T,
         "kept_days": _N},
        ("table", "column"),
    ),
    "trend_history": Artefact(
        "implement",
        "trend_history.csv",
        {"period": _T, "opens": _T, "segment_id": _T, "measure": _T, "unit": _T, "value": _N,
         "low": _N, "high": _N, "customers": _N},
        ("period", "segment_id", "measure"),
    ),
    "trend_changes": Artefact(
        "implement", "trend_changes.csv", {"segment_id": _T, "measure": _T, "change": _T},
        ("segment_id", "measure"),
    ),
    "dashboard": Artefact("implement", "dashboard.json"),
    "areas": Artefact("implement", "areas.json"),
    "area_actions": Artefact(
        "implement",
        "area_actions.csv",
        {"area": _T, "order": _N, "segment_id": _T, "action": _T, "why": _T, "grade": _T,
         "owner": _T, "due": _T, "measure": _T},
        ("area", "order"),
    ),
    "council": Artefact("implement", "council.json"),
    "checklist": Artefact(
        "implement",
        "checklist.csv",
        {"step": _N, "title": _T, "done": "flag", "why": _T, "href": _T},
        ("step",),
    ),
    "proposed_segments": Artefact("implement", "proposed/segments.yaml"),
    "proposed_model": Artefact("implement", "proposed/model.json"),
}  # fmt: skip
