"""Demand curves from stated prices: who would buy, what half would pay, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import isotonic_regression
from scipy.stats import quantile_test

from segmentation_lib.stats.arrays import BoolArray, FloatArray
from segmentation_lib.stats.intervals import Interval, wilson_interval

__all__ = ["Demand", "asked_prices_demand", "four_prices_demand"]

_LEVEL = 0.95
_MOST_PRICES = 200
_SHOWN_PRICES = 25


@dataclass(frozen=True)
class Demand:
    """The demand of one group of customers.

    Attributes:
        prices: Prices of the curve, rising.
        share: Share of customers who would buy at each price, never rising, 0 to 1.
        low: Lower end of the 95 % interval of each share.
        high: Upper end.
        answers: Customers behind each share.
        customers: Customers who answered.
        points: Prices by name, each with its 95 % interval: ``willingness`` (half would still
            buy) and ``best`` (most revenue per customer), and of four prices also
            ``range_low``, ``range_high``, ``optimal`` and ``indifference``. An end, or a value,
            beyond the prices that were asked about is minus or plus infinity.
    """

    prices: FloatArray
    share: FloatArray
    low: FloatArray
    high: FloatArray
    answers: FloatArray
    customers: int
    points: Mapping[str, Interval]


def asked_prices_demand(
    asked: BoolArray,
    bought: BoolArray,
    prices: FloatArray,
    *,
    seed: np.random.SeedSequence,
    unit_cost: float = 0.0,
    draws: int = 999,
) -> Demand:
    """Return the demand from "would you buy at this price?" (Gabor and Granger 1966).

    The shares are made monotone by isotonic regression (Barlow et al. 1972); between two prices
    the curve is a line. Intervals of prices are percentile bootstraps over customers, since the
    answers of one customer belong together; those of shares are Wilson's.

    Args:
        asked: Whether each customer was asked at each price, shape (customers, prices).
        bought: Whether the answer was yes; only read where asked.
        prices: The prices, rising.
        seed: Seed of the bootstrap.
        unit_cost: Cost of one unit; the best price earns most after it.
        draws: Bootstrap samples.

    Raises:
        ValueError: Fewer than two prices were asked, or they do not rise.
    """
    if len(prices) < 2 or (np.diff(prices) <= 0).any():
        raise ValueError(f"{len(prices)} prices, must be two or more that rise")
    yes, n = (asked & bought).astype("float64"), asked.astype("float64")
    share = _falling(yes.sum(axis=0), n.sum(axis=0))
    weights = _resampled(len(asked), draws, seed)
    curves = [_falling(*pair) for pair in zip(weights @ yes, weights @ n, strict=True)]
    earned = [_best_price(prices, curve, unit_cost) for curve in curves]
    points = {
        "willingness": _spread(_half(prices, share), [_half(prices, c) for c in curves]),
        "best": _spread(_best_price(prices, share, unit_cost), earned),
    }
    return _demand(prices, share, yes.sum(axis=0), n.sum(axis=0), len(asked), points)


def four_prices_demand(
    too_cheap: FloatArray,
    cheap: FloatArray,
    expensive: FloatArray,
    too_expensive: FloatArray,
    *,
    seed: np.random.SeedSequence,
    unit_cost: float = 0.0,
    draws: int = 999,
) -> Demand:
    """Return the demand from the four prices of van Westendorp (1976).

    A customer would consider every price under the one that is too expensive. The accepted range
    runs from where as many call a price too cheap as expensive, to where as many call it cheap as
    too expensive. ``optimal`` is where as many call it too cheap as too expensive;
    ``indifference`` where as many call it cheap as expensive. The interval of ``willingness``, a
    median, is that of order statistics; the others are percentile bootstraps over customers.

    Args:
        too_cheap: Price under which each customer doubts the quality, shape (customers,).
        cheap: Price that is a bargain.
        expensive: Price that is getting expensive.
        too_expensive: Price from which the customer would not consider it.
        seed: Seed of the bootstrap over customers.
        unit_cost: Cost of one unit; the best price earns most after it.
        draws: Bootstrap samples.

    Raises:
        ValueError: Nobody answered, or the four prices of a customer are out of order.
    """
    four = np.column_stack([too_cheap, cheap, expensive, too_expensive])
    if not len(four) or (np.diff(four, axis=1) < 0).any():
        raise ValueError("the four prices of each customer must not fall, and somebody must answer")
    grid = _grid(four.ravel(), _MOST_PRICES)
    # A step on either side of each price: what is too expensive at it, is bought just under it.
    falls = [(column[:, None] >= grid).astype("float64") for column in four.T[:2]]
    rises = [(column[:, None] <= grid).astype("float64") for column in four.T[2:]]
    considered = (four[:, 3:] > grid).astype("float64")
    crossings = {"range_low": (0, 0), "range_high": (1, 1), "optimal": (0, 1),
                 "indifference": (1, 0)}  # fmt: skip
    weights = np.vstack([np.ones(len(four)), _resampled(len(four), draws, seed)])
    fallen, risen = [weights @ one for one in falls], [weights @ one for one in rises]
    found = {
        name: _crossing(grid, fallen[down], risen[up]) for name, (down, up) in crossings.items()
    }
    # Just under each price everybody still buys for whom only that price is too expensive.
    buyers = weights @ (four[:, 3:] >= grid).astype("float64")
    found["best"] = grid[np.argmax(buyers * (grid - unit_cost), axis=1)]
    shown = _grid(four[:, 3], _SHOWN_PRICES)
    yes = considered[:, np.searchsorted(grid, _nearest(grid, shown))].sum(axis=0)
    n = np.full(len(shown), float(len(four)))
    points = {"willingness": _median(four[:, 3])}
    points |= {name: _spread(float(values[0]), values[1:]) for name, values in found.items()}
    return _demand(_nearest(grid, shown), yes / n, yes, n, len(four), points)


def _demand(
    prices: FloatArray,
    share: FloatArray,
    yes: FloatArray,
    n: FloatArray,
    customers: int,
    points: Mapping[str, Interval],
) -> Demand:
    ends = [wilson_interval(round(one), round(all_)) for one, all_ in zip(yes, n, strict=True)]
    low = np.minimum([end.low for end in ends], share)
    high = np.maximum([end.high for end in ends], share)
    return Demand(prices, share, low, high, n, customers, points)


def _resampled(rows: int, draws: int, seed: np.random.SeedSequence) -> FloatArray:
    """Return how often each row is drawn, shape (draws, rows)."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(rows, np.full(rows, 1 / rows), draws).astype("float64")


