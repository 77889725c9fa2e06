"""The four files of plans together: hypotheses, KPIs, playbook and content."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from segmentation_lib.faults import Fault, ParameterError
from segmentation_lib.params.registers.content import Asset, check_content, read_content
from segmentation_lib.params.registers.hypotheses import (
    Hypothesis,
    check_hypotheses,
    claim_hash,
    hypothesis_declarations,
    read_hypotheses,
)
from segmentation_lib.params.registers.kpi_register import (
    NPS,
    Kpi,
    check_kpis,
    kpi_declarations,
    read_kpis,
)
from segmentation_lib.params.registers.playbook import Play, check_playbook, read_playbook
from segmentation_lib.params.registers.references import KnownSegment
from segmentation_lib.params.registers.register import Register

__all__ = ["PLAN_FILES", "Plans", "check_plans", "read_plans"]

PLAN_FILES = ("hypotheses.yaml", "kpis.yaml", "playbook.yaml", "content.yaml")


@dataclass(frozen=True)
class Plans:
    """What a project plans, each register empty where there is no file.

    Attributes:
        hypotheses: What people believe.
        kpis: What they answer for.
        playbook: What they do.
        content: What they have to show.
    """

    hypotheses: Register[Hypothesis] = field(default_factory=lambda: Register("hypotheses"))
    kpis: Register[Kpi] = field(default_factory=lambda: Register("kpis"))
    playbook: Register[Play] = field(default_factory=lambda: Register("playbook"))
    content: Register[Asset] = field(default_factory=lambda: Register("content"))

    @property
    def declarations(self) -> tuple[str, ...]:
        """A line per hypothesis and KPI, sorted, to be kept before the segments are made."""
        lines = (*hypothesis_declarations(self.hypotheses), *kpi_declarations(self.kpis))
        return tuple(sorted(lines))

    @property
    def claims(self) -> frozenset[tuple[str, str]]:
        """ID and claim of each hypothesis as it stands now."""
        return frozenset((entry.id, claim_hash(entry)) for entry in self.hypotheses)


def read_plans(texts: Mapping[str, str | None], folder: str = "") -> Plans:
    """Read the files of plans, listing the faults of all of them at once.

    Args:
        texts: Text by file name (those of `PLAN_FILES`); None or no key where there is no file.
        folder: The folder as people write it, such as ``params/demo``, used in faults.

    Raises:
        ParameterError: A text breaks a rule; all faults are listed, with file and line.
    """
    readers: tuple[Callable[[str | None, str], Register[Any]], ...] = (
        read_hypotheses, read_kpis, read_playbook, read_content,
    )  # fmt: skip
    found: list[Register[Any]] = []
    faults: list[Fault] = []
    for name, read in zip(PLAN_FILES, readers, strict=True):
        try:
            found.append(read(texts.get(name), f"{folder}/{name}" if folder else name))
        except ParameterError as error:
            faults += error.faults
    if faults:
        raise ParameterError(faults)
    return Plans(*found)


def check_plans(
    plans: Plans,
    *,
    known: Mapping[str, KnownSegment],
    outcomes: Collection[str],
    segmenting: Collection[str],
    has_scores: bool = False,
) -> None:
    """Check all plans against the segments, the outcomes and each other.

    Args:
        plans: What `read_plans` returned.
        known: All segments of the project, by ID; see `known_segments`.
        outcomes: Outcomes of the quarter.
        segmenting: Features that make the segments.
        has_scores: Whether there are survey scores, so that `nps` can be measured.

    Raises:
        ParameterError: A register names something that there is not, or something circular; all
            faults of all registers are listed, with file and line.
    """
    metrics = {*outcomes, *([NPS] if has_scores else [])}
    checks: tuple[Callable[[], None], ...] = (
        lambda: check_hypotheses(
            plans.hypotheses, known=known, metrics=metrics, segmenting=segmenting
        ),
        lambda: check_kpis(
            plans.kpis, outcomes=outcomes, segmenting=segmenting, known=known,
            has_scores=has_scores,
        ),
        lambda: check_playbook(
            plans.playbook, known=known, hypotheses=plans.hypotheses.ids, metrics=metrics
        ),
        lambda: check_content(plans.content, known=known),
    )  # fmt: skip
    faults: list[Fault] = []
    for check in checks:
        try:
            check()
        except ParameterError as error:
            faults += error.faults
    if faults:
        raise ParameterError(faults)
