"""Value to come: sums, the check against the quarter, and figures that say where they are from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.profile.value import lifetime_value
from segmentation_lib.profile.value.forecast import purchase_history
from segmentation_lib.profile.value.holdout import _verdict
from segmentation_lib.profile.value.lifetime_words import lifetime_sentences
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
    within = (checked["low"] <= checked["actual_value"]) & (
        checked["actual_value"] <= checked["high"]
    )
    assert checked.loc[within, "verdict"].eq("close").all()
    assert set(checked.loc[~within, "verdict"]) <= {"off", "far off"}
    assert within.sum() >= 4
    held = int(within.drop("(all)").sum())
    assert f"held in {held} of 4 segments: what came was within the range" in result.sentences[1]
    assert result.checked


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


def test_without_repeat_purchases_there_is_no_figure_and_the_page_says_why():
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
    assert segments["method"].tolist() == ["unknown", "unknown", "unknown"]
    figures = ["alive_share", "expected_purchases", "value_per_customer", "low", "high", "value"]
    assert segments[figures].isna().all(axis=None)
    why = "Only 0 customers bought more than once; the model needs 20."
    assert segments.loc["S02", "reason"] == f"No forecast. {why}"
    assert found.sentences == (f"What customers are going to spend is not forecast. {why}",)
    assert found.figures.empty
    assert not found.checked
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


def test_a_segment_of_people_who_never_bought_has_no_figure(world):
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
    assert row["method"] == "unknown"
    assert np.isnan(row["value_per_customer"])
    assert row["reason"] == "No forecast: 100% of the customers have not bought yet."
    everyone = found.segments.set_index("segment_id").loc["(all)"]
    assert everyone["method"] == "mixed"
    assert np.isnan(everyone["value_per_customer"])
    assert found.figures["segment_id"].tolist() == ["S01", "S02", "S03", "S04"]
    assert "No forecast is given for S09; the table says why." in found.sentences


def check_row(actual):
    return {"customers": 99, "predicted_value": 100.0, "low": 90.0, "high": 110.0,
            "actual_value": actual, "ratio": actual / 100}  # fmt: skip


@pytest.mark.parametrize(
    ("actual", "verdict"),
    [(90.0, "close"), (110.0, "close"), (111.0, "off"), (81.0, "off"), (79.0, "far off")],
)
def test_the_verdict_agrees_with_the_range_that_is_printed(actual, verdict):
    assert _verdict(check_row(actual)) == verdict


def test_a_lead_that_intervals_leave_open_is_not_called_the_most():
    table = pd.DataFrame(
        {
            "segment_id": ["S01", "S02", "S03", "(all)"],
            "customers": 40,
            "never_bought": 0,
            "value_per_customer": [100.0, 90.0, 20.0, 70.0],
            "low": [80.0, 70.0, 15.0, 60.0],
            "high": [130.0, 110.0, 30.0, 80.0],
            "level": 0.8,
            "horizon_days": 365,
            "method": "model",
        }
    )
    empty = pd.DataFrame(columns=["segment_id", "verdict", "ratio"])
    assert lifetime_sentences(table, empty, "", currency="EUR")[0] == (
        "If customers go on as they did, one of S01 is expected to spend €100 in the next 365 days "
        "(80% interval €80.00 to €130), the highest figure, but not clearly above that of S02."
    )
    ahead = {"value_per_customer": [100.0, 30.0, 20.0, 70.0], "high": [130.0, 50.0, 30.0, 80.0]}
    clear = table.assign(**ahead)
    assert lifetime_sentences(clear, empty, "")[0].endswith("the most of all segments.")


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
