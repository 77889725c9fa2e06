"""The destination section: secrets stay out of files, and names are names."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from segmentation_lib.params.destinations import Destination


@pytest.mark.parametrize(
    "url",
    [
        "${TAGS_URL}",
        "runs/tags.duckdb",
        "postgresql://${PGUSER}:${PGPASSWORD}@host/database",
        "postgresql://anna@host/database",
        "postgres://host/database?sslmode=require&password=${PGPASSWORD}",
    ],
)
def test_these_addresses_are_fine(url):
    made = Destination(url=url)
    assert (made.tags_table, made.ledger_table) == ("segment_tags", "segment_membership")
    assert made.keep == "current"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://anna:secret@host/database",
        "postgresql://anna:${P}x@host/database",
        "postgresql://host/database?password=secret",
    ],
)
def test_a_secret_that_is_written_out_is_refused(url):
    with pytest.raises(ValidationError, match="url holds a secret"):
        Destination(url=url)


@pytest.mark.parametrize("url", ["mysql://host/database", "tags.csv"])
def test_another_kind_of_database_is_refused(url):
    with pytest.raises(ValidationError, match=r"postgresql:// or be a .duckdb file"):
        Destination(url=url)


@pytest.mark.parametrize("name", ["a b", "1a", "a.b.c", 'a"b', "", "a" * 64])
def test_a_table_has_a_plain_name(name):
    with pytest.raises(ValidationError, match="table"):
        Destination(url="tags.duckdb", tags_table=name)


def test_tags_and_ledger_have_tables_of_their_own():
    with pytest.raises(ValidationError, match="must be two tables"):
        Destination(url="tags.duckdb", tags_table="T", ledger_table="t")
