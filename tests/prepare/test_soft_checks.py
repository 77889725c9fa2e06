"""Tests of the soft checks: what is said, about how many rows, and what stays unsaid."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.calendar import Window
from segmentation_lib.prepare.catalogue import Feature
from segmentation_lib.prepare.soft_checks import feature_findings, lookback_covered

from .conftest import event_frame, order_frame


def checks(shop) -> dict[str, dict]:
    return {finding.code: asdict(finding) for finding in shop.clean().checks}


def test_sound_data_say_nothing_but_what_the_window_is(shop):
    # The first order is of 2025-05-01: the lookback of 365 days is covered.
    found = checks(shop)
    assert set(found) == {"returns"}
    returned = order_frame().query("amount < 0")
    assert found["returns"]["rows"] == len(returned)
    assert f"{returned['amount'].sum():,.2f} in all" in found["returns"]["sentence"]
    assert found["returns"]["severity"] == "info"
    # Only a is active at the open, so nothing can vary.
    quality = shop.snapshot().quality
    assert {check["code"] for check in quality["checks"]} == {"constant_feature", "returns"}


def test_orphans(shop):
    shop.give("customers", pd.DataFrame({"customer_id": ["a"], "age": [3]}))
    shop.give("events", event_frame())
    shop.give(
        "surveys",
        pd.DataFrame(
            {"customer_id": ["z"], "answered_at": [pd.Timestamp("2026-01-01")], "nps": [9]}
        ),
    )
    found = checks(shop)
    assert found["orphan_order"]["rows"] == 5
    assert "5 rows of orders belong to 2 customers" in found["orphan_order"]["sentence"]
    assert found["orphan_event"]["rows"] == 2
    assert found["orphan_row"]["table"] == "surveys"


def test_lookback_that_the_data_do_not_cover(shop):
    shop.give("orders", order_frame().query("customer_id != 'b'"))
    finding = checks(shop)["lookback_not_covered"]
    # From 2026-01-10 to the open are 172 days, to the close 264.
    assert "cover 172 of the 365 days" in finding["sentence"]
    assert "As of the close they cover 264" in finding["sentence"]
    assert "prepare.lookback_days to 172" in finding["sentence"]
    assert shop.snapshot().quality["coverage"]["lookback_covered_days"] == 172
    shop.prepare = {"lookback_days": 172}
    assert "lookback_not_covered" not in checks(shop)


@pytest.mark.parametrize(
    ("first", "days"),
    [
        (None, 0),
        ("2026-06-01", 30),
        ("2026-06-01 23:00", 30),
        ("2020-01-01", 181),
        ("2027-01-01", 0),
    ],
)
def test_lookback_covered(first, days):
    window = Window(pd.Timestamp("2026-01-01").date(), pd.Timestamp("2026-07-01").date())
    moment = None if first is None else pd.Timestamp(first)
    assert lookback_covered(moment, window) == days


def test_signs_and_zeros_of_amounts(shop):
    orders = order_frame()
    orders.loc[[0, 1], "amount"] = 0.0
    orders.loc[2, "amount"] = -10.0
    found = checks(shop.give("orders", orders))
    assert found["negative_amount_share"]["rows"] == 3
    assert "27% of the rows" in found["negative_amount_share"]["sentence"]
    assert found["zero_amount"]["rows"] == 2
    assert found["zero_amount"]["severity"] == "info"


def test_empty_values(shop):
    orders = order_frame()
    orders.loc[:5, "category"] = None
    found = checks(shop.give("orders", orders))
    assert found["missing_values"]["rows"] == 6
    assert "category is empty in 55% of the rows of orders" in found["missing_values"]["sentence"]


def number(name: str, role: str = "segmenting") -> Feature:
    return Feature(name, "occasions", ("orders",), "", "", role=role)


def test_a_feature_that_restates_the_outcome_raises_an_alarm():
    rng = np.random.default_rng(0)
    active = rng.integers(0, 2, 200)
    frame = pd.DataFrame(
        {
            "state": "ACTIVE",
            "leak": active + rng.normal(0, 0.1, 200),
            "inverse": -active + rng.normal(0, 0.1, 200),
            "honest": rng.normal(0, 1, 200) + 0.5 * active,
            "descriptor_leak": active.astype(float),
            "gaps": np.where(np.arange(200) < 61, np.nan, rng.normal(0, 1, 200)),
            "same": 1.0,
        }
    )
    features = [number(c) for c in ("leak", "inverse", "honest", "gaps", "same")]
    features.append(number("descriptor_leak", "descriptor"))
    found = feature_findings(frame, pd.DataFrame({"active": active}), features)
    assert [(f.code, f.sentence.split()[0]) for f in found] == [
        ("single_feature_leak", "leak"),
        ("single_feature_leak", "inverse"),
        ("many_missing", "gaps"),
        ("constant_feature", "same"),
    ]
    assert found[2].rows == 61
    assert "missing for 30% of the active customers; they are filled" in found[2].sentence


def test_only_active_customers_are_looked_at():
    frame = pd.DataFrame({"state": ["LAPSED"] * 4 + ["ACTIVE"] * 4, "x": [1.0] * 4 + [1, 2, 3, 4]})
    outcomes = pd.DataFrame({"active": [1, 1, 1, 1, 0, 1, 0, 1]})
    assert feature_findings(frame, outcomes, [number("x")]) == []
    nobody = frame.assign(state="NEW")
    assert feature_findings(nobody, outcomes, [number("x")]) == []
    # Everybody active in the quarter: there is nobody to tell apart.
    assert feature_findings(frame, outcomes.assign(active=1), [number("x")]) == []


def test_segmenting_features_without_a_date_are_named():
    features = (
        Feature("income", "customers", (), "", "", role="segmenting", window="undated"),
        Feature("recency", "occasions", (), "", "", role="segmenting", window="lookback"),
        Feature("age", "customers", (), "", "", role="descriptor", window="undated"),
    )
    open_ = pd.DataFrame(
        {"state": ["ACTIVE"] * 3, "income": [1.0, 2, 3], "recency": [1.0, 2, 3], "age": [1.0, 2, 3]}
    )
    (found,) = feature_findings(open_, pd.DataFrame({"customer_id": list("abc")}), features)
    assert (found.code, found.severity) == ("undated_features", "soft")
    assert "(income)" in found.sentence
