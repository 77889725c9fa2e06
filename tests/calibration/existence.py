"""Existence of groups.

Two tests decide: more structure than in one crowd that looks like the customers in all else, and a
gap that customers held back confirm. The gate passes when the first one does (`found`); the label
*natural* takes both. All segments count as stable here, which is the worst case for false alarms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from segmentation_lib.cluster import KMeans, fit_transforms, smoothed_matrix
from segmentation_lib.params import ClusterParams
from segmentation_lib.stats.existence import EXISTENCE_KS, gap_test, structure_test
from segmentation_lib.stats.separated import separated_groups
from segmentation_lib.validate.existence import crowd_study, number_columns
from tests.calibration.framework import Claim, Experiment
from tests.calibration.worlds import (
    ONE_CROWD,
    World,
    equal_groups,
    one_crowd,
    personas,
    unequal_groups,
)

__all__ = ["EXPERIMENTS"]

LEVEL = 0.05
# With more draws the level is the same and the power a little higher.
DRAWS = 39

# One mode, and yet not one piece in every sense: rates are shown, little is promised.
_LIMITS = ("ring", "star")
SIZES = ((400, 4), (1000, 6), (3000, 8))
SHARES = (0.3, 0.5, 0.2)
_CROWDS = tuple(kind for kind in ONE_CROWD if kind not in _LIMITS)


def judge_existence(world: World, seed: np.random.SeedSequence) -> Mapping[str, float]:
    """Judge a world as the stage validate does; the gap only matters where structure is found."""
    number = int(seed.generate_state(1)[0])
    study = crowd_study(
        world.points,
        world.smoothed,
        KMeans(),
        columns=world.columns,
        ks=EXISTENCE_KS,
        seed=number,
        draws=DRAWS,
        silhouette_rows=0,
        give_up=LEVEL,
    )
    test = structure_test(study)
    found = test.p_value <= LEVEL
    natural = found and (
        gap_test(
            world.smoothed[:, number_columns(world.columns, world.points)],
            KMeans(),
            seed=(number, 7),
        ).p_value
        <= LEVEL
    )
    return {"found": found, "natural": natural}


def count_apart(k: int) -> Callable[[World, np.random.SeedSequence], Mapping[str, float]]:
    """Return a trial that cuts a world into ``k`` groups and counts those that stand apart."""

    def trial(world: World, seed: np.random.SeedSequence) -> Mapping[str, float]:
        fit, count = seed.spawn(2)
        labels = KMeans().fit(world.smoothed, k, seed=fit, starts=5).labels
        number = separated_groups(world.smoothed, labels, seed=int(count.generate_state(1)[0]))
        return {"too many": number > world.groups, "exact": number == world.groups}

    return trial


def judge_size(world: World, seed: np.random.SeedSequence) -> Mapping[str, float]:
    """As `judge_existence`, with the gate's verdict also by the number of customers."""
    judged = judge_existence(world, seed)
    own = {n: judged["found"] if n == len(world.points) else np.nan for n, _ in SIZES}
    return {**judged, **{f"found, {n:,} customers": found for n, found in own.items()}}


def as_customers(kind: str, *, n: int = 1000, d: int = 6) -> Callable[[np.random.Generator], World]:
    """Return a generator of one crowd in the space that the stage cluster makes of it.

    Logarithms and cut-off ends instead of power transforms; counts spread before both.
    """

    def make(rng: np.random.Generator) -> World:
        made = one_crowd(kind, n=n, d=d)(rng)
        numbers = number_columns(made.columns, made.raw)
        table = pd.DataFrame(made.raw[:, numbers], columns=[made.columns[i] for i in numbers])
        entry = {"role": "segmenting", "kind": "number", "transform": "log", "missing": "impute"}
        dictionary = pd.DataFrame([{"name": name, **entry} for name in table.columns])
        customers = table.assign(state="ACTIVE")
        transforms = fit_transforms(customers, dictionary, ClusterParams())
        return World(
            raw=made.raw[:, numbers],
            points=transforms.matrix(customers),
            smoothed=smoothed_matrix(transforms, customers, seed=int(rng.integers(2**31))),
            truth=made.truth,
            columns=transforms.columns,
        )

    return make


def of_many_sizes(
    make: Callable[..., Callable[[np.random.Generator], World]], kind: str
) -> Callable[[np.random.Generator], World]:
    """Return a generator of one crowd of 400, 1,000 or 3,000 customers, as chance will have it."""

    def drawn(rng: np.random.Generator) -> World:
        n, d = SIZES[rng.choice(len(SIZES), p=SHARES)]
        return make(kind, n=n, d=d)(rng)

    return drawn


EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment(
        name="one crowd without groups, of 400 to 3,000 customers and 4 to 8 features",
        cases={
            **{kind: of_many_sizes(one_crowd, kind) for kind in _CROWDS},
            **{
                f"{kind}, as the stage cluster shapes it": of_many_sizes(as_customers, kind)
                for kind in ("zicount", "rfm", "onetime", "hurdle")
            },
        },
        trial=judge_size,
        runs=32,
        slice_runs=1,
        claims=(
            Claim("found", "One crowd is taken for groups", most=0.08, most_each=0.15),
            Claim("natural", "One crowd is called natural groups", most=0.02),
        ),
    ),
    Experiment(
        name="hard shapes: a hollow ring, and arms from one centre (a known limitation)",
        cases={kind: one_crowd(kind) for kind in _LIMITS},
        trial=judge_existence,
        runs=12,
        slice_runs=0,
        claims=(),
    ),
    Experiment(
        name="planted groups, the closest two at least 4 standard deviations apart",
        cases={
            "3 equal groups, 4 apart": equal_groups(3, 4),
            "4 equal groups, 4 apart": equal_groups(4, 4),
            "6 equal groups, 5 apart": equal_groups(6, 5),
            "4 unequal groups, 4 apart": unequal_groups(4, 4),
            "4 unequal groups, 5 apart": unequal_groups(4, 5),
            "5 unequal groups, 4 apart": unequal_groups(5, 4),
            "4 equal groups, 4 apart, 400 customers": equal_groups(4, 4, n=400),
            "4 unequal groups, 4 apart, 3,000 customers, 8 features": unequal_groups(
                4, 4, n=3000, d=8
            ),
            "4 kinds of customers in raw units": personas(1.0),
        },
        trial=judge_existence,
        runs=12,
        slice_runs=1,
        claims=(Claim("found", "Groups that are there are found", least=0.95),),
    ),
    Experiment(
        name="how many groups stand apart, of six that were cut",
        cases={
            **{kind: one_crowd(kind) for kind in ("gauss", "lognorm", "uniform", "rfm", "zicount")},
            "3 equal groups, 5 apart": equal_groups(3, 5),
            "4 equal groups, 5 apart": equal_groups(4, 5),
            "4 equal groups, 6 apart, 3,000 customers": equal_groups(4, 6, n=3000),
        },
        trial=count_apart(6),
        runs=40,
        slice_runs=2,
        claims=(
            Claim("too many", "More are counted than there are", most=0.05, most_each=0.1),
            Claim(
                "exact",
                "All of them are counted",
                least=0.7,
                cases=("4 equal groups, 6 apart, 3,000 customers",),
            ),
        ),
    ),
)
