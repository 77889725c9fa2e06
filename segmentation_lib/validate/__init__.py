"""Put the segments to the test: structure, stability, external validity, time, the scorecard."""

from segmentation_lib.stats import cores_for
from segmentation_lib.validate.baseline_words import baseline_sentence, better_rule
from segmentation_lib.validate.baselines import compare_baselines
from segmentation_lib.validate.contexts import context_agreement, context_sentence
from segmentation_lib.validate.criteria import (
    check_criteria,
    criteria_sentence,
    second_thoughts_sentence,
    segment_measures,
)
from segmentation_lib.validate.drift import drift_sentence, feature_drift, moved_features
from segmentation_lib.validate.existence import (
    Existence,
    crowd_study,
    existence,
    number_columns,
)
from segmentation_lib.validate.expectations import count_hits, expectation_hits, luck_of_hits
from segmentation_lib.validate.external import kpi_effects, kpi_names
from segmentation_lib.validate.gates import (
    Gate,
    baseline_gate,
    data_gate,
    external_gate,
    fidelity_gate,
    internal_gate,
    privacy_gate,
    stability_gate,
    structure_gate,
    time_gate,
    tone,
    usable_gate,
)
from segmentation_lib.validate.gorge import gorge_left_out, gorge_of_segments, gorge_sentence
from segmentation_lib.validate.kpi_order import kpi_flips, segment_kpis
from segmentation_lib.validate.noise_floor import moved_by_chance, noise_floor, noise_sentence
from segmentation_lib.validate.prediction_words import prediction_sentence
from segmentation_lib.validate.predictive import predictive_power
from segmentation_lib.validate.proxies import proxy_sentences, proxy_table, published_proxies
from segmentation_lib.validate.resampling import (
    BORDERLINE,
    borderline_sentence,
    crowd_stability,
    pairs_sentence,
    resampling_sentence,
    segment_stability,
    stability_by_k,
)
from segmentation_lib.validate.scorecard import scorecard
from segmentation_lib.validate.separation import map_of_segments
from segmentation_lib.validate.structure import (
    NOT_COMPARED,
    internal_indices,
    merge_sentence,
    pair_separations,
    segment_silhouettes,
    silhouette_sentence,
)
from segmentation_lib.validate.tables import (
    baseline_table,
    closest_pairs,
    context_table,
    criteria_table,
    drift_table,
    expectation_table,
    movement_table,
    prediction_table,
    silhouette_table,
    stability_table,
    temporal_table,
)
from segmentation_lib.validate.temporal import temporal_check
from segmentation_lib.words import kpi_words

__all__ = [
    "BORDERLINE",
    "NOT_COMPARED",
    "Existence",
    "Gate",
    "baseline_gate",
    "baseline_sentence",
    "baseline_table",
    "better_rule",
    "borderline_sentence",
    "check_criteria",
    "closest_pairs",
    "compare_baselines",
    "context_agreement",
    "context_sentence",
    "context_table",
    "cores_for",
    "count_hits",
    "criteria_sentence",
    "criteria_table",
    "crowd_stability",
    "crowd_study",
    "data_gate",
    "drift_sentence",
    "drift_table",
    "existence",
    "expectation_hits",
    "expectation_table",
    "external_gate",
    "feature_drift",
    "fidelity_gate",
    "gorge_left_out",
    "gorge_of_segments",
    "gorge_sentence",
    "internal_gate",
    "internal_indices",
    "kpi_effects",
    "kpi_flips",
    "kpi_names",
    "kpi_words",
    "luck_of_hits",
    "map_of_segments",
    "merge_sentence",
    "moved_by_chance",
    "moved_features",
    "movement_table",
    "noise_floor",
    "noise_sentence",
    "number_columns",
    "pair_separations",
    "pairs_sentence",
    "prediction_sentence",
    "prediction_table",
    "predictive_power",
    "privacy_gate",
    "proxy_sentences",
    "proxy_table",
    "published_proxies",
    "resampling_sentence",
    "scorecard",
    "second_thoughts_sentence",
    "segment_kpis",
    "segment_measures",
    "segment_silhouettes",
    "segment_stability",
    "silhouette_sentence",
    "silhouette_table",
    "stability_by_k",
    "stability_gate",
    "stability_table",
    "structure_gate",
    "temporal_check",
    "temporal_table",
    "time_gate",
    "tone",
    "usable_gate",
]
