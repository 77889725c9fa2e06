"""The planted truth: its tables, what fades, what emerges, and that the data obeys it."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.demo.truth import truth, write_truth
from segmentation_lib.demo.world import QUARTERS, SEGMENT_KEYS

FADING, EMERGING = "catalogue_era", "express_app"


def shares(demo_truth):
    return demo_truth.rates.pivot(index="quarter", columns="segment", values="share").fillna(0.0)


@pytest.fixture(scope="module")
def newest(demo_tables, demo_truth):
    """Revenue, purchase and arm in 2025Q3 of everybody who was an active customer before it."""
    second = demo_truth.duplicates.set_index("second_id")["customer_id"]
    orders = demo_tables["orders"].drop_duplicates()
    orders = orders.loc[(orders["ordered_at"] >= "2025-07-01") & (orders["amount"].abs() < 10_000)]
    person = orders["customer_id"].map(second).fillna(orders["customer_id"])
    before = demo_truth.segments.query("quarter == '2025Q2'")["customer_id"]
    people = demo_truth.segments.query("quarter == '2025Q3' and state == 'active'")
    people = people.loc[
        people["customer_id"].isin(before) & ~people["customer_id"].isin(second.index)
    ]
    people = people.set_index("customer_id")
    arms = demo_tables["assignments"].query("experiment_id == 'EXP-001'").set_index("customer_id")
    bought = set(person[orders["amount"] > 0])
    return people.assign(
        revenue=orders.groupby(person)["amount"].sum().reindex(people.index).fillna(0.0),
        bought=people.index.isin(bought),
        arm=arms["arm"].reindex(people.index),
    )


def test_segments_table(demo_truth):
    segments = demo_truth.segments
    assert list(segments) == [
        "customer_id", "quarter", "segment", "state", "expected_orders", "order_probability",
    ]  # fmt: skip
    assert not segments.duplicated(["customer_id", "quarter"]).any()
    assert segments["customer_id"].nunique() == 5040
    assert set(segments["segment"]) == set(SEGMENT_KEYS)
    assert set(segments["state"]) == {"active", "lapsed"}
    assert segments["order_probability"].between(0, 1).all()
    lapsed = segments.loc[segments["state"] == "lapsed"]
    assert (lapsed["expected_orders"] == 0).all()


def test_shares_add_up_and_are_unequal(demo_truth):
    table = shares(demo_truth)
    assert table.index.tolist() == list(QUARTERS)
    np.testing.assert_allclose(table.sum(axis=1), 1.0)
    newest = table.loc["2025Q3"]
    assert newest.max() > 0.28
    assert newest.min() < 0.08


def test_the_fading_segment_falls_in_every_quarter(demo_truth):
    fading = shares(demo_truth)[FADING]
    assert (fading.diff().dropna() < 0).all()
    assert fading["2023Q4"] == pytest.approx(0.18, abs=0.02)
    assert fading["2025Q3"] == pytest.approx(0.06, abs=0.015)
    assert fading["2025Q1"] - fading["2025Q3"] >= 0.03


def test_the_emerging_segment_starts_in_2024q4_and_is_still_growing(demo_truth):
    emerging = shares(demo_truth)[EMERGING]
    assert (emerging[:"2024Q3"] == 0).all()
    assert (emerging["2024Q3":].diff().dropna() > 0.015).all()
    assert emerging["2025Q3"] == pytest.approx(0.12, abs=0.02)
    assert emerging["2025Q3"] - emerging["2025Q1"] >= 0.05


def test_whoever_changes_segment_goes_from_the_old_ones_to_the_emerging_one(demo_truth):
    table = demo_truth.segments.pivot(index="customer_id", columns="quarter", values="segment")
    moves = set()
    for before, after in itertools.pairwise(QUARTERS):
        changed = table.loc[table[before].notna() & (table[before] != table[after])]
        moves |= set(zip(changed[before], changed[after], strict=True))
    assert moves == {(FADING, EMERGING), ("app_browsers", EMERGING)}


def test_segment_at(demo_truth):
    before, after = demo_truth.segment_at("2024Q3"), demo_truth.segment_at("2025Q3")
    assert EMERGING not in set(before)
    assert EMERGING in set(after)
    assert before.index.isin(after.index).all()
    with pytest.raises(KeyError, match="2026Q1 is not a quarter of the demo"):
        demo_truth.segment_at("2026Q1")


def test_realised_retention_follows_the_planted_rates(newest, demo_truth):
    planted = demo_truth.rates.query("quarter == '2025Q3'").set_index("segment")
    realised = newest.groupby("segment")["bought"].mean()
    counts = newest.groupby("segment").size()
    assert counts.to_dict() == planted["established"].astype(int).to_dict()
    margin = 4 * np.sqrt(planted["retention"] * (1 - planted["retention"]) / counts) + 0.005
    assert ((realised - planted["retention"]).abs() <= margin).all()
    assert realised.max() - realised.min() > 0.2


def test_realised_revenue_follows_the_planted_rates(newest, demo_truth):
    planted = demo_truth.rates.query("quarter == '2025Q3'").set_index("segment")
    untreated = newest.loc[newest["arm"] != "treatment"].groupby("segment")["revenue"]
    error = untreated.std() / np.sqrt(untreated.size())
    margin = 4 * error + 0.05 * planted["expected_revenue"]
    assert ((untreated.mean() - planted["expected_revenue"]).abs() <= margin).all()


def test_the_experiment_changes_revenue_in_one_segment_only(newest, demo_truth):
    drawn = demo_truth.experiments.query("experiment_id in ['EXP-001', 'HOLDOUT-2025']")
    effects = drawn.query("relative_basket_effect != 0")
    assert effects.to_numpy().tolist() == [["EXP-001", "loyal_regulars", 0.25]]
    by_arm = newest.groupby(["segment", "arm"])["revenue"].agg(["mean", "var", "size"]).unstack()
    difference = by_arm["mean"]["treatment"] - by_arm["mean"]["control"]
    error = np.sqrt(
        by_arm["var"]["treatment"] / by_arm["size"]["treatment"]
        + by_arm["var"]["control"] / by_arm["size"]["control"]
    )
    z = difference / error
    assert z["loyal_regulars"] > 3
    assert z.drop("loyal_regulars").abs().max() < 2.5
    lift = difference["loyal_regulars"] / by_arm["mean"]["control"]["loyal_regulars"]
    assert lift == pytest.approx(0.25, abs=0.13)


def test_free_delivery_makes_baskets_larger_in_one_region_from_its_day_on(demo_tables, demo_truth):
    planted = demo_truth.experiments.query("experiment_id == 'NE-001'")
    assert planted["relative_basket_effect"].tolist() == [0.25] * len(SEGMENT_KEYS)
    region = demo_tables["customers"].drop_duplicates("customer_id").set_index("customer_id")
    orders = demo_tables["orders"].drop_duplicates()
    orders = orders[orders["amount"].between(0, 10_000, inclusive="neither")]
    north = orders["customer_id"].map(region["region"]).eq("North")
    baskets = orders.groupby(["order_id", north.rename("north")]).agg(
        amount=("amount", "sum"), day=("ordered_at", "min")
    )
    mean = {}
    for start, end in (("2025-06-01", "2025-08-01"), ("2025-08-01", "2025-10-01")):
        inside = baskets[(baskets["day"] >= start) & (baskets["day"] < end)]
        by_region = np.log(inside["amount"]).groupby("north").mean()
        mean[start] = by_region[True] - by_region[False]
    assert np.exp(mean["2025-08-01"] - mean["2025-06-01"]) == pytest.approx(1.25, abs=0.1)


def test_arms_are_even_and_assigned_on_the_first_day_of_the_quarter(demo_tables, demo_truth):
    assignments = demo_tables["assignments"]
    assert set(assignments["assigned_at"]) == {pd.Timestamp("2025-07-01")}
    assert not assignments.duplicated(["experiment_id", "customer_id"]).any()
    share = assignments.groupby("experiment_id")["arm"].value_counts(normalize=True)
    assert share["EXP-001", "treatment"] == pytest.approx(0.5, abs=0.025)
    assert share["HOLDOUT-2025", "holdout"] == pytest.approx(0.1, abs=0.015)
    active = demo_truth.segments.query("quarter == '2025Q3'")["customer_id"]
    assert assignments["customer_id"].isin(active).all()


def test_write_truth_writes_what_truth_returns(tmp_path):
    planted = truth(customers=200, seed=3)
    write_truth(tmp_path / "truth", customers=200, seed=3)
    names = ["dirty_rows", "duplicates", "experiments", "rates", "segments", "stories", "words"]
    assert sorted(path.name for path in (tmp_path / "truth").iterdir()) == [
        f"truth_{name}.csv" for name in names
    ]
    for name in names:
        written = pd.read_csv(tmp_path / "truth" / f"truth_{name}.csv", dtype="str")
        assert len(written) == len(getattr(planted, name)) > 0
        assert list(written) == list(getattr(planted, name))
