"""Effects without a draw by lot, whom to treat, and a log of what was learned."""

from __future__ import annotations

from segmentation_lib.implement.effects import sheets
from segmentation_lib.implement.effects.adjustment import (
    HIDDEN,
    AdjustedDifference,
    adjusted_difference,
    covariate_matrix,
)
from segmentation_lib.implement.effects.attributes import known_at_open
from segmentation_lib.implement.effects.choice import Choice, choose_targets
from segmentation_lib.implement.effects.did import (
    DifferenceInDifferences,
    difference_in_differences,
    scale_of,
)
from segmentation_lib.implement.effects.differences import (
    adjusted_differences,
    difference_sentences,
)
from segmentation_lib.implement.effects.held_out import HeldOutTargeting, held_out_targeting
from segmentation_lib.implement.effects.learning import answer, experiment_rows, natural_rows
from segmentation_lib.implement.effects.learning_log import (
    hit_rate,
    learning_log,
    learning_results,
)
from segmentation_lib.implement.effects.learning_words import learning_sentences
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
from segmentation_lib.implement.effects.targeting_words import choice_sentences
from segmentation_lib.implement.effects.words import LADDER, natural_sentences

__all__ = [
    "HIDDEN",
    "LADDER",
    "AdjustedDifference",
    "Choice",
    "DifferenceInDifferences",
    "HeldOutTargeting",
    "MatchedControl",
    "NaturalResults",
    "Overlap",
    "PretrendCheck",
    "Targeting",
    "adjusted_difference",
    "adjusted_differences",
    "answer",
    "check_pretrend",
    "choice_sentences",
    "choose_targets",
    "covariate_matrix",
    "difference_in_differences",
    "difference_sentences",
    "experiment_rows",
    "held_out_targeting",
    "hit_rate",
    "known_at_open",
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
    "sheets",
    "target_effects",
    "targeting",
]
