"""Do segments help predictions: found when planted, not claimed otherwise, said in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.validate.prediction_words import prediction_sentence
from segmentation_lib.validate.predictive import prediction_verdicts, predictive_power

N = 1200


def _world(effect: float, seed: int = 1) -> tuple[pd.Series, np.ndarray, np.ndarray, pd.DataFrame]:
    """Three cuts of one crowd; churn and revenue follow one feature and, by `effect`, the cut."""
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(N, 4))
    labels = np.digitize(points[:, 0] + points[:, 1], [-0.6, 0.9])
    pull = 0.8 * points[:, 2] ** 2 + effect * np.array([-1.0, 1.0, -1.0])[labels]
    active = (rng.random(N) > 1 / (1 + np.exp(1.5 - pull))).astype(float)
    spent = np.where(active > 0, np.exp(3 - 0.4 * pull + rng.normal(size=N)), 0.0)
    ids = pd.Series([f"{i:05d}" for i in range(N)], dtype="str")
    return (
        ids,
        points,
        labels,
        pd.DataFrame(
            {"customer_id": ids, "orders": active * 2, "active": active, "revenue": spent}
        ),
    )


def test_a_planted_effect_is_found_and_sized() -> None:
    found = predictive_power(*_world(0.9), seed=3).set_index("outcome")
    assert found.index.tolist() == ["churn", "revenue"]
    assert found["measure"].tolist() == ["AUC", "R2"]
    assert (found["p_value"] < 0.001).all()
    assert (found["gain_low"] > 0).all()
    assert found["gain"]["churn"] == pytest.approx(
        found["with_segments"]["churn"] - found["base"]["churn"]
    )
    assert found["customers"].tolist() == [N, N]
    verdicts = prediction_verdicts(found.reset_index(), p=0.05, gain=0.005)
    assert verdicts["useful"].tolist() == [True, True]


def test_labels_that_know_nothing_more_do_not_add() -> None:
    found = predictive_power(*_world(0.0), seed=3)
    assert (found["p_corrected"] > 0.05).all()
    assert (found["gain_low"] < 0).all()
    assert (found["base"] > 0.02).all()
    # What can be predicted lies in a feature that the cuts do not follow.
    assert (found["share_kept"] < 0.3).all()


def test_holm_corrects_over_both_outcomes() -> None:
    found = predictive_power(*_world(0.1), seed=3)
    low, high = sorted(found["p_value"])
    expected = [min(1, 2 * low), min(1, max(2 * low, high))]
    assert sorted(found["p_corrected"]) == pytest.approx(expected)


def test_row_order_and_strangers_change_nothing() -> None:
    ids, points, labels, outcomes = _world(0.5)
    first = predictive_power(ids, points, labels, outcomes, seed=3, repeats=1)
    order = np.random.default_rng(1).permutation(N)
    strangers = outcomes.assign(customer_id="x" + outcomes["customer_id"])
    mixed = predictive_power(
        ids.iloc[order].reset_index(drop=True), points[order], labels[order],
        pd.concat([strangers, outcomes.iloc[::-1]]), seed=3, repeats=1,
    )  # fmt: skip
    pd.testing.assert_frame_equal(first, mixed)


def test_only_judges_judge() -> None:
    ids, points, labels, outcomes = _world(0.5)
    judges = ids[::2]
    found = predictive_power(ids, points, labels, outcomes, seed=3, judges=judges, repeats=1)
    assert (found["customers"] == N // 2).all()
    alone = predictive_power(
        judges.reset_index(drop=True), points[::2], labels[::2], outcomes, seed=3, repeats=1
    )
    pd.testing.assert_frame_equal(found, alone)


def test_a_segment_in_which_nobody_left_is_no_obstacle() -> None:
    ids, points, labels, outcomes = _world(0.0)
    outcomes["active"] = np.where(labels == 2, 1.0, outcomes["active"])
    churn = predictive_power(ids, points, labels, outcomes, seed=3, repeats=1).iloc[0]
    assert churn["p_value"] < 1e-6
    assert np.isfinite(churn[["base", "gain", "gain_low"]].astype(float)).all()


def test_what_cannot_be_tested_says_why() -> None:
    ids, points, labels, outcomes = _world(0.0)
    few = outcomes.assign(active=(np.arange(N) >= 12) * 1.0, revenue=5.0)
    found = predictive_power(ids, points, labels, few, seed=1)
    assert found["p_value"].isna().all()
    assert "12 of 1200 customers left" in found["note"][0]
    assert found["note"][1] == "All customers are alike in it."
    sentence = prediction_sentence(found, p=0.05, gain=0.005)
    assert sentence.startswith("No outcome could be predicted. 12 of 1200")
    one = predictive_power(ids, points, np.zeros(N, np.int64), outcomes, seed=1)
    assert set(one["note"]) == {"There is one segment only."}


def test_value_is_revenue_or_the_first_outcome_that_is_no_flag() -> None:
    ids, points, labels, outcomes = _world(0.0)
    visits = outcomes.drop(columns=["revenue", "orders"]).assign(
        visited=outcomes["active"], visits=np.arange(N) % 7
    )
    found = predictive_power(ids, points, labels, visits, seed=1, repeats=1)
    assert found["outcome"].tolist() == ["churn", "visits"]
    named = predictive_power(ids, points, labels, outcomes, seed=1, repeats=1, value="orders")
    assert named["outcome"].tolist() == ["churn", "orders"]
    none = predictive_power(ids, points, labels, outcomes[["customer_id"]], seed=1)
    assert none.empty
    assert prediction_sentence(none, p=0.05, gain=0.005) == "No outcome could be predicted."


def test_clear_segments_lead_where_they_cannot_add() -> None:
    rng = np.random.default_rng(2)
    labels = np.repeat([0, 1, 2], [600, 300, 100])
    # So far apart that smooth effects of the features tell the segments exactly.
    points = np.eye(3, 6)[labels] * 40 + rng.normal(size=(1000, 6))
    ids = pd.Series([f"{i:05d}" for i in range(1000)], dtype="str")
    active = (rng.random(1000) < np.array([0.8, 0.5, 0.2])[labels]).astype(float)
    outcomes = pd.DataFrame({"customer_id": ids, "active": active})
    found = prediction_verdicts(
        predictive_power(ids, points, labels, outcomes, seed=1), p=0.05, gain=0.005
    ).iloc[0]
    assert not found["adds"]
    assert found["leads"]
    assert found["p_alone"] < 1e-6
    assert found["share_kept"] > 0.95
    assert found["stands_in"]
    noise = outcomes.assign(active=rng.integers(0, 2, 1000) * 1.0)
    nothing = prediction_verdicts(
        predictive_power(ids, points, labels, noise, seed=1), p=0.05, gain=0.005
    ).iloc[0]
    assert not nothing["leads"]
    assert not nothing["stands_in"]


def test_few_customers_do_not_make_tiers_as_good_as_straight_lines() -> None:
    # Curves through 400 customers overfit: next to them alone, tiers would look as good.
    rng = np.random.default_rng(5)
    points = rng.normal(size=(400, 6))
    labels = np.digitize(points[:, 0], [-0.5, 0.5])
    revenue = points[:, 0] + points[:, 1] + rng.normal(size=400)
    ids = pd.Series([f"{i:05d}" for i in range(400)], dtype="str")
    outcomes = pd.DataFrame({"customer_id": ids, "revenue": revenue})
    found = predictive_power(ids, points, labels, outcomes, seed=1).iloc[0]
    shares = found[["base", "with_segments", "segments_alone"]].astype(float)
    # The lines explain two thirds of the ranks, more than the curves do.
    assert found["share_kept"] < shares["segments_alone"] / shares[["base", "with_segments"]].max()
    assert shares["segments_alone"] / found["share_kept"] == pytest.approx(0.64, abs=0.05)


@pytest.mark.parametrize(
    ("p_alone", "share", "stands_in"),
    [(0.05, 0.9, True), (0.051, 0.9, False), (0.05, 0.899, False), (0.01, np.nan, False)],
)
def test_segments_stand_in_when_they_predict_alone_and_keep_enough(
    p_alone: float, share: float, stands_in: bool
) -> None:
    row = {"p_corrected": 0.5, "gain": 0.0, "gain_low": -0.1, "p_alone": p_alone,
           "lead_low": -0.1, "share_kept": share}  # fmt: skip
    table = pd.DataFrame([row])
    found = prediction_verdicts(table, p=0.05, gain=0.005)
    assert found["stands_in"].tolist() == [stands_in]
    assert not found[["adds", "useful", "leads"]].any(axis=None)
    lower = prediction_verdicts(table, p=0.06, gain=0.005, kept=0.5)
    assert lower["stands_in"].tolist() == [not np.isnan(share)]
