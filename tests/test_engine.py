"""Tests of the engine: formats, names of variables, and faults of files."""

from __future__ import annotations

import gzip
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from segmentation_lib.engine import Engine
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


def test_other_engines_are_refused(tmp_path):
    data = DataParams(orders=TableSource(path="x.csv")).model_copy(update={"engine": "spark"})
    with pytest.raises(NotImplementedError, match="spark"):
        Engine.open(tmp_path, data)
