"""Are the segments better than something simpler? RFM tiers, tiers of one feature, pure chance.

Each way of grouping predicts next quarter's KPIs by the mean of the own group, on customers who
were not used for the means. A tie goes to the simpler way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray, sample_rows
from segmentation_lib.stats.nested_models import mid_ranks
from segmentation_lib.stats.out_of_fold import group_predictions, repeated_folds
from segmentation_lib.validate.tiers import feature_tiers, rfm_tiers

__all__ = [
    "ALL_KPIS",
    "CHANCE",
    "ONE_FEATURE",
    "RFM",
    "Verdict",
    "baseline_verdict",
    "compare_baselines",
    "compared_rival",
    "over_all_kpis",
]

ALL_KPIS = "all"
RFM = "RFM tiers"
ONE_FEATURE = "tiers of one feature"
CHANCE = "random groups"

Verdict = Literal["better", "tie", "worse"]

_PARTS = 5
_FEWEST_ROWS = 100
_BATCH = 4_000_000
_COLUMNS = ["kpi", "rival", "segments", "rival_score", "difference", "low", "high", "verdict",
            "detail", "customers"]  # fmt: skip


def compare_baselines(
    features: pd.DataFrame,
    labels: IntArray,
    outcomes: pd.DataFrame,
    kpis: Sequence[str],
    *,
    segmenting: Sequence[str],
    seed: int,
    judges: pd.Series | None = None,
    repeats: int = 5,
    draws: int = 999,
    sample_size: int = 20_000,
) -> pd.DataFrame:
    """Compare the segments with simpler groupings, by how well they predict the next quarter.

    Args:
        features: Customers with their features at the open, one row each, with ``customer_id``.
        labels: Their segment, 0 to k-1, in the same order.
        outcomes: The artefact ``outcomes``.
        kpis: Outcomes to predict: flags as they are, other numbers by their ranks, because one
            giant customer decides any prediction of raw revenue.
        segmenting: Features that may be cut into tiers.
        seed: Seed of sample, folds and resampling.
        judges: IDs of the customers who may judge; everybody when None.
        repeats: Repeats of the five-fold cross-validation.
        draws: Bootstrap samples of the difference.
        sample_size: Customers used at most.

    Returns:
        The artefact ``baselines``, a row per KPI and rival, and first one for ``all`` KPIs
        together (the mean over KPIs): out-of-fold R2 of the segments and of the rival, their
        difference with its 95 % bootstrap interval, paired by customer; ``better`` if the
        interval lies above zero and so does the segments' R2, ``worse`` if it lies below and
        the rival's R2 above, ``tie`` otherwise. ``detail`` names the
        feature, or says why a rival is missing (its numbers are then empty).
    """
    rows = _rows(features["customer_id"], judges, sample_size, seed)
    own, customers = labels[rows], features.iloc[rows].reset_index(drop=True)
    measured = _measured(customers["customer_id"], outcomes, kpis)
    k = int(labels.max()) + 1
    rivals, details = _rivals(customers, own, segmenting, k, seed)
    if not measured or not len(rows):
        return pd.DataFrame(columns=_COLUMNS)
    folds = repeated_folds(
        np.zeros(len(rows), np.int64),
        parts=_PARTS,
        repeats=repeats,
        seed=np.random.SeedSequence((seed, 71)),
    )
    table = []
    for rival in (RFM, ONE_FEATURE, CHANCE):
        if rival in details:
            table.append({"kpi": ALL_KPIS, "rival": rival, "verdict": "not compared",
                          "detail": details[rival], "customers": len(rows)})  # fmt: skip
            continue
        losses, picked = _losses(measured, own, rivals[rival], folds)
        draw = np.random.SeedSequence((seed, 72))
        for name, row in zip([*measured, ALL_KPIS], _compared(losses, draw, draws), strict=True):
            table.append({"kpi": name, "rival": rival, "detail": picked, **row})
    result = pd.DataFrame(table, columns=_COLUMNS)
    # All KPIs together first, then each in the order given.
    place = result["kpi"].map({name: i for i, name in enumerate([ALL_KPIS, *measured])})
    return (
        result.assign(place=place)
        .sort_values("place", kind="stable")[_COLUMNS]
        .reset_index(drop=True)
    )


def _rows(ids: pd.Series, judges: pd.Series | None, size: int, seed: int) -> IntArray:
    allowed = np.ones(len(ids), bool) if judges is None else ids.isin(set(judges)).to_numpy()
    rows = np.flatnonzero(allowed)
    # By customer, so that the order of the table changes no digit.
    rows = rows[np.argsort(ids.to_numpy()[rows].astype(str), kind="stable")]
    return np.asarray(rows[sample_rows(len(rows), size, seed=(seed, 70))], dtype=np.int64)


def _measured(ids: pd.Series, outcomes: pd.DataFrame, kpis: Sequence[str]) -> dict[str, FloatArray]:
    """KPIs in the customers' order, as ranks unless they are flags; NaN where not measured."""
    joined = pd.DataFrame({"customer_id": ids}).merge(outcomes, on="customer_id", how="left")
    found: dict[str, FloatArray] = {}
    for kpi in kpis:
        values = joined[kpi].to_numpy(dtype=np.float64, na_value=np.nan)
        known = ~np.isnan(values)
        if known.sum() < _FEWEST_ROWS or np.ptp(values[known]) == 0:
            continue
        if not np.isin(values[known], (0.0, 1.0)).all():
            values = values.copy()
            values[known] = mid_ranks(values[known])
        found[kpi] = values
    return found


