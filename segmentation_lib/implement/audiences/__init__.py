"""Audiences: who is in a segment, as rules and SQL that other systems run, and how truly."""

from __future__ import annotations

from segmentation_lib.implement.audiences.evaluate import matches
from segmentation_lib.implement.audiences.exact import exact_sql
from segmentation_lib.implement.audiences.fidelity import RuleStudy, study_rules
from segmentation_lib.implement.audiences.fields import kinds_of
from segmentation_lib.implement.audiences.files import audience_files
from segmentation_lib.implement.audiences.hubspot import hubspot_filter
from segmentation_lib.implement.audiences.hysteresis import Settled, settle
from segmentation_lib.implement.audiences.klaviyo import klaviyo_segments
from segmentation_lib.implement.audiences.priority import (
    active_segments,
    overlap_counts,
    overlapping_customers,
)
from segmentation_lib.implement.audiences.publish import (
    NO_CONSENT,
    audience_sentences,
    audience_table,
    make_audiences,
)
from segmentation_lib.implement.audiences.rule import (
    Audience,
    Clause,
    Conjunction,
    Source,
    audience_schema,
)
from segmentation_lib.implement.audiences.script import project_sql
from segmentation_lib.implement.audiences.shown import published_audiences
from segmentation_lib.implement.audiences.sql import DIALECTS, audiences_sql

__all__ = [
    "DIALECTS",
    "NO_CONSENT",
    "Audience",
    "Clause",
    "Conjunction",
    "RuleStudy",
    "Settled",
    "Source",
    "active_segments",
    "audience_files",
    "audience_schema",
    "audience_sentences",
    "audience_table",
    "audiences_sql",
    "exact_sql",
    "hubspot_filter",
    "kinds_of",
    "klaviyo_segments",
    "make_audiences",
    "matches",
    "overlap_counts",
    "overlapping_customers",
    "project_sql",
    "published_audiences",
    "settle",
    "study_rules",
]
