"""Audiences: who is in a segment, as rules and SQL that other systems run, and how truly."""

from __future__ import annotations

from segmentation_lib.implement.audiences.evaluate import matches
from segmentation_lib.implement.audiences.exact import exact_sql
from segmentation_lib.implement.audiences.fidelity import RuleStudy, study_rules
from segmentation_lib.implement.audiences.fields import fields_of, kinds_of, rule_table
from segmentation_lib.implement.audiences.files import audience_files
from segmentation_lib.implement.audiences.hubspot import hubspot_filter
from segmentation_lib.implement.audiences.hysteresis import Settled, settle
from segmentation_lib.implement.audiences.klaviyo import klaviyo_segments
from segmentation_lib.implement.audiences.priority import overlap_counts
from segmentation_lib.implement.audiences.properties import properties_of, property_values
from segmentation_lib.implement.audiences.publish import (
    NO_CONSENT,
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
from segmentation_lib.implement.audiences.shown import audience_sentences, published_audiences
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
    "audience_files",
    "audience_schema",
    "audience_sentences",
    "audience_table",
    "audiences_sql",
    "exact_sql",
    "fields_of",
    "hubspot_filter",
    "kinds_of",
    "klaviyo_segments",
    "make_audiences",
    "matches",
    "overlap_counts",
    "project_sql",
    "properties_of",
    "property_values",
    "published_audiences",
    "rule_table",
    "settle",
    "study_rules",
]