def _rivals(
    customers: pd.DataFrame, own: IntArray, segmenting: Sequence[str], k: int, seed: int
) -> tuple[dict[str, dict[str, IntArray]], dict[str, str]]:
    """For each rival its candidates: name of the candidate and group of each customer."""
    details: dict[str, str] = {}
    rivals: dict[str, dict[str, IntArray]] = {}
    rfm = rfm_tiers(customers, k)
    if rfm is None:
        details[RFM] = "The data give no recency, frequency and monetary value."
    else:
        rivals[RFM] = {"": rfm}
    tiers = {name: feature_tiers(customers[name], k) for name in segmenting}
    tiers = {name: groups for name, groups in tiers.items() if groups.max() > 0}
    if tiers:
        rivals[ONE_FEATURE] = tiers
    else:
        details[ONE_FEATURE] = "No feature can be cut into tiers."
    rng = np.random.default_rng((seed, 73))
    rivals[CHANCE] = {"": rng.permutation(own)}
    return rivals, details


def _losses(
    measured: Mapping[str, FloatArray],
    own: IntArray,
    candidates: Mapping[str, IntArray],
    folds: Sequence[tuple[IntArray, IntArray]],
) -> tuple[FloatArray, str]:
    """Squared errors of each customer for each KPI, shape (KPIs, 3, customers), and the rival.

    The three are: by the segments, by the rival, by the mean of everybody; NaN where the KPI is
    not measured. Among candidates, each fold takes the one that fits its training rows best over
    all KPIs; the most frequent one is named.
    """
    values = np.stack(list(measured.values()))
    known, loss, picked = ~np.isnan(values), np.zeros((len(values), 3, len(own))), []
    everybody = np.zeros(len(own), dtype=np.int64)
    for fit, judge in folds:
        name = min(sorted(candidates), key=lambda c: _misfit(values, known, candidates[c], fit))
        picked.append(name)
        for kpi, has in enumerate(known):
            used, judged = fit[has[fit]], judge[has[judge]]
            for place, groups in enumerate((own, candidates[name], everybody)):
                error = values[kpi, judged] - group_predictions(values[kpi], groups, used, judged)
                loss[kpi, place, judged] += error**2
    loss[~np.broadcast_to(known[:, None], loss.shape)] = np.nan
    return loss, max(sorted(set(picked)), key=picked.count)


def _misfit(values: FloatArray, known: BoolArray, groups: IntArray, fit: IntArray) -> float:
    """Share of the differences that groups leave open on the rows of the fit, summed over KPIs."""
    total = 0.0
    for measure, has in zip(values, known, strict=True):
        rows = fit[has[fit]]
        error = measure[rows] - group_predictions(measure, groups, rows, rows)
        total += float((error**2).mean() / max(measure[rows].var(), 1e-300))
    return total


def _compared(
    losses: FloatArray, seed: np.random.SeedSequence, draws: int
) -> list[dict[str, object]]:
    """One row per KPI and a last one for all, the bootstrap samples shared between them."""
    customers = losses.shape[2]
    observed = _scores(losses, np.ones((1, customers)))
    rng = np.random.default_rng(seed)
    batch = max(1, _BATCH // customers)
    drawn = np.concatenate(
        [
            _scores(losses, rng.poisson(1.0, (min(batch, draws - start), customers)))
            for start in range(0, draws, batch)
        ]
    )
    low, high = np.quantile(drawn[:, :, 0] - drawn[:, :, 1], [0.025, 0.975], axis=0)
    known = [*(~np.isnan(losses[:, 0])).sum(axis=1), customers]
    return [
        {"segments": scores[0], "rival_score": scores[1], "difference": scores[0] - scores[1],
         "low": lower, "high": upper, "verdict": _verdict(scores, lower, upper),
         "customers": int(count)}
        for scores, lower, upper, count in zip(observed[0], low, high, known, strict=True)
    ]  # fmt: skip


def _scores(losses: FloatArray, weights: FloatArray | IntArray) -> FloatArray:
    """Weighted R2 of segments and rival, shape (weightings, KPIs + 1, 2); last their mean."""
    sums = np.stack([weights @ np.nan_to_num(loss).T for loss in losses], axis=1)
    scores: FloatArray = 1.0 - sums[:, :, :2] / sums[:, :, 2:]
    return np.concatenate([scores, scores.mean(axis=1, keepdims=True)], axis=1)


def _verdict(scores: FloatArray, low: float, high: float) -> Verdict:
    # Who predicts worse than the mean of everybody has beaten nobody.
    if low > 0 and scores[0] > 0:
        return "better"
    return "worse" if high < 0 and scores[1] > 0 else "tie"


def over_all_kpis(baselines: pd.DataFrame) -> pd.DataFrame:
    """Return the rows over all KPIs together, by rival, of those that were compared.

    Args:
        baselines: The artefact ``baselines``.
    """
    rows = (baselines["kpi"] == ALL_KPIS) & (baselines["verdict"] != "not compared")
    return baselines[rows].set_index("rival")


def compared_rival(baselines: pd.DataFrame) -> str | None:
    """Return the rival that decides: RFM tiers; without these, one feature's; None without both.

    Args:
        baselines: The artefact ``baselines``.
    """
    together = over_all_kpis(baselines).index
    return next((rival for rival in (RFM, ONE_FEATURE) if rival in together), None)


def baseline_verdict(baselines: pd.DataFrame) -> Verdict | Literal["not compared"]:
    """Return how the segments do against the rival that decides, over all KPIs.

    Args:
        baselines: The artefact ``baselines``.
    """
    rival = compared_rival(baselines)
    if rival is None:
        return "not compared"
    found: Verdict = over_all_kpis(baselines)["verdict"][rival]
    return found
