"""What validate writes: the scorecard and the evidence behind each gate."""

from __future__ import annotations

from collections.abc import Mapping

from segmentation_lib.artefacts.artefact import NUMBER as _N
from segmentation_lib.artefacts.artefact import TEXT as _T
from segmentation_lib.artefacts.artefact import Artefact

__all__ = ["VALIDATE"]

VALIDATE: Mapping[str, Artefact] = {
    "scorecard": Artefact("validate", "scorecard.json"),
    "existence": Artefact("validate", "existence.json"),
    "proxies": Artefact(
        "validate",
        "proxies.csv",
        {"attribute": _T, "words": _T, "level": _T, "customers": _N, "auc": _N, "verdict": _T},
        ("attribute", "level"),
    ),
    "pair_separation": Artefact(
        "validate",
        "pair_separation.csv",
        {"segment_id": _T, "other_segment_id": _T, "separation": _N, "merge_candidate": "flag"},
        ("segment_id", "other_segment_id"),
    ),
    "global_stability": Artefact(
        "validate",
        "global_stability.csv",
        {"k": _N, "adjusted_rand": _N, "low": _N, "high": _N},
        ("k",),
    ),
    "prediction": Artefact(
        "validate",
        "prediction.csv",
        {"outcome": _T, "p_value": _N, "gain": _N, "gain_low": _N, "gain_high": _N},
        ("outcome",),
    ),
    "baselines": Artefact(
        "validate",
        "baselines.csv",
        {"kpi": _T, "rival": _T, "difference": _N, "low": _N, "high": _N, "verdict": _T},
        ("kpi", "rival"),
    ),
    "expectations": Artefact(
        "validate", "expectations.csv",
        {"feature": _T, "kpi": _T, "direction": _T, "slope": _N, "hit": "any"},
        ("feature", "kpi"),
    ),
    "contexts": Artefact(
        "validate", "contexts.csv", {"context": _T, "level": _T, "customers": _N,
                                     "adjusted_rand": _N}, ("context", "level"),
    ),
    "criteria": Artefact(
        "validate",
        "criteria.csv",
        {"segment_id": _T, "kind": _T, "measure": _T, "value": _N, "asked": _T, "passed": "any",
         "post_hoc": "flag"},
        ("segment_id", "kind", "measure", "asked"),
    ),
    "drift": Artefact(
        "validate",
        "drift.csv",
        {"feature": _T, "psi": _N, "psi_corrected": _N, "p_value": _N, "level": _T},
        ("feature",),
    ),
    "events": Artefact("validate", "events.csv", {"segment_id": _T, "event": _T, "sentence": _T}),
    "temporal": Artefact("validate", "temporal.json"),
    "noise_floor": Artefact(
        "validate",
        "noise_floor.csv",
        {"segment_id": _T, "customers": _N, "moved": _N, "floor": _N, "net": _N, "low": _N,
         "high": _N, "verdict": _T},
        ("segment_id",),
    ),
    "internal_indices": Artefact(
        "validate",
        "internal_indices.csv",
        {"index": _T, "value": _N, "null_mean": _N, "null_low": _N, "null_high": _N,
         "p_value": _N, "better": _T},
        ("index",),
    ),
    "stability": Artefact(
        "validate", "stability.parquet", {"customer_id": _T, "consistency": _N}, ("customer_id",)
    ),
    "segment_stability": Artefact(
        "validate",
        "segment_stability.csv",
        {"segment_id": _T, "customers": _N, "jaccard": _N, "jaccard_low": _N,
         "borderline_share": _N},
        ("segment_id",),
    ),
    "kpi_effects": Artefact(
        "validate",
        "kpi_effects.csv",
        {"kpi": _T, "effect": _N, "effect_low": _N, "effect_high": _N, "p_value": _N,
         "p_corrected": _N, "customers": _N},
        ("kpi",),
    ),
}  # fmt: skip
