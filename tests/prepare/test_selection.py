"""Tests of the choice of features: names, roles, needs and the guard against leaks."""

from __future__ import annotations

import pandas as pd
import pytest

from .conftest import event_frame, order_frame


def roles(shop) -> dict[str, str]:
    return {feature.name: feature.role for feature in shop.features()}


def people(**columns) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": ["a", "b", "c"], **columns})


def test_named_features_are_segmenting_and_all_others_describe(shop):
    shop.prepare = {"features": ["monetary", "recency"]}
    found = roles(shop)
    assert list(found)[:2] == ["monetary", "recency"]
    assert [n for n, role in found.items() if role == "segmenting"] == ["monetary", "recency"]
    assert found["frequency"] == "descriptor"
    frame = shop.snapshot().features_open
    assert list(frame)[:4] == ["customer_id", "state", "monetary", "recency"]


def test_named_descriptors_are_all_there_is(shop):
    shop.prepare = {"features": ["recency"], "descriptors": ["tenure"]}
    assert roles(shop) == {"recency": "segmenting", "tenure": "descriptor"}
    shop.prepare = {"descriptors": ["recency", "channel_share"]}
    found = roles(shop)
    assert found["recency"] == "descriptor"
    assert found["frequency"] == "segmenting"
    assert [n for n in found if n.startswith("channel_share")] == [
        "channel_share_web",
        "channel_share_app",
    ]


def test_a_family_is_written_out_without_its_last_share(shop):
    shop.prepare = {"features": ["channel_share", "recency"], "descriptors": []}
    assert list(roles(shop)) == ["channel_share_web", "recency"]
    shop.give("events", event_frame())
    shop.prepare = {"features": ["event_rate"], "descriptors": []}
    assert list(roles(shop)) == ["event_rate_visit", "event_rate_view"]


def test_sessions_stand_before_days_active(shop):
    shop.give("events", event_frame())
    found = roles(shop)
    assert (found["sessions"], found["days_active"]) == ("segmenting", "descriptor")
    shop.give("events", event_frame().drop(columns="session_id"))
    found = roles(shop)
    assert "sessions" not in found
    assert found["days_active"] == "segmenting"


@pytest.mark.parametrize(
    ("features", "code", "text"),
    [
        (["recensy"], "unknown_feature", "Did you mean recency?"),
        (["zzzz"], "unknown_feature", "Available are: recency, frequency"),
        (["revenue"], "outcome_among_features", "revenue is an outcome of the quarter"),
        (["sessions"], "feature_needs", "sessions needs events.session_id"),
        (["days_active"], "feature_needs", "Give the table under data.events"),
        (["device_share"], "feature_needs", "device_share needs events.device"),
    ],
)
def test_wrong_names(shop, features, code, text):
    shop.prepare = {"features": [*features, "recency"]}
    found = shop.faults()
    assert list(found) == [code]
    assert found[code].startswith("prepare.features[0]")
    assert text in found[code]


def test_a_missing_column_is_named(shop):
    shop.give("orders", order_frame().drop(columns="discount"))
    shop.prepare = {"features": ["discount_share"]}
    message = shop.faults()["feature_needs"]
    assert "discount_share needs orders.discount" in message
    assert "Map it under data.orders.columns, or leave discount_share out." in message


def test_names_of_outcomes_are_taken(shop):
    measured = pd.DataFrame(
        {
            "customer_id": ["a"],
            "measured_at": [pd.Timestamp("2026-08-01")],
            "metric": ["Support Calls"],
            "value": [2.0],
        }
    )
    shop.give("outcomes", measured).give("customers", people(support_calls=[1, 2, 3]))
    message = shop.faults()["outcome_among_features"]
    assert message.startswith("customers.support_calls: support_calls is an outcome")
    shop.give("customers", people(age=[1, 2, 3]))
    shop.prepare = {"custom_features": {"active": {"table": "orders", "sql": "count(*)"}}}
    message = shop.faults()["outcome_among_features"]
    assert message.startswith("prepare.custom_features.active")


def test_names_of_features_are_taken(shop):
    shop.give("customers", people(Recency=[1, 2, 3]))
    assert shop.faults()["two_roles"].startswith("customers.recency: the name recency belongs")
    # The lifecycle state has that name; a federal state needs another.
    shop.give("customers", people(state=["NY", "CA", None]))
    assert shop.faults()["two_roles"].startswith("customers.state: the name state belongs")
    columns = {"days_since_call": "Recency"}
    shop.give("customers", people(Recency=[1, 2, 3]), columns=columns)
    assert roles(shop)["days_since_call"] == "descriptor"
    shop.prepare = {"custom_features": {"frequency": {"table": "orders", "sql": "count(*)"}}}
    assert shop.faults()["two_roles"].startswith("prepare.custom_features.frequency")


def test_a_feature_has_one_role(shop):
    shop.prepare = {"features": ["recency"], "descriptors": ["recency"]}
    assert "recency stands among both" in shop.faults()["two_roles"]
    own = {"table": "orders", "sql": "count(*)", "role": "descriptor"}
    shop.prepare = {"features": ["lines"], "custom_features": {"lines": own}}
    assert "lines has role descriptor, and is listed as segmenting" in shop.faults()["two_roles"]


def test_own_features_take_their_role(shop):
    own = {"table": "orders", "sql": "count(*)"}
    shop.prepare = {
        "features": ["recency"],
        "custom_features": {"lines": own, "other": {**own, "role": "descriptor"}},
    }
    found = roles(shop)
    assert (found["lines"], found["other"]) == ("segmenting", "descriptor")
    shop.prepare["descriptors"] = ["lines"]
    found = roles(shop)
    assert found["lines"] == "descriptor"
    assert "other" not in found


