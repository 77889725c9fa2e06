"""Who stands on a border stays; who really changed moves in two runs."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.cluster import FeatureTransform, Model, ScoringRule, Segment
from segmentation_lib.cluster.transforms import Column
from segmentation_lib.faults import ContractError
from segmentation_lib.implement.audiences import settle
from segmentation_lib.implement.audiences.hysteresis import Held, clearly_nearer, hold


def a_model(*centres: float) -> Model:
    column = Column(name="x", centre=0.0, scale=1.0)
    feature = FeatureTransform(name="x", kind="number", missing="refuse", columns=(column,))
    return Model(
        algorithm="kmeans", k=len(centres), as_of=date(2025, 1, 1), seed=1, customers=9,
        dictionary_hash="0", variance=1.0, features=(feature,),
        segments=tuple(
            Segment(id=f"S{place:02d}", share=1 / len(centres), centre=(centre,))
            for place, centre in enumerate(centres, start=1)
        ),
    )  # fmt: skip


def _nights(model: Model, *values: float, **options) -> list[tuple[object, object, int]]:
    state, seen = None, []
    for value in values:
        frame = pd.DataFrame({"customer_id": ["007"], "state": ["ACTIVE"], "x": [value]})
        state = settle(model, frame, state, **options).state
        row = state.iloc[0]
        seen.append((row["current"], row["candidate"], int(row["runs"])))
    return [tuple(None if pd.isna(part) else part for part in night) for night in seen]


def test_a_customer_who_alternates_across_the_border_stays():
    # Centres 0 and 10: at 5.2 the new distance is 4.8, 0.92 of the old one.
    nights = _nights(a_model(0.0, 10.0), *[4.8, 5.2] * 5)
    assert nights == [("S01", None, 0)] * 10


def test_one_clear_night_is_not_enough_and_two_are():
    assert _nights(a_model(0.0, 10.0), 1, 9, 1, 9, 9) == [
        ("S01", None, 0), ("S01", "S02", 1), ("S01", None, 0), ("S01", "S02", 1),
        ("S02", None, 0),
    ]  # fmt: skip


def test_clearly_nearer_is_under_eight_tenths_of_the_distance():
    # d_new = 0.8 d_old exactly at x = 10 / 1.8.
    edge = 10 / 1.8
    assert _nights(a_model(0.0, 10.0), 1, edge - 1e-9, edge - 1e-9)[-1] == ("S01", None, 0)
    assert _nights(a_model(0.0, 10.0), 1, edge + 1e-9, edge + 1e-9)[-1] == ("S02", None, 0)
    assert _nights(a_model(0.0, 10.0), 1, 5.1, 5.1, nearer=1.0)[-1] == ("S02", None, 0)
    assert _nights(a_model(0.0, 10.0), 1, 9, runs=1)[-1] == ("S02", None, 0)


def test_nobody_is_kept_far_away_by_two_segments_that_take_turns():
    # Far from S01, on the border of S02 and S03.
    nights = _nights(a_model(0.0, 10.0, 11.0), 0, 10.4, 10.6)
    assert nights == [("S01", None, 0), ("S01", "S02", 1), ("S02", None, 0)]


def test_who_leaves_and_who_enters_does_so_at_once_and_reasons_are_named():
    model = a_model(0.0, 10.0)
    ids = ["00", "01", "02", "03", "04"]
    states = ["ACTIVE"] * 5
    first = pd.DataFrame({"customer_id": ids, "state": states, "x": [0.0, 0, 0, 9, np.nan]})
    one = settle(model, first, None)
    assert one.moves["reason"].tolist() == ["new"] * 4
    assert one.state["current"].isna().tolist() == [False] * 4 + [True]
    moved = one.state.assign(current=["S01", "S01", "S09", "S02", None])
    then = first.assign(state=["LAPSED", *states[1:]], x=[0.0, 0, 9, np.nan, 9])
    two = settle(model, then.iloc[::-1], moved, retired=["S09"])
    assert two.moves.astype("object").fillna("").to_numpy().tolist() == [
        ["00", "S01", "", "left"], ["02", "S09", "S02", "refit"],
        ["03", "S02", "", "left"], ["04", "", "S02", "new"],
    ]  # fmt: skip
    assert two.state["external_id"].tolist() == ids


def test_unknown_segments_repeated_ids_and_bad_options_are_refused():
    model = a_model(0.0, 10.0)
    frame = pd.DataFrame({"customer_id": ["1", "2"], "state": "ACTIVE", "x": [0.0, 9.0]})
    state = settle(model, frame, None).state
    with pytest.raises(ContractError, match="customers stand in S77"):
        settle(model, frame, state.assign(current="S77"))
    with pytest.raises(ContractError, match="1 repeated IDs"):
        settle(model, frame.assign(customer_id="1"), None)
    with pytest.raises(ValueError, match="nearer = 0"):
        settle(model, frame, None, nearer=0)
    with pytest.raises(ValueError, match="runs = 0"):
        settle(model, frame, None, runs=0)


def test_a_mixture_asks_for_the_lead_of_a_typical_customer():
    # Two columns count: the lead must be above (1 - 0.64) x 2 = 0.72, wherever zero is.
    rule = ScoringRule(
        points=np.zeros((2, 3)), precisions=np.array([[2.0, 1, 0], [1, 1, 0]]),
        offsets=np.array([-50.0, -50.0]), log_weights=np.zeros(2), sharpness=0.5,
    )  # fmt: skip
    old = np.array([-40.0, -40.0, 3.0, np.nan])
    new = np.array([-40.72 + 1e-6, -40.72 - 1e-6, 2.0, 0.0])
    assert clearly_nearer(rule, new, old).tolist() == [False, True, True, False]
    # Without a margin being nearer is enough, but a tie is not.
    same = np.array([1.0, 1.0])
    assert clearly_nearer(rule, same - [0, 1e-9], same, nearer=1.0).tolist() == [False, True]


def test_arguments_stay_as_they_are():
    rule = a_model(0.0, 10.0).rule
    before = Held(np.array([0, -1]), np.array([1, -1]), np.array([1, 0]))
    after = hold(before, np.array([[81.0, 1.0], [1.0, 81.0]]), rule)
    assert (before.current.tolist(), before.runs.tolist()) == ([0, -1], [1, 0])
    assert (after.current.tolist(), after.runs.tolist()) == ([1, 0], [0, 0])
