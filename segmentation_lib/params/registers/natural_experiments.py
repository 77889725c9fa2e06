"""What happened to some customers and not to others: ``natural_experiments.yaml`` of a project."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, FiniteFloat, model_validator

from segmentation_lib.faults import Fault, ParameterError
from segmentation_lib.params.registers.references import (
    KnownSegment,
    Reference,
    name_fault,
    segment_faults,
)
from segmentation_lib.params.registers.register import (
    Entry,
    EntryId,
    Register,
    Words,
    read_entries,
)

__all__ = ["SEGMENT", "NaturalExperiment", "check_natural_experiments", "read_natural_experiments"]

SEGMENT = "segment"
Values = Annotated[tuple[Words, ...], Field(min_length=1)]
Group = Annotated[dict[Words, Values], Field(min_length=1)]


class NaturalExperiment(Entry):
    """Something that happened to one group of customers on a day, without a draw by lot."""

    what: Words = Field(description="What happened, in a few words.")
    started_on: date = Field(description="First day on which it could make a difference.")
    treated: Group = Field(
        description="Who it happened to: values by attribute, such as `region: [North]` or "
        "`segment: [S01]`; a customer must fit all attributes named."
    )
    control: Group | None = Field(
        default=None,
        description="Who it did not happen to, in the same way. Without one, before and after are "
        "described, and no effect is claimed.",
    )
    metric: Literal["revenue", "orders", "active"] = Field(
        description="What may have changed: `revenue`, `orders` (days with a purchase) or `active` "
        "(whether a customer bought)."
    )
    direction: Literal["higher", "lower"] = Field(description="What is expected of the metric.")
    min_effect: Annotated[FiniteFloat, Field(ge=0)] = Field(
        default=0.0,
        description="Smallest change that matters, as a share of what was expected without it "
        "(0.05 is five percent).",
    )
    hypothesis: EntryId | None = Field(
        default=None, description="ID of the hypothesis that it tests."
    )
    match_by: tuple[Words, ...] = Field(
        default=(),
        description="Attributes in which the control group is weighed to be like the treated, such "
        "as `segment`; never the metric's own past.",
    )
    cluster: Words | None = Field(
        default=None,
        description="Attribute that was treated as a whole, such as a shop or a region; errors "
        "then allow for its customers being alike.",
    )
    owner: Words | None = Field(default=None, description="Role that answers for it.")
    decision: Literal["keep", "stop", "change", "test"] | None = Field(
        default=None, description="What was decided: `keep`, `stop`, `change` or `test` by lot."
    )
    decided_on: date | None = Field(default=None, description="Day of the decision.")
    lesson: Words | None = Field(default=None, description="What was learned, in one sentence.")

    @model_validator(mode="after")
    def _two_groups(self) -> NaturalExperiment:
        if (self.decision is None) != (self.decided_on is None):
            raise ValueError("decision and decided_on go together; give both or neither")
        if self.control is None:
            if self.match_by:
                raise ValueError("match_by weighs a control group, and there is no control")
            return self
        shared = [name for name in self.treated if name in self.control]
        if all(set(self.treated[name]) & set(self.control[name]) for name in shared):
            raise ValueError(
                "a customer may be in treated and control at once; name the same attribute in both "
                "with other values"
            )
        return self

    @property
    def attributes(self) -> tuple[str, ...]:
        """All attributes that are named, sorted."""
        named = {*self.treated, *(self.control or {}), *self.match_by}
        return tuple(sorted(named | ({self.cluster} if self.cluster else set())))

    @property
    def compares_segments(self) -> bool:
        """Whether treated and control are told apart by segment."""
        own, others = self.treated.get(SEGMENT), (self.control or {}).get(SEGMENT)
        return self.control is not None and set(own or ()) != set(others or ())


def read_natural_experiments(
    text: str | None, name: str = "natural_experiments.yaml"
) -> Register[NaturalExperiment]:
    """Read a register: the top key ``natural_experiments`` over a list of `NaturalExperiment`.

    Args:
        text: Text of the file; None or an empty one holds none.
        name: Its name as people write it, used in faults.

    Raises:
        ParameterError: The text breaks a rule; all faults are listed, with lines.
    """
    return read_entries(text, name, key="natural_experiments", entry=NaturalExperiment)


def check_natural_experiments(
    register: Register[NaturalExperiment],
    *,
    known: Mapping[str, KnownSegment],
    attributes: Collection[str],
    hypotheses: Collection[str] | None = None,
) -> None:
    """Refuse entries that name segments, attributes or hypotheses that there are not.

    Args:
        register: The register.
        known: All segments of the project, by ID.
        attributes: Columns of the customers that describe them and do not make the segments.
        hypotheses: IDs of the project's hypotheses; None does not look them up.

    Raises:
        ParameterError: A name is unknown; all faults are listed, with lines.
    """
    faults: list[Fault] = []
    for place, entry in enumerate(register):
        for field in ("treated", "control", "match_by", "cluster"):
            where, spot = register.where(place, field), register.spot(place, field)
            value = getattr(entry, field)
            named: Iterable[str] = (value,) if isinstance(value, str) else value or ()
            faults += [
                name_fault(where, spot, one, {*attributes, SEGMENT}, kind="attribute")
                for one in named
                if one != SEGMENT and one not in attributes
            ]
            segments = value.get(SEGMENT, ()) if isinstance(value, dict) else ()
            faults += segment_faults([Reference(one, where, spot) for one in segments], known)
        if hypotheses is not None and entry.hypothesis and entry.hypothesis not in hypotheses:
            where, spot = register.where(place, "hypothesis"), register.spot(place, "hypothesis")
            faults.append(name_fault(where, spot, entry.hypothesis, hypotheses, kind="hypothesis"))
    if faults:
        raise ParameterError(faults)
