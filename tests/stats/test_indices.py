"""Silhouette, Davies-Bouldin index and explained share against other people's values."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import (
    davies_bouldin_score,
    pairwise_distances,
    silhouette_samples,
    silhouette_score,
)

from segmentation_lib.stats import davies_bouldin, explained_share, group_means, silhouette
from segmentation_lib.stats.indices import pair_separation, silhouette_widths

SETS = ("iris", "blobs3", "overlap4", "null_gauss", "null_corr", "binary")


@pytest.mark.parametrize("name", SETS)
def test_reference_values_of_every_labelling(reference, name):
    X = reference.matrix(name)
    for labelling, expected in reference.expected("indices")[name].items():
        labels = reference.labels(name, labelling)
        width, compact = silhouette(X, labels), davies_bouldin(X, labels)
        assert width.mean == pytest.approx(expected["silhouette_mean"], rel=1e-6)
        assert width.by_group == pytest.approx(expected["silhouette_by_cluster"], rel=1e-6)
        assert compact.index == pytest.approx(expected["davies_bouldin_q1"], rel=1e-6)
        share = expected["between_ss"] / expected["total_ss"]
        assert explained_share(X, labels) == pytest.approx(share, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("name", SETS)
def test_equal_to_scikit_learn(reference, name):
    X, labels = reference.matrix(name), reference.labels(name, "km3")
    assert silhouette(X, labels).mean == pytest.approx(silhouette_score(X, labels), abs=1e-9)
    assert davies_bouldin(X, labels).index == pytest.approx(
        davies_bouldin_score(X, labels), abs=1e-9
    )


def test_silhouette_of_four_points_by_hand():
    X = np.array([[0.0], [1.0], [10.0], [12.0]])
    found = silhouette(X, np.array([0, 0, 1, 1]))
    # Own distance 1, 1, 2, 2; distance to the other group 11, 10, 9.5, 11.5.
    widths = [1 - 1 / 11, 1 - 1 / 10, 1 - 2 / 9.5, 1 - 2 / 11.5]
    assert found.mean == pytest.approx(np.mean(widths))
    assert found.by_group == pytest.approx([np.mean(widths[:2]), np.mean(widths[2:])])
    assert found.below_zero.tolist() == [0.0, 0.0]
    assert found.rows == 4


def test_rows_nearer_to_another_group_are_counted():
    X = np.array([[0.0], [1.0], [9.0], [10.0], [12.0]])
    found = silhouette(X, np.array([0, 0, 0, 1, 1]))
    # The row at 9 is 8.5 from its own group and 2 from the other.
    assert found.below_zero == pytest.approx([1 / 3, 0.0])


@pytest.mark.parametrize("name", SETS)
def test_widths_from_distances_equal_scikit_learn(reference, name):
    X, labels = reference.matrix(name)[:300], reference.labels(name, "km3")[:300]
    widths = silhouette_widths(pairwise_distances(X), labels)
    assert widths == pytest.approx(silhouette_samples(X, labels), abs=1e-9)


def test_a_group_of_one_row_has_width_zero():
    widths = silhouette_widths(pairwise_distances([[0.0], [1.0], [9.0]]), np.array([4, 4, 7]))
    assert widths == pytest.approx([8 / 9, 7 / 8, 0.0])


def test_separation_of_pairs_by_hand():
    X = np.array([[0.0, 0.0], [2.0, 0.0], [10.0, 0.0], [10.0, 4.0]])
    separation = pair_separation(X, np.array([0, 0, 1, 1]))
    # Centres (1, 0) and (10, 2); squares 2 + 8 over 2 degrees of freedom and 2 features.
    assert separation[0, 1] == pytest.approx(np.sqrt(85) / np.sqrt(2.5))
    assert separation[1, 0] == separation[0, 1]
    assert np.isinf(separation.diagonal()).all()
    assert np.isinf(pair_separation(X, np.array([0, 0, 2, 2]))[1]).all()


def test_separation_of_round_groups_is_their_distance_in_deviations(four_groups):
    X, truth = four_groups(8000, 5, 4.0, 1)
    apart = pair_separation(X, truth)[np.triu_indices(4, 1)]
    assert apart == pytest.approx([4.0] * 6, abs=0.1)


def test_silhouette_of_a_sample_says_its_size_and_comes_near(four_groups):
    X, truth = four_groups(2000, 4, 5.0, 1)
    whole, part = silhouette(X, truth), silhouette(X, truth, sample_size=600, seed=3)
    assert (whole.rows, part.rows) == (2000, 600)
    assert part.mean == pytest.approx(whole.mean, abs=0.02)
    assert part.mean == silhouette(X, truth, sample_size=600, seed=3).mean


def test_a_sample_without_the_small_group_has_no_silhouette():
    X = np.arange(1000.0)[:, None]
    labels = (np.arange(1000) == 999).astype(np.int64)
    found = silhouette(X, labels, sample_size=10, seed=1)
    assert np.isnan(found.mean)
    assert np.isnan(found.by_group).all()


def test_davies_bouldin_names_the_worst_pair():
    X = np.array([[0.0], [2.0], [5.0], [7.0], [100.0], [104.0]])
    found = davies_bouldin(X, np.array([2, 2, 0, 0, 1, 1]))
    # Spreads 1, 1, 2; the two near centres are 5 apart, the far one 96 from the nearer.
    assert found.worst_pair == (0, 2)
    assert found.worst_ratio == pytest.approx(2 / 5)
    assert found.index == pytest.approx((2 / 5 + 2 / 5 + 3 / 96) / 3)


def test_equal_centres_are_infinitely_bad():
    X = np.array([[-1.0], [1.0], [-2.0], [2.0]])
    assert davies_bouldin(X, np.array([0, 0, 1, 1])).index == np.inf


def test_explained_share_of_constant_data_is_none():
    assert explained_share(np.ones((4, 2)), np.array([0, 0, 1, 1])) == 0.0


def test_group_means_leave_an_empty_group_open():
    means = group_means(np.array([[1.0, 2.0], [3.0, 6.0]]), np.array([2, 2]), 3)
    assert np.isnan(means[:2]).all()
    assert means[2].tolist() == [2.0, 4.0]


@pytest.mark.parametrize("labels", [[0, 0, 0], [0, 1, 2]])
def test_one_group_or_only_single_rows_is_refused(labels):
    with pytest.raises(ValueError, match="must be 2 to 2 groups"):
        silhouette(np.eye(3), np.array(labels))
