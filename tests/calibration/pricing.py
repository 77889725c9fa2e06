"""Stated prices: intervals hold the planted price, tiers are contradicted only where they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.implement.pricing import (
    Demand,
    asked_prices_demand,
    four_prices_demand,
    price_demand,
    price_tiers,
)
from segmentation_lib.params.registers.pricing import AskedPrices, PriceStudy, Tier

from .framework import Claim, Experiment

__all__ = ["EXPERIMENTS"]

PRICES = np.array([8.0, 12.0, 16.0, 20.0, 24.0, 30.0, 38.0, 48.0, 60.0])
DRAWS = 299


@dataclass(frozen=True)
class Buyers:
    """What customers would pay at most, the price half would pay, and which prices each is asked.

    Attributes:
        most: Highest price each would pay, shape (customers,).
        half: The true median.
        asked: Whether each was asked at each of `PRICES`; None for four prices.
    """

    most: np.ndarray
    half: float
    asked: np.ndarray | None


def buyers(
    half: float, n: int, *, each: int | None = None, spread: float = 0.35
) -> Callable[[np.random.Generator], Buyers]:
    """Log-normal highest prices; each customer is asked at so many prices, or for four prices."""

    def make(rng: np.random.Generator) -> Buyers:
        most = half * np.exp(rng.normal(0, spread, n))
        asked = None
        if each is not None:
            asked = np.argsort(rng.random((n, len(PRICES))), axis=1) < each
        return Buyers(most, half, asked)

    return make


def demand(world: Buyers, seed: np.random.SeedSequence) -> Demand:
    """Measure the demand of one group."""
    if world.asked is not None:
        bought = world.most[:, None] >= PRICES
        return asked_prices_demand(world.asked, bought, PRICES, seed=seed, draws=DRAWS)
    four = [np.round(world.most * part, 1) for part in (0.5, 0.7, 0.9, 1.0)]
    return four_prices_demand(*four, seed=seed, draws=DRAWS)


def hold(world: Buyers, seed: np.random.SeedSequence) -> dict[str, float]:
    """Whether the interval holds the price that half would pay, and how wide it is."""
    found = demand(world, seed).points["willingness"]
    return {
        "missed": float(not found.low <= world.half <= found.high),
        "width": (found.high - found.low) / world.half,
    }


def two_segments(
    first: float, second: float, n: int
) -> Callable[[np.random.Generator], tuple[pd.DataFrame, pd.DataFrame]]:
    """Answers of S01 and S02, the planted median of each, three prices asked of everybody."""

    def make(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
        worlds = [buyers(half, n, each=3)(rng) for half in (first, second)]
        most = np.concatenate([world.most for world in worlds])
        who, which = np.nonzero(np.concatenate([world.asked for world in worlds]))
        ids = np.array([f"{number:05d}" for number in range(2 * n)])
        answers = pd.DataFrame(
            {
                "customer_id": ids[who],
                "answered_at": pd.Timestamp("2025-08-01"),
                "price": PRICES[which],
                "yes": (most[who] >= PRICES[which]).astype("float64"),
            }
        )
        placed = pd.DataFrame({"customer_id": ids, "segment_id": ["S01"] * n + ["S02"] * n})
        return answers, placed

    return make


_STUDY = PriceStudy(
    id="study",
    product="A plan",
    asked_prices=AskedPrices(price="price", would_buy="yes"),
    tiers=(
        Tier(name="Plus", price=20.0, segments=("S01",)),
        Tier(name="Premium", price=40.0, segments=("S02",)),
    ),
)


def contradict(
    world: tuple[pd.DataFrame, pd.DataFrame], seed: np.random.SeedSequence
) -> dict[str, float]:
    """Whether the tiers of S01 (cheap) and S02 (dear) are called out of order or separate."""
    number = int(seed.generate_state(1)[0])
    curve, points = price_demand([_STUDY], *world, seed=number, draws=DRAWS)
    tiers = price_tiers([_STUDY], curve, points)
    own = points.set_index("segment_id")
    return {
        "out of order": float((tiers["verdict"] == "out of order").any()),
        "apart": float(own.at["S01", "willingness_high"] < own.at["S02", "willingness_low"]),
    }


_WORLDS = {
    "20, 60 customers, 3 prices each": buyers(20.0, 60, each=3),
    "20, 150 customers, 3 prices each": buyers(20.0, 150, each=3),
    "40, 150 customers, 3 prices each": buyers(40.0, 150, each=3),
    "22, 400 customers, all prices": buyers(22.0, 400, each=9),
    "27, 1000 customers, one price": buyers(27.0, 1000, each=1),
}
_FOUR = {
    "20, 60 customers": buyers(20.0, 60),
    "20, 150 customers": buyers(20.0, 150),
    "40, 400 customers": buyers(40.0, 400, spread=0.6),
}

EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment(
        name="the price half would pay, from prices asked",
        cases=_WORLDS,
        trial=hold,
        runs=120,
        slice_runs=4,
        claims=(Claim("missed", "the 95 % interval misses it", most=0.07, most_each=0.1),),
    ),
    Experiment(
        name="the price half would pay, from four prices",
        cases=_FOUR,
        trial=hold,
        runs=150,
        slice_runs=4,
        claims=(Claim("missed", "the 95 % interval misses it", most=0.07, most_each=0.1),),
    ),
    Experiment(
        name="tiers of two segments that would pay the same",
        cases={"20 and 20": two_segments(20.0, 20.0, 150)},
        trial=contradict,
        runs=60,
        slice_runs=2,
        claims=(Claim("out of order", "calls the tiers out of order", most=0.03),),
    ),
    Experiment(
        name="tiers of segments that would pay 20 and 40",
        cases={
            "the right way round": two_segments(20.0, 40.0, 150),
            "the wrong way round": two_segments(40.0, 20.0, 150),
        },
        trial=contradict,
        runs=40,
        slice_runs=2,
        claims=(
            Claim("out of order", "calls them out of order", most=0.0,
                  cases=("the right way round",)),
            Claim("apart", "tells the segments apart", least=0.95,
                  cases=("the right way round",)),
            Claim("out of order", "calls them out of order", least=0.95,
                  cases=("the wrong way round",)),
        ),
    ),
)  # fmt: skip
