"""The demo's dirty rows: exactly those on record are there, and no other."""

from __future__ import annotations

import pytest

from segmentation_lib.demo.truth import truth


def keys(demo_truth, kind):
    rows = demo_truth.dirty_rows
    return rows.loc[rows["kind"] == kind, "key"]


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("repeated_line", 60),
        ("missing_customer", 40),
        ("test_order", 8),
        ("internal_customer", 6),
        ("orphan_event", 20),
        ("giant_cancelled", 2),
    ],
)
def test_counts_on_record(demo_truth, kind, count):
    assert len(keys(demo_truth, kind)) == count


def test_a_smaller_demo_has_fewer_but_never_none():
    counts = truth(customers=500).dirty_rows["kind"].value_counts()
    assert counts["repeated_line"] == 6
    assert counts["test_order"] == 1
    assert counts["giant_cancelled"] == 2
    assert counts.min() >= 1


def test_repeated_lines_are_equal_in_every_column(demo_tables, demo_truth):
    orders = demo_tables["orders"]
    repeated = orders.loc[orders.duplicated(keep="first")]
    assert sorted(repeated["order_id"]) == sorted(keys(demo_truth, "repeated_line"))


def test_orders_without_customer(demo_tables, demo_truth):
    orders = demo_tables["orders"]
    missing = orders.loc[orders["customer_id"].isna()]
    assert set(missing["order_id"]) == set(keys(demo_truth, "missing_customer"))
    rows = demo_truth.dirty_rows
    on_record = rows.loc[rows["kind"] == "missing_customer", "amount"].sum()
    assert missing["amount"].sum() == pytest.approx(on_record)


def test_test_orders_are_of_test_customers(demo_tables, demo_truth):
    orders = demo_tables["orders"]
    tests = orders.loc[orders["product_id"] == "TEST"]
    assert set(tests["order_id"]) == set(keys(demo_truth, "test_order"))
    customers = demo_tables["customers"].set_index("customer_id")
    assert set(customers.loc[tests["customer_id"], "account_type"]) == {"test"}


def test_internal_customers_are_marked(demo_tables, demo_truth):
    customers = demo_tables["customers"]
    internal = customers.loc[customers["account_type"] != "customer"]
    assert set(internal["customer_id"]) == set(keys(demo_truth, "internal_customer"))
    assert internal["account_type"].value_counts().to_dict() == {"staff": 4, "test": 2}


def test_orphan_events_are_the_only_ones_of_unknown_customers(demo_tables, demo_truth):
    events = demo_tables["events"]
    known = events["customer_id"].isin(demo_tables["customers"]["customer_id"])
    assert set(events.loc[~known, "customer_id"]) == set(keys(demo_truth, "orphan_event"))
    orders = demo_tables["orders"]["customer_id"].dropna()
    assert orders.isin(demo_tables["customers"]["customer_id"]).all()


def test_the_giant_order_is_cancelled_within_the_hour(demo_tables):
    orders = demo_tables["orders"]
    giants = orders.loc[orders["amount"].abs() >= 10_000].sort_values("ordered_at")
    assert giants["amount"].tolist() == [50_000.0, -50_000.0]
    assert giants["customer_id"].nunique() == 1
    assert giants["ordered_at"].diff().iloc[1].total_seconds() == 55 * 60


def test_two_ids_of_one_person_share_their_key_and_take_turns(demo_tables, demo_truth):
    duplicates = demo_truth.duplicates
    customers = demo_tables["customers"]
    shared = customers.loc[customers.duplicated("email_key", keep=False)]
    pairs = shared.groupby("email_key")["customer_id"].agg(sorted).tolist()
    assert sorted(pairs) == sorted(duplicates[["customer_id", "second_id"]].to_numpy().tolist())
    assert len(pairs) == 40
    sold = demo_tables["orders"].query("order_id.str.startswith('O0')", engine="python")
    last = sold.groupby("customer_id")["ordered_at"].max()
    first = sold.groupby("customer_id")["ordered_at"].min()
    both = duplicates.loc[duplicates["customer_id"].isin(last.index)]
    assert (both["customer_id"].map(last) < both["since"]).all()
    seconds = duplicates.loc[duplicates["second_id"].isin(first.index)]
    assert len(seconds) >= 38
    assert (seconds["second_id"].map(first) >= seconds["since"]).all()
