"""The data map: which column goes where, who may read it there, and how long it is kept.

Made from the parameters, the data dictionary and ``governance.yaml``; no row of data is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

import pandas as pd

from segmentation_lib.params.governance import Governance
from segmentation_lib.params.models import Params
from segmentation_lib.prepare.catalogue import STANDARD
from segmentation_lib.prepare.contract import CONTRACT, Column
from segmentation_lib.prepare.expressions import columns_named
from segmentation_lib.prepare.families import FAMILIES
from segmentation_lib.prepare.names import slug
from segmentation_lib.words import listing

__all__ = ["data_map", "data_map_sentences", "published_data_map"]

_COLUMNS = ["table", "source", "column", "role", "purpose", "features", "goes_to", "read_by",
            "kept_days", "barred"]  # fmt: skip
_RUNS, _PAGES, _FILES = ("runs",), ("runs", "reports"), ("runs", "exports")
_EVERYWHERE = ("runs", "exports", "reports")
_FIGURES = "pages, as figures of segments"
# Of each role: what its columns are for, the folders they end up in as `governance.yaml` names
# them, and where that is in words.
_ROLES: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    "key": ("to tell customers apart", _FILES, "runs and customer file; on no page"),
    "consent": ("to leave out who did not agree", _FILES, "customer and audience files"),
    "contact": ("to reach the customer", _FILES, "customer file; on no page"),
    "segmenting": ("to make segments", _EVERYWHERE, f"{_FIGURES}; audience files"),
    "descriptor": ("to describe segments", _PAGES, _FIGURES),
    "outcome": ("to judge segments", _PAGES, _FIGURES),
    "free text": ("to count words by segment", _RUNS, "runs; no answer is shown"),
    "quoted text": ("to hear customers", _PAGES, "pages, as words and as single answers, masked"),
    "figures": ("to measure segments", _PAGES, _FIGURES),
    "identity": ("to link two IDs of one person", _RUNS, "runs; on no page"),
    "other": ("none of its own", _RUNS, "runs; on no page"),
}
_ORDER = ("segmenting", "outcome", "descriptor")


def data_map(
    params: Params, dictionary: pd.DataFrame, governance: Governance | None
) -> pd.DataFrame:
    """Return where each column that is read goes.

    Args:
        params: All parameters.
        dictionary: The artefact ``data_dictionary``.
        governance: What ``governance.yaml`` says; None where there is no file.

    Returns:
        The artefact ``data_map``, a row per table and canonical column: ``source`` (name of the
        file), ``role`` and ``purpose`` (what for, in words), the ``features`` and outcomes it
        makes, ``goes_to`` in words, ``read_by`` (roles), ``kept_days`` (missing without
        governance) and ``barred`` (``sensitive``, ``protected`` or empty). Ordered by table and
        column as the contract has them.
    """
    rows = []
    for table, source in params.data.tables.items():
        for column in _columns(table, params, dictionary):
            made = _made_of(table, column, params, dictionary)
            role = _role(table, column, made, params)
            purpose, folders, words = _ROLES[role]
            rows.append(
                {
                    "table": table,
                    "source": PurePath(source.path).name,
                    "column": column.name,
                    "role": role,
                    "purpose": purpose,
                    "features": ", ".join(made["name"]),
                    "goes_to": words,
                    "read_by": _readers(folders, governance),
                    "kept_days": None if governance is None else governance.retention_days,
                    "barred": _barred(table, column.name, governance),
                }
            )
    return pd.DataFrame(rows, columns=_COLUMNS).astype({"kept_days": "Int64"})


def data_map_sentences(table: pd.DataFrame, governance: Governance | None) -> list[str]:
    """Say in short who answers for the data, what they are for, and how long they are kept.

    Args:
        table: What `data_map` returned.
        governance: What ``governance.yaml`` says; None where there is no file.
    """
    size = f"{len(table)} columns of {table['table'].nunique()} tables are read."
    if governance is None:
        return [
            "Nobody is named who answers for the data: there is no governance.yaml.",
            size,
        ]
    barred = table.loc[table["barred"] != "", "column"].drop_duplicates()
    said = [
        f"{governance.data_owner} answers for the data, {governance.segmentation_owner} for the "
        f"segments. {' or '.join(governance.approvers)} approves a model"
        + (
            "; before that, no customer file is written."
            if governance.approval == "required"
            else "; customer files do not wait for it."
        ),
        f"Purpose: {governance.purpose}",
        f"Ground: {governance.consent_basis}",
        f"{size} Rows are kept {governance.retention_days:,} days.",
    ]
    contact = table[table["role"] == "contact"]
    if len(contact):
        readers = listing(contact["read_by"].iloc[0].split(", "))
        said.append(
            f"Only the customer file holds {listing(list(contact['column']))}, to reach customers "
            f"who agreed to it; {readers} may read it."
        )
    if len(barred):
        said.append(f"Barred from making segments and from the customer file: {', '.join(barred)}.")
    return said


def published_data_map(table: pd.DataFrame) -> pd.DataFrame:
    """Return the data map as a page shows it: columns of a table that go the same way share a row.

    Args:
        table: What `data_map` returned.

    Returns:
        Columns ``table``, ``columns`` (a barred one says so), ``what_for``, ``where_to`` and
        ``who_may_read``, in the order of the data map.
    """
    named = table.assign(
        columns=[
            f"{column} ({barred})" if barred else str(column)
            for column, barred in zip(table["column"], table["barred"], strict=True)
        ]
    )
    same = ["table", "purpose", "goes_to", "read_by"]
    rows = [
        (key[0], ", ".join(found), *key[1:])
        for key, found in named.groupby(same, sort=False)["columns"]
    ]
    shown = ["table", "columns", "what_for", "where_to", "who_may_read"]
    return pd.DataFrame(rows, columns=shown)


def _columns(table: str, params: Params, dictionary: pd.DataFrame) -> list[Column]:
    """Return the columns of a table that are read for sure, as the contract orders them."""
    mapped = {slug(name) for name in params.data.tables[table].columns}
    known = [
        column
        for column in CONTRACT[table].columns
        if column.required
        or column.name in mapped
        or column.name in ("marketing_consent", "nps", "comment")
        or not _made_of(table, column, params, dictionary).empty
    ]
    named = {column.name for column in known}
    if table != "customers":
        return known
    own = dictionary[(dictionary["table"] == "customers") & ~dictionary["name"].isin(named)]
    own = own[~own["name"].isin(params.prepare.custom_features)]
    extra = [str(name) for name in own["name"]]
    personal = [*_identity(params), *_contacts(params)]
    extra += [name for name in dict.fromkeys(personal) if name not in {*extra, *named}]
    return [*known, *(Column(name, "text", False, "Attribute.") for name in extra)]


def _identity(params: Params) -> list[str]:
    source = params.data.customers
    return [] if source is None else [slug(name) for name in source.identity]


def _contacts(params: Params) -> list[str]:
    source = params.data.customers
    return [] if source is None else [slug(name) for name in source.contacts]


def _made_of(table: str, column: Column, params: Params, dictionary: pd.DataFrame) -> pd.DataFrame:
    """Return the features and outcomes of the dictionary that read a column."""
    of_table = dictionary["table"] == table
    if column.name == "customer_id":
        return dictionary.iloc[:0]
    if column.required and table != "customers":
        # The dates, amounts and names of rows are behind all that is measured of a table.
        return dictionary[of_table]
    spot = f"{table}.{column.name}"
    names = {feature.name for feature in STANDARD if spot in feature.needs}
    families = tuple(f"{family.name}_" for family in FAMILIES if family.column == spot)
    for name, custom in params.prepare.custom_features.items():
        if custom.table == table and column.name in _named(custom.sql):
            names.add(name)
    own = dictionary["name"].isin(names)
    if families:
        own |= dictionary["name"].str.startswith(families)
    if table == "customers":
        own |= dictionary["name"] == column.name
    return dictionary[of_table & own]


def _named(sql: str) -> set[str]:
    try:
        return {slug(name) for name in columns_named(sql)}
    except ValueError:
        return set()


def _role(table: str, column: Column, made: pd.DataFrame, params: Params) -> str:
    if column.name == "customer_id":
        return "key"
    if column.name == "marketing_consent":
        return "consent"
    if table == "surveys" and column.name == "comment":
        return "quoted text" if params.profile.voice.quotes else "free text"
    # One that is both leaves the house, so it counts as what goes furthest.
    if table == "customers" and column.name in _contacts(params):
        return "contact"
    if table == "customers" and column.name in _identity(params):
        return "identity"
    if table in ("surveys", "costs", "assignments"):
        return "figures"
    return next((role for role in _ORDER if (made["role"] == role).any()), "other")


def _readers(folders: tuple[str, ...], governance: Governance | None) -> str:
    if governance is None:
        return "not named"
    roles = [item.role for item in governance.access if set(folders) & set(item.reads)]
    return ", ".join(dict.fromkeys(roles)) or "nobody"


def _barred(table: str, column: str, governance: Governance | None) -> str:
    for item, kind in (governance.barred if governance else {}).items():
        owner, _, own = item.rpartition(".")
        if slug(own) == column and (not owner or owner == table):
            return kind
    return ""
