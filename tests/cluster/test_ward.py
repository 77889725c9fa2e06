"""Ward's method on all rows, and from a sample."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.cluster import Ward
from segmentation_lib.cluster.ward import ward_centres
from segmentation_lib.stats import adjusted_rand, group_means
from tests.calibration.worlds import equal_groups, planted

SEED = np.random.SeedSequence(1)


def test_six_points_by_hand():
    X = np.array([[0.0], [1.0], [10.0], [11.0], [12.0], [30.0]])
    assert sorted(ward_centres(X, 3).ravel()) == [0.5, 11.0, 30.0]
    found = Ward().fit(X, 3, seed=SEED)
    assert found.labels.tolist() == [1, 1, 0, 0, 0, 2]
    assert found.centres.ravel().tolist() == [11.0, 0.5, 30.0]


@pytest.mark.parametrize("name", ["iris", "blobs3", "overlap4"])
@pytest.mark.parametrize("k", [2, 3, 4])
def test_agrees_with_r(shared, name, k):
    reference = shared / "reference" / "inputs"
    X = pd.read_csv(reference / f"{name}.csv").to_numpy(float)
    theirs = pd.read_csv(reference / "labels" / f"{name}_labels.csv")[f"ward{k}"].to_numpy() - 1
    ours = ward_centres(X, k)
    expected = group_means(X, theirs, k)
    assert sorted(map(tuple, ours.round(6))) == sorted(map(tuple, expected.round(6)))


def test_planted_groups_are_found_from_a_sample():
    world = equal_groups(4, 5.0)(np.random.default_rng(0))
    assert adjusted_rand(world.truth, Ward().fit(world.points, 4, seed=SEED).labels) > 0.93
    many = planted((0.4, 0.3, 0.2, 0.1), 5.0, n=9000)(np.random.default_rng(1))
    found = Ward(sample_size=800).fit(many.points, 4, seed=SEED)
    assert len(found.labels) == 9000
    assert (found.assign(many.points) == found.labels).all()
    assert adjusted_rand(many.truth, found.labels) > 0.9
    again = Ward(sample_size=800).fit(many.points, 4, seed=SEED)
    assert (again.labels == found.labels).all()


def test_equal_rows_give_fewer_groups_and_no_error():
    found = Ward().fit(np.repeat([[0.0], [1.0]], 5, axis=0), 3, seed=SEED)
    assert np.bincount(found.labels).tolist() == [5, 5]
