"""One crowd of customers without groups, in many shapes, in raw units.

- `gauss`, `lognorm`, `uniform`: correlated normal, log-normal, uniform margins;
- `t3`: heavy tails that come together (Student, 3 degrees of freedom);
- `zicount`: correlated counts with many zeros;
- `rfm`: recency, frequency, value, tenure, shares of one kind of customer;
- `onefac`: every two features correlated by .6;
- `onetime`, `hurdle`: 60 % of customers bought once, as part of their rate or by chance;
- `survey`: correlated answers on scales of few points;
- `banana`, `funnel`: a curved crowd, and one whose spread grows;
- `star`: arms from one centre; `shares`: parts of a whole; `mixed`: numbers beside two categories.
- `ring`: a hollow crowd; it is one piece and yet has a gap in its middle (a known limitation).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.stats import norm

__all__ = ["ONE_CROWD"]

# From a generator, rows and features to a matrix.
Raw = Callable[[np.random.Generator, int, int], np.ndarray]


def _correlated(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    mixed = rng.normal(size=(n, d)) @ (np.eye(d) + 0.35 * rng.normal(size=(d, d)))
    return mixed / mixed.std(axis=0)


def _t3(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    return _correlated(rng, n, d) / np.sqrt(rng.chisquare(3, n) / 3)[:, None]


def _zero_counts(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    counts = rng.poisson(np.exp(0.8 * _correlated(rng, n, d) + 0.5))
    return 1.0 * counts * (rng.random((n, d)) < 0.65)


def _rfm(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    """Recency, orders, order value, tenure, then shares; one kind of customer."""
    latent = _correlated(rng, n, d)
    orders = 1 + rng.poisson(np.exp(0.7 * latent[:, 1] + 0.8))
    tenure = np.ceil(np.exp(0.6 * latent[:, 3] + 6))
    recency = np.ceil(tenure * rng.beta(1, orders))
    value = np.exp(0.6 * latent[:, 2] + 3.5)
    shares = [rng.binomial(orders, norm.cdf(latent[:, c])) / orders for c in range(4, d)]
    return np.column_stack([recency, orders, value, tenure, *shares])[:, :d]


def _one_factor(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    return np.sqrt(0.6) * rng.normal(size=(n, 1)) + np.sqrt(0.4) * rng.normal(size=(n, d))


def _one_time(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    """60 % bought once, fewer twice, fewer still three times; value and recency follow orders."""
    latent = _correlated(rng, n, d)
    orders = 1 + rng.poisson(np.exp(1.2 * latent[:, 0] - 1.1))
    value = orders * np.exp(0.6 * latent[:, 1] + 3)
    recency = np.ceil(365 * rng.beta(1, 0.7 + 0.4 * orders))
    others = np.exp(0.5 * latent[:, 3:])
    return np.column_stack([orders, value, recency, others])[:, :d]


def _hurdle(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    """60 % bought once, by chance; the others more often, each number rarer than the last."""
    latent = _correlated(rng, n, d)
    orders = 1 + np.where(rng.random(n) < 0.6, 0, rng.geometric(0.45, n))
    value = orders * np.exp(0.6 * latent[:, 1] + 3)
    recency = np.ceil(365 * rng.beta(1, 0.7 + 0.4 * orders))
    others = np.exp(0.5 * latent[:, 3:])
    return np.column_stack([orders, value, recency, others])[:, :d]


def _banana(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    cloud = rng.normal(size=(n, d))
    cloud[:, 1] = 0.6 * cloud[:, 1] + 0.5 * cloud[:, 0] ** 2
    return cloud


def _funnel(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    cloud = rng.normal(size=(n, d))
    cloud[:, 1:] *= np.exp(0.5 * cloud[:, :1])
    return cloud


def _star(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    """Each customer is far from the centre in one direction only."""
    cloud = 0.4 * rng.normal(size=(n, d))
    cloud[np.arange(n), rng.integers(0, d, n)] += np.abs(rng.normal(size=n)) * 2
    return cloud


def _shares(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    return rng.dirichlet(np.full(d, 1.5), size=n)


def _ring(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    cloud = 0.3 * rng.normal(size=(n, d))
    angle = rng.uniform(0, 2 * np.pi, n)
    cloud[:, :2] += np.column_stack([2 * np.cos(angle), 2 * np.sin(angle)])
    return cloud


def _survey(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    """Answers on scales of 3 to 7 points."""
    points = rng.integers(3, 8, d)
    return np.floor(norm.cdf(_correlated(rng, n, d)) * points) + 1


ONE_CROWD: dict[str, Raw] = {
    "gauss": _correlated,
    "lognorm": lambda rng, n, d: np.exp(_correlated(rng, n, d)),
    "uniform": lambda rng, n, d: norm.cdf(_correlated(rng, n, d)),
    "t3": _t3,
    "zicount": _zero_counts,
    "rfm": _rfm,
    "onefac": _one_factor,
    "onetime": _one_time,
    "hurdle": _hurdle,
    "survey": _survey,
    "banana": _banana,
    "funnel": _funnel,
    "star": _star,
    "shares": _shares,
    "mixed": lambda rng, n, d: np.exp(0.5 * _correlated(rng, n, d)),
    "ring": _ring,
}
