"""What is compared without a draw by lot, whom to treat, and what was learned."""

from __future__ import annotations

from collections.abc import Mapping

from segmentation_lib.artefacts.artefact import NUMBER as _N
from segmentation_lib.artefacts.artefact import TEXT as _T
from segmentation_lib.artefacts.artefact import Artefact

__all__ = ["EFFECTS"]

EFFECTS: Mapping[str, Artefact] = {
    "natural_experiments": Artefact(
        "implement",
        "natural_experiments.csv",
        {"id": _T, "what": _T, "started_on": _T, "metric": _T, "scale": _T, "customers": _N,
         "control_customers": _N, "unmatched": _N, "block_days": _N, "blocks_before": _N,
         "treated_before": _N, "treated_after": _N, "control_before": _N, "control_after": _N,
         "effect": _N, "low": _N, "high": _N, "relative": _N, "relative_low": _N,
         "relative_high": _N, "pretrend_p": _N, "unseen_drift": _N, "wandering": _N,
         "verdict": _T, "grade": _T, "reason": _T},
        ("id",),
    ),
    "natural_checks": Artefact(
        "implement",
        "natural_checks.csv",
        {"id": _T, "check": _T, "blocks_back": _N, "change": _N, "error": _N, "p_value": _N},
        ("id", "check", "blocks_back"),
    ),
    "natural_blocks": Artefact(
        "implement",
        "natural_blocks.csv",
        {"id": _T, "group": _T, "block": _N, "starts_on": _T, "customers": _N, "mean": _N},
        ("id", "group", "block"),
    ),
    "adjusted_differences": Artefact(
        "implement",
        "adjusted_differences.csv",
        {"name": _T, "outcome": _T, "customers": _N, "others": _N, "adjusted": _N, "low": _N,
         "high": _N, "plain": _N, "rare": _N, "clipped": _N, "imbalance": _N, "verdict": _T,
         "grade": _T, "reason": _T},
        ("name", "outcome"),
    ),
    "targeting": Artefact(
        "implement",
        "targeting.csv",
        {"segment_id": _T, "customers": _N, "effect": _N, "effect_low": _N, "effect_high": _N,
         "cost": _N, "return": _N, "return_low": _N, "return_high": _N, "total": _N,
         "total_low": _N, "total_high": _N, "per_cost": _N, "choice": _T},
        ("segment_id",),
    ),
    "targeting_curve": Artefact(
        "implement",
        "targeting_curve.csv",
        {"place": _N, "segment_id": _T, "share": _N, "gain": _N, "at_random": _N, "low": _N,
         "high": _N},
        ("place",),
    ),
    # The next quarter reads it back: every text is named, since digits would come back as numbers.
    "learning_log": Artefact(
        "implement",
        "learning_log.csv",
        {"period": _T, "id": _T, "kind": _T, "what": _T, "segment_id": _T, "hypothesis": _T,
         "owner": _T, "metric": _T, "direction": _T, "min_effect": _N, "expectation_hash": _T,
         "changed": "flag", "status": _T, "effect": _N, "low": _N, "high": _N, "unit": _T,
         "grade": _T, "verdict": _T, "answer": _T, "decision": _T, "decided_on": _T, "lesson": _T},
        ("period", "id"),
    ),
}  # fmt: skip
