"""Expectations written down beforehand: slopes by hand, hits counted, luck told apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.faults import ContractError
from segmentation_lib.params import Expectation
from segmentation_lib.validate.expectations import count_hits, expectation_hits, luck_of_hits

IDS = list("abcdef")
FEATURES = pd.DataFrame(
    {"customer_id": IDS, "age": [1.0, 3, 5, 7, 9, 99], "flat": 2.0, "country": "NO"}
)
OUTCOMES = pd.DataFrame({"customer_id": IDS, "revenue": [10.0, 12, 4, 6, np.nan, 0]})
ASSIGNMENTS = pd.DataFrame(
    {"customer_id": IDS, "segment_id": ["S01", "S01", "S02", "S02", "S02", None]}
)


def _expect(feature: str, kpi: str, direction: str) -> Expectation:
    return Expectation(feature=feature, kpi=kpi, direction=direction, because="It is known.")


def test_slope_across_segments_by_hand() -> None:
    expected = [_expect("age", "revenue", "negative"), _expect("age", "revenue", "positive")]
    found = expectation_hits(expected, FEATURES, OUTCOMES, ASSIGNMENTS)
    # Four customers count. Means: age 2 and 6, revenue 11 and 5; the age's deviation is sqrt(5).
    assert found["slope"].tolist() == pytest.approx([-1.5 * 5**0.5] * 2)
    assert found["hit"].tolist() == ["yes", "no"]
    assert found["customers"].tolist() == [4, 4]
    assert found["because"].tolist() == ["It is known."] * 2


def test_the_slope_is_across_segments_not_within() -> None:
    # Within each segment revenue rises with age, across segments it falls.
    assert FEATURES["age"].corr(OUTCOMES["revenue"].iloc[:2]) > 0
    found = expectation_hits(
        [_expect("age", "revenue", "positive")], FEATURES, OUTCOMES, ASSIGNMENTS
    )
    assert found["hit"].tolist() == ["no"]


def test_large_segments_weigh_more() -> None:
    sizes = [80, 10, 10]
    segment = np.repeat(["S01", "S02", "S03"], sizes)
    ids = [f"{i:03d}" for i in range(100)]
    age, revenue = np.repeat([1.0, 2, 3], sizes), np.repeat([1.0, 5, 2], sizes)
    found = expectation_hits(
        [_expect("age", "revenue", "positive")],
        pd.DataFrame({"customer_id": ids, "age": age}),
        pd.DataFrame({"customer_id": ids, "revenue": revenue}),
        pd.DataFrame({"customer_id": ids, "segment_id": segment}),
    )
    expected = np.polyfit(age / age.std(), revenue, 1)[0]
    assert found["slope"][0] == pytest.approx(expected)


def test_without_a_line_there_is_neither_hit_nor_miss() -> None:
    one = ASSIGNMENTS.assign(segment_id="S01")
    flat = expectation_hits([_expect("flat", "revenue", "positive")], FEATURES, OUTCOMES,
                            ASSIGNMENTS)  # fmt: skip
    single = expectation_hits([_expect("age", "revenue", "positive")], FEATURES, OUTCOMES, one)
    for found in (flat, single):
        assert found["hit"].isna().all()
        assert found["slope"].isna().all()
        assert count_hits(found).total == 0
    assert count_hits(flat).sentence.startswith("None of the expectations could be checked")
    none = count_hits(expectation_hits([], FEATURES, OUTCOMES, ASSIGNMENTS))
    assert (none.total, none.tone) == (0, "info")
    assert none.sentence == (
        "No expectation was declared (validate.expectations), so understanding was not tested."
    )


@pytest.mark.parametrize(
    ("hits", "total", "luck", "tone"),
    [(7, 8, 0.04, "good"), (3, 8, 0.86, "warn"), (4, 4, 0.06, "info"), (5, 5, 0.03, "good"),
     (6, 8, 0.15, "info"), (4, 8, 0.64, "warn")],
)  # fmt: skip
def test_hits_against_luck(hits: int, total: int, luck: float, tone: str) -> None:
    found = count_hits(pd.DataFrame({"hit": ["yes"] * hits + ["no"] * (total - hits)}), luck)
    assert (found.hits, found.total, found.tone, found.p_value) == (hits, total, tone, luck)
    assert found.sentence.startswith(f"{hits} of {total} declared expectations")
    assert found.sentence.endswith(f"as many do in {luck:.0%} of cases.")


def test_a_tiny_chance_is_not_rounded_to_nothing() -> None:
    found = count_hits(pd.DataFrame({"hit": ["yes"] * 12}), 0.005)
    assert found.sentence.endswith(
        "With outcomes shuffled between customers, as many do in less than 1% of cases."
    )
    missed = count_hits(pd.DataFrame({"hit": ["no"] * 3}))
    assert missed.sentence.endswith("came true: no more than luck would give.")


def _crowd(seed: int, *, effect: float) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """300 customers in three segments by age; five KPIs that are nearly one and the same."""
    rng = np.random.default_rng(seed)
    ids = [f"{i:03d}" for i in range(300)]
    age = np.repeat([1.0, 2.0, 3.0], 100)
    common = effect * age + rng.normal(size=300)
    outcomes = {f"kpi{i}": common + 0.05 * rng.normal(size=300) for i in range(5)}
    return (
        pd.DataFrame({"customer_id": ids, "age": age}),
        pd.DataFrame({"customer_id": ids, **outcomes}),
        pd.DataFrame({"customer_id": ids, "segment_id": np.repeat(["S01", "S02", "S03"], 100)}),
    )


FIVE = [_expect("age", f"kpi{i}", "positive") for i in range(5)]


def test_five_times_the_same_kpi_is_one_insight() -> None:
    # As coin tosses, five hits of five would be luck in 3 % of cases; the KPIs are one.
    worlds = [_crowd(seed, effect=0.0) for seed in range(12)]
    all_hit = [w for w in worlds if (expectation_hits(FIVE, *w)["hit"] == "yes").all()]
    assert len(all_hit) >= 3
    assert all(0.3 < luck_of_hits(FIVE, *world, seed=1) < 0.7 for world in all_hit)


def test_luck_is_small_where_each_kpi_tells_something_of_its_own() -> None:
    rng = np.random.default_rng(3)
    features, outcomes, placed = _crowd(1, effect=1.0)
    for place in range(5):
        outcomes[f"kpi{place}"] = 0.3 * features["age"] + rng.normal(size=300)
    luck = luck_of_hits(FIVE, features, outcomes, placed, seed=1)
    assert luck == luck_of_hits(FIVE, features, outcomes, placed, seed=1)
    assert 0.005 <= luck < 0.1
    assert luck_of_hits([], features, outcomes, placed, seed=1) == 1.0


def test_only_judges_count() -> None:
    features, outcomes, placed = _crowd(2, effect=1.0)
    judges = features["customer_id"][::2]
    turned = outcomes.set_index("customer_id")
    turned.loc[~turned.index.isin(judges)] *= -1
    found = expectation_hits(FIVE, features, turned.reset_index(), placed, judges=judges)
    assert (found["hit"] == "yes").all()
    assert (found["customers"] == 150).all()
    without = luck_of_hits(FIVE, features, outcomes, placed, seed=1, judges=judges)
    assert without == luck_of_hits(FIVE, features, turned.reset_index(), placed, seed=1,
                                   judges=judges)  # fmt: skip


def test_all_faults_of_the_expectations_are_listed_with_their_place() -> None:
    wrong = [
        _expect("age", "revenue", "positive"),
        _expect("hair", "revenue", "positive"),
        _expect("country", "profit", "positive"),
        _expect("age", "flat", "positive"),
    ]
    with pytest.raises(ContractError) as caught:
        expectation_hits(wrong, FEATURES, OUTCOMES, ASSIGNMENTS, segmenting=["flat"])
    found = [(fault.where, fault.found, fault.code) for fault in caught.value.faults]
    assert found == [
        ("validate.expectations[1].feature", "hair is not there", "unknown_expectation"),
        ("validate.expectations[2].feature", "country is not a number", "unknown_expectation"),
        ("validate.expectations[2].kpi", "profit is not there", "unknown_expectation"),
        ("validate.expectations[3].kpi", "flat is a feature that makes the segments", "circular"),
    ]
