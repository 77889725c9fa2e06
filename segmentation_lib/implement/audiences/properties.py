"""What a CRM must hold before it can run a rule: properties of its own, and a file of their values.

No CRM knows how many days ago somebody last bought. So each field that a filter asks for becomes a
property, named after the period and the field: ``seg_2025q3_recency``. With the period in its name
a property is never that of somebody else (``state``, ``age``), and never holds a value of the
quarter before: an empty cell of an import overwrites nothing, so an old number would stay.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from segmentation_lib.cluster.transforms import as_number, as_text
from segmentation_lib.implement.audiences.fields import Field
from segmentation_lib.implement.audiences.rule import Audience, Clause, Conjunction, FieldKind
from segmentation_lib.implement.tags.cells import csv_text, harmless

__all__ = ["KEY", "Property", "as_loaded", "for_import", "properties_of", "property_values",
           "value_files"]  # fmt: skip

KEY: Final = "external_id"
_LONGEST_NAME = 80
# Of both systems the smaller limit: rows of a file, and bytes with some room.
_ROWS, _BYTES = 1_000_000, 45 * 1024 * 1024


@dataclass(frozen=True)
class Property:
    """A property to be made in a CRM.

    Attributes:
        name: Its name there, and the header of its column.
        field: The field of the rules that it holds.
        kind: ``number`` or ``text``.
        unit: Unit of a number; empty without one.
        meaning: What it says.
    """

    name: str
    field: str
    kind: FieldKind
    unit: str
    meaning: str


def properties_of(
    audiences: Sequence[Audience], fields: Mapping[str, Field], *, period: str
) -> dict[str, Property]:
    """Return the properties that rules need, by field; no more than these.

    A name holds small letters, digits and underscores only, as HubSpot wants it.

    Args:
        audiences: The audiences.
        fields: What each field holds, from `fields_of`.
        period: The period of the values.

    >>> from segmentation_lib.implement.audiences.rule import Source
    >>> part = Conjunction(all=(Clause(field="Net spend", op=">", value=9, null="fail"),))
    >>> rule = Audience(segment_id="S01", version="1", priority=1, any=(part,),
    ...                 source=Source(model_hash="a", as_of="2025-09-30", window_days=365))
    >>> properties_of([rule], {"Net spend": Field("number", "EUR")}, period="2025Q3")
    {'Net spend': Property(name='seg_2025q3_net_spend', field='Net spend', kind='number', \
unit='EUR', meaning='')}
    """
    found: dict[str, Property] = {}
    names: set[str] = set()
    for field in sorted({clause.field for one in audiences for clause in one.clauses}):
        name = _name(period, field, names)
        names.add(name)
        known = fields[field]
        found[field] = Property(name, field, known.kind, known.unit, known.meaning)
    return found


def property_values(
    properties: Mapping[str, Property], table: pd.DataFrame, external_ids: pd.Series
) -> pd.DataFrame:
    """Return the values of the properties for the customers of the customer file.

    Args:
        properties: From `properties_of`.
        table: From `rule_table`, at the close.
        external_ids: The column ``external_id`` of the customer file: who agreed to marketing.

    Returns:
        ``external_id`` and a column of text per property, in the order of the customer file. A
        number is written to its last digit, so that nobody changes sides of a threshold. Free text
        is as harmless to a spreadsheet as in the customer file. An empty cell is a missing value.
    """
    rows = table.set_index("customer_id").reindex(external_ids.astype("str"))
    columns = {
        one.name: _numbers(rows[one.field]) if one.kind == "number" else _texts(rows[one.field])
        for one in properties.values()
    }
    values: pd.DataFrame = pd.DataFrame(
        {KEY: external_ids.astype("str").to_numpy(), **columns}, dtype="str"
    )
    return values


def as_loaded(values: pd.DataFrame, properties: Mapping[str, Property]) -> pd.DataFrame:
    """Return what a system holds once the values are loaded: numbers, text, and nothing.

    Args:
        values: From `property_values`.
        properties: From `properties_of`.
    """
    cells = values.where(values != "", None)
    numbers = {one.name: pd.to_numeric(cells[one.name]).astype("float64")
               for one in properties.values() if one.kind == "number"}  # fmt: skip
    return cells.assign(**numbers)


def for_import(audience: Audience, properties: Mapping[str, Property]) -> Audience:
    """Return an audience that asks for the properties instead of the fields, as they are loaded.

    Args:
        audience: The audience.
        properties: From `properties_of`; its fields are all there.
    """
    parts = tuple(
        Conjunction(all=tuple(_renamed(one, properties) for one in part.all))
        for part in audience.any
    )
    excluded = tuple(_renamed(one, properties) for one in audience.exclude)
    return audience.model_copy(update={"any": parts, "exclude": excluded})


def value_files(values: pd.DataFrame, *, rows: int = _ROWS, size: int = _BYTES) -> dict[str, str]:
    """Return the file of values by its name, in parts where it is too large for an import.

    Args:
        values: From `property_values`.
        rows: Most rows of a part.
        size: Most bytes of a part, about.
    """
    text = csv_text(values)
    parts = max(math.ceil(len(values) / rows), math.ceil(len(text.encode("utf-8")) / size), 1)
    if parts == 1:
        return {"properties.csv": text}
    return {
        f"properties_{number}_of_{parts}.csv": csv_text(values.iloc[places])
        for number, places in enumerate(np.array_split(np.arange(len(values)), parts), start=1)
    }


def _name(period: str, field: str, taken: set[str]) -> str:
    plain = re.sub("[^a-z0-9]+", "_", f"seg {period} {field}".lower()).strip("_")[:_LONGEST_NAME]
    name, number = plain, 1
    while name in taken:
        number += 1
        name = f"{plain}_{number}"
    return name


def _renamed(clause: Clause, properties: Mapping[str, Property]) -> Clause:
    value: Any = clause.value
    if isinstance(value, tuple):
        value = tuple(harmless(one) if isinstance(one, str) else one for one in value)
    elif isinstance(value, str):
        value = harmless(value)
    return clause.model_copy(update={"field": properties[clause.field].name, "value": value})


def _numbers(column: pd.Series) -> list[str]:
    numbers = as_number(column)
    return ["" if each != each else repr(each).removesuffix(".0") for each in numbers.tolist()]


def _texts(column: pd.Series) -> list[str]:
    texts = as_text(column)
    told = {text: harmless(text) for text in texts.dropna().unique()}
    return texts.map(told).fillna("").tolist()