def test_own_features_carry_what_the_file_says_of_them(shop):
    own = {
        "table": "orders",
        "sql": "avg(quantity)",
        "unit": "units",
        "description": "Units per line.",
        "transform": "log",
        "missing": "impute",
    }
    shop.prepare = {"custom_features": {"units": own}}
    dictionary = shop.snapshot().data_dictionary.set_index("name")
    assert dictionary.loc["units"].to_dict() == {
        "role": "segmenting",
        "table": "orders",
        "kind": "number",
        "unit": "units",
        "definition": "Units per line.",
        "window": "365 days",
        "transform": "log",
        "missing": "impute",
        "missing_share": 0.0,
    }


@pytest.mark.parametrize(
    ("custom", "code", "text"),
    [
        ({"table": "events", "sql": "count(*)"}, "feature_needs", "own needs events"),
        ({"table": "orders", "sql": "sum(amont)"}, "missing_column", "Did you mean amount?"),
        ({"table": "orders", "sql": "amount"}, "wrong_expression", "cannot be computed"),
        ({"table": "orders", "sql": "sum(cast(channel as int))"}, "wrong_expression", "row"),
        ({"table": "orders", "sql": "count(_row)"}, "missing_column", "no column _row"),
    ],
)
def test_wrong_own_features(shop, custom, code, text):
    shop.prepare = {"custom_features": {"own": custom}}
    found = shop.faults()
    assert list(found) == [code]
    assert found[code].startswith("prepare.custom_features.own")
    assert text in found[code]


def test_a_feature_that_looks_into_the_quarter_is_refused_with_its_rows(shop):
    left = pd.to_datetime(["2026-08-05", "2025-01-01", "2026-07-01"])
    shop.give("customers", people(cancelled_at=left))
    shop.prepare = {
        "custom_features": {
            "gone": {
                "table": "customers",
                "sql": "date_diff('day', cancelled_at, DATE '2027-01-01')",
            }
        }
    }
    message = shop.faults()["leak"]
    assert message.startswith("prepare.custom_features.gone.sql: customers.cancelled_at is dated")
    assert "(2026-07-01) in 2 rows, such as that of a (2026-08-05), c (2026-07-01)" in message
    before = pd.to_datetime(["2026-06-30", "2025-01-01", None])
    shop.give("customers", people(cancelled_at=before))
    frame = shop.snapshot().features_open
    assert frame["gone"].tolist()[:2] == [185.0, 730.0]


def test_dates_of_customers_who_came_later_are_no_leak(shop):
    signed_up = pd.to_datetime(["2025-01-01", "2025-01-01", "2026-08-01"])
    upgraded = pd.to_datetime(["2026-01-01", None, "2026-08-05"])
    shop.give("customers", people(signed_up_at=signed_up, upgraded_at=upgraded))
    sql = "date_diff('day', signed_up_at, upgraded_at)"
    shop.prepare = {"custom_features": {"wait": {"table": "customers", "sql": sql}}}
    assert shop.snapshot().features_open["wait"].tolist()[0] == 365.0


def test_text_that_names_customers_is_no_feature_unless_named(empty_shop):
    ids = [f"c{number:03d}" for number in range(60)]
    rows = [(f"o{i}", c, "2026-09-30", 1.0, 1, "p", "x", "web", 0) for i, c in enumerate(ids)]
    names = pd.DataFrame({"customer_id": ids, "nickname": [f"n{i}" for i in ids], "town": "A"})
    empty_shop.give("orders", order_frame(rows)).give("customers", names)
    assert "town" in roles(empty_shop)
    assert "nickname" not in roles(empty_shop)
    empty_shop.prepare = {"features": ["recency"], "descriptors": ["nickname"]}
    assert list(roles(empty_shop)) == ["recency", "nickname"]


def test_something_must_be_left_to_segment_by(empty_shop):
    empty_shop.give("customers", pd.DataFrame({"customer_id": ["a"]}))
    empty_shop.prepare = {"features_from": "customers"}
    assert "no segmenting feature is left" in empty_shop.faults()["no_features"]


def test_behaviour_needs_orders_or_events(empty_shop):
    empty_shop.give("customers", pd.DataFrame({"customer_id": ["a"], "age": [1]}))
    assert "neither orders nor events are given" in empty_shop.faults()["feature_needs"]


def test_what_cannot_differ_is_not_segmenting_by_default(shop):
    found = roles(shop)
    assert (found["return_rate"], found["discount_share"]) == ("segmenting", "segmenting")
    plain = order_frame().query("amount > 0").assign(discount=0.0)
    found = roles(shop.give("orders", plain))
    assert (found["return_rate"], found["discount_share"]) == ("descriptor", "descriptor")
    shop.prepare = {"features": ["return_rate"]}
    assert roles(shop)["return_rate"] == "segmenting"


def test_attributes_with_one_value_are_not_segmenting_by_default(empty_shop):
    frame = people(
        age=[1, 2, 3], source=["crm", "crm", None], marketing_consent=[True, False, True]
    )
    empty_shop.give("customers", frame)
    empty_shop.prepare = {"features_from": "customers"}
    found = roles(empty_shop)
    assert [name for name, role in found.items() if role == "segmenting"] == ["age"]
    assert found["source"] == found["marketing_consent"] == "descriptor"
