"""Experiments: what became of them, what is planned, and who gets which arm."""

from __future__ import annotations

from collections.abc import Mapping

from segmentation_lib.artefacts.artefact import NUMBER as _N
from segmentation_lib.artefacts.artefact import TEXT as _T
from segmentation_lib.artefacts.artefact import Artefact

__all__ = ["EXPERIMENTS"]

EXPERIMENTS: Mapping[str, Artefact] = {
    "experiments": Artefact(
        "implement",
        "experiments.csv",
        {"experiment_id": _T, "what": _T, "hypothesis": _T, "metric": _T, "starts_on": _T,
         "ends_on": _T, "segments_on": _T, "figures_from": _T, "state": _T, "reason": _T,
         "customers": _N, "sample_ratio": _T, "sample_ratio_p": _N, "verdict": _T,
         "guardrails": _T},
        ("experiment_id",),
    ),
    "experiment_ratios": Artefact(
        "implement",
        "experiment_ratios.csv",
        {"experiment_id": _T, "segment_id": _T, "arm": _T, "customers": _N, "share": _N,
         "planned": _N, "p_value": _N, "p_corrected": _N, "level": _T},
        ("experiment_id", "segment_id", "arm"),
    ),
    "experiment_effects": Artefact(
        "implement",
        "experiment_effects.csv",
        {"experiment_id": _T, "arm": _T, "segment_id": _T, "metric": _T, "unit": _T,
         "customers": _N, "control_customers": _N, "value": _N, "control_value": _N,
         "effect": _N, "low": _N, "high": _N, "relative": _N, "p_value": _N, "p_corrected": _N,
         "differ_p": _N, "shrunken": _N, "shrunken_low": _N, "shrunken_high": _N, "method": _T,
         "variance_left": _N, "verdict": _T, "size": _T},
        ("experiment_id", "arm", "segment_id"),
    ),
    "experiment_guardrails": Artefact(
        "implement",
        "experiment_guardrails.csv",
        {"experiment_id": _T, "arm": _T, "metric": _T, "unit": _T, "good": _T, "margin": _N,
         "customers": _N, "control_customers": _N, "value": _N, "control_value": _N,
         "effect": _N, "low": _N, "high": _N, "verdict": _T},
        ("experiment_id", "arm", "metric"),
    ),
    # The next quarter reads it back: an experiment is read out by the design that drew its arms.
    "experiment_designs": Artefact(
        "implement",
        "experiment_designs.csv",
        {"experiment_id": _T, "design": _T, "arm": _T, "segment_id": _T, "metric": _T,
         "unit": _T, "treated": _N, "control": _N, "mean": _N, "deviation": _N, "min_effect": _N,
         "detectable": _N, "detectable_relative": _N, "power": _N, "needed": _N, "quarters": _N,
         "verdict": _T},
        ("experiment_id", "arm", "segment_id"),
    ),
    "experiment_assignments": Artefact(
        "implement",
        "exports/experiment_assignments.csv",
        {"experiment_id": _T, "external_id": _T, "segment_id": _T, "arm": _T, "starts_on": _T},
        ("experiment_id", "external_id"),
    ),
}  # fmt: skip
