"""Worlds of known truth: one crowd in many shapes, and planted groups.

One crowd without groups comes in the shapes of `tests.calibration.crowds`, each in raw units, then
power-transformed (Yeo-Johnson) and standardised.

Planted groups, in within-group standard deviations: `equal_groups` and `unequal_groups`, whose
closest two centres are `apart`; `personas`, kinds of customers in raw units.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.preprocessing import PowerTransformer

from segmentation_lib.stats import dither
from tests.calibration.crowds import ONE_CROWD

__all__ = [
    "ONE_CROWD",
    "UNEQUAL_SHARES",
    "World",
    "equal_groups",
    "one_crowd",
    "personas",
    "planted",
    "unequal_groups",
]

# Shares of unequal groups; four groups as in the studies of segment sizes, others in their manner.
UNEQUAL_SHARES = {
    3: (0.65, 0.25, 0.10),
    4: (0.60, 0.25, 0.10, 0.05),
    5: (0.50, 0.25, 0.12, 0.08, 0.05),
    6: (0.42, 0.23, 0.14, 0.10, 0.06, 0.05),
}


@dataclass(frozen=True)
class World:
    """Customers in the space that segments are found in, and the truth about them.

    Attributes:
        raw: Features in their own units, shape (rows, features); categories as one-hot columns.
        points: Power-transformed and standardised, shape (rows, features).
        smoothed: The same with whole numbers spread by up to half a unit beforehand.
        truth: Planted group of each row, 0 to K-1; all 0 on one crowd.
        columns: Names of the columns; levels of a category are named ``feature=level``.
    """

    raw: np.ndarray
    points: np.ndarray
    smoothed: np.ndarray
    truth: np.ndarray
    columns: tuple[str, ...]

    @property
    def groups(self) -> int:
        """Number of planted groups; 1 on one crowd."""
        return int(self.truth.max()) + 1


def one_crowd(kind: str, *, n: int = 1000, d: int = 6) -> Callable[[np.random.Generator], World]:
    """Return a generator of one crowd without groups.

    Args:
        kind: One of `ONE_CROWD`.
        n: Customers.
        d: Features.

    Raises:
        ValueError: There is no such kind.
    """
    if kind not in ONE_CROWD:
        raise ValueError(f"kind = {kind!r}, must be one of {', '.join(ONE_CROWD)}")

    def make(rng: np.random.Generator) -> World:
        numbers = ONE_CROWD[kind](rng, n, d)
        categories = _categories(rng, n) if kind == "mixed" else ()
        return _world(numbers, np.zeros(n, dtype=np.int64), rng, categories)

    return make


def equal_groups(
    k: int, apart: float, *, n: int = 1000, d: int = 6
) -> Callable[[np.random.Generator], World]:
    """Return a generator of ``k`` equally large Gaussian groups.

    Args:
        k: Groups.
        apart: Distance of the closest two centres, in within-group standard deviations.
        n: Customers.
        d: Features.
    """
    return planted((1 / k,) * k, apart, n=n, d=d)


def unequal_groups(
    k: int, apart: float, *, n: int = 1000, d: int = 6
) -> Callable[[np.random.Generator], World]:
    """Return a generator of ``k`` Gaussian groups of very unequal size (`UNEQUAL_SHARES`)."""
    return planted(UNEQUAL_SHARES[k], apart, n=n, d=d)


def planted(
    shares: tuple[float, ...], apart: float, *, n: int = 1000, d: int = 6
) -> Callable[[np.random.Generator], World]:
    """Return a generator of Gaussian groups at random centres, the closest two ``apart``.

    Centres are drawn uniformly from a cube and redrawn until the farthest two are at most three
    times as far as the closest: otherwise one far group would be the whole problem.

    Args:
        shares: Share of each group; the sum is 1.
        apart: Distance of the closest two centres, in within-group standard deviations.
        n: Customers; the sizes are exact up to rounding.
        d: Features.
    """

    def make(rng: np.random.Generator) -> World:
        truth = _sizes(shares, n, rng)
        centres = _centres(len(shares), d, rng) * apart
        return _world(centres[truth] + rng.normal(size=(n, d)), truth, rng)

    return make


def personas(separation: float = 1.0, *, n: int = 1000) -> Callable[[np.random.Generator], World]:
    """Return a generator of four kinds of customers (40, 30, 20, 10 %), six raw features.

    Days since the last order, orders, average order value, tenure in days, share of discounted
    orders, share of online orders.

    Args:
        separation: Distance of the kinds; 1 is clear, 0 is one kind.
        n: Customers.
    """
    kinds = np.array(
        [  # log recency, log orders, log order value, log tenure, logit discount, logit online
            [5.0, 0.3, 3.4, 5.0, -0.5, 0.0],
            [3.5, 1.6, 3.8, 6.3, -1.5, 1.2],
            [4.3, 1.0, 3.0, 5.9, 1.8, -1.2],
            [2.4, 2.7, 4.9, 6.9, -2.2, 0.5],
        ]
    )
    spread = np.array([0.5, 0.35, 0.3, 0.4, 0.6, 0.6])

    def make(rng: np.random.Generator) -> World:
        truth = _sizes((0.4, 0.3, 0.2, 0.1), n, rng)
        middle = kinds.mean(axis=0)
        latent = (middle + separation * (kinds - middle))[truth] + spread * rng.normal(size=(n, 6))
        share = 1 / (1 + np.exp(-latent[:, 4:]))
        orders = 1 + rng.poisson(np.exp(latent[:, 1]))
        discounted = rng.binomial(orders, share[:, 0]) / orders
        days = np.ceil(np.exp(latent[:, [0, 3]]))
        raw = np.column_stack([days[:, 0], orders, np.exp(latent[:, 2]), days[:, 1], share])
        raw[:, 4] = (discounted * orders + share[:, 0] * 4) / (orders + 4)
        return _world(raw, truth, rng)

    return make


def _world(
    numbers: np.ndarray,
    truth: np.ndarray,
    rng: np.random.Generator,
    categories: tuple[tuple[str, np.ndarray], ...] = (),
) -> World:
    shape = PowerTransformer().fit(numbers)
    smooth = dither(numbers, seed=int(rng.integers(2**31)))
    one_hot = [(f"{name}={level}", values == level) for name, values in categories
               for level in np.unique(values)]  # fmt: skip
    levels = (
        np.column_stack([flag for _, flag in one_hot]) if one_hot else np.empty((len(truth), 0))
    )
    scaled = [_scaled(values) for _, values in categories]
    names = [f"feature_{place + 1}" for place in range(numbers.shape[1])]
    return World(
        raw=np.column_stack([numbers, levels]),
        points=np.column_stack([shape.transform(numbers), *scaled]),
        smoothed=np.column_stack([PowerTransformer().fit_transform(smooth), *scaled]),
        truth=truth,
        columns=(*names, *(name for name, _ in one_hot)),
    )


def _scaled(values: np.ndarray) -> np.ndarray:
    """One column per level, which together weigh as much as one number."""
    flags = (values[:, None] == np.unique(values)[None]).astype(float)
    shares = flags.mean(axis=0)
    return (flags - shares) / max(np.sqrt((shares * (1 - shares)).sum()), 0.5**0.5)


def _sizes(shares: tuple[float, ...], n: int, rng: np.random.Generator) -> np.ndarray:
    ends = np.round(np.cumsum(shares) / sum(shares) * n).astype(np.int64)
    return rng.permutation(np.searchsorted(ends, np.arange(n), side="right"))


def _centres(k: int, d: int, rng: np.random.Generator) -> np.ndarray:
    """Random centres, the closest two at distance 1."""
    while True:
        centres = rng.uniform(-1, 1, size=(k, d))
        apart = np.sqrt(((centres[:, None] - centres[None]) ** 2).sum(-1))[np.triu_indices(k, 1)]
        if apart.max() <= 3 * apart.min():
            return centres / apart.min()


def _categories(rng: np.random.Generator, n: int) -> tuple[tuple[str, np.ndarray], ...]:
    region = rng.choice(["east", "north", "south", "west"], size=n, p=[0.4, 0.3, 0.2, 0.1])
    return ("channel", rng.choice(["shop", "web"], size=n, p=[0.55, 0.45])), ("region", region)
