"""An audience as Klaviyo segments: AND of ORs, so the rule has to be turned inside out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from segmentation_lib.implement.audiences.hubspot import opposite
from segmentation_lib.implement.audiences.rule import Audience, Clause, FieldKind

__all__ = ["CANNOT_EXPRESS", "MOST_CONDITIONS", "STEPS", "TYPES", "klaviyo_segments"]

MOST_CONDITIONS = 100
TYPES: Mapping[FieldKind, str] = {"number": "Number", "text": "Text"}
STEPS = (
    "Import {values}, matched by `external_id`. Choose the type of each column as "
    "`klaviyo/properties.json` has it: Text also where the cells say true.",
    "Send each definition of `klaviyo/S….json` to `/api/segments`, as the attributes of a segment. "
    "Compare the segment's size with the table above.",
)
CANNOT_EXPRESS = (
    "Waiting: a segment follows its definition at once, so whoever stands on a border comes and "
    "goes.",
    "Priority: a profile can be in several segments; exclude those of higher priority by hand.",
    "Long rules: a rule of many parts becomes several segments; send to all of them.",
    "Empty texts: an empty text is the same as a missing one.",
)
_NUMBER: Mapping[str, str] = {
    "=": "equals",
    "!=": "not-equals",
    "<": "less-than",
    "<=": "less-than-or-equal",
    ">": "greater-than",
    ">=": "greater-than-or-equal",
}
# A condition on one property: the property, the kind of filter, its operator, its value.
_Condition = tuple[str, str, str, float | str | None]
_Group = frozenset[_Condition]


def klaviyo_segments(audience: Audience) -> list[dict[str, Any]]:
    """Return the definitions that together hold the audience.

    One segment where the turned rule has at most 100 conditions, Klaviyo's limit; else one per
    part of the rule. A profile without the property is neither above nor below anything, and
    never equal, so each missing value is asked for in so many words.

    Args:
        audience: The audience, asking for properties (see `properties.for_import`).

    Returns:
        Bodies with ``name`` and ``definition``.

    Raises:
        ValueError: One part alone has more than 100 conditions.
    """
    outside = [opposite(clause) for clause in audience.exclude]
    parts = [_groups((*part.all, *outside)) for part in audience.any]
    name = f"{audience.segment_id} {audience.version}"
    whole = _turned(parts)
    if whole is not None:
        return [_segment(name, whole)]
    for place, part in enumerate(parts, start=1):
        if sum(map(len, part)) > MOST_CONDITIONS:
            raise ValueError(
                f"{name}: part {place} has more than {MOST_CONDITIONS} conditions, which Klaviyo "
                "refuses. Use the tags instead."
            )
    return [_segment(f"{name} part {place}", part) for place, part in enumerate(parts, start=1)]


def _turned(parts: Sequence[Sequence[_Group]]) -> list[_Group] | None:
    """Turn an OR of ANDs into an AND of ORs; None if that takes too many conditions."""
    if prod(len(part) for part in parts) > 10 * MOST_CONDITIONS:
        return None
    groups = {frozenset[_Condition]().union(*chosen) for chosen in product(*parts)}
    kept = [group for group in groups if not any(other < group for other in groups)]
    if sum(map(len, kept)) > MOST_CONDITIONS:
        return None
    return sorted(kept, key=_order)


def _groups(clauses: Sequence[Clause]) -> list[_Group]:
    found = {group for clause in clauses for group in _of_clause(clause)}
    return sorted(found, key=_order)


def _of_clause(clause: Clause) -> list[_Group]:
    """Groups that must all hold for a clause, each an OR."""
    name, value = f"properties['{_quoted(clause.field)}']", clause.value
    unset: _Condition = (name, "existence", "not-set", None)
    there: _Condition = (name, "existence", "is-set", None)
    if isinstance(value, bool):
        return [frozenset([unset if value else there])]
    kind = "numeric" if clause.kind == "number" else "string"
    if clause.op == "between" and isinstance(value, tuple):
        tests: list[list[_Condition]] = [
            [(name, kind, "greater-than-or-equal", value[0])],
            [(name, kind, "less-than-or-equal", value[1])],
        ]
    elif isinstance(value, tuple):
        operator = "equals" if clause.op == "in" else "not-equals"
        each: list[_Condition] = [(name, kind, operator, one) for one in value]
        tests = [each] if clause.op == "in" else [[one] for one in each]
    else:
        tests = [[(name, kind, _NUMBER[clause.op], value)]]
    if clause.passes_null:
        return [frozenset([*test, unset]) for test in tests]
    # Whether "not equal" lets in a profile without the property is not documented: rule it out.
    negative = clause.op in ("!=", "not_in")
    return [frozenset(test) for test in tests] + [frozenset([there])] * negative


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace("'", "\\'")


def _order(group: _Group) -> list[tuple[str, ...]]:
    return sorted(tuple(map(repr, condition)) for condition in group)


def _segment(name: str, groups: Sequence[_Group]) -> dict[str, Any]:
    conditions = [
        {"conditions": [_condition(one) for one in sorted(group, key=lambda c: [*map(repr, c)])]}
        for group in groups
    ]
    return {"name": name, "definition": {"condition_groups": conditions}}


def _condition(condition: _Condition) -> dict[str, Any]:
    name, kind, operator, value = condition
    asked = {"type": kind, "operator": operator}
    filled = asked if value is None else {**asked, "value": value}
    return {"type": "profile-property", "property": name, "filter": filled}
