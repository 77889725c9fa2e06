"""What customers of each segment are going to be worth, with an interval that tells the doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from segmentation_lib.profile.value.corrections import corrected
from segmentation_lib.profile.value.forecast import (
    Forecast,
    fit_forecast,
    futures,
    purchase_history,
)
from segmentation_lib.profile.value.holdout import (
    HOLDOUT_COLUMNS,
    holdout_check,
    placed_customers,
)
from segmentation_lib.profile.value.lifetime_words import lifetime_sentences
from segmentation_lib.profile.value.measure import ALL_SEGMENTS
from segmentation_lib.stats.arrays import FloatArray, spawn_seeds

__all__ = ["LifetimeValue", "lifetime_value"]

_COLUMNS = ["segment_id", "customers", "never_bought", "alive_share", "expected_purchases",
            "value_per_customer", "low", "high", "level", "value", "horizon_days", "method",
            "calibration", "reason"]  # fmt: skip


@dataclass(frozen=True)
class LifetimeValue:
    """The value to come of each segment, and how far it can be trusted.

    Attributes:
        segments: A row per segment and ``(all)``.
        holdout: The forecast made at the open beside what the quarter brought; empty without it.
        model: The fits, one row each.
        sentences: What it says, finding first.
    """

    segments: pd.DataFrame
    holdout: pd.DataFrame
    model: pd.DataFrame
    sentences: tuple[str, ...]

    @property
    def figures(self) -> pd.DataFrame:
        """The segments that have a figure."""
        own = self.segments[self.segments["segment_id"] != ALL_SEGMENTS]
        return own[own["value_per_customer"].notna()]

    @property
    def checked(self) -> bool:
        """Whether a forecast was set beside the quarter."""
        return bool((self.holdout["verdict"] != "no model").any())


def lifetime_value(
    purchase_days: pd.DataFrame,
    assignments: pd.DataFrame,
    as_of: date,
    *,
    horizon_days: int = 365,
    assignments_open: pd.DataFrame | None = None,
    opened: date | None = None,
    level: float = 0.8,
    draws: int = 200,
    fit_customers: int | None = 10_000,
    currency: str = "",
    seed: int | Sequence[int],
) -> LifetimeValue:
    """Give each segment's expected spend per customer over the time ahead.

    One BG/NBD and one Gamma-Gamma model are fitted to all customers who have bought, and a
    segment's figure is the mean of its customers' own expectations. Segments are made of recency
    and frequency, which is what the models are fitted to: a model per segment would see customers
    who were chosen by their outcome, and would be wrong.

    The interval is that of customers who go on as they did, widened by what the forecast at the
    open was off. A season, or a year unlike the last, is not in it.

    With a day at the open, the same forecast made then is set beside the quarter. A segment where
    it was far off is scaled by what came (``recalibrated``). Where the models cannot be used, or
    many customers have not bought yet, no figure is given (``unknown``): the spend of a quarter
    holds no season and no customer who leaves, so carried forward it would be no forecast.

    Args:
        purchase_days: ``customer_id``, ``day`` and ``spend`` above 0, one row per customer and day.
        assignments: ``customer_id`` and ``segment_id`` as of ``as_of``.
        as_of: The moment from which to look ahead; later purchases are not seen.
        horizon_days: Days to look ahead.
        assignments_open: The same at the quarter's open, for the check.
        opened: Open of the quarter that ends at ``as_of``.
        level: Level of the interval, of the mean that the segment's customers will realise.
        draws: Possible futures to draw.
        fit_customers: Customers in a fit at most; None for all.
        currency: Three-letter code for the sentences.
        seed: Seed of all draws.

    Returns:
        ``segments`` has ``customers``, ``never_bought``, ``alive_share`` (chance that a customer
        still buys), ``expected_purchases``, ``value_per_customer`` with ``low`` and ``high``,
        ``value`` (times customers; nothing is discounted), ``method`` (``model``,
        ``recalibrated``, ``unknown``, or ``mixed`` for ``(all)``), ``calibration`` (the factor)
        and the ``reason`` for any method but the model. Customers who have never bought count 0.
        ``(all)`` has a figure where every segment has one.

    Raises:
        ValueError: Only one of ``assignments_open`` and ``opened`` is given.

    Sources: Fader, Hardie & Lee 2005; Fader & Hardie 2013.
    """
    if (assignments_open is None) != (opened is None):
        raise ValueError("assignments_open and opened go together; give both, or none")
    as_of, opened = pd.Timestamp(as_of), None if opened is None else pd.Timestamp(opened)
    fit_seed, check_seed, draw_seed, factor_seed = (
        int(branch.generate_state(1)[0]) for branch in spawn_seeds(seed, 4)
    )
    past = purchase_days[purchase_days["day"] < as_of]
    history = purchase_history(past, as_of)
    forecast = fit_forecast(history, fit_customers=fit_customers, seed=fit_seed)
    placed = placed_customers(assignments)
    holdout, fits = pd.DataFrame(columns=HOLDOUT_COLUMNS), {"close": forecast}
    if assignments_open is not None and opened is not None:
        before = purchase_history(past, opened)
        fits["open"] = fit_forecast(before, fit_customers=fit_customers, seed=fit_seed)
        holdout = holdout_check(
            fits["open"], before, past, assignments_open, opened=opened, closed=as_of,
            draws=draws, seed=check_seed,
        )  # fmt: skip
    table, drawn = _expected(forecast, history, placed, horizon_days, draws, draw_seed)
    table, drawn = corrected(table, drawn, forecast, holdout, factor_seed)
    segments = _finished(table, drawn, level=level)
    model = _model_rows(fits)
    sentences = lifetime_sentences(segments, holdout, forecast.reason, currency=currency)
    return LifetimeValue(segments, holdout, model, sentences)


def _expected(
    forecast: Forecast,
    history: pd.DataFrame,
    placed: pd.Series,
    horizon_days: int,
    draws: int,
    seed: int,
) -> tuple[pd.DataFrame, FloatArray]:
    """Means of the customers' expectations, and possible futures of them, by segment."""
    sizes = placed.value_counts().sort_index()
    known = history.loc[history.index.intersection(placed.index).sort_values()]
    own = placed.reindex(known.index)
    bought = own.value_counts().reindex(sizes.index).fillna(0)
    table = pd.DataFrame({"customers": sizes, "never_bought": sizes - bought})
    for column in ("alive_share", "expected_purchases", "value_per_customer"):
        table[column] = np.nan
    table["horizon_days"] = horizon_days
    drawn = np.full((draws, len(sizes)), np.nan)
    if not forecast.reason and len(sizes):
        sums = forecast.expected(known, horizon_days).groupby(own.to_numpy(), sort=True).sum()
        means = sums.reindex(sizes.index).fillna(0.0).div(sizes, axis=0)
        table["alive_share"], table["expected_purchases"] = means["alive"], means["purchases"]
        table["value_per_customer"] = means["value"]
        drawn[:] = 0.0
        if len(known):
            codes, present = pd.factorize(own, sort=True)
            there = sizes.index.get_indexer(present)
            found = futures(forecast, known, codes, horizon_days, draws=draws, seed=seed)
            drawn[:, there] = found * (np.bincount(codes) / sizes.to_numpy()[there])
    return table.rename_axis("segment_id"), drawn


