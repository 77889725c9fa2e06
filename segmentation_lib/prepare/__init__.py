"""Prepare: from sources to features and outcomes, under a contract that is checked.

Four calls make the stage: ``load_tables`` maps and checks the sources, ``clean`` applies the
rules, ``snapshot`` measures features and outcomes, ``records`` keeps the rows behind them.
"""

from segmentation_lib.prepare.account import (
    coverage_sentence,
    dictionary_table,
    finding_sentences,
    missing_table_sentences,
    source_table,
    state_table,
    waterfalls,
)
from segmentation_lib.prepare.barred import check_barred
from segmentation_lib.prepare.cleaning import clean
from segmentation_lib.prepare.consent import consent_table
from segmentation_lib.prepare.contacts import contact_table
from segmentation_lib.prepare.loading import load_tables
from segmentation_lib.prepare.named_events import check_named_events
from segmentation_lib.prepare.records import Records, records
from segmentation_lib.prepare.selection import select_features
from segmentation_lib.prepare.snapshot import Prepared, snapshot
from segmentation_lib.prepare.tables import Cleaned, Finding, Tables

__all__ = [
    "Cleaned",
    "Finding",
    "Prepared",
    "Records",
    "Tables",
    "check_barred",
    "check_named_events",
    "clean",
    "consent_table",
    "contact_table",
    "coverage_sentence",
    "dictionary_table",
    "finding_sentences",
    "load_tables",
    "missing_table_sentences",
    "records",
    "select_features",
    "snapshot",
    "source_table",
    "state_table",
    "waterfalls",
]
