"""The files of plans together: hypotheses, KPIs, playbook, content and experiments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from segmentation_lib.faults import Fault, ParameterError
from segmentation_lib.params.registers.content import Asset, read_content
from segmentation_lib.params.registers.experiments import (
    Experiment,
    experiment_declarations,
    experiment_faults,
    read_experiments,
)
from segmentation_lib.params.registers.hypotheses import (
    Hypothesis,
    claim_hash,
    hypothesis_declarations,
    hypothesis_faults,
    read_hypotheses,
)
from segmentation_lib.params.registers.kpi_register import (
    NPS,
    Kpi,
    kpi_declarations,
    kpi_faults,
    read_kpis,
)
from segmentation_lib.params.registers.natural_experiments import (
    NaturalExperiment,
    natural_declarations,
    natural_faults,
    read_natural_experiments,
)
from segmentation_lib.params.registers.playbook import Play, playbook_faults, read_playbook
from segmentation_lib.params.registers.reader import RegisterReader
from segmentation_lib.params.registers.references import (
    KnownSegment,
    references,
    segment_faults,
)
from segmentation_lib.params.registers.register import Register

__all__ = ["PLAN_FILES", "Plans", "plan_faults", "read_plans", "tolerant_plans"]

_READERS: tuple[RegisterReader[Any], ...] = (
    read_hypotheses, read_kpis, read_playbook, read_content, read_experiments,
    read_natural_experiments,
)  # fmt: skip
PLAN_FILES = tuple(reader.file for reader in _READERS)


@dataclass(frozen=True)
class Plans:
    """What a project plans, each register empty where there is no file.

    Attributes:
        hypotheses: What people believe.
        kpis: What they answer for.
        playbook: What they do.
        content: What they have to show.
        experiments: What they put to the test.
        natural_experiments: What happened to some customers and not to others.
    """

    hypotheses: Register[Hypothesis] = field(default_factory=lambda: Register("hypotheses"))
    kpis: Register[Kpi] = field(default_factory=lambda: Register("kpis"))
    playbook: Register[Play] = field(default_factory=lambda: Register("playbook"))
    content: Register[Asset] = field(default_factory=lambda: Register("content"))
    experiments: Register[Experiment] = field(default_factory=lambda: Register("experiments"))
    natural_experiments: Register[NaturalExperiment] = field(
        default_factory=lambda: Register("natural_experiments")
    )

    @property
    def registers(self) -> tuple[Register[Any], ...]:
        """All registers of plans, in the order of `PLAN_FILES`."""
        return (self.hypotheses, self.kpis, self.playbook, self.content, self.experiments,
                self.natural_experiments)  # fmt: skip

    @property
    def declarations(self) -> tuple[str, ...]:
        """A line per hypothesis, KPI and experiment, sorted, to be kept before the segments."""
        lines = (
            *hypothesis_declarations(self.hypotheses),
            *kpi_declarations(self.kpis),
            *experiment_declarations(self.experiments),
            *natural_declarations(self.natural_experiments),
        )
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
    plans = tolerant_plans(texts, folder)
    faults = [fault for register in plans.registers for fault in register.faults]
    if faults:
        raise ParameterError(faults)
    return plans


def tolerant_plans(texts: Mapping[str, str | None], folder: str = "") -> Plans:
    """Read what can be read of the files of plans; each register keeps its faults.

    Args:
        texts: Text by file name, as in `read_plans`.
        folder: The folder as people write it.
    """
    return Plans(
        *(
            reader.tolerant(texts.get(reader.file), f"{folder}/{reader.file}" if folder else "")
            for reader in _READERS
        )
    )


def plan_faults(
    plans: Plans,
    *,
    known: Mapping[str, KnownSegment] | None,
    outcomes: Collection[str],
    segmenting: Collection[str],
    attributes: Collection[str] = (),
    has_scores: bool = False,
) -> list[Fault]:
    """Return what is wrong with plans against the segments, the outcomes and each other.

    Args:
        plans: What `read_plans` or `tolerant_plans` returned.
        known: All segments of the project, by ID, see `known_segments`; None before the first
            were made, and then segments are not looked up.
        outcomes: Outcomes of the quarter.
        segmenting: Features that make the segments.
        attributes: Columns of the customers that describe them and do not make the segments.
        has_scores: Whether there are survey scores, so that `nps` can be measured.
    """
    metrics = {*outcomes, *([NPS] if has_scores else [])}
    hypotheses, experiments = plans.hypotheses.named, plans.experiments.named
    return [
        *hypothesis_faults(
            plans.hypotheses, known=known, metrics=metrics, segmenting=segmenting,
            # An experiment may be run elsewhere, as long as nobody keeps the register here.
            experiments=experiments or None,
        ),
        *kpi_faults(
            plans.kpis, outcomes=outcomes, segmenting=segmenting, known=known,
            has_scores=has_scores,
        ),
        *playbook_faults(plans.playbook, known=known, hypotheses=hypotheses, metrics=metrics),
        *segment_faults(references(plans.content, "segment"), known),
        *experiment_faults(
            plans.experiments, known=known, metrics=outcomes, hypotheses=hypotheses,
            covariates=("revenue",),
        ),
        *natural_faults(
            plans.natural_experiments, known=known, attributes=attributes, hypotheses=hypotheses
        ),
    ]  # fmt: skip
