"""A difference counts where both intervals together leave it open no more."""

from __future__ import annotations

import numpy as np

from segmentation_lib.stats.beyond import clearly_more


def test_the_sides_that_face_each_other_decide():
    # A difference of 6 beside doubts of 3 and 4, together 5; of 3 and 5.5, together 6.3.
    found = clearly_more(10.0, 7.0, np.array([4.0, 4.0]), np.array([8.0, 9.5]))
    assert found.tolist() == [True, False]
    # Less is not more, and a missing end tells nothing.
    assert not clearly_more(1.0, 0.9, 5.0, 5.1)
    assert not clearly_more(10.0, np.nan, 4.0, 5.0)


def test_null_and_planted_difference():
    rng = np.random.default_rng(1)
    shown = np.zeros(2)
    for planted, shift in enumerate((0.0, 0.5)):
        one, other = rng.normal(shift, 1, (2000, 100)), rng.normal(0, 1, (2000, 100))
        half = 0.196
        means = one.mean(axis=1), other.mean(axis=1)
        shown[planted] = clearly_more(
            means[0], means[0] - half, means[1], means[1] + half
        ).mean()  # fmt: skip
    assert 0.015 < shown[0] < 0.035
    assert shown[1] > 0.9
