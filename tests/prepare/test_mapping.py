"""Tests of the mapping from sources to canonical tables."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import pandas as pd
import pytest

from .conftest import ORDER_COLUMNS, order_frame

RENAMED = {
    "order_id": "Invoice No",
    "customer_id": "CustomerID",
    "ordered_at": "When",
    "amount": "Total",
    "quantity": "Qty",
    "product_id": "SKU",
    "category": "Cat",
    "channel": "Via",
    "discount": "Off",
}


def same(left, right) -> None:
    for name in ("features_open", "features_close", "outcomes", "data_dictionary"):
        pd.testing.assert_frame_equal(getattr(left, name), getattr(right, name))
    assert left.quality == right.quality


def test_renamed_columns_and_a_map_give_the_same(shop):
    plain = shop.snapshot()
    renamed = order_frame().rename(columns=RENAMED)
    same(plain, shop.give("orders", renamed, columns=RENAMED).snapshot())


@pytest.mark.parametrize("ending", ["csv", "csv.gz"])
def test_csv_gives_the_same_as_parquet(shop, ending):
    plain = shop.snapshot()
    same(plain, shop.give("orders", order_frame(), ending=ending).snapshot())


def test_a_database_file_gives_the_same(shop):
    plain = shop.snapshot()
    frame = order_frame()
    with duckdb.connect(str(shop.folder / "shop.duckdb")) as connection:
        connection.register("frame", frame)
        connection.sql("CREATE TABLE sales AS SELECT * FROM frame")
    shop.sources["orders"] = {"path": "shop.duckdb", "table": "sales"}
    same(plain, shop.snapshot())


def test_ids_are_text_whatever_they_were(shop):
    rows = [
        ("0001", "00012", "2026-01-01", 1.0, 1, "p", "x", "web", 0),
        ("0002", "00013", "2026-09-30", 1.0, 1, "p", "x", "web", 0),
    ]
    shop.give("orders", order_frame(rows), ending="csv")
    assert sorted(shop.frame("orders")["customer_id"]) == ["00012", "00013"]
    for numbers in ([12346, 12347], [12346.0, 12347.0]):
        frame = order_frame(rows).assign(customer_id=numbers)
        for ending in ("parquet", "csv"):
            shop.give("orders", frame, ending=ending)
            assert sorted(shop.frame("orders")["customer_id"]) == ["12346", "12347"]
    mixed = order_frame(rows).assign(customer_id=["12346.0", "x.0"])
    shop.give("orders", mixed, ending="csv")
    assert sorted(shop.frame("orders")["customer_id"]) == ["12346.0", "x.0"]


def test_ids_that_are_not_whole_or_not_there(shop):
    frame = order_frame().head(4).assign(customer_id=[1.5, 2.0, None, 3.0])
    frame["ordered_at"] = pd.Timestamp("2026-09-30")
    shop.give("orders", frame)
    shop.prepare = {"exclude": [{"name": "No id", "where": "customer_id is null"}]}
    assert sorted(shop.frame("orders")["customer_id"]) == ["1.5", "2", "3"]


def test_amounts_are_exact_decimals(shop):
    frame = order_frame().assign(price=[0.1] * 11, n=[3] * 11)
    shop.give("orders", frame, columns={"amount": "price * n"})
    with shop.engine() as engine:
        from segmentation_lib import prepare

        orders = prepare.load_tables(engine, shop.params)["orders"]
        assert engine.row(orders.aggregate(total=orders["amount"].sum()))["total"] == Decimal("3.3")


def test_times_are_naive_utc(shop):
    frame = order_frame().assign(
        ordered_at=lambda f: f["ordered_at"].dt.tz_localize("Europe/Vienna")
    )
    shop.give("orders", frame)
    times = shop.frame("orders").set_index("order_id")["ordered_at"]
    assert times["o5"] == pd.Timestamp("2026-06-30 22:00:00")
    assert str(times.dtype) == "datetime64[us]"


def test_where_selects_rows_before_anything_is_judged(shop):
    frame = order_frame().astype({"amount": "str"})
    frame.loc[0, "amount"] = "TOTAL"
    message = shop.give("orders", frame).faults()["text_in_number"]
    assert "orders.amount: 1 value cannot be read, such as 'TOTAL' in row 1" in message
    shop.give("orders", frame, where="amount <> 'TOTAL'")
    cleaned = shop.clean().exclusions
    assert cleaned["rows"].tolist() == [11, 1, 10]
    assert cleaned["amount"].tolist() == [212.5, 0.0, 212.5]


def test_values_that_do_not_fit_are_counted_with_examples(shop):
    frame = order_frame().astype({"amount": "str", "ordered_at": "str", "quantity": "str"})
    frame.loc[[1, 3, 5, 7], "amount"] = ["a", "b", "c", "d"]
    frame.loc[2, "ordered_at"] = "31/12/2026"
    frame.loc[4, "quantity"] = "two"
    shop.give("orders", frame, ending="csv")
    found = shop.faults()
    assert set(found) == {"text_in_number", "bad_date"}
    assert "1 value cannot be read, such as '31/12/2026' in row 3" in found["bad_date"]
    assert (
        "orders.quantity: 1 value cannot be read, such as 'two' in row 5" in found["text_in_number"]
    )


def test_several_faults_of_one_column_show_three(shop):
    frame = order_frame().astype({"amount": "str"})
    frame.loc[[1, 3, 5, 7], "amount"] = ["a", "b", "c", "d"]
    message = shop.give("orders", frame).faults()["text_in_number"]
    expected = "4 values cannot be read, such as 'a' in row 2, 'b' in row 4, 'c' in row 6,"
    assert expected in message


def test_a_number_is_no_date(shop):
    frame = order_frame().assign(ordered_at=20260101)
    assert "11 values cannot be read" in shop.give("orders", frame).faults()["bad_date"]


def test_flags(shop):
    people = pd.DataFrame({"customer_id": ["a", "b", "c"], "marketing_consent": ["yes", "no", ""]})
    shop.give("customers", people, ending="csv")
    frame = shop.snapshot().features_open
    assert frame["marketing_consent"].tolist()[:2] == ["true", "false"]
    people.loc[2, "marketing_consent"] = "perhaps"
    message = shop.give("customers", people, ending="csv").faults()["bad_flag"]
    assert "customers.marketing_consent: 1 value cannot be read, such as 'perhaps'" in message


def test_dates_of_another_form_are_read_by_an_expression(shop):
    plain = shop.snapshot()
    frame = order_frame()
    frame["ordered_at"] = frame["ordered_at"].dt.strftime("%d/%m/%Y %H:%M:%S")
    columns = {"ordered_at": "strptime(ordered_at, '%d/%m/%Y %H:%M:%S')"}
    same(plain, shop.give("orders", frame, ending="csv", columns=columns).snapshot())


@pytest.mark.parametrize(
    ("columns", "code", "text"),
    [
        ({"amout": "amount"}, "missing_column", "Did you mean amount?"),
        ({"zzz": "amount"}, "missing_column", "Its columns are: order_id"),
        ({"amount": "amont"}, "missing_column", "there is no column amont"),
        ({"amount": "quantity * prise"}, "missing_column", "there is no column prise"),
        ({"amount": "quantity *"}, "wrong_expression", "cannot be computed"),
        ({"amount": "(select 1)"}, "wrong_expression", "a subquery"),
        ({"amount": "1; drop table x"}, "wrong_expression", "more than one expression"),
        ({"amount": "sum(quantity)"}, "wrong_expression", "it is an aggregate"),
        ({"amount": "nofunction(quantity)"}, "wrong_expression", "nofunction"),
        ({"amount": "quantity * channel"}, "text_in_number", "as channel holds text"),
        ({"channel": "quantity * channel"}, "wrong_expression", "cannot be computed"),
        ({"quantity": "cast(channel as int)"}, "text_in_number", "as channel holds text"),
        ({"region": "cast(channel as int)"}, "wrong_expression", "fails on a row"),
    ],
)
def test_faults_of_the_map(shop, columns, code, text):
    found = shop.give("orders", order_frame(), columns=columns).faults()
    assert list(found) == [code]
    assert text in found[code]


def test_a_wrong_where_is_named(shop):
    found = shop.give("orders", order_frame(), where="chanel = 'web'").faults()
    assert "data.orders.where: there is no column chanel" in found["missing_column"]
    assert "Did you mean channel?" in found["missing_column"]
    found = shop.give("orders", order_frame(), where="cast(channel as int) = 1").faults()
    assert (
        "data.orders.where: `cast(channel as int) = 1` fails on a row" in found["wrong_expression"]
    )


def test_missing_required_columns_are_all_listed(shop):
    frame = order_frame().drop(columns=["order_id"]).rename(columns={"amount": "ammount"})
    with pytest.raises(Exception, match="missing_column") as caught:
        shop.give("orders", frame).snapshot()
    text = str(caught.value)
    assert "orders.order_id: orders.parquet has no column order_id" in text
    assert "data.orders.columns: {amount: ammount}" in text


def test_a_draw_that_comes_back_is_mapped_by_the_names_it_was_handed_on_with(shop):
    handed_on = ["experiment_id", "external_id", "segment_id", "arm", "starts_on"]
    draw = pd.DataFrame([["E1", "a", "S01", "control", "2025-04-01"]], columns=handed_on)
    text = shop.give("assignments", draw).faults()["missing_column"]
    assert "data.assignments.columns: {customer_id: external_id}" in text


def test_faults_of_all_tables_are_listed_at_once(shop):
    people = pd.DataFrame({"id": ["a"]})
    found = shop.give("orders", order_frame().drop(columns="amount")).give("customers", people)
    with pytest.raises(Exception, match="missing_column") as caught:
        found.snapshot()
    assert "orders.amount" in str(caught.value)
    assert "customers.customer_id" in str(caught.value)


@pytest.mark.parametrize("key", ["types", "ranges"])
def test_unknown_attributes_are_refused(shop, key):
    people = pd.DataFrame({"customer_id": ["a"], "age": [3]})
    value = {"types": "number", "ranges": [0, 1]}[key]
    found = shop.give("customers", people, **{key: {"agee": value}}).faults()
    assert "Did you mean age?" in found["missing_column"]


def test_columns_are_matched_without_case(shop):
    plain = shop.snapshot()
    upper = order_frame().rename(columns={column: column.upper() for column in ORDER_COLUMNS})
    same(plain, shop.give("orders", upper).snapshot())


def test_leading_zeros_of_an_attribute_that_is_a_category(shop):
    people = pd.DataFrame({"customer_id": ["a", "b", "c"], "Zip Code": ["01000", "02000", "01000"]})
    shop.give("customers", people, ending="csv", types={"Zip Code": "category"})
    assert shop.snapshot().features_open["zip_code"].tolist() == ["01000", "02000", "01000"]


def test_a_number_attribute_with_a_word_in_it(shop):
    people = pd.DataFrame({"customer_id": ["a", "b", "c"], "income": ["1", "2", "many"]})
    shop.give("customers", people, ending="csv", types={"income": "number"})
    assert "'many' in row 3" in shop.faults()["text_in_number"]


def test_mapped_attributes_get_their_new_name(shop):
    people = pd.DataFrame({"ID": ["a", "b", "c"], "Year_Birth": [1980, 1990, 2000]})
    columns = {"customer_id": "ID", "age": "2026 - Year_Birth"}
    shop.give("customers", people, columns=columns)
    frame = shop.snapshot().features_open
    assert frame["age"].tolist() == [46.0, 36.0, 26.0]
    assert frame["year_birth"].tolist() == [1980.0, 1990.0, 2000.0]
    assert "id" not in frame
