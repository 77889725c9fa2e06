"""Who answers for the data and what may be done with them: ``params/<project>/governance.yaml``."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, FiniteFloat, ValidationError, model_validator

from segmentation_lib.faults import Fault, ParameterError
from segmentation_lib.params.registers.entry_faults import entry_fault
from segmentation_lib.params.registers.references import Reference
from segmentation_lib.params.registers.register import Words
from segmentation_lib.params.section import Section
from segmentation_lib.params.segment_id import SegmentId
from segmentation_lib.params.strict_yaml import Document, Path, read_yaml

__all__ = [
    "Access",
    "Change",
    "Governance",
    "GovernanceFile",
    "Protected",
    "SignOff",
    "owner_references",
    "read_governance",
]

_KEY = "governance"
Column = Annotated[str, Field(pattern=r"^[^\s.]+(\.[^\s.]+)?$")]


class Protected(Section):
    """An attribute that nobody may be treated differently for."""

    column: Column = Field(description="Attribute of the customers, such as `age`.")
    name: str = Field(
        default="", description="What pages call it, such as `age group`; the column if empty."
    )
    bands: tuple[FiniteFloat, ...] = Field(
        default=(),
        description="Where a number is cut into groups, ascending; quarters of the customers if "
        "empty.",
    )

    @model_validator(mode="after")
    def _ascending(self) -> Protected:
        if any(after <= before for before, after in pairwise(self.bands)):
            raise ValueError("must have bands in ascending order, each once")
        return self

    @property
    def words(self) -> str:
        """What pages call it."""
        return self.name.strip() or self.attribute.replace("_", " ")

    @property
    def attribute(self) -> str:
        """The column without its table."""
        return self.column.rpartition(".")[2]


class Access(Section):
    """What one role may read, and why."""

    role: Words = Field(description="A role, not a person.")
    reads: tuple[Literal["sources", "params", "runs", "exports", "reports"], ...] = Field(
        min_length=1, description="Folders that the role may read."
    )
    why: Words = Field(description="What the role needs them for.")


class SignOff(Section):
    """A person's decision to use segments that tell a protected attribute."""

    attribute: Words = Field(description="The protected column it is about.")
    period: Words = Field(description="The quarter it holds for, such as `2025Q3`.")
    name: Words = Field(description="Role that decided.")
    reason: Words = Field(description="Why, in a sentence.")


class Change(Section):
    """One line of the log of changes of this file."""

    on: date = Field(description="The day.")
    by: Words = Field(description="Role that changed it.")
    what: Words = Field(description="What was changed, and why.")


class Governance(Section):
    """Who answers for the data, what they may be used for, and what is barred."""

    data_owner: Words = Field(description="Role that answers for the data.")
    segmentation_owner: Words = Field(description="Role that answers for the segments.")
    approvers: tuple[Words, ...] = Field(
        min_length=1, description="Roles that may adopt a model, as given to `segment adopt`."
    )
    approval: Literal["required", "not required"] = Field(
        default="required",
        description="`required`: nothing is exported before an approver adopted the model.",
    )
    approval_valid_days: int = Field(
        default=400,
        ge=1,
        description="An approval covers later quarters that keep the model for this many days, "
        "from the day it was given to the close of the quarter.",
    )
    segment_owners: dict[SegmentId, Words] = Field(
        default_factory=dict,
        description="Role that answers for each segment, by its permanent ID; it goes before the "
        "owner in `segments.yaml`.",
    )
    purpose: Words = Field(description="What the segments are used for, in a sentence.")
    consent_basis: Words = Field(
        description="On what ground the data are used, and where consent is recorded."
    )
    retention_days: int = Field(ge=1, description="Rows are kept this many days.")
    sensitive: tuple[Column, ...] = Field(
        default=(),
        description="Columns that may neither make segments nor go into the customer file, as "
        "`column` or `table.column`.",
    )
    protected: tuple[Protected, ...] = Field(
        default=(),
        description="Attributes that segments may neither use nor stand in for.",
    )
    access: tuple[Access, ...] = Field(min_length=1, description="Who may read what.")
    sign_offs: tuple[SignOff, ...] = Field(
        default=(), description="Decisions to use segments that tell a protected attribute."
    )
    changes: tuple[Change, ...] = Field(default=(), description="What was changed here, and when.")

    @model_validator(mode="after")
    def _consistent(self) -> Governance:
        attributes = [item.attribute for item in self.protected]
        if len(set(attributes)) < len(attributes):
            raise ValueError("must name each protected attribute once")
        for item in self.sign_offs:
            if item.attribute not in attributes:
                raise ValueError(
                    f"has a sign-off for {item.attribute}, which is not among the protected"
                )
        return self

    @property
    def barred(self) -> dict[str, str]:
        """Columns that are barred, each with ``sensitive`` or ``protected``."""
        return {
            **{item.column: "protected" for item in self.protected},
            **dict.fromkeys(self.sensitive, "sensitive"),
        }

    def approves(self, name: str) -> bool:
        """Tell whether a name is that of an approver; capitals and spaces do not matter."""
        return _spelled(name) in {_spelled(role) for role in self.approvers}

    def sign_off(self, attribute: str, period: str) -> SignOff | None:
        """Return the decision about an attribute in a quarter, None where nobody decided."""
        found = [s for s in self.sign_offs if (s.attribute, s.period) == (attribute, period)]
        return found[-1] if found else None


