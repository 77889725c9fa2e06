"""The KPIs people answer for, with targets and guardrails: ``params/<project>/kpis.yaml``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Literal

from pydantic import Field, model_validator

from segmentation_lib.faults import Fault, ParameterError
from segmentation_lib.params.registers.references import (
    KnownSegment,
    Reference,
    name_fault,
    segment_faults,
)
from segmentation_lib.params.registers.register import (
    ALL_SEGMENTS,
    Entry,
    Register,
    SegmentOrAll,
    Words,
    read_entries,
)
from segmentation_lib.params.section import Section

__all__ = [
    "NPS",
    "Kpi",
    "Target",
    "check_kpis",
    "kpi_declaration",
    "kpi_declarations",
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
            raise ValueError(f"more than one target for {', '.join(twice)}")
        return self

    @property
    def target_of(self) -> Mapping[str, float]:
        """Targets by segment, that of the company under ``(all)``."""
        own = {target.segment: target.value for target in self.targets}
        return own if self.target is None else {**own, ALL_SEGMENTS: self.target}


def read_kpis(text: str | None, name: str = "kpis.yaml") -> Register[Kpi]:
    """Read ``kpis.yaml``: the single top key ``kpis`` over a list of `Kpi`.

    Args:
        text: Text of the file; None or an empty one holds no KPIs.
        name: Its name as people write it, used in faults.

    Raises:
        ParameterError: The text breaks a rule, or two KPIs have the same metric; all faults are
            listed, with lines.
    """
    register = read_entries(text, name, key="kpis", entry=Kpi)
    metrics = [kpi.metric for kpi in register]
    faults = [
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
    if faults:
        raise ParameterError(faults)
    return register


def check_kpis(
    kpis: Register[Kpi],
    *,
    outcomes: Collection[str],
    segmenting: Collection[str],
    known: Mapping[str, KnownSegment] | None = None,
    has_scores: bool = False,
) -> None:
    """Refuse KPIs that are features of the segments, or that nobody measures.

    Args:
        kpis: The register.
        outcomes: Outcomes of the quarter.
        segmenting: Features that make the segments.
        known: All segments of the project, by ID; None before the first segments are made, and
            then targets of segments are not looked up.
        has_scores: Whether there are survey scores, so that `nps` can be a KPI.

    Raises:
        ParameterError: A KPI is a segmenting feature, or no outcome, or a target names a segment
            that there is not; all faults are listed, with lines.
    """
    measured = {*outcomes, *([NPS] if has_scores else [])}
    faults: list[Fault] = []
    for place, kpi in enumerate(kpis):
        where, spot = kpis.where(place, "metric"), kpis.spot(place, "metric")
        if kpi.metric in segmenting:
            free = ", ".join(sorted(measured - set(segmenting)))
            faults.append(
                Fault(
                    where,
                    f"{spot} = {kpi.metric}, a feature that makes the segments",
                    "a KPI that also makes the segments always differs between them",
                    f"Name an outcome of the quarter ({free}), or take the feature out of "
                    "prepare.features.",
                    "circular",
                )
            )
        elif kpi.metric == NPS and not has_scores:
            rule = "a score needs the table surveys with the column nps"
            faults.append(Fault(where, f"{spot} = {NPS}", rule, "Map the surveys, or remove it."))
        elif kpi.metric not in measured:
            kind = "outcome of the quarter"
            faults.append(name_fault(where, spot, kpi.metric, measured, kind=kind))
    if known is not None:
        faults += segment_faults(_references(kpis), known)
    if faults:
        raise ParameterError(faults)


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


def _references(kpis: Register[Kpi]) -> list[Reference]:
    return [
        Reference(
            target.segment,
            kpis.where(place, "targets", number, "segment"),
            kpis.spot(place, "targets", number, "segment"),
        )
        for place, kpi in enumerate(kpis)
        for number, target in enumerate(kpi.targets)
        if target.segment != ALL_SEGMENTS
    ]
