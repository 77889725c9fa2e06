"""Value: intervals hold the truth, spikes are found, steady markets and equal arms stay quiet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.profile.value import durable_value, incremental_revenue, lifetime_value
from segmentation_lib.stats.concentration import gini, gini_interval
from tests.profile.value.buyers import (
    CLOSE,
    OPEN,
    Market,
    behaviour_segments,
    ledger_of,
    market,
    value_after,
)

from .framework import Claim, Experiment

__all__ = ["EXPERIMENTS"]


def _seed(seed: np.random.SeedSequence) -> int:
    return int(seed.generate_state(1)[0])


def buyers(**options: float) -> Callable[[np.random.Generator], Market]:
    """A market whose customers buy, leave and spend as the options say."""
    return lambda rng: market(rng, **options)


def look_ahead(world: Market, seed: np.random.SeedSequence) -> dict[str, float]:
    """Forecast a year from the close, and compare with the year."""
    placed = behaviour_segments(world.past, CLOSE)
    found = lifetime_value(
        world.past, placed, CLOSE, assignments_open=behaviour_segments(world.past, OPEN),
        opened=OPEN, draws=39, seed=_seed(seed),
    )  # fmt: skip
    segment = placed.set_index("customer_id")["segment_id"]
    ahead = value_after(world, segment.index)
    actual = ahead.groupby(segment).mean()
    actual["(all)"] = ahead.mean()
    table = found.segments.set_index("segment_id").loc[actual.index]
    within = (table["low"] <= actual) & (actual <= table["high"])
    parts = table.drop(index="(all)")
    return {
        # One segment drawn per trial: those of one market share their luck.
        "segment": float(within.iloc[int(_seed(seed) % len(parts))]),
        "all": float(within["(all)"]),
        "ratio": float(table.loc["(all)", "value_per_customer"] / actual["(all)"]),
        "not model": float((parts["method"] != "model").any()),
        "scaled": float((parts["method"] == "recalibrated").any()),
    }


@dataclass(frozen=True)
class Spread:
    """Values of customers, and the coefficient of all the customers they were drawn from."""

    values: np.ndarray
    truth: float


def spread(
    n: int, draw: Callable[[np.random.Generator, int], np.ndarray]
) -> Callable[[np.random.Generator], Spread]:
    """A sample of customers from a large population."""
    truth = gini(draw(np.random.default_rng(0), 500_000))
    return lambda rng: Spread(draw(rng, n), truth)


def measure_spread(world: Spread, seed: np.random.SeedSequence) -> dict[str, float]:
    """Tell whether the interval holds the coefficient of the population."""
    found = gini_interval(world.values, seed=_seed(seed), draws=199)
    return {"within": float(found.low <= world.truth <= found.high)}


def _some_buy(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.where(rng.random(n) < 0.4, rng.gamma(0.7, 1.0, n), 0.0)


def _some_return(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.gamma(0.7, 1.0, n) - (rng.random(n) < 0.1) * rng.gamma(1.0, 0.5, n)


def _long_tail(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.lognormal(0.0, 1.0, n)


Ledger = tuple[pd.DataFrame, pd.DataFrame]


def ledgers(**options: object) -> Callable[[np.random.Generator], Ledger]:
    """Eight quarters of customers whose own rate never changes, but for what is planted."""
    return lambda rng: ledger_of(rng, **options)  # type: ignore[arg-type]


def look_back(world: Ledger, seed: np.random.SeedSequence) -> dict[str, float]:
    """Ask which segments' value lasts; the second one is where something may be planted."""
    table = durable_value(*world, seed=_seed(seed), permutations=399).set_index("segment_id")
    others = table.drop(index="S02")["verdict"]
    second = table.loc["S02", "verdict"]
    return {
        "any": float((table["verdict"] != "durable").any()),
        "others": float((others != "durable").any()),
        "momentary": float(second == "momentary"),
        "growing": float(second == "growing"),
    }


@dataclass(frozen=True)
class Arms:
    """An experiment of two arms in four segments, and the revenue after it."""

    outcomes: pd.DataFrame
    arms: pd.DataFrame
    assignments: pd.DataFrame


