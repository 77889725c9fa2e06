"""Experiments: tests keep their level, intervals cover, and one effect is not told as several."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from segmentation_lib.implement.experiments.assignment import assign, hash_shares
from segmentation_lib.implement.experiments.design import design_table
from segmentation_lib.implement.experiments.effects import experiment_effects
from segmentation_lib.implement.experiments.metrics import Measure, measure
from segmentation_lib.implement.experiments.sample_ratio import sample_ratios, worst_level
from segmentation_lib.params.registers.experiments import Arm, Experiment
from segmentation_lib.stats.arm_effects import mean_effect, ratio_effect, share_effect
from segmentation_lib.stats.segment_effects import DIFFER_LEVEL, segments_differ, shrunken

from .framework import Claim
from .framework import Experiment as Trial

__all__ = ["EXPERIMENTS"]

EQUAL, UNLIKE = (1000, 1000), (60, 240)
LIFT, BUYERS = 1.2, 0.1
SIZES = (1600, 1000, 600, 500, 300)


@dataclass(frozen=True)
class Customers:
    """What customers spend, spent before and order, and what all this is on average."""

    revenue: np.ndarray
    before: np.ndarray
    orders: np.ndarray
    bought: np.ndarray
    mean: float


def customers(law: str, n: int, rng: np.random.Generator) -> Customers:
    """Customers whose revenue follows a law and goes with what they spent before."""
    own = rng.normal(size=n)
    now, then = (0.7 * own + np.sqrt(0.51) * rng.normal(size=n) for _ in range(2))
    worth = {
        "log-normal": lambda z: np.exp(1.5 * z),
        "many zeros": lambda z: (z > ndtri(1 - BUYERS)) * np.exp(z - ndtri(1 - BUYERS)),
        "Pareto": lambda z: ndtr(-z) ** (-1 / 2.1),
    }[law]
    # E of exp(z - c) above c is exp(1/2 - c) * P(z > c - 1).
    cut = float(ndtri(1 - BUYERS))
    mean = {"log-normal": np.exp(1.125), "many zeros": np.exp(0.5 - cut) * ndtr(1 - cut),
            "Pareto": 2.1 / 1.1}[law]  # fmt: skip
    orders = rng.poisson(1.5 * np.exp(0.5 * own)).astype(float)
    bought = (now > ndtri(1 - BUYERS)).astype(float)
    return Customers(worth(now), worth(then), orders, bought, float(mean))


Pair = tuple[Customers, Customers]


def two_arms(law: str, sizes: tuple[int, int]) -> Callable[[np.random.Generator], Pair]:
    """Two arms of customers of one kind."""
    return lambda rng: (customers(law, sizes[0], rng), customers(law, sizes[1], rng))


def _seeds(seed: np.random.SeedSequence, count: int) -> list[int]:
    return [int(number) for number in seed.generate_state(count)]


def nothing_done(arms: Pair, seed: np.random.SeedSequence) -> dict[str, float]:
    """Test two arms that were treated alike, with every estimator."""
    (one, other), seeds = arms, _seeds(seed, 3)
    found = {
        "mean": mean_effect(one.revenue, other.revenue, seed=seeds[0]),
        "CUPED": mean_effect(
            one.revenue, other.revenue, before=(one.before, other.before), seed=seeds[1]
        ),
        "ratio": ratio_effect(
            (one.revenue * one.orders, one.orders), (other.revenue * other.orders, other.orders),
            seed=seeds[2],
        ),
        "share": share_effect(one.bought, other.bought),
    }  # fmt: skip
    return {name: float(effect.p_value <= 0.05) for name, effect in found.items()}


def known_effect(arms: Pair, seed: np.random.SeedSequence) -> dict[str, float]:
    """Look whether the intervals hold an effect that is known: a fifth more."""
    (one, other), seeds = arms, _seeds(seed, 3)
    truth = (LIFT - 1) * one.mean
    plain = mean_effect(LIFT * one.revenue, other.revenue, seed=seeds[0])
    adjusted = mean_effect(
        LIFT * one.revenue, other.revenue, before=(one.before, other.before), seed=seeds[1]
    )
    rng = np.random.default_rng(seeds[2])
    share = share_effect(np.maximum(one.bought, rng.random(len(one.bought)) < 0.05), other.bought)
    more = (1 - BUYERS) * 0.05
    return {
        "mean": float(plain.low <= truth <= plain.high),
        "CUPED": float(adjusted.low <= truth <= adjusted.high),
        "share": float(share.low <= more <= share.high),
    }


@dataclass(frozen=True)
class Segmented:
    """An experiment in five segments."""

    people: pd.DataFrame
    found: Measure


def design(treated_share: float = 0.5, **values: object) -> Experiment:
    """An experiment of two arms."""
    given = {
        "id": "E1", "what": "w", "metric": "revenue", "min_effect": 1.0, "salt": "s",
        "starts_on": date(2025, 7, 1), "ends_on": date(2025, 9, 30), "owner": "o",
        "arms": (Arm(name="control", share=1 - treated_share, control=True),
                 Arm(name="new", share=treated_share)),
    }  # fmt: skip
    return Experiment.model_validate({**given, **values})


def segmented(
    law: str, *, errors: float = 0.0, in_first: float = 0.0, treated: float = 0.5
) -> Callable[[np.random.Generator], Segmented]:
    """Five segments that share an effect of so many standard errors, or the first one has more."""

    def make(rng: np.random.Generator) -> Segmented:
        segment = np.repeat([f"S{i:02d}" for i in range(1, 6)], SIZES)
        new = rng.random(len(segment)) < treated
        made = customers(law, len(segment), rng)
        spread = made.revenue.std()
        error = spread * np.sqrt(1 / new.sum() + 1 / (~new).sum())
        revenue = made.revenue + errors * error * new
        revenue += in_first * spread * (new & (segment == "S01"))
        people = pd.DataFrame({"arm": np.where(new, "new", "control"), "segment_id": segment})
        return Segmented(people, Measure("mean", revenue))

    return make


def read(world: Segmented, seed: np.random.SeedSequence) -> dict[str, float]:
    """Read an experiment out, and note what is claimed of single segments."""
    table = experiment_effects(design(), world.people, world.found, seed=_seeds(seed, 1)[0])
    own = table.set_index("segment_id")["verdict"]
    return {
        "claim": float(own.isin(["more", "less"]).any()),
        "overall": float(own["(all)"] == "more"),
        "first": float(own["S01"] == "more"),
        "elsewhere": float(own.drop(["(all)", "S01"]).isin(["more", "less"]).any()),
    }


def ask_first(world: Segmented, seed: np.random.SeedSequence) -> dict[str, float]:
    """Ask whether the segments differ, as every read-out does before it speaks of one."""
    revenue, own = world.found.top, world.people
    arms = [
        tuple(revenue[(own["segment_id"] == name) & (own["arm"] == arm)]
              for arm in ("new", "control"))
        for name in sorted(own["segment_id"].unique())
    ]  # fmt: skip
    effects = np.array([a.mean() - b.mean() for a, b in arms])
    errors = np.array([np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b)) for a, b in arms])
    p_value = segments_differ(effects, errors, arms, seed=_seeds(seed, 1)[0])
    return {"differ": float(p_value <= DIFFER_LEVEL)}


def effects_of(spread: float, k: int) -> Callable[[np.random.Generator], tuple[np.ndarray, ...]]:
    """True effects of segments, what was measured, and its errors."""

    def make(rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        truth, errors = 1.0 + spread * rng.normal(size=k), rng.uniform(0.5, 2.0, size=k)
        return truth, truth + errors * rng.normal(size=k), errors

    return make


def draw_in(world: tuple[np.ndarray, ...], seed: np.random.SeedSequence) -> dict[str, float]:
    """Shrink the effects and compare with the truth."""
    truth, seen, errors = world
    found = shrunken(seen, errors)
    inside = (found.low <= truth) & (truth <= found.high)
    shares = np.array([((values - truth) ** 2).mean() for values in (found.values, seen)])
    return {"cover": float(inside.mean()), "loss": float(shares[0] - shares[1])}


def hashed(
    n: int, *, lost: float = 0.0, segment: str | None = None
) -> Callable[[np.random.Generator], pd.DataFrame]:
    """Customers of five segments, drawn by hash; of the treated (of a segment) a share is lost."""

    def make(rng: np.random.Generator) -> pd.DataFrame:
        ids = [f"c{i}" for i in range(n)]
        placed = rng.choice([f"S{i:02d}" for i in range(1, 6)], n)
        frame = pd.DataFrame({"customer_id": ids, "segment_id": placed})
        table = assign(design(salt=f"salt {rng.integers(2**60)}"), frame)
        gone = (table["arm"] == "new") & (rng.random(n) < lost)
        gone &= (table["segment_id"] == segment) | (segment is None)
        return table[~gone]

    return make


def count_arms(table: pd.DataFrame, seed: np.random.SeedSequence) -> dict[str, float]:
    """Raise the alarm of the sample ratio, or the warning."""
    level = worst_level(sample_ratios(design(), table))
    return {"alarm": float(level == "alarm"), "warning": float(level in ("alarm", "warning"))}


def promised(
    metric: str, law: str = "log-normal", n: int = 2000
) -> Callable[[np.random.Generator], tuple[Measure, np.ndarray]]:
    """An experiment whose true effect is the one its design says is found four times in five."""

    def make(rng: np.random.Generator) -> tuple[Measure, np.ndarray]:
        def outcomes() -> pd.DataFrame:
            made = customers(law, n, rng)
            orders = made.orders + (made.orders.sum() == 0)
            return pd.DataFrame({"customer_id": ids, "revenue": made.revenue, "orders": orders,
                                 "active": made.bought})  # fmt: skip

        ids = [f"c{i}" for i in range(n)]
        drawn = hash_shares(ids, salt=str(rng.integers(2**60)), name="E1") < 0.5
        arms = pd.DataFrame({"customer_id": ids, "segment_id": "S01",
                             "arm": np.where(drawn, "new", "control")})  # fmt: skip
        bottom = "orders" if metric == "ratio" else None
        own = "active" if metric == "share" else "revenue"
        entry = design(metric=own, denominator=bottom)
        effect = float(design_table(entry, arms, outcomes())["detectable"].iloc[0])
        later = outcomes()
        if metric == "share":
            idle = drawn & (later["active"] == 0)
            later.loc[idle & (rng.random(n) < effect / (1 - BUYERS)), "active"] = 1
        else:
            later["revenue"] += drawn * effect * (later["orders"] if bottom else 1.0)
        found = measure(later, arms["customer_id"], own, denominator=bottom)
        assert not isinstance(found, str)
        return found, drawn

    return make


def found_it(world: tuple[Measure, np.ndarray], seed: np.random.SeedSequence) -> dict[str, float]:
    """Test for the promised effect."""
    found, drawn = world
    effect = found.effect(drawn, ~drawn, seed=_seeds(seed, 1)[0])
    return {"found": float(effect.p_value <= 0.05 and effect.value > 0)}


LAWS = ("log-normal", "many zeros", "Pareto")
SHAPES = {"equal arms": EQUAL, "arms of 60 and 240": UNLIKE}
WORLDS = {f"{law}, {shape}": two_arms(law, sizes)
          for law in LAWS for shape, sizes in SHAPES.items()}  # fmt: skip
ONE_EFFECT = {law: segmented(law, errors=2.8) for law in LAWS}
ONE_EFFECT["log-normal, a tenth treated"] = segmented("log-normal", errors=2.8, treated=0.1)

EXPERIMENTS = (
    Trial(
        "A/A tests",
        WORLDS,
        nothing_done,
        runs=900,
        slice_runs=4,
        claims=tuple(
            claim
            for name in ("mean", "CUPED", "ratio", "share")
            for claim in (
                Claim(name, f"{name}: arms that are alike are told apart in 5 % +- 1.4",
                      most=0.064, least=0.025),
                Claim(name, f"{name}: in no case more often", most_each=0.064),
            )
        ),
    ),
    Trial(
        "intervals of known effects",
        WORLDS,
        known_effect,
        runs=150,
        slice_runs=4,
        claims=tuple(
            Claim(name, f"{name}: 95 % intervals hold the truth", least=0.93, most=0.98)
            for name in ("mean", "CUPED", "share")
        ),
    ),
    Trial(
        "one effect for all segments",
        ONE_EFFECT,
        ask_first,
        runs=300,
        slice_runs=4,
        claims=(
            Claim("differ", "segments that share an effect are not said to differ", most=0.05),
        ),
    ),
    Trial(
        "no effect in any segment",
        {law: segmented(law) for law in LAWS},
        read,
        runs=70,
        slice_runs=2,
        claims=(Claim("claim", "an effect is claimed, anywhere, in few cases", most=0.08),),
    ),
    Trial(
        "an effect in one segment",
        {law: segmented(law, in_first=0.35) for law in ("log-normal", "many zeros")},
        read,
        runs=30,
        slice_runs=1,
        claims=(
            Claim("first", "the segment is found", least=0.8),
            Claim("elsewhere", "no other one is", most=0.05),
        ),
    ),
    Trial(
        "segment effects with luck taken off",
        {"alike": effects_of(0.2, 5), "unlike": effects_of(1.5, 5), "two": effects_of(1.0, 2)},
        draw_in,
        runs=500,
        slice_runs=10,
        claims=(
            Claim("cover", "their intervals hold the truth", least=0.93),
            Claim("loss", "they are nearer to the truth than what was measured", most=0.0),
        ),
    ),
    Trial(
        "sizes of sound arms",
        {"1,200 customers": hashed(1200)},
        count_arms,
        runs=600,
        slice_runs=5,
        claims=(
            Claim("alarm", "sound experiments are not stopped", most=0.01),
            Claim("warning", "sound experiments are seldom warned of", most=0.03),
        ),
    ),
    Trial(
        "sizes of arms with customers lost",
        {"a tenth of the treated": hashed(12000, lost=0.1),
         "a third of the treated of one segment": hashed(6000, lost=1 / 3, segment="S02")},
        count_arms,
        runs=40,
        slice_runs=2,
        claims=(Claim("alarm", "lost customers stop the read-out", least=0.95),),
    ),
    Trial(
        "the power that was promised",
        {"revenue": promised("mean"), "share": promised("share"), "ratio": promised("ratio")},
        found_it,
        runs=200,
        slice_runs=3,
        claims=(Claim("found", "an effect of the promised size is found in 80 %", least=0.77),),
    ),
)  # fmt: skip
