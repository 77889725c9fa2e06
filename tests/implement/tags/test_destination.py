"""Databases: DuckDB and a real PostgreSQL receive tags and ledger, whole or not at all."""

from __future__ import annotations

from datetime import date

import duckdb
import pandas as pd
import pytest

from segmentation_lib.faults import ContractError
from segmentation_lib.implement.tags import contactable, quarter_ledger, write_tags
from segmentation_lib.params.destinations import Destination

TABLES = {"tags_table": "segment_tags", "ledger_table": "segment_membership"}


class Base:
    """One database of a test: where it is, and what stands in it."""

    def __init__(self, kind, url, root):
        self.kind, self.root, self.environ = kind, root, {"TAGS_URL": url}
        self.url = url

    def write(self, crm, ledger, **options):
        destination = Destination(url="${TAGS_URL}", **{**TABLES, **options})
        return write_tags(destination, crm, ledger, root=self.root, environ=self.environ)

    def sql(self, *statements):
        if self.kind == "duckdb":
            with duckdb.connect(str(self.root / self.url)) as connection:
                for statement in statements:
                    result = connection.execute(statement)
                return result.fetchall() if result.description else []
        import psycopg

        with psycopg.connect(self.url) as connection:
            for statement in statements:
                result = connection.execute(statement)
            return result.fetchall() if result.description else []

    def rows(self, table, order):
        return self.sql(f"SELECT * FROM {table} ORDER BY {order}")

    def content(self):
        return (
            self.rows("segment_tags", "segment_version, external_id"),
            self.rows("segment_membership", "place"),
        )


@pytest.fixture(params=["duckdb", "postgresql"])
def base(request, tmp_path):
    if request.param == "duckdb":
        yield Base("duckdb", "out/tags.duckdb", tmp_path)
        return
    made = Base("postgresql", request.getfixturevalue("postgres"), tmp_path)
    drop = "DROP TABLE IF EXISTS segment_tags, segment_membership CASCADE"
    made.sql(drop, "DROP SCHEMA IF EXISTS crm CASCADE")
    yield made


@pytest.fixture
def ledgers(files):
    first = quarter_ledger(None, files[0], at=date(2025, 6, 30))
    return first, quarter_ledger(first, files[1], at=date(2025, 9, 30))


def expected_tags(crm):
    """Give the rows of a file as a database returns them."""
    days = crm.assign(
        assigned_on=pd.to_datetime(crm["assigned_on"]).dt.date,
        valid_until=pd.to_datetime(crm["valid_until"]).dt.date,
    )
    cells = days.astype("object").where(days.notna(), None)
    return [tuple(row) for row in cells.itertuples(index=False)]


def expected_events(ledger, crm):
    events = contactable(ledger, crm)
    return [
        (place, *row[:3], date.fromisoformat(row[3]), *row[4:])
        for place, row in enumerate(events.itertuples(index=False, name=None), start=1)
    ]


def test_tags_and_ledger_arrive_exactly(base, files, ledgers):
    written = base.write(files[1], ledgers[1])
    tags, events = base.content()
    assert tags == expected_tags(files[1])
    assert events == expected_events(ledgers[1], files[1])
    assert (written.tags, written.events) == (len(tags), len(events))
    assert f"{len(tags):,} tags" in written.sentence


def test_a_second_write_changes_nothing(base, files, ledgers):
    base.write(files[1], ledgers[1])
    once = base.content()
    base.write(files[1], ledgers[1])
    assert base.content() == once


def test_the_next_quarter_replaces_the_last_and_who_opted_out_is_gone(base, files, ledgers):
    base.write(files[0], ledgers[0])
    base.write(files[1], ledgers[1])
    tags, events = base.content()
    assert tags == expected_tags(files[1])
    gone = set(files[0]["external_id"]) - set(files[1]["external_id"])
    assert gone
    assert not gone & {row[1] for row in events}


def test_periods_are_kept_but_not_of_those_who_opted_out(base, files, ledgers):
    for number in (0, 1, 0, 1):
        base.write(files[number], ledgers[number], keep="periods")
    stays = files[0][files[0]["external_id"].isin(files[1]["external_id"])]
    assert base.content()[0] == expected_tags(stays) + expected_tags(files[1])


