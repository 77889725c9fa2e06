"""What an audience is: clauses joined by AND, joined by OR, in one canonical JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import AfterValidator, Field, Strict, ValidationError, model_validator

from segmentation_lib.cluster.transforms import Frozen
from segmentation_lib.faults import ContractError, Fault

__all__ = [
    "FORMAT",
    "Audience",
    "Clause",
    "Conjunction",
    "FieldKind",
    "Hysteresis",
    "Measured",
    "Source",
    "audience_schema",
]

FORMAT: Final = "segmentation-audience/1"
FieldKind: TypeAlias = Literal["number", "text"]


def _plain(number: float) -> float:
    """One way to write each number: 5 for 5.0, and 0 for -0.0."""
    if not math.isfinite(number):
        raise ValueError("must be finite")
    whole = number == int(number) and abs(number) < 2**53
    return int(number) if whole else number


def _short(values: Any) -> Any:
    """Write whole numbers without a decimal point, at any depth."""
    if isinstance(values, dict):
        return {key: _short(value) for key, value in values.items()}
    if isinstance(values, list):
        return [_short(value) for value in values]
    return _plain(values) if isinstance(values, float) else values


def _sound(text: str) -> str:
    # No database keeps this character in a text.
    if "\0" in text:
        raise ValueError("must not hold the character NUL")
    return text


_Number = Annotated[float, Strict(), AfterValidator(_plain)]
_Text = Annotated[str, Strict(), AfterValidator(_sound)]
_Values: TypeAlias = tuple[_Number, ...] | tuple[_Text, ...]
_COMPARED = ("<", "<=", ">", ">=")


class Clause(Frozen):
    """One condition on one field.

    Attributes:
        field: Column of the table of rules.
        op: The operator. ``between`` includes both ends; ``is_null`` asks whether it is missing.
        value: A number or a text; for ``between`` two numbers; for ``in`` and ``not_in`` a list of
            one kind; for ``is_null`` true or false. Texts have no order, so `<` takes numbers.
        null: What a missing value does: ``pass`` or ``fail``. Not-a-number is missing, an empty
            text is not. ``is_null`` has none.
    """

    field: Annotated[_Text, Field(min_length=1)]
    op: Literal["=", "!=", "<", "<=", ">", ">=", "in", "not_in", "between", "is_null"]
    value: Annotated[bool, Strict()] | _Number | _Text | _Values
    null: Literal["pass", "fail"] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Clause:
        if (self.op == "is_null") != (self.null is None):
            raise ValueError(f"{self.op} {'has no' if self.null else 'needs a'} null behaviour")
        if (self.op == "is_null") != isinstance(self.value, bool):
            raise ValueError("true and false go with is_null, and only with it")
        if (self.op in ("in", "not_in", "between")) != isinstance(self.value, tuple):
            raise ValueError(f"{self.op} needs {_needed(self.op)}")
        if isinstance(self.value, tuple):
            return self._many(self.value)
        if self.op in _COMPARED and isinstance(self.value, str):
            raise ValueError(f"{self.op} needs a number: texts have no order")
        return self

    def _many(self, values: tuple[Any, ...]) -> Clause:
        if self.op != "between":
            if not values:
                raise ValueError(f"{self.op} needs at least one value")
            object.__setattr__(self, "value", tuple(sorted(set(values))))
        elif len(values) != 2 or isinstance(values[0], str) or values[0] > values[1]:
            raise ValueError("between needs two numbers, the smaller one first")
        return self

    @property
    def kind(self) -> FieldKind | None:
        """Kind of field it can be asked of; None for any."""
        if isinstance(self.value, bool):
            return None
        one = self.value[0] if isinstance(self.value, tuple) else self.value
        return "text" if isinstance(one, str) else "number"

    @property
    def passes_null(self) -> bool:
        """Whether a missing value passes."""
        return self.value is True if self.op == "is_null" else self.null == "pass"

    @property
    def sort_key(self) -> tuple[str, str, str, str]:
        """Place in the canonical order."""
        return (self.field, self.op, json.dumps(self.value), self.null or "")


def _needed(op: str) -> str:
    return "a list of values" if op in ("in", "not_in", "between") else "one value"


class Conjunction(Frozen):
    """Clauses that must all hold, in the canonical order."""

    all: tuple[Clause, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Conjunction:
        ordered = sorted(set(self.all), key=lambda clause: clause.sort_key)
        object.__setattr__(self, "all", tuple(ordered))
        return self


class Source(Frozen):
    """What a rule was made from.

    Attributes:
        model_hash: Hash of the model whose segments it stands for.
        as_of: The last day that counts, included: the day that tags are assigned on.
        window_days: Days that the features look back, this day included.
    """

    model_hash: str
    as_of: date = Field(description="The last day that counts, included.")
    window_days: int = Field(ge=1, description="Days that the features look back.")


class Measured(Frozen):
    """How truly a rule gives its segment, on customers it was not made from.

    Attributes:
        n: Customers it was judged on.
        kappa: Agreement of all rules with the segments beyond chance, up to 1.
        precision: Of those it picks, the share in the segment; None where it picks none.
        recall: Of the segment, the share it picks.
        next_period_precision: The same one snapshot later.
        next_period_recall: The same one snapshot later.
        gate: ``pass`` or ``fail``.
    """

    n: int = Field(ge=0)
    kappa: float | None
    precision: float | None
    recall: float | None
    next_period_precision: float | None = None
    next_period_recall: float | None = None
    gate: Literal["pass", "fail"]


class Hysteresis(Frozen):
    """Runs in a row that entering and leaving take in a system that can wait."""

    enter_runs: int = Field(default=2, ge=1)
    leave_runs: int = Field(default=2, ge=1)


class Audience(Frozen):
    """The rule of one segment.

    Attributes:
        schema: Version of the format.
        segment_id: Permanent ID of the segment.
        version: Period that the rule was published for.
        priority: Where several rules match, the smallest number wins.
        source: What it was made from.
        any: Who matches one of these is in the audience.
        fidelity: How truly it gives the segment; None for a rule that people wrote.
        hysteresis: How long a change must last.
        exclude: Who matches one of these clauses is in no audience, whatever else holds.
    """

    schema_: Literal["segmentation-audience/1"] = Field(default=FORMAT, alias="schema")
    segment_id: str = Field(pattern=r"^S\d{2,}$")
    version: str
    priority: int = Field(ge=1)
    source: Source
    any: tuple[Conjunction, ...] = Field(min_length=1)
    fidelity: Measured | None = None
    hysteresis: Hysteresis = Hysteresis()
    exclude: tuple[Clause, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Audience:
        parts = {part.model_dump_json(): part for part in self.any}
        ordered = sorted(parts.values(), key=lambda part: [one.sort_key for one in part.all])
        object.__setattr__(self, "any", tuple(ordered))
        excluded = sorted(set(self.exclude), key=lambda clause: clause.sort_key)
        object.__setattr__(self, "exclude", tuple(excluded))
        return self

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """All clauses, those that exclude last."""
        return (*(clause for part in self.any for clause in part.all), *self.exclude)

    def to_json(self) -> dict[str, Any]:
        """Return the audience as plain JSON values; blank parts are left out."""
        values: dict[str, Any] = _short(
            self.model_dump(mode="json", by_alias=True, exclude_none=True)
        )
        return values

    def to_text(self) -> str:
        """Return the canonical text: keys and clauses sorted, numbers as short as they are true."""
        return json.dumps(self.to_json(), sort_keys=True, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, values: Mapping[str, Any], *, name: str = "audience") -> Audience:
        """Read an audience.

        Args:
            values: What `to_json` returned, or what people wrote.
            name: Name of the file, used in faults.

        Raises:
            ContractError: A part is missing, unknown or does not fit.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            rule = f"must fit {FORMAT}"
            fix = "See the JSON Schema beside the audiences."
            raise ContractError(
                Fault(".".join([name, *map(str, found["loc"])]), found["msg"], rule, fix,
                      "bad_audience")
                for found in error.errors()
            ) from None  # fmt: skip


def audience_schema() -> dict[str, Any]:
    """Return the JSON Schema of an audience, made from the model."""
    schema = Audience.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
