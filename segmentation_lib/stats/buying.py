"""How often customers will buy again: the BG/NBD model of purchases, fitted and looked ahead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, digamma, expit, gammaln, hyp2f1

from segmentation_lib.stats.arrays import FloatArray, IntArray

__all__ = ["BuyingModel", "fit_buying", "fit_buying_draw"]

# Parameters beyond these say that one part of the model has vanished: no customer ever leaves,
# or all are alike. Then the data do not tell the parameters, and nothing is claimed from them.
_LOWEST, _HIGHEST = 1e-3, 500.0
_START = (1.0, 1.0, 1.0, 1.0)
_OTHER_START = (0.3, 3.0, 0.5, 2.5)
# Largest slope of the mean log-likelihood at a maximum, per unit of log parameter.
_FLAT = 1e-4
_REPEATERS = 20
# A mean chance to leave under this is none that a customer of usual purchases would show.
_SELDOM = 0.02


@dataclass(frozen=True)
class BuyingModel:
    """A fitted BG/NBD model: customers buy at their own rate, and may leave after any purchase.

    Rates vary over customers as a gamma (``r``, ``alpha``), chances to leave as a beta (``a``,
    ``b``).

    Attributes:
        r: Shape of the rates.
        alpha: Inverse scale of the rates, in the time unit of the data.
        a: First shape of the chance to leave.
        b: Second shape of the chance to leave.
        log_likelihood: At the estimate.
        customers: Customers in the fit.
        usable: Whether the fit converged to parameters that the data tell.
        reason: Why it is not usable, as a sentence; empty when it is.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    customers: int
    usable: bool
    reason: str

    def alive(self, x: FloatArray, t_x: FloatArray, T: FloatArray) -> FloatArray:
        """Return the probability that each customer still buys.

        Args:
            x: Repeat purchases.
            t_x: Time of the last purchase, counted from the first.
            T: Time since the first purchase.
        """
        gone = np.log(self.a) - np.log(self.b + np.maximum(x, 1) - 1)
        gone = gone + (self.r + x) * (np.log(self.alpha + T) - np.log(self.alpha + t_x))
        alive: FloatArray = np.where(x > 0, expit(-gone), 1.0)
        return alive

    def expected_purchases(
        self, x: FloatArray, t_x: FloatArray, T: FloatArray, horizon: float
    ) -> FloatArray:
        """Return the purchases to expect from each customer over the time ahead.

        Args:
            x: Repeat purchases.
            t_x: Time of the last purchase, counted from the first.
            T: Time since the first purchase.
            horizon: Time ahead.

        Source: Fader, Hardie & Lee 2005, equation 10. Euler's transformation takes the number of
        purchases out of the upper parameters of 2F1, so that frequent buyers stay exact.
        """
        # The formula divides 0 by 0 where a or a + b + x is exactly 1; the limits exist.
        a = self.a if abs(self.a - 1) > 1e-6 else 1 + 1e-6
        c = a + self.b + x - 1
        c = np.where(np.abs(c) > 1e-7, c, 1e-7)
        reach = horizon / (self.alpha + T + horizon)
        series = hyp2f1(a - 1, a + self.b - 1 - self.r, c, reach)
        while_alive = c / (a - 1) * (1 - (1 - reach) ** (a - 1) * series)
        expected: FloatArray = self.alive(x, t_x, T) * while_alive
        return expected

    def draw_purchases(
        self,
        x: FloatArray,
        t_x: FloatArray,
        T: FloatArray,
        horizon: float,
        rng: np.random.Generator,
    ) -> IntArray:
        """Draw one possible future of each customer: the purchases in the time ahead.

        Args:
            x: Repeat purchases.
            t_x: Time of the last purchase, counted from the first.
            T: Time since the first purchase.
            horizon: Time ahead.
            rng: Source of the draw.
        """
        rate = rng.gamma(self.r + x, 1.0) / (self.alpha + T)
        leaves = np.maximum(rng.beta(self.a, self.b + x), 1e-12)
        made = np.minimum(rng.poisson(rate * horizon), rng.geometric(leaves))
        return np.where(rng.random(len(x)) < self.alive(x, t_x, T), made, 0).astype(np.int64)

    def log_likelihoods(self, x: FloatArray, t_x: FloatArray, T: FloatArray) -> FloatArray:
        """Return the log-likelihood of each customer's purchases."""
        return _log_likelihoods((self.r, self.alpha, self.a, self.b), x, t_x, T)[0]