def test_a_failure_in_the_middle_leaves_the_old_rows(base, files, ledgers):
    base.write(files[0], ledgers[0])
    old = base.content()
    # The tags go in, then the ledger's last event is refused.
    copy = "SELECT * FROM segment_membership"
    base.sql(
        "CREATE TABLE kept AS " + copy,
        "DROP TABLE segment_membership",
        "CREATE TABLE segment_membership (place BIGINT, external_id TEXT, segment_id TEXT, "
        f'event TEXT, "at" DATE, reason TEXT, from_id TEXT, CHECK (place <= {len(old[1])}))',
        "INSERT INTO segment_membership SELECT * FROM kept",
        "DROP TABLE kept",
    )
    assert len(contactable(ledgers[1], files[1])) > len(old[1])
    with pytest.raises(ContractError, match="refused what was written") as caught:
        base.write(files[1], ledgers[1])
    assert base.content() == old
    message = str(caught.value)
    assert "${TAGS_URL}" in message
    assert base.url not in message
    assert not any(f"{key}" in message for key in files[1]["external_id"])


def test_a_crash_of_our_own_leaves_the_old_rows(base, files, ledgers, monkeypatch):
    base.write(files[0], ledgers[0])
    old = base.content()
    module = "segmentation_lib.implement.tags.destination._count"

    def broken(*_):
        raise RuntimeError("the power went out")

    monkeypatch.setattr(module, broken)
    with pytest.raises(RuntimeError, match="power"):
        base.write(files[1], ledgers[1])
    assert base.content() == old


def test_text_that_looks_like_sql_or_ends_a_copy_is_only_text(base, files, ledgers):
    names = ["x'); DROP TABLE segment_tags; --", "a\n\\.\nb", 'say "no"', "100%s ? {}", "\\N"]
    crm = files[1].assign(city=[names[n % len(names)] for n in range(len(files[1]))])
    crm = crm.rename(columns={"city": 'ci"ty; DROP TABLE segment_tags?%s'})
    base.write(crm, ledgers[1])
    assert base.content()[0] == expected_tags(crm)


def test_a_table_with_other_columns_is_left_alone(base, files, ledgers):
    if base.kind == "duckdb":
        (base.root / "out").mkdir()
    base.sql("CREATE TABLE segment_tags (external_id TEXT)")
    with pytest.raises(ContractError, match=r"the columns assigned_on, .* are missing"):
        base.write(files[1], ledgers[1])
    assert base.rows("segment_tags", "external_id") == []
    with pytest.raises(Exception, match="segment_membership"):
        base.rows("segment_membership", "place")


def test_tables_of_a_schema(base, files, ledgers):
    if base.kind == "duckdb":
        (base.root / "out").mkdir()
    base.sql("CREATE SCHEMA crm")
    base.write(files[1], ledgers[1], tags_table="crm.tags")
    assert base.rows("crm.tags", "external_id") == expected_tags(files[1])


def test_a_database_out_of_reach_is_said_without_its_secret(files, ledgers, tmp_path):
    pytest.importorskip("psycopg")
    destination = Destination(url="postgresql://${WHO}:${PASS}@127.0.0.1:1/none")
    environ = {"WHO": "anna", "PASS": "p@ss/w:rd"}
    with pytest.raises(ContractError, match="cannot be opened") as caught:
        write_tags(destination, files[1], ledgers[1], root=tmp_path, environ=environ)
    assert "anna" not in str(caught.value)
    assert "p@ss" not in str(caught.value)
    assert caught.value.__suppress_context__
    with pytest.raises(ContractError, match="environment variable PASS is not set"):
        write_tags(destination, files[1], ledgers[1], root=tmp_path, environ={"WHO": "anna"})


def test_a_broken_duckdb_file_is_said_so(files, ledgers, tmp_path):
    (tmp_path / "tags.duckdb").write_bytes(b"no database at all" * 1000)
    with pytest.raises(ContractError, match=r"tags.duckdb cannot be opened"):
        write_tags(Destination(url="tags.duckdb"), files[1], ledgers[1], root=tmp_path)
