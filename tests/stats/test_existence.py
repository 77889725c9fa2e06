"""The two existence tests: exact ranks, power on planted groups, silence on one crowd."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import davies_bouldin_score, silhouette_score

from segmentation_lib.cluster import KMeans
from segmentation_lib.stats.existence import EXISTENCE_KS, gap_test, structure_test
from segmentation_lib.stats.null_study import MEASURES, NullStudy, null_study


def _study(X, seed=1, draws=19, ks=EXISTENCE_KS, **options):
    options.setdefault("silhouette_rows", 0)
    return null_study(X, KMeans(), ks=ks, seed=seed, draws=draws, **options)


def _hand(depth, within, null_depth, null_within):
    """A study of two numbers of groups whose other measures are not looked at."""
    draws = len(null_depth)
    observed, null = np.zeros((len(MEASURES), 2)), np.zeros((draws, len(MEASURES), 2))
    observed[0], observed[1] = depth, within
    null[:, 0], null[:, 1] = null_depth, null_within
    return NullStudy((2, 3), observed, null, rows=100, silhouette_rows=0)


def test_both_ranks_are_exact_and_the_worse_one_counts():
    null_depth = [[0.0, 1.0], [2.0, 0.0], [5.0, 0.0], [1.0, 1.0]]
    null_within = np.tile([[1.0, 2.0], [1.1, 1.9]], (2, 1))
    test = structure_test(_hand([3.0, -1.0], [1.0, 9.0], null_depth, null_within), ks=(2, 3))
    # The deepest valley of the data is 3; one draw of four has a deeper one.
    assert (test.valley_depth, test.valley_p) == (3.0, 2 / 5)
    assert test.explained_p == 1 / 5
    assert (test.p_value, test.draws, test.rows) == (2 / 5, 4, 100)


def test_planted_groups_have_structure_and_gaps(four_groups):
    X, _ = four_groups(600, 5, 5.0, 1)
    assert structure_test(_study(X)).p_value == 0.05
    gaps = gap_test(X, KMeans(), seed=1)
    assert gaps.p_value < 0.01
    assert (len(gaps.p_values), gaps.rows) == (10, 600)


@pytest.mark.parametrize("kind", ["gauss", "lognormal", "uniform", "heavy tails"])
def test_one_crowd_has_neither(population, kind):
    crowd = population(kind, 500, 5, np.random.default_rng(7))
    X = np.log1p(crowd - crowd.min(axis=0))
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    assert structure_test(_study(X)).p_value > 0.05
    assert gap_test(X, KMeans(), seed=1).p_value > 0.2


def test_gap_is_twice_the_median_and_at_most_one(four_groups):
    X, _ = four_groups(300, 3, 2.0, 1)
    found = gap_test(X, KMeans(), seed=2, splits=3)
    assert len(found.p_values) == 6
    assert found.p_value == min(1.0, 2 * np.median(found.p_values))


@pytest.mark.slow
def test_results_do_not_depend_on_workers(four_groups):
    X, _ = four_groups(200, 3, 3.0, 1)
    one, two = (_study(X, draws=4, silhouette_rows=100, workers=w) for w in (1, 2))
    assert np.array_equal(one.null, two.null)
    assert np.array_equal(one.observed, two.observed)


def test_samples_are_of_the_size_that_is_said(four_groups):
    X, _ = four_groups(500, 3, 4.0, 1)
    study = _study(X, draws=2, sample_size=200, silhouette_rows=50)
    assert (study.rows, study.silhouette_rows) == (200, 50)
    assert gap_test(X, KMeans(), seed=1, sample_size=120).rows == 120
    assert np.isfinite(study.null).all()


def test_giving_up_changes_no_verdict_and_saves_draws(population):
    X = population("gauss", 300, 4, np.random.default_rng(2))
    short, whole = _study(X, draws=39, give_up=0.05), _study(X, draws=39)
    assert len(short.null) < 39
    assert np.array_equal(short.null, whole.null[: len(short.null)], equal_nan=True)
    assert structure_test(short).p_value > 0.05
    assert structure_test(whole).p_value > 0.05


def test_measures_are_those_of_the_indices_on_the_same_labels(four_groups):
    X, _ = four_groups(300, 3, 6.0, 1)
    study = _study(X, draws=1, ks=(4,), silhouette_rows=300)
    values = dict(zip(MEASURES, study.observed[:, 0], strict=True))
    labels = KMeans().fit(X, 4, seed=np.random.SeedSequence(0), starts=10).labels
    assert values["silhouette"] == pytest.approx(silhouette_score(X, labels))
    assert -values["davies_bouldin"] == pytest.approx(davies_bouldin_score(X, labels))
    assert values["separation"] == pytest.approx(6 / np.sqrt(2), abs=0.2)


def test_unknown_measures_and_numbers_of_groups_are_refused(four_groups):
    study = _study(four_groups(100, 3, 4.0, 1)[0], draws=1, ks=(2, 3))
    with pytest.raises(ValueError, match="must be one of valley_depth"):
        study.curves("depth")
    with pytest.raises(ValueError, match=r"k = \[7\], must be among those tried: \[2, 3\]"):
        study.curves("log_within", [2, 7])


def test_few_distinct_rows_are_no_groups():
    X = np.tile([[0.0, 1.0], [1.0, 0.0]], (30, 1))
    study = _study(X, draws=3, ks=(2, 3))
    assert np.isfinite(study.observed[1]).all()
    same = _study(np.ones((40, 2)), draws=3, ks=(2,))
    assert structure_test(same, ks=(2,)).p_value == 1.0
