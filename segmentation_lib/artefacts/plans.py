"""What becomes of the registers: verdicts, targets, plays, content, prices, channels, bets."""

from __future__ import annotations

from collections.abc import Mapping

from segmentation_lib.artefacts.artefact import NUMBER as _N
from segmentation_lib.artefacts.artefact import TEXT as _T
from segmentation_lib.artefacts.artefact import Artefact

__all__ = ["PLANS"]

# The two logs are read back by the next quarter: every text of theirs is named, since a hash of
# digits only would come back as a number.
PLANS: Mapping[str, Artefact] = {
    "kpi_register": Artefact("prepare", "kpi_register.json"),
    "hypotheses": Artefact(
        "implement",
        "hypotheses.csv",
        {"hypothesis_id": _T, "claim": _T, "segment_id": _T, "metric": _T, "direction": _T,
         "min_effect": _N, "customers": _N, "others": _N, "effect": _N, "low": _N, "high": _N,
         "p_value": _N, "p_corrected": _N, "verdict": _T, "reason": _T, "grade": _T,
         "post_hoc": "flag", "sentence": _T},
        ("hypothesis_id",),
    ),
    "hypothesis_log": Artefact(
        "implement",
        "hypothesis_log.csv",
        {"period": _T, "hypothesis_id": _T, "claim": _T, "revision": _N, "segment_id": _T,
         "behaviour": _T, "metric": _T, "direction": _T, "min_effect": _N, "test": _T,
         "verdict": _T, "reason": _T, "effect": _N, "low": _N, "high": _N, "sentence": _T,
         "chain": _T},
        ("period", "hypothesis_id", "claim", "revision"),
    ),
    "kpi_progress": Artefact(
        "implement",
        "kpi_progress.csv",
        {"quarter": _T, "kpi": _T, "kpi_id": _T, "segment_id": _T, "unit": _T, "value": _N,
         "low": _N, "high": _N, "customers": _N, "answer_rate": _N, "baseline": _N, "target": _N,
         "reached": _T, "guardrail": _N, "guardrail_kept": _T, "post_hoc": "flag"},
        ("kpi", "segment_id"),
    ),
    "playbook": Artefact(
        "implement",
        "playbook.csv",
        {"play_id": _T, "segment_id": _T, "hypothesis_id": _T, "verdict": _T, "advice": _T},
        ("play_id",),
    ),
    "content": Artefact(
        "implement",
        "content.csv",
        {"asset_id": _T, "segment_id": _T, "channel": _T, "expires": _T, "state": _T},
        ("asset_id",),
    ),
    "content_coverage": Artefact(
        "implement",
        "content_coverage.csv",
        {"segment_id": _T, "channel": _T, "live": _N, "for_all": _N, "expired": _N, "state": _T},
        ("segment_id", "channel"),
    ),
    # Without a key: the channel is empty where a segment has nothing at all.
    "content_gaps": Artefact(
        "implement", "content_gaps.csv",
        {"segment_id": _T, "channel": _T, "value_index": _N, "gap": _T},
    ),
    "price_curve": Artefact(
        "implement",
        "price_curve.csv",
        {"study": _T, "method": _T, "segment_id": _T, "price": _N, "share": _N, "low": _N,
         "high": _N, "customers": _N},
        ("study", "method", "segment_id", "price"),
    ),
    "price_points": Artefact(
        "implement",
        "price_points.csv",
        {"study": _T, "method": _T, "segment_id": _T, "customers": _N, "verdict": _T,
         "willingness": _N, "willingness_low": _N, "willingness_high": _N},
        ("study", "method", "segment_id"),
    ),
    "price_tiers": Artefact(
        "implement",
        "price_tiers.csv",
        {"study": _T, "tier": _T, "price": _N, "segment_id": _T, "customers": _N, "verdict": _T},
        ("study", "tier", "segment_id"),
    ),
    "priorities": Artefact(
        "implement",
        "priorities.csv",
        {"id": _T, "segment_id": _T, "feature": _T, "reach": _N, "reach_source": _T, "value": _N,
         "value_source": _T, "effect": _N, "effect_given": _N, "effect_source": _T,
         "capped": "flag", "confidence": _N, "effort": _N, "score": _N},
        ("id",),
    ),
    "channel_reach": Artefact(
        "implement",
        "channel_reach.csv",
        {"segment_id": _T, "channel": _T, "customers": _N, "reached": _N, "share": _N, "low": _N,
         "high": _N},
        ("segment_id", "channel"),
    ),
    "channel_plan": Artefact(
        "implement",
        "channel_plan.csv",
        {"budget": _T, "segment_id": _T, "channel": _T, "contacts": _N, "responses": _N,
         "rate": _N, "rate_low": _N, "rate_high": _N, "spent": _N, "returned": _N,
         "current": _N, "suggested": _N, "verdict": _T},
        ("budget", "segment_id", "channel"),
    ),
    "investment_log": Artefact(
        "implement",
        "investment_log.csv",
        {"period": _T, "id": _T, "name": _T, "kind": _T, "horizon": _T, "segment_id": _T,
         "hypothesis": _T, "metric": _T, "owner": _T, "approved_on": _T, "cost": _N, "low": _N,
         "likely": _N, "high": _N, "forecast_hash": _T, "now_low": _N, "now_likely": _N,
         "now_high": _N, "changed": "flag", "status": _T, "actual": _N, "kept_apart": "flag",
         "line": _T},
        ("period", "id"),
    ),
    "investment_balance": Artefact(
        "implement",
        "investment_balance.csv",
        {"group": _T, "level": _T, "items": _N, "cost": _N, "cost_share": _N, "likely": _N,
         "likely_share": _N},
        ("group", "level"),
    ),
    "roadmap": Artefact(
        "implement",
        "roadmap.csv",
        {"place": _N, "id": _T, "name": _T, "step": _T, "horizon": _T, "segment_id": _T,
         "owner": _T},
        ("place",),
    ),
    "suggested_changes": Artefact(
        "implement",
        "suggested_changes.csv",
        {"id": _T, "parameter": _T, "action": _T, "item": _T, "evidence": _T, "source": _T,
         "segment_id": _T, "decision": _T, "outcome": _T},
    ),
    "proposed_parameters": Artefact("implement", "proposed/parameters.diff"),
    "proposed_decisions": Artefact("implement", "proposed/decisions.jsonl"),
}  # fmt: skip
