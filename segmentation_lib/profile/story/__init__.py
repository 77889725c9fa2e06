"""Stories of the segments: evidence, answers, a day, the map of links, narratives, and their lint.

Whatever is said here rests on cells of the quarter's tables, says how well it is known, and says
"causes" only where a test with a control group earned the word.
"""

from __future__ import annotations

from segmentation_lib.profile.story.answers import (
    assumption_count,
    assumption_sentence,
    open_count,
    three_questions,
)
from segmentation_lib.profile.story.associations import segment_edges, trait_edges
from segmentation_lib.profile.story.causes import (
    cause_map,
    drawn_links,
    earned_sentences,
    map_sentence,
    no_difference_sentence,
)
from segmentation_lib.profile.story.closeness import closeness
from segmentation_lib.profile.story.day import day_sentence, typical_days
from segmentation_lib.profile.story.edges import belief_edges
from segmentation_lib.profile.story.evidence import Evidence, EvidenceBook, Grade, cell_evidence
from segmentation_lib.profile.story.experiments import experiment_edges
from segmentation_lib.profile.story.facts import card_facts, consent_shares
from segmentation_lib.profile.story.lint import causal_faults, page_text, template_faults
from segmentation_lib.profile.story.narrative import narratives
from segmentation_lib.profile.story.prose import check_stories, day_prose
from segmentation_lib.profile.story.sources import TABLES, quarter_evidence

__all__ = [
    "TABLES",
    "Evidence",
    "EvidenceBook",
    "Grade",
    "assumption_count",
    "assumption_sentence",
    "belief_edges",
    "card_facts",
    "causal_faults",
    "cause_map",
    "cell_evidence",
    "check_stories",
    "closeness",
    "consent_shares",
    "day_prose",
    "day_sentence",
    "drawn_links",
    "earned_sentences",
    "experiment_edges",
    "map_sentence",
    "narratives",
    "no_difference_sentence",
    "open_count",
    "page_text",
    "quarter_evidence",
    "segment_edges",
    "template_faults",
    "three_questions",
    "trait_edges",
    "typical_days",
]