def _falling(yes: FloatArray, n: FloatArray) -> FloatArray:
    """Return shares that never rise with the price; a price nobody was asked weighs nothing."""
    known = n > 0
    fitted = isotonic_regression(yes[known] / n[known], weights=n[known], increasing=False).x
    at = np.flatnonzero(known)
    return np.asarray(np.interp(np.arange(len(n)), at, fitted))


def _half(prices: FloatArray, share: FloatArray) -> float:
    """Return the price at which half would buy; infinite where that lies beyond the prices."""
    if share[0] < 0.5:
        return -np.inf
    if share[-1] > 0.5:
        return np.inf
    above, below = np.flatnonzero(share >= 0.5)[-1], np.flatnonzero(share <= 0.5)[0]
    if below <= above:  # the curve rests at one half: its middle
        return float(prices[[below, above]].mean())
    part = (share[above] - 0.5) / (share[above] - share[below])
    return float(prices[above] + part * (prices[below] - prices[above]))


def _best_price(prices: FloatArray, share: FloatArray, unit_cost: float) -> float:
    return float(prices[np.argmax(share * (prices - unit_cost))])


def _crossing(grid: FloatArray, falling: FloatArray, rising: FloatArray) -> FloatArray:
    """Return, for each row, the first price at which the rising curve is at least the falling."""
    met = rising >= falling
    return np.where(met.any(axis=1), grid[np.argmax(met, axis=1)], np.inf)


def _median(values: FloatArray) -> Interval:
    """Return the median with its interval from order statistics, exact for any distribution."""
    ends = quantile_test(values, q=float(np.median(values)), p=0.5).confidence_interval(_LEVEL)
    # Of five answers or fewer no two enclose the median often enough: then nothing is known.
    low = -np.inf if np.isnan(ends.low) else float(ends.low)
    high = np.inf if np.isnan(ends.high) else float(ends.high)
    return Interval(float(np.median(values)), low, high, _LEVEL)


def _grid(values: FloatArray, most: int) -> FloatArray:
    distinct = np.unique(values)
    if len(distinct) <= most:
        return distinct
    return np.unique(np.quantile(values, np.linspace(0, 1, most), method="inverted_cdf"))


def _nearest(grid: FloatArray, prices: FloatArray) -> FloatArray:
    """Return the prices of the grid that are next to others."""
    after = np.clip(np.searchsorted(grid, prices), 1, max(len(grid) - 1, 1))
    after = np.minimum(after, len(grid) - 1)
    before = np.maximum(after - 1, 0)
    closer = np.abs(grid[before] - prices) <= np.abs(grid[after] - prices)
    return np.unique(np.where(closer, grid[before], grid[after]))


def _spread(value: float, draws: object) -> Interval:
    ends = np.quantile(np.asarray(draws, dtype="float64"), [0.025, 0.975], method="inverted_cdf")
    return Interval(float(value), float(min(ends[0], value)), float(max(ends[1], value)), _LEVEL)
