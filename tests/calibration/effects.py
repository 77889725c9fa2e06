"""Effects without a draw: intervals hold, what spoils a comparison is seen, luck is not sold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from segmentation_lib.implement.effects import (
    adjusted_difference,
    check_pretrend,
    choose_targets,
    difference_in_differences,
    held_out_targeting,
)
from segmentation_lib.implement.effects.wandering import allow_for_wandering, measure_wandering
from segmentation_lib.implement.experiments import Start, read_out
from segmentation_lib.params.effects import TargetingParams
from segmentation_lib.params.registers.experiments import Arm
from segmentation_lib.params.registers.experiments import Experiment as Design
from segmentation_lib.params.registers.register import Register

from .framework import Claim, Experiment

__all__ = ["EXPERIMENTS"]

_BEFORE = 6


def _seed(seed: np.random.SeedSequence) -> int:
    return int(seed.generate_state(1)[0])


@dataclass(frozen=True)
class Panel:
    """Customers over seven blocks, the last one after the date, and the planted truth."""

    blocks: np.ndarray
    treated: np.ndarray
    lift: float
    clusters: np.ndarray | None = None


def panels(
    *,
    n: int = 1200,
    share: float = 0.5,
    lift: float = 0.0,
    level: float = 1.4,
    drift: float = 0.0,
    step: float = 1.0,
    chosen: bool = False,
    stores: int = 0,
    unlike: float = 0.0,
    places: float | None = None,
) -> Callable[[np.random.Generator], Panel]:
    """Buyers of rates of their own in a season that multiplies everybody's purchases.

    The treated spend ``level`` times as much to begin with. ``drift`` is their growth per block,
    ``step`` a factor from three blocks before the date on; ``chosen`` treats those who spent most
    in the last block before the date; ``stores`` treats whole stores with shocks of their own,
    whose sizes are ``unlike``. With ``places`` one region of five is treated, and each wanders by
    so much from block to block.
    """

    def make(rng: np.random.Generator) -> Panel:
        count = _BEFORE + 1
        store, shock = None, 0.15
        if stores:
            size = np.exp(rng.normal(0, unlike, stores))
            store = rng.choice(stores, n, p=size / size.sum())
        elif places is not None:
            store, shock = rng.choice(5, n, p=[0.27, 0.31, 0.2, 0.17, 0.05]), places
        if places is not None:
            treated = store == 0
        else:
            treated = rng.random(n) < share if store is None else store < share * stores
        rate = 1.5 * np.where(treated, level, 1.0) * rng.gamma(1.5, 1 / 1.5, n)
        factor = np.tile(np.exp(rng.normal(0, 0.25, count)), (n, 1))
        factor[treated] *= np.exp(drift * np.arange(count))
        factor[treated, _BEFORE - 3 :] *= step
        factor[treated, -1] *= 1 + lift
        if store is not None:
            factor *= np.exp(rng.normal(0, shock, (int(store.max()) + 1, count)))[store]
        orders = rng.poisson(rate[:, None] * factor).ravel()
        spend = rng.lognormal(3.0, 0.8, orders.sum())
        cells = np.repeat(np.arange(orders.size), orders)
        blocks = np.bincount(cells, spend, orders.size).reshape(n, count)
        if chosen:
            treated = blocks[:, -2] > np.quantile(blocks[:, -2], 1 - share)
        return Panel(blocks, treated, lift, store if stores else None)

    return make


def compare(world: Panel, seed: np.random.SeedSequence) -> dict[str, float]:
    """Tell whether the interval holds the planted lift, and what levels would have said."""
    found, levels = (
        difference_in_differences(world.blocks, world.treated, scale=scale, draws=199,
                                  clusters=world.clusters, seed=_seed(seed))
        for scale in ("ratio", "difference")
    )  # fmt: skip
    money = found.treated_means[1] * (1 - 1 / (1 + world.lift))
    return {
        "covered": float(found.relative.low <= world.lift <= found.relative.high),
        "money": float(found.effect.low <= money <= found.effect.high),
        "levels": float(levels.effect.low <= money <= levels.effect.high),
        "shown": float(found.relative.low > 0),
    }


def compare_stores(world: Panel, seed: np.random.SeedSequence) -> dict[str, float]:
    """Tell whether errors by store hold the planted lift."""
    found = difference_in_differences(
        world.blocks, world.treated, scale="ratio", clusters=world.clusters, seed=_seed(seed)
    ).relative
    return {
        "covered": float(found.low <= world.lift <= found.high),
        "shown": float(found.low > 0),
    }


def compare_places(world: Panel, seed: np.random.SeedSequence) -> dict[str, float]:
    """Tell whether the interval of one region holds the lift, with wandering and without."""
    before = world.blocks[:, :-1]
    plain = difference_in_differences(
        world.blocks, world.treated, scale="ratio", draws=199, seed=_seed(seed)
    )
    variance = measure_wandering(before, world.treated, scale="ratio")
    found = allow_for_wandering(plain, variance, before.shape[1])
    check = check_pretrend(before, world.treated, scale="ratio", seed=_seed(seed))
    inside = [float(one.low <= world.lift <= one.high) for one in (plain.relative, found.relative)]
    return {
        "plain": inside[0],
        "covered": inside[1],
        "shown": float(found.relative.low > 0 and check.is_credible),
    }


def shares(*, share: float = 0.5, lift: float = 0.0) -> Callable[[np.random.Generator], Panel]:
    """Customers who buy in a block or not."""

    def make(rng: np.random.Generator) -> Panel:
        treated = rng.random(1000) < share
        chance = rng.beta(2, 2, 1000)[:, None] * np.ones(_BEFORE + 1)
        chance[:, -1] = np.clip(chance[:, -1] * 0.8, 0, 1)
        bought = rng.random(chance.shape) < chance
        more = rng.random(1000) < lift
        bought[:, -1] |= treated & more
        return Panel(bought.astype(float), treated, lift)

    return make


def compare_shares(world: Panel, seed: np.random.SeedSequence) -> dict[str, float]:
    """Tell whether the interval of a difference of shares holds the planted one."""
    found = difference_in_differences(
        world.blocks, world.treated, scale="difference", draws=199, seed=_seed(seed)
    )
    # A lift reaches those only who would not have bought; 0.6 of them do not.
    truth = world.lift * (1 - 0.5 * 0.8)
    return {"covered": float(found.effect.low <= truth <= found.effect.high)}


def look_before(world: Panel, seed: np.random.SeedSequence) -> dict[str, float]:
    """Ask whether the time before the date supports a comparison."""
    check = check_pretrend(
        world.blocks[:, :-1], world.treated, scale="ratio", clusters=world.clusters,
        seed=_seed(seed),
    )  # fmt: skip
    return {
        "refused": float(not check.is_credible),
        "chosen": float(check.verdict == "chosen"),
    }


@dataclass(frozen=True)
class Study:
    """A treatment that was not drawn by lot; its true effect is 0.5."""

    outcome: np.ndarray
    treated: np.ndarray
    covariates: np.ndarray


def studies(
    *, odd_outcome: bool = False, odd_choice: bool = False, strength: float = 1.0,
    hidden: float = 0.0, n: int = 1500,
) -> Callable[[np.random.Generator], Study]:  # fmt: skip
    """Customers choose by what is known, and by something ``hidden``.

    An odd outcome, or an odd choice, hangs on a product of two covariates, which a sum of curves
    cannot follow.
    """

    def make(rng: np.random.Generator) -> Study:
        x, unseen = rng.normal(size=(n, 4)), rng.normal(size=n)
        odd = 0.9 * x[:, 0] * x[:, 1]
        liking = strength * (0.6 * x[:, 0] - 0.4 * x[:, 1]) + hidden * unseen + odd_choice * odd
        treated = rng.random(n) < 1 / (1 + np.exp(-liking))
        outcome = x[:, 0] + x[:, 1] ** 2 + odd_outcome * odd + hidden * unseen
        return Study(outcome + 0.5 * treated + rng.normal(size=n), treated, x)

    return make


def adjust(world: Study, seed: np.random.SeedSequence) -> dict[str, float]:
    """Tell whether the adjusted interval holds the truth, and whether overlap is called poor."""
    found = adjusted_difference(world.outcome, world.treated, world.covariates, seed=_seed(seed))
    return {
        "covered": float(found.adjusted.low <= 0.5 <= found.adjusted.high),
        "poor": float(found.overlap.is_poor),
    }


_SHARES = np.array([0.35, 0.25, 0.2, 0.12, 0.08])
_COST = 2.0


def trials(*effects: float, n: int = 4000) -> Callable[[np.random.Generator], pd.DataFrame]:
    """An experiment in five segments, half of whose customers buy at all."""

    def make(rng: np.random.Generator) -> pd.DataFrame:
        segment, treated = rng.choice(5, n, p=_SHARES), rng.random(n) < 0.5
        spent = rng.lognormal(3.0, 1.2, n) * (rng.random(n) < 0.5)
        lift = np.array(effects)[segment]
        names = np.array([f"S0{number + 1}" for number in range(5)])[segment]
        people = pd.DataFrame({"segment_id": names, "treated": treated})
        return people.assign(outcome=spent + lift * treated, lift=lift)

    return make


def choose(world: pd.DataFrame, seed: np.random.SeedSequence) -> dict[str, float]:
    """Choose segments on one half; compare with random targeting, and with the truth."""
    found = held_out_targeting(world, cost=_COST, seed=_seed(seed))
    assert found is not None
    gain = world.groupby("segment_id")["lift"].first() - _COST
    picked = gain.index.isin(found.chosen)
    truth = float((_SHARES * gain)[picked].sum() - _SHARES[picked].sum() * (_SHARES @ gain))
    inside = found.curve["at_random"].between(found.curve["low"], found.curve["high"])
    return {
        "random inside": float(inside.all()),
        "beats": float(found.beats_random),
        "covered": float(found.advantage.low <= truth <= found.advantage.high),
        "off": found.advantage.value - truth,
    }


def single_out(world: pd.DataFrame, seed: np.random.SeedSequence) -> dict[str, float]:
    """Name segments for which treating pays, by the read-out; the cost eats up an effect of 4."""
    ids = np.array([f"{number:05d}" for number in range(len(world))])
    arms = pd.DataFrame({"experiment_id": "E1", "customer_id": ids, "assigned_at": _DAY,
                         "arm": np.where(world["treated"], "t", "c")})  # fmt: skip
    outcomes = pd.DataFrame({"customer_id": ids, "revenue": world["outcome"]})
    placed = pd.DataFrame({"customer_id": ids, "segment_id": world["segment_id"]})
    register, starts = Register("experiments", (_TEST,)), (Start(_DAY.date(), placed),)
    read = read_out(register, arms, outcomes, starts, closed=_TEST.ends_on + timedelta(days=1),
                    seed=_seed(seed))  # fmt: skip
    asked = TargetingParams(experiment="E1", cost=4.0)
    found = choose_targets(asked, register, read, arms=arms, outcomes=outcomes, starts=starts,
                           customers=placed, seed=_seed(seed))  # fmt: skip
    lifts = world.groupby("segment_id")["lift"].first()
    named = found.returns.loc[found.returns["choice"] == "treat", "segment_id"]
    return {
        "wrong": float((lifts[named] <= 4.0).any()),
        "right": float((lifts[named] > 4.0).any()),
    }


_DAY = pd.Timestamp("2025-07-01")
_TEST = Design(
    id="E1", what="A test.", metric="revenue", min_effect=1.0, salt="s", owner="CRM lead",
    starts_on=date(2025, 7, 1), ends_on=date(2025, 9, 30), status="ended",
    arms=(Arm(name="c", share=0.5, control=True), Arm(name="t", share=0.5)),
)  # fmt: skip

EXPERIMENTS = (
    Experiment(
        "two groups compared by how they changed",
        {
            "nothing happened": panels(),
            "a quarter more": panels(lift=0.25),
            "few treated": panels(n=1500, share=0.08, lift=0.25),
            "twice the spending": panels(level=2.0, lift=0.25),
        },
        compare,
        runs=160,
        slice_runs=3,
        claims=(
            Claim("covered", "Intervals hold the planted effect", least=0.93, most=0.97),
            Claim("covered", "Intervals hold the planted effect", least_each=0.92),
            Claim("money", "Intervals in money hold it too", least=0.93),
            Claim("shown", "Nothing is shown where nothing happened", most=0.05,
                  cases=("nothing happened",)),
        ),
    ),
    Experiment(
        "levels where money grows by factors",
        {"twice the spending": panels(level=3.0, n=3000)},
        compare,
        runs=80,
        slice_runs=0,
        claims=(
            Claim("covered", "Ratios hold the truth", least=0.92),
            Claim("levels", "Levels, which are not used, do not", most=0.7),
        ),
    ),
    Experiment(
        "whole stores treated",
        {
            "nothing happened": panels(n=1600, stores=40, share=0.4),
            "40 stores": panels(n=1600, stores=40, share=0.4, lift=0.25),
            "8 of 40 stores": panels(n=1600, stores=40, share=0.2, lift=0.25),
            "stores of unlike size": panels(n=1600, stores=40, share=0.4, lift=0.25, unlike=0.8),
            "12 stores": panels(n=800, stores=12, share=0.5, lift=0.25, unlike=0.5),
        },
        compare_stores,
        runs=400,
        slice_runs=3,
        claims=(
            Claim("covered", "Errors by store hold the planted effect", least=0.93, most=0.97),
            Claim("covered", "Errors by store hold the planted effect", least_each=0.92),
            Claim("shown", "Nothing is shown where nothing happened", most=0.05,
                  cases=("nothing happened",)),
        ),
    ),
    Experiment(
        "one region treated as a whole",
        {
            "nothing happened": panels(n=1500, places=0.05),
            "regions stand still": panels(n=1500, places=0.0, lift=0.25),
            "regions wander a little": panels(n=1500, places=0.03, lift=0.25),
            "regions wander": panels(n=1500, places=0.1, lift=0.25),
        },
        compare_places,
        runs=150,
        slice_runs=3,
        claims=(
            Claim("covered", "Intervals that allow for wandering hold the effect", least=0.93,
                  most=0.98),
            Claim("covered", "Intervals that allow for wandering hold the effect", least_each=0.9),
            Claim("plain", "Errors from customers alone, which are not used, do not", most=0.85,
                  cases=("regions wander",)),
            Claim("shown", "Nothing is shown where nothing happened", most=0.05,
                  cases=("nothing happened",)),
        ),
    ),
    Experiment(
        "shares compared by how they changed",
        {"nothing happened": shares(), "five points more": shares(share=0.2, lift=0.1)},
        compare_shares,
        runs=200,
        slice_runs=5,
        claims=(Claim("covered", "Intervals hold the planted effect", least=0.93, most=0.98),),
    ),
    Experiment(
        "the time before the date",
        {
            "side by side": panels(),
            "side by side, few treated": panels(n=1500, share=0.08),
            "side by side, whole stores": panels(n=1600, stores=40, share=0.4),
            "drifting apart": panels(drift=0.06),
            "broken before": panels(step=1.3),
            "chosen by the last block": panels(share=0.3, chosen=True),
            "few chosen": panels(n=500, share=0.1, chosen=True),
        },
        look_before,
        runs=200,
        slice_runs=5,
        claims=(
            Claim("refused", "Sound comparisons are not refused", most=0.08,
                  cases=("side by side", "side by side, few treated",
                         "side by side, whole stores")),
            Claim("refused", "Drifts, breaks and chosen customers are refused", least_each=0.9,
                  cases=("drifting apart", "broken before", "chosen by the last block",
                         "few chosen")),
            Claim("chosen", "Chosen customers are named as such", least=0.9,
                  cases=("chosen by the last block", "few chosen")),
        ),
    ),
    Experiment(
        "adjustment for what is known",
        {
            "both models right": studies(),
            "outcome model wrong": studies(odd_outcome=True),
            "treatment model wrong": studies(odd_choice=True),
            "poor overlap": studies(strength=3.0),
            "something hidden": studies(hidden=1.0),
        },
        adjust,
        runs=80,
        slice_runs=2,
        claims=(
            Claim("covered", "One right model is enough", least=0.93, most=0.98,
                  cases=("both models right", "outcome model wrong", "treatment model wrong")),
            Claim("poor", "Poor overlap is said", least=0.9, cases=("poor overlap",)),
            Claim("poor", "Fair overlap is not called poor", most=0.05,
                  cases=("both models right", "outcome model wrong", "treatment model wrong")),
            Claim("covered", "Adjustment does not see what is hidden, as every page says",
                  most=0.2, cases=("something hidden",)),
        ),
    ),
    Experiment(
        "whom to treat",
        {
            "no effect": trials(0, 0, 0, 0, 0),
            "one effect for all": trials(4, 4, 4, 4, 4),
            "two segments respond": trials(0, 0, 12, 12, 0, n=8000),
        },
        choose,
        runs=300,
        slice_runs=5,
        claims=(
            Claim("random inside", "Random targeting stays inside the band", least=0.95,
                  cases=("no effect", "one effect for all")),
            Claim("beats", "Choosing is not sold where all segments respond alike", most=0.05,
                  cases=("no effect", "one effect for all")),
            Claim("beats", "Choosing is shown to pay where it does", least=0.6,
                  cases=("two segments respond",)),
            Claim("covered", "The gain of the choice is held", least_each=0.93),
            Claim("off", "The judging half does not flatter", least=-0.03, most=0.03),
        ),
    ),
    Experiment(
        "segments named as worth treating",
        {
            "the cost eats up one effect for all": trials(4, 4, 4, 4, 4, n=2000),
            "two segments respond": trials(0, 0, 20, 20, 0),
        },
        single_out,
        runs=50,
        slice_runs=1,
        claims=(
            Claim("wrong", "No segment is named for which treating does not pay", most=0.05),
            Claim("right", "A segment is named where treating pays", least=0.6,
                  cases=("two segments respond",)),
        ),
    ),
)  # fmt: skip
