"""An audience as the filter of an active HubSpot list: OR of ANDs, as the rule itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from segmentation_lib.implement.audiences.properties import Property
from segmentation_lib.implement.audiences.rule import Audience, Clause, FieldKind

__all__ = ["CANNOT_EXPRESS", "STEPS", "TYPES", "hubspot_filter", "hubspot_properties", "opposite"]

# Filters compare text with text: a dropdown would need another kind of filter.
TYPES: Mapping[FieldKind, str] = {"number": "number", "text": "string"}
STEPS = (
    "Make the properties: send `hubspot/create_properties.json` to "
    "`/crm/v3/properties/contacts/batch/create`, or make them by hand from "
    "`hubspot/properties.json`.",
    "Import {values} as contacts that exist already, matched by `external_id`, the unique property "
    "that the customer file's import uses.",
    "Send each `hubspot/S….json` to `/crm/v3/lists`. Compare the list's size with the table above.",
)
CANNOT_EXPRESS = (
    "Waiting: a list follows its filter at once, so whoever stands on a border comes and goes.",
    "Priority: a contact can be in several lists; exclude the lists of higher priority by hand.",
    "Upper and lower case: texts are compared without regard to it.",
    "Empty texts: an empty text is the same as a missing one.",
)
_NUMBER: Mapping[str, str] = {
    "=": "IS_EQUAL_TO",
    "!=": "IS_NOT_EQUAL_TO",
    "<": "IS_LESS_THAN",
    "<=": "IS_LESS_THAN_OR_EQUAL_TO",
    ">": "IS_GREATER_THAN",
    ">=": "IS_GREATER_THAN_OR_EQUAL_TO",
}
# What holds exactly where the other one fails, apart from missing values.
_OPPOSITE: Mapping[str, Any] = {
    "=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "in": "not_in",
    "not_in": "in",
}  # fmt: skip


def hubspot_filter(audience: Audience) -> dict[str, Any]:
    """Return the body that creates the list: its name and ``filterBranch``.

    HubSpot asks for one OR branch at the root and AND branches under it. What must not hold is
    written as its opposite, in every branch.

    Args:
        audience: The audience, asking for properties (see `properties.for_import`).

    Raises:
        ValueError: A clause asks for one of several numbers, or an exclusion has no opposite in
            HubSpot (``between``).
    """
    outside = [opposite(clause) for clause in audience.exclude]
    branches = [
        {
            "filterBranchType": "AND",
            "filterBranches": [],
            "filters": [found for clause in (*part.all, *outside) for found in _filters(clause)],
        }
        for part in audience.any
    ]
    return {
        "name": f"{audience.segment_id} {audience.version}",
        "objectTypeId": "0-1",
        "processingType": "DYNAMIC",
        "filterBranch": {"filterBranchType": "OR", "filterBranches": branches, "filters": []},
    }


def hubspot_properties(properties: Iterable[Property]) -> dict[str, Any]:
    """Return the body that creates the properties, all at once.

    Args:
        properties: The properties that the filters need.
    """
    return {
        "inputs": [
            {
                "name": one.name,
                "label": one.name.replace("_", " ").capitalize(),
                "type": TYPES[one.kind],
                "fieldType": "number" if one.kind == "number" else "text",
                "groupName": "contactinformation",
                "description": f"{one.meaning} Unit: {one.unit}." if one.unit else one.meaning,
            }
            for one in properties
        ]
    }


def opposite(clause: Clause) -> Clause:
    """Return the clause that holds exactly where this one does not, missing values included.

    Raises:
        ValueError: There is none for ``between``.
    """
    if clause.op == "is_null":
        return clause.model_copy(update={"value": not clause.value})
    if clause.op == "between":
        raise ValueError(
            f"{clause.field}: what is outside of between takes two clauses. Write the exclusion "
            "as one clause with < and one with >."
        )
    null = "fail" if clause.passes_null else "pass"
    return clause.model_copy(update={"op": _OPPOSITE[clause.op], "null": null})


def _filters(clause: Clause) -> list[dict[str, Any]]:
    if clause.op == "in" and clause.kind == "number":
        raise ValueError(
            f"{clause.field}: HubSpot has no list of numbers. Use several audiences or bounds."
        )
    if clause.op == "not_in" and clause.kind == "number" and isinstance(clause.value, tuple):
        each = [Clause(field=clause.field, op="!=", value=value, null=clause.null)
                for value in clause.value]  # fmt: skip
        return [found for one in each for found in _filters(one)]
    operation = {**_operation(clause), "includeObjectsWithNoValueSet": clause.passes_null}
    return [{"filterType": "PROPERTY", "property": clause.field, "operation": operation}]


def _operation(clause: Clause) -> dict[str, Any]:
    value = clause.value
    if isinstance(value, bool):
        known = "IS_UNKNOWN" if value else "IS_KNOWN"
        return {"operationType": "ALL_PROPERTY", "operator": known}
    if clause.op == "between" and isinstance(value, tuple):
        return {"operationType": "NUMBER", "operator": "IS_BETWEEN",
                "lowerBound": value[0], "upperBound": value[1]}  # fmt: skip
    if clause.kind == "number":
        return {"operationType": "NUMBER", "operator": _NUMBER[clause.op], "value": value}
    values = list(value) if isinstance(value, tuple) else [value]
    operator = "IS_EQUAL_TO" if clause.op in ("=", "in") else "IS_NOT_EQUAL_TO"
    return {"operationType": "MULTISTRING", "operator": operator, "values": values}