def experiment(
    n: int, *, control_share: float = 0.5, lift: float = 0.0
) -> Callable[[np.random.Generator], Arms]:
    """Skewed revenue, of which two thirds are nothing; the first segment's may be lifted."""

    def make(rng: np.random.Generator) -> Arms:
        ids = np.char.zfill(np.arange(n).astype(str), 6).astype(object)
        segment = rng.integers(0, 4, n)
        treated = rng.random(n) >= control_share
        bought = rng.random(n) < 1 / 3
        revenue = np.where(bought, rng.lognormal(3.5, 0.8, n), 0.0)
        revenue *= 1 + lift * ((segment == 0) & treated)
        arms = pd.DataFrame(
            {
                "experiment_id": "E1",
                "customer_id": ids,
                "arm": np.where(treated, "treatment", "control"),
                "assigned_at": OPEN,
            }
        )
        names = np.array(["S01", "S02", "S03", "S04"], dtype=object)[segment]
        return Arms(
            pd.DataFrame({"customer_id": ids, "revenue": revenue}),
            arms,
            pd.DataFrame({"customer_id": ids, "segment_id": names}),
        )

    return make


def compare_arms(world: Arms, seed: np.random.SeedSequence) -> dict[str, float]:
    """Compare the arms by segment."""
    table = incremental_revenue(
        world.outcomes, world.arms, world.assignments, opened=OPEN, closed=CLOSE
    ).set_index("segment_id")
    shown = table["verdict"].isin(["more", "less"])
    return {
        "any segment": float(shown.drop(index="(all)").any()),
        "all": float(shown["(all)"]),
        "first": float(table.loc["S01", "verdict"] == "more"),
        "others": float(shown[["S02", "S03", "S04"]].any()),
    }


EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment(
        name="value of the year ahead, by customers who buy as the model says",
        cases={
            "usual": buyers(n=600),
            "alike in rate, few leave": buyers(n=600, r=2.0, alpha=20.0, a=0.6, b=5.0),
        },
        trial=look_ahead,
        runs=12,
        slice_runs=1,
        claims=(
            Claim("segment", "80 % interval of a segment holds its mean", least=0.7, most=0.95),
            Claim("all", "80 % interval of all holds their mean", least=0.7, most=0.95),
            Claim("ratio", "expected over realised value of all", least=0.93, most=1.07),
            Claim("scaled", "scales the figure of any segment", most=0.1),
        ),
    ),
    Experiment(
        name="Gini coefficient",
        cases={
            "40 % buy, 150 customers": spread(150, _some_buy),
            "40 % buy, 1000 customers": spread(1000, _some_buy),
            "some return, 150 customers": spread(150, _some_return),
            "long tail, 1000 customers": spread(1000, _long_tail),
        },
        trial=measure_spread,
        runs=100,
        slice_runs=5,
        claims=(
            Claim("within", "95 % interval holds the truth", least=0.9, most=0.99,
                  least_each=0.86),
        ),
    ),
    Experiment(
        name="value of customers who never changed",
        cases={
            "segments of the true rate": ledgers(),
            "segments of the true rate, 400 customers": ledgers(n=400),
            "segments chosen by the past year": ledgers(chosen=True),
        },
        trial=look_back,
        runs=25,
        slice_runs=1,
        claims=(
            Claim("any", "calls the value of any segment anything but durable", most=0.08,
                  cases=("segments of the true rate", "segments of the true rate, 400 customers")),
            Claim("any", "calls any segment chosen by its past anything but durable", most=0.25,
                  cases=("segments chosen by the past year",)),
        ),
    ),
    Experiment(
        name="value that came in one quarter, or grew",
        cases={
            "three times in this quarter": ledgers(n=1200, spike=(0, 3.0)),
            "three times two quarters back": ledgers(n=1200, spike=(2, 3.0)),
            "three times five quarters back": ledgers(n=1200, spike=(5, 3.0)),
            "40 % more every quarter": ledgers(n=1200, grows=1.4),
        },
        trial=look_back,
        runs=12,
        slice_runs=1,
        claims=(
            Claim("momentary", "calls the segment momentary", least_each=0.9,
                  cases=("three times in this quarter", "three times two quarters back",
                         "three times five quarters back")),
            Claim("growing", "calls the segment growing", least=0.8,
                  cases=("40 % more every quarter",)),
            Claim("others", "calls any other segment anything but durable", most=0.08),
        ),
    ),
    Experiment(
        name="incremental revenue of two arms that are treated alike",
        cases={
            "half and half": experiment(1600),
            "10 % held out": experiment(6000, control_share=0.1),
        },
        trial=compare_arms,
        runs=150,
        slice_runs=4,
        claims=(
            Claim("any segment", "shows a difference in any segment", most=0.06, most_each=0.08),
            Claim("all", "shows a difference over all", most=0.06),
        ),
    ),
    Experiment(
        name="incremental revenue of 60 % more in one segment",
        cases={"half and half": experiment(8000, lift=0.6)},
        trial=compare_arms,
        runs=25,
        slice_runs=2,
        claims=(
            Claim("first", "shows more in that segment", least=0.9),
            Claim("others", "shows a difference in any other", most=0.06),
        ),
    ),
)  # fmt: skip
