"""Tests of the engine: formats, names of variables, and faults of files."""

from __future__ import annotations

import gzip
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from segmentation_lib.engine import Engine, write_parquet
from segmentation_lib.faults import ContractError
from segmentation_lib.params import DataParams, TableSource

FRAME = pd.DataFrame({"customer_id": ["00012", "00013"], "amount": [1.5, 2.0]})


@pytest.fixture
def engine(tmp_path: Path):
    data = DataParams(orders=TableSource(path="orders.csv"))
    with Engine.open(tmp_path, data) as opened:
        yield opened


def fault_of(engine: Engine, **source) -> tuple[str, str]:
    with pytest.raises(ContractError) as caught:
        engine.read("orders", TableSource(**source))
    (fault,) = caught.value.faults
    return fault.code, str(fault)


def write_all_formats(folder: Path) -> None:
    FRAME.to_parquet(folder / "orders.parquet", index=False)
    FRAME.to_csv(folder / "orders.csv", index=False)
    FRAME.to_csv(folder / "orders.tsv", index=False, sep="\t")
    FRAME.to_csv(folder / "semicolons.csv", index=False, sep=";")
    with gzip.open(folder / "orders.csv.gz", "wt") as file:
        FRAME.to_csv(file, index=False)
    with duckdb.connect(str(folder / "shop.duckdb")) as connection:
        connection.register("frame", FRAME)
        connection.sql("CREATE TABLE sales AS SELECT * FROM frame")
        connection.sql("CREATE SCHEMA old; CREATE TABLE old.sales AS SELECT * FROM frame")


@pytest.mark.parametrize(
    "source",
    [
        {"path": "orders.parquet"},
        {"path": "orders.csv"},
        {"path": "orders.tsv"},
        {"path": "semicolons.csv", "delimiter": ";"},
        {"path": "orders.csv.gz"},
        {"path": "shop.duckdb", "table": "sales"},
        {"path": "shop.duckdb", "table": "old.sales"},
    ],
    ids=lambda source: source["path"],
)
def test_every_format_gives_the_same_table(engine, tmp_path, source):
    write_all_formats(tmp_path)
    opened = engine.read("orders", TableSource(**source), text=("CUSTOMER_ID", "absent"))
    assert opened.columns == ("customer_id", "amount")
    pd.testing.assert_frame_equal(engine.frame(opened.table.order_by("customer_id")), FRAME)


def test_csv_types_come_from_all_rows_and_dates_are_not_guessed(engine, tmp_path):
    rows = [f"{i},9/4/2012,{i}" for i in range(30_000)] + ["x,9/4/2012,1.25"]
    (tmp_path / "orders.csv").write_text("\n".join(["late_text,day,number", *rows]))
    table = engine.read("orders", TableSource(path="orders.csv")).table
    types = {name: str(dtype) for name, dtype in table.schema().items()}
    assert types == {"late_text": "string", "day": "string", "number": "float64"}


def test_environment_variable_is_filled_in_and_never_shown(engine, tmp_path, monkeypatch):
    (tmp_path / "hush").mkdir()
    FRAME.to_parquet(tmp_path / "hush" / "orders.parquet", index=False)
    (tmp_path / "hush" / "broken.parquet").write_text("no parquet")
    monkeypatch.setenv("SHOP_FOLDER", "hush")
    opened = engine.read("orders", TableSource(path="${SHOP_FOLDER}/orders.parquet"))
    assert opened.file == "${SHOP_FOLDER}/orders.parquet"
    assert engine.row(opened.table.aggregate(rows=opened.table.count())) == {"rows": 2}
    code, message = fault_of(engine, path="${SHOP_FOLDER}/broken.parquet")
    assert code == "unreadable_file"
    assert "hush" not in message
    code, message = fault_of(engine, path="${SHOP_FOLDER}/absent.parquet")
    assert code == "missing_file"
    assert "hush" not in message


def test_unset_variables_are_named(engine):
    with pytest.raises(ContractError) as caught:
        engine.read("orders", TableSource(path="${NOT_SET_A}/${NOT_SET_B}.csv"))
    assert [fault.code for fault in caught.value.faults] == ["missing_variable"] * 2
    assert "NOT_SET_A" in str(caught.value)


@pytest.mark.parametrize(
    ("path", "content", "code"),
    [
        ("absent.csv", None, "missing_file"),
        ("orders.xlsx", b"x", "unreadable_file"),
        ("orders.parquet", b"not parquet at all", "unreadable_file"),
        ("orders.csv", b"id,name\n1,caf\xe9\n", "unreadable_file"),
    ],
)
def test_faults_of_files(engine, tmp_path, path, content, code):
    if content is not None:
        (tmp_path / path).write_bytes(content)
    found, message = fault_of(engine, path=path)
    assert found == code
    assert message.startswith("data.orders.path")
    assert path in message


def test_unknown_table_of_a_database_lists_those_there(engine, tmp_path):
    write_all_formats(tmp_path)
    code, message = fault_of(engine, path="shop.duckdb", table="salse")
    assert code == "missing_table"
    assert "It has: sales." in message


def test_two_tables_of_one_database_can_be_read(engine, tmp_path):
    write_all_formats(tmp_path)
    for name, table in (("orders", "sales"), ("costs", "old.sales")):
        opened = engine.read(name, TableSource(path="shop.duckdb", table=table))
        assert engine.row(opened.table.aggregate(rows=opened.table.count())) == {"rows": 2}


