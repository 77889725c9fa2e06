"""Tables of a quarter, small enough to read: two segments and every kind of evidence."""

from __future__ import annotations

import math

import pandas as pd

from segmentation_lib.profile.story import (
    belief_edges,
    cause_map,
    experiment_edges,
    segment_edges,
)

NAMES = {"S01": "App", "S02": "Bargain"}

VALUE = pd.DataFrame(
    [
        ("S01", 600, 0.6, 9000.0, 0.9, 15.0, 150.0, "revenue in the quarter", "money"),
        ("S02", 400, 0.4, 1000.0, 0.1, 2.5, 25.0, "revenue in the quarter", "money"),
        ("(all)", 1000, 1.0, 10000.0, 1.0, 10.0, 100.0, "revenue in the quarter", "money"),
    ],
    columns=["segment_id", "customers", "customer_share", "value", "value_share",
             "value_per_customer", "value_index", "measure", "unit"],
)  # fmt: skip
TRAITS = pd.DataFrame(
    [
        ("S01", "discount_share", "segmenting", "share", 600, 0.05, 0.05, 0.3, 0.2, 17.0, -0.8),
        ("S01", "recency", "segmenting", "days", 600, 12.0, 11.0, 40.0, 30.0, 30.0, -0.9),
        ("S01", "channel_share_app", "segmenting", "share", 600, 0.81, 0.8, 0.5, 0.5, 162.0, 0.7),
        ("S01", "channel_share_web", "descriptor", "share", 600, 0.19, 0.2, 0.5, 0.5, 38.0, -0.7),
        ("S01", "device_share_phone", "descriptor", "share", 600, 0.77, 0.8, 0.6, 0.6, 128.0, 0.3),
        ("S02", "discount_share", "segmenting", "share", 400, 0.62, 0.6, 0.3, 0.2, 207.0, 1.2),
    ],
    columns=["segment_id", "feature", "role", "unit", "customers", "mean", "median", "base_mean",
             "base_median", "index", "difference"],
)  # fmt: skip
LIFETIME = pd.DataFrame(
    [("S01", 600, 61.0, 52.0, 71.0, 0.8, 365, 4.2, "model"),
     ("S02", 400, 9.5, 7.25, 13.0, 0.8, 365, 0.9, "recalibrated")],
    columns=["segment_id", "customers", "value_per_customer", "low", "high", "level",
             "horizon_days", "expected_purchases", "method"],
)  # fmt: skip
CONTRIBUTION = pd.DataFrame(
    [("S01", 6.5, 6.0, 7.0, 0.43, 1.5), ("S02", -0.75, -1.0, -0.5, -0.3, 2.0)],
    columns=["segment_id", "contribution_per_customer", "low", "high", "margin",
             "cost_to_serve_per_customer"],
)  # fmt: skip
DURABLE = pd.DataFrame(
    [("S01", 148.0, "durable", math.nan, 1.1, "S01 has been worth 148 for years."),
     ("S02", 30.0, "momentary", 0.0, 3.0, "S02 was worth much in one quarter only.")],
    columns=["segment_id", "value_index", "verdict", "spike_quarters_back", "ratio", "sentence"],
)  # fmt: skip
DECISIONS = pd.DataFrame(
    [("S01", False, "keep", "It earns well."), ("S02", True, "reallocate", "It earns too little.")],
    columns=["segment_id", "low_profit", "decision", "rule"],
).assign(upsell_probability=[0.02, 0.04])
INCREMENTAL = pd.DataFrame(
    [
        ("EXP-001", "treatment", "S01", 300, 300, 3.5, 1.25, 5.75, "more"),
        ("EXP-001", "treatment", "S02", 200, 200, 0.1, -0.9, 1.1, "no difference shown"),
        ("", "", "S03", 0, 0, float("nan"), float("nan"), float("nan"), "not identified"),
    ],
    columns=["experiment_id", "arm", "segment_id", "customers", "control_customers", "incremental",
             "low", "high", "verdict"],
)  # fmt: skip
WORDS = pd.DataFrame(
    [("S02", "coupon", 21, 50, 0.42, 15, 500, 0.03, True, 1),
     ("S02", "mail", 12, 50, 0.24, 30, 500, 0.06, True, 2),
     ("S02", "the", 40, 50, 0.8, 395, 500, 0.79, False, 0)],
    columns=["segment_id", "word", "customers", "wrote", "share", "rest_customers", "rest_wrote",
             "rest_share", "shown", "place"],
)  # fmt: skip
QUOTES = pd.DataFrame(
    [("S02", "I wait for the coupon.", "survey", 50, 1)],
    columns=["segment_id", "quote", "source", "n", "place"],
)
SATISFACTION = pd.DataFrame(
    [("S02", 50, 0.125, 14.0, -3.0, 31.0)],
    columns=["segment_id", "answered", "answer_rate", "nps", "nps_low", "nps_high"],
)
BREAKS = pd.DataFrame(
    [("order", "S01", 4, "checkout", "purchase", 420, 0.35, 0.88, -0.53, "break"),
     ("order", "S02", 4, "checkout", "purchase", 90, 0.87, 0.4, 0.47, "no break")],
    columns=["funnel", "segment_id", "step", "from_event", "event", "entered", "share",
             "rest_share", "difference", "verdict"],
)  # fmt: skip
FRICTION = pd.DataFrame(
    [("S02", "delivery_slots", 80, 0.44, 0.09, 1, "friction"),
     ("S01", "search", 300, 0.1, 0.1, 2, "as elsewhere")],
    columns=["segment_id", "event", "customers", "loop_rate", "norm", "rank", "verdict"],
)  # fmt: skip
EARLY = pd.DataFrame(
    [("save_favourite", 3, 0.2, 0.64, 0.31, 0.4, "predictive"),
     ("help", 1, 0.2, 0.32, 0.31, 0.01, "not predictive")],
    columns=["event", "threshold", "reach", "ppv", "base_rate", "phi", "verdict"],
)  # fmt: skip
STABILITY = pd.DataFrame({"segment_id": ["S01"], "jaccard": [0.93], "borderline_share": [0.04]})
CONSENT = pd.DataFrame(
    {"segment_id": ["S01", "S02"], "customers": [600, 400], "allowed": [450, 120],
     "allowed_share": [0.75, 0.3]}
)  # fmt: skip
DAYS = pd.DataFrame(
    [("S01", 1, "app_open", 0, "Friday", "evening", 42, 77, "typical customer"),
     ("S01", 2, "purchase", 6, "Friday", "evening", 42, 77, "typical customer")],
    columns=["segment_id", "step", "event", "minutes", "weekday", "part_of_day", "walkers",
             "sessions", "source"],
)  # fmt: skip
WARNINGS = pd.DataFrame(
    [("S02", "Bargain", 0.62, 0.3, "The name fits.")],
    columns=["segment_id", "claim", "mean", "base_mean", "sentence"],
)
EFFECTS = pd.DataFrame(
    [("revenue", 0.26, 0.22, 0.31, 1000)],
    columns=["kpi", "effect", "effect_low", "effect_high", "customers"],
)


def tables() -> dict[str, pd.DataFrame]:
    """Every table that stories may rest on."""
    edges = cause_map(
        segment_edges(EFFECTS), experiment_edges(INCREMENTAL, currency="EUR"), belief_edges(())
    )
    return {
        "segment_value": VALUE,
        "traits": TRAITS,
        "lifetime_value": LIFETIME,
        "contribution": CONTRIBUTION,
        "durable_value": DURABLE,
        "decisions": DECISIONS,
        "incremental": INCREMENTAL,
        "satisfaction": SATISFACTION,
        "words": WORDS,
        "quotes": QUOTES,
        "funnel_breaks": BREAKS,
        "friction": FRICTION,
        "early_behaviours": EARLY,
        "segment_stability": STABILITY,
        "consent": CONSENT,
        "cause_map": edges,
        "days": DAYS,
        "name_warnings": WARNINGS,
    }
