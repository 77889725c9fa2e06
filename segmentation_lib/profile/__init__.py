"""Who the segments are: traits, names, value, journeys, voice, stories, and a card for each."""

from __future__ import annotations

from segmentation_lib.profile.cards import card_sentence, segment_cards
from segmentation_lib.profile.differentiators import bold_traits
from segmentation_lib.profile.evaluation import Evaluation, evaluate_segments, evaluation_sentence
from segmentation_lib.profile.given import given_names, suggested_names
from segmentation_lib.profile.markers import attribute_markers, marker_table
from segmentation_lib.profile.matrix import ROLES, PersonaTable, difference_matrix, persona_table
from segmentation_lib.profile.membership import Membership, membership_model
from segmentation_lib.profile.names import name_changes, name_warnings, suggest_names
from segmentation_lib.profile.percentiles import percentile_profile
from segmentation_lib.profile.phrases import Phrase, trait_phrase
from segmentation_lib.profile.traits import strongest_traits, trait_table

__all__ = [
    "ROLES",
    "Evaluation",
    "Membership",
    "PersonaTable",
    "Phrase",
    "attribute_markers",
    "bold_traits",
    "card_sentence",
    "difference_matrix",
    "evaluate_segments",
    "evaluation_sentence",
    "given_names",
    "marker_table",
    "membership_model",
    "name_changes",
    "name_warnings",
    "percentile_profile",
    "persona_table",
    "segment_cards",
    "strongest_traits",
    "suggest_names",
    "suggested_names",
    "trait_phrase",
    "trait_table",
]