def fit_buying(
    x: FloatArray, t_x: FloatArray, T: FloatArray, *, weights: FloatArray | None = None
) -> BuyingModel:
    """Fit the BG/NBD model by maximum likelihood.

    Args:
        x: Repeat purchases of each customer, or of each distinct history.
        t_x: Time of the last purchase, counted from the first; 0 for ``x`` = 0.
        T: Time since the first purchase, at least ``t_x``.
        weights: Customers with each history; 1 each when not given.

    Returns:
        The model; where it did not converge, or the data do not tell its parameters, ``usable``
        is false and ``reason`` says why.

    Raises:
        ValueError: Times or counts that no customer can have.

    Source: Fader, Hardie & Lee 2005, "Counting Your Customers the Easy Way", Marketing Science 24.
    """
    weights = np.ones(len(x)) if weights is None else weights
    _check(x, t_x, T, weights)
    customers = int(weights.sum())
    repeaters = float(weights[x > 0].sum())
    if repeaters < _REPEATERS:
        nan = float("nan")
        reason = (
            f"Only {repeaters:.0f} customers bought more than once; the model needs {_REPEATERS}."
        )
        return BuyingModel(nan, nan, nan, nan, nan, customers, False, reason)
    # In units of the usual time, the start is near whatever the data's unit.
    unit = float(np.average(T, weights=weights))
    scaled = x, t_x / unit, T / unit, weights
    tries = [_maximise(np.log(start), *scaled) for start in (_START, _OTHER_START)]
    best = min(tries, key=lambda found: found[1])
    r, alpha, a, b = (float(value) for value in np.exp(best[0]))
    fitted = (r, alpha * unit, a, b)
    total = float((weights * _log_likelihoods(fitted, x, t_x, T)[0]).sum())
    reason = _doubt(best[0], best[2], *scaled)
    return BuyingModel(*fitted, total, customers, not reason, reason)


def fit_buying_draw(
    model: BuyingModel, x: FloatArray, t_x: FloatArray, T: FloatArray, weights: FloatArray
) -> BuyingModel:
    """Refit a model to resampled customers, beginning at its own estimate.

    Args:
        model: The fit to the customers themselves.
        x: Repeat purchases of each distinct history.
        t_x: Time of the last purchase of each.
        T: Time since the first purchase of each.
        weights: How often each is in the sample.
    """
    unit = float(np.average(T, weights=weights))
    start = np.log([model.r, model.alpha / unit, model.a, model.b])
    drawn = weights > 0
    scaled = x[drawn], t_x[drawn] / unit, T[drawn] / unit, weights[drawn]
    r, alpha, a, b = (float(value) for value in np.exp(_maximise(start, *scaled)[0]))
    fitted = (r, alpha * unit, a, b)
    total = float((weights * _log_likelihoods(fitted, x, t_x, T)[0]).sum())
    return BuyingModel(*fitted, total, int(weights.sum()), model.usable, model.reason)


def _check(x: FloatArray, t_x: FloatArray, T: FloatArray, weights: FloatArray) -> None:
    known = np.isfinite(x) & np.isfinite(t_x) & np.isfinite(T) & (weights >= 0)
    wrong = ~known | (x < 0) | (t_x < 0) | (t_x > T) | (T <= 0) | ((x == 0) & (t_x != 0))
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise ValueError(
            f"x = {x[first]}, t_x = {t_x[first]}, T = {T[first]} in row {first}, must be "
            "0 <= t_x <= T, T > 0 and t_x = 0 for x = 0; count from the first purchase"
        )


