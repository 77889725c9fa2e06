"""Do the segments hold in every country and channel, or in some only?

Within each level the customers are grouped afresh, and the result is compared with the published
segments. Small levels, and levels in which a segment is rare, give shaky groups anywhere. So each
is set beside random customers from everywhere, as many of each segment as it has: another mix of
the same segments is no other structure.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import kendalltau

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.stats.agreement import adjusted_rand
from segmentation_lib.stats.arrays import FloatArray, IntArray, sample_rows, spawn_seeds
from segmentation_lib.stats.grouping import Algorithm
from segmentation_lib.stats.parallel import map_seeds
from segmentation_lib.words import feature_words, listing

__all__ = ["OTHER_ORDER", "OTHER_SEGMENTS", "context_agreement", "context_sentence"]

OTHER_SEGMENTS = "other segments"
OTHER_ORDER = "other order"

_FEWEST = 300
_MOST_LEVELS = 8
# Customers of a segment within a level for its KPI mean to count.
_FEWEST_FOR_MEAN = 10
# A level must also be this much lower than random customers: with many of them, small real
# differences would count otherwise.
_MARGIN = 0.1
_ORDER_MARGIN = 0.3
_FALSE_ALARM = 0.05
# Agreement from which on segments are said to come back.
_SAME = 0.75
_COLUMNS = ["context", "level", "customers", "adjusted_rand", "reference", "reference_low",
            "kpi_order", "kpi_order_reference", "kpi_order_low", "finding"]  # fmt: skip


def context_agreement(
    features: pd.DataFrame,
    points: FloatArray,
    labels: IntArray,
    outcomes: pd.DataFrame,
    kpis: Sequence[str],
    algorithm: Algorithm,
    contexts: Sequence[str],
    *,
    seed: int,
    references: int = 39,
    starts: int = 5,
    sample_size: int = 1000,
    workers: int = 1,
) -> pd.DataFrame:
    """Refind the segments within each level of a descriptor.

    Args:
        features: Customers with ``customer_id`` and the descriptors, in the order of ``points``.
        points: Customers in the model's space, shape (customers, columns).
        labels: Their published segment, 0 to k-1.
        outcomes: The artefact ``outcomes``.
        kpis: Outcomes whose order across segments is compared.
        algorithm: Groups the customers of a level, as it grouped everybody.
        contexts: ``validate.contexts`` of the parameters: descriptors such as a country.
        seed: Seed of samples and fits.
        references: Random sets of customers that each level is set beside.
        starts: Starts of each fit.
        sample_size: Customers of a level used at most.
        workers: Processes to use; the result does not depend on them.

    Returns:
        The artefact ``contexts``, a row per level with at least 300 customers, the eight largest
        at most: adjusted Rand index of the refit with the published segments, and Kendall's tau
        of the segments' KPI means with those of everybody (mean over KPIs), each with mean and
        minimum over random customers of the same mix of segments. ``finding`` is ``other
        segments`` or ``other order`` where the level is under that minimum, and under the mean by
        .1 (tau .3) and by more standard deviations than chance gives in one of 20 runs; empty
        otherwise.

    Raises:
        ContractError: A context is no column of the features.
    """
    faults = [_unknown(name, features) for name in contexts if name not in features.columns]
    if faults:
        raise ContractError(faults)
    kpi_values = _kpi_values(features["customer_id"], outcomes, kpis)
    study = _Study(points, labels, kpi_values, algorithm, starts)
    levels = [(name, *found) for name in contexts for found in _levels(features[name])]
    # Every level asks two questions; together they raise a false alarm in about one of 20 runs.
    strictness = float(ndtri(1 - _FALSE_ALARM / (2 * max(len(levels), 1))))
    alone, mixes = [], []
    for place, (context, level, members) in enumerate(levels):
        draw, fit = np.random.SeedSequence((seed, 81, place)).spawn(2)
        chosen = members[sample_rows(len(members), sample_size, seed=draw)]
        alone.append((context, level, len(members), study.agreement(chosen, fit)))
        mixes.append(np.bincount(labels[chosen], minlength=study.k))
    work = partial(study.random_customers, mixes)
    beside = np.array(map_seeds(work, spawn_seeds((seed, 82), references), workers=workers))
    rows = [
        (context, level, customers, *_beside(own, beside[:, place], strictness))
        for place, (context, level, customers, own) in enumerate(alone)
    ]
    table = pd.DataFrame(rows, columns=_COLUMNS)
    return table.sort_values(["context", "customers", "level"], ascending=[True, False, True],
                             ignore_index=True)  # fmt: skip


class _Study:
    """What stays the same from one set of customers to the next."""

    def __init__(
        self,
        points: FloatArray,
        labels: IntArray,
        kpis: FloatArray,
        algorithm: Algorithm,
        starts: int,
    ) -> None:
        self.points, self.labels, self.kpis = points, labels, kpis
        self.algorithm, self.starts = algorithm, starts
        self.k = int(labels.max()) + 1
        self.everybody = self._means(np.arange(len(labels), dtype=np.int64))

    def random_customers(
        self, mixes: Sequence[IntArray], seed: np.random.SeedSequence
    ) -> list[tuple[float, float]]:
        """Agreement of random customers from everywhere, for each mix: so many per segment."""
        found = []
        for mix, branch in zip(mixes, seed.spawn(len(mixes)), strict=True):
            draw, fit = branch.spawn(2)
            rng = np.random.default_rng(draw)
            parts = [
                rng.choice(np.flatnonzero(self.labels == segment), size=size, replace=False)
                for segment, size in enumerate(mix)
            ]
            rows = np.sort(np.concatenate(parts)).astype(np.int64)
            found.append(self.agreement(rows, fit))
        return found

    def agreement(self, rows: IntArray, seed: np.random.SeedSequence) -> tuple[float, float]:
        """Adjusted Rand index of a refit, and mean Kendall tau of the KPI means (or NaN)."""
        refit = self.algorithm.fit(self.points[rows], self.k, seed=seed, starts=self.starts)
        found = adjusted_rand(self.labels[rows], refit.labels)
        orders = []
        for own, all_of_them in zip(self._means(rows), self.everybody, strict=True):
            both = ~np.isnan(own) & ~np.isnan(all_of_them)
            if both.sum() >= 2:
                tau = float(kendalltau(own[both], all_of_them[both]).statistic)
                orders += [] if np.isnan(tau) else [tau]
        return found, float(np.mean(orders)) if orders else float("nan")

    def _means(self, rows: IntArray) -> FloatArray:
        """KPI means per segment, shape (KPIs, k); NaN with fewer than ten customers."""
        means = np.full((len(self.kpis), self.k), np.nan)
        for place, values in enumerate(self.kpis):
            known = rows[~np.isnan(values[rows])]
            counts = np.bincount(self.labels[known], minlength=self.k)
            sums = np.bincount(self.labels[known], weights=values[known], minlength=self.k)
            enough = counts >= _FEWEST_FOR_MEAN
            means[place, enough] = sums[enough] / counts[enough]
        return means


def _kpi_values(ids: pd.Series, outcomes: pd.DataFrame, kpis: Sequence[str]) -> FloatArray:
    joined = pd.DataFrame({"customer_id": ids.to_numpy()}).merge(
        outcomes, on="customer_id", how="left"
    )
    values = [joined[kpi].to_numpy(dtype=np.float64, na_value=np.nan) for kpi in kpis]
    return np.array(values, dtype=np.float64).reshape(len(values), len(ids))


def _levels(values: pd.Series) -> list[tuple[str, IntArray]]:
    """The largest levels with their rows; the first by name where two are equally large."""
    text = values.astype("str").where(values.notna())
    counts = text.value_counts()
    large = sorted(
        (str(level) for level in counts.index[counts >= _FEWEST]),
        key=lambda level: (-int(counts[level]), level),
    )
    return [
        (level, np.flatnonzero((text == level).to_numpy(dtype=bool)).astype(np.int64))
        for level in large[:_MOST_LEVELS]
    ]


def _beside(
    own: tuple[float, float], reference: FloatArray, strictness: float
) -> tuple[float | str, ...]:
    """Each measure with mean and minimum over random customers, and what is out of the ordinary."""
    row: list[float | str] = []
    findings = []
    for found, usual, margin, words in zip(
        own, reference.T, (_MARGIN, _ORDER_MARGIN), (OTHER_SEGMENTS, OTHER_ORDER), strict=True
    ):
        usual = usual[~np.isnan(usual)]
        if len(usual) < 2:
            row += [found, float("nan"), float("nan")]
            continue
        mean, low = float(usual.mean()), float(usual.min())
        row += [found, mean, low]
        if found < min(low, mean - max(margin, strictness * float(usual.std(ddof=1)))):
            findings.append(words)
    return (*row, ", ".join(findings))


def _unknown(name: str, features: pd.DataFrame) -> Fault:
    known = [str(c) for c in features.columns if c not in ("customer_id", "state")]
    return Fault(
        "validate.contexts",
        f"{name} is not there",
        "a context is a descriptor of the customers",
        f"Known here: {', '.join(known)}.",
        "unknown_context",
    )


def context_sentence(contexts: pd.DataFrame, declared: Sequence[str]) -> str:
    """Say in plain words where the segments do not hold.

    Args:
        contexts: The artefact ``contexts``.
        declared: ``validate.contexts`` of the parameters.
    """
    if not declared:
        return (
            "No country, channel or the like was named in validate.contexts, so it was not "
            "checked whether the segments hold everywhere."
        )
    if contexts.empty:
        asked = listing([feature_words(name) for name in declared])
        return f"None of the levels of {asked} has the {_FEWEST} customers that this needs."
    parts = []
    for row in contexts[contexts["finding"] != ""].to_dict("records"):
        where = f"{feature_words(row['context'])} {row['level']}"
        if OTHER_SEGMENTS in row["finding"]:
            parts.append(
                f"In {where} the customers fall into other groups (agreement "
                f"{row['adjusted_rand']:.2f}, where random customers give "
                f"{row['reference']:.2f})."
            )
        if OTHER_ORDER in row["finding"]:
            parts.append(f"In {where} the segments stand in another order on the KPIs.")
    if parts:
        return " ".join(parts)
    names = [feature_words(str(name)) for name in contexts["context"].unique()]
    everywhere = _everywhere(contexts, listing(names))
    few = [name for name in declared if name not in set(contexts["context"])]
    if not few:
        return everywhere
    unseen = listing([feature_words(name) for name in few])
    return f"{everywhere} No level of {unseen} has the {_FEWEST} customers that this needs."


def _everywhere(contexts: pd.DataFrame, names: str) -> str:
    """Say that no level stands out, and that this is little where nothing comes back anyway."""
    levels = f"each of the {len(contexts)} levels" if len(contexts) > 1 else "the one level"
    have = "have" if len(contexts) > 1 else "has"
    usual = float(contexts["reference"].min())
    if usual >= _SAME:
        return (
            f"The segments hold in {levels} of {names} that {have} enough customers: no less than "
            "among random customers with the same mix of segments."
        )
    return (
        f"Whether the segments hold in {levels} of {names} cannot be told: they come back there "
        "no worse than among random customers with the same mix of segments, but those agree by "
        f"only {usual:.2f} of 1 in places."
    )
