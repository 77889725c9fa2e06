"""Seeds that branch, and samples of rows."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from segmentation_lib.stats.arrays import one_thread, sample_rows, spawn_seeds


def test_spawned_seeds_depend_on_seed_and_place_only():
    short, long = spawn_seeds((3, 1), 2), spawn_seeds((3, 1), 5)
    states = [branch.generate_state(1)[0] for branch in long]
    assert [branch.generate_state(1)[0] for branch in short] == states[:2]
    assert len(set(states)) == 5
    assert spawn_seeds((3, 2), 1)[0].generate_state(1)[0] not in states


@pytest.mark.parametrize("size", [None, 10, 11])
def test_a_sample_as_large_as_the_data_is_all_rows(size):
    assert sample_rows(10, size, seed=1).tolist() == list(range(10))


def test_a_sample_is_distinct_ascending_and_seeded():
    rows = sample_rows(1000, 100, seed=1)
    assert len(rows) == 100
    assert (np.diff(rows) > 0).all()
    assert rows[0] >= 0
    assert rows[-1] < 1000
    assert rows.tolist() == sample_rows(1000, 100, seed=1).tolist()
    assert rows.tolist() != sample_rows(1000, 100, seed=2).tolist()


def test_one_thread_holds_every_library():
    with one_thread():
        assert {library["num_threads"] for library in threadpool_info()} == {1}
