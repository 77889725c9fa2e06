"""The engine: where tables live while a quarter is prepared, reached through Ibis.

DuckDB, embedded and in memory, is the engine. Rooms above see Ibis tables only, so that another
engine can take its place without a change there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pandas as pd

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.params.sources import DataParams, TableSource

__all__ = ["Engine", "SourceTable", "write_parquet"]

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_CSV = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz")
# No dates among the guesses: 9/4/2012 is April or September, and only a person knows which.
_CSV_TYPES = ["BIGINT", "DOUBLE", "VARCHAR"]


@dataclass(frozen=True)
class SourceTable:
    """A source as it stands, before any mapping.

    Attributes:
        name: The canonical table it is meant for.
        table: The Ibis table, with the source's own columns.
        file: The path as written in the parameters, variables not filled in.
        is_text: Whether it is a text file, whose types are guesses.
    """

    name: str
    table: ir.Table
    file: str
    is_text: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The source's own column names, in order."""
        return tuple(self.table.columns)


class Engine:
    """A connection that reads sources, keeps intermediate tables and hands out frames.

    Open it with `Engine.open` or `Engine.memory`, best in a ``with`` statement. One thread, UTC,
    nothing loaded from the network, nothing written to disk but by `write_parquet`.
    """

    def __init__(self, connection: Any, root: Path | None = None) -> None:
        self._connection = connection
        self._root = root
        self._stored = 0
        self._catalogs: dict[Path, str] = {}

    @classmethod
    def open(cls, root: Path, data: DataParams) -> Engine:
        """Open the engine that the parameters name.

        Args:
            root: The project's root; paths of sources are taken from there.
            data: The ``data`` section of the parameters.
        """
        if data.engine != "duckdb":
            raise NotImplementedError(f"There is no engine {data.engine}.")
        return cls(_connection(), root)

    @classmethod
    def memory(cls) -> Engine:
        """Open an engine without sources, for stages that read artefacts only.

        `parquet` and `memtable` bring tables into it; `read` refuses.
        """
        return cls(_connection())

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; everything stored is gone."""
        self._connection.disconnect()

    def read(self, name: str, source: TableSource, *, text: Collection[str] = ()) -> SourceTable:
        """Open one source.

        Args:
            name: The canonical table the source is meant for; used in faults.
            source: Where it is. The ending of the path tells the format: ``.csv``, ``.tsv``
                (both also ``.gz``), ``.parquet``, or ``.duckdb`` with a table name.
            text: Columns of a CSV file to read as text, so that ``00012`` keeps its zeros.
                Names that the file does not have are ignored.

        Returns:
            The source's table. A CSV file is read whole, types guessed from all its rows;
            Parquet and DuckDB files stay where they are.

        Raises:
            ContractError: The file is missing (``missing_file``), names an environment variable
                that is not set (``missing_variable``), has no such table (``missing_table``) or
                cannot be read (``unreadable_file``).
        """
        path = self._resolve(name, source.path)
        suffix = path.name.lower()
        try:
            if suffix.endswith((".duckdb", ".db")):
                table = self._read_database(name, source, path)
            elif suffix.endswith((".parquet", ".pq")):
                table = self._connection.read_parquet(str(path))
            elif suffix.endswith(_CSV):
                table = self._read_csv(name, source, path, text)
            else:
                raise ContractError([_unknown_format(name, source.path)])
        except duckdb.Error as error:
            raise ContractError([_unreadable(name, source.path, path, error)]) from None
        return SourceTable(name, table, source.path, is_text=suffix.endswith(_CSV))

    def store(self, table: ir.Table, label: str) -> ir.Table:
        """Compute a table once and keep it in the engine.

        Args:
            table: Any table expression.
            label: A word for what it is; part of the stored table's name.
        """
        self._stored += 1
        return self._connection.create_table(f"{label}_{self._stored}", table)

    def drop(self, table: ir.Table) -> None:
        """Give back the memory of a table that `store` keeps; it cannot be read any more.

        Args:
            table: What `store` returned, and nothing that was made from it.
        """
        self._connection.drop_table(table.op().name)

    def parquet(self, path: Path) -> ir.Table:
        """Open a Parquet file where it is; rows are read when a result asks for them.

        Args:
            path: A file, such as an artefact of an earlier stage. Its rows keep their order only
                as far as a column says it: sort by one.

        Raises:
            ContractError: There is no such file (``missing_file``), or it is no Parquet
                (``unreadable_file``).
        """
        if not path.is_file():
            raise ContractError([_artefact_fault(path, "is missing", "missing_file")])
        try:
            return self._connection.read_parquet(str(path))
        except duckdb.Error:
            fault = _artefact_fault(path, "is no sound Parquet file", "unreadable_file")
            raise ContractError([fault]) from None

    def memtable(self, frame: pd.DataFrame, label: str) -> ir.Table:
        """Copy a frame into the engine.

        Args:
            frame: Any frame; its index is left behind.
            label: A word for what it is; part of the stored table's name.
        """
        return self.store(ibis.memtable(frame.reset_index(drop=True)), label)

    def frame(self, expression: ir.Table) -> pd.DataFrame:
        """Compute a table and return it as a pandas frame; sort it before, if order matters."""
        result: pd.DataFrame = self._connection.execute(expression)
        return result

    def row(self, expression: ir.Table) -> dict[str, Any]:
        """Compute a table of one row and return it as plain values; nulls become ``None``."""
        (values,) = self._connection.to_pyarrow(expression).to_pylist()
        return dict(values)

    def _resolve(self, name: str, path: str) -> Path:
        if self._root is None:
            raise ValueError(
                f"data.{name}: this engine has no project, so sources cannot be read. "
                "Open it with Engine.open."
            )
        unset = sorted({v for v in _VARIABLE.findall(path) if v not in os.environ})
        if unset:
            raise ContractError(
                [
                    Fault(
                        f"data.{name}.path",
                        f"the environment variable {variable} is not set",
                        f"{path} needs it",
                        f"Set {variable}, or write the path out.",
                        "missing_variable",
                    )
                    for variable in unset
                ]
            )
        resolved = self._root / _VARIABLE.sub(lambda match: os.environ[match[1]], path)
        if not resolved.is_file():
            raise ContractError(
                [
                    Fault(
                        f"data.{name}.path",
                        f"there is no file {path}",
                        "the source must exist; paths start at the project's root",
                        "Put the file there, or correct the path.",
                        "missing_file",
                    )
                ]
            )
        return resolved

    def _read_csv(
        self, name: str, source: TableSource, path: Path, text: Collection[str]
    ) -> ir.Table:
        options: dict[str, Any] = {"header": True, "sample_size": -1}
        if source.delimiter is not None:
            options["delim"] = source.delimiter
        elif ".tsv" in path.name.lower():
            options["delim"] = "\t"
        header = self._connection.read_csv(str(path), all_varchar=True, **options)
        wanted = {column.lower() for column in text}
        types = {column: "VARCHAR" for column in header.columns if column.lower() in wanted}
        table = self._connection.read_csv(
            str(path), types=types or None, auto_type_candidates=_CSV_TYPES, **options
        )
        return self.store(table, f"{name}_file")

    def _read_database(self, name: str, source: TableSource, path: Path) -> ir.Table:
        # One file is attached once, however many of its tables are read.
        if path not in self._catalogs:
            catalog = f"database_{len(self._catalogs) + 1}"
            self._connection.attach(path, catalog, read_only=True)
            self._catalogs[path] = catalog
        catalog = self._catalogs[path]
        schema, _, wanted = (source.table or "").rpartition(".")
        database = (catalog, schema or "main")
        tables = self._connection.list_tables(database=database)
        if wanted not in tables:
            raise ContractError(
                [
                    Fault(
                        f"data.{name}.table",
                        f"{source.path} has no table {source.table}",
                        "the table must exist",
                        f"It has: {', '.join(sorted(tables)) or 'no tables'}.",
                        "missing_table",
                    )
                ]
            )
        return self._connection.table(wanted, database=database)


def write_parquet(expression: ir.Table, path: Path) -> None:
    """Compute a table and write it to a Parquet file, whole or not at all.

    Rows go from their engine to the file in the order of the expression; they never are in
    Python. The same rows in the same order give the same bytes.

    Args:
        expression: A table expression of an open engine, sorted by a full tie-break.
        path: The file; its folder is made if absent, a file of this name is replaced.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        expression.to_parquet(temporary, compression="zstd")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _connection() -> Any:
    connection = ibis.duckdb.connect(
        ":memory:",
        threads=1,
        autoinstall_known_extensions=False,
        autoload_known_extensions=False,
    )
    connection.raw_sql("SET TimeZone = 'UTC'")
    # In a kernel the bar is off already, and setting it at all asks for ipywidgets.
    if connection.raw_sql("SELECT current_setting('enable_progress_bar')").fetchall()[0][0]:
        connection.raw_sql("SET enable_progress_bar = false")
    return connection


def _unknown_format(name: str, path: str) -> Fault:
    return Fault(
        f"data.{name}.path",
        f"{path} has an unknown ending",
        "the ending tells the format",
        "Use .csv, .csv.gz, .tsv, .parquet, or .duckdb with table:.",
        "unreadable_file",
    )


def _unreadable(name: str, path: str, resolved: Path, error: Exception) -> Fault:
    # The resolved path may hold what an environment variable kept out of sight.
    reason = str(error).strip().splitlines()[0].replace(str(resolved), path)
    return Fault(
        f"data.{name}.path",
        f"{path} cannot be read ({reason})",
        "a source must be a sound file of the format its ending names",
        "Check that it is complete, in UTF-8 if it is text, and not open elsewhere.",
        "unreadable_file",
    )


def _artefact_fault(path: Path, found: str, code: str) -> Fault:
    fix = "Run the stage that writes it again."
    return Fault(path.name, f"the file {found}", "a later stage reads it", fix, code)
