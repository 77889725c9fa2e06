"""Tests of the lifecycle states at their boundaries."""

from __future__ import annotations

import pandas as pd

from .conftest import event_frame, order_frame


def states(shop, moment="open") -> dict[str, str]:
    prepared = shop.snapshot()
    frame = prepared.features_open if moment == "open" else prepared.features_close
    return dict(zip(frame["customer_id"], frame["state"], strict=True))


def orders(*rows):
    full = [
        (f"o{i}", c, at, amount, 1, "p", "x", "web", 0) for i, (c, at, amount) in enumerate(rows)
    ]
    return order_frame([*full, ("last", "z", "2026-09-30", 1.0, 1, "p", "x", "web", 0)])


def test_new_is_less_than_new_days_ago(empty_shop):
    empty_shop.give(
        "orders",
        orders(
            ("thirty_days_ago", "2026-06-01 00:00", 5.0),
            ("twentynine", "2026-06-02 23:00", 5.0),
            ("yesterday", "2026-06-30 23:59:59", 5.0),
            ("today", "2026-07-01 00:00:00", 5.0),
        ),
    )
    expected = {"thirty_days_ago": "ACTIVE", "twentynine": "NEW", "yesterday": "NEW"}
    assert states(empty_shop) == expected
    empty_shop.prepare = {"new_days": 0}
    assert set(states(empty_shop).values()) == {"ACTIVE"}


def test_lapsed_is_outside_the_lookback(empty_shop):
    empty_shop.give(
        "orders",
        orders(("first_day", "2025-07-01 00:00", 5.0), ("day_before", "2025-06-30 23:59", 5.0)),
    )
    assert states(empty_shop) == {"first_day": "ACTIVE", "day_before": "LAPSED"}


def test_a_cancelled_order_or_a_lone_return_is_no_activity(empty_shop):
    empty_shop.give(
        "orders",
        orders(
            ("undone", "2026-01-01", 5.0),
            ("undone", "2026-01-02", -5.0),
            ("returned", "2026-01-02", -7.0),
        ),
    )
    assert states(empty_shop) == {"undone": "LAPSED", "returned": "LAPSED"}


def test_events_are_activity_and_sign_up_alone_is_not(empty_shop):
    customers = pd.DataFrame(
        {
            "customer_id": ["idle", "fresh", "later", "a"],
            "signed_up_at": pd.to_datetime(["2025-01-01", "2026-06-15", "2026-07-01", None]),
        }
    )
    empty_shop.give("orders", orders()).give("events", event_frame()).give("customers", customers)
    # a's first event is of 2026-06-01: thirty days ago, no longer new.
    assert states(empty_shop) == {"idle": "INACTIVE", "fresh": "NEW", "a": "ACTIVE"}
    closing = states(empty_shop, "close")
    assert closing["later"] == "INACTIVE"
    assert closing["b"] == "ACTIVE"


def test_states_are_counted_for_the_quality_page(shop):
    counted = shop.snapshot().quality["states"]
    assert counted["open"] == {"ACTIVE": 1, "NEW": 1, "LAPSED": 1, "INACTIVE": 0}
    assert counted["close"] == {"ACTIVE": 1, "NEW": 0, "LAPSED": 2, "INACTIVE": 0}
