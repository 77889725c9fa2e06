"""Registers: small files in which a project keeps what people plan, by permanent segment ID."""

from __future__ import annotations

from segmentation_lib.params.registers.content import Asset, check_content, read_content
from segmentation_lib.params.registers.hypotheses import (
    Hypothesis,
    check_hypotheses,
    claim_hash,
    hypothesis_declaration,
    hypothesis_declarations,
    read_hypotheses,
)
from segmentation_lib.params.registers.kpi_register import (
    NPS,
    Kpi,
    Target,
    check_kpis,
    kpi_declaration,
    kpi_declarations,
    kpi_register_hash,
    read_kpis,
)
from segmentation_lib.params.registers.plans import PLAN_FILES, Plans, check_plans, read_plans
from segmentation_lib.params.registers.playbook import Play, check_playbook, read_playbook
from segmentation_lib.params.registers.references import (
    KnownSegment,
    Reference,
    check_segments,
    known_segments,
    name_fault,
    segment_faults,
    segment_references,
)
from segmentation_lib.params.registers.register import (
    ALL_SEGMENTS,
    Entry,
    Register,
    SegmentId,
    SegmentOrAll,
    Words,
    read_entries,
)

__all__ = [
    "ALL_SEGMENTS",
    "NPS",
    "PLAN_FILES",
    "Asset",
    "Entry",
    "Hypothesis",
    "KnownSegment",
    "Kpi",
    "Plans",
    "Play",
    "Reference",
    "Register",
    "SegmentId",
    "SegmentOrAll",
    "Target",
    "Words",
    "check_content",
    "check_hypotheses",
    "check_kpis",
    "check_plans",
    "check_playbook",
    "check_segments",
    "claim_hash",
    "hypothesis_declaration",
    "hypothesis_declarations",
    "known_segments",
    "kpi_declaration",
    "kpi_declarations",
    "kpi_register_hash",
    "name_fault",
    "read_content",
    "read_entries",
    "read_hypotheses",
    "read_kpis",
    "read_plans",
    "read_playbook",
    "segment_faults",
    "segment_references",
]
