"""Sensitive and protected columns make no segments, and go into no customer file.

Neither by name nor inside an expression.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from segmentation_lib.faults import Fault, ParameterError
from segmentation_lib.params.governance import GovernanceFile
from segmentation_lib.params.models import Params
from segmentation_lib.params.strict_yaml import Document, Path
from segmentation_lib.prepare.catalogue import Feature
from segmentation_lib.prepare.expressions import columns_named
from segmentation_lib.prepare.names import slug

__all__ = ["barred_faults", "check_barred"]


def check_barred(
    features: Sequence[Feature],
    params: Params,
    governance: GovernanceFile | None,
    *,
    name: str = "params",
    document: Document | None = None,
) -> None:
    """Refuse segmenting features and contact columns that read a barred column.

    A contact column is copied into the customer file, and so leaves the house.

    Args:
        features: The features of the quarter, from `select_features`.
        params: All parameters.
        governance: What is barred; nothing where there is no file.
        name: Name of the parameter file as people write it, used in faults.
        document: The parameter file with its lines; without it, faults name no line.

    Raises:
        ParameterError: Some do; all are listed, with file and line.
    """
    faults = barred_faults(features, params, governance, name=name, document=document)
    if faults:
        raise ParameterError(faults)


def barred_faults(
    features: Sequence[Feature],
    params: Params,
    governance: GovernanceFile | None,
    *,
    name: str = "params",
    document: Document | None = None,
) -> list[Fault]:
    """Return the faults that `check_barred` would raise.

    Their code is ``barred_column`` for a feature and ``barred_contact`` for a contact column.
    """
    if governance is None:
        return []
    faults = _contact_faults(params, governance, name=name, document=document)
    for feature in features:
        if feature.role != "segmenting":
            continue
        for column, kind in _barred_in(feature, params, governance.values.barred).items():
            path, found = _place(feature, params)
            line = document.line(("params", *path)) if document else None
            reads = "" if column == feature.name else f" reads {column}"
            faults.append(
                Fault(
                    f"{name}:{line}" if line else name,
                    f"{found}{reads}",
                    f"{column} is {kind} in {governance.name} and may not make segments",
                    f"Leave {feature.name} out, or make it a descriptor: it may still describe "
                    "segments.",
                    "barred_column",
                )
            )
    return faults


def _contact_faults(
    params: Params, governance: GovernanceFile, *, name: str, document: Document | None
) -> list[Fault]:
    """Return a fault for each contact column that is barred, or made of one that is."""
    source = params.data.customers
    faults = []
    for number, contact in enumerate(source.contacts if source else ()):
        path = ("params", "data", "customers", "contacts", number)
        line = document.line(path) if document else None
        own = {("customers", contact)}
        own |= {("customers", column) for column in _sources("customers", contact, params)}
        faults += [
            Fault(
                f"{name}:{line}" if line else name,
                f"data.customers.contacts.{number} = {contact}"
                + ("" if slug(column.rpartition(".")[2]) == slug(contact) else f" reads {column}"),
                f"{column} is {kind} in {governance.name} and may not go into the customer file",
                f"Take {contact} off the contacts, or have the data owner take {column} off the "
                "list.",
                "barred_contact",
            )
            for column, kind in governance.values.barred.items()
            if any(_is_meant(column, table, read) for table, read in own)
        ]
    return faults


def _barred_in(feature: Feature, params: Params, barred: Mapping[str, str]) -> dict[str, str]:
    """Return the barred columns that a feature reads, as they stand in the governance file."""
    read = {_column(need) for need in feature.needs if "." in need}
    if feature.sql:
        read |= {(feature.table, column) for column in columns_named(feature.sql)}
    elif feature.grain == "customers":
        read.add(("customers", feature.name))
    read |= {
        (table, source) for table, column in read for source in _sources(table, column, params)
    }
    return {
        item: kind
        for item, kind in barred.items()
        if any(_is_meant(item, table, column) for table, column in read)
    }


def _column(need: str) -> tuple[str, str]:
    table, _, column = need.partition(".")
    return table, column


def _is_meant(item: str, table: str, column: str) -> bool:
    owner, _, own = item.rpartition(".")
    return slug(own) == slug(column) and (not owner or owner.lower() == table.lower())


def _sources(table: str, column: str, params: Params) -> set[str]:
    """Return the columns of the source that a canonical column is made of."""
    source = params.data.tables.get(table)
    mapped = {} if source is None else {slug(to): of for to, of in source.columns.items()}
    expression = mapped.get(slug(column))
    if expression is None:
        return set()
    try:
        return {expression, *columns_named(expression)}
    except ValueError:
        # The name of a column with spaces is no expression.
        return {expression}


def _place(feature: Feature, params: Params) -> tuple[Path, str]:
    """Return where the parameters ask for a feature, and what stands there."""
    for number, named in enumerate(params.prepare.features or ()):
        if named == feature.name or feature.name.startswith(f"{named}_"):
            return ("prepare", "features", number), f"prepare.features.{number} = {named}"
    if feature.name in params.prepare.custom_features:
        spot = f"prepare.custom_features.{feature.name}"
        return ("prepare", "custom_features", feature.name, "sql"), spot
    return ("prepare",), f"the default features hold {feature.name}"
