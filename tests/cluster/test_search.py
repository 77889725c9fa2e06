"""The search: false optima are left, nothing found is lost, and the race keeps the best."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.cluster.descent import Gait, descend
from segmentation_lib.cluster.nearest import LaidOut
from segmentation_lib.cluster.search import Ends, distinct, finish, race, search, shake


def _squares(groups: int = 4, each: int = 50) -> tuple[LaidOut, np.ndarray]:
    """Groups in the corners of a square, centred, and their means."""
    rng = np.random.default_rng(1)
    corners = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])[:groups]
    X = np.repeat(corners, each, axis=0) + 0.05 * rng.normal(size=(groups * each, 2))
    X -= X.mean(axis=0)
    return LaidOut.of(X), np.array([part.mean(axis=0) for part in np.split(X, groups)])


def _false_optimum(rows: LaidOut, means: np.ndarray) -> Ends:
    """Two corners share a centre, and another corner has two."""
    split = means[3] + [[0.05, 0.0], [-0.05, 0.0]]
    sets, inertia = descend(
        rows, np.vstack([means[:2].mean(axis=0), means[2], split])[None], Gait(rounds=20)
    )
    return Ends(sets, inertia, 0.0)


def _sum_of_squares(rows: LaidOut, centres: np.ndarray) -> float:
    X = rows.columns[:-2].T.astype(float)
    return float(((X[:, None] - centres) ** 2).sum(axis=2).min(axis=1).sum())


def test_a_planted_false_optimum_is_a_trap_for_descents_and_is_left_by_the_search():
    rows, means = _squares()
    trapped = _false_optimum(rows, means)
    best = _sum_of_squares(rows, means)
    assert trapped.inertia[0] > 20 * best
    # A descent alone stays where it is.
    again = descend(rows, trapped.sets, Gait(rounds=50))[1][0]
    assert again == pytest.approx(trapped.inertia[0], rel=1e-4)
    found = [
        search(rows, 4, 2, np.random.default_rng(seed), patience=6).inertia[0] for seed in range(20)
    ]
    assert np.mean(np.isclose(found, best, rtol=1e-3)) >= 0.9


def test_offspring_find_what_cold_starts_do_not():
    X = np.random.default_rng(3).normal(size=(600, 5))
    rows = LaidOut.of(X - X.mean(axis=0))
    ends = [
        search(rows, 5, 10, np.random.default_rng(seed), patience=patience)
        for seed in range(10)
        for patience in (0, 3)
    ]
    cold, searched = (np.array([end.inertia[0] for end in ends[side::2]]) for side in (0, 1))
    # With the same seed the generations begin with the same cold starts.
    assert (searched <= cold).all()
    assert searched.std() < cold.std() / 2
    assert (np.diff(ends[1].inertia) > 0).all()


def test_found_share_is_that_of_the_cold_starts():
    rows, _ = _squares(groups=2)
    assert search(rows, 2, 10, np.random.default_rng(1), patience=1).found_share == 1.0


def test_a_shaken_set_is_never_worse_and_what_is_found_is_true():
    X = np.random.default_rng(5).normal(size=(400, 4))
    rows = LaidOut.of(X - X.mean(axis=0))
    gained = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        starts = rng.normal(size=(3, 4, 4))
        before = Ends(*descend(rows, starts, Gait(rounds=8, moves_from=None)), 0.25)
        after = shake(rows, before, 10, rng)
        assert after.inertia[0] <= before.inertia[0]
        assert after.found_share == 0.25
        # Centres are means of slightly other groups than those of the nearest centre.
        exact = _sum_of_squares(rows, after.sets[0])
        assert after.inertia[0] == pytest.approx(exact, rel=2e-3)
        gained += after.inertia[0] < before.inertia[0] * (1 - 1e-5)
    assert gained >= 10


def test_shaking_leaves_the_best_alone():
    rows, means = _squares()
    ends = Ends(means[None], np.array([_sum_of_squares(rows, means)]), 1.0)
    after = shake(rows, ends, 5, np.random.default_rng(1))
    assert after.inertia[0] == pytest.approx(ends.inertia[0], rel=1e-4)
    order = np.lexsort(after.sets[0].T[::-1])
    assert after.sets[0][order] == pytest.approx(means[np.lexsort(means.T[::-1])], abs=1e-3)


@pytest.mark.parametrize("place", [0, 2, 5])
def test_the_race_on_all_rows_keeps_the_best_wherever_the_sample_ranked_it(place):
    rows, means = _squares()
    trap = _false_optimum(rows, means).sets[0]
    sets = np.array([trap + 0.01 * number for number in range(6)])
    sets[place] = means + 0.1
    # The sample sees all six nearly equal, and the best need not be the first.
    ends = race(rows, Ends(sets, 1 + 0.001 * np.arange(6), 0.5))
    assert ends.inertia[0] == pytest.approx(_sum_of_squares(rows, means), rel=1e-4)
    assert (np.diff(ends.inertia) >= 0).all()
    assert len(ends.sets) == 6
    assert ends.found_share == 0.5


def test_the_race_follows_only_those_within_reach_of_the_best():
    rows, means = _squares()
    sets = np.array([means, means + 0.1, means - 0.1])
    assert len(race(rows, Ends(sets, np.array([1.0, 1.04, 1.06]), 0.0)).sets) == 2


def test_distinct_keeps_one_of_each_optimum_in_order():
    sets = np.arange(5.0).reshape(5, 1, 1)
    kept, inertia = distinct(sets, np.array([3.0, 1.0, 2.0, 1.0 + 1e-9, 3.0]))
    assert kept.ravel().tolist() == [1.0, 2.0, 0.0]
    assert inertia.tolist() == [1.0, 2.0, 3.0]
    many = np.arange(40.0) + 1
    assert len(distinct(many.reshape(40, 1, 1), many)[0]) == 32


def test_finish_keeps_only_what_may_yet_be_the_best():
    rows, means = _squares()
    trap = _false_optimum(rows, means).sets[0]
    ends = finish(rows, Ends(np.array([means + 0.05, trap]), np.array([1.0, 2.0]), 0.0))
    assert len(ends.sets) == 1
    assert ends.sets[0] == pytest.approx(means, abs=1e-4)