def _maximise(
    start: FloatArray, x: FloatArray, t_x: FloatArray, T: FloatArray, weights: FloatArray
) -> tuple[FloatArray, float, FloatArray]:
    size = float(weights.sum())

    def lost(point: FloatArray) -> tuple[float, FloatArray]:
        values = np.exp(point)
        each, slopes = _log_likelihoods((values[0], values[1], values[2], values[3]), x, t_x, T)
        return -float(weights @ each) / size, -(slopes @ weights) * values / size

    ends = [(np.log(_LOWEST), np.log(_HIGHEST))] * 4
    begin = np.clip(start, *ends[0])
    options = {"maxiter": 500, "ftol": 1e-13, "gtol": 1e-8}
    found = minimize(lost, begin, jac=True, method="L-BFGS-B", bounds=ends, options=options)
    return np.asarray(found.x), float(found.fun), np.asarray(found.jac)


def _log_likelihoods(
    at: tuple[float, float, float, float], x: FloatArray, t_x: FloatArray, T: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Log-likelihood of each history, and its slopes in the four parameters, shape (4, rows)."""
    r, alpha, a, b = at
    many = np.maximum(x, 1.0)
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b)
    stayed = -(r + x) * np.log(alpha + T)
    left = -(r + x) * np.log(alpha + t_x) + np.log(a) - np.log(b + many - 1)
    left = np.where(x > 0, left, -np.inf)
    either = np.logaddexp(stayed, left)
    stay, leave = np.exp(stayed - either), np.exp(left - either)
    both = digamma(a + b) - digamma(a + b + x)
    slopes = np.array(
        [
            digamma(r + x) - digamma(r) + np.log(alpha)
            - stay * np.log(alpha + T) - leave * np.log(alpha + t_x),
            r / alpha - (r + x) * (stay / (alpha + T) + leave / (alpha + t_x)),
            both + leave / a,
            digamma(b + x) - digamma(b) + both - leave / (b + many - 1),
        ]
    )  # fmt: skip
    return common + either, slopes


def _doubt(
    point: FloatArray,
    slope: FloatArray,
    x: FloatArray,
    t_x: FloatArray,
    T: FloatArray,
    weights: FloatArray,
) -> str:
    """Why the parameters found are not to be used; empty when they are."""
    inside = (point > np.log(_LOWEST) + 1e-3) & (point < np.log(_HIGHEST) - 1e-3)
    if not inside.all():
        names = [name for name, ok in zip(("r", "alpha", "a", "b"), inside, strict=True) if not ok]
        return _vanished(set(names), float(np.exp(point[2] - np.logaddexp(point[2], point[3]))))
    if not np.isfinite(slope).all() or np.abs(slope).max() > _FLAT:
        return "The model of purchases found no settled answer for these customers."
    size = float(weights.sum())

    def slopes_at(at: FloatArray) -> FloatArray:
        values = np.exp(at)
        _, slopes = _log_likelihoods((values[0], values[1], values[2], values[3]), x, t_x, T)
        return np.asarray(-(slopes @ weights) * values / size)

    step = 1e-4 * np.eye(4)
    bend = np.array([slopes_at(point + s) - slopes_at(point - s) for s in step]) / 2e-4
    if float(np.linalg.eigvalsh((bend + bend.T) / 2).min()) * size < 1e-3:
        return (
            "Forecasts that differ widely fit the purchases equally well, so none of them is given."
        )
    return ""


def _vanished(names: set[str], leaves: float) -> str:
    """What it means that parameters ran to a limit: a part of the model is not to be seen.

    Args:
        names: The parameters.
        leaves: Mean chance to leave after a purchase.
    """
    if names & {"a", "b"} and leaves < _SELDOM:
        return (
            "No customer is seen to leave in these purchases, so the model cannot tell how long "
            "they will go on buying."
        )
    if names & {"a", "b"}:
        return (
            "The purchases do not show which customers have left and which only wait, so the "
            "model cannot tell who is going to buy again."
        )
    return (
        "The purchases do not show how customers differ in how often they buy, so the model "
        "cannot tell what each is going to buy."
    )
