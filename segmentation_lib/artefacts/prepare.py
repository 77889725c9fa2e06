"""What prepare writes: features, outcomes, records, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping

from segmentation_lib.artefacts.artefact import NUMBER as _N
from segmentation_lib.artefacts.artefact import TEXT as _T
from segmentation_lib.artefacts.artefact import Artefact

__all__ = ["PREPARE"]

PREPARE: Mapping[str, Artefact] = {
    "features_open": Artefact(
        "prepare", "features_open.parquet", {"customer_id": _T, "state": _T}, ("customer_id",)
    ),
    "features_close": Artefact(
        "prepare", "features_close.parquet", {"customer_id": _T, "state": _T}, ("customer_id",)
    ),
    "features_still": Artefact(
        "prepare",
        "features_still.parquet",
        {"customer_id": _T, "moment": _T, "state": _T},
        ("customer_id", "moment"),
    ),
    "outcomes": Artefact("prepare", "outcomes.parquet", {"customer_id": _T}, ("customer_id",)),
    "identities": Artefact(
        "prepare", "identities.parquet", {"customer_id": _T, "linked_to": _T}, ("customer_id",)
    ),
    "consent": Artefact(
        "prepare", "consent.parquet", {"customer_id": _T, "marketing_consent": "flag"},
        ("customer_id",),
    ),
    "contacts": Artefact("prepare", "contacts.parquet", {"customer_id": _T}, ("customer_id",)),
    "purchase_days": Artefact(
        "prepare", "purchase_days.parquet", {"customer_id": _T, "day": "any", "spend": _N},
        ("customer_id", "day"),
    ),
    "ledger": Artefact(
        "prepare",
        "ledger.parquet",
        {"customer_id": _T, "quarters_back": _N, "kind": _T, "amount": _N, "complete": "flag"},
        ("customer_id", "quarters_back", "kind"),
    ),
    "event_log": Artefact(
        "prepare", "event_log.parquet", {"customer_id": _T, "occurred_at": "any", "event": _T}
    ),
    "survey_answers": Artefact(
        "prepare", "survey_answers.parquet", {"customer_id": _T, "answered_at": "any"}
    ),
    "experiment_arms": Artefact(
        "prepare", "experiment_arms.parquet",
        {"experiment_id": _T, "customer_id": _T, "arm": _T, "assigned_at": "any"},
    ),
    "quality": Artefact("prepare", "quality.json"),
    "exclusions": Artefact(
        "prepare",
        "exclusions.csv",
        {"table": _T, "step": _N, "rule": _T, "reason": _T, "rows": _N, "customers": _N,
         "amount": _N},
        ("table", "step"),
    ),
    "data_dictionary": Artefact(
        "prepare",
        "data_dictionary.csv",
        {"name": _T, "role": _T, "table": _T, "kind": _T, "unit": _T, "definition": _T,
         "window": _T, "transform": _T, "missing": _T, "missing_share": _N},
        ("name",),
    ),
}  # fmt: skip
