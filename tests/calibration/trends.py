"""Trends from quarter to quarter: quiet quarters name no change, planted ones are named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from segmentation_lib.implement.kpis import kpi_baseline
from segmentation_lib.implement.trends.history import extend_history, trend_changes, trend_rows

from .framework import Claim, Experiment

__all__ = ["EXPERIMENTS"]

SIZES = {"S01": 700, "S02": 500, "S03": 300, "S04": 150, "S05": 60}
KPIS = ("orders", "revenue", "active", "order_value", "visited")
MEASURES = ("revenue", "conversion", "retention_gap", "orders", "order_value")
DRAWS = 199


@dataclass(frozen=True)
class TwoQuarters:
    """Outcomes of two quarters, and the segment of each customer at each open."""

    outcomes: tuple[pd.DataFrame, pd.DataFrame]
    opened: tuple[pd.DataFrame, pd.DataFrame]


def two_quarters(
    *, same: float, spread: float = 0.7, raised: float = 1.0, dropped: float = 1.0
) -> Callable[[np.random.Generator], TwoQuarters]:
    """Five segments; a share of customers is the same ones with the same habits in both quarters.

    Args:
        same: Share of the customers who are in both quarters.
        spread: Standard deviation of the logarithm of a basket; more is more skewed.
        raised: Factor on the baskets of S02 in the second quarter.
        dropped: Factor on the rate of orders of S03 in the second quarter.
    """

    def make(rng: np.random.Generator) -> TwoQuarters:
        segment = np.repeat(list(SIZES), list(SIZES.values()))
        rate = _rates(rng, segment)
        stays = rng.random(len(segment)) < same
        later = np.where(stays, rate, _rates(rng, segment))
        names = np.char.add("C", np.arange(len(segment)).astype(str))
        return TwoQuarters(
            (
                _outcomes(rng, names, rate, spread, np.ones(len(segment))),
                _outcomes(
                    rng, names, later * np.where(segment == "S03", dropped, 1.0), spread,
                    np.where(segment == "S02", raised, 1.0),
                ),
            ),
            (pd.DataFrame({"customer_id": names, "segment_id": segment}),) * 2,
        )  # fmt: skip

    return make


def _rates(rng: np.random.Generator, segment: np.ndarray) -> np.ndarray:
    level = pd.Series(segment).map(dict(zip(SIZES, (3.0, 1.5, 2.0, 1.0, 2.0), strict=True)))
    return rng.gamma(2.0, level.to_numpy() / 2.0)


def _outcomes(
    rng: np.random.Generator, names: np.ndarray, rate: np.ndarray, spread: float, factor: np.ndarray
) -> pd.DataFrame:
    orders = rng.poisson(rate)
    basket = 40 * factor * rng.lognormal(0.0, spread, len(names))
    active = (orders > 0).astype(float)
    return pd.DataFrame(
        {
            "customer_id": names,
            "orders": orders.astype(float),
            "revenue": orders * basket,
            "active": active,
            "order_value": np.where(orders > 0, basket, np.nan),
            "visited": np.maximum(active, rng.random(len(names)) < 0.6),
        }
    )


def look_for_changes(world: TwoQuarters, seed: np.random.SeedSequence) -> dict[str, float]:
    """Whether any change is named, and those that were planted."""
    history = None
    for place, number in enumerate(seed.generate_state(2)):
        cards = {"segments": [{"id": name, "customers": size} for name, size in SIZES.items()]}
        outcomes, opened = world.outcomes[place], world.opened[place]
        baseline = kpi_baseline(outcomes, opened, kpis=KPIS, seed=int(number), draws=DRAWS)
        rows = trend_rows(
            period=f"2025Q{place + 1}", opens=date(2025, 1 + 3 * place, 1), cards=cards,
            baseline=baseline, outcomes=outcomes, assignments_open=opened,
        )  # fmt: skip
        history = extend_history(history, rows)
    found = trend_changes(history, period="2025Q2", measures=MEASURES)
    named = found.set_index(["segment_id", "measure"])["change"]
    # The retention of a segment is told against all, so it moves where another one moves.
    quiet = named.drop(index=["S02", "S03", "(all)"], level=0).drop(index="retention_gap", level=1)
    return {
        "any": float((named != "none").any()),
        "elsewhere": float((quiet != "none").any()),
        "basket": float(named["S02", "order_value"] == "up"),
        "orders": float(named["S03", "orders"] == "down"),
    }  # fmt: skip


EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment(
        name="quarters in which nothing changed",
        cases={
            "other customers each quarter": two_quarters(same=0.0),
            "the same customers": two_quarters(same=1.0),
            "very unequal baskets": two_quarters(same=0.5, spread=1.3),
        },
        trial=look_for_changes,
        runs=120,
        slice_runs=4,
        claims=(Claim("any", "names any change", most=0.05, most_each=0.08),),
    ),
    Experiment(
        name="baskets of one segment 40 % larger, orders of another 40 % fewer",
        cases={
            "both, half the customers the same": two_quarters(same=0.5, raised=1.4, dropped=0.6),
        },
        trial=look_for_changes,
        runs=50,
        slice_runs=4,
        claims=(
            Claim("basket", "names the larger baskets", least=0.9),
            Claim("orders", "names the fewer orders", least=0.9),
            Claim("elsewhere", "names a change in segments where nothing was planted", most=0.05),
        ),
    ),
)
