"""The still quarter: a hand-made exchange of two blocks, and buyers who never change."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.calendar import Window
from segmentation_lib.prepare.still import exchange_of

from .conftest import event_frame, order_frame

QUARTER = Window(date(2026, 7, 1), date(2026, 10, 1))


def obstacle(shop) -> str:
    prepared = shop.snapshot()
    assert prepared.features_still is None
    (found,) = (c for c in prepared.quality["checks"] if c["code"] == "no_noise_floor")
    assert found["severity"] == "info"
    return found["sentence"]


def lines(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"])
    frame["ordered_at"] = pd.to_datetime(frame["ordered_at"])
    return frame.assign(order_id=[f"o{n}" for n in range(len(frame))])


def test_the_block_is_the_first_that_both_lookbacks_see() -> None:
    exchange = exchange_of(QUARTER, 365)
    assert exchange is not None
    assert exchange.block == Window(date(2025, 10, 1), date(2026, 1, 1))
    assert (exchange.quarter, exchange.days) == (QUARTER, 273)


def test_half_a_year_is_enough_and_one_quarter_is_not() -> None:
    exchange = exchange_of(QUARTER, 180)
    assert exchange is not None
    assert exchange.block == Window(date(2026, 4, 4), date(2026, 7, 1))
    assert exchange.quarter == Window(date(2026, 7, 1), date(2026, 9, 27))
    assert exchange_of(QUARTER, 170) is None
    assert exchange_of(QUARTER, 92) is None


def test_two_quarters_change_places(empty_shop) -> None:
    orders = lines(
        [
            ("a", "2024-01-01", 5.0),
            ("a", "2025-10-11", 10.0),  # in the block: moves to 2026-07-11
            ("a", "2026-03-01", 20.0),
            ("a", "2026-07-01", 40.0),  # in the quarter: moves to 2025-10-01
            ("a", "2026-09-30", 80.0),  # ... to 2025-12-31
            ("b", "2025-12-01", 7.0),  # first seen inside the block: has no earlier quarter
            ("b", "2026-09-01", 7.0),
        ]
    )
    empty_shop.prepare = {"features": ["recency", "frequency", "monetary"]}
    still = empty_shop.give("orders", orders).snapshot().features_still
    expected = pd.DataFrame(
        {
            "customer_id": ["a", "a"],
            "moment": ["open", "close"],
            "state": ["ACTIVE", "ACTIVE"],
            "recency": [122.0, 82.0],
            "frequency": [3.0, 4.0],
            "monetary": [140.0, 150.0],
        }
    )
    pd.testing.assert_frame_equal(still, expected, check_dtype=False)


def test_customers_keep_their_tenure_and_real_features_their_values(empty_shop) -> None:
    orders = lines([("a", "2024-01-01", 5.0), ("a", "2025-11-01", 1.0), ("a", "2026-09-25", 2.0)])
    empty_shop.prepare = {"features": ["monetary", "tenure"]}
    prepared = empty_shop.give("orders", orders).snapshot()
    assert prepared.features_open["monetary"].tolist() == [1.0]
    assert prepared.features_close["monetary"].tolist() == [3.0]
    still = prepared.features_still
    assert still is not None
    assert still["monetary"].tolist() == [2.0, 3.0]
    assert still["tenure"].tolist() == [912.0, 1004.0]


def test_too_short_a_history_is_said(shop) -> None:
    shop.prepare = {"lookback_days": 100}
    assert "a lookback of 100 days holds no earlier quarter" in obstacle(shop)
    shop.prepare = {"features": ["sessions", "frequency"]}
    shop.give("events", event_frame())
    assert "events begin on 2026-06-01" in obstacle(shop)


def test_a_quarter_cut_short_is_said(shop) -> None:
    shop.partial = True
    early = order_frame()
    shop.give("orders", early[early["ordered_at"] < "2026-09-01"])
    assert "orders stop on 2026-07-05, before the quarter does" in obstacle(shop)


def test_attributes_have_no_earlier_quarter(empty_shop) -> None:
    empty_shop.prepare = {"features_from": "customers"}
    empty_shop.give("customers", pd.DataFrame({"customer_id": ["x", "y"], "age": [30, 40]}))
    assert "made of attributes" in obstacle(empty_shop)


@pytest.mark.parametrize("lookback", [182, 365])
def test_buyers_who_never_change_move_alike_in_both_histories(empty_shop, lookback: int) -> None:
    rng = np.random.default_rng(7)
    days = pd.date_range("2025-01-01", "2026-09-30")
    rate = rng.gamma(2.0, 2.0, 1500) / 365
    who, when = np.nonzero(rng.poisson(rate[:, None], (1500, len(days))))
    orders = pd.DataFrame({"customer_id": [f"c{n:04}" for n in who], "ordered_at": days[when]})
    orders = orders.assign(amount=10.0, order_id=[f"o{n}" for n in range(len(orders))])
    empty_shop.prepare = {"features": ["frequency", "recency"], "lookback_days": lookback}
    prepared = empty_shop.give("orders", orders).snapshot()
    still = prepared.features_still
    assert still is not None
    moved = []
    for opened, closed in (
        (prepared.features_open, prepared.features_close),
        (still[still["moment"] == "open"], still[still["moment"] == "close"]),
    ):
        both = opened.merge(closed, on="customer_id", suffixes=("", "_close"))
        both = both[both["customer_id"].isin(still["customer_id"])]
        both = both[(both["state"] == "ACTIVE") & (both["state_close"] == "ACTIVE")]
        moved.append((both["frequency"] != both["frequency_close"]).mean())
        assert len(both) > 800
    assert moved[0] > 0.5
    assert moved[1] == pytest.approx(moved[0], abs=0.05)
