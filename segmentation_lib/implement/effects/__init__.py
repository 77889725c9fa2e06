"""Effects without a draw by lot, whom to treat, and a log of what was learned."""

from __future__ import annotations

from segmentation_lib.implement.effects.adjustment import (
    HIDDEN,
    AdjustedDifference,
    adjusted_difference,
    covariate_matrix,
)
from segmentation_lib.implement.effects.did import (
    DifferenceInDifferences,
    difference_in_differences,
    scale_of,
)
from segmentation_lib.implement.effects.held_out import HeldOutTargeting, held_out_targeting
from segmentation_lib.implement.effects.learning import answer, experiment_rows, natural_rows
from segmentation_lib.implement.effects.learning_log import (
    hit_rate,
    learning_log,
    learning_results,
)
from segmentation_lib.implement.effects.matching import MatchedControl, matched_control
from segmentation_lib.implement.effects.natural import NaturalResults, natural_experiment_results
from segmentation_lib.implement.effects.overlap import Overlap, measure_overlap
from segmentation_lib.implement.effects.pretrend import PretrendCheck, check_pretrend
from segmentation_lib.implement.effects.targeting import (
    Targeting,
    segment_returns,
    target_effects,
    targeting,
)
from segmentation_lib.implement.effects.words import (
    LADDER,
    adjusted_sentences,
    learning_sentences,
    natural_sentences,
    shown_natural_results,
    targeting_sentences,
)

__all__ = [
    "HIDDEN",
    "LADDER",
    "AdjustedDifference",
    "DifferenceInDifferences",
    "HeldOutTargeting",
    "MatchedControl",
    "NaturalResults",
    "Overlap",
    "PretrendCheck",
    "Targeting",
    "adjusted_difference",
    "adjusted_sentences",
    "answer",
    "check_pretrend",
    "covariate_matrix",
    "difference_in_differences",
    "experiment_rows",
    "held_out_targeting",
    "hit_rate",
    "learning_log",
    "learning_results",
    "learning_sentences",
    "matched_control",
    "measure_overlap",
    "natural_experiment_results",
    "natural_rows",
    "natural_sentences",
    "scale_of",
    "segment_returns",
    "shown_natural_results",
    "target_effects",
    "targeting",
    "targeting_sentences",
]
