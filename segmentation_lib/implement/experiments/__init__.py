"""Experiments: designed, drawn by lot and read out, segment by segment."""

from __future__ import annotations

from segmentation_lib.implement.experiments.assignment import (
    assign,
    assignment_split,
    hash_shares,
)
from segmentation_lib.implement.experiments.design import design_table
from segmentation_lib.implement.experiments.pages import (
    published_designs,
    published_effects,
    published_guardrails,
    published_ratios,
)
from segmentation_lib.implement.experiments.readout import ReadOut, read_out
from segmentation_lib.implement.experiments.words import design_sentence, experiment_sentences

__all__ = [
    "ReadOut",
    "assign",
    "assignment_split",
    "design_sentence",
    "design_table",
    "experiment_sentences",
    "hash_shares",
    "published_designs",
    "published_effects",
    "published_guardrails",
    "published_ratios",
    "read_out",
]
