"""k-means: the known optimum, one numbering, and no dependence on threads."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from segmentation_lib.cluster import KMeans
from segmentation_lib.cluster.kmeans import nearest_centre

SEED = np.random.SeedSequence(1)


@pytest.mark.parametrize("source", ["R", "sklearn"])
def test_the_best_known_sum_of_squares_is_reached(shared, source):
    expected = json.loads((shared / f"reference/expected/starts_{source}.json").read_text())
    for name, values in expected.items():
        data, k = name.rsplit("_k", 1)
        X = pd.read_csv(shared / f"reference/inputs/{data}.csv").to_numpy(float)
        found = KMeans().fit(X, int(k), seed=SEED, starts=20)
        assert found.inertia == pytest.approx(values["best_sse"], rel=1e-3)


def test_groups_are_numbered_by_size_then_centre():
    X = np.array([[9.0], [9.1], [0.0], [0.1], [0.2], [5.0], [5.1]])
    found = KMeans().fit(X, 3, seed=SEED, starts=5)
    assert found.labels.tolist() == [2, 2, 0, 0, 0, 1, 1]
    assert found.centres[:, 0] == pytest.approx([0.1, 5.05, 9.05])
    assert found.inertia == pytest.approx(0.02 + 0.005 + 0.005)
    assert found.assign(np.array([[8.0], [-3.0], [4.0]])).tolist() == [2, 0, 1]


def test_the_same_for_a_seed_whatever_the_threads():
    X = np.random.default_rng(1).normal(size=(3000, 6))
    runs = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            runs.append(KMeans().fit(X, 5, seed=SEED, starts=3))
    assert (runs[0].centres == runs[1].centres).all()
    assert (runs[0].labels == runs[1].labels).all()


def test_a_sample_is_polished_on_all_rows():
    rng = np.random.default_rng(2)
    X = np.vstack([rng.normal(0, 1, (4000, 3)), rng.normal(5, 1, (2000, 3))])
    whole = KMeans().fit(X, 2, seed=SEED, starts=3)
    sampled = KMeans(sample_size=500).fit(X, 2, seed=SEED, starts=3)
    assert len(sampled.labels) == 6000
    assert sampled.inertia == pytest.approx(whole.inertia, rel=1e-6)
    assert sampled.centres == pytest.approx(whole.centres, abs=1e-3)


def test_fewer_distinct_rows_than_groups_is_no_error():
    X = np.repeat([[0.0], [1.0]], 10, axis=0)
    labels = KMeans().fit(X, 3, seed=SEED, starts=2).labels
    assert sorted(np.bincount(labels, minlength=3)) == [0, 10, 10]


def test_a_tie_goes_to_the_lower_number():
    centres = np.array([[1.0, 0.0], [-1.0, 0.0]])
    assert nearest_centre(np.array([[0.0, 3.0]]), centres).tolist() == [0]
