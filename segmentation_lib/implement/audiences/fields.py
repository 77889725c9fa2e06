"""Which fields a rule may ask for: the columns of the features, by their kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.implement.audiences.rule import Audience, Clause, FieldKind

__all__ = ["check_clauses", "check_fields", "kinds_of"]


def kinds_of(features: pd.DataFrame) -> dict[str, FieldKind]:
    """Return the kind of each column: numbers, and text for all others, flags included."""
    numeric = pd.api.types.is_numeric_dtype
    flag = pd.api.types.is_bool_dtype
    return {
        str(name): "number" if numeric(column) and not flag(column) else "text"
        for name, column in features.items()
    }


def check_fields(audience: Audience, fields: Mapping[str, FieldKind]) -> None:
    """Refuse an audience that asks for what is not there.

    Args:
        audience: The audience.
        fields: Kind of each column of the features, from `kinds_of`.

    Raises:
        ContractError: A field does not exist, or is of another kind than its clause.
    """
    check_clauses(audience.clauses, fields, where=f"audiences.{audience.segment_id}")


def check_clauses(
    clauses: Sequence[Clause], fields: Mapping[str, FieldKind], *, where: str
) -> None:
    """Refuse clauses that ask for what is not there.

    Args:
        clauses: The clauses.
        fields: Kind of each column of the features.
        where: Place of the clauses, used in faults.

    Raises:
        ContractError: A field does not exist, or is of another kind than its clause.
    """
    faults = []
    for clause in clauses:
        place = f"{where}.{clause.field}"
        if clause.field not in fields:
            fix = "Use a column of the features, or prepare it."
            faults.append(Fault(place, "the features have no such column",
                                "a rule asks for features only", fix, "unknown_field"))  # fmt: skip
        elif clause.kind not in (None, fields[clause.field]):
            fix = "Write the value as the column has it."
            found = f"{clause.op} has a {clause.kind}, but the column holds {fields[clause.field]}"
            rule = "a clause compares like with like"
            faults.append(Fault(place, found, rule, fix, "wrong_kind"))
    if faults:
        raise ContractError(faults)
