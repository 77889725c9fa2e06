"""The one scoring rule, by hand, and that its memberships are chances."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.cluster import DiagonalMixture, KMeans
from segmentation_lib.cluster.scoring_rule import ScoringRule, nearest_centre_rule
from segmentation_lib.stats import match_groups, shared_rows
from tests.calibration.worlds import equal_groups, unequal_groups

TWO = ScoringRule(
    points=np.array([[0.0, 0.0], [3.0, 1.0]]),
    precisions=np.array([[1.0, 2.0], [0.5, 0.25]]),
    offsets=np.array([0.0, -1.0]),
    log_weights=np.zeros(2),
    sharpness=0.5,
)


def test_distances_and_memberships_by_hand():
    X = np.array([[1.0, 1.0], [3.0, 1.0]])
    expected = [[1 + 2, 0.5 * 4 - 1], [9 + 2, -1]]
    assert TWO.distances(X).tolist() == expected
    assert TWO.assign(X).tolist() == [1, 1]
    share = 1 / (1 + np.exp(-(3 - 1) / 2))
    assert TWO.membership(X)[0] == pytest.approx([1 - share, share], rel=1e-12)


def test_around_centres_the_nearest_wins_and_shares_weigh_the_membership():
    rule = ScoringRule.around(np.array([[0.0], [2.0]]), np.array([0.8, 0.2]), 0.5)
    assert rule.nearest_centre
    assert rule.assign(np.array([[0.9], [1.1]])).tolist() == [0, 1]
    # In the middle, only the shares count.
    assert rule.membership(np.array([[1.0]]))[0] == pytest.approx([0.8, 0.2])


def test_rule_of_the_nearest_centre_takes_shares_and_variance_from_the_rows():
    X = np.array([[0.0], [2.0], [9.0], [11.0], [10.0]])
    rule = nearest_centre_rule(X, np.array([[1.0], [10.0]]))
    assert np.exp(rule.log_weights) == pytest.approx([0.4, 0.6])
    assert 1 / (2 * rule.sharpness) == pytest.approx((1 + 1 + 1 + 1 + 0) / (5 - 2))


def test_fast_assignment_is_the_smallest_distance():
    rng = np.random.default_rng(3)
    rule = ScoringRule(
        rng.normal(size=(5, 7)), rng.uniform(0, 4, (5, 7)), rng.normal(size=5), np.zeros(5), 0.5
    )
    X = rng.normal(size=(500, 7))
    assert (rule.assign(X) == rule.distances(X).argmin(axis=1)).all()


def test_groups_in_another_order_score_the_same():
    X = np.random.default_rng(4).normal(size=(50, 2)) * 3
    turned = TWO.take(np.array([1, 0]))
    assert (turned.assign(X) == 1 - TWO.assign(X)).all()
    assert turned.membership(X)[:, ::-1] == pytest.approx(TWO.membership(X))


def test_a_membership_too_faint_to_tell_still_sums_to_one():
    far = TWO.membership(np.array([[1e4, 1e4], [-1e4, 3.0]]))
    assert far.sum(axis=1) == pytest.approx([1, 1])
    assert far.min() == pytest.approx(np.exp(-60), rel=1e-6)


def reliability(membership: np.ndarray, truth: np.ndarray, labels: np.ndarray) -> float:
    """Mean gap of the largest membership and the share that is right, over ten equal bins."""
    k = membership.shape[1]
    matched = match_groups(shared_rows(truth, labels, k, k))
    right = matched[truth] == labels
    sure = membership[np.arange(len(labels)), labels]
    bins = np.array_split(np.argsort(sure, kind="stable"), 10)
    return float(np.mean([abs(sure[rows].mean() - right[rows].mean()) for rows in bins]))


@pytest.mark.parametrize(
    ("algorithm", "make"),
    [
        (KMeans(), equal_groups(4, 3.0)),
        (KMeans(), equal_groups(4, 4.0, d=12)),
        (DiagonalMixture(), equal_groups(4, 3.0)),
        (DiagonalMixture(), unequal_groups(4, 4.0)),
    ],
)
def test_memberships_are_reliable_on_planted_groups(algorithm, make):
    gaps = []
    for seed in range(3):
        world = make(np.random.default_rng(seed))
        fit = algorithm.fit(world.points, 4, seed=np.random.SeedSequence(seed), starts=10)
        rule = getattr(fit, "rule", None) or nearest_centre_rule(world.points, fit.centres)
        gaps.append(reliability(rule.membership(world.points), world.truth, fit.labels))
    assert np.mean(gaps) < 0.05
