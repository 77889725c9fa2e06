"""Scoring in the engine with few customers judged gives what judging everybody gives."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.cluster import FeatureTransform, Model, Segment, score
from segmentation_lib.cluster.transforms import Column
from segmentation_lib.engine import Engine
from segmentation_lib.implement.audiences import settle
from segmentation_lib.scoring.movements import movements
from tests.scoring.conftest import one_number_model

PLANS = ("basic", "plus", "premium")


def _model() -> Model:
    features = (
        FeatureTransform(name="spend", kind="number", transform="log", missing="impute", fill=3.0,
                         unit=1.0, columns=(Column(name="spend", centre=1.0, scale=0.7),)),
        FeatureTransform(name="gap", kind="number", missing="refuse",
                         columns=(Column(name="gap", centre=0.0, scale=1.0),)),
        FeatureTransform(name="plan", kind="ordered", missing="refuse", levels=PLANS,
                         columns=(Column(name="plan", centre=2.0, scale=1.0),)),
    )  # fmt: skip
    centres = [(-1.0, -0.5, -0.6), (0.2, 0.4, 0.1), (0.9, -0.3, 0.7), (0.1, 0.1, 0.9)]
    values = one_number_model("x").model_dump() | {"features": features, "k": 4}
    values["segments"] = tuple(
        Segment(id=f"S{place + 1:02d}", share=0.25, centre=centre)
        for place, centre in enumerate(centres)
    )
    return Model.model_validate(values)


def _crowd(n: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    plan = pd.Categorical.from_codes(rng.integers(0, 3, n), list(PLANS), ordered=True)
    return pd.DataFrame(
        {
            "customer_id": [f"{place:05d}" for place in range(n)],
            "state": rng.choice(["ACTIVE", "NEW", "LAPSED"], n, p=[0.9, 0.05, 0.05]),
            "spend": np.where(rng.random(n) < 0.05, np.nan, rng.lognormal(0.8, 1, n)),
            "gap": np.where(rng.random(n) < 0.02, np.nan, rng.normal(0, 0.6, n)),
            "plan": plan,
        }
    ).astype({"customer_id": "str", "state": "str"})


@pytest.mark.parametrize("seed", [1, 2])
def test_the_engine_and_python_move_the_same_customers(seed: int) -> None:
    model = _model()
    rng = np.random.default_rng(seed)
    first = _crowd(600, seed)
    state = settle(model, first, None).state
    with Engine.memory() as engine:
        for _ in range(4):
            drift = first["gap"] + rng.normal(0, 0.4, len(first))
            tonight = first.assign(gap=drift)[rng.random(len(first)) < 0.97]
            ours = movements(engine, model, tonight, engine.memtable(state, "state"))
            expected = settle(model, tonight, state).state
            expected = expected[expected["current"].notna()].reset_index(drop=True)
            found = engine.frame(ours.state)
            pd.testing.assert_frame_equal(found, expected, check_dtype=False)
            assert found["candidate"].notna().sum() > 5
            assert (found["current"].to_numpy() != _nearest(model, tonight, found)).sum() > 5
            assert sum(ours.states.values()) == len(tonight)
            state = expected


def _nearest(model: Model, features: pd.DataFrame, found: pd.DataFrame) -> np.ndarray:
    scored = score(model, features).set_index("customer_id")["segment_id"]
    return scored.reindex(found["external_id"]).to_numpy()
