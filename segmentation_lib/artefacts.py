"""The artefacts of a run: their names, who writes them, and what their tables must hold.

The names are the interface between stages. A table's schema is checked when it is written and
again when it is read, so a stage fails at the door and not three cells later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from segmentation_lib.faults import ContractError, Fault

__all__ = ["ARTEFACTS", "STAGES", "Artefact", "check_table"]

STAGES = ("prepare", "cluster", "validate", "profile", "implement")
Kind = Literal["text", "number", "flag", "any"]

_ASSIGNMENT: Mapping[str, Kind] = {
    "customer_id": "text",
    "state": "text",
    "segment_id": "text",
    "confidence": "number",
    "second_segment_id": "text",
}


@dataclass(frozen=True)
class Artefact:
    """One named artefact.

    Attributes:
        stage: The stage that writes it.
        file: Path inside the run's folder; its ending tells the format.
        columns: Columns a table must have, and their kind. More columns are allowed.
        key: Columns that identify a row; no two rows may share them.
    """

    stage: str
    file: str
    columns: Mapping[str, Kind] | None = None
    key: tuple[str, ...] = ()


_T: Kind = "text"
_N: Kind = "number"

ARTEFACTS: Mapping[str, Artefact] = {
    # prepare
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
    # cluster
    "model": Artefact("cluster", "model.json"),
    "register": Artefact("cluster", "register.json"),
    "k_table": Artefact(
        "cluster",
        "k_table.csv",
        {"algorithm": _T, "k": _N, "prediction_strength": _N, "silhouette": _N,
         "davies_bouldin": _N, "smallest_share": _N, "smallest_size": _N, "admissible": "flag",
         "chosen": "flag"},
        ("algorithm", "k"),
    ),
    "choice": Artefact("cluster", "choice.json"),
    "algorithm_agreement": Artefact(
        "cluster",
        "algorithm_agreement.csv",
        {"first": _T, "second": _T, "adjusted_rand": _N},
        ("first", "second"),
    ),
    "cluster_tree": Artefact(
        "cluster",
        "cluster_tree.csv",
        {"k": _N, "segment": _N, "next_k": _N, "next_segment": _N, "customers": _N,
         "share_of_segment": _N, "share_of_next": _N},
        ("k", "segment", "next_segment"),
    ),
    "ambiguity": Artefact(
        "cluster",
        "ambiguity.csv",
        {"segment_id": _T, "customers": _N, "ambiguous": _N, "ambiguous_share": _N,
         "mean_confidence": _N},
        ("segment_id",),
    ),
    "segment_changes": Artefact(
        "cluster",
        "segment_changes.csv",
        {"segment_id": _T, "change": _T, "from_segment_id": _T, "overlap": _N, "sentence": _T},
    ),
    "assignments_open": Artefact(
        "cluster", "assignments_open.parquet", _ASSIGNMENT, ("customer_id",)
    ),
    "assignments_close": Artefact(
        "cluster", "assignments_close.parquet", _ASSIGNMENT, ("customer_id",)
    ),
    # validate
    "scorecard": Artefact("validate", "scorecard.json"),
    "existence": Artefact("validate", "existence.json"),
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
    # profile
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
        ("experiment_id", "arm", "segment_id"),
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
    # implement
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


def check_table(name: str, table: pd.DataFrame) -> None:
    """Check a table against the schema of the artefact ``name``.

    Args:
        name: Name of the artefact.
        table: The table to be written, or just read.

    Raises:
        ContractError: A column is missing or of another kind, or key values repeat or are null.
    """
    artefact = ARTEFACTS[name]
    faults = [
        _fault(name, f"column {column} is missing", "the schema requires it", "missing_column")
        for column in artefact.columns or {}
        if column not in table.columns
    ]
    for column, kind in (artefact.columns or {}).items():
        if column in table.columns and not _is_kind(table[column], kind):
            found = f"column {column} holds {table[column].dtype}"
            faults.append(_fault(name, found, f"the schema asks for a {kind}", "wrong_type"))
    keys = [column for column in artefact.key if column in table.columns]
    if len(keys) == len(artefact.key) > 0:
        repeated = int(table.duplicated(keys).sum())
        missing = int(table[keys].isna().any(axis=1).sum())
        if repeated or missing:
            found = f"{repeated} repeated and {missing} empty keys ({', '.join(keys)})"
            faults.append(_fault(name, found, "a key identifies one row", "key"))
    if faults:
        raise ContractError(faults)


def _is_kind(column: pd.Series, kind: Kind) -> bool:
    if kind == "any" or not len(column):
        return True
    if kind == "flag":
        return bool(pd.api.types.is_bool_dtype(column))
    if kind == "number":
        return bool(
            pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
        )
    return bool(
        pd.api.types.is_string_dtype(column)
        or pd.api.types.is_object_dtype(column)
        or isinstance(column.dtype, pd.CategoricalDtype)
    )


def _fault(name: str, found: str, rule: str, code: str) -> Fault:
    fix = "This is a fault of the template, or the file was changed by hand; run the stage again."
    return Fault(f"artefact {name}", found, rule, fix, code)
