"""Tests of the linking of customers who are the same person."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from .conftest import order_frame


def test_a_hundred_planted_pairs_are_linked_and_revenue_stays(empty_shop):
    rng = np.random.default_rng(3)
    ids = [f"c{number:04d}" for number in range(400)]
    emails = [f"Person{number}@x.org " for number in range(400)]
    for number in range(100):  # customers 300 to 399 are those of 0 to 99 once more
        emails[300 + number] = f" person{number}@X.org"
    people = pd.DataFrame({"customer_id": ids, "email": emails}).sample(frac=1, random_state=1)
    rows = [
        (
            f"o{i}",
            ids[i % 400],
            "2026-09-30",
            round(float(rng.uniform(1, 99)), 2),
            1,
            "p",
            "x",
            "w",
            0,
        )
        for i in range(1200)
    ]
    empty_shop.give("orders", order_frame(rows))
    empty_shop.give("customers", people, identity=["email"])
    cleaned = empty_shop.clean()
    assert cleaned.identities["customer_id"].tolist() == ids[300:]
    assert cleaned.identities["linked_to"].tolist() == ids[:100]
    orders = empty_shop.frame("orders")
    assert orders["customer_id"].nunique() == 300
    cents = sum(round(100 * row[3]) for row in rows)
    assert 100 * sum(orders["amount"]) == cents
    assert len(empty_shop.frame("customers")) == 300
    assert empty_shop.snapshot().quality["identities"] == {"linked": 100}


def test_links_run_through_several_columns(shop):
    people = pd.DataFrame(
        {
            "customer_id": ["d", "c", "b", "a"],
            "email": ["one", "one", "two", ""],
            "phone": ["9", "8", "8", None],
        }
    )
    shop.give("customers", people, identity=["email", "phone"])
    links = shop.clean().identities
    assert links.to_dict("records") == [
        {"customer_id": "c", "linked_to": "b"},
        {"customer_id": "d", "linked_to": "b"},
    ]


def test_a_person_has_the_earliest_sign_up_and_consents_only_throughout(shop):
    people = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c"],
            "email": ["x", "x", "y"],
            "signed_up_at": pd.to_datetime(["2026-02-01", "2026-01-01", "2026-03-01"]),
            "marketing_consent": [True, False, True],
            "age": [30, 40, 50],
        }
    )
    shop.give("customers", people, identity=["email"])
    found = shop.frame("customers").sort_values("customer_id")
    assert found["customer_id"].tolist() == ["a", "c"]
    assert found["signed_up_at"].tolist() == [
        pd.Timestamp("2026-01-01"),
        pd.Timestamp("2026-03-01"),
    ]
    assert found["marketing_consent"].tolist() == [False, True]
    assert found["age"].tolist() == [30.0, 50.0]
    # What b bought is a's.
    assert set(shop.frame("orders")["customer_id"]) == {"a", "c"}


def test_a_person_keeps_the_attributes_of_the_smallest_id(shop):
    people = pd.DataFrame({"customer_id": ["b", "a"], "email": ["x", "x"], "age": [40, 30]})
    shop.give("customers", people, identity=["email"])
    assert shop.frame("customers")["age"].tolist() == [30.0]


@pytest.mark.parametrize(("sharing", "linked"), [(10, 9), (11, 0)])
def test_a_value_that_many_share_is_a_placeholder(shop, sharing, linked):
    ids = [f"x{number:02d}" for number in range(sharing)]
    people = pd.DataFrame({"customer_id": ids, "email": "none@example.org"})
    shop.give("customers", people, identity=["email"])
    cleaned = shop.clean()
    assert len(cleaned.identities) == linked
    codes = {finding.code: finding.rows for finding in cleaned.checks}
    assert codes.get("shared_identity", 0) == (0 if linked else sharing)


def test_without_identity_columns_nobody_is_linked(shop):
    shop.give("customers", pd.DataFrame({"customer_id": ["a", "b"], "email": ["x", "x"]}))
    links = shop.clean().identities
    assert links.empty
    assert list(links) == ["customer_id", "linked_to"]


def test_values_that_nobody_shares_link_nobody(shop):
    people = pd.DataFrame({"customer_id": ["a", "b", "c"], "email": ["x", "y", None]})
    shop.give("customers", people, identity=["email"])
    assert shop.clean().identities.empty
