"""Valleys between groups: exact counts by hand, one mode without a valley, two modes with one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from segmentation_lib.cluster import KMeans
from segmentation_lib.stats.valley import (
    Valleys,
    deepest_cut,
    gabriel_pairs,
    valley_p_value,
    valleys,
)


def _fit(X, k, seed=0):
    return KMeans().fit(X, k, seed=np.random.SeedSequence(seed), starts=3).labels


def _line(*parts):
    """Rows on a line: (position, how many)."""
    return np.concatenate([np.full(count, position) for position, count in parts])[:, None]


def _depths(pairs, depth):
    n = len(pairs)
    ends, windows = np.zeros((n, 2, 1)), np.zeros((n, 6), int)
    return Valleys(np.array(pairs), ends, np.ones(n), windows, np.array(depth, float))


def _brute_depth(X, labels, a, b):
    """The definition, window by window."""
    ends = [X[labels == g].mean(axis=0) for g in (a, b)]
    line = ends[1] - ends[0]
    length = np.sqrt(line @ line)
    along = (X - ends[0]) @ line / length
    off = np.sqrt(np.maximum(((X - ends[0]) ** 2).sum(axis=1) - along**2, 0))
    inside = off <= np.quantile(off[(labels == a) | (labels == b)], 0.9)
    t = along[inside] / length
    best = -np.inf
    for w in (0.2, 0.3, 0.4):
        for at_a in (-0.3, -0.15, 0, 0.15, 0.3):
            for at_b in (0.7, 0.85, 1, 1.15, 1.3):
                for step in range(40):
                    v = at_a + w + 0.05 * step
                    if v > at_b - w + 1e-9:
                        break
                    count = [
                        ((t >= c - w / 2 - 1e-12) & (t < c + w / 2 - 1e-12)).sum()
                        for c in (at_a, v, at_b)
                    ]
                    side = min(count[0], count[2])
                    best = max(best, (side - count[1]) / np.sqrt(side + count[1] + 1))
    return best


def test_neighbours_have_no_third_centre_between_them():
    corners = np.array([[0.0, 0.0], [2.0, 0.0], [1.0, 0.1], [1.0, 5.0]])
    assert gabriel_pairs(corners).tolist() == [[0, 2], [1, 2], [2, 3]]
    twice = np.array([[0.0], [0.0], [np.nan], [1.0]])
    assert gabriel_pairs(twice).tolist() == [[0, 3], [1, 3]]


def test_depth_of_a_clean_gap_is_counted_exactly():
    # 30 rows at each end and none between: z = 30 / sqrt(31) in the windows around the ends.
    X = _line((0.0, 30), (1.0, 30))
    found = valleys(X, np.repeat([0, 1], 30))
    assert found.depth.tolist() == [pytest.approx(30 / np.sqrt(31))]
    depth, across = deepest_cut(found)
    assert depth == found.depth[0]
    assert across.tolist() == [True]


@pytest.mark.parametrize("seed", range(3))
def test_depth_is_the_best_over_all_windows(four_groups, seed):
    X, _ = four_groups(400, 3, 3.0, seed)
    labels = _fit(X, 4)
    found = valleys(X, labels)
    brute = [_brute_depth(X, labels, a, b) for a, b in found.pairs]
    assert found.depth == pytest.approx(brute)


def test_the_cut_runs_where_the_weakest_valley_is_deepest():
    # Joined in the order 2-3, 0-1, so the last two sides are {0, 1} and {2, 3}, at depth 3.
    found = _depths([[0, 1], [1, 2], [2, 3], [0, 3]], [2.0, 3.0, 1.0, 5.0])
    depth, across = deepest_cut(found)
    assert depth == 3.0
    assert across.tolist() == [False, True, False, True]


def test_one_group_has_no_valley():
    found = valleys(np.arange(5.0)[:, None], np.zeros(5, dtype=np.int64))
    depth, across = deepest_cut(found)
    assert depth == -np.inf
    assert len(across) == 0


def test_p_value_is_the_worse_of_two_exact_binomial_tests():
    found = valleys(_line((0.0, 30), (1.0, 30)), np.repeat([0, 1], 30))
    # The first of equally clear windows: around 0, 0.2 and 1, each 0.2 wide.
    assert found.windows.tolist() == [[8, 12, 12, 16, 28, 32]]
    new = _line((0.0, 12), (0.2, 5), (0.5, 50), (1.0, 9))
    p = valley_p_value(new, found, np.array([True]))
    assert p == pytest.approx(binom.sf(8, 14, 0.5))
    assert p > binom.sf(11, 17, 0.5)
    assert valley_p_value(_line((0.2, 20)), found, np.array([True])) == 1.0


def test_all_valleys_across_a_cut_have_to_be_there():
    X = _line((0.0, 40), (1.0, 40), (2.0, 40))
    found = valleys(X, np.repeat([0, 1, 2], 40))
    assert found.pairs.tolist() == [[0, 1], [1, 2]]
    bridged = _line((0.0, 40), (1.0, 40), (2.0, 40), *[(1.0 + 0.05 * i, 30) for i in range(1, 20)])
    each = [valley_p_value(bridged, found, np.arange(2) == place) for place in range(2)]
    assert each[0] < 1e-6
    assert each[1] > 0.5
    assert valley_p_value(bridged, found, np.ones(2, dtype=bool)) == max(each)


def test_held_out_p_values_keep_their_level_on_one_mode():
    p_values = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        X = rng.normal(size=(400, 3)) @ (np.eye(3) + 0.4 * rng.normal(size=(3, 3)))
        found = valleys(X[:200], _fit(X[:200], 2, seed))
        p_values.append(valley_p_value(X[200:], found, deepest_cut(found)[1]))
    assert (np.array(p_values) <= 0.05).sum() <= 3
    assert np.median(p_values) > 0.5


def test_held_out_p_value_finds_two_groups(four_groups):
    X, _ = four_groups(800, 4, 5.0, 3)
    found = valleys(X[:400], _fit(X[:400], 4))
    assert valley_p_value(X[400:], found, deepest_cut(found)[1]) < 0.01
