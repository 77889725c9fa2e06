"""Tests of the features against a log of three customers, worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from .conftest import event_frame, order_frame

MISSING = float("nan")


def test_order_features_at_the_open(shop):
    frame = shop.snapshot().features_open
    expected = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c"],
            "state": ["ACTIVE", "LAPSED", "NEW"],
            "recency": [1.0, 365.0, 11.0],
            "frequency": [3.0, 0.0, 1.0],
            "monetary": [42.5, 0.0, 40.0],
            "category_breadth": [2.0, 0.0, 1.0],
            "discount_share": [0.25, MISSING, 0.0],
            "return_rate": [0.0, 0.5, 0.0],
            "channel_share_web": [0.75, MISSING, 0.0],
            "average_order_value": [42.5 / 3, MISSING, 40.0],
            "inter_purchase_time": [85.5, MISSING, MISSING],
            "product_breadth": [3.0, 0.0, 1.0],
            "tenure": [172.0, 426.0, 11.0],
            "channel_share_app": [0.25, MISSING, 1.0],
        }
    )
    pd.testing.assert_frame_equal(frame, expected)


def test_order_features_at_the_close(shop):
    frame = shop.snapshot().features_close.set_index("customer_id")
    assert list(frame["state"]) == ["ACTIVE", "LAPSED", "LAPSED"]
    # c's June order was returned in July: as of the close, neither happened.
    assert frame.loc["c", ["recency", "frequency", "monetary"]].tolist() == [365.0, 0.0, 0.0]
    assert frame.loc["a", ["recency", "frequency", "monetary"]].tolist() == [1.0, 5.0, 202.5]


def test_the_first_instant_of_the_open_belongs_to_the_quarter(shop):
    prepared = shop.snapshot()
    late = order_frame()
    late.loc[late["order_id"] == "o5", "ordered_at"] = pd.Timestamp("2026-06-30 23:59:59.999999")
    earlier = shop.give("orders", late).snapshot()
    before, after = (p.features_open.loc[0, "monetary"] for p in (prepared, earlier))
    assert (before, after) == (42.5, 142.5)
    before, after = (p.outcomes.loc[0, "revenue"] for p in (prepared, earlier))
    assert (before, after) == (160.0, 60.0)


def test_lookback_includes_its_first_day_and_no_day_before(shop):
    # 120 days before 2026-07-01 is 2026-03-03: the order of 2026-03-11 counts, January's not.
    shop.prepare = {"lookback_days": 120}
    frame = shop.snapshot().features_open
    assert frame.loc[0, ["frequency", "monetary", "recency"]].tolist() == [2.0, 17.5, 1.0]
    shop.prepare = {"lookback_days": 112}
    assert shop.snapshot().features_open.loc[0, "frequency"] == 2.0
    shop.prepare = {"lookback_days": 111}
    assert shop.snapshot().features_open.loc[0, "frequency"] == 1.0


def test_event_features(shop):
    shop.give("events", event_frame())
    prepared = shop.snapshot()
    frame = prepared.features_open.set_index("customer_id")
    a = frame.loc["a"]
    assert a["sessions"] == 2.0
    assert a["days_active"] == 2.0
    assert a["device_share_phone"] == pytest.approx(2 / 3)
    # The log begins on 2026-06-01, 30 days before the open: three events are three per 30 days.
    assert a["event_rate_visit"] == pytest.approx(2.0)
    assert a["event_rate_view"] == pytest.approx(1.0)
    assert frame.loc["b", ["sessions", "days_active", "event_rate_visit"]].tolist() == [0, 0, 0]
    assert np.isnan(frame.loc["b", "device_share_phone"])
    # b did nothing but visit in the quarter: active through events, without a purchase.
    close = prepared.features_close.set_index("customer_id").loc["b"]
    assert close["state"] == "ACTIVE"
    assert close[["frequency", "monetary", "recency", "sessions"]].tolist() == [0, 0, 365, 2]
    assert np.isnan(close["average_order_value"])


def test_without_orders_features_come_from_events(empty_shop):
    prepared = empty_shop.give("events", event_frame()).snapshot()
    frame = prepared.features_open
    assert frame["customer_id"].tolist() == ["a"]
    assert frame.loc[0, "recency"] == 21.0
    segmenting = [f.name for f in prepared.features if f.role == "segmenting"]
    assert segmenting == ["recency", "sessions", "event_rate_visit", "event_rate_view"]
    assert prepared.outcomes.to_dict("records") == [
        {"customer_id": "a", "quarter_sessions": 0, "active": 0}
    ]


def test_columns_are_the_same_at_open_and_close(shop):
    late = order_frame()
    late.loc[late["order_id"] == "o6", "channel"] = "brand new"
    prepared = shop.give("orders", late).snapshot()
    assert list(prepared.features_open) == list(prepared.features_close)
    assert not any("brand_new" in column for column in prepared.features_open)
    a = prepared.features_close.set_index("customer_id").loc["a"]
    assert a["channel_share_web"] + a["channel_share_app"] == pytest.approx(5 / 6)


def test_a_feature_of_your_own_sees_only_the_window_and_no_cancelled_line(shop):
    shop.prepare = {
        "custom_features": {
            "largest_line": {"table": "orders", "sql": "max(amount)"},
            "lines": {"table": "orders", "sql": "count(*)", "role": "descriptor"},
        }
    }
    frame = shop.snapshot().features_open.set_index("customer_id")
    assert frame.loc["a", ["largest_line", "lines"]].tolist() == [20.0, 4.0]
    assert np.isnan(frame.loc["b", "largest_line"])


def test_attributes_of_every_kind(shop):
    customers = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c"],
            "signed_up_at": pd.to_datetime(["2025-01-01", None, "2026-06-01"]),
            "marketing_consent": [True, False, None],
            "Home Country": ["AT", None, "CH"],
            "income": [10, 20, 30],
            "size": ["L", "S", None],
            "birthday": ["1990-01-01", "1991-05-05", None],
            "email": ["a@x", "b@x", "c@x"],
        }
    )
    shop.give("customers", customers, types={"size": ["S", "L"]}, identity=["email"])
    prepared = shop.snapshot()
    frame = prepared.features_open.set_index("customer_id")
    assert frame["home_country"].tolist()[0] == "AT"
    assert frame["home_country"].isna().tolist() == [False, True, False]
    assert frame["income"].tolist() == [10.0, 20.0, 30.0]
    assert frame["size"].dtype == pd.CategoricalDtype(["S", "L"], ordered=True)
    assert frame["size"].cat.codes.tolist() == [1, 0, -1]
    assert frame["marketing_consent"].tolist()[:2] == ["true", "false"]
    assert "birthday" not in frame
    assert "email" not in frame
    assert frame["tenure"].tolist() == [546.0, 426.0, 30.0]
    roles = {f.name: f.role for f in prepared.features}
    assert {roles[n] for n in ("income", "size", "home_country")} == {"descriptor"}


def test_attributes_alone_can_be_segmented(empty_shop):
    customers = pd.DataFrame({"customer_id": ["x", "y"], "age": [30, 40], "town": ["A", "B"]})
    empty_shop.prepare = {"features_from": "customers"}
    prepared = empty_shop.give("customers", customers).snapshot()
    expected = pd.DataFrame(
        {
            "customer_id": ["x", "y"],
            "state": ["ACTIVE", "ACTIVE"],
            "age": [30.0, 40.0],
            "town": ["A", "B"],
            "tenure": [MISSING, MISSING],
        }
    )
    pd.testing.assert_frame_equal(prepared.features_open, expected)
    assert list(prepared.outcomes) == ["customer_id"]
    assert [f.name for f in prepared.features if f.role == "segmenting"] == ["age", "town"]


def test_attributes_of_those_signed_up_before(empty_shop):
    customers = pd.DataFrame(
        {
            "customer_id": ["x", "y", "z"],
            "age": [30, 40, 50],
            "signed_up_at": pd.to_datetime(["2026-06-30", "2026-07-01", None]),
        }
    )
    empty_shop.prepare = {"features_from": "customers"}
    prepared = empty_shop.give("customers", customers).snapshot()
    assert prepared.features_open["customer_id"].tolist() == ["x", "z"]
    assert set(prepared.features_open["state"]) == {"ACTIVE"}
    assert prepared.features_close["customer_id"].tolist() == ["x", "y", "z"]
