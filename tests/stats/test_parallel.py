"""The same work for many seeds: in order, and the same digits on one core, threads or processes."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from segmentation_lib.stats.arrays import spawn_seeds
from segmentation_lib.stats.parallel import map_rows, map_seeds


def _draw(seed):
    return float(np.random.default_rng(seed).normal())


EXPECTED = [_draw(seed) for seed in spawn_seeds(3, 5)]


def test_results_come_in_the_order_of_the_seeds():
    assert map_seeds(_draw, spawn_seeds(3, 5)) == EXPECTED


@pytest.mark.parametrize("rows", [10, 100_000])
def test_one_worker_stays_in_the_calling_thread(rows):
    found = map_rows(lambda _: threading.get_ident(), spawn_seeds(1, 2), rows=rows)
    assert set(found) == {threading.get_ident()}


def test_many_rows_are_shared_by_threads_without_a_copy():
    seen = []

    def work(seed):
        seen.append(threading.get_ident())
        return _draw(seed)

    assert map_rows(work, spawn_seeds(3, 5), rows=100_000, workers=2) == EXPECTED
    assert len(seen) == 5
    assert threading.get_ident() not in seen


def test_few_rows_go_to_processes_with_the_same_result():
    assert map_rows(_draw, spawn_seeds(3, 5), rows=10, workers=2) == EXPECTED
