"""What customers are going to buy: one model of purchases and spend, and possible futures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.stats.arrays import FloatArray, IntArray, sample_rows, spawn_seeds
from segmentation_lib.stats.buying import BuyingModel, fit_buying, fit_buying_draw
from segmentation_lib.stats.spend import SpendModel, fit_spend, fit_spend_draw

__all__ = ["Forecast", "fit_forecast", "futures", "purchase_history"]

DAYS_A_WEEK = 7.0
# Customers whose futures are drawn, per segment: more would change no digit that is shown.
_DRAWN = 2_000


def purchase_history(purchase_days: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return what the models need to know of each customer who has bought.

    Args:
        purchase_days: ``customer_id``, ``day`` and ``spend`` above 0, one row per customer and day.
        as_of: Purchases strictly before this moment count.

    Returns:
        A row per customer, by ID: ``x`` further purchase days after the first, ``t_x`` weeks from
        the first to the last, ``T`` weeks from the first to ``as_of``, ``purchases`` (all days)
        and ``mean_spend`` on them. The first purchase tells what a customer spends as well as a
        later one, so those who bought once have a spend.
    """
    past = purchase_days[purchase_days["day"] < as_of].sort_values(["customer_id", "day"])
    days = past.groupby("customer_id", sort=True)["day"].agg(["min", "max", "size"])
    purchases = days["size"].astype("float64")
    return pd.DataFrame(
        {
            "x": purchases - 1,
            "t_x": _weeks(days["max"] - days["min"]),
            "T": _weeks(as_of - days["min"]),
            "purchases": purchases,
            "mean_spend": past.groupby("customer_id", sort=True)["spend"].mean(),
        }
    ).astype("float64")


@dataclass(frozen=True)
class Forecast:
    """Models of purchases and of spend, fitted to all customers who have bought.

    Attributes:
        buying: The model of purchases, in weeks.
        spend: The model of spend on a purchase.
        fitted_on: Histories in the fit.
    """

    buying: BuyingModel
    spend: SpendModel
    fitted_on: pd.DataFrame

    @property
    def reason(self) -> str:
        """Why the models are not to be used, as a sentence; empty when they are."""
        return self.buying.reason or self.spend.reason

    def expected(self, history: pd.DataFrame, horizon_days: float) -> pd.DataFrame:
        """Return ``alive``, ``purchases`` and ``value`` to expect of each customer.

        Args:
            history: From `purchase_history`.
            horizon_days: Days ahead.
        """
        x, t_x, T = _times(history)
        weeks = horizon_days / DAYS_A_WEEK
        purchases = self.buying.expected_purchases(x, t_x, T, weeks)
        value = purchases * self.spend.expected_spend(*_spends(history))
        found = {"alive": self.buying.alive(x, t_x, T), "purchases": purchases, "value": value}
        return pd.DataFrame(found, index=history.index)

    def draw(
        self, history: pd.DataFrame, horizon_days: float, rng: np.random.Generator
    ) -> FloatArray:
        """Draw the value of each customer in one possible future."""
        ahead = self.buying.draw_purchases(*_times(history), horizon_days / DAYS_A_WEEK, rng)
        return self.spend.draw_spend(*_spends(history), ahead, rng)


def fit_forecast(
    history: pd.DataFrame, *, fit_customers: int | None, seed: int | Sequence[int]
) -> Forecast:
    """Fit both models to the customers, or to a seeded sample of them.

    Args:
        history: From `purchase_history`.
        fit_customers: Customers in the fit at most; None for all.
        seed: Seed of the sample.
    """
    sample = history.iloc[sample_rows(len(history), fit_customers, seed=seed)]
    distinct, counts = np.unique(np.column_stack(_times(sample)), axis=0, return_counts=True)
    buying = fit_buying(*distinct.T, weights=counts.astype(np.float64))
    return Forecast(buying, fit_spend(*_spends(sample)), sample)


def futures(
    forecast: Forecast,
    history: pd.DataFrame,
    segments: IntArray,
    horizon_days: float,
    *,
    draws: int,
    seed: int | Sequence[int],
) -> FloatArray:
    """Draw the mean value per customer of each segment, in many possible futures.

    A future differs from the expectation for two reasons: the models are known from a sample of
    customers only (they are refitted to customers drawn with replacement), and each customer's own
    purchases are a matter of luck.

    Args:
        forecast: Usable models.
        history: Customers who have bought and are in a segment.
        segments: Segment of each, 0 or more; every segment has a customer.
        horizon_days: Days ahead.
        draws: Number of futures.
        seed: Seed of all draws.

    Returns:
        Shape (draws, segments).
    """
    branches = spawn_seeds(seed, draws + 1)
    sizes = np.bincount(segments)
    rows = _sampled(segments, sizes, branches[0])
    drawn, groups = history.iloc[rows], segments[rows]
    kept = np.bincount(groups)
    all_means = np.bincount(segments, forecast.expected(history, horizon_days)["value"]) / sizes
    means = np.bincount(groups, forecast.expected(drawn, horizon_days)["value"]) / kept
    resampled = _Resampled.of(forecast)
    found = np.empty((draws, len(sizes)))
    for number, branch in enumerate(branches[1:]):
        rng = np.random.default_rng(branch)
        refit = resampled.refit(rng)
        expected = np.bincount(groups, refit.expected(drawn, horizon_days)["value"]) / kept
        luck = np.bincount(groups, refit.draw(drawn, horizon_days, rng)) / kept - expected
        # The luck of a sample of a segment is larger than that of all its customers.
        found[number] = all_means + (expected - means) + np.sqrt(kept / sizes) * luck
    return found


@dataclass(frozen=True)
class _Resampled:
    """The histories of a fit, grouped, ready to be refitted to resampled customers."""

    forecast: Forecast
    times: FloatArray
    time_of: IntArray
    purchases: FloatArray
    mean_spend: FloatArray

    @classmethod
    def of(cls, forecast: Forecast) -> _Resampled:
        rows = np.column_stack(_times(forecast.fitted_on))
        times, time_of = np.unique(rows, axis=0, return_inverse=True)
        return cls(forecast, times, time_of.ravel(), *_spends(forecast.fitted_on))

    def refit(self, rng: np.random.Generator) -> Forecast:
        n = len(self.time_of)
        counts = np.bincount(rng.integers(0, n, n), minlength=n).astype(np.float64)
        weights = np.zeros(len(self.times))
        np.add.at(weights, self.time_of, counts)
        x, t_x, T = self.times.T
        buying = fit_buying_draw(self.forecast.buying, x, t_x, T, weights)
        spend = fit_spend_draw(self.forecast.spend, self.purchases, self.mean_spend, counts)
        return Forecast(buying, spend, self.forecast.fitted_on)


def _weeks(span: pd.Series) -> FloatArray:
    return span.to_numpy("timedelta64[s]").astype(np.float64) / (86_400 * DAYS_A_WEEK)


def _sampled(segments: IntArray, sizes: IntArray, seed: np.random.SeedSequence) -> IntArray:
    rows = []
    for segment, branch in enumerate(seed.spawn(len(sizes))):
        own = np.flatnonzero(segments == segment)
        rows.append(own[sample_rows(len(own), _DRAWN, seed=branch)])
    return np.concatenate(rows)


def _times(history: pd.DataFrame) -> tuple[FloatArray, FloatArray, FloatArray]:
    x, t_x, T = (history[name].to_numpy(np.float64) for name in ("x", "t_x", "T"))
    return x, t_x, T


def _spends(history: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    purchases, spend = (history[name].to_numpy(np.float64) for name in ("purchases", "mean_spend"))
    return purchases, spend
