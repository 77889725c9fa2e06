"""The KPI baseline: exact values, coverage of the intervals, and the weighted total."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.artefacts import check_table
from segmentation_lib.implement import kpi_baseline, published_baseline

PLACED = pd.DataFrame(
    {"customer_id": list("abcdef"), "segment_id": ["S01", "S01", "S02", "S02", "S02", None]}
)
OUTCOMES = pd.DataFrame(
    {
        "customer_id": list("abcdef"),
        "active": [1, 0, 1, 1, 1, 1],
        "revenue": [10.0, 0.0, 20.0, 30.0, 40.0, 999.0],
        "order_value": [10.0, np.nan, 20.0, 30.0, 40.0, 999.0],
    }
)


def test_exact_values_and_units():
    table = kpi_baseline(OUTCOMES, PLACED, seed=1)
    check_table("kpi_baseline", table)
    assert table["segment_id"].tolist() == ["S01", "S02", "(all)"] * 3
    assert table["kpi"].unique().tolist() == ["active", "revenue", "order_value"]
    assert table["value"].tolist() == pytest.approx([0.5, 1, 0.8, 5, 30, 20, 10, 30, 25])
    assert table["customers"].tolist() == [2, 3, 5, 2, 3, 5, 1, 3, 4]
    assert table["unit"].tolist() == ["share"] * 3 + ["money"] * 6
    # Wilson for 1 of 2, and one order only: no interval.
    assert table.loc[0, ["low", "high"]].tolist() == pytest.approx([0.0945, 0.9055], abs=1e-4)
    assert table.loc[6, ["low", "high"]].isna().all()
    assert table["interval"].tolist() == ["wilson"] * 3 + ["bootstrap"] * 3 + [
        "none", "bootstrap", "bootstrap",
    ]  # fmt: skip


def test_segments_weighted_by_customers_give_the_company():
    rng = np.random.default_rng(8)
    ids = [f"c{i:04}" for i in range(900)]
    outcomes = pd.DataFrame(
        {
            "customer_id": ids,
            "revenue": rng.lognormal(2, 1.5, 900),
            "order_value": np.where(rng.random(900) < 0.4, np.nan, rng.lognormal(3, 1, 900)),
            "active": rng.integers(0, 2, 900),
        }
    )
    placed = pd.DataFrame({"customer_id": ids, "segment_id": rng.choice(["S01", "S02"], 900)})
    table = kpi_baseline(outcomes, placed, seed=1, draws=99)
    for kpi, rows in table.groupby("kpi"):
        parts, whole = rows.iloc[:-1], rows.iloc[-1]
        assert parts["customers"].sum() == whole["customers"]
        assert np.average(parts["value"], weights=parts["customers"]) == pytest.approx(
            outcomes[kpi].mean()
        )
        assert whole["value"] == pytest.approx(outcomes[kpi].mean())
        assert ((rows["low"] < rows["value"]) & (rows["value"] < rows["high"])).all()


def test_same_seed_same_bytes_and_one_more_kpi_changes_no_other():
    table = kpi_baseline(OUTCOMES, PLACED, kpis=["revenue"], seed=1)
    more = kpi_baseline(OUTCOMES.sample(frac=1, random_state=2), PLACED, seed=1)
    again = more[more["kpi"] == "revenue"].reset_index(drop=True)
    pd.testing.assert_frame_equal(table, again)
    other = kpi_baseline(OUTCOMES, PLACED, kpis=["revenue"], seed=2)
    assert other["value"].tolist() == table["value"].tolist()


def test_many_customers_get_students_interval():
    ids = [f"c{i:05}" for i in range(4000)]
    outcomes = pd.DataFrame({"customer_id": ids, "orders": [1.0, 2.0, 3.0, 4.0] * 1000})
    placed = pd.DataFrame({"customer_id": ids, "segment_id": "S01"})
    table = kpi_baseline(outcomes, placed, seed=1)
    assert set(table["interval"]) == {"student"}
    # SE of the mean: SD 1.1182 / sqrt(4000), times 1.9606.
    assert table["high"].iloc[0] - 2.5 == pytest.approx(0.03466, abs=1e-5)
    assert table["low"].iloc[0] + table["high"].iloc[0] == pytest.approx(5)


def test_a_kpi_nobody_has_is_empty_not_zero():
    outcomes = OUTCOMES.assign(referrals=np.nan)
    table = kpi_baseline(outcomes, PLACED, kpis=["referrals"], seed=1)
    assert table["value"].isna().all()
    assert table["customers"].tolist() == [0, 0, 0]
    assert set(table["interval"]) == {"none"}


def test_no_kpis_give_an_empty_table():
    table = kpi_baseline(OUTCOMES[["customer_id"]], PLACED, seed=1)
    assert table.empty
    check_table("kpi_baseline", table)


def test_the_published_baseline_is_a_row_per_kpi_and_blank_for_a_few_people():
    baseline = pd.DataFrame(
        {
            "segment_id": ["(all)", "S02", "S01", "S01", "S02", "(all)"],
            "kpi": ["order_value"] * 3 + ["active"] * 3,
            "unit": ["money"] * 3 + ["share"] * 3,
            "value": [15.0, 20.0, 10.0, 0.5, 0.25, 0.4],
            "low": [14.0, 19.0, 9.0, 0.4, 0.2, 0.3],
            "high": [16.0, 21.0, 11.0, 0.6, 0.3, 0.5],
            "customers": [19, 10, 9, 9, 10, 19],
            "interval": ["bootstrap"] * 3 + ["wilson"] * 3,
        }
    )
    shown = published_baseline(baseline, limit=10, currency="GBP")
    assert list(shown.columns) == ["kpi", "S01", "S02", "(all)"]
    assert shown["S01"].tolist() == ["–", "–"]
    assert shown["S02"].tolist() == ["£20.00 (£19.00 to £21.00)", "fewer than 10 people"]
    assert shown["(all)"].iloc[0] == "£15.00 (£14.00 to £16.00)"
