"""How texts reach the cells of the quarter's tables, and how a cell is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from segmentation_lib.profile.story.evidence import EvidenceBook
from segmentation_lib.profile.wording import count, quantity

__all__ = ["Figure", "Level", "segment_values"]


class Figure(float):
    """A number that knows how it is written: it came from a cell and is never typed."""

    unit: str
    currency: str

    def __new__(cls, value: float, unit: str = "", currency: str = "") -> Figure:
        """Keep the number with its unit and the currency of amounts."""
        figure = super().__new__(cls, value)
        figure.unit, figure.currency = unit, currency
        return figure

    def __str__(self) -> str:
        """Return the number as sentences write it."""
        if self.unit not in ("share", "money", "index") and self.is_integer():
            return f"{count(self)} {self.unit}".rstrip()
        return quantity(float(self), self.unit, self.currency)


class Level:
    """A step on the way to a cell, as texts write it: ``segment_value.customers``."""

    __slots__ = ("_entries", "_path")

    def __init__(self, entries: Mapping[str, Any], path: str = "") -> None:
        self._entries = dict(entries)
        self._path = path

    def __getitem__(self, name: str) -> Any:
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._entries))


def segment_values(
    book: EvidenceBook, segment_id: str, *, currency: str = "", path: str = ""
) -> Level:
    """Return a segment's evidence as texts reach it.

    A cell of a table with one row per segment is ``table.column``; of one with more rows,
    ``table["row"].column``, where ``row`` is what is left of its key, as in
    ``traits.recency.mean``.

    Args:
        book: The evidence.
        segment_id: The segment; ``(all)`` for what speaks of everyone.
        currency: Three-letter code of the amounts.
        path: What stands before the names, used in faults.
    """
    tree: dict[str, dict[str, Any]] = {}
    for record in book:
        if record.segment_id != segment_id:
            continue
        rest = _rest(record.row.split(":"), segment_id)
        value = record.value
        known = value if isinstance(value, str) else Figure(value, record.unit, currency)
        table = tree.setdefault(record.artefact, {})
        (table.setdefault(rest, {}) if rest else table)[record.column] = known
    start = f"{path}." if path else ""
    return Level({name: _level(cells, f"{start}{name}") for name, cells in tree.items()}, path)


def _level(cells: Mapping[str, Any], path: str) -> Level:
    below = {
        name: _level(cell, f"{path}.{name}") if isinstance(cell, dict) else cell
        for name, cell in cells.items()
    }
    return Level(below, path)


def _rest(parts: Sequence[str], segment_id: str) -> str:
    own = list(parts)
    if segment_id in own:
        own.remove(segment_id)
    return ":".join(own)
