"""Weighted log-odds and the exact test of overuse, against small cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, fisher_exact

from segmentation_lib.stats.log_odds import (
    denser_use_p_values,
    overuse_p_values,
    weighted_log_odds,
)


def test_log_odds_worked_out_by_hand():
    ratio, z = weighted_log_odds(np.array([[8, 2]]), np.array([20, 30]), prior_weight=10)
    # Share of all 0.2, so the prior adds 2 users and 8 others to either side.
    own, rest = (10, 20), (4, 36)
    expected = np.log(own[0] / own[1]) - np.log(rest[0] / rest[1])
    error = np.sqrt(1 / 10 + 1 / 20 + 1 / 4 + 1 / 36)
    assert ratio[0, 0] == pytest.approx(expected)
    assert z[0, 0] == pytest.approx(expected / error)


def test_two_groups_mirror_each_other_and_equal_use_is_nought():
    ratio, z = weighted_log_odds(np.array([[5, 1], [10, 20]]), np.array([50, 100]))
    assert ratio[0, 0] == pytest.approx(-ratio[0, 1])
    assert np.abs(z[1]).max() == pytest.approx(0.0, abs=1e-12)


def test_a_stronger_prior_pulls_rare_words_in():
    users, sizes = np.array([[2, 0], [30, 10]]), np.array([50, 50])
    weak = weighted_log_odds(users, sizes, prior_weight=1)[0][:, 0]
    strong = weighted_log_odds(users, sizes, prior_weight=100)[0][:, 0]
    assert strong[0] < 0.2 * weak[0]
    assert strong[1] > 0.3 * weak[1]


def test_words_of_nobody_or_everybody_say_nothing():
    ratio, z = weighted_log_odds(np.array([[0, 0], [4, 6]]), np.array([4, 6]))
    assert ratio.tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert z.tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_one_group_has_no_rest():
    ratio, _ = weighted_log_odds(np.array([[3]]), np.array([10]))
    assert ratio.tolist() == [[0.0]]
    assert overuse_p_values(np.array([[3]]), np.array([10])).tolist() == [[1.0]]


def test_p_values_are_those_of_fisher():
    users, sizes = np.array([[9, 3, 2], [0, 4, 4]]), np.array([20, 30, 25])
    found = overuse_p_values(users, sizes)
    for word in range(2):
        for group in range(3):
            own, rest = users[word, group], users[word].sum() - users[word, group]
            cells = [[own, sizes[group] - own], [rest, 75 - sizes[group] - rest]]
            expected = fisher_exact(cells, alternative="greater")[1]
            assert found[word, group] == pytest.approx(expected)


@pytest.mark.parametrize("users", [np.array([[6, 1]]), np.array([[-1, 1]])])
def test_counts_that_cannot_be_are_refused(users: np.ndarray):
    with pytest.raises(ValueError, match="count each person once"):
        weighted_log_odds(users, np.array([5, 5]))


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="must be"):
        overuse_p_values(np.array([[1, 2, 3]]), np.array([5, 5]))


def test_users_are_expected_where_much_is_written():
    users, sizes = np.array([[9, 3], [0, 4]]), np.array([20, 30])
    found = denser_use_p_values(users, sizes, np.array([300, 100]))
    assert found[0, 0] == pytest.approx(binom.sf(8, 12, 0.75))
    assert found[0, 1] == pytest.approx(binom.sf(2, 12, 0.25))
    assert found[1, 0] == 1.0
    by_word = denser_use_p_values(users, sizes, np.array([[300, 100], [30, 90]]))
    assert by_word[0].tolist() == found[0].tolist()
    assert by_word[1, 1] == pytest.approx(0.75**4)


def test_fewer_words_than_users_are_refused():
    with pytest.raises(ValueError, match="count every word"):
        denser_use_p_values(np.array([[9, 3]]), np.array([20, 30]), np.array([8, 100]))
