"""Markets of known truth: customers who buy at a rate of their own and leave after a purchase."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["CLOSE", "OPEN", "Market", "behaviour_segments", "ledger_of", "market", "value_after"]

OPEN, CLOSE = pd.Timestamp("2025-01-01"), pd.Timestamp("2025-04-01")
_HISTORY, _AHEAD = 640, 365


@dataclass(frozen=True)
class Market:
    """All purchase days of a market, also those that lie ahead of the close.

    Attributes:
        purchase_days: ``customer_id``, ``day`` and ``spend``.
    """

    purchase_days: pd.DataFrame

    @property
    def past(self) -> pd.DataFrame:
        """The purchases before the close."""
        return self.purchase_days[self.purchase_days["day"] < CLOSE]


def market(
    rng: np.random.Generator,
    *,
    n: int = 800,
    r: float = 0.6,
    alpha: float = 8.0,
    a: float = 0.8,
    b: float = 3.0,
    p: float = 4.0,
    q: float = 4.0,
    v: float = 60.0,
    quarter_factor: float = 1.0,
    history: int = _HISTORY,
    regularity: float = 1.0,
    season: tuple[float, ...] = (),
) -> Market:
    """Customers by BG/NBD (in weeks) and Gamma-Gamma, or by what is unlike these models.

    Args:
        rng: Source of the draw.
        n: Customers.
        r: Shape of the rates.
        alpha: Inverse scale of the rates, in weeks.
        a: First shape of the chance to leave.
        b: Second shape of the chance to leave.
        p: Shape of the spend on a purchase.
        q: Shape of the levels of spend.
        v: Scale of the levels.
        quarter_factor: Factor of the spend in the quarter.
        history: Days before the close on which the first customers come.
        regularity: Shape of the times between purchases: 1 is chance alone, more is regular.
        season: Purchases of each calendar quarter that are made, as shares of what is wished.
    """
    start = rng.uniform(0, history, n)
    rate, leaves = rng.gamma(r, 1, n) / alpha / 7, rng.beta(a, b, n)
    level = rng.gamma(q, 1, n) / v
    people, moments = [np.arange(n)], [start]
    buying, time = np.arange(n), start
    while len(buying):
        waited = (
            rng.exponential(1 / rate[buying])
            if regularity == 1
            else rng.gamma(regularity, 1 / regularity, len(buying)) / rate[buying]
        )
        time = time + waited
        kept = time < history + _AHEAD
        buying, time = buying[kept], time[kept]
        people.append(buying)
        moments.append(time)
        stays = rng.random(len(buying)) >= leaves[buying]
        buying, time = buying[stays], time[stays]
    who, when = np.concatenate(people), np.floor(np.concatenate(moments))
    frame = pd.DataFrame(
        {
            "customer_id": np.char.zfill(who.astype(str), 6).astype(object),
            "day": CLOSE + pd.to_timedelta(when - history, unit="D"),
            "spend": rng.gamma(p, 1, len(who)) / level[who],
        }
    )
    if season:
        made = np.array(season)[frame["day"].dt.quarter.to_numpy() - 1]
        frame = frame[rng.random(len(frame)) < made].reset_index(drop=True)
    in_quarter = (frame["day"] >= OPEN) & (frame["day"] < CLOSE)
    frame.loc[in_quarter, "spend"] *= quarter_factor
    return Market(frame.groupby(["customer_id", "day"], as_index=False)["spend"].sum())


def behaviour_segments(purchase_days: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Segments of recency and frequency, as a project makes them."""
    past = purchase_days[purchase_days["day"] < as_of]
    seen = past.groupby("customer_id")["day"].agg(["max", "size"])
    away = (as_of - seen["max"]).dt.days
    names = np.select(
        [away > 180, seen["size"] == 1, seen["size"] < 5], ["S01", "S02", "S03"], "S04"
    )
    return pd.DataFrame({"customer_id": seen.index, "segment_id": names})


def value_after(market: Market, customers: pd.Index) -> pd.Series:
    """Spend of each customer in the year after the close."""
    ahead = market.purchase_days[market.purchase_days["day"] >= CLOSE]
    return ahead.groupby("customer_id")["spend"].sum().reindex(customers).fillna(0.0)


def ledger_of(
    rng: np.random.Generator,
    *,
    n: int = 800,
    quarters: int = 8,
    chosen: bool = False,
    spike: tuple[int, float] | None = None,
    grows: float = 1.0,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A ledger with a season, and segments: by the true rate, or ``chosen`` by the lookback.

    Args:
        rng: Source of the draw.
        n: Customers.
        quarters: Quarters back to the first.
        chosen: Whether segments are made of purchases in the four quarters before this one.
        spike: Quarter back and factor of the second segment's spend in it.
        grows: Factor of the second segment's spend from each quarter to the next.
    """
    rate = rng.gamma(1.2, 2.0, n)
    joined = np.minimum(rng.integers(0, quarters + 4, n), quarters)
    season = np.tile([1.0, 1.4, 0.9, 1.0], 4)[: quarters + 1]
    orders = rng.poisson(rate[:, None] * season)
    orders[np.arange(quarters + 1)[None, :] > joined[:, None]] = 0
    orders[np.arange(n), joined] += 1
    segment = np.digitize(rate, np.quantile(rate, [0.25, 0.5, 0.75])) + 1
    amounts = np.where(orders > 0, rng.gamma(1.5 * np.maximum(orders, 1), 20.0), 0.0)
    if chosen:
        segment = np.digitize(orders[:, 1:5].sum(axis=1), [3, 7, 12]) + 1
    second = segment == 2
    if spike is not None:
        amounts[second, spike[0]] *= spike[1]
    amounts[second] *= grows ** -np.arange(quarters + 1.0)
    who, back = np.nonzero(amounts)
    ids = np.char.zfill(np.arange(n).astype(str), 6).astype(object)
    ledger = pd.DataFrame(
        {
            "customer_id": ids[who],
            "quarters_back": back,
            "kind": "revenue",
            "amount": amounts[who, back].round(2),
            "complete": back < quarters,
        }
    )
    names = np.array(["", "S01", "S02", "S03", "S04"], dtype=object)[segment]
    return ledger, pd.DataFrame({"customer_id": ids, "segment_id": names})
