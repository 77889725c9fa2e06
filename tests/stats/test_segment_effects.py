"""Do segments differ: Cochran's Q against the book, its permuted form, and shrinking."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2

from segmentation_lib.stats.segment_effects import (
    DIFFER_LEVEL,
    heterogeneity,
    permuted_heterogeneity,
    segments_differ,
    shrunken,
)

# The eight schools (Rubin 1981).
SCHOOLS = np.array([28.0, 8, -3, 7, -1, 1, 18, 12]), np.array([15.0, 10, 16, 11, 9, 11, 10, 18])


def test_the_eight_schools():
    found = heterogeneity(*SCHOOLS)
    # Gelman et al. (2013), section 5.5: pooled 7.7 with error 4.1, and no evidence of a difference.
    assert (found.pooled, found.error) == pytest.approx((7.69, 4.07), abs=0.01)
    assert found.statistic == pytest.approx(4.707, abs=1e-3)
    assert found.p_value == pytest.approx(chi2.sf(found.statistic, 7))
    drawn = shrunken(*SCHOOLS)
    # Table 5.3: medians from 5 to 10 with a flat prior; the order of the schools stays.
    assert 4 < drawn.values.min() < drawn.values.max() < 12
    assert drawn.values.argmax() == 0
    assert (drawn.low < drawn.values).all()


def test_errors_that_are_not_known_are_left_out():
    effects, errors = np.array([1.0, np.nan, 3.0]), np.array([1.0, np.nan, 1.0])
    found, drawn = heterogeneity(effects, errors), shrunken(effects, errors)
    assert (found.freedom, found.statistic) == (1, 2.0)
    assert np.isnan(drawn.low[1])
    assert 1 < drawn.values[0] < drawn.values[2] < 3
    alone = heterogeneity(effects[:1], errors[:1])
    assert np.isnan(alone.p_value)
    assert alone.pooled == 1.0
    assert shrunken(effects[:1], errors[:1]).values.tolist() == [1.0]


def test_exchanged_customers_agree_with_the_law_where_it_holds():
    rng = np.random.default_rng(3)

    def arms(effects):
        return [(rng.normal(e, 1, 200), rng.normal(0, 1, 200)) for e in effects]

    alike, unlike = arms([0.5, 0.5, 0.5]), arms([0.0, 0.0, 0.6])
    values = np.array([a.mean() - b.mean() for a, b in alike])
    errors = np.array([np.sqrt(a.var(ddof=1) / 200 + b.var(ddof=1) / 200) for a, b in alike])
    law = heterogeneity(values, errors).p_value
    assert permuted_heterogeneity(alike, seed=1) == pytest.approx(law, abs=0.05)
    assert permuted_heterogeneity(unlike, seed=1, permutations=499) == 1 / 500


def test_small_arms_are_asked_by_exchange_and_large_ones_by_the_law():
    rng = np.random.default_rng(4)
    small = [(rng.lognormal(0, 1.5, 60), rng.lognormal(0, 1.5, 400)) for _ in range(3)]
    small[0] = (small[0][0] + 2.5, small[0][1])

    def asked(arms):
        effects = np.array([a.mean() - b.mean() for a, b in arms])
        errors = np.array([np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
                           for a, b in arms])  # fmt: skip
        law = heterogeneity(effects, errors).p_value
        return law, segments_differ(effects, errors, arms, seed=1)

    law, found = asked(small)
    assert law < 0.1
    assert found == max(law, permuted_heterogeneity(small, seed=1))
    large = [(rng.normal(e, 1, 600), rng.normal(0, 1, 600)) for e in (0.0, 0.3)]
    assert asked(large)[0] == asked(large)[1] < DIFFER_LEVEL
