"""Tests of shares of visits: five sums, their interval, and what differs between two groups."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.stats import wilson_interval
from segmentation_lib.stats.clustered import (
    ClusterSums,
    CrossSums,
    clustered_interval,
    share_difference,
)


def crowd(rng, customers, mean, spread=4.0):
    """Hits and visits of customers whose own shares differ around a mean."""
    visits = 1.0 + rng.poisson(rng.gamma(0.7, 8.0, customers))
    hits = rng.binomial(visits.astype(int), rng.beta(mean * spread, (1 - mean) * spread, customers))
    return hits.astype(float), visits


def test_the_variance_is_that_of_a_ratio_of_sums():
    hits, visits = crowd(np.random.default_rng(1), 200, 0.3)
    sums = ClusterSums.of(hits, visits)
    share = hits.sum() / visits.sum()
    worth = visits.sum() ** 2 / (visits**2).sum()
    expected = ((hits - share * visits) ** 2).sum() * worth / (worth - 1) / visits.sum() ** 2
    assert sums.variance(sums.share)[0] == pytest.approx(expected)


def test_customers_with_one_visit_each_give_wilsons_interval():
    sums = ClusterSums.of(np.repeat([1.0, 0.0], [30, 970]), np.ones(1000))
    low, high = clustered_interval(sums)
    wilson = wilson_interval(30, 1000)
    assert (low[0], high[0]) == pytest.approx((wilson.low, wilson.high), rel=0.01)


def test_customers_who_are_all_or_nothing_count_once():
    few = clustered_interval(ClusterSums.of(np.repeat([10.0, 0.0], 50), np.full(100, 10.0)))
    once = clustered_interval(ClusterSums.of(np.repeat([1.0, 0.0], 50), np.ones(100)))
    assert np.ravel(few) == pytest.approx(np.ravel(once), abs=0.002)


def test_nobody_one_customer_and_no_hit_have_honest_intervals():
    none = ClusterSums.of(np.zeros(0), np.zeros(0))
    assert np.isnan(none.share[0])
    assert np.ravel(clustered_interval(none)).tolist() == [0.0, 1.0]
    assert np.ravel(clustered_interval(ClusterSums.of(np.ones(1), np.full(1, 9.0)))).tolist() == [
        0.0,
        1.0,
    ]
    low, high = clustered_interval(ClusterSums.of(np.zeros(50), np.full(50, 20.0)))
    # Not one hit in a thousand visits, but of fifty customers only.
    assert low[0] == 0.0
    assert high[0] == pytest.approx(wilson_interval(0, 50).high, rel=0.06)


def test_intervals_cover_where_customers_differ():
    rng = np.random.default_rng(2)
    inside = []
    for _ in range(1000):
        low, high = clustered_interval(ClusterSums.of(*crowd(rng, 150, 0.2)))
        inside.append(low[0] <= 0.2 <= high[0])
    assert 0.92 <= np.mean(inside) <= 0.98


def test_two_groups_alike_differ_as_often_as_promised():
    rng = np.random.default_rng(3)
    p_values = []
    for _ in range(600):
        one, other = (ClusterSums.of(*crowd(rng, n, 0.2)) for n in (60, 300))
        p_values.append(share_difference(one, other).p_value[0])
    assert 0.03 <= np.mean(np.array(p_values) < 0.05) <= 0.07


def test_a_group_less_itself_is_nobody_and_a_group_against_its_copy_is_no_difference():
    sums = ClusterSums.of(*crowd(np.random.default_rng(4), 200, 0.3))
    found = share_difference(sums, sums)
    assert (found.difference[0], found.p_value[0]) == (0.0, pytest.approx(1.0))
    assert found.low[0] == pytest.approx(-found.high[0])
    rest = sums - sums
    assert (rest.visits[0], rest.customers[0]) == (0.0, 0.0)
    assert not share_difference(sums, rest).tested[0]


def test_a_covariance_makes_a_comparison_within_customers_sharper():
    rng = np.random.default_rng(5)
    own = rng.beta(2, 6, 300)
    one, other = (rng.binomial(20, own).astype(float) for _ in range(2))
    visits = np.full(300, 20.0)
    sums = ClusterSums.of(one, visits), ClusterSums.of(other, visits)
    products = (one * other, one * visits, visits * other, visits * visits)
    cross = CrossSums(*(np.array([product.sum()]) for product in products))
    alone, paired = share_difference(*sums), share_difference(*sums, cross=cross)
    assert paired.high[0] - paired.low[0] < 0.7 * (alone.high[0] - alone.low[0])
    gap = (one - other) / 20
    expected = gap.mean() / gap.std(ddof=1) * np.sqrt(300)
    variance = sums[0].variance(sums[0].share) + sums[1].variance(sums[1].share)
    pooled = (one.sum() + other.sum()) / 12_000
    variance = variance - 2 * cross.covariance(*sums, np.array([pooled]))
    assert gap.mean() / np.sqrt(variance[0]) == pytest.approx(expected, rel=0.02)


def test_rare_hits_are_not_tested():
    one, other = (ClusterSums.of(np.eye(1, n, 0)[0], np.ones(n)) for n in (40, 400))
    found = share_difference(one, other)
    assert not found.tested[0]
    assert np.isnan(found.p_value[0])
    assert found.low[0] < found.difference[0] < found.high[0]