def _spelled(role: str) -> str:
    return " ".join(role.casefold().split())


@dataclass(frozen=True)
class GovernanceFile:
    """The file as it was read.

    Attributes:
        values: What it says.
        name: Its name as people write it.
        lines: Line of each value by its path, such as ``("sensitive", 0)``.
    """

    values: Governance
    name: str = "governance.yaml"
    lines: dict[Path, int] = field(default_factory=dict)

    def where(self, *path: str | int) -> str:
        """Return the place of a value, such as ``params/demo/governance.yaml:14``."""
        line = self.lines.get(path)
        return self.name if line is None else f"{self.name}:{line}"


def owner_references(file: GovernanceFile | None) -> list[Reference]:
    """Collect the segments that ``segment_owners`` names, for a check that there are such.

    Args:
        file: What `read_governance` returned.
    """
    if file is None:
        return []
    return [
        Reference(segment, file.where("segment_owners", segment), f"{_KEY}.segment_owners")
        for segment in file.values.segment_owners
    ]


def read_governance(text: str | None, name: str = "governance.yaml") -> GovernanceFile | None:
    """Read ``governance.yaml``: the single top key ``governance`` over a `Governance`.

    Args:
        text: Text of the file; None or an empty one where there is none.
        name: Its name as people write it, used in faults.

    Raises:
        ParameterError: The text breaks a rule; all faults are listed, with lines.
    """
    if not (text or "").strip():
        return None
    document = read_yaml(text or "", name)
    values = document.values
    if values is None:
        return None
    if not isinstance(values, dict) or list(values) != [_KEY] or not isinstance(values[_KEY], dict):
        raise ParameterError([_shape(values, name)])
    given = {key: value for key, value in values[_KEY].items() if value is not None}
    try:
        found = Governance.model_validate_json(json.dumps(given), strict=True)
    except ValidationError as error:
        listed = _as_list(document)
        raise ParameterError(
            _plain(entry_fault(details, listed, name, (_KEY, 0), Governance))
            for details in error.errors()
            if not (details["type"] == "too_short" and details["input"])
        ) from None
    lines = {path[1:]: line for path, line in document.lines.items() if path[:1] == (_KEY,)}
    return GovernanceFile(found, name, lines)


def _shape(values: object, name: str) -> Fault:
    found = ", ".join(map(str, values)) if isinstance(values, dict) else type(values).__name__
    return Fault(
        f"{name}:1",
        f"top level holds {found}",
        f"the file has the single top key {_KEY} over a mapping",
        f"Put everything under `{_KEY}:`, indented by two spaces.",
    )


def _as_list(document: Document) -> Document:
    """Return the file as one with a single entry, so that faults read as those of registers."""
    lines = {
        (path[0], 0, *path[1:]) if path[:1] == (_KEY,) else path: line
        for path, line in document.lines.items()
    }
    return Document({_KEY: [document.values[_KEY]]}, lines)


def _plain(fault: Fault) -> Fault:
    found = fault.found.replace(f"{_KEY}.0.", f"{_KEY}.", 1).replace(f"{_KEY}.0", _KEY, 1)
    return replace(fault, found=found)
