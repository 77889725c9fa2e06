"""Puts a frame into a database and asks a view of it, the same way in DuckDB and PostgreSQL."""

from __future__ import annotations

from typing import Any

import duckdb
import pandas as pd

from segmentation_lib.implement.audiences import kinds_of


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def columns_of(frame: pd.DataFrame) -> str:
    kinds = {"number": "double precision", "text": "text"}
    return ", ".join(f"{quoted(name)} {kinds[kind]}" for name, kind in kinds_of(frame).items())


def rows_of(frame: pd.DataFrame, *, nan_as_null: bool) -> list[list[Any]]:
    kinds = kinds_of(frame)
    columns = []
    for name, kind in kinds.items():
        values = frame[name].astype("object")
        missing = frame[name].isna()
        keep = ~missing if kind == "text" or nan_as_null else missing | ~missing
        columns.append([value if kept else None for value, kept in zip(values, keep, strict=True)])
    return [list(row) for row in zip(*columns, strict=True)]


def ask_duckdb(frame: pd.DataFrame, view_sql: str, view: str, *, nan_as_null: bool) -> list:
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE features ({columns_of(frame)})")
        marks = ", ".join("?" * frame.shape[1])
        connection.executemany(
            f"INSERT INTO features VALUES ({marks})", rows_of(frame, nan_as_null=nan_as_null)
        )
        connection.execute(view_sql)
        return connection.execute(f"SELECT * FROM {quoted(view)} ORDER BY customer_id").fetchall()


def ask_postgres(
    connection: Any, frame: pd.DataFrame, view_sql: str, view: str, *, nan_as_null: bool
) -> list:
    connection.execute("DROP TABLE IF EXISTS features CASCADE")
    connection.execute(f"CREATE TABLE features ({columns_of(frame)})")
    with connection.cursor() as cursor:
        with cursor.copy("COPY features FROM STDIN") as copy:
            for row in rows_of(frame, nan_as_null=nan_as_null):
                copy.write_row(row)
        cursor.execute(view_sql)
        cursor.execute(f'SELECT * FROM {quoted(view)} ORDER BY customer_id COLLATE "C"')
        return cursor.fetchall()