def test_engine_is_single_threaded_and_in_utc(engine):
    settings = engine._connection.raw_sql(
        "SELECT current_setting('threads'), current_setting('TimeZone'), "
        "current_setting('enable_progress_bar')"
    ).fetchall()
    assert settings == [(1, "UTC", False)]


def test_stored_tables_are_computed_once(engine, tmp_path):
    FRAME.to_parquet(tmp_path / "orders.parquet", index=False)
    table = engine.read("orders", TableSource(path="orders.parquet")).table
    kept = engine.store(table, "kept")
    again = engine.store(table, "kept")
    (tmp_path / "orders.parquet").unlink()
    assert kept.get_name() != again.get_name()
    assert engine.row(kept.aggregate(total=kept["amount"].sum())) == {"total": 3.5}


def test_a_dropped_table_is_gone_and_what_was_made_of_it_stays():
    with Engine.memory() as engine:
        whole = engine.memtable(pd.DataFrame({"a": [1, 2, 3]}), "whole")
        part = engine.store(whole.filter(whole["a"] > 1), "part")
        engine.drop(whole)
        assert engine.frame(part.order_by("a"))["a"].tolist() == [2, 3]
        with pytest.raises(duckdb.CatalogException, match="whole_1 does not exist"):
            engine.frame(whole)


def test_other_engines_are_refused(tmp_path):
    data = DataParams(orders=TableSource(path="x.csv")).model_copy(update={"engine": "spark"})
    with pytest.raises(NotImplementedError, match="spark"):
        Engine.open(tmp_path, data)


EVENTS = pd.DataFrame(
    {
        "customer_id": ["b", "a", "a", None],
        "at": pd.to_datetime(["2026-01-02", "2026-01-03", None, "2026-01-01"]),
        "amount": [2.0, float("nan"), 1.0, 3.0],
        "flag": [True, False, True, True],
    }
)


class TestLaterStages:
    """An engine without sources: frames and files in, files out."""

    def test_frames_go_in_and_come_out_the_same(self):
        with Engine.memory() as engine:
            table = engine.memtable(EVENTS.set_axis([9, 8, 7, 6]), "events")
            again = engine.memtable(EVENTS, "events")
            assert table.get_name() != again.get_name()
            found = engine.frame(table.order_by("flag", "at"))
        assert found["customer_id"].fillna("nobody").tolist() == ["a", "nobody", "b", "a"]
        assert found["at"].isna().tolist() == [False, False, False, True]
        assert found["amount"].isna().sum() == 1
        assert found["flag"].tolist() == [False, True, True, True]

    def test_a_file_is_read_only_when_asked_for(self, tmp_path):
        path = tmp_path / "log.parquet"
        FRAME.to_parquet(path, index=False)
        with Engine.memory() as engine:
            table = engine.parquet(path)
            FRAME.assign(amount=[10.0, 20.0]).to_parquet(path, index=False)
            assert engine.row(table.aggregate(total=table["amount"].sum())) == {"total": 30.0}

    def test_written_rows_keep_their_order_and_leave_nothing_else(self, tmp_path):
        path = tmp_path / "runs" / "log.parquet"
        with Engine.memory() as engine:
            table = engine.memtable(FRAME, "frame")
            write_parquet(table.order_by(table["customer_id"].desc()), path)
            write_parquet(table.order_by(table["amount"].desc()), path)
        found = pd.read_parquet(path)
        assert found["customer_id"].tolist() == ["00013", "00012"]
        assert [file.name for file in path.parent.iterdir()] == ["log.parquet"]

    def test_same_rows_same_bytes(self, tmp_path):
        numbers = pd.DataFrame({"n": range(200_000)})
        for name, frame in (("one", numbers), ("two", numbers.sample(frac=1.0, random_state=1))):
            with Engine.memory() as engine:
                table = engine.memtable(frame, "numbers")
                table = table.mutate(text=(table["n"] % 97).cast("string"))
                write_parquet(table.order_by("n"), tmp_path / name)
        assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()

    def test_a_failed_write_leaves_the_file_of_before(self, tmp_path):
        path = tmp_path / "log.parquet"
        with Engine.memory() as engine:
            table = engine.memtable(FRAME, "frame")
            write_parquet(table, path)
            before = path.read_bytes()
            with pytest.raises(duckdb.Error):
                write_parquet(table.mutate(n=table["customer_id"].cast("date")), path)
        assert path.read_bytes() == before
        assert [file.name for file in tmp_path.iterdir()] == ["log.parquet"]

    @pytest.mark.parametrize(
        ("content", "code"), [(None, "missing_file"), (b"x", "unreadable_file")]
    )
    def test_faults_of_artefacts(self, tmp_path, content, code):
        path = tmp_path / "log.parquet"
        if content is not None:
            path.write_bytes(content)
        with Engine.memory() as engine, pytest.raises(ContractError) as caught:
            engine.parquet(path)
        assert [fault.code for fault in caught.value.faults] == [code]
        assert str(tmp_path) not in str(caught.value)

    def test_sources_need_a_project(self):
        with Engine.memory() as engine, pytest.raises(ValueError, match="has no project"):
            engine.read("orders", TableSource(path="orders.csv"))
