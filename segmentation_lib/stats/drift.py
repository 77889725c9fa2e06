"""How far a feature, or a mix of shares, has moved: by its size, not by the number of customers.

The population stability index (PSI) of two samples of one population is not 0 but about
(bins - 1)(1/n0 + 1/n1): uncorrected, it passes 0.1 in 79 % of quiet quarters with 100 customers.
So that much is taken off, and an alert also asks for a p-value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import ndtri
from scipy.stats import chi2

from segmentation_lib.stats.arrays import FloatArray, IntArray
from segmentation_lib.stats.intervals import holm

__all__ = ["Drift", "DriftLevel", "drift_levels", "number_drift", "share_drift"]

DriftLevel = Literal["none", "moderate", "major"]

# Added to each count, so that an empty bin has a logarithm.
_PRIOR = 0.5


@dataclass(frozen=True)
class Drift:
    """How far a distribution has moved.

    Attributes:
        psi: Population stability index, at least 0; 0.1 is a shift of the mean by about a third
            of a standard deviation, 0.25 one by half.
        corrected: The index less what two samples of one population would show, at least 0.
        p_value: Chance of such an index without any drift; NaN with fewer than two bins.
        distance: Largest difference between the two distributions, 0 to 1: the distance of
            Kolmogorov and Smirnov for numbers, the total variation for shares.
        bins: Bins that were compared.
        shift: Shift of the mean of a number's normal scores, in standard deviations; NaN for
            shares.
        spread: Standard deviation of the normal scores after, over that before; NaN for shares.
    """

    psi: float
    corrected: float
    p_value: float
    distance: float
    bins: int
    shift: float = float("nan")
    spread: float = float("nan")


def number_drift(before: FloatArray, after: FloatArray, *, bins: int = 10) -> Drift:
    """Compare two samples of a number in the quantile bins of the first.

    Values that many customers share make fewer bins; missing values are a bin of their own.

    Args:
        before: The first sample, shape (n0,); NaN for a missing value.
        after: The second sample, shape (n1,).
        bins: Quantile bins at most.

    Returns:
        The drift; distance, shift and spread are those of the known values. Shift and spread are
        taken of normal scores in the first sample, so that a few huge values do not make them.

    Raises:
        ValueError: A sample is empty.

    Source: PSI / (1/n0 + 1/n1) is about chi-square with bins - 1 degrees of freedom
    (Yurdakul & Naranjo 2020).
    """
    known = before[~np.isnan(before)]
    edges = _edges(known, bins)
    counts = [_bin_counts(sample, edges) for sample in (before, after)]
    found = share_drift(counts[0], counts[1])
    later = after[~np.isnan(after)]
    if not len(known) or not len(later):
        return replace(found, distance=float("nan"))
    scores = _normal_scores(known, known), _normal_scores(known, later)
    spread = float(scores[0].std())
    return replace(
        found,
        distance=_largest_gap(known, later),
        shift=float(scores[1].mean() - scores[0].mean()) / spread if spread else float("nan"),
        spread=float(scores[1].std()) / spread if spread else float("nan"),
    )


def share_drift(before: IntArray, after: IntArray) -> Drift:
    """Compare two tables of counts over the same levels, such as customers by segment.

    Args:
        before: Customers per level, shape (levels,).
        after: The same afterwards; a level without customers in both does not count.

    Raises:
        ValueError: Other numbers of levels, or a table without customers.

    >>> same = share_drift(np.array([50, 50]), np.array([50, 50]))
    >>> same.psi, same.corrected, same.p_value
    (0.0, 0.0, 1.0)
    """
    if before.shape != after.shape:
        raise ValueError(f"counts of {len(before)} and {len(after)} levels, must be the same ones")
    customers = int(before.sum()), int(after.sum())
    if min(customers) < 1:
        raise ValueError(f"{customers[0]} and {customers[1]} customers, must be at least 1 each")
    seen = (before + after) > 0
    levels = int(seen.sum())
    shares = [
        (counts[seen] + _PRIOR) / (total + _PRIOR * levels)
        for counts, total in zip((before, after), customers, strict=True)
    ]
    psi = float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())
    chance = 1 / customers[0] + 1 / customers[1]
    return Drift(
        psi=psi,
        corrected=max(0.0, psi - (levels - 1) * chance),
        p_value=float(chi2.sf(psi / chance, levels - 1)) if levels > 1 else float("nan"),
        distance=float(np.abs(after / customers[1] - before / customers[0]).sum() / 2),
        bins=levels,
    )


def drift_levels(
    drifts: Sequence[Drift],
    *,
    moderate: float = 0.1,
    major: float = 0.25,
    spread: float = 1.4,
    alpha: float = 0.01,
) -> tuple[DriftLevel, ...]:
    """Say of each of several features looked at together how far it has moved.

    Args:
        drifts: One drift per feature.
        moderate: Corrected index above which a drift is moderate.
        major: Corrected index above which it is major.
        spread: A drift that is moderate is major, too, where the spread grew or shrank by this
            factor: a spread half as large again has an index of 0.19 only.
        alpha: Largest p-value of an alert, after Holm's correction over the features.

    Returns:
        ``none``, ``moderate`` or ``major`` for each.
    """
    chance = holm([drift.p_value for drift in drifts])
    levels: list[DriftLevel] = []
    for drift, p_value in zip(drifts, chance, strict=True):
        wider = drift.spread >= spread or drift.spread <= 1 / spread
        if not (p_value < alpha and drift.corrected > moderate):
            levels.append("none")
        elif drift.corrected > major or wider:
            levels.append("major")
        else:
            levels.append("moderate")
    return tuple(levels)


def _edges(known: FloatArray, bins: int) -> FloatArray:
    if not len(known):
        return np.empty(0)
    edges = np.unique(np.quantile(known, np.arange(1, bins) / bins))
    lowest = known.min()
    # Where many share the lowest value, values below it are news and get a bin of their own.
    return np.append(np.nextafter(lowest, -np.inf), edges) if edges[0] == lowest else edges


def _bin_counts(sample: FloatArray, edges: FloatArray) -> IntArray:
    """Return the values at or below each edge, those above the last, and the missing ones."""
    missing = np.isnan(sample)
    places = np.searchsorted(edges, sample[~missing], side="left")
    counts = np.bincount(places, minlength=len(edges) + 1)
    return np.append(counts, missing.sum()).astype(np.int64)


def _normal_scores(reference: FloatArray, values: FloatArray) -> FloatArray:
    """Return the normal scores of values by their mid-ranks in a reference sample."""
    ordered = np.sort(reference)
    below = np.searchsorted(ordered, values, side="left")
    up_to = np.searchsorted(ordered, values, side="right")
    scores: FloatArray = ndtri(((below + up_to) / 2 + 0.5) / (len(ordered) + 1))
    return scores


def _largest_gap(first: FloatArray, second: FloatArray) -> float:
    values = np.concatenate([first, second])
    shares = [
        np.searchsorted(np.sort(sample), values, side="right") / len(sample)
        for sample in (first, second)
    ]
    return float(np.abs(shares[0] - shares[1]).max())
