"""KPI differences in the next window: found when planted, rarely found when not, never circular."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.faults import ContractError
from segmentation_lib.validate import kpi_effects, kpi_names

SHARES = [0.6, 0.25, 0.1, 0.05]


def _customers(n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    groups = np.random.default_rng(seed).choice(4, size=n, p=SHARES)
    ids = [f"{i:05d}" for i in range(n)]
    segment = pd.Series([f"S{g + 1:02d}" for g in groups], dtype="str")
    return pd.DataFrame({"customer_id": ids, "segment_id": segment}), groups


def test_planted_difference_is_found_and_the_noise_kpi_is_not() -> None:
    assignments, groups = _customers(1500, seed=3)
    rng = np.random.default_rng(4)
    outcomes = pd.DataFrame(
        {
            "customer_id": assignments["customer_id"],
            "revenue": np.exp(rng.normal(size=1500)) * (1 + groups),
            "noise": rng.normal(size=1500),
        }
    )
    effects = kpi_effects(outcomes, assignments, ["revenue", "noise"], seed=7, permutations=199)
    revenue, noise = effects.to_dict("records")
    assert revenue["p_corrected"] == pytest.approx(2 / 200)
    assert revenue["effect_low"] > 0.01
    assert noise["p_corrected"] > 0.05
    assert noise["effect_low"] == 0.0


def test_a_a_rate_on_skewed_revenue_with_small_segments() -> None:
    rejected = 0
    for seed in range(60):
        assignments, _ = _customers(300, seed=seed)
        revenue = np.exp(1.5 * np.random.default_rng((seed, 1)).normal(size=300))
        outcomes = pd.DataFrame({"customer_id": assignments["customer_id"], "revenue": revenue})
        effects = kpi_effects(outcomes, assignments, ["revenue"], seed=seed, permutations=99)
        rejected += int(effects["p_corrected"].iloc[0] <= 0.05)
    assert rejected <= 8


def test_customers_without_segment_or_value_do_not_count() -> None:
    assignments = pd.DataFrame(
        {"customer_id": list("abcdef"), "segment_id": ["S01", "S01", "S02", "S02", None, "S03"]}
    )
    outcomes = pd.DataFrame(
        {"customer_id": list("abcdef"), "k": [1.0, 2.0, 3.0, 4.0, 9.0, 9.0], "c": 1.0}
    )
    effects = kpi_effects(outcomes, assignments, ["k", "c"], seed=1, permutations=99)
    assert effects["customers"].tolist() == [4, 4]
    assert effects["p_value"].isna().tolist() == [False, True]


def test_the_result_does_not_depend_on_row_order() -> None:
    assignments, groups = _customers(400, seed=1)
    outcomes = pd.DataFrame({"customer_id": assignments["customer_id"], "k": groups + 0.5})
    outcomes["k"] += np.random.default_rng(2).normal(size=400)
    first = kpi_effects(outcomes, assignments, ["k"], seed=1, permutations=99)
    mixed = outcomes.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(
        first, kpi_effects(mixed, assignments, ["k"], seed=1, permutations=99)
    )


DICTIONARY = pd.DataFrame({"name": ["recency", "age"], "role": ["segmenting", "descriptor"]})
OUTCOMES = pd.DataFrame({"customer_id": ["a"], "revenue": [1.0], "active": [1.0]})


def test_all_outcomes_are_kpis_unless_declared() -> None:
    assert kpi_names(OUTCOMES, DICTIONARY, None) == ["revenue", "active"]
    assert kpi_names(OUTCOMES, DICTIONARY, ("active",)) == ["active"]


@pytest.mark.parametrize(("name", "code"), [("recency", "circular"), ("churn", "unknown_kpi")])
def test_circular_and_unknown_kpis_are_refused(name: str, code: str) -> None:
    with pytest.raises(ContractError) as caught:
        kpi_names(OUTCOMES, DICTIONARY, (name,))
    assert [fault.code for fault in caught.value.faults] == [code]
    assert "revenue, active" in str(caught.value)


def test_kpi_effects_itself_refuses_a_segmenting_feature() -> None:
    assignments, groups = _customers(100, seed=1)
    outcomes = pd.DataFrame({"customer_id": assignments["customer_id"], "recency": groups * 1.0})
    outcomes["revenue"] = np.arange(100.0)
    with pytest.raises(ContractError, match="circular") as caught:
        kpi_effects(outcomes, assignments, ["recency"], seed=1, segmenting=["recency"])
    assert caught.value.faults[0].code == "circular"
    assert "outcome of the quarter instead: revenue." in str(caught.value)
    allowed = kpi_effects(
        outcomes, assignments, ["revenue"], seed=1, permutations=99, segmenting=["recency"]
    )
    assert allowed["kpi"].tolist() == ["revenue"]


def test_only_the_judging_half_judges() -> None:
    assignments, groups = _customers(400, seed=5)
    ids = assignments["customer_id"]
    judges = ids[np.arange(400) % 2 == 0]
    # The KPI follows the segment among those who may not judge, and only there.
    outcomes = pd.DataFrame({"customer_id": ids, "revenue": groups * (np.arange(400) % 2) * 5.0})
    outcomes["revenue"] += np.random.default_rng(6).normal(size=400)
    everyone = kpi_effects(outcomes, assignments, ["revenue"], seed=1, permutations=199)
    half = kpi_effects(outcomes, assignments, ["revenue"], seed=1, permutations=199, judges=judges)
    assert everyone["p_value"].iloc[0] == pytest.approx(1 / 200)
    assert half["p_value"].iloc[0] > 0.05
    assert half["customers"].iloc[0] == 200
    alone = kpi_effects(
        outcomes[outcomes["customer_id"].isin(judges)], assignments, ["revenue"], seed=1,
        permutations=199,
    )  # fmt: skip
    pd.testing.assert_frame_equal(half, alone)
