"""The register of segments: permanent IDs, who named them, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from segmentation_lib.cluster.transforms import Frozen
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.params.strict_yaml import Document, read_yaml

__all__ = ["RegisteredSegment", "Registry", "segment_id"]

_HEADER = """\
# Segments of this project. An id is permanent and never given to another segment.
# Names and owners are for people to fill in; everything else is written by `segment adopt`.
"""


def segment_id(number: int) -> str:
    """Return the permanent ID of a number.

    >>> segment_id(7)
    'S07'
    """
    return f"S{number:02d}"


class RegisteredSegment(Frozen):
    """One segment for life.

    Attributes:
        id: Permanent ID.
        name: Name given by a person; None until then.
        owner: Who answers for the segment; None until given.
        first_period: Period in which it was first found.
        status: ``active``, or ``retired`` when it is no longer found.
        retired_in: Period in which it was no longer found.
        successor: Segment that most of its customers went to, if most went to one.
    """

    id: str = Field(pattern=r"^S\d{2,}$")
    name: str | None = None
    owner: str | None = None
    first_period: str
    status: Literal["active", "retired"] = "active"
    retired_in: str | None = None
    successor: str | None = None

    @property
    def label(self) -> str:
        """The ID, with the name if there is one."""
        return f"{self.id} {self.name}" if self.name else self.id


class Registry(Frozen):
    """All segments a project ever had.

    Attributes:
        project: Name of the project.
        period: Period the register stands at; None before the first.
        as_of: Day of the features that the segments were fitted on; None before the first.
        next_number: Number of the next new segment.
        segments: The segments, in order of their IDs.
    """

    project: str
    period: str | None = None
    as_of: date | None = None
    next_number: int = Field(default=1, ge=1)
    segments: tuple[RegisteredSegment, ...] = ()

    @model_validator(mode="after")
    def _ids_are_permanent(self) -> Registry:
        numbers = [int(segment.id[1:]) for segment in self.segments]
        if len(set(numbers)) != len(numbers):
            raise ValueError("two segments have the same id")
        if numbers and max(numbers) >= self.next_number:
            raise ValueError(
                f"next_number = {self.next_number}, but {segment_id(max(numbers))} is taken"
            )
        return self

    @property
    def active(self) -> tuple[RegisteredSegment, ...]:
        """Segments that are not retired."""
        return tuple(segment for segment in self.segments if segment.status == "active")

    @property
    def by_id(self) -> Mapping[str, RegisteredSegment]:
        """The segments by ID."""
        return {segment.id: segment for segment in self.segments}

    @property
    def names(self) -> Mapping[str, str]:
        """Names that people gave, by ID."""
        return {segment.id: segment.name for segment in self.segments if segment.name}

    def advance(
        self,
        ids: Collection[str],
        *,
        period: str,
        as_of: date,
        next_number: int,
        successors: Mapping[str, str],
    ) -> Registry:
        """Return the register after a period in which the segments ``ids`` were found.

        Active segments that are not among them retire; names and owners stay with their IDs.

        Args:
            ids: IDs of this period's segments.
            period: Name of the period.
            as_of: Day of the features that the segments were fitted on.
            next_number: Number of the next new segment.
            successors: For a segment that merged into another: that other one's ID.
        """
        retired = {"status": "retired", "retired_in": period}
        kept = [
            segment
            if segment.id in ids or segment.status == "retired"
            else segment.model_copy(update={**retired, "successor": successors.get(segment.id)})
            for segment in self.segments
        ]
        arrived = [
            RegisteredSegment(id=id, first_period=period)
            for id in sorted(set(ids) - set(self.by_id), key=lambda id: int(id[1:]))
        ]
        return Registry(
            project=self.project,
            period=period,
            as_of=as_of,
            next_number=next_number,
            segments=(*kept, *arrived),
        )

    def dump(self) -> str:
        """Return the register as YAML text, the same bytes for the same register."""
        values = self.model_dump(mode="json")
        return _HEADER + yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=100)

    @classmethod
    def read(cls, text: str, *, name: str = "segments.yaml") -> Registry:
        """Read a register from YAML text.

        Args:
            text: What `dump` returned, perhaps with names and owners filled in.
            name: Name of the file, used in faults.

        Raises:
            ContractError: The text is not YAML, or a part is missing, unknown or contradictory.
        """
        document = read_yaml(text, name)
        return cls.parse(document.values, name=name, document=document)

    @classmethod
    def parse(
        cls, values: Any, *, name: str = "segments.yaml", document: Document | None = None
    ) -> Registry:
        """Check plain values and return them as a register.

        Args:
            values: Nested mappings and sequences, as `model_dump` gives them.
            name: Name of the file, used in faults.
            document: The text they were read from, for line numbers in faults.

        Raises:
            ContractError: A part is missing, unknown or contradictory.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            faults = []
            for found in error.errors():
                line = document.line(found["loc"]) if document else None
                place = ".".join(str(step) for step in found["loc"])
                faults.append(
                    Fault(
                        f"{name}:{line}" if line else name,
                        f"{place}: {found['msg']}" if place else found["msg"],
                        "the register must be as it was adopted, but for names and owners",
                        "Correct the entry, or restore the file from version control.",
                        "registry",
                    )
                )
            raise ContractError(faults) from None
