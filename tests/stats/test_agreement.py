"""Agreement of two groupings, by hand and against other people's values."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.stats import (
    adjusted_rand,
    jaccard_table,
    match_groups,
    shared_rows,
)

SETS = ("iris", "blobs3", "overlap4", "null_gauss", "null_corr", "binary")


@pytest.mark.parametrize("name", SETS)
def test_reference_values_of_every_pair(reference, name):
    for pair, expected in reference.expected("agreement")[name].items():
        one, other = (reference.labels(name, labelling) for labelling in pair.split("|"))
        assert adjusted_rand(one, other) == pytest.approx(expected["ari"], rel=1e-6, abs=1e-9)
        table = jaccard_table(shared_rows(one, other, one.max() + 1, other.max() + 1))
        best = expected["max_jaccard_of_first_clusters"]
        assert table.max(axis=1) == pytest.approx(best, rel=1e-6)


def test_shared_rows_leave_out_rows_without_a_group():
    first = np.array([0, 0, 1, 1, -1, 0])
    second = np.array([1, 1, 0, 2, 0, -1])
    assert shared_rows(first, second, 2, 3).tolist() == [[0, 2, 0], [1, 0, 1]]


def test_jaccard_by_hand_and_of_nothing():
    assert jaccard_table(np.array([[3, 1], [0, 4]])).tolist() == [[0.75, 0.125], [0.0, 0.8]]
    assert jaccard_table(np.zeros((2, 2), dtype=np.int64)).tolist() == [[0, 0], [0, 0]]


def test_matching_maximises_the_sum_not_the_first_choice():
    assert match_groups(np.array([[10, 9], [9, 1]])).tolist() == [1, 0]


def test_more_groups_than_partners_leave_one_unmatched():
    assert match_groups(np.array([[5], [7], [1]])).tolist() == [-1, 0, -1]


def test_renumbered_groups_agree_fully():
    labels = np.array([0, 1, 2, 2, 1, 0, 2])
    shared = shared_rows(labels, np.array([2, 0, 1])[labels], 3, 3)
    matched = match_groups(shared)
    assert matched.tolist() == [2, 0, 1]
    assert jaccard_table(shared)[np.arange(3), matched].tolist() == [1, 1, 1]
