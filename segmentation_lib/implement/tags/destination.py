"""Tags and ledger in a database table: both are written whole, or neither is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.implement.tags.columns import column_of
from segmentation_lib.implement.tags.databases import Session, open_session, quoted
from segmentation_lib.implement.tags.ledger import LEDGER_COLUMNS, contactable
from segmentation_lib.params.destinations import Destination

__all__ = ["Written", "write_tags"]

_PLACE = "place"


@dataclass(frozen=True)
class Written:
    """What a database holds after the transaction.

    Attributes:
        tags: Rows of the table of tags.
        events: Rows of the table of the ledger.
    """

    tags: int
    events: int

    @property
    def sentence(self) -> str:
        """What was written, in a sentence."""
        return f"The database holds {self.tags:,} tags and {self.events:,} events of the ledger."


def write_tags(
    destination: Destination,
    crm: pd.DataFrame,
    ledger: pd.DataFrame,
    *,
    root: Path,
    environ: Mapping[str, str] | None = None,
) -> Written:
    """Write the customer file and the ledger to a database, in one transaction.

    Written twice, it is there once. With ``keep: current`` the table of tags becomes the customer
    file, so a customer who opted out is gone from it. With ``keep: periods`` the period's rows
    are replaced, and whoever is not in this file goes from the older periods, too. The ledger's
    table becomes the part that may be exported, its rows numbered by ``place`` from 1.

    Args:
        destination: Where to.
        crm: From `crm_table`.
        ledger: The whole ledger; customers who are not in the file are left out.
        root: The project's root.
        environ: The environment; that of the process when None.

    Raises:
        ContractError: The database cannot be reached, has a table of that name with other
            columns, or refuses a row. It is then as it was before.
    """
    tags = _typed(crm)
    events = contactable(ledger, crm)
    events.insert(0, _PLACE, range(1, len(events) + 1))
    with open_session(destination.url, root=root, environ=environ) as session:
        for name, rows in ((destination.tags_table, tags), (destination.ledger_table, events)):
            _prepare(session, name, rows)
        _replace_tags(session, destination, tags)
        session.run(f"DELETE FROM {quoted(destination.ledger_table)}")
        session.load(quoted(destination.ledger_table), events)
        return Written(
            _count(session, destination.tags_table), _count(session, destination.ledger_table)
        )


def _prepare(session: Session, name: str, rows: pd.DataFrame) -> None:
    """Make a table if it is absent, and see that it has the columns."""
    table = quoted(name)
    columns = ", ".join(f"{quoted(str(column))} {_type(str(column))}" for column in rows.columns)
    session.run(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
    session.lock(table)
    schema, _, plain = name.rpartition(".")
    inside = "table_schema = ?" if schema else "table_schema = current_schema()"
    values = [plain, schema] if schema else [plain]
    found = session.run(
        f"SELECT column_name FROM information_schema.columns WHERE table_name = ? AND {inside}",
        values,
    )
    there = {str(row[0]) for row in found}
    absent = sorted(set(map(str, rows.columns)) - there)
    if absent:
        raise ContractError(
            [
                Fault(
                    f"implement.destination: table {name}",
                    f"the columns {', '.join(absent)} are missing",
                    "a table that exists must have the columns of the file",
                    "Add them, or name another table.",
                    "destination_columns",
                )
            ]
        )


def _replace_tags(session: Session, destination: Destination, tags: pd.DataFrame) -> None:
    table = quoted(destination.tags_table)
    if destination.keep == "current":
        session.run(f"DELETE FROM {table}")
    elif len(tags):
        period, day = str(tags["segment_version"].iloc[0]), str(tags["assigned_on"].iloc[0])
        session.run(f"DELETE FROM {table} WHERE {quoted('segment_version')} = ?", [period])
        session.run("CREATE TEMPORARY TABLE kept_customers (external_id TEXT)")
        session.load("kept_customers", tags[["external_id"]])
        session.run(
            f"DELETE FROM {table} WHERE {quoted('assigned_on')} < CAST(? AS DATE) AND "
            f"{quoted('external_id')} NOT IN (SELECT external_id FROM kept_customers)",
            [day],
        )
        session.run("DROP TABLE kept_customers")
    session.load(table, tags)


def _typed(crm: pd.DataFrame) -> pd.DataFrame:
    """Return the file with numbers as numbers, days as days, and everything else as text."""
    result = crm.copy()
    for name in crm.columns:
        kind = column_of(str(name)).kind
        if kind == "number":
            result[name] = pd.to_numeric(crm[name])
        elif kind == "date":
            days = {day: date.fromisoformat(day) for day in crm[name].unique()}
            result[name] = crm[name].map(days).astype("object")
        else:
            result[name] = crm[name].astype("str")
    return result


def _type(column: str) -> str:
    if column == _PLACE:
        return "BIGINT"
    if column in LEDGER_COLUMNS and column == "at":
        return "DATE"
    return {"number": "DOUBLE PRECISION", "date": "DATE"}.get(column_of(column).kind, "TEXT")


def _count(session: Session, name: str) -> int:
    return int(session.run(f"SELECT count(*) FROM {quoted(name)}")[0][0])
