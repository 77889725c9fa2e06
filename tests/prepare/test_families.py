"""Tests of the features that come one per level."""

from __future__ import annotations

import pandas as pd
import pytest

from .conftest import event_frame, order_frame


def many_channels(shop):
    names = ["Web", "web!", "App", "store", "phone", "mail", "fax", "kiosk"]
    rows = [
        (f"o{i}", "a", f"2026-0{1 + i % 6}-15", 1.0, 1, f"p{i}", "x", names[i % 8], 0)
        for i in range(16)
    ]
    rows.append(("o99", "a", "2026-09-30", 1.0, 1, "p", "x", "drone", 0))
    return shop.give("orders", order_frame(rows))


def test_five_levels_and_the_rest(empty_shop):
    prepared = many_channels(empty_shop).snapshot()
    names = [f.name for f in prepared.features if f.name.startswith("channel_share")]
    # Web and web! are one level, the most common; ties go by name.
    assert names == [
        "channel_share_web",
        "channel_share_app",
        "channel_share_fax",
        "channel_share_kiosk",
        "channel_share_mail",
        "channel_share_other",
    ]
    shares = prepared.features_open.loc[0, names]
    assert shares["channel_share_web"] == pytest.approx(4 / 16)
    assert shares["channel_share_other"] == pytest.approx(4 / 16)
    assert shares.sum() == pytest.approx(1)
    # A level that first appears in the quarter is another value at the close.
    close = prepared.features_close.loc[0, names]
    assert close["channel_share_other"] == pytest.approx(5 / 17)


def test_only_the_most_common_share_segments_by_default(empty_shop):
    features = many_channels(empty_shop).features()
    roles = {f.name: f.role for f in features if f.name.startswith("channel_share")}
    assert [name for name, role in roles.items() if role == "segmenting"] == ["channel_share_web"]


def test_shares_count_orders_and_not_lines(shop):
    orders = order_frame()
    # Three more lines of one order change nothing in the shares.
    extra = orders.iloc[[0, 0, 0]].assign(product_id=["x1", "x2", "x3"], amount=1.0)
    before = shop.snapshot().features_open.loc[0, "channel_share_web"]
    shop.give("orders", pd.concat([orders, extra]))
    assert shop.snapshot().features_open.loc[0, "channel_share_web"] == before == 0.75


def test_rates_are_per_thirty_days_of_observation(empty_shop):
    rows = [("old", "2025-01-01", "visit", "s0", "phone")]
    rows += [("old", f"2026-05-{d:02d}", "visit", f"s{d}", "phone") for d in range(1, 11)]
    rows += [("young", "2026-05-02", "visit", "t0", "phone")]
    rows += [("young", f"2026-06-{d:02d}", "Visit", f"t{d}", "phone") for d in range(1, 4)]
    rows += [("old", "2026-09-30", "visit", "s99", "phone")]
    frame = empty_shop.give("events", event_frame(rows)).snapshot().features_open
    rates = frame.set_index("customer_id")["event_rate_visit"]
    assert rates["old"] == pytest.approx(10 * 30 / 365)
    assert rates["young"] == pytest.approx(4 * 30 / 60)


def test_shares_of_unknown_levels_are_missing(shop):
    orders = order_frame()
    orders.loc[orders["order_id"] == "o4", "channel"] = None
    shop.give("orders", orders)
    frame = shop.snapshot().features_open
    # Of the four orders one has no known channel; two of the other three are from the web.
    assert frame.loc[0, "channel_share_web"] == pytest.approx(2 / 3)
    shop.give("events", event_frame().assign(device=[None] * 3 + ["phone"] * 2))
    assert not any(c.startswith("device_share") for c in shop.snapshot().features_open)
