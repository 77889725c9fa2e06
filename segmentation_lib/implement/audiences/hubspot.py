"""An audience as the filter of an active HubSpot list: OR of ANDs, as the rule itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segmentation_lib.implement.audiences.rule import Audience, Clause

__all__ = ["CANNOT_EXPRESS", "hubspot_filter", "opposite"]

CANNOT_EXPRESS = (
    "Hysteresis: a list follows its filter at once.",
    "Priority: a contact can be in several lists; exclude the lists of higher priority by hand.",
    "Texts are compared without regard to upper and lower case.",
    "Missing numbers must be blank in HubSpot: it has no not-a-number.",
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


def hubspot_filter(audience: Audience, *, prefix: str = "") -> dict[str, Any]:
    """Return the body that creates the list: its name and ``filterBranch``.

    HubSpot asks for one OR branch at the root and AND branches under it. What must not hold is
    written as its opposite, in every branch.

    Args:
        audience: The audience.
        prefix: Put before each field to name the property, such as ``seg_``.

    Raises:
        ValueError: An exclusion has no opposite in HubSpot (``between``).
    """
    outside = [opposite(clause) for clause in audience.exclude]
    branches = [
        {
            "filterBranchType": "AND",
            "filterBranches": [],
            "filters": [
                found for clause in (*part.all, *outside) for found in _filters(clause, prefix)
            ],
        }
        for part in audience.any
    ]
    return {
        "name": f"{audience.segment_id} {audience.version}",
        "objectTypeId": "0-1",
        "processingType": "DYNAMIC",
        "filterBranch": {"filterBranchType": "OR", "filterBranches": branches, "filters": []},
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


def _filters(clause: Clause, prefix: str) -> list[dict[str, Any]]:
    if clause.op == "in" and clause.kind == "number":
        raise ValueError(
            f"{clause.field}: HubSpot has no list of numbers. Use several audiences or bounds."
        )
    if clause.op == "not_in" and clause.kind == "number" and isinstance(clause.value, tuple):
        each = [Clause(field=clause.field, op="!=", value=value, null=clause.null)
                for value in clause.value]  # fmt: skip
        return [found for one in each for found in _filters(one, prefix)]
    operation = {**_operation(clause), "includeObjectsWithNoValueSet": clause.passes_null}
    return [
        {"filterType": "PROPERTY", "property": f"{prefix}{clause.field}", "operation": operation}
    ]


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
