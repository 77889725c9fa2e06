"""Planted faults: the dirty rows that every real extract has, each of them on record."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.demo.season import timestamps
from segmentation_lib.demo.world import DEFAULT_CUSTOMERS, END, START, stream

# How many there are at the default size; a smaller demo has fewer, in proportion, but never none.
REPEATED_LINES = 60
ORDERS_WITHOUT_CUSTOMER = 40
TEST_LINES = 8
STAFF_CUSTOMERS = 4
TEST_CUSTOMERS = 2
ORPHAN_EVENTS = 20
GIANT_AMOUNT = 50_000.0


@dataclass(frozen=True)
class Dirt:
    """The dirty rows, apart from the clean tables.

    Attributes:
        orders: Rows to add to the orders table.
        customers: Rows to add to the customers table.
        events: Rows to add to the events table.
        record: One row per planted fault, columns `kind, table, key, rows, amount`.
    """

    orders: pd.DataFrame
    customers: pd.DataFrame
    events: pd.DataFrame
    record: pd.DataFrame


def make_dirt(lines: pd.DataFrame, customers: pd.DataFrame, *, seed: int) -> Dirt:
    """Plan the dirty rows of a demo.

    Kinds: `repeated_line` (an order line that is there twice, equal in every column),
    `missing_customer` (an order whose customer is null), `test_order` (product `TEST`, of a test
    customer), `internal_customer` (account type `staff` or `test`), `orphan_event` (of a customer
    that the customers table does not have), `giant_cancelled` (an order line of 50,000 and its
    cancellation an hour later).

    Args:
        lines: Clean order lines.
        customers: Clean customers table.
        seed: Seed of the demo.

    Returns:
        The rows to add, and the record of them.
    """
    rng = stream(seed, "dirt")
    people = int((~customers["email_key"].duplicated()).sum())
    internal = _internal_customers(customers, people, rng)
    testers = internal.loc[internal["account_type"] == "test", "customer_id"].to_numpy()
    sold = lines.loc[lines["amount"] > 0]
    picked = rng.choice(
        len(sold),
        _scaled(REPEATED_LINES, people) + _scaled(ORDERS_WITHOUT_CUSTOMER, people) + 1,
        replace=False,
    )
    repeats = _scaled(REPEATED_LINES, people)
    parts = {
        "repeated_line": sold.iloc[np.sort(picked[:repeats])],
        "missing_customer": _without_customer(sold.iloc[np.sort(picked[repeats:-1])]),
        "test_order": _test_orders(sold, testers, _scaled(TEST_LINES, people), rng),
        "giant_cancelled": _giant_pair(sold.iloc[[picked[-1]]]),
    }
    events = _orphan_events(_scaled(ORPHAN_EVENTS, people), rng)
    records = [
        pd.DataFrame(
            {"kind": kind, "table": "orders", "key": part["order_id"], "amount": part["amount"]}
        )
        for kind, part in parts.items()
    ]
    records.append(
        pd.DataFrame(
            {
                "kind": "internal_customer",
                "table": "customers",
                "key": internal["customer_id"],
                "amount": np.nan,
            }
        )
    )
    records.append(
        pd.DataFrame(
            {
                "kind": "orphan_event",
                "table": "events",
                "key": events["customer_id"],
                "amount": np.nan,
            }
        )
    )
    return Dirt(
        orders=pd.concat(list(parts.values()), ignore_index=True),
        customers=internal,
        events=events,
        record=pd.concat(records, ignore_index=True),
    )


def _scaled(count: int, people: int) -> int:
    return max(1, round(count * people / DEFAULT_CUSTOMERS))


def _internal_customers(
    customers: pd.DataFrame, people: int, rng: np.random.Generator
) -> pd.DataFrame:
    kinds = ["staff"] * _scaled(STAFF_CUSTOMERS, people) + ["test"] * _scaled(
        TEST_CUSTOMERS, people
    )
    like = customers.iloc[np.sort(rng.choice(len(customers), len(kinds), replace=False))]
    last = int(customers["customer_id"].max())
    ids = [f"{last + number:06d}" for number in range(1, len(kinds) + 1)]
    return like.assign(
        customer_id=ids,
        account_type=kinds,
        email_key=[f"{'0' * 12}{number:04x}" for number in range(1, len(kinds) + 1)],
    )


def _without_customer(like: pd.DataFrame) -> pd.DataFrame:
    numbers = [f"G{number:07d}" for number in range(1, len(like) + 1)]
    missing = pd.Series([None] * len(like), index=like.index, dtype="str")
    return like.assign(order_id=numbers, customer_id=missing)


def _test_orders(
    sold: pd.DataFrame, testers: np.ndarray, lines: int, rng: np.random.Generator
) -> pd.DataFrame:
    like = sold.iloc[np.sort(rng.choice(len(sold), lines, replace=False))]
    return like.assign(
        order_id=[f"T{number:07d}" for number in range(1, lines + 1)],
        customer_id=np.resize(testers, lines),
        product_id="TEST",
        amount=0.01,
        quantity=1,
        discount=0.0,
        cost=0.0,
    )


def _giant_pair(like: pd.DataFrame) -> pd.DataFrame:
    order = like.assign(
        order_id="O9999999", amount=GIANT_AMOUNT, quantity=10_000, discount=0.0, cost=30_000.0
    )
    cancelled = order.assign(
        order_id="R9999999",
        ordered_at=order["ordered_at"] + pd.Timedelta(minutes=55),
        amount=-GIANT_AMOUNT,
        quantity=-10_000,
        cost=-30_000.0,
    )
    return pd.concat([order, cancelled])


def _orphan_events(count: int, rng: np.random.Generator) -> pd.DataFrame:
    seconds = np.sort(rng.integers(0, int((END - START).total_seconds()), count))
    return pd.DataFrame(
        {
            "customer_id": [f"99{number:04d}" for number in range(1, count + 1)],
            "occurred_at": timestamps(seconds),
            "event": "visit",
            "session_id": [f"x{number:07d}" for number in range(1, count + 1)],
            "device": "desktop",
            "channel": "organic",
            "properties": "{}",
        }
    )
