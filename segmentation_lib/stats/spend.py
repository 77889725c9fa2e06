"""How much customers spend on a purchase: the Gamma-Gamma model, fitted and looked ahead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, digamma
from scipy.stats import spearmanr

from segmentation_lib.stats.arrays import FloatArray, IntArray

__all__ = ["SpendModel", "fit_spend", "fit_spend_draw"]

_LOWEST, _HIGHEST = 1e-2, 1e4
_START = (6.0, 4.0, 2.5)
_OTHER_START = (1.0, 2.0, 1.0)
_FLAT = 1e-4
_SPENDERS = 20
# Under this shape the mean spend of the model is so uncertain that it is no figure.
_HEAVIEST_TAIL = 1.05
# A correlation of this size between spend and purchases moves the value of frequent buyers.
_DEPENDENT = 0.3


@dataclass(frozen=True)
class SpendModel:
    """A fitted Gamma-Gamma model: spend varies around a level of each customer.

    Attributes:
        p: Shape of the spend on a purchase around the customer's level.
        q: Shape of the levels over customers.
        v: Scale of the levels, in the currency of the data.
        log_likelihood: At the estimate.
        customers: Customers in the fit.
        correlation: Rank correlation of purchases and mean spend; the model supposes none. NaN
            where all bought equally often.
        usable: Whether the fit converged, the mean exists and the correlation is small.
        reason: Why it is not usable, as a sentence; empty when it is.
    """

    p: float
    q: float
    v: float
    log_likelihood: float
    customers: int
    correlation: float
    usable: bool
    reason: str

    def expected_spend(self, purchases: FloatArray, mean_spend: FloatArray) -> FloatArray:
        """Return the spend to expect on each further purchase of each customer.

        Args:
            purchases: Purchases with a known spend; with 0, the mean of all customers is expected.
            mean_spend: Mean spend on them; any number where there are none.
        """
        known = self.p * purchases
        own = np.where(purchases > 0, mean_spend, 0.0)
        spend: FloatArray = (self.p * self.v + known * own) / (known + self.q - 1)
        return spend

    def draw_spend(
        self,
        purchases: FloatArray,
        mean_spend: FloatArray,
        ahead: IntArray,
        rng: np.random.Generator,
    ) -> FloatArray:
        """Draw the spend of each customer on purchases that lie ahead, summed.

        Args:
            purchases: Purchases with a known spend.
            mean_spend: Mean spend on them.
            ahead: Purchases that lie ahead.
            rng: Source of the draw.
        """
        known = np.where(purchases > 0, purchases * mean_spend, 0.0)
        level = rng.gamma(self.q + self.p * purchases, 1.0) / (self.v + known)
        bought = rng.gamma(np.maximum(self.p * ahead, 1e-9), 1.0) / level
        spend: FloatArray = np.where(ahead > 0, bought, 0.0)
        return spend


def fit_spend(
    purchases: FloatArray, mean_spend: FloatArray, *, weights: FloatArray | None = None
) -> SpendModel:
    """Fit the Gamma-Gamma model by maximum likelihood, to those with at least one purchase.

    Args:
        purchases: Purchases with a known spend of each customer, or of each distinct pair.
        mean_spend: Mean spend on them, above 0.
        weights: Customers with each pair; 1 each when not given.

    Returns:
        The model. ``usable`` is false, and ``reason`` says why, where it did not converge, where
        its mean does not exist, or where spend and frequency go together, which it excludes.

    Raises:
        ValueError: A spend that is not above 0.

    Source: Fader & Hardie 2013, "The Gamma-Gamma Model of Monetary Value".
    """
    weights = np.ones(len(purchases)) if weights is None else weights
    bought = purchases > 0
    x, z, w = purchases[bought], mean_spend[bought], weights[bought]
    if not (np.isfinite(z).all() and (z > 0).all()):
        worst = float(z[~(z > 0)][0]) if (~(z > 0)).any() else float("inf")
        raise ValueError(f"mean spend = {worst}, must be above 0; leave days without spend out")
    customers = int(w.sum())
    again = float(w[x > 1].sum())
    if customers < _SPENDERS or again < _SPENDERS / 2:
        nan = float("nan")
        reason = (
            f"Only {customers} customers have a known spend, {again:.0f} of them twice; the model "
            f"needs {_SPENDERS} and {_SPENDERS // 2}."
        )
        return SpendModel(nan, nan, nan, nan, customers, nan, False, reason)
    unit = float(np.average(z, weights=w))
    scaled = x, z / unit, w
    tries = [_maximise(np.log(start), *scaled) for start in (_START, _OTHER_START)]
    point, _, slope = min(tries, key=lambda found: found[1])
    p, q, v = (float(value) for value in np.exp(point))
    total = float((w * _log_likelihoods((p, q, v * unit), x, z)[0]).sum())
    correlation = _correlation(x, z, w)
    reason = _doubt(point, slope, correlation)
    return SpendModel(p, q, v * unit, total, customers, correlation, not reason, reason)


def fit_spend_draw(
    model: SpendModel, purchases: FloatArray, mean_spend: FloatArray, weights: FloatArray
) -> SpendModel:
    """Refit a model to resampled customers, beginning at its own estimate.

    Args:
        model: The fit to the customers themselves.
        purchases: Purchases of each distinct pair, at least 1.
        mean_spend: Mean spend of each.
        weights: How often each is in the sample.
    """
    drawn = (weights > 0) & (purchases > 0)
    x, z, w = purchases[drawn], mean_spend[drawn], weights[drawn]
    unit = float(np.average(z, weights=w))
    start = np.log([model.p, model.q, model.v / unit])
    p, q, v = (float(value) for value in np.exp(_maximise(start, x, z / unit, w)[0]))
    # A sample whose own mean would not exist says so by a large one, not by a negative one.
    q = max(q, _HEAVIEST_TAIL)
    total = float((w * _log_likelihoods((p, q, v * unit), x, z)[0]).sum())
    return SpendModel(
        p, q, v * unit, total, int(w.sum()), model.correlation, model.usable, model.reason
    )


def _maximise(
    start: FloatArray, x: FloatArray, z: FloatArray, weights: FloatArray
) -> tuple[FloatArray, float, FloatArray]:
    size = float(weights.sum())

    def lost(point: FloatArray) -> tuple[float, FloatArray]:
        values = np.exp(point)
        each, slopes = _log_likelihoods((values[0], values[1], values[2]), x, z)
        return -float(weights @ each) / size, -(slopes @ weights) * values / size

    ends = [(np.log(_LOWEST), np.log(_HIGHEST))] * 3
    begin = np.clip(start, *ends[0])
    options = {"maxiter": 1000, "ftol": 1e-14, "gtol": 1e-8}
    found = minimize(lost, begin, jac=True, method="L-BFGS-B", bounds=ends, options=options)
    return np.asarray(found.x), float(found.fun), np.asarray(found.jac)


def _log_likelihoods(
    at: tuple[float, float, float], x: FloatArray, z: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Log-likelihood of each mean spend, and its slopes in the three parameters."""
    p, q, v = at
    known, everything = p * x, v + x * z
    each = (
        -betaln(known, q) + q * np.log(v) + (known - 1) * np.log(z) + known * np.log(x)
        - (known + q) * np.log(everything)
    )  # fmt: skip
    both = digamma(known + q)
    slopes = np.array(
        [
            x * (both - digamma(known) + np.log(z) + np.log(x) - np.log(everything)),
            both - digamma(q) + np.log(v) - np.log(everything),
            q / v - (known + q) / everything,
        ]
    )
    return each, slopes


def _correlation(x: FloatArray, z: FloatArray, weights: FloatArray) -> float:
    # Repeated rows, because a rank correlation takes no weights.
    rows = np.repeat(np.arange(len(x)), weights.astype(np.int64))
    if len(np.unique(x)) < 2 or len(np.unique(z)) < 2:
        return float("nan")
    return float(spearmanr(x[rows], z[rows]).statistic)


def _doubt(point: FloatArray, slope: FloatArray, correlation: float) -> str:
    inside = (point > np.log(_LOWEST) + 1e-3) & (point < np.log(_HIGHEST) - 1e-3)
    if not inside.all():
        return (
            "What customers spend on a purchase does not vary as the model supposes, so it cannot "
            "tell what each is going to spend."
        )
    if not np.isfinite(slope).all() or np.abs(slope).max() > _FLAT:
        return "The model of spend found no settled answer for these customers."
    if np.exp(point[1]) < _HEAVIEST_TAIL:
        return "A few customers spend so much more than others that no mean spend can be told."
    if abs(correlation) > _DEPENDENT:
        more = "more" if correlation > 0 else "less"
        return (
            f"Customers who buy more often spend {more} on a purchase, which the model cannot take "
            "into account: its forecast would be wrong for those who buy most."
        )
    return ""
