"""Data without segments: one cloud with this data's own margins, correlations and tails.

Any index of a grouping can look good on one cloud, so it is ranked among its values on clouds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri
from scipy.stats import chi2

from segmentation_lib.stats.arrays import FloatArray, IntArray, one_thread

__all__ = ["OneCloud", "curve_p_value", "dither", "rank_p_value"]

_ROUNDS = 6
_FEW_VALUES = 2
_SIMULATED_PER_ROW = 4
_LARGEST_CORRELATION = 0.98
_SMALLEST_EIGENVALUE = 1e-4
# Radii are resampled only when their spread exceeds that of Gaussian radii by this factor:
# groups shrink or split radii, and the null must not learn that from the data.
_HEAVY_TAIL = 1.05


def dither(X: FloatArray, *, seed: int | Sequence[int]) -> FloatArray:
    """Return ``X`` with whole-number columns spread by up to half a unit, uniformly.

    Otherwise the gaps between whole numbers look like gaps between groups. Works on raw units,
    before any transform; NaN stays NaN. Two values, such as yes and no, stay as they are: spread
    out, they would make blocks that no cloud has.
    """
    rng = np.random.default_rng(seed)
    spread = rng.uniform(-0.5, 0.5, size=X.shape)
    whole = np.array([_is_whole(column) for column in X.T])
    return np.where(whole, X + spread, X)


def _is_whole(column: FloatArray) -> bool:
    known = column[np.isfinite(column)]
    return bool((known == np.floor(known)).all()) and len(np.unique(known)) > _FEW_VALUES


@dataclass(frozen=True)
class OneCloud:
    """A null model fitted to a matrix: draws look like it in all but having groups.

    Attributes:
        margins: Values of each column in the order of their rank, shape (rows, features); draws
            have exactly these.
        factor: Lower Cholesky factor of the latent correlations, shape (features, features).
        radii: Lengths of the latent vectors where tails are heavier than Gaussian, else empty.

    Source: after Hennig & Lin 2015 (a parametric bootstrap that keeps what is not grouping).
    """

    margins: FloatArray
    factor: FloatArray
    radii: FloatArray

    @classmethod
    def fit(
        cls, X: FloatArray, *, seed: int | Sequence[int], tied: FloatArray | None = None
    ) -> OneCloud:
        """Fit the cloud: margins as they are, latent correlations corrected by simulation.

        Ties and zeros weaken a correlation between ranks, so the latent correlations are moved,
        in six rounds, until simulated features have the correlations that were observed.

        Args:
            X: Matrix of shape (rows, features), without missing values; `dither` it first.
            seed: Seed of tie-breaking and of the simulations.
            tied: The matrix before it was dithered. Rows that were equal then are in random order
                in the draws, as they are in ``X``: a count of 1 and a count of 2 make two blocks,
                and inside a block nothing is correlated. ``X`` itself when None.
        """
        rng = np.random.default_rng(seed)
        with one_thread():
            order = _order(X if tied is None else tied, rng)
            scores = _normal_scores(order)
            margins = np.take_along_axis(X, order, axis=0)
            observed = _correlations(X)
            latent = _nearest_correlations(_correlations(scores))
            radii = _heavy_radii(scores, latent)
            cloud = cls(margins, _cholesky(latent), radii)
            for _ in range(_ROUNDS):
                simulated = _correlations(cloud._simulate(_SIMULATED_PER_ROW * len(X), rng))
                moved = np.clip(
                    latent + observed - simulated, -_LARGEST_CORRELATION, _LARGEST_CORRELATION
                )
                np.fill_diagonal(moved, 1.0)
                latent = _nearest_correlations(moved)
                cloud = cls(margins, _cholesky(latent), radii)
        return cloud

    def draw(self, rng: np.random.Generator) -> FloatArray:
        """Return one data set without groups, of the shape of the fitted matrix."""
        return self._simulate(len(self.margins), rng)

    def _simulate(self, rows: int, rng: np.random.Generator) -> FloatArray:
        n, d = self.margins.shape
        latent = rng.standard_normal((rows, d))
        if len(self.radii):
            length = np.sqrt((latent**2).sum(axis=1))
            latent *= (rng.choice(self.radii, size=rows) / length)[:, None]
        latent = latent @ self.factor.T
        order = np.argsort(latent, axis=0)
        drawn = np.empty_like(latent)
        np.put_along_axis(drawn, order, self.margins[(np.arange(rows) * n) // rows], axis=0)
        return drawn


def _order(X: FloatArray, rng: np.random.Generator) -> IntArray:
    """Rows of each column from its lowest to its highest value, ties in random order."""
    order = [np.lexsort((rng.random(len(X)), column)) for column in X.T]
    return np.column_stack(order).astype(np.int64)


def _normal_scores(order: IntArray) -> FloatArray:
    """Normal scores of the ranks."""
    n, d = order.shape
    scores = np.empty((n, d))
    grid = ndtri((np.arange(n) + 0.5) / n)
    np.put_along_axis(scores, order, np.repeat(grid[:, None], d, axis=1), axis=0)
    return scores


def _correlations(X: FloatArray) -> FloatArray:
    """Correlations, 0 with a constant column."""
    centred = X - X.mean(axis=0)
    length = np.sqrt((centred**2).sum(axis=0))
    unit = np.divide(centred, length, out=np.zeros(X.shape), where=length > 0)
    correlations: FloatArray = unit.T @ unit
    np.fill_diagonal(correlations, 1.0)
    return correlations


def _nearest_correlations(matrix: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh(matrix)
    positive = (vectors * np.maximum(values, _SMALLEST_EIGENVALUE)) @ vectors.T
    scale = np.sqrt(np.diag(positive))
    nearest: FloatArray = positive / np.outer(scale, scale)
    return nearest


def _cholesky(latent: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.cholesky(latent), dtype=np.float64)


def _heavy_radii(scores: FloatArray, latent: FloatArray) -> FloatArray:
    n, d = scores.shape
    uncorrelated = np.linalg.solve(np.linalg.cholesky(latent), scores.T)
    radii = np.sqrt((uncorrelated**2).sum(axis=0))
    gaussian = np.sqrt(chi2.ppf((np.arange(n) + 0.5) / n, d))
    heavy = radii.std() > _HEAVY_TAIL * gaussian.std()
    return np.sort(radii) if heavy else np.empty(0)


def rank_p_value(observed: float, null: FloatArray, *, better: str = "higher") -> float:
    """Return the share of the pooled values that are at least as good as the observed one.

    Args:
        observed: Value on the real data.
        null: Values on data without groups.
        better: ``higher`` or ``lower``: which values speak for groups.

    Raises:
        ValueError: ``better`` is neither.

    >>> rank_p_value(0.9, np.array([0.1, 0.2, 0.95]))
    0.5
    """
    if better not in ("higher", "lower"):
        raise ValueError(f"better = {better!r}, must be 'higher' or 'lower'")
    # A value that is missing on either side speaks against groups.
    beaten = ~(null < observed) if better == "higher" else ~(null > observed)
    return float((1 + beaten.sum()) / (1 + len(null)))


def curve_p_value(observed: FloatArray, null: FloatArray, *, floor: float) -> float:
    """Return the rank p-value of the best point of a curve, such as one value per k.

    Each point is standardised by the mean and spread over all data sets, the real one included,
    which keeps the ranks exact when there are no groups; then the best point of each is ranked.

    Args:
        observed: Curve on the real data, shape (points,); higher speaks for groups.
        null: Curves on data without groups, shape (draws, points).
        floor: Added to the spread, so that a point that hardly varies does not decide alone.
    """
    curves = np.vstack([observed, null])
    best = ((curves - curves.mean(axis=0)) / (curves.std(axis=0) + floor)).max(axis=1)
    return rank_p_value(float(best[0]), best[1:])
