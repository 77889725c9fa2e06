"""Whom to treat: exact returns, random targeting beside them, and a choice that is judged."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.implement.effects import (
    held_out_targeting,
    segment_returns,
    target_effects,
    targeting,
)

EFFECTS = pd.DataFrame(
    {
        "segment_id": ["S01", "S02", "S03", "(all)", "S04"],
        "effect": [10.0, 2.0, -4.0, 5.0, 50.0],
        "low": [6.0, -2.0, -8.0, 3.0, 40.0],
        "high": [14.0, 6.0, 0.0, 7.0, 60.0],
        "customers": [100, 300, 200, 700, 100],
        "grade": ["experiment"] * 4 + ["quasi-experiment"],
    }
)


def test_returns_are_the_worth_of_the_effect_less_the_cost():
    table = segment_returns(EFFECTS, cost={"S01": 2.0, "S02": 1.0, "S03": 1.0}, value=0.5)
    assert table["segment_id"].tolist() == ["S01", "S02", "S03"]
    assert table["return"].tolist() == [3.0, 0.0, -3.0]
    assert table[["return_low", "return_high"]].values.tolist() == [[1, 5], [-2, 2], [-5, -1]]
    assert table["total"].tolist() == [300.0, 0.0, -600.0]
    assert table["per_cost"].tolist() == [1.5, 0.0, -3.0]
    assert table["choice"].tolist() == ["treat", "not known", "leave out"]
    assert segment_returns(EFFECTS, cost=0.0)["per_cost"].isna().all()


def test_one_treatment_is_taken_with_its_luck_taken_off():
    nan = float("nan")
    rows = pd.DataFrame(
        [("E1", "a", "(all)", 4.0, 2.0, 6.0, nan, nan, nan),
         ("E1", "a", "S01", 9.0, 5.0, 13.0, 6.0, 3.0, 9.0),
         ("E1", "a", "S02", 1.0, -3.0, 5.0, nan, nan, nan),
         ("E1", "a", "S03", 1.0, -3.0, 5.0, 2.0, 0.0, 4.0),
         ("E1", "b", "S01", 7.0, 5.0, 9.0, 7.0, 5.0, 9.0)],
        columns=["experiment_id", "arm", "segment_id", "effect", "low", "high", "shrunken",
                 "shrunken_low", "shrunken_high"],
    )  # fmt: skip
    sizes = {"S01": 40, "S02": 60, "S03": 0}
    found = target_effects(rows, sizes, experiment_id="E1", arm="a")
    assert found.drop(columns="grade").values.tolist() == [
        ["S01", 6.0, 3.0, 9.0, 40],
        ["S02", 1.0, -3.0, 5.0, 60],
    ]
    shared = target_effects(rows, sizes, experiment_id="E1", arm="a", differ=False)
    assert shared[["effect", "low", "high"]].values.tolist() == [[4.0, 2.0, 6.0]] * 2
    both = pd.concat([found, target_effects(rows, sizes, experiment_id="E1", arm="b")])
    with pytest.raises(ValueError, match="segment S01 is there twice"):
        segment_returns(both, cost=1.0)


def test_random_targeting_stands_beside_the_choice():
    found = targeting(segment_returns(EFFECTS, cost=1.0))
    # Returns per customer 9, 1 and -5; only S01 pays for sure.
    assert found.customers == 100
    assert (found.chosen.value, found.chosen.low, found.chosen.high) == (900.0, 500.0, 1300.0)
    assert found.everyone.value == 900 + 300 - 1000
    half = np.sqrt(400**2 + 1200**2 + 800**2)
    assert found.everyone.low == pytest.approx(200 - half)
    assert found.at_random.value == pytest.approx(200 / 6)
    assert found.at_random.high == pytest.approx((200 + half) / 6)
    # One estimate for all: what is wrong with it is wrong everywhere.
    shared = targeting(segment_returns(EFFECTS, cost=1.0), shared=True)
    assert (shared.everyone.low, shared.everyone.high) == (200 - 2400, 200 + 2400)


def test_a_cost_that_is_missing_is_refused():
    with pytest.raises(ValueError, match="a cost is missing or negative"):
        segment_returns(EFFECTS, cost={"S01": 1.0})
    with pytest.raises(ValueError, match="value = 0"):
        segment_returns(EFFECTS, cost=1.0, value=0)


def people(*lifts: float, n: int = 2400) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    segment, treated = rng.integers(0, len(lifts), n), rng.random(n) < 0.5
    outcome = rng.gamma(2.0, 5.0, n) + np.array(lifts)[segment] * treated
    names = np.array([f"S0{number + 1}" for number in range(len(lifts))])[segment]
    return pd.DataFrame({"segment_id": names, "treated": treated, "outcome": outcome})


def test_a_choice_is_judged_by_the_other_half():
    found = held_out_targeting(people(0.0, 6.0, 0.0), cost=2.0, seed=1)
    assert found.chosen == ("S02",)
    assert found.curve["segment_id"].iloc[0] == "S02"
    assert found.beats_random
    last = found.curve.iloc[-1]
    assert last["share"] == pytest.approx(1.0)
    assert last["gain"] == last["at_random"] == pytest.approx(last["low"])
    first = found.curve.iloc[0]
    assert found.advantage.value == pytest.approx(first["gain"] - first["at_random"])
    assert found.advantage.low < (4 - 0) / 3 < found.advantage.high
    assert first["low"] > first["at_random"]
    same = held_out_targeting(people(0.0, 6.0, 0.0), cost=2.0, seed=1)
    pd.testing.assert_frame_equal(found.curve, same.curve)
    areas = found.curve["gain"] - found.curve["at_random"]
    steps = np.diff(np.append(0.0, found.curve["share"]))
    middle = (areas + areas.shift(fill_value=0.0)) / 2
    assert found.qini.value == pytest.approx((middle * steps).sum())


def test_one_effect_for_all_is_not_sold_as_targeting():
    found = held_out_targeting(people(3.0, 3.0, 3.0), seed=1)
    assert not found.beats_random
    assert found.chosen == tuple(found.curve["segment_id"])  # all pay, so all are chosen
    assert found.advantage.value == pytest.approx(0.0, abs=1e-12)
    inside = found.curve["at_random"].between(found.curve["low"], found.curve["high"])
    assert inside.all()
    none = held_out_targeting(people(0.0, 0.0, 0.0), cost=50.0, seed=1)
    assert (none.chosen, none.advantage.value) == ((), 0.0)


def test_small_segments_and_one_armed_ones_are_left_out():
    table = people(0.0, 6.0, 0.0)
    table.loc[table["segment_id"].eq("S03") & (table.index > 60), "segment_id"] = None
    found = held_out_targeting(table, seed=1)
    assert sorted(found.curve["segment_id"]) == ["S01", "S02"]
    assert held_out_targeting(table.assign(treated=True), seed=1) is None
    assert held_out_targeting(table[:40], seed=1) is None
