"""Value to come: sums, the check against the quarter, and figures that say where they are from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.profile.value import lifetime_value
from segmentation_lib.profile.value.forecast import purchase_history
from tests.profile.value.buyers import CLOSE, OPEN, behaviour_segments, market, value_after


def looked_ahead(world, *, draws=40, **options):
    return lifetime_value(
        world.past,
        behaviour_segments(world.past, CLOSE),
        CLOSE,
        assignments_open=behaviour_segments(world.past, OPEN),
        opened=OPEN,
        draws=draws,
        seed=7,
        **options,
    )


@pytest.fixture(scope="module")
def world():
    return market(np.random.default_rng(11), n=1500)


@pytest.fixture(scope="module")
def result(world):
    return looked_ahead(world)


def test_history_of_three_customers():
    days = pd.DataFrame(
        {
            "customer_id": ["b", "a", "a", "a", "c"],
            "day": pd.to_datetime(
                ["2025-03-25", "2025-03-04", "2025-03-11", "2025-03-18", "2025-04-01"]
            ),
            "spend": [5.0, 10.0, 20.0, 60.0, 9.0],
        }
    )
    history = purchase_history(days, pd.Timestamp("2025-04-01"))
    assert history.index.tolist() == ["a", "b"]
    assert history.to_dict("list") == {
        "x": [2.0, 0.0],
        "t_x": [2.0, 0.0],
        "T": [4.0, 1.0],
        "purchases": [3.0, 1.0],
        "mean_spend": [30.0, 5.0],
    }


def test_segments_add_up_and_the_intervals_hold_their_figures(result):
    segments = result.segments.set_index("segment_id")
    assert segments.index.tolist() == ["S01", "S02", "S03", "S04", "(all)"]
    parts = segments.drop(index="(all)")
    assert parts["value"].sum() == pytest.approx(segments.loc["(all)", "value"])
    assert parts["customers"].sum() == segments.loc["(all)", "customers"] == 1500
    assert (segments["low"] < segments["value_per_customer"]).all()
    assert (segments["value_per_customer"] < segments["high"]).all()
    assert set(segments["method"]) == {"model"}
    assert (segments["calibration"] == 1).all()


def test_expectation_is_near_what_the_segments_then_spend(world, result):
    placed = behaviour_segments(world.past, CLOSE).set_index("customer_id")["segment_id"]
    actual = value_after(world, placed.index).groupby(placed).mean()
    expected = result.segments.set_index("segment_id")["value_per_customer"]
    assert (expected[actual.index] / actual).tolist() == pytest.approx([1, 1, 1, 1], abs=0.35)


def test_the_check_sets_the_forecast_beside_the_quarter(world, result):
    checked = result.holdout.set_index("segment_id")
    placed = behaviour_segments(world.past, OPEN).set_index("customer_id")["segment_id"]
    quarter = world.past[world.past["day"] >= OPEN]
    spend = quarter.groupby("customer_id")["spend"].sum().reindex(placed.index).fillna(0.0)
    actual = spend.groupby(placed).mean()
    assert checked.loc[actual.index, "actual_value"].tolist() == pytest.approx(actual.tolist())
    assert checked.loc["(all)", "actual_value"] == pytest.approx(spend.mean())
    assert set(checked["verdict"]) == {"close"}
    assert "close in 4 of 4 segments" in result.sentences[1]


def test_a_quarter_unlike_the_model_scales_the_figure_and_says_so():
    world = market(np.random.default_rng(12), n=1500, quarter_factor=3.0)
    segments = looked_ahead(world).segments.set_index("segment_id")
    scaled = segments[segments["method"] == "recalibrated"]
    assert "S04" in scaled.index
    assert scaled.loc["S04", "calibration"] > 1.8
    assert "so its figure is scaled by" in scaled.loc["S04", "reason"]
    wide = (scaled["high"] - scaled["low"]) / scaled["value_per_customer"]
    assert (wide > 0.2).all()
    # What one quarter brought need not go on: the interval reaches the model's own figure.
    own = scaled["value_per_customer"] / scaled["calibration"]
    assert (scaled["low"] < 1.5 * own).all()
    assert "One quarter holds no season" in scaled.loc["S04", "reason"]


def test_without_repeat_purchases_the_quarter_is_carried_forward_and_labelled():
    days = pd.DataFrame(
        {
            "customer_id": [f"{i:02d}" for i in range(60)],
            "day": [OPEN - pd.Timedelta(days=9)] * 40 + [OPEN + pd.Timedelta(days=9)] * 20,
            "spend": [10.0] * 40 + [90.0] * 20,
        }
    )
    ids = [f"{i:02d}" for i in range(60)]
    placed = pd.DataFrame({"customer_id": ids, "segment_id": ["S01"] * 40 + ["S02"] * 20})
    found = lifetime_value(
        days, placed, CLOSE, horizon_days=180, assignments_open=placed, opened=OPEN,
        draws=20, seed=1,
    )  # fmt: skip
    segments = found.segments.set_index("segment_id")
    assert segments["method"].tolist() == ["historic", "historic", "historic"]
    assert segments["value_per_customer"].tolist() == pytest.approx([0.0, 180.0, 60.0])
    assert segments.loc["S02", "expected_purchases"] != segments.loc["S02", "expected_purchases"]
    assert segments.loc["S02", "reason"] == (
        "Only 0 customers bought more than once; the model needs 20. The figure carries forward "
        "what the segment's customers spent in the quarter. One quarter holds no season."
    )
    assert found.holdout["verdict"].tolist() == ["no model"] * 3
    assert not found.model["usable"].any()


def test_customers_who_never_bought_count_nothing_and_are_counted(world):
    placed = behaviour_segments(world.past, CLOSE)
    more = pd.DataFrame({"customer_id": ["x1", "x2"], "segment_id": ["S02", "S02"]})
    options = {"draws": 5, "seed": 3}
    without = lifetime_value(world.past, placed, CLOSE, **options).segments.iloc[1]
    having = lifetime_value(world.past, pd.concat([placed, more]), CLOSE, **options)
    found = having.segments.iloc[1]
    assert found["never_bought"] == 2
    assert found["customers"] == without["customers"] + 2
    assert found["value"] == pytest.approx(without["value"])
    assert having.holdout.empty


def test_a_segment_of_people_who_never_bought_uses_what_such_people_spent(world):
    ids = [f"n{i:03d}" for i in range(50)]
    fresh = pd.DataFrame({"customer_id": ids, "segment_id": "S09"})
    first = pd.DataFrame(
        {"customer_id": ids[:10], "day": OPEN + pd.Timedelta(days=30), "spend": 50.0}
    )
    past = pd.concat([world.past, first], ignore_index=True)
    later = fresh.assign(customer_id=[f"m{i:03d}" for i in range(50)])
    found = lifetime_value(
        past,
        pd.concat([behaviour_segments(world.past, CLOSE), later]),
        CLOSE,
        horizon_days=90,
        assignments_open=pd.concat([behaviour_segments(world.past, OPEN), fresh]),
        opened=OPEN,
        draws=20,
        seed=3,
    )
    row = found.segments.set_index("segment_id").loc["S09"]
    assert row["method"] == "historic"
    assert row["value_per_customer"] == pytest.approx(10 * 50 / 50)
    assert row["reason"].startswith("100% of the customers have not bought yet.")


def test_later_purchases_are_not_seen_and_the_same_seed_gives_the_same_digits(world, result):
    again = lifetime_value(
        world.purchase_days,
        behaviour_segments(world.past, CLOSE).sample(frac=1, random_state=1),
        CLOSE,
        assignments_open=behaviour_segments(world.past, OPEN),
        opened=OPEN,
        draws=40,
        seed=7,
    )
    pd.testing.assert_frame_equal(again.segments, result.segments, check_exact=True)
    pd.testing.assert_frame_equal(again.holdout, result.holdout, check_exact=True)


def test_the_open_needs_its_day():
    with pytest.raises(ValueError, match="go together"):
        lifetime_value(pd.DataFrame(), pd.DataFrame(), CLOSE, opened=OPEN, seed=1)
