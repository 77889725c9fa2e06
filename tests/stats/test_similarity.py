"""Shadow values, similarities and borders: by hand, and as R computes them."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.stats.indices import group_means
from segmentation_lib.stats.similarity import (
    border_distance,
    shadow_similarity,
    shadow_values,
)

SETS = ("iris", "blobs3", "overlap4", "null_gauss", "null_corr", "binary")


@pytest.mark.parametrize("name", SETS)
def test_every_value_is_the_one_of_flexclust(reference, name):
    expected = reference.expected("profile")[name]
    k, X = expected["k"], reference.matrix(name)
    labels = reference.labels(name, expected["labels"])
    centres = group_means(X, labels, k)
    shadow = shadow_values(X, centres, labels)
    by_group = [shadow.values[labels == group].mean() for group in range(k)]
    np.testing.assert_allclose(by_group, expected["shadow_mean_by_cluster"], rtol=1e-6)
    assert shadow.values.mean() == pytest.approx(expected["shadow_mean"], rel=1e-6)
    neighbours = np.bincount(shadow.neighbour, minlength=k)
    assert neighbours.tolist() == expected["second_closest"]
    similar = shadow_similarity(shadow, labels, k)
    np.testing.assert_allclose(similar, expected["cluster_similarity_shadow"], atol=1e-9)
    np.testing.assert_allclose(
        (similar + similar.T) / 2, expected["cluster_similarity_shadow_symmetric"], atol=1e-9
    )


CENTRES = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 30.0]])


def test_shadow_values_run_from_the_centre_to_the_border():
    X = np.array([[0.0, 0.0], [3.0, 0.0], [5.0, 0.0], [0.0, 27.0]])
    shadow = shadow_values(X, CENTRES, np.array([0, 0, 1, 2]))
    np.testing.assert_allclose(shadow.values, [0, 2 * 3 / 10, 1, 2 * 3 / 30])
    assert shadow.neighbour.tolist() == [1, 1, 0, 0]


def test_a_row_past_its_border_counts_as_on_it():
    shadow = shadow_values(np.array([[9.0, 0.0]]), CENTRES, np.array([0]))
    assert shadow.values.tolist() == [1.0]
    assert shadow.neighbour.tolist() == [1]


def test_a_row_on_two_equal_centres_is_on_the_border():
    shadow = shadow_values(np.zeros((1, 2)), np.zeros((2, 2)), np.array([0]))
    assert shadow.values.tolist() == [1.0]


def test_similarity_of_groups_sums_the_shadows_of_the_neighbour():
    X = np.array([[3.0, 0.0], [0.0, 12.0], [10.0, 0.0]])
    labels = np.array([0, 0, 1])
    similar = shadow_similarity(shadow_values(X, CENTRES, labels), labels, 3)
    own, other = 12.0, np.hypot(10, 12)
    np.testing.assert_allclose(
        similar, [[1, (0.6 + 2 * own / (own + other)) / 2, 0], [0, 1, 0], [0, 0, 1]]
    )


def test_borders_are_half_way_between_centres():
    X = np.array([[0.0, 0.0], [7.0, 0.0], [0.0, 15.0], [-4.0, 0.0]])
    inside = border_distance(X, CENTRES)
    np.testing.assert_allclose(inside[0, :2], [5, -5])
    np.testing.assert_allclose(inside[1, :2], [-2, 2])
    assert inside[2, 0] == pytest.approx(0)
    assert inside[3, 0] == pytest.approx(9)
    assert ((inside > 0).sum(axis=1) <= 1).all()


def test_borders_grow_with_the_units_of_the_data():
    X = np.random.default_rng(4).normal(size=(50, 2)) * 8
    np.testing.assert_allclose(border_distance(3 * X, 3 * CENTRES), 3 * border_distance(X, CENTRES))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: shadow_values(np.ones((2, 2)), np.ones((1, 2)), np.zeros(2, int)), "1 group"),
        (lambda: shadow_values(np.ones((2, 2)), CENTRES, np.zeros(3, int)), "3 labels for 2 rows"),
        (lambda: shadow_values(np.ones((2, 3)), CENTRES, np.zeros(2, int)), "the same columns"),
        (lambda: border_distance(np.ones((2, 2)), CENTRES[:1]), "1 centre"),
    ],
)
def test_what_cannot_be_compared_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
