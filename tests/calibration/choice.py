"""How many segments: is the planted number found, by the algorithm that fits the groups?

Groups are planted with their closest centres four or five within-group standard deviations apart,
equal or very unequal in size. The choice is made twice: from the features alone, and with two
KPIs that differ between the groups as they do in a shop: a heavy-tailed revenue with many zeros,
and whether a customer is still active. The found segments are compared with the planted ones.

The test behind the second choice is tried where it must find nothing: a large sleepy segment is
split at random, beside a small lively one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.cluster import choose_k
from segmentation_lib.cluster.algorithms import algorithm
from segmentation_lib.cluster.candidates import published_starts
from segmentation_lib.cluster.parsimony import rank_gain
from segmentation_lib.params import ClusterParams
from segmentation_lib.stats import adjusted_rand
from tests.calibration.framework import Claim, Experiment
from tests.calibration.worlds import World, equal_groups, one_crowd, unequal_groups

__all__ = ["EXPERIMENTS"]

_KPIS = ("revenue", "active")


@dataclass(frozen=True)
class Quarter:
    """A world, and what its customers do next."""

    world: World
    outcomes: pd.DataFrame


def _quarter(
    make: Callable[[np.random.Generator], World], *, differ: bool = True
) -> Callable[[np.random.Generator], Quarter]:
    """Groups are active at rates from 25 to 80 %, and spend from 1 to 7.4 times as much."""

    def world_and_outcomes(rng: np.random.Generator) -> Quarter:
        world = make(rng)
        groups = world.groups if differ else 1
        rates = rng.permutation(np.linspace(0.25, 0.8, groups))
        levels = rng.permutation(np.linspace(3.0, 5.0, groups))
        kind = world.truth if differ else np.zeros(len(world.truth), dtype=np.int64)
        active = (rng.random(len(kind)) < rates[kind]).astype(float)
        revenue = active * np.exp(levels[kind] + 1.2 * rng.normal(size=len(kind)))
        return Quarter(world, pd.DataFrame({"revenue": revenue, "active": active}))

    return world_and_outcomes


def _seed(seed: np.random.SeedSequence) -> int:
    return int(seed.generate_state(1)[0] % 2**31)


def _from_features(quarter: Quarter, seed: np.random.SeedSequence) -> Mapping[str, float]:
    world, number = quarter.world, _seed(seed)
    choice = choose_k(world.points, ClusterParams(), seed=number)
    return {"exact": float(choice.k == world.groups), "k": float(choice.k)}


def _with_kpis(quarter: Quarter, seed: np.random.SeedSequence) -> Mapping[str, float]:
    world, number = quarter.world, _seed(seed)
    chooses = np.random.default_rng((number, 1)).random(len(world.truth)) < 0.5
    choice = choose_k(
        world.points,
        ClusterParams(),
        seed=number,
        outcomes=quarter.outcomes,
        kpis=_KPIS,
        chooses=chooses,
    )
    return {
        "exact": float(choice.k == world.groups),
        "k": float(choice.k),
        "literal": float(choice.literal_k == world.groups),
        "none": float(bool({"no_kpi_differs", "none_admissible"} & set(choice.flags))),
    }


def _at_the_true_number(quarter: Quarter, seed: np.random.SeedSequence) -> Mapping[str, float]:
    world, number = quarter.world, _seed(seed)
    k = world.groups
    params = ClusterParams(k_min=k, k_max=k)
    choice = choose_k(world.points, params, seed=number)
    grouping = algorithm(choice.algorithm).fit(
        world.points,
        k,
        seed=np.random.SeedSequence((number, k)),
        starts=published_starts(choice.algorithm, params),
    )
    return {
        "ari": adjusted_rand(grouping.labels, world.truth),
        "mixture": float(choice.algorithm == "mixture"),
    }


@dataclass(frozen=True)
class RandomSplit:
    """Two segments of which one is split at random, and what all customers do next."""

    coarse: np.ndarray
    fine: np.ndarray
    outcomes: pd.DataFrame


def _random_split(
    *, lively: float, halved: str, n: int = 500
) -> Callable[[np.random.Generator], RandomSplit]:
    """A small lively segment (90 % active, high spending) beside a sleepy one (5 % active)."""

    def make(rng: np.random.Generator) -> RandomSplit:
        awake = np.arange(n) < round(lively * n)
        active = (rng.random(n) < np.where(awake, 0.9, 0.05)).astype(float)
        spent = np.exp(np.where(awake, 5.0, 3.0) + 1.2 * rng.normal(size=n))
        coarse = np.where(awake, 1, 0)
        split = (awake if halved == "lively" else ~awake) & (rng.random(n) < 0.5)
        outcomes = pd.DataFrame({"revenue": active * spent, "active": active})
        return RandomSplit(coarse, np.where(split, 2, coarse), outcomes)

    return make


def _false_gain(world: RandomSplit, _seed: np.random.SeedSequence) -> Mapping[str, float]:
    found = {kpi: rank_gain(world.outcomes[kpi].to_numpy(), world.coarse, world.fine)[1]
             for kpi in _KPIS}  # fmt: skip
    return {kpi: float(p_value < 0.05) for kpi, p_value in found.items() if not np.isnan(p_value)}


_EQUAL = {
    "3 equal groups, 4 SD apart": equal_groups(3, 4.0),
    "4 equal groups, 4 SD apart": equal_groups(4, 4.0),
    "6 equal groups, 5 SD apart": equal_groups(6, 5.0),
}
_UNEQUAL = {
    "4 groups of 60, 25, 10, 5 %, 4 SD apart": unequal_groups(4, 4.0),
    "4 groups of 60, 25, 10, 5 %, 5 SD apart": unequal_groups(4, 5.0),
    "5 unequal groups, 5 SD apart": unequal_groups(5, 5.0),
}
_PLANTED = {name: _quarter(make) for name, make in {**_EQUAL, **_UNEQUAL}.items()}
_FEATURES_ONLY = {name: _PLANTED[name] for name in (*list(_EQUAL)[:2], *list(_UNEQUAL)[:2])}
_WITH_KPIS = {name: _PLANTED[name] for name in (*list(_EQUAL)[1:], *_UNEQUAL)}


def _exact(cases: Mapping[str, object]) -> tuple[Claim, ...]:
    return (
        Claim(
            "exact",
            "the planted number is found when groups are of one size",
            least=0.85,
            cases=tuple(name for name in cases if name in _EQUAL),
        ),
        Claim(
            "exact",
            "the planted number is found when groups differ much in size",
            least=0.60,
            cases=tuple(name for name in cases if name in _UNEQUAL),
        ),
    )


EXPERIMENTS = (
    Experiment(
        name="number of segments from the features alone",
        cases=_FEATURES_ONLY,
        trial=_from_features,
        runs=24,
        slice_runs=1,
        claims=_exact(_FEATURES_ONLY),
    ),
    Experiment(
        name="number of segments with KPIs that differ",
        cases=_WITH_KPIS,
        trial=_with_kpis,
        runs=24,
        slice_runs=1,
        claims=_exact(_WITH_KPIS),
    ),
    Experiment(
        name="the segments at the planted number",
        cases=_PLANTED,
        trial=_at_the_true_number,
        runs=40,
        slice_runs=3,
        claims=(
            Claim("ari", "adjusted Rand index of the found segments with the planted ones",
                  least=0.93),
        ),
    ),
    Experiment(
        name="KPIs that do not differ",
        cases={
            "one crowd": _quarter(one_crowd("gauss"), differ=False),
            "4 equal groups, 5 SD apart": _quarter(equal_groups(4, 5.0), differ=False),
        },
        trial=_with_kpis,
        runs=20,
        slice_runs=2,
        claims=(
            Claim(
                "none", "it is said that no KPI differs, or that no number comes back", least=0.85
            ),
        ),
    ),
    Experiment(
        name="a KPI's gain by a split at random",
        cases={
            "10 % lively, the sleepy ones split": _random_split(lively=0.1, halved="sleepy"),
            "20 % lively, the sleepy ones split": _random_split(lively=0.2, halved="sleepy"),
            "20 % lively, the lively ones split": _random_split(lively=0.2, halved="lively"),
        },
        trial=_false_gain,
        runs=500,
        slice_runs=100,
        claims=(
            Claim("active", "a flag seems to gain at p < .05 by chance", most=0.08),
            Claim("revenue", "a revenue of mostly zeros seems to gain at p < .05 by chance",
                  most=0.08),
        ),
    ),
)  # fmt: skip
