"""A difference between two groups, adjusted for what is known of their customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import SplineTransformer, StandardScaler

from segmentation_lib.implement.effects.overlap import Overlap, measure_overlap
from segmentation_lib.stats.arrays import BoolArray, FloatArray, one_thread
from segmentation_lib.stats.intervals import Interval

__all__ = ["FEWEST", "HIDDEN", "AdjustedDifference", "adjusted_difference", "covariate_matrix"]

HIDDEN = (
    "What was not measured cannot be adjusted for, and no test can show that nothing was left out."
)
_FOLDS = 5
FEWEST = 50
_MOST_LEVELS = 12
_FEWEST_VALUES = 5


@dataclass(frozen=True)
class AdjustedDifference:
    """What is left of a difference once known differences between the groups are allowed for.

    Attributes:
        adjusted: The adjusted difference per customer, with its interval.
        plain: The difference of the two means as they are.
        treated: Treated customers.
        others: Customers not treated.
        overlap: Whether the groups can be compared at all.
    """

    adjusted: Interval
    plain: float
    treated: int
    others: int
    overlap: Overlap


def adjusted_difference(
    outcome: FloatArray,
    treated: BoolArray,
    covariates: FloatArray,
    *,
    names: list[str] | None = None,
    outcome_model: Pipeline | None = None,
    treatment_model: Pipeline | None = None,
    clip: float = 0.01,
    level: float = 0.95,
    seed: int | Sequence[int] = 0,
) -> AdjustedDifference:
    """Return the average difference that goes with a treatment, all else that is known equal.

    Augmented inverse probability weighting: a model of the outcome predicts both outcomes of each
    customer, and a model of the treatment weighs what the first one got wrong. It is right when
    either of them is (Robins, Rotnitzky and Zhao 1994). Both predict customers they were not
    fitted to, in five parts (Chernozhukov et al. 2018); the error comes from the influence of
    each customer. This stays an association: see `HIDDEN`.

    Args:
        outcome: What came of it, one number per customer.
        treated: Who was treated, shape (customers,).
        covariates: What was known before the treatment, shape (customers, covariates), without
            missing values; see `covariate_matrix`.
        names: Names of the covariates.
        outcome_model: Regressor; None for ridge regression on splines.
        treatment_model: Classifier; None for logistic regression on splines.
        clip: Chances of treatment nearer to 0 or 1 than this are moved to it.
        level: Confidence level.
        seed: Seed of the parts.

    Raises:
        ValueError: A value is missing, or a group has fewer than 50 customers.
    """
    outcome, covariates = np.asarray(outcome, np.float64), np.asarray(covariates, np.float64)
    if not (np.isfinite(outcome).all() and np.isfinite(covariates).all()):
        raise ValueError("outcome or covariates are missing; fill them or leave those rows out")
    if min(treated.sum(), (~treated).sum()) < FEWEST:
        raise ValueError(f"a group has fewer than {FEWEST} customers; compare larger groups")
    state = int(np.random.SeedSequence(seed).generate_state(1)[0])
    parts = StratifiedKFold(_FOLDS, shuffle=True, random_state=state)
    chances = np.empty(len(outcome))
    expected = np.empty((len(outcome), 2))
    with one_thread():
        for fit, judge in parts.split(covariates, treated):
            model = clone(treatment_model or _classifier()).fit(covariates[fit], treated[fit])
            chances[judge] = model.predict_proba(covariates[judge])[:, 1]
            for arm in (0, 1):
                own = fit[treated[fit] == bool(arm)]
                model = clone(outcome_model or _regressor()).fit(covariates[own], outcome[own])
                expected[judge, arm] = model.predict(covariates[judge])
    held = np.clip(chances, clip, 1 - clip)
    weights = np.where(treated, 1 / held, -1 / (1 - held))
    left = outcome - np.where(treated, expected[:, 1], expected[:, 0])
    scores = expected[:, 1] - expected[:, 0] + weights * left
    value = float(scores.mean())
    half = float(norm.ppf(0.5 + level / 2) * scores.std(ddof=1) / np.sqrt(len(scores)))
    labels = names or [f"covariate {number + 1}" for number in range(covariates.shape[1])]
    return AdjustedDifference(
        Interval(value, value - half, value + half, level),
        float(outcome[treated].mean() - outcome[~treated].mean()),
        int(treated.sum()),
        int((~treated).sum()),
        measure_overlap(covariates, labels, treated, chances, clip=clip),
    )


def covariate_matrix(table: pd.DataFrame) -> tuple[FloatArray, list[str]]:
    """Return the columns of a table as numbers without missing values.

    Missing numbers become the median, with a column of their own that says so; of words, the most
    frequent levels get a column each.

    Args:
        table: One row per customer, columns known before the treatment.

    Returns:
        The numbers, shape (rows, columns), and the names of the columns. A column in which
        nothing varies is left out.

    >>> table = pd.DataFrame({"a": [1.0, None, 3.0], "b": ["x", "y", "x"]})
    >>> matrix, names = covariate_matrix(table)
    >>> matrix.tolist(), names
    ([[1.0, 0.0, 0.0], [2.0, 1.0, 1.0], [3.0, 0.0, 0.0]], ['a', 'a missing', 'b = y'])
    """
    columns: dict[str, Any] = {}
    for name in table.columns:
        column = table[name]
        if pd.api.types.is_numeric_dtype(column):
            numbers = column.astype("float64")
            columns[str(name)] = numbers.fillna(numbers.median()).to_numpy(np.float64)
            columns[f"{name} missing"] = numbers.isna().to_numpy(np.float64)
            continue
        words = column.astype("object").where(column.notna(), "missing").astype("str")
        counts = words.value_counts().sort_index(kind="stable")
        levels = counts.sort_values(ascending=False, kind="stable").index[:_MOST_LEVELS]
        # The most frequent level is what the others are compared with.
        for level in levels[1:]:
            columns[f"{name} = {level}"] = (words == level).to_numpy(np.float64)
    varied = {name: values for name, values in columns.items() if np.ptp(values) > 0}
    matrix = np.column_stack(list(varied.values())) if varied else np.empty((len(table), 0))
    return matrix, list(varied)


def _continuous(covariates: FloatArray) -> list[int]:
    """Columns with enough values for a curve; what is yes or no stays as it is."""
    return [place for place, column in enumerate(np.asarray(covariates).T)
            if len(np.unique(column)) > _FEWEST_VALUES]  # fmt: skip


def _curves() -> list[Any]:
    # Linear beyond the knots: an outlier then weighs no more than in a straight line.
    splines = SplineTransformer(n_knots=4, degree=3, knots="quantile", extrapolation="linear")
    columns = ColumnTransformer([("curves", splines, _continuous)], remainder="passthrough")
    return [StandardScaler(), columns]


def _classifier() -> Pipeline:
    # A stronger penalty draws chances to the middle and hides that groups hardly overlap. Newton's
    # method runs to the end, where others stop early and look surer than they are.
    return make_pipeline(
        *_curves(), LogisticRegression(C=10.0, solver="newton-cholesky", max_iter=200)
    )


def _regressor() -> Pipeline:
    return make_pipeline(*_curves(), Ridge(alpha=0.1))
