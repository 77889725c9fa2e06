"""Pure numbers: indices, nulls, agreement, stability, effects and intervals.

The ground floor knows arrays and frames only: no files, no parameters.
"""

from segmentation_lib.stats.agreement import (
    adjusted_rand,
    jaccard_table,
    match_groups,
    matched_jaccard,
    shared_rows,
)
from segmentation_lib.stats.effects import (
    Effect,
    WelchTest,
    effect_size,
    epsilon_squared,
    permuted_welch,
)
from segmentation_lib.stats.grouping import Algorithm, Grouping
from segmentation_lib.stats.indices import (
    DaviesBouldin,
    Silhouette,
    davies_bouldin,
    explained_share,
    group_means,
    silhouette,
)
from segmentation_lib.stats.intervals import Interval, holm, mean_interval, wilson_interval
from segmentation_lib.stats.null import (
    OneCloud,
    curve_p_value,
    dither,
    null_values,
    rank_p_value,
)
from segmentation_lib.stats.stability import (
    PredictionStrength,
    Stability,
    bootstrap_stability,
    prediction_strength,
)

__all__ = [
    "Algorithm",
    "DaviesBouldin",
    "Effect",
    "Grouping",
    "Interval",
    "OneCloud",
    "PredictionStrength",
    "Silhouette",
    "Stability",
    "WelchTest",
    "adjusted_rand",
    "bootstrap_stability",
    "curve_p_value",
    "davies_bouldin",
    "dither",
    "effect_size",
    "epsilon_squared",
    "explained_share",
    "group_means",
    "holm",
    "jaccard_table",
    "match_groups",
    "matched_jaccard",
    "mean_interval",
    "null_values",
    "permuted_welch",
    "prediction_strength",
    "rank_p_value",
    "shared_rows",
    "silhouette",
    "wilson_interval",
]
