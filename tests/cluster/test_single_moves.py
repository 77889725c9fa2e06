"""The end of a descent: no row gains by changing its group alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segmentation_lib.cluster.descent import Gait, descend
from segmentation_lib.cluster.nearest import LaidOut
from segmentation_lib.cluster.single_moves import settle


def _inertia(X, labels):
    groups = [X[labels == label] for label in np.unique(labels)]
    return sum(((group - group.mean(axis=0)) ** 2).sum() for group in groups)


def test_a_row_moves_where_the_nearest_centre_would_leave_it():
    # Group {0, 0, 6} has mean 2 and {11} has 11: 6 is nearer to 2 (4 < 5), yet the sum of squares
    # falls from 24 to 12.5 when it moves.
    X = np.array([[0.0], [0.0], [6.0], [11.0]])
    found = settle(X, np.array([[2.0], [11.0]]))
    assert found.labels.tolist() == [0, 0, 1, 1]
    assert found.inertia == pytest.approx(12.5)
    assert found.centres[:, 0] == pytest.approx([0.0, 8.5])


def test_no_single_move_lowers_the_sum_of_squares():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(60, 3))
    found = settle(X, X[:4])
    assert found.inertia == pytest.approx(_inertia(X, found.labels))
    for row in range(60):
        for group in range(4):
            labels = found.labels.copy()
            labels[row] = group
            assert _inertia(X, labels) >= found.inertia - 1e-9


def test_an_empty_group_takes_the_row_that_gains_most():
    X = np.array([[0.0], [1.0], [9.0]])
    found = settle(X, np.array([[0.5], [100.0]]))
    assert sorted(np.bincount(found.labels).tolist()) == [1, 2]
    assert found.inertia == pytest.approx(0.5)


def test_a_descent_ranks_its_sets_and_weights_stand_for_repeated_rows():
    rng = np.random.default_rng(2)
    X = np.vstack([rng.normal(size=(50, 2)), rng.normal(size=(50, 2)) + 8.0])
    counts = rng.integers(1, 4, 100)
    good, poor = X[[0, 60]], X[[0, 1]]
    gait = Gait(rounds=1, moves_from=None)
    repeated = LaidOut.of(np.repeat(X, counts, axis=0))
    sets, inertia = descend(repeated, np.array([poor, good]), gait)
    assert inertia[0] < inertia[1]
    assert sets[0][0] == pytest.approx(np.average(X[:50], axis=0, weights=counts[:50]), abs=1e-5)
    weighted = LaidOut.of(X, counts.astype(float))
    again, value = descend(weighted, np.array([poor, good]), gait)
    assert again == pytest.approx(sets, abs=1e-5)
    assert value == pytest.approx(inertia, rel=1e-5)


def test_a_tie_is_given_to_one_group_only():
    X = np.array([[-1.0], [0.0], [1.0]])
    sets, inertia = descend(
        LaidOut.of(X), np.array([[[-1.0], [1.0]]]), Gait(rounds=1, moves_from=None)
    )
    # The middle row belongs to the first of the two, so the means are -0.5 and 1.
    assert sets[0, :, 0] == pytest.approx([-0.5, 1.0])
    assert inertia[0] == pytest.approx(0.5)


def test_only_the_better_half_of_the_sets_goes_on():
    X = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    # The second pair of centres has the rows 3 to 1, and would reach the optimum in a few rounds.
    sets = np.array([[[-1.5], [1.5]], [[0.9], [3.0]]])
    plain = Gait(rounds=6, moves_from=None)
    assert descend(LaidOut.of(X), sets, plain)[1].tolist() == [1.0, 1.0]
    kept, inertia = descend(LaidOut.of(X), sets, replace(plain, halved_at=(0,)))
    assert inertia.tolist() == pytest.approx([1.0, 14 / 3])
    assert kept[1].ravel().tolist() == pytest.approx([-2 / 3, 2.0])
