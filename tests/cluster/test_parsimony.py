"""Does a larger number explain a KPI better: by hand, against scipy, planted and null."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kruskal

from segmentation_lib.cluster.parsimony import literal_k, parsimony, rank_gain


def test_one_coarse_group_is_an_anova_of_ranks():
    rng = np.random.default_rng(1)
    values, groups = rng.lognormal(size=60), np.repeat([0, 1, 2], [30, 20, 10])
    _, p = rank_gain(values, np.zeros(60, int), groups)
    expected = kruskal(*[values[groups == group] for group in range(3)]).pvalue
    assert p == pytest.approx(expected, rel=1e-9)


def test_nested_labels_by_hand():
    values = np.array([1.0, 2, 3, 4, 5, 6, 7, 8])
    coarse = np.repeat([0, 1], 4)
    fine = np.repeat([0, 1, 2, 3], 2)
    # Within coarse groups: 10; of it between the pairs: 8; left: 2 on 4 degrees; total: 42.
    share, p = rank_gain(values, coarse, fine)
    assert share == pytest.approx(8 / 42)
    # In each coarse group the pairs' rank sums are 2 off, with variance 5/3: twice 2^2 / (5/3).
    assert p == pytest.approx(np.exp(-4.8 / 2))


def test_groups_that_differ_in_spread_do_not_make_the_test_reject():
    """A small lively group cut in two at random, beside a large sleepy one: an F test says 40 %."""
    rejected = 0
    for place in range(300):
        rng = np.random.default_rng((7, place))
        coarse = np.repeat([0, 1], [850, 150])
        fine = np.where((coarse == 1) & (rng.random(1000) < 0.5), 2, coarse)
        churned = (rng.random(1000) < np.array([0.02, 0.5])[coarse]).astype(float)
        rejected += rank_gain(churned, coarse, fine)[1] < 0.05
    assert rejected / 300 < 0.09


def test_ranks_only_count_and_missing_rows_do_not():
    rng = np.random.default_rng(2)
    values, coarse, fine = rng.normal(size=90), rng.integers(0, 2, 90), rng.integers(0, 3, 90)
    with_missing = np.append(np.exp(values), [np.nan, np.nan])
    padded = [np.append(groups, [0, 1]) for groups in (coarse, fine)]
    assert rank_gain(with_missing, *padded) == pytest.approx(rank_gain(values, coarse, fine))


@pytest.mark.parametrize("values", [np.full(20, np.nan), np.ones(20)])
def test_nothing_to_test_is_missing(values):
    assert np.isnan(rank_gain(values, np.zeros(20, int), np.repeat([0, 1], 10))).all()


def test_the_same_groups_add_nothing():
    groups = np.repeat([0, 1], 10)
    share, p = rank_gain(np.arange(20.0), groups, 1 - groups)
    assert np.isnan(share)
    assert np.isnan(p)


def test_the_test_keeps_its_level_on_skewed_kpis_with_small_segments():
    rng = np.random.default_rng(5)
    rejected = 0
    for _ in range(400):
        fine = rng.choice(4, 500, p=[0.6, 0.25, 0.1, 0.05])
        coarse = np.where(fine == 3, 0, fine)
        values = (rng.random(500) < 0.4) * rng.lognormal(3, 1.5, 500)
        rejected += rank_gain(values, coarse, fine)[1] <= 0.05
    assert 8 <= rejected <= 34  # 20 expected


def planted(differ=True, n=1200, seed=3):
    """Four groups with a KPI each; cuts into 2, 3, 4 and 6 of them."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 4, n)
    level = np.array([0.0, 1.0, 2.0, 3.0]) if differ else np.zeros(4)
    kpis = pd.DataFrame(
        {"revenue": np.exp(level[truth] + rng.normal(size=n)), "noise": rng.normal(size=n)}
    )
    halved = np.where(truth == 0, 4 * rng.integers(0, 2, n), truth)
    labels = {
        2: truth // 2,
        3: np.minimum(truth, 2),
        4: truth,
        6: np.where(truth == 1, 1 + 4 * rng.integers(0, 2, n), halved),
    }
    return kpis, labels


def test_planted_four_are_chosen_and_the_others_know_why_not():
    kpis, labels = planted()
    found = parsimony(kpis, labels)
    assert found.k == 4
    assert sorted(found.beaten_by) == [2, 3]
    larger, gain = found.beaten_by[3]
    # The chosen number, though six explain the KPI about as surely.
    assert larger == 4
    assert gain.kpi == "revenue"
    assert gain.p_value < 1e-6
    assert found.over_smaller[4].kpi == "revenue"
    assert found.over_smaller[6].p_value > 0.05
    assert literal_k(kpis, labels) == 2


def test_no_kpi_differs():
    kpis, labels = planted(differ=False)
    found = parsimony(kpis, labels)
    assert found.k is None
    assert min(found.differs.values()) > 0.05


def test_nothing_admissible_asks_for_nothing():
    kpis, _ = planted()
    assert parsimony(kpis, {}).k is None
    assert literal_k(kpis, {}) is None


def test_a_segment_of_one_or_two_says_nothing():
    rng = np.random.default_rng(4)
    labels = np.zeros(200, int)
    labels[:2] = 1
    kpis = pd.DataFrame({"revenue": np.where(labels == 1, 1e6, rng.random(200))})
    assert parsimony(kpis, {2: labels}).k is None
