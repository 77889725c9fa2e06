"""What segments are worth: now, to come, to serve, and for how long."""

from __future__ import annotations

from segmentation_lib.profile.value.benchmarks import benchmark_sentence, benchmark_table
from segmentation_lib.profile.value.concentration import (
    concentration,
    concentration_sentence,
    value_gini,
)
from segmentation_lib.profile.value.contribution import (
    OUTSIDE,
    contribution,
    contribution_formats,
    contribution_sentence,
    contribution_shown,
)
from segmentation_lib.profile.value.decision_words import decision_sheet, decisions_sentence
from segmentation_lib.profile.value.decisions import low_profit_decisions
from segmentation_lib.profile.value.draw import spend_before
from segmentation_lib.profile.value.durable import durable_value, lookback_quarters
from segmentation_lib.profile.value.durable_words import (
    durable_sentence,
    made_by,
    quarter_labels,
    spikes,
)
from segmentation_lib.profile.value.history import shown_history, value_history
from segmentation_lib.profile.value.incremental import incremental_revenue, incremental_sentence
from segmentation_lib.profile.value.lifetime import LifetimeValue, lifetime_value
from segmentation_lib.profile.value.measure import (
    ALL_SEGMENTS,
    HEADCOUNT,
    NO_VALUE,
    ValueMeasure,
    customer_worth,
    has_value,
    segment_value,
    value_formats,
    value_measure,
    value_outside,
)
from segmentation_lib.profile.value.revenue import (
    NOT_IDENTIFIED,
    revenue_per_active,
    revenue_per_active_sentence,
)

__all__ = [
    "ALL_SEGMENTS",
    "HEADCOUNT",
    "NOT_IDENTIFIED",
    "NO_VALUE",
    "OUTSIDE",
    "LifetimeValue",
    "ValueMeasure",
    "benchmark_sentence",
    "benchmark_table",
    "concentration",
    "concentration_sentence",
    "contribution",
    "contribution_formats",
    "contribution_sentence",
    "contribution_shown",
    "customer_worth",
    "decision_sheet",
    "decisions_sentence",
    "durable_sentence",
    "durable_value",
    "has_value",
    "incremental_revenue",
    "incremental_sentence",
    "lifetime_value",
    "lookback_quarters",
    "low_profit_decisions",
    "made_by",
    "quarter_labels",
    "revenue_per_active",
    "revenue_per_active_sentence",
    "segment_value",
    "shown_history",
    "spend_before",
    "spikes",
    "value_formats",
    "value_gini",
    "value_history",
    "value_measure",
    "value_outside",
]
