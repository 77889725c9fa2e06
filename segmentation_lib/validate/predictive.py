"""Do the segments help to predict churn and value, beyond the features that made them?

The outcomes belong to the quarter after the segments were made. Whether the segments add anything
is a test over a base that already holds every smooth effect of the features; how much they add is
measured on customers that the models have not seen.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import r2_score, roc_auc_score

from segmentation_lib.stats import holm
from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray, one_thread, sample_rows
from segmentation_lib.stats.nested_models import (
    mid_ranks,
    score_test_of_flag,
    score_test_of_ranks,
)
from segmentation_lib.stats.out_of_fold import corrected_interval, repeated_folds
from segmentation_lib.stats.spline import group_columns, smooth_base

__all__ = ["prediction_verdicts", "predictive_power"]

Kind = Literal["churn", "value"]

_PARTS = 5
# Customers of the rarer outcome, and customers, per column of the base: fewer, and the test
# rejects too often.
_EVENTS_PER_COLUMN = 3
_ROWS_PER_COLUMN = 10
_FEWEST_EVENTS = 30
_FEWEST_ROWS = 100
# Under this there is next to nothing to predict, and a share of it would be noise.
_WORTH_SHARING = 0.02
# A smaller gain prints as nought: who cannot show one has not added to a prediction.
_SHOWN = 0.0005
_COLUMNS = [
    "outcome", "kind", "measure", "p_value", "p_corrected", "base", "with_segments",
    "segments_alone", "gain", "gain_low", "gain_high", "p_alone", "lead", "lead_low", "lead_high",
    "share_kept", "customers", "note",
]  # fmt: skip


def predictive_power(
    customers: pd.Series,
    points: FloatArray,
    labels: IntArray,
    outcomes: pd.DataFrame,
    *,
    seed: int,
    value: str | None = None,
    judges: pd.Series | None = None,
    repeats: int = 5,
    sample_size: int = 20_000,
) -> pd.DataFrame:
    """Compare models of churn and value with the segments and without them.

    Args:
        customers: Customer IDs, in the order of ``points``.
        points: Customers in the model's space, shape (customers, columns).
        labels: Their segment, 0 to k-1.
        outcomes: The artefact ``outcomes``: ``active`` gives churn (no activity in the quarter).
        seed: Seed of the sample and of the folds.
        value: Outcome that stands for value; ``revenue`` when None, or else the first outcome
            with more than two values.
        judges: IDs of the customers who may judge; everybody when None. Where KPIs helped to
            choose the segments, only those who were left out of the choice.
        repeats: Repeats of the five-fold cross-validation.
        sample_size: Customers used at most.

    Returns:
        The artefact ``prediction``, a row per outcome: p-value of the score test and its Holm
        correction; the AUC (churn) or the R2 of ranks (value), out of fold, of the features
        alone (``base``), with the segments, and of the segments alone; the gain with its 95 %
        Nadeau-Bengio interval; ``p_alone``, the Holm-corrected p-value of the segments without
        any feature, and their lead over the features alone with its interval; ``share_kept``, the
        share of what everything together predicts (the best of the features' curves, the same
        with the segments, and straight lines) that the segments alone keep. Numbers are empty
        where ``note`` says why.

    Source: score test over a spline base; Nadeau & Bengio (2003).
    """
    known = np.isfinite(points).all(axis=1)
    if judges is not None:
        known &= customers.isin(set(judges)).to_numpy()
    rows = np.flatnonzero(known)
    rows = rows[np.argsort(customers.to_numpy()[rows].astype(str), kind="stable")]
    rows = rows[sample_rows(len(rows), sample_size, seed=(seed, 61))]
    joined = pd.DataFrame({"customer_id": customers.to_numpy()[rows]}).merge(
        outcomes, on="customer_id", how="left"
    )
    found = []
    for place, (name, kind, measured) in enumerate(_targets(joined, value)):
        has = ~np.isnan(measured)
        branch = np.random.SeedSequence((seed, 62, place))
        found.append(
            _row(name, kind, points[rows][has], labels[rows][has], measured[has], branch, repeats)
        )
    table = pd.DataFrame(found, columns=[c for c in _COLUMNS if c != "p_corrected"])
    table["p_corrected"] = holm(table["p_value"].to_numpy(dtype=np.float64))
    table["p_alone"] = holm(table["p_alone"].to_numpy(dtype=np.float64))
    return table[_COLUMNS]


def _targets(joined: pd.DataFrame, value: str | None) -> list[tuple[str, Kind, FloatArray]]:
    numbers = {
        str(name): joined[name].to_numpy(dtype=np.float64, na_value=np.nan)
        for name in joined.columns
        if name != "customer_id" and pd.api.types.is_numeric_dtype(joined[name].dtype)
    }
    targets: list[tuple[str, Kind, FloatArray]] = []
    if "active" in numbers:
        targets.append(("churn", "churn", 1.0 - numbers["active"]))
    if value is None:
        rich = [name for name, n in numbers.items() if len(np.unique(n[~np.isnan(n)])) > 2]
        value = "revenue" if "revenue" in numbers else next(iter(rich), None)
    if value is not None and value in numbers:
        targets.append((value, "value", numbers[value]))
    return targets


def _row(
    name: str,
    kind: Kind,
    points: FloatArray,
    labels: IntArray,
    measured: FloatArray,
    seed: np.random.SeedSequence,
    repeats: int,
) -> dict[str, object]:
    row: dict[str, object] = {
        "outcome": name,
        "kind": kind,
        "measure": "AUC" if kind == "churn" else "R2",
        "customers": len(measured),
        "note": _obstacle(kind, measured, labels),
    }
    if row["note"]:
        return row
    events = min(measured.sum(), len(measured) - measured.sum()) if kind == "churn" else 0
    room = events / _EVENTS_PER_COLUMN if kind == "churn" else len(measured) / _ROWS_PER_COLUMN
    with one_thread():
        base = smooth_base(points, labels, most=int(room))
        added = group_columns(labels)
        score_test = score_test_of_flag if kind == "churn" else score_test_of_ranks
        test, alone_test = (score_test(known, added, measured) for known in (base, base[:, :1]))
        scores = _scores(kind, points, base, added, measured, seed, repeats)
    gain = corrected_interval(scores[:, 1] - scores[:, 0], parts=_PARTS)
    lead = corrected_interval(scores[:, 2] - scores[:, 0], parts=_PARTS)
    # With few customers curves overfit, and straight lines are the best that the features can do.
    alone, best = scores[:, 2].mean(), scores[:, [0, 1, 3]].mean(axis=0).max()
    floor = 0.5 if kind == "churn" else 0.0
    return row | {
        "p_value": test.p_value,
        "base": scores[:, 0].mean(),
        "with_segments": scores[:, 1].mean(),
        "segments_alone": alone,
        "gain": gain.value,
        "gain_low": gain.low,
        "gain_high": gain.high,
        "p_alone": alone_test.p_value,
        "lead": lead.value,
        "lead_low": lead.low,
        "lead_high": lead.high,
        "share_kept": (
            float(np.clip((alone - floor) / (best - floor), 0.0, 1.0))
            if best - floor >= _WORTH_SHARING
            else np.nan
        ),
    }


def _obstacle(kind: Kind, measured: FloatArray, labels: IntArray) -> str:
    """Say why the outcome cannot be put to the test; empty if it can."""
    if len(measured) < _FEWEST_ROWS:
        return f"{len(measured)} customers have this outcome; at least {_FEWEST_ROWS} are needed."
    if len(np.unique(labels)) < 2:
        return "There is one segment only."
    if np.ptp(measured) == 0:
        return "All customers are alike in it."
    if kind == "churn":
        left = int(measured.sum())
        fewer = min(left, len(measured) - left)
        if fewer < _FEWEST_EVENTS:
            return (
                f"{left} of {len(measured)} customers left; at least {_FEWEST_EVENTS} must have "
                "left and as many stayed."
            )
    return ""


def _scores(
    kind: Kind,
    points: FloatArray,
    base: FloatArray,
    added: FloatArray,
    measured: FloatArray,
    seed: np.random.SeedSequence,
    repeats: int,
) -> FloatArray:
    """Out-of-fold score of four models in each fold.

    They are: base, base with segments, segments alone, straight lines in the features.
    """
    target = measured if kind == "churn" else mid_ranks(measured)
    strata = measured.astype(np.int64) if kind == "churn" else np.zeros(len(measured), np.int64)
    groups = added / np.sqrt((added**2).mean(axis=0))
    spread = points.std(axis=0)
    lines = (points - points.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    designs = (base[:, 1:], np.column_stack([base[:, 1:], groups]), groups, lines)
    folds = repeated_folds(strata, parts=_PARTS, repeats=repeats, seed=seed)
    return np.array(
        [[_score(kind, design, target, fit, judge) for design in designs] for fit, judge in folds]
    )


def _score(
    kind: Kind, design: FloatArray, target: FloatArray, fit: IntArray, judge: IntArray
) -> float:
    # A light penalty, the same for all, keeps rare columns from running away.
    if kind == "churn":
        chance = LogisticRegression(C=1.0, solver="newton-cholesky").fit(design[fit], target[fit])
        return float(roc_auc_score(target[judge], chance.decision_function(design[judge])))
    predicted = Ridge(alpha=1.0).fit(design[fit], target[fit]).predict(design[judge])
    return float(r2_score(target[judge], predicted))


def prediction_verdicts(
    prediction: pd.DataFrame, *, p: float, gain: float, kept: float = 0.9
) -> pd.DataFrame:
    """Say for each outcome whether the segments add to its prediction, or do as well alone.

    The clearer segments are, the better the features give them away, and the less they can add.
    Segments that alone predict as well as all features do are what one wants all the same.

    Args:
        prediction: The artefact ``prediction``.
        p: Largest corrected p-value at which the segments add, or predict alone.
        gain: Smallest gain in AUC or R2 that is called useful.
        kept: Share of what everything together predicts that the segments alone must keep to
            stand in for the features, 0 to 1.

    Returns:
        The table with four more flags: ``adds``, by the test, where customers who were not used
        for the fit are predicted better too; ``useful``: it adds, and the gain
        reaches the bar with an interval that does not go below zero; ``leads``: the segments
        alone predict, and better than all features do; ``stands_in``: the segments alone
        predict, and keep enough of what everything together predicts.
    """
    added = (prediction["p_corrected"] <= p) & (prediction["gain"] >= _SHOWN)
    adds: BoolArray = added.to_numpy(dtype=np.bool_)
    large = ((prediction["gain"] >= gain) & (prediction["gain_low"] >= 0)).to_numpy(dtype=np.bool_)
    alone = prediction["p_alone"] <= p
    leads = (alone & (prediction["lead_low"] > 0)).to_numpy(dtype=np.bool_)
    stands_in = (alone & (prediction["share_kept"] >= kept)).to_numpy(dtype=np.bool_)
    return prediction.assign(adds=adds, useful=adds & large, leads=leads, stands_in=stands_in)
