"""Experiments: designed, drawn by lot and read out, segment by segment."""

from __future__ import annotations

from segmentation_lib.implement.experiments.admission import finished, redesigned
from segmentation_lib.implement.experiments.assignment import (
    assign,
    assignment_split,
    hash_shares,
)
from segmentation_lib.implement.experiments.design import design_table
from segmentation_lib.implement.experiments.drawings import effect_drawings
from segmentation_lib.implement.experiments.pages import (
    published_designs,
    published_effects,
    published_experiments,
    published_guardrails,
    published_ratios,
)
from segmentation_lib.implement.experiments.plan import Plan, assignment_file, plan_experiments
from segmentation_lib.implement.experiments.plan_words import design_sentence, plan_sentences
from segmentation_lib.implement.experiments.readout import ReadOut, read_out
from segmentation_lib.implement.experiments.sheets import plan_sheets, read_out_sheets
from segmentation_lib.implement.experiments.starts import Start, quarter_starts
from segmentation_lib.implement.experiments.steps import experiment_steps, segments_tested
from segmentation_lib.implement.experiments.unread import unread
from segmentation_lib.implement.experiments.words import experiment_sentences, read_out_sentences

__all__ = [
    "Plan",
    "ReadOut",
    "Start",
    "assign",
    "assignment_file",
    "assignment_split",
    "design_sentence",
    "design_table",
    "effect_drawings",
    "experiment_sentences",
    "experiment_steps",
    "finished",
    "hash_shares",
    "plan_experiments",
    "plan_sentences",
    "plan_sheets",
    "published_designs",
    "published_effects",
    "published_experiments",
    "published_guardrails",
    "published_ratios",
    "quarter_starts",
    "read_out",
    "read_out_sentences",
    "read_out_sheets",
    "redesigned",
    "segments_tested",
    "unread",
]
