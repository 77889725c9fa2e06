"""Movement beside its floor: counted by hand, in words, and with its interval."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.artefacts import check_table
from segmentation_lib.cluster import score
from segmentation_lib.validate.noise_floor import (
    movement_floor,
    noise_floor,
    noise_sentence,
    segment_pairs,
)

from .quarters import customers, model


def pairs(n: int, moved: int) -> pd.DataFrame:
    """Half in S01 and half in S02, of whom the first ``moved`` go to the other one."""
    start = np.repeat(["S01", "S02"], n // 2)
    other = np.repeat(["S02", "S01"], n // 2)
    order = np.arange(n).reshape(2, -1).T.ravel()
    goes = np.isin(np.arange(n), order[:moved])
    index = pd.Index([f"c{number:04}" for number in range(n)], name="customer_id")
    return pd.DataFrame({"from": start, "to": np.where(goes, other, start)}, index=index)


def test_counted_by_hand() -> None:
    floor = movement_floor(pairs(400, 200), pairs(400, 80), ["S01", "S02"], seed=1)
    check_table("noise_floor", floor)
    assert floor["segment_id"].tolist() == ["S01", "S02", "all"]
    assert floor["customers"].tolist() == [200, 200, 400]
    assert floor["moved"].tolist() == [0.5, 0.5, 0.5]
    assert floor["floor"].tolist() == [0.2, 0.2, 0.2]
    assert floor["net"].tolist() == pytest.approx([0.3, 0.3, 0.3])
    assert (floor["low"] > 0.15).all()
    assert (floor["high"] < 0.45).all()
    assert set(floor["verdict"]) == {"more than noise"}
    assert noise_sentence(floor) == (
        "Customers near a border go back and forth by chance. 30 points more of the customers "
        "changed segment than that (50% against 20%)."
    )


def test_no_more_than_the_floor_is_within_noise() -> None:
    same = movement_floor(pairs(400, 100), pairs(400, 100), ["S01", "S02"], seed=1)
    assert same["net"].tolist() == [0, 0, 0]
    assert set(same["verdict"]) == {"within noise"}
    fewer = movement_floor(pairs(400, 40), pairs(400, 100), ["S01", "S02"], seed=1)
    assert set(fewer["verdict"]) == {"within noise"}
    assert noise_sentence(fewer) == (
        "The movement is within noise: 10% of customers changed segment in the quarter, and 25% "
        "would have had nobody changed behaviour."
    )


@pytest.mark.parametrize(
    ("moved", "floor", "words"),
    [
        (0.0635, 0.0451, "1 point more of the customers changed segment than that (6%"),
        (0.0540, 0.0510, "Less than 1 point more of the customers changed segment"),
    ],
)
def test_the_points_are_those_of_the_shares_that_are_shown(
    moved: float, floor: float, words: str
) -> None:
    row = {"segment_id": "all", "moved": moved, "floor": floor, "verdict": "more than noise"}
    assert f" {words}" in noise_sentence(pd.DataFrame([row]))


def test_customers_of_one_history_only_are_left_out() -> None:
    floor = movement_floor(pairs(400, 0), pairs(100, 0).iloc[:50], ["S01", "S02"], seed=1)
    assert floor.set_index("segment_id")["customers"].to_dict() == {"S01": 50, "S02": 0, "all": 50}
    assert floor["verdict"].tolist() == ["within noise", "too few to tell", "within noise"]


def test_leaving_is_not_moving() -> None:
    opened = pd.DataFrame({"customer_id": ["a", "b", "c"], "segment_id": ["S01", "S01", None]})
    closed = pd.DataFrame({"customer_id": ["a", "b", "c"], "segment_id": ["S02", None, "S01"]})
    assert segment_pairs(opened, closed).reset_index().values.tolist() == [["a", "S01", "S02"]]


def test_the_model_places_the_still_customers() -> None:
    opened, closed = customers(1), customers(2)
    # Of S01, every second customer goes over to S02 in the quarter; nobody does without it.
    goes = np.arange(len(closed)) % 6 == 0
    closed.loc[goes, "frequency"] += 8
    still = pd.concat(
        [opened.assign(moment="open"), customers(3).assign(moment="close")], ignore_index=True
    )
    both = score(model(), opened), score(model(), closed)
    floor = noise_floor(model(), still, *both, seed=1, draws=199).set_index("segment_id")
    assert floor.loc["S01", "moved"] == pytest.approx(0.5, abs=0.01)
    assert floor["floor"].max() < 0.01
    assert floor["verdict"].to_dict() == {
        "S01": "more than noise", "S02": "within noise", "S03": "within noise",
        "all": "more than noise",
    }  # fmt: skip


def test_without_an_earlier_quarter_there_is_no_floor() -> None:
    assigned = score(model(), customers(1))
    floor = noise_floor(model(), None, assigned, assigned, seed=1)
    check_table("noise_floor", floor)
    assert floor.empty
    assert noise_sentence(floor).startswith("How much of the movement is chance cannot be said")