def _finished(table: pd.DataFrame, drawn: FloatArray, *, level: float) -> pd.DataFrame:
    tails = [(1 - level) / 2, (1 + level) / 2]
    rows = table.copy()
    if len(rows):
        sizes = rows["customers"].to_numpy(np.float64)
        means = rows[["alive_share", "expected_purchases", "value_per_customer"]]
        rows["low"], rows["high"] = _ends(drawn, tails)
        methods = sorted(set(rows["method"]))
        everyone = {
            "customers": sizes.sum(),
            "never_bought": rows["never_bought"].sum(),
            **dict(zip(means.columns, sizes @ means.to_numpy() / sizes.sum(), strict=True)),
            "horizon_days": rows["horizon_days"].iloc[0],
            "method": methods[0] if len(methods) == 1 else "mixed",
            "calibration": 1.0,
            "reason": "",
            **dict(zip(("low", "high"), _ends(drawn @ (sizes / sizes.sum()), tails), strict=True)),
        }
        rows.loc[ALL_SEGMENTS] = everyone
    else:
        rows["low"], rows["high"] = [], []
    rows["level"] = level
    rows["value"] = rows["value_per_customer"] * rows["customers"]
    whole = dict.fromkeys(("customers", "never_bought", "horizon_days"), "int64")
    return rows.reset_index().astype(whole)[_COLUMNS]


def _ends(drawn: FloatArray, tails: list[float]) -> FloatArray:
    # So many of the draws lie between the ends as the level says of a further one.
    return np.asarray(np.quantile(drawn, tails, axis=0, method="weibull"))


def _model_rows(fits: dict[str, Forecast]) -> pd.DataFrame:
    rows = [
        {
            "fitted_at": name,
            "customers": fit.buying.customers,
            "repeat_customers": int((fit.fitted_on["x"] > 0).sum()),
            "r": fit.buying.r,
            "alpha": fit.buying.alpha,
            "a": fit.buying.a,
            "b": fit.buying.b,
            "p": fit.spend.p,
            "q": fit.spend.q,
            "v": fit.spend.v,
            "log_likelihood": fit.buying.log_likelihood,
            "spend_log_likelihood": fit.spend.log_likelihood,
            "spend_frequency_correlation": fit.spend.correlation,
            "usable": not fit.reason,
            "reason": fit.reason,
        }
        for name, fit in sorted(fits.items())
    ]
    return pd.DataFrame(rows)
