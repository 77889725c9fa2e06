"""Which fields a rule may ask for: what the model needs, where customers stand, their consent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from segmentation_lib.cluster import Model
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.implement.audiences.rule import Audience, Clause, FieldKind
from segmentation_lib.implement.tags.columns import STATES

__all__ = ["CONSENT", "STATE", "Field", "check_clauses", "check_fields", "fields_of", "kinds_of",
           "rule_table"]  # fmt: skip

# The names of the customer file: whoever loads both finds one thing under one name.
STATE: Final = "lifecycle_state"
CONSENT: Final = "consent_marketing"


@dataclass(frozen=True)
class Field:
    """What a field holds.

    Attributes:
        kind: ``number`` or ``text``.
        unit: Unit of a number, such as ``days``; empty without one.
        meaning: What it says, in a sentence or two; empty where nobody wrote it down.
    """

    kind: FieldKind
    unit: str = ""
    meaning: str = ""


_OURS: Mapping[str, Field] = {
    "customer_id": Field("text", meaning="The customer's ID, external_id of the customer file."),
    STATE: Field("text", meaning=f"Where the customer stands: {', '.join(STATES)}."),
    CONSENT: Field("text", meaning="true: the customer agreed to marketing. Others are left out."),
}


def rule_table(
    features: pd.DataFrame, model: Model, *, consent: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the table that rules are asked of: one row per customer, and no column more.

    Args:
        features: The artefact ``features_open`` or ``features_close``.
        model: The model whose segments the rules give.
        consent: The artefact ``consent``; None where the data hold none.

    Returns:
        ``customer_id, lifecycle_state``, then ``consent_marketing`` (``true``, ``false``, or
        missing where nothing is known) if there is a ``consent``, then the model's features.

    Raises:
        ContractError: The model has a feature with one of the first three names.
    """
    names = list(model.transforms.names)
    taken = sorted({"customer_id", STATE, CONSENT} & set(names))
    if taken:
        rule = f"{', '.join(_OURS)} are columns of ours in the audiences"
        fix = "Give the feature another name."
        raise ContractError(
            Fault(f"prepare.features.{name}", "a feature has this name", rule, fix, "taken_name")
            for name in taken
        )
    table = features[["customer_id", "state", *names]].rename(columns={"state": STATE})
    table["customer_id"] = table["customer_id"].astype("str")
    if consent is not None:
        said = consent["marketing_consent"].astype("boolean").map({True: "true", False: "false"})
        known = said.set_axis(consent["customer_id"].astype("str")).reindex(table["customer_id"])
        table.insert(2, CONSENT, known.astype("str").to_numpy())
    return table


def fields_of(table: pd.DataFrame, dictionary: pd.DataFrame) -> dict[str, Field]:
    """Return what each column of a table of rules holds.

    Args:
        table: From `rule_table`.
        dictionary: The artefact ``data_dictionary``: ``name, unit, definition, window``.
    """
    told = dictionary.set_index("name")[["unit", "definition", "window"]]
    texts = told.astype("object").where(told.notna(), "").to_dict("index")
    found = {}
    for name, kind in kinds_of(table).items():
        text = texts.get(name, {"unit": "", "definition": "", "window": ""})
        window = f" Window: {text['window']}." if text["window"] else ""
        meaning = f"{text['definition']}{window}".strip()
        found[name] = _OURS.get(name, Field(kind, str(text["unit"]), meaning))
    return found


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
        fields: Kind of each column of the table, from `kinds_of`.

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
        fields: Kind of each column of the table.
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
