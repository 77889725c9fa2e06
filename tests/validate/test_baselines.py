"""Segments against simpler groupings: who wins is recognised, and a tie is called a tie."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.validate.baseline_words import baseline_sentence, better_rule
from segmentation_lib.validate.baselines import (
    ALL_KPIS,
    CHANCE,
    ONE_FEATURE,
    RFM,
    baseline_verdict,
    compare_baselines,
)

N = 1200
FEATURES = ("recency", "frequency", "monetary", "age")


def _world(
    *, segments: float = 0, rfm: float = 0, age: float = 0
) -> tuple[pd.DataFrame, np.ndarray, pd.DataFrame]:
    rng = np.random.default_rng(8)
    scores = rng.normal(size=(N, 4))
    labels = np.arange(N) % 4
    cells = (scores[:, 0] < 0) * 1.0 + (scores[:, 1] + scores[:, 2] > 0)
    level = segments * (labels - 1.5) + rfm * (cells - 1) + age * (scores[:, 3] > 0)
    ids = pd.Series([f"{i:05d}" for i in range(N)], dtype="str")
    features = pd.DataFrame(np.exp(scores), columns=FEATURES).assign(customer_id=ids)
    active = (rng.random(N) < 1 / (1 + np.exp(-level))).astype(float)
    revenue = np.where(active > 0, np.exp(level + rng.normal(size=N)), 0.0)
    value = np.where(active > 0, revenue / 2, np.nan)
    return (
        features,
        labels,
        pd.DataFrame(
            {"customer_id": ids, "active": active, "revenue": revenue, "order_value": value}
        ),
    )


def _compare(
    world: tuple[pd.DataFrame, np.ndarray, pd.DataFrame], **options: object
) -> pd.DataFrame:
    usual = {"segmenting": FEATURES, "seed": 4, "repeats": 2, "draws": 299}
    return compare_baselines(*world, ["active", "revenue", "order_value"], **(usual | options))


def _verdicts(table: pd.DataFrame) -> dict[str, str]:
    return table[table["kpi"] == ALL_KPIS].set_index("rival")["verdict"].to_dict()


def test_better_segments_are_recognised() -> None:
    table = _compare(_world(segments=0.6))
    assert _verdicts(table) == {RFM: "better", ONE_FEATURE: "better", CHANCE: "better"}
    assert baseline_verdict(table) == "better"
    assert baseline_sentence(table).startswith("The segments explain more of the differences")


def test_where_rfm_tiers_win_they_are_recommended() -> None:
    table = _compare(_world(rfm=1.0))
    assert _verdicts(table)[RFM] == baseline_verdict(table) == "worse"
    assert _verdicts(table)[CHANCE] == "tie"
    sentence = baseline_sentence(table)
    assert "Use RFM tiers instead." in sentence
    assert "Random groups would have done as well." in sentence


def test_one_feature_may_win_where_rfm_does_not() -> None:
    table = _compare(_world(segments=0.3, age=1.5))
    assert (_verdicts(table)[RFM], _verdicts(table)[ONE_FEATURE]) == ("better", "worse")
    one = table[table["rival"] == ONE_FEATURE]
    assert set(one["detail"]) == {"age"}
    assert "than tiers of age: " in baseline_sentence(table)
    assert better_rule(table) == "tiers of age"


def test_noise_is_a_tie_with_everything() -> None:
    table = _compare(_world())
    assert set(_verdicts(table).values()) == {"tie"}
    assert "The simpler one will do" in baseline_sentence(table)


def test_scores_are_out_of_fold_and_rows_complete() -> None:
    table = _compare(_world(segments=0.6))
    assert table["kpi"].tolist() == [
        name for name in (ALL_KPIS, "active", "revenue", "order_value") for _ in range(3)
    ]
    each = table[table["kpi"] != ALL_KPIS]
    together = table[(table["kpi"] == ALL_KPIS) & (table["rival"] == RFM)].iloc[0]
    rfm = each[each["rival"] == RFM]
    assert together["segments"] == pytest.approx(rfm["segments"].mean())
    assert (table["low"] <= table["difference"]).all()
    assert (table["difference"] <= table["high"]).all()
    # Random groups predict a little worse than the mean of everybody, on customers not used.
    chance = each[each["rival"] == CHANCE]["rival_score"]
    assert ((chance > -0.02) & (chance < 0.005)).all()
    bought = int(_world(segments=0.6)[2]["order_value"].notna().sum())
    assert rfm.set_index("kpi")["customers"].to_dict() == {
        "active": N, "revenue": N, "order_value": bought,
    }  # fmt: skip


def test_a_perfect_grouping_explains_everything() -> None:
    features, labels, outcomes = _world()
    outcomes = pd.DataFrame({"customer_id": outcomes["customer_id"], "active": labels % 2.0})
    table = compare_baselines(features, labels, outcomes, ["active"], segmenting=["age"], seed=1)
    assert table["segments"].tolist() == pytest.approx([1.0] * 6)


def test_row_order_changes_nothing_and_judges_judge_alone() -> None:
    features, labels, outcomes = _world(segments=0.3)
    judges = features["customer_id"][::2]
    order = np.random.default_rng(2).permutation(N)
    mixed = (features.iloc[order].reset_index(drop=True), labels[order], outcomes.iloc[::-1])
    half = (features[::2].reset_index(drop=True), labels[::2], outcomes)
    first = _compare((features, labels, outcomes))
    pd.testing.assert_frame_equal(first, _compare(mixed))
    # Of even rows only two segments are left; the rivals still get as many tiers as segments.
    judged = _compare((features, labels, outcomes), judges=judges)
    assert judged[judged["kpi"] == "active"]["customers"].tolist() == [N // 2] * 3
    assert judged["segments"].iloc[3] == pytest.approx(_compare(half)["segments"].iloc[3])


def test_missing_rivals_and_missing_kpis_are_said() -> None:
    features, labels, outcomes = _world(segments=0.6)
    plain = features.drop(columns="monetary")
    table = compare_baselines(
        plain, labels, outcomes, ["active"], segmenting=["age"], seed=1, draws=99
    )
    missing = table[(table["kpi"] == ALL_KPIS) & (table["rival"] == RFM)].iloc[0]
    assert missing["verdict"] == "not compared"
    assert missing["detail"].startswith("The data give no recency")
    assert baseline_verdict(table) == "better"
    assert "than tiers of age: " in baseline_sentence(table)
    assert better_rule(table) == ""
    nothing = compare_baselines(features, labels, outcomes, [], segmenting=FEATURES, seed=1)
    assert nothing.empty
    assert baseline_verdict(nothing) == "not compared"
    assert "no KPI or no rival" in baseline_sentence(nothing)


def test_one_giant_decides_nothing() -> None:
    features, labels, outcomes = _world(segments=0.6)
    largest = outcomes["revenue"] == outcomes["revenue"].max()
    giant = outcomes.assign(revenue=outcomes["revenue"].where(~largest, 1e9))
    pd.testing.assert_frame_equal(
        _compare((features, labels, outcomes)), _compare((features, labels, giant))
    )
