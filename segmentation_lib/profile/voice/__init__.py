"""The voice of the customer: scores, distinctive words and quotes, with personal data masked."""

from __future__ import annotations

from segmentation_lib.profile.voice.answers import placed_answers
from segmentation_lib.profile.voice.distinctive import distinctive_words
from segmentation_lib.profile.voice.masking import mask_personal
from segmentation_lib.profile.voice.quotes import curated_quotes, representative_quotes
from segmentation_lib.profile.voice.satisfaction import satisfaction_table
from segmentation_lib.profile.voice.voice import NO_EVIDENCE, Voice, customer_voice

__all__ = [
    "NO_EVIDENCE",
    "Voice",
    "curated_quotes",
    "customer_voice",
    "distinctive_words",
    "mask_personal",
    "placed_answers",
    "representative_quotes",
    "satisfaction_table",
]
