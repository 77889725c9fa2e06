"""Decisions on low-profit segments and benchmarks: the rules, and the numbers they rest on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.profile.value import (
    benchmark_sentence,
    benchmark_table,
    decision_sheet,
    decisions_sentence,
    low_profit_decisions,
)

IDS = [f"{i:03d}" for i in range(300)]
OPENED = pd.DataFrame({"customer_id": IDS, "segment_id": np.repeat(["S01", "S02", "S03"], 100)})
MONEY = pd.DataFrame(
    {
        "segment_id": ["S01", "S02", "S03", "(outside)", "(all)"],
        "customers": [100, 100, 100, 9, 309],
        "revenue": [1000.0, 400.0, 9000.0, 5.0, 10405.0],
        "contribution": [-500.0, 200.0, 6000.0, 5.0, 5705.0],
        "contribution_per_customer": [-5.0, 2.0, 60.0, 5 / 9, 5705 / 309],
        "low": [-7.0, 1.0, 50.0, 0.0, 15.0],
        "high": [-3.0, 3.0, 71.0, 2.0, 22.0],
        "margin": [-0.5, 0.5, 2 / 3, 1.0, 5705 / 10405],
        "revenue_per_customer": [10.0, 4.0, 90.0, 5 / 9, 10405 / 309],
        "revenue_low": [8.0, 3.0, 80.0, 0.0, 30.0],
        "revenue_high": [12.0, 5.0, 101.0, 2.0, 38.0],
    }
)


def closed(moved: dict[str, int], gone: int = 0) -> pd.DataFrame:
    """The first customers of each segment move to S03, the last ``gone`` of S01 to none."""
    after = OPENED.copy()
    for segment, count in moved.items():
        after.loc[after.index[after["segment_id"] == segment][:count], "segment_id"] = "S03"
    after.loc[100 - gone : 99, "segment_id"] = None
    return after


def test_losing_segment_without_prospect_is_reallocated_and_one_that_climbs_is_nurtured():
    table = low_profit_decisions(MONEY, OPENED, closed({"S01": 3, "S02": 30}))
    found = table.set_index("segment_id")
    assert found["decision"].to_dict() == {"S01": "reallocate", "S02": "nurture", "S03": "keep"}
    assert found["upsell_probability"].to_dict() == {"S01": 0.03, "S02": 0.3, "S03": 0.0}
    assert found["low_profit"].tolist() == [True, True, False]
    assert found.loc["S01", "rule"] == (
        "Reallocate: it lost 5.00 per customer, and 3.0% of its customers moved to a better "
        "segment, under the 10% asked."
    )
    assert found.loc["S02", "rule"].startswith("Nurture: contribution of 2.00 per customer is low")
    assert decisions_sentence(table, names={"S02": "Calm"}, currency="EUR") == (
        "Nurture S02 (Calm): each customer left €2.00, but 30% moved to a better segment; keep in "
        "touch at low cost, and offer what the better segment buys. "
        "Spend less on S01: each customer cost €5.00 more than they brought, and 3.0% moved to a "
        "better segment."
    )


def test_chance_is_taken_off_the_climb():
    floor = pd.DataFrame({"segment_id": ["S02"], "moved": [0.3], "floor": [0.25]})
    after = closed({"S02": 30})
    row = low_profit_decisions(MONEY, OPENED, after, noise_floor=floor).set_index("segment_id")
    assert row.loc["S02", "upsell_floor"] == pytest.approx(0.25)
    assert row.loc["S02", "upsell_net"] == pytest.approx(0.05)
    assert row.loc["S02", "decision"] == "reallocate"


def test_growth_and_recommendations_speak_for_a_segment():
    grown = pd.DataFrame({"segment_id": ["S01"], "verdict": ["growing"]})
    outcomes = pd.DataFrame(
        {"customer_id": IDS, "referrals": [0.0] * 100 + [3.0] * 100 + [0] * 100}
    )
    table = low_profit_decisions(
        MONEY, OPENED, closed({}), durable=grown, outcomes=outcomes, referral="referrals"
    ).set_index("segment_id")
    assert table["decision"].tolist() == ["nurture", "nurture", "keep"]
    assert table.loc["S02", "referral_index"] == pytest.approx(300)
    assert "recommends 3.00 times as often" in table.loc["S02", "rule"]
    said = decisions_sentence(table.reset_index())
    assert "S01: each customer cost 5.00 more than they brought, but its value has grown" in said
    assert "S02: each customer left 2.00, but it recommends 3.00 times as often" in said
    with pytest.raises(ValueError, match="must be a column of outcomes"):
        low_profit_decisions(MONEY, OPENED, closed({}), referral="referrals")


def test_without_costs_revenue_decides_and_nothing_is_said_of_the_margin():
    bare = MONEY.assign(contribution=np.nan, contribution_per_customer=np.nan, margin=np.nan)
    table = low_profit_decisions(bare, OPENED, closed({})).set_index("segment_id")
    assert table["revenue_per_customer"].to_dict() == {"S01": 10.0, "S02": 4.0, "S03": 90.0}
    assert table[["contribution_per_customer", "margin"]].isna().all(axis=None)
    assert "revenue of 4.00 per customer is low" in table.loc["S02", "rule"]
    sheet = decision_sheet(table.reset_index())
    assert sheet["frame"].columns.tolist() == [
        "segment_id", "revenue_per_customer", "upsell_net", "decision", "rule",
    ]  # fmt: skip
    assert sheet["caption"].startswith("Segments of low revenue")
    assert "contribution_per_customer" in decision_sheet(
        low_profit_decisions(MONEY, OPENED, closed({}))
    )["frame"]  # fmt: skip


def test_what_chance_can_do_is_no_low_profit_and_no_better_segment():
    # Half the average is 9.50: the first interval reaches it, the second lies below.
    unsure = MONEY.assign(high=[10.0, 3.0, 71.0, 2.0, 22.0])
    table = low_profit_decisions(unsure, OPENED, closed({"S02": 30})).set_index("segment_id")
    assert table["low_profit"].tolist() == [False, True, False]
    assert table.loc["S01", ["decision", "reason"]].tolist() == ["keep", "chance"]
    assert table.loc["S01", "rule"] == (
        "Keep: contribution of \N{MINUS SIGN}5.00 per customer is low, but this may be chance; its "
        "95% interval reaches 10.00."
    )
    assert table.loc["S02", "upsell_probability"] == 0.3
    one = unsure.assign(high=[10.0, 20.0, 71.0, 2.0, 22.0])
    said = decisions_sentence(low_profit_decisions(one, OPENED, closed({})), names={"S02": "Calm"})
    assert said == (
        "No segment is shown to be of low profit. That of S01 and S02 (Calm) is low, but this may "
        "be chance."
    )
    # The third leaves 58 more than the second, but its interval reaches 61 down.
    wide = MONEY.assign(low=[-7.0, 1.0, -1.0, 0.0, 15.0])
    table = low_profit_decisions(wide, OPENED, closed({"S02": 30})).set_index("segment_id")
    assert table.loc["S02", "upsell_probability"] == 0
    assert table.loc["S02", "decision"] == "reallocate"


def test_small_segments_are_not_judged():
    few = OPENED[~OPENED["customer_id"].isin(IDS[20:100])]
    money = MONEY.assign(customers=[20, 100, 100, 9, 229])
    table = low_profit_decisions(money, few, few).set_index("segment_id")
    assert table.loc["S01", "decision"] == "too few to tell"


def test_benchmarks_above_below_and_about():
    rng = np.random.default_rng(1)
    outcomes = pd.DataFrame(
        {
            "customer_id": IDS,
            "orders": np.repeat([1.0, 5.0, 3.0], 100) + rng.normal(0, 1, 300),
            "active": np.repeat([1.0, 0.0, 1.0], 100) * (np.arange(300) % 2),
        }
    )
    table = benchmark_table(outcomes, OPENED, {"orders": 3.0, "active": 0.5}, seed=1)
    assert table["segment_id"].tolist() == ["S01", "S02", "S03", "(all)"] * 2
    assert table["verdict"].tolist()[:3] == ["below", "above", "about"]
    assert table["verdict"].tolist()[4:7] == ["about", "below", "about"]
    assert table["value"].iloc[4] == 0.5
    assert table["low"].iloc[5] == 0.0
    assert benchmark_sentence(table, names={"S02": "Calm"}) == (
        "Beside the benchmark of 3.00 for orders per customer, S02 (Calm) is above; S01 is below. "
        "Beside the benchmark of 50% for share of customers who were active, S02 (Calm) is below."
    )
    money = table.assign(kpi="revenue", verdict="about")
    assert benchmark_sentence(money, currency="GBP") == (
        "Beside the benchmark of £3.00 for revenue per customer, none of 6 segments is clearly "
        "above or below."
    )


def test_a_benchmark_of_nothing_is_refused_and_none_is_said():
    outcomes = pd.DataFrame({"customer_id": IDS, "orders": 1.0})
    with pytest.raises(ValueError, match=r"benchmarks name profit, .*\(orders\)"):
        benchmark_table(outcomes, OPENED, {"profit": 1.0}, seed=1)
    assert benchmark_sentence(benchmark_table(outcomes, OPENED, {}, seed=1)) == (
        "No benchmarks were given."
    )
