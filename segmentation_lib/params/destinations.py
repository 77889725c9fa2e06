"""The ``implement.destination`` section: a database that receives the tags and the ledger."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, Field, model_validator

from segmentation_lib.params.section import Section

__all__ = ["Destination"]

_TABLE = re.compile(r"([A-Za-z_][A-Za-z0-9_]{0,62}\.)?[A-Za-z_][A-Za-z0-9_]{0,62}")
_VARIABLE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
_SECRETS = ("password", "passfile", "sslpassword", "sslkey")


def _table_name(value: str) -> str:
    if not _TABLE.fullmatch(value):
        raise ValueError("must be a table's name, or schema.table, of letters, digits and _")
    return value


TableName = Annotated[str, AfterValidator(_table_name)]


class Destination(Section):
    """A database to which the customer file and the ledger are written, besides the files."""

    url: str = Field(
        min_length=1,
        description="Where it is: `postgresql://${PGUSER}:${PGPASSWORD}@host/database`, or a "
        "DuckDB file such as `runs/tags.duckdb`, from the project's root. `${NAME}` stands for an "
        "environment variable; a password is never written out.",
    )
    tags_table: TableName = Field(
        default="segment_tags", description="Table of the customer file; made if absent."
    )
    ledger_table: TableName = Field(
        default="segment_membership", description="Table of the ledger; made if absent."
    )
    keep: Literal["current", "periods"] = Field(
        default="current",
        description="`current`: the table holds the newest file only, one row per customer. "
        "`periods`: it holds the file of every period.",
    )

    @model_validator(mode="after")
    def _no_secret_and_two_tables(self) -> Destination:
        if self.tags_table.lower() == self.ledger_table.lower():
            raise ValueError("tags_table and ledger_table must be two tables")
        if _VARIABLE.fullmatch(self.url):
            return self
        if not self.url.startswith(("postgresql://", "postgres://")):
            if not self.url.endswith((".duckdb", ".db")):
                raise ValueError("url must start with postgresql:// or be a .duckdb file")
            return self
        parts = urlsplit(self.url)
        secrets = [parts.password or "", *_in_query(parts.query)]
        if any(secret and not _VARIABLE.fullmatch(secret) for secret in secrets):
            raise ValueError("url holds a secret: write ${NAME}, and set NAME in the environment")
        return self


def _in_query(query: str) -> list[str]:
    values = parse_qs(query)
    return [value for name in _SECRETS for value in values.get(name, [])]
