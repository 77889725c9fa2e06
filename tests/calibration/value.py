"""Value: intervals hold the truth, spikes are found, steady markets and equal arms stay quiet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.profile.value import (
    LifetimeValue,
    contribution,
    durable_value,
    incremental_revenue,
    lifetime_value,
    low_profit_decisions,
)
from segmentation_lib.stats.concentration import gini, gini_interval
from segmentation_lib.stats.studentised import studentised_difference
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


def buyers(**options: Any) -> Callable[[np.random.Generator], Market]:
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
        "told": float(within["(all)"] or _seen(found)),
        "seen": float(_seen(found)),
    }


def _seen(found: LifetimeValue) -> bool:
    """Tell whether the check said of any segment that what came was out of its range."""
    return bool(found.holdout["verdict"].isin(["off", "far off"]).any())


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
    """Nine quarters of customers whose own rate never changes, but for what is planted."""
    return lambda rng: ledger_of(rng, quarters=9, **options)  # type: ignore[arg-type]


def chosen_buyers(**options: float) -> Callable[[np.random.Generator], Ledger]:
    """Buyers of constant rates in segments of recency and frequency within the lookback."""

    def make(rng: np.random.Generator) -> Ledger:
        past = market(rng, n=2000, history=1100, **options).past
        back = ((CLOSE - past["day"]).dt.days - 1) // (CLOSE - OPEN).days
        table = past.assign(quarters_back=back, kind="revenue", amount=past["spend"].round(2))
        keys = ["customer_id", "quarters_back", "kind"]
        ledger = table.groupby(keys, as_index=False)["amount"].sum()
        ledger["complete"] = ledger["quarters_back"] < 12
        looked_at = past[past["day"] >= OPEN - pd.Timedelta(days=365)]
        return ledger, behaviour_segments(looked_at, OPEN)

    return make


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
        "fading": float(second == "fading"),
    }


@dataclass(frozen=True)
class Arms:
    """An experiment of two arms in four segments, and the revenue after it."""

    outcomes: pd.DataFrame
    arms: pd.DataFrame
    assignments: pd.DataFrame
    before: pd.DataFrame | None = None


def handed_out(
    n: int, *, by_spend: bool, control_share: float = 0.5
) -> Callable[[np.random.Generator], Arms]:
    """Arms by lot or by past spend, no effect, and revenue that goes on as spend was before."""

    def make(rng: np.random.Generator) -> Arms:
        made = experiment(n, control_share=control_share)(rng)
        level = rng.lognormal(0.0, 1.0, n)
        past = np.where(rng.random(n) < 0.7, level * rng.lognormal(3.5, 0.5, n), 0.0)
        later = np.where(rng.random(n) < 0.4, level * rng.lognormal(2.5, 0.5, n), 0.0)
        arms = made.arms
        if by_spend:
            chance = 1 / (1 + np.exp(3.0 - np.log(past + 1)))
            arms = arms.assign(arm=np.where(rng.random(n) < chance, "treatment", "control"))
        before = pd.DataFrame({"customer_id": arms["customer_id"], "value": past})
        return Arms(made.outcomes.assign(revenue=later), arms, made.assignments, before)

    return make


def look_at_the_draw(world: Arms, seed: np.random.SeedSequence) -> dict[str, float]:
    """Compare the arms, and ask whether any row still counts as an experiment."""
    table = incremental_revenue(
        world.outcomes, world.arms, world.assignments, opened=OPEN, closed=CLOSE,
        before=world.before, seed=_seed(seed),
    )  # fmt: skip
    shown = table["verdict"].isin(["more", "less"]) & (table["grade"] == "experiment")
    return {
        "accused": float((table["grade"] == "quasi-experiment").any()),
        "causes": float(shown.any()),
    }


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


@dataclass(frozen=True)
class TwoArms:
    """Revenue of customers in two arms, and the difference of all there could be."""

    treated: np.ndarray
    control: np.ndarray
    truth: float


def two_arms(
    n: int, controls: int, *, buy: float = 1 / 3, spread: float = 0.8, lift: float = 0.0
) -> Callable[[np.random.Generator], TwoArms]:
    """Revenue that is mostly nothing and else skewed; the treated buy for more."""
    mean = buy * float(np.exp(3.5 + spread**2 / 2))

    def make(rng: np.random.Generator) -> TwoArms:
        revenue = np.where(rng.random(n) < buy, rng.lognormal(3.5, spread, n), 0.0)
        return TwoArms(revenue[controls:] * (1 + lift), revenue[:controls], lift * mean)

    return make


def measure_difference(world: TwoArms, seed: np.random.SeedSequence) -> dict[str, float]:
    """Tell whether the interval holds the difference."""
    found = studentised_difference(world.treated, world.control, seed=_seed(seed), draws=399)
    return {"within": float(found.low <= world.truth <= found.high)}


def costed(n: int, *, first: float, spread: float = 0.8) -> Callable[[np.random.Generator], Ledger]:
    """Contribution of customers in four segments; the first one's mean is a share of the average.

    The other three are alike.
    """

    def make(rng: np.random.Generator) -> Ledger:
        ids = np.char.zfill(np.arange(4 * n).astype(str), 6).astype(object)
        segment = np.repeat(["S01", "S02", "S03", "S04"], n)
        scale = np.where(segment == "S01", first, (4 - first) / 3)
        spent = np.where(rng.random(4 * n) < 0.3, rng.lognormal(3.5, spread, 4 * n), 0.0) * scale
        kinds = {"revenue": spent, "goods": 0.4 * spent}
        ledger = pd.concat(
            pd.DataFrame({"customer_id": ids, "kind": kind, "amount": amounts.round(2)})
            for kind, amounts in kinds.items()
        ).assign(quarters_back=0)
        return ledger, pd.DataFrame({"customer_id": ids, "segment_id": segment})

    return make


def decide_on_profit(world: Ledger, seed: np.random.SeedSequence) -> dict[str, float]:
    """Ask which segments are of low profit, and whether the third is better than the second."""
    ledger, placed = world
    earned = contribution(ledger, placed, seed=_seed(seed), draws=399)
    later = placed.assign(segment_id=placed["segment_id"].replace({"S02": "S03", "S01": "S02"}))
    table = low_profit_decisions(earned, placed, later).set_index("segment_id")
    return {
        "low": float(table.loc["S01", "low_profit"]),
        "others": float(table.loc[["S02", "S03", "S04"], "low_profit"].any()),
        "better": float(table.loc["S02", "upsell_probability"] > 0),
        "climbs": float(table.loc["S01", "upsell_probability"] > 0),
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
            Claim("segment", "80 % interval of a segment holds its mean", least=0.7),
            Claim("all", "80 % interval of all holds their mean", least=0.7),
            Claim("ratio", "expected over realised value of all", least=0.93, most=1.07),
            Claim("scaled", "scales the figure of any segment", most=0.1),
        ),
    ),
    Experiment(
        name="value of the year ahead, by customers who do not buy as the model says",
        cases={
            "regular": buyers(n=600, r=2.0, alpha=20.0, a=0.6, b=5.0, regularity=4.0),
            "like a clock": buyers(n=600, r=2.0, alpha=20.0, a=0.6, b=5.0, regularity=20.0),
            "a season": buyers(n=600, season=(0.67, 0.53, 0.47, 1.0)),
            "a strong season": buyers(n=600, season=(0.33, 0.33, 0.33, 1.0)),
        },
        trial=look_ahead,
        runs=12,
        slice_runs=1,
        claims=(
            Claim("segment", "80 % interval of a segment holds its mean", least=0.6),
            Claim("told", "interval of all holds, or the check says that the forecast was off",
                  least=0.8),
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
        slice_runs=25,
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
            "segments chosen by the lookback": ledgers(chosen=True),
            "segments chosen by the lookback, 1600 customers": ledgers(n=1600, chosen=True),
            "segments of recency and frequency, nobody leaves": chosen_buyers(
                a=0.01, b=20.0, r=1.2, alpha=10.0
            ),
            "segments of recency and frequency, some leave": chosen_buyers(),
        },
        trial=look_back,
        runs=30,
        slice_runs=1,
        claims=(
            Claim("any", "shows a change in the value of any segment", most=0.05, most_each=0.08),
        ),
    ),
    Experiment(
        name="value that came in one quarter, or grew",
        cases={
            "three times in this quarter": ledgers(n=1200, spike=(0, 3.0)),
            "three times six quarters back": ledgers(n=1200, spike=(6, 3.0)),
            "three times six quarters back, chosen by the lookback": ledgers(
                n=1200, spike=(6, 3.0), chosen=True
            ),
            "three times in the lookback": ledgers(n=1200, spike=(2, 3.0), chosen=True),
            "40 % more every quarter": ledgers(n=1200, grows=1.4),
            "25 % more every quarter": ledgers(n=1200, grows=1.25),
            "25 % less every quarter, chosen by the lookback": ledgers(
                n=1200, grows=0.75, chosen=True
            ),
        },
        trial=look_back,
        runs=15,
        slice_runs=1,
        claims=(
            Claim("momentary", "calls the segment momentary", least_each=0.9,
                  cases=("three times in this quarter", "three times six quarters back",
                         "three times six quarters back, chosen by the lookback")),
            Claim("momentary", "calls a spike that chose the customers momentary", most=0.05,
                  cases=("three times in the lookback",)),
            Claim("growing", "calls the segment growing", least_each=0.8,
                  cases=("40 % more every quarter", "25 % more every quarter")),
            Claim("fading", "calls the segment fading", least_each=0.7,
                  cases=("25 % less every quarter, chosen by the lookback",)),
            Claim("others", "shows a change in any other segment", most=0.08),
        ),
    ),
    Experiment(
        name="incremental revenue of two arms that are treated alike",
        cases={
            "half and half": experiment(1600),
            "10 % held out": experiment(6000, control_share=0.1),
        },
        trial=compare_arms,
        runs=400,
        slice_runs=4,
        claims=(
            Claim("any segment", "shows a difference in any segment", most=0.06, most_each=0.08),
            Claim("all", "shows a difference over all", most=0.06),
        ),
    ),
    Experiment(
        name="interval of a difference in revenue, where few are held out",
        cases={
            "100 of 3,000, a third buy": two_arms(3000, 100),
            "100 of 3,000, a third buy for 60 % more": two_arms(3000, 100, lift=0.6),
            "150 of 3,000, a fifth buy, long tail": two_arms(3000, 150, buy=0.2, spread=1.2),
            "half of 400, a fifth buy, long tail": two_arms(400, 200, buy=0.2, spread=1.2),
        },
        trial=measure_difference,
        runs=100,
        slice_runs=10,
        claims=(
            Claim("within", "95 % interval holds the difference", least=0.92, most=0.98,
                  least_each=0.88),
        ),
    ),
    Experiment(
        name="low profit, by chance or not",
        cases={
            "just at half the average, 100 customers each": costed(100, first=0.5),
            "just at half the average, 400 customers each": costed(400, first=0.5),
            "just at half the average, long tail": costed(200, first=0.5, spread=1.2),
            "all alike": costed(200, first=1.0),
            "a fifth of the average": costed(300, first=0.2),
        },
        trial=decide_on_profit,
        runs=25,
        slice_runs=3,
        claims=(
            Claim("low", "says low of a segment just at the line", most=0.06,
                  cases=("just at half the average, 100 customers each",
                         "just at half the average, 400 customers each",
                         "just at half the average, long tail")),
            Claim("low", "says low of a segment like all others", most=0.02, cases=("all alike",)),
            Claim("others", "says low of any segment above the average", most=0.02),
            Claim("better", "calls one of two like segments better", most=0.04),
            Claim("low", "says low of a fifth of the average", least=0.9,
                  cases=("a fifth of the average",)),
            Claim("climbs", "calls a segment of five times as much better", least=0.9,
                  cases=("a fifth of the average",)),
        ),
    ),
    Experiment(
        name="arms drawn by lot, or handed out by past spend",
        cases={
            "by lot": handed_out(1200, by_spend=False),
            "by lot, 5 % held out": handed_out(3000, by_spend=False, control_share=0.05),
            "by past spend": handed_out(1200, by_spend=True),
        },
        trial=look_at_the_draw,
        runs=30,
        slice_runs=1,
        claims=(
            Claim("accused", "takes the grade of an experiment from arms drawn by lot", most=0.03,
                  cases=("by lot", "by lot, 5 % held out")),
            Claim("causes", "says that the treatment did what nothing did", most=0.03,
                  cases=("by past spend",)),
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
