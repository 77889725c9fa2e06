"""Pure numbers: indices, nulls, agreement, stability, effects and intervals.

The ground floor knows arrays and frames only: no files, no parameters.
"""

from segmentation_lib.stats.agreement import (
    adjusted_rand,
    jaccard_table,
    match_groups,
    shared_rows,
)
from segmentation_lib.stats.class_skill import (
    balanced_accuracy,
    class_aucs,
    log_loss_skill,
    share_in_top,
)
from segmentation_lib.stats.drift import Drift, drift_levels, number_drift, share_drift
from segmentation_lib.stats.effects import (
    Effect,
    WelchTest,
    effect_size,
    epsilon_squared,
    permuted_welch,
)
from segmentation_lib.stats.events import Event, extra_segment, lost_segments
from segmentation_lib.stats.existence import (
    EXISTENCE_KS,
    GapTest,
    StructureTest,
    gap_test,
    structure_test,
)
from segmentation_lib.stats.frozen import CommonDrift, Frozen, common_drift
from segmentation_lib.stats.global_stability import (
    global_stability,
    seed_agreement,
    segment_level_stability,
)
from segmentation_lib.stats.grouping import Algorithm, Grouping
from segmentation_lib.stats.held_out_fit import held_out_gain
from segmentation_lib.stats.indices import (
    DaviesBouldin,
    Silhouette,
    davies_bouldin,
    explained_share,
    group_means,
    pair_separation,
    silhouette,
)
from segmentation_lib.stats.intervals import Interval, holm, mean_interval, wilson_interval
from segmentation_lib.stats.log_odds import (
    denser_use_p_values,
    overuse_p_values,
    weighted_log_odds,
)
from segmentation_lib.stats.mean_gap import MeanGap, mean_gap
from segmentation_lib.stats.modes import ModesTest, two_modes
from segmentation_lib.stats.nested_models import (
    ScoreTest,
    mid_ranks,
    score_test_of_flag,
    score_test_of_ranks,
)
from segmentation_lib.stats.net_promoter import net_promoter_interval
from segmentation_lib.stats.null import (
    OneCloud,
    curve_p_value,
    dither,
    rank_p_value,
)
from segmentation_lib.stats.null_study import NullStudy, null_study
from segmentation_lib.stats.odds import (
    StratifiedOdds,
    length_bands,
    share_difference,
    stratified_odds,
)
from segmentation_lib.stats.out_of_fold import (
    corrected_interval,
    group_predictions,
    repeated_folds,
)
from segmentation_lib.stats.parallel import cores_for
from segmentation_lib.stats.rank_correlation import rank_correlation, rank_correlation_p_value
from segmentation_lib.stats.refit import RefitAgreement, refit_agreement
from segmentation_lib.stats.rest_differences import (
    bootstrap_rest_differences,
    rest_differences,
)
from segmentation_lib.stats.similarity import (
    Shadow,
    border_distance,
    shadow_similarity,
    shadow_values,
)
from segmentation_lib.stats.spline import group_columns, smooth_base
from segmentation_lib.stats.stability import (
    PredictionStrength,
    Stability,
    bootstrap_stability,
    prediction_strength,
)
from segmentation_lib.stats.threshold import (
    BestThreshold,
    ThresholdQuality,
    best_threshold,
    threshold_quality,
)

__all__ = [
    "EXISTENCE_KS",
    "Algorithm",
    "BestThreshold",
    "CommonDrift",
    "DaviesBouldin",
    "Drift",
    "Effect",
    "Event",
    "Frozen",
    "GapTest",
    "Grouping",
    "Interval",
    "MeanGap",
    "ModesTest",
    "NullStudy",
    "OneCloud",
    "PredictionStrength",
    "RefitAgreement",
    "ScoreTest",
    "Shadow",
    "Silhouette",
    "Stability",
    "StratifiedOdds",
    "StructureTest",
    "ThresholdQuality",
    "WelchTest",
    "adjusted_rand",
    "balanced_accuracy",
    "best_threshold",
    "bootstrap_rest_differences",
    "bootstrap_stability",
    "border_distance",
    "class_aucs",
    "common_drift",
    "cores_for",
    "corrected_interval",
    "curve_p_value",
    "davies_bouldin",
    "denser_use_p_values",
    "dither",
    "drift_levels",
    "effect_size",
    "epsilon_squared",
    "explained_share",
    "extra_segment",
    "gap_test",
    "global_stability",
    "group_columns",
    "group_means",
    "group_predictions",
    "held_out_gain",
    "holm",
    "jaccard_table",
    "length_bands",
    "log_loss_skill",
    "lost_segments",
    "match_groups",
    "mean_gap",
    "mean_interval",
    "mid_ranks",
    "net_promoter_interval",
    "null_study",
    "number_drift",
    "overuse_p_values",
    "pair_separation",
    "permuted_welch",
    "prediction_strength",
    "rank_correlation",
    "rank_correlation_p_value",
    "rank_p_value",
    "refit_agreement",
    "repeated_folds",
    "rest_differences",
    "score_test_of_flag",
    "score_test_of_ranks",
    "seed_agreement",
    "segment_level_stability",
    "shadow_similarity",
    "shadow_values",
    "share_difference",
    "share_drift",
    "share_in_top",
    "shared_rows",
    "silhouette",
    "smooth_base",
    "stratified_odds",
    "structure_test",
    "threshold_quality",
    "two_modes",
    "weighted_log_odds",
    "wilson_interval",
]
