"""What an experiment can find, by the rule of thumb, and what is too small to test."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.implement.experiments import design_sentence, design_table, published_designs
from segmentation_lib.implement.experiments.assignment import assign
from tests.implement.experiments.worlds import arms, design


@pytest.fixture(scope="module")
def past() -> pd.DataFrame:
    """4,000 customers of S01 and 60 of S02; revenue of both has a standard deviation of 20."""
    ids = [f"c{i}" for i in range(4060)]
    return pd.DataFrame({"customer_id": ids, "segment_id": ["S01"] * 4000 + ["S02"] * 60,
                         "revenue": np.tile([80.0, 120.0], 2030), "orders": 2.0,
                         "active": np.tile([1.0, 0.0], 2030)})  # fmt: skip


def table(past, **values) -> pd.DataFrame:
    entry = design(**values)
    return design_table(entry, assign(entry, past[["customer_id", "segment_id"]]), past)


def test_the_rule_of_thumb(past):
    rows = table(past, segments=("S01",)).set_index("segment_id")
    one = rows.loc["S01"]
    assert one["deviation"] == pytest.approx(20, rel=1e-3)
    error = 20 * np.sqrt(1 / one["treated"] + 1 / one["control"])
    assert one["detectable"] == pytest.approx(2.80 * error, rel=1e-3)
    assert one["verdict"] == "can be tested"
    assert one["needed"] == pytest.approx(2 * 2 * (2.8016 * 20 / 5) ** 2, abs=3)
    assert rows.loc["(all)"].drop(["verdict"]).equals(one.drop(["verdict"]))


def test_a_small_segment_is_too_small_and_says_what_it_needs(past):
    rows = table(past).set_index("segment_id")
    small = rows.loc["S02"]
    assert small["verdict"] == "too small to test"
    assert small["quarters"] == np.ceil(small["needed"] / (small["treated"] + small["control"]))
    assert small["quarters"] > 5
    # Two segments are two questions, so each can see less.
    alone = table(past, segments=("S02",)).set_index("segment_id").loc["S02"]
    assert alone["detectable"] < small["detectable"]
    said = design_sentence(table(past), names={"S02": "Few"}, currency="GBP")
    assert said == (
        "E1 can be tested. In four of five cases it will find an effect of £1.76 on revenue per "
        "customer; £5.00 is the smallest that matters. Too small to be judged alone: S02 (Few)."
    )


def test_shares_ratios_and_what_is_not_there(past):
    share = table(past, metric="active", min_effect=0.01).set_index("segment_id").loc["(all)"]
    assert (share["unit"], share["deviation"]) == ("share", pytest.approx(0.5, rel=1e-3))
    said = design_sentence(table(past, metric="active", min_effect=0.01), names={})
    assert said.startswith("E1 is too small to test. In four of five cases it will find an effect")
    assert "that one needs 78,4" in said
    # Everybody has two orders, so the value of one spreads half as much.
    ratio = table(past, denominator="orders").set_index("segment_id").loc["(all)"]
    assert (ratio["mean"], ratio["deviation"]) == pytest.approx((50, 10), rel=1e-3)
    assert set(table(past, metric="clicks")["verdict"]) == {"no figures"}
    assert "has no figures." in design_sentence(table(past, metric="clicks"), names={})


def test_pages_hide_small_arms(past):
    rows = table(past, arms=arms(control=0.9, new=0.1))
    shown = published_designs(rows, names={}, limit=10).set_index("segment")
    assert shown.loc["S02", "customers"] == "<20"
    assert shown.loc["all segments", "customers"] == "hidden"
    assert shown.loc["S02", "detectable"] == ""
    assert shown.loc["S01", "customers"] == "4,000"


def test_arms_that_no_read_out_compares_are_too_small_however_large_the_effect(past):
    rows = table(past, segments=("S02",), min_effect=500.0).set_index("segment_id")
    assert rows.loc["S02", "detectable"] < 500
    assert rows.loc["S02", "verdict"] == "too small to test"
