"""Databases that take tags: one transaction that writes all or nothing, in two dialects of SQL."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import duckdb
import pandas as pd
import pyarrow as pa

from segmentation_lib.faults import ContractError, Fault

__all__ = ["Session", "open_session", "quoted"]

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_WHERE = "implement.destination"


class Session(Protocol):
    """A transaction of one database."""

    def run(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a statement, its values bound at ``?``, and return its rows."""

    def load(self, table: str, rows: pd.DataFrame) -> None:
        """Add rows to a table that has their columns; ``table`` is quoted already."""

    def lock(self, table: str) -> None:
        """Keep other writers out of a table until the transaction ends."""


def quoted(name: str) -> str:
    """Return a name, or ``schema.table``, as SQL takes it to the letter.

    >>> quoted("crm.tags")
    '"crm"."tags"'
    """
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))


@contextmanager
def open_session(
    url: str, *, root: Path, environ: Mapping[str, str] | None = None
) -> Iterator[Session]:
    """Open a database and one transaction: committed at the end, undone by any error.

    Args:
        url: As in the parameters, with ``${NAME}`` for environment variables.
        root: The project's root; the path of a DuckDB file starts there.
        environ: The environment; that of the process when None.

    Raises:
        ContractError: A variable is not set, a driver is missing, the database cannot be reached,
            or it refuses what is written. The message holds no resolved value and no row.
    """
    known = os.environ if environ is None else environ
    unset = sorted({name for name in _VARIABLE.findall(url) if name not in known})
    if unset:
        raise ContractError([_unset(name, url) for name in unset])
    whole = _VARIABLE.fullmatch(url)
    plain = known[whole[1]] if whole else url
    if plain.startswith(("postgresql://", "postgres://")):
        # A password may hold the signs that part a URL.
        target = plain if whole else _fill(plain, known, lambda value: quote(value, safe=""))
        with _postgres(target, url) as session:
            yield session
    else:
        with _duckdb(root / _fill(plain, known, str), url) as session:
            yield session


class _DuckDb:
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def run(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        result = self._connection.execute(statement, list(values))
        return result.fetchall() if result.description else []

    def load(self, table: str, rows: pd.DataFrame) -> None:
        names = ", ".join(quoted(str(name)) for name in rows.columns)
        self._connection.register("incoming_rows", pa.Table.from_pandas(rows, preserve_index=False))
        try:
            self._connection.execute(
                f"INSERT INTO {table} ({names}) SELECT {names} FROM incoming_rows"
            )
        finally:
            self._connection.unregister("incoming_rows")

    def lock(self, table: str) -> None:
        """Do nothing: a DuckDB file has one writing process."""


class _Postgres:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def run(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        if not values:
            cursor = self._connection.execute(statement)
        else:
            cursor = self._connection.execute(statement.replace("?", "%s"), list(values))
        return cursor.fetchall() if cursor.description else []

    def load(self, table: str, rows: pd.DataFrame) -> None:
        names = ", ".join(quoted(str(name)) for name in rows.columns)
        cells = rows.astype("object").where(rows.notna(), None)
        # Row by row, not as CSV: there a cell that holds a line with \. ends the data.
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy,
        ):
            for row in cells.itertuples(index=False, name=None):
                copy.write_row(row)

    def lock(self, table: str) -> None:
        self._connection.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")


@contextmanager
def _duckdb(path: Path, url: str) -> Iterator[Session]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(str(path), config={"threads": 1})
    except (duckdb.Error, OSError) as error:
        raise _unreachable(url, error) from None
    try:
        connection.begin()
        yield _DuckDb(connection)
        connection.commit()
    except BaseException as error:
        _undo(connection)
        if isinstance(error, duckdb.Error):
            raise _refused(url, error) from None
        raise
    finally:
        connection.close()


def _undo(connection: duckdb.DuckDBPyConnection) -> None:
    try:
        connection.rollback()
    except duckdb.Error:
        # A failed statement may have ended the transaction already; then nothing is left to undo.
        return


@contextmanager
def _postgres(target: str, url: str) -> Iterator[Session]:
    try:
        import psycopg
    except ImportError:
        raise ContractError(
            [
                Fault(
                    _WHERE,
                    "the package psycopg is not installed",
                    "PostgreSQL is reached through it",
                    "Install the extra postgres.",
                    "missing_driver",
                )
            ]
        ) from None
    try:
        connection = psycopg.connect(target, connect_timeout=10)
    except psycopg.Error as error:
        raise _unreachable(url, error) from None
    try:
        with connection.transaction():
            yield _Postgres(connection)
    except psycopg.Error as error:
        raise _refused(url, error) from None
    finally:
        connection.close()


def _fill(text: str, known: Mapping[str, str], write: Callable[[str], str]) -> str:
    return _VARIABLE.sub(lambda match: write(known[match[1]]), text)


def _unset(name: str, url: str) -> Fault:
    return Fault(
        f"{_WHERE}.url",
        f"the environment variable {name} is not set",
        f"{url} needs it",
        f"Set {name}.",
        "missing_variable",
    )


def _unreachable(url: str, error: Exception) -> ContractError:
    found = f"{url} cannot be opened ({type(error).__name__})"
    fix = "Check address, database, user and rights; nothing was written."
    return ContractError([Fault(_WHERE, found, "it must be reached", fix, "destination")])


def _refused(url: str, error: Exception) -> ContractError:
    # The database's own words may quote a customer's row or the address.
    state = getattr(error, "sqlstate", None)
    code = f", SQL state {state}" if state else ""
    found = f"{url} refused what was written ({type(error).__name__}{code})"
    fix = "Correct the tables or the rights there; nothing was changed."
    rule = "tags and ledger are written whole or not at all"
    return ContractError([Fault(_WHERE, found, rule, fix, "destination")])
