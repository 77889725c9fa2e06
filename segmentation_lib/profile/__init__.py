"""Who the segments are: value, traits, names and a card for each."""

from __future__ import annotations

from segmentation_lib.profile.cards import card_sentence, segment_cards
from segmentation_lib.profile.given import given_names
from segmentation_lib.profile.matrix import difference_matrix
from segmentation_lib.profile.names import suggest_names
from segmentation_lib.profile.phrases import Phrase, trait_phrase
from segmentation_lib.profile.traits import strongest_traits, trait_table
from segmentation_lib.profile.value import (
    ALL_SEGMENTS,
    HEADCOUNT,
    ValueMeasure,
    has_value,
    segment_value,
    value_formats,
    value_measure,
    value_outside,
)

__all__ = [
    "ALL_SEGMENTS",
    "HEADCOUNT",
    "Phrase",
    "ValueMeasure",
    "card_sentence",
    "difference_matrix",
    "given_names",
    "has_value",
    "segment_cards",
    "segment_value",
    "strongest_traits",
    "suggest_names",
    "trait_phrase",
    "trait_table",
    "value_formats",
    "value_measure",
    "value_outside",
]
