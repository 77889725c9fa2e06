"""The KPIs people answer for, with targets and guardrails: ``params/<project>/kpis.yaml``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Literal

from pydantic import Field, model_validator

from segmentation_lib.faults import Fault
from segmentation_lib.params.registers.reader import RegisterReader
from segmentation_lib.params.registers.references import (
    KnownSegment,
    name_faults,
    references,
    segment_faults,
)
from segmentation_lib.params.registers.register import (
    ALL_SEGMENTS,
    Entry,
    Register,
    SegmentOrAll,
    Words,
)
from segmentation_lib.params.registers.rules import broken_rule
from segmentation_lib.params.section import Section

__all__ = [
    "NPS",
    "Kpi",
    "Target",
    "kpi_declaration",
    "kpi_declarations",
    "kpi_faults",
    "kpi_register_hash",
    "read_kpis",
]

NPS = "nps"


class Target(Section):
    """What a KPI shall reach in one segment."""

    segment: SegmentOrAll = Field(description="Permanent ID of the segment, or `(all)`.")
    value: float = Field(allow_inf_nan=False, description="The value, in the KPI's unit.")


class Kpi(Entry):
    """One KPI, declared before the segments are made."""

    metric: Words = Field(description="An outcome of the quarter, or `nps`.")
    definition: Words = Field(description="What is counted, of whom, in one sentence.")
    owner: Words = Field(description="The team or role that answers for it.")
    window: Literal["quarter"] = Field(
        default="quarter", description="When it is measured: in the quarter after the open."
    )
    better: Literal["higher", "lower"] = Field(default="higher", description="Which way is better.")
    target: float | None = Field(
        default=None, allow_inf_nan=False, description="What the company shall reach."
    )
    targets: tuple[Target, ...] = Field(default=(), description="Targets of single segments.")
    guardrail: float | None = Field(
        default=None,
        allow_inf_nan=False,
        description="Value that no segment may be worse than, whatever else improves.",
    )

    @model_validator(mode="after")
    def _one_target_each(self) -> Kpi:
        named = [target.segment for target in self.targets]
        if self.target is not None:
            named.append(ALL_SEGMENTS)
        twice = sorted({name for name in named if named.count(name) > 1})
        if twice:
            rule = f"a segment has one target, and {', '.join(twice)} more"
            raise broken_rule(rule, "Keep one of them.", at="targets")
        return self

    @property
    def target_of(self) -> Mapping[str, float]:
        """Targets by segment, that of the company under ``(all)``."""
        own = {target.segment: target.value for target in self.targets}
        return own if self.target is None else {**own, ALL_SEGMENTS: self.target}


def _repeated_metrics(register: Register[Kpi]) -> list[Fault]:
    metrics = [kpi.metric for kpi in register]
    return [
        Fault(
            register.where(place, "metric"),
            f"{register.spot(place, 'metric')} = {metric} stands twice "
            f"(first in {register.where(metrics.index(metric), 'metric')})",
            "a metric has one KPI",
            "Put both into one entry.",
        )
        for place, metric in enumerate(metrics)
        if metric in metrics[:place]
    ]


read_kpis = RegisterReader("kpis", Kpi, _repeated_metrics)
"""Reads ``kpis.yaml``: each metric has one KPI."""


def kpi_faults(
    kpis: Register[Kpi],
    *,
    outcomes: Collection[str],
    segmenting: Collection[str],
    known: Mapping[str, KnownSegment] | None = None,
    has_scores: bool = False,
) -> list[Fault]:
    """Return the faults of KPIs that are features of the segments, or that nobody measures.

    Args:
        kpis: The register.
        outcomes: Outcomes of the quarter.
        segmenting: Features that make the segments.
        known: All segments of the project, by ID; None before the first were made.
        has_scores: Whether there are survey scores, so that `nps` can be a KPI.
    """
    measured = {*outcomes, *([NPS] if has_scores else [])}
    faults = segment_faults(references(kpis, "targets.segment"), known)
    for one in references(kpis, "metric"):
        if one.name in segmenting:
            free = ", ".join(sorted(measured - set(segmenting)))
            faults.append(
                Fault(
                    one.where,
                    f"{one.spot} = {one.name}, a feature that makes the segments",
                    "a KPI that also makes the segments always differs between them",
                    f"Name an outcome of the quarter ({free}), or take the feature out of "
                    "prepare.features.",
                    "circular",
                )
            )
        elif one.name == NPS and not has_scores:
            rule = "a score needs the table surveys with the column nps"
            fix = "Map the surveys, or remove it."
            faults.append(Fault(one.where, f"{one.spot} = {NPS}", rule, fix))
        else:
            faults += name_faults([one], measured, kind="outcome of the quarter")
    return faults


def kpi_register_hash(kpis: Register[Kpi]) -> str:
    """Return the SHA-256 of the register in canonical bytes.

    The order of entries and keys, comments and blanks do not count; every value does.
    """
    entries = sorted(_canonical(kpi) for kpi in kpis)
    return hashlib.sha256(("[" + ",".join(entries) + "]").encode()).hexdigest()


def kpi_declarations(kpis: Register[Kpi]) -> tuple[str, ...]:
    """Return a line of text per KPI, sorted, to be kept before the segments are made.

    A line that is not among those of that time was added or changed afterwards: the KPI is
    "post hoc", and a target moved after the fact is no target.
    """
    return tuple(sorted(kpi_declaration(kpi) for kpi in kpis))


def kpi_declaration(kpi: Kpi) -> str:
    """Return the line of one KPI."""
    return f"KPI {kpi.metric} ({hashlib.sha256(_canonical(kpi).encode()).hexdigest()[:16]})"


def _canonical(kpi: Kpi) -> str:
    values = kpi.model_dump(mode="json")
    values["targets"] = sorted(values["targets"], key=lambda target: str(target["segment"]))
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
