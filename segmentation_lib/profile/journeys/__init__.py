"""How customers of each segment move through the product, from the event log."""

from __future__ import annotations

from segmentation_lib.profile.journeys.asked import (
    NO_LOG,
    NO_SUCCESS,
    all_funnels,
    later_stages,
    no_funnel_sentence,
)
from segmentation_lib.profile.journeys.breaks import break_sentences, funnel_breaks
from segmentation_lib.profile.journeys.declared import success_events
from segmentation_lib.profile.journeys.early import EarlyStudy, early_behaviours
from segmentation_lib.profile.journeys.early_words import early_sentences
from segmentation_lib.profile.journeys.friction import page_friction
from segmentation_lib.profile.journeys.friction_words import friction_sentences
from segmentation_lib.profile.journeys.funnel import funnel, stage_names
from segmentation_lib.profile.journeys.funnel_words import funnel_sentences
from segmentation_lib.profile.journeys.nudge import nudge_sentences, nudge_windows
from segmentation_lib.profile.journeys.paths import PatternStudy, path_patterns
from segmentation_lib.profile.journeys.paths_words import pattern_sentences, shown_patterns
from segmentation_lib.profile.journeys.progress import session_progress
from segmentation_lib.profile.journeys.retention import (
    event_days,
    retention_grid,
    segment_retention,
)
from segmentation_lib.profile.journeys.retention_words import (
    retention_sentence,
    segment_retention_sentence,
)
from segmentation_lib.profile.journeys.routes import (
    common_paths,
    path_flows,
    session_paths,
    shown_flows,
    shown_paths,
)
from segmentation_lib.profile.journeys.sessions import collapsed, steps
from segmentation_lib.profile.journeys.shown import (
    shown_behaviours,
    shown_curves,
    shown_friction,
    shown_funnel,
)
from segmentation_lib.profile.journeys.survival import (
    first_days,
    return_sentences,
    survival_curves,
    survival_summary,
)
from segmentation_lib.profile.journeys.transitions import (
    END,
    transition_differences,
    transition_matrix,
)

__all__ = [
    "END",
    "NO_LOG",
    "NO_SUCCESS",
    "EarlyStudy",
    "PatternStudy",
    "all_funnels",
    "break_sentences",
    "collapsed",
    "common_paths",
    "early_behaviours",
    "early_sentences",
    "event_days",
    "first_days",
    "friction_sentences",
    "funnel",
    "funnel_breaks",
    "funnel_sentences",
    "later_stages",
    "no_funnel_sentence",
    "nudge_sentences",
    "nudge_windows",
    "page_friction",
    "path_flows",
    "path_patterns",
    "pattern_sentences",
    "retention_grid",
    "retention_sentence",
    "return_sentences",
    "segment_retention",
    "segment_retention_sentence",
    "session_paths",
    "session_progress",
    "shown_behaviours",
    "shown_curves",
    "shown_flows",
    "shown_friction",
    "shown_funnel",
    "shown_paths",
    "shown_patterns",
    "stage_names",
    "steps",
    "success_events",
    "survival_curves",
    "survival_summary",
    "transition_differences",
    "transition_matrix",
]
