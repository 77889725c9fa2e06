"""What profile writes: who the segments are, what they are worth, how they move."""

from __future__ import annotations

from collections.abc import Mapping

from segmentation_lib.artefacts.artefact import NUMBER as _N
from segmentation_lib.artefacts.artefact import TEXT as _T
from segmentation_lib.artefacts.artefact import Artefact

__all__ = ["PROFILE"]

PROFILE: Mapping[str, Artefact] = {
    "segments": Artefact("profile", "segments.json"),
    "traits": Artefact(
        "profile",
        "traits.csv",
        {"segment_id": _T, "feature": _T, "role": _T, "unit": _T, "mean": _N, "median": _N,
         "base_mean": _N, "index": _N, "difference": _N},
        ("segment_id", "feature"),
    ),
    "segment_value": Artefact(
        "profile",
        "segment_value.csv",
        {"segment_id": _T, "customers": _N, "customer_share": _N, "value": _N, "value_share": _N,
         "value_per_customer": _N, "value_index": _N},
        ("segment_id",),
    ),
    "markers": Artefact(
        "profile", "markers.csv", {"segment_id": _T, "feature": _T, "level": _T, "ratio": _N,
                                   "marker": "flag"}, ("segment_id", "feature", "level"),
    ),
    "membership": Artefact("profile", "membership.json"),
    "lifetime_value": Artefact(
        "profile", "lifetime_value.csv",
        {"segment_id": _T, "value_per_customer": _N, "low": _N, "high": _N, "method": _T},
        ("segment_id",),
    ),
    "lifetime_check": Artefact(
        "profile", "lifetime_check.csv",
        {"segment_id": _T, "predicted_value": _N, "actual_value": _N, "verdict": _T},
        ("segment_id",),
    ),
    "lifetime_model": Artefact("profile", "lifetime_model.csv", {"fitted_at": _T, "usable": "any"}),
    "contribution": Artefact(
        "profile", "contribution.csv",
        {"segment_id": _T, "customers": _N, "revenue": _N, "contribution": _N}, ("segment_id",),
    ),
    "revenue_per_active": Artefact(
        "profile", "revenue_per_active.csv",
        {"segment_id": _T, "revenue_per_active": _N, "incremental": _T}, ("segment_id",),
    ),
    "incremental": Artefact(
        "profile", "incremental.csv",
        {"experiment_id": _T, "arm": _T, "segment_id": _T, "incremental": _N, "verdict": _T,
         "grade": "any"},
    ),
    "concentration": Artefact(
        "profile", "concentration.csv",
        {"kind": _T, "label": _T, "customer_share": _N, "value_share": _N}, ("kind", "label"),
    ),
    "value_history": Artefact(
        "profile", "value_history.csv",
        {"segment_id": _T, "quarters_back": _N, "value_index": _N, "complete": "flag"},
        ("segment_id", "quarters_back"),
    ),
    "durable_value": Artefact(
        "profile", "durable_value.csv", {"segment_id": _T, "verdict": _T, "sentence": _T},
        ("segment_id",),
    ),
    "decisions": Artefact(
        "profile", "decisions.csv",
        {"segment_id": _T, "low_profit": "flag", "decision": _T, "rule": _T}, ("segment_id",),
    ),
    "benchmarks": Artefact(
        "profile", "benchmarks.csv",
        {"segment_id": _T, "kpi": _T, "value": _N, "benchmark": _N, "verdict": _T},
        ("segment_id", "kpi"),
    ),
    "funnels": Artefact(
        "profile", "funnels.csv",
        {"funnel": _T, "segment_id": _T, "step": _N, "event": _T, "reached": _N,
         "share_of_all": _N, "share_of_previous": _N}, ("funnel", "segment_id", "step"),
    ),
    "funnel_breaks": Artefact(
        "profile", "funnel_breaks.csv",
        {"funnel": _T, "segment_id": _T, "step": _N, "difference": _N, "verdict": _T},
        ("funnel", "segment_id", "step"),
    ),
    "path_patterns": Artefact(
        "profile", "path_patterns.csv", {"pattern": _T, "odds_ratio": _N, "verdict": _T},
        ("pattern",),
    ),
    "common_paths": Artefact(
        "profile", "common_paths.csv",
        {"segment_id": _T, "rank": _N, "path": _T, "success_share": _N}, ("segment_id", "rank"),
    ),
    "early_behaviours": Artefact(
        "profile", "early_behaviours.csv", {"event": _T, "threshold": _N, "verdict": _T},
        ("event",),
    ),
    "friction": Artefact(
        "profile", "friction.csv",
        {"event": _T, "segment_id": _T, "loop_rate": _N, "verdict": _T},
        ("event", "segment_id", "compared_with"),
    ),
    "session_progress": Artefact(
        "profile", "session_progress.csv", {"segment_id": _T, "stalled_share": _N, "verdict": _T},
        ("segment_id",),
    ),
    "retention": Artefact(
        "profile", "retention.csv", {"cohort": _T, "period": _N, "share": _N, "partial": "flag"},
        ("cohort", "period"),
    ),
    "segment_retention": Artefact(
        "profile", "segment_retention.csv",
        {"segment_id": _T, "period": _N, "share": _N, "partial": "flag"}, ("segment_id", "period"),
    ),
    "return_times": Artefact(
        "profile", "return_times.csv", {"segment_id": _T, "happened_share": _N, "verdict": _T},
        ("segment_id",),
    ),
    "return_curves": Artefact(
        "profile", "return_curves.csv", {"segment_id": _T, "day": _N, "waiting": _N},
        ("segment_id", "day"),
    ),
    "transitions": Artefact(
        "profile", "transitions.csv",
        {"segment_id": _T, "event": _T, "next_event": _T, "share": _N, "rest_share": _N,
         "verdict": _T}, ("segment_id", "event", "next_event"),
    ),
    "nudges": Artefact(
        "profile", "nudges.csv", {"trigger": _T, "goal": _T, "segment_id": _T, "day": _N,
                                  "verdict": _T}, ("trigger", "goal", "segment_id"),
    ),
    "satisfaction": Artefact(
        "profile", "satisfaction.csv", {"segment_id": _T, "answered": _N, "nps": _N},
        ("segment_id",),
    ),
    "words": Artefact(
        "profile", "words.csv", {"segment_id": _T, "word": _T, "log_odds": _N, "shown": "flag"},
        ("segment_id", "word"),
    ),
    "quotes": Artefact(
        "profile", "quotes.csv", {"segment_id": _T, "quote": _T, "source": _T},
    ),
    "name_warnings": Artefact(
        "profile", "name_warnings.csv", {"segment_id": _T, "name": _T, "sentence": _T}
    ),
    "evaluation": Artefact(
        "profile", "evaluation.csv", {"segment_id": _T, "attractiveness": _N, "fit": _N},
        ("segment_id",),
    ),
    "evidence": Artefact(
        "profile", "evidence.csv", {"id": _T, "statement": _T, "grade": _T, "artefact": _T},
        ("id",),
    ),
    "days": Artefact(
        "profile", "days.csv", {"segment_id": _T, "step": _N, "event": _T, "minutes": _N},
        ("segment_id", "step"),
    ),
    "cause_map": Artefact(
        "profile", "cause_map.csv", {"edge": _T, "trait": _T, "outcome": _T, "grade": _T},
        ("edge",),
    ),
    "answers": Artefact(
        "profile", "answers.csv",
        {"segment_id": _T, "question": _T, "place": _N, "answer": _T, "grade": _T},
        ("segment_id", "question", "place"),
    ),
    "narratives": Artefact(
        "profile", "narratives.csv",
        {"audience": _T, "segment_id": _T, "place": _N, "text": _T},
        ("audience", "segment_id", "place"),
    ),
}  # fmt: skip
