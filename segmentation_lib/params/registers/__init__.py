"""Registers: small files in which a project keeps what people plan, by permanent segment ID."""

from __future__ import annotations

from segmentation_lib.params.registers.content import Asset, read_content
from segmentation_lib.params.registers.hypotheses import (
    Hypothesis,
    claim_hash,
    hypothesis_declaration,
    hypothesis_declarations,
    read_hypotheses,
)
from segmentation_lib.params.registers.kpi_register import (
    NPS,
    Kpi,
    Target,
    kpi_declaration,
    kpi_declarations,
    kpi_register_hash,
    read_kpis,
)
from segmentation_lib.params.registers.plans import (
    PLAN_FILES,
    Plans,
    plan_faults,
    read_plans,
    tolerant_plans,
)
from segmentation_lib.params.registers.playbook import Play, read_playbook
from segmentation_lib.params.registers.reader import RegisterReader
from segmentation_lib.params.registers.references import (
    KnownSegment,
    known_segments,
    references,
    segment_faults,
)
from segmentation_lib.params.registers.register import (
    ALL_SEGMENTS,
    Entry,
    Reference,
    Register,
    SegmentId,
    SegmentOrAll,
    Words,
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
    "RegisterReader",
    "SegmentId",
    "SegmentOrAll",
    "Target",
    "Words",
    "claim_hash",
    "hypothesis_declaration",
    "hypothesis_declarations",
    "known_segments",
    "kpi_declaration",
    "kpi_declarations",
    "kpi_register_hash",
    "plan_faults",
    "read_content",
    "read_hypotheses",
    "read_kpis",
    "read_plans",
    "read_playbook",
    "references",
    "segment_faults",
    "tolerant_plans",
]
