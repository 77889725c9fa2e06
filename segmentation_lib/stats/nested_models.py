"""Do more columns belong in a model? Score tests over a base, for a flag and for ranked values."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2, rankdata
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from segmentation_lib.stats.arrays import FloatArray

__all__ = ["ScoreTest", "mid_ranks", "score_test_of_flag", "score_test_of_ranks"]

# Keeps coefficients finite where a column separates the flag, and changes no other digit that
# matters: the columns have mean square 1.
_RIDGE = 1e-3
_ITERATIONS = 200
_SLOPE = 1e-6
_RANK = 1e-9


@dataclass(frozen=True)
class ScoreTest:
    """A test that added columns have no effect.

    Attributes:
        statistic: Score statistic; chi-square under the null hypothesis.
        degrees: Its degrees of freedom: the added columns that the base does not hold already.
        p_value: Chance of a statistic at least as large without an effect; 1 if ``degrees`` is 0.
    """

    statistic: float
    degrees: int
    p_value: float


def score_test_of_flag(base: FloatArray, added: FloatArray, flag: FloatArray) -> ScoreTest:
    """Test whether added columns improve a logistic model of a flag.

    Rao's score test asks what the likelihood-ratio test asks, but fits the base only: a group in
    which nobody left has no finite coefficient, and needs none here. A solver that stops early
    would reject too often, so Newton's method is run to convergence, and that is checked.

    Args:
        base: Columns of the model without the added ones, of mean square 1, a constant among
            them; from `smooth_base`.
        added: Columns to be tested, shape (rows, columns).
        flag: 0 or 1 per row, both present.

    Raises:
        ValueError: The flag has one value only, or the base model did not converge.

    Source: Rao (1948); variance by MacKinnon & White (1985), HC3.
    """
    if not np.isin(flag, (0.0, 1.0)).all() or np.ptp(flag) == 0:
        raise ValueError("the flag must be 0 or 1 and have both values; leave other rows out")
    chance = _logistic(base, flag)
    return _score_test(base, added, flag - chance, chance * (1 - chance))


def score_test_of_ranks(base: FloatArray, added: FloatArray, values: FloatArray) -> ScoreTest:
    """Test whether added columns improve a linear model of the ranks of a measure.

    Ranks, because one giant customer decides any model of raw revenue; equal values share their
    mean rank, so zeros are one level. The variance may differ from row to row, as it does when
    most customers buy nothing.

    Args:
        base: Columns of the model without the added ones, of mean square 1, a constant among
            them; from `smooth_base`.
        added: Columns to be tested, shape (rows, columns).
        values: A measure per row, without missing values.

    Raises:
        ValueError: A missing value, or one value only.

    Source: score test with the HC3 variance of MacKinnon & White (1985); Long & Ervin (2000).
    """
    ranks = mid_ranks(values)
    coefficients, *_ = np.linalg.lstsq(base, ranks, rcond=None)
    return _score_test(base, added, ranks - base @ coefficients, np.ones(len(ranks)))


def mid_ranks(values: FloatArray) -> FloatArray:
    """Return the ranks of values as shares of the rows, equal values sharing their mean rank.

    Args:
        values: A measure per row, without missing values.

    Raises:
        ValueError: A missing value, or one value only.

    >>> mid_ranks(np.array([0.0, 0.0, 7.0, 3.0])).tolist()
    [0.25, 0.25, 0.875, 0.625]
    """
    if not np.isfinite(values).all() or np.ptp(values) == 0:
        raise ValueError("values are missing or all equal; leave such rows or measures out")
    return np.asarray((rankdata(values) - 0.5) / len(values), dtype=np.float64)


def _logistic(base: FloatArray, flag: FloatArray) -> FloatArray:
    """Fitted chance of each row, with the slope of the likelihood checked to be flat."""
    model = LogisticRegression(
        C=1 / _RIDGE, solver="newton-cholesky", tol=1e-9, max_iter=_ITERATIONS, fit_intercept=False
    )
    with warnings.catch_warnings():
        # What the library warns of is checked below, and is then an error and not a warning.
        warnings.simplefilter("ignore", ConvergenceWarning)
        chance = model.fit(base, flag).predict_proba(base)[:, 1]
    slope = np.abs(base.T @ (flag - chance) - _RIDGE * model.coef_[0]).max() / len(flag)
    if slope > _SLOPE:
        raise ValueError(
            f"the logistic model did not converge in {_ITERATIONS} steps (slope {slope:.1e}, "
            f"must be at most {_SLOPE:.0e}); give fewer columns or more rows"
        )
    return np.asarray(chance, dtype=np.float64)


def _score_test(
    base: FloatArray, added: FloatArray, residuals: FloatArray, weights: FloatArray
) -> ScoreTest:
    weighted = base * weights[:, None]
    inverse = np.linalg.pinv(base.T @ weighted, hermitian=True)
    own = added - base @ (inverse @ (weighted.T @ added))
    # What the base explains of a row by itself makes its residual too small.
    leverage = np.clip(((base @ inverse) * weighted).sum(axis=1), 0.0, 0.99)
    parts = own * (residuals / (1 - leverage))[:, None]
    score, variance = own.T @ residuals, parts.T @ parts
    # Added columns that the base holds already leave only rounding behind.
    scale = np.sqrt(np.diag(variance).clip(min=0))
    known = np.sqrt((own**2).mean(axis=0)) > 1e-6 * np.sqrt((added**2).mean(axis=0)).clip(1e-300)
    known &= scale > 0
    if not known.any():
        return ScoreTest(0.0, 0, 1.0)
    score, scale = score[known] / scale[known], scale[known]
    variance = variance[np.ix_(known, known)] / np.outer(scale, scale)
    degrees = int(np.linalg.matrix_rank(variance, tol=_RANK, hermitian=True))
    statistic = float(score @ np.linalg.pinv(variance, rcond=_RANK, hermitian=True) @ score)
    return ScoreTest(statistic, degrees, float(chi2.sf(statistic, degrees)))
