"""The tables of a quarter on their way from the sources to the features."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import ibis.expr.types as ir
import pandas as pd

from segmentation_lib.engine import Engine
from segmentation_lib.prepare.contract import ColumnKind

__all__ = ["Cleaned", "Finding", "Step", "Tables"]


@dataclass(frozen=True)
class Finding:
    """Something about the data that an analyst should know, but that stops nothing.

    Attributes:
        code: Short stable code, such as ``repeated_rows``.
        table: The canonical table it is about, or empty.
        rows: How many rows (or customers) it concerns.
        sentence: What was found and what it means, in plain English.
        severity: ``soft`` for a weakness, ``info`` for a remark.
    """

    code: str
    table: str
    rows: int
    sentence: str
    severity: str = "soft"


@dataclass(frozen=True)
class Step:
    """A rule that takes rows away, in the order in which rules are applied.

    Attributes:
        rule: Its name on the quality page.
        reason: Why, in one sentence; may be empty.
    """

    rule: str
    reason: str


@dataclass(frozen=True)
class Tables(Mapping[str, ir.Table]):
    """The canonical tables that are given, after mapping.

    ``tables["orders"]`` is the rows that no rule takes away; `marked` holds every source row.

    Attributes:
        engine: Where the tables live.
        marked: Per table, every source row with its place in the source (`_row`, from 0) and
            the number of the rule that takes it away (`_step`, 0 for none).
        steps: Per table, the rules; rule number 1 is the first.
        kinds: Per table, the kind of every column.
        levels: Levels in order, of the customers' ordered categories.
        repeated: Per table, rows that exactly repeat an earlier row of the source.
    """

    engine: Engine
    marked: Mapping[str, ir.Table]
    steps: Mapping[str, tuple[Step, ...]]
    kinds: Mapping[str, Mapping[str, ColumnKind]]
    levels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    repeated: Mapping[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> ir.Table:
        """Return the rows of one table that no rule takes away."""
        table = self.marked[name]
        return table.filter(table["_step"] == 0).drop("_step")

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the tables that are given."""
        return iter(self.marked)

    def __len__(self) -> int:
        """Count the tables that are given."""
        return len(self.marked)


@dataclass(frozen=True)
class Cleaned(Mapping[str, ir.Table]):
    """The canonical tables after exclusions, duplicates and the linking of identities.

    Attributes:
        engine: Where the tables live.
        tables: The tables by name.
        kinds: Per table, the kind of every column.
        levels: Levels in order, of the customers' ordered categories.
        exclusions: The waterfall: per table and rule, the rows, customers and money it took.
        identities: Linked customers: ``customer_id`` and the ``linked_to`` that stands for them.
        checks: What an analyst should know about the data.
    """

    engine: Engine
    tables: Mapping[str, ir.Table]
    kinds: Mapping[str, Mapping[str, ColumnKind]]
    levels: Mapping[str, tuple[str, ...]]
    exclusions: pd.DataFrame
    identities: pd.DataFrame
    checks: tuple[Finding, ...]

    def __getitem__(self, name: str) -> ir.Table:
        """Return one cleaned table."""
        return self.tables[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the tables that are given."""
        return iter(self.tables)

    def __len__(self) -> int:
        """Count the tables that are given."""
        return len(self.tables)
