"""KPIs of the quarter after: true differences, untrue ones, and what was expected of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from segmentation_lib.cluster import KMeans
from segmentation_lib.faults import ContractError
from segmentation_lib.params import Expectation
from segmentation_lib.stats import permuted_welch
from segmentation_lib.validate.expectations import count_hits, expectation_hits, luck_of_hits
from segmentation_lib.validate.external import kpi_effects, kpi_names
from tests.calibration.afterwards import (
    SHARES,
    Afterwards,
    afterwards,
    number_of,
    segments_of,
)
from tests.calibration.framework import Claim, Experiment

__all__ = ["EXPERIMENTS"]

# The gate's usual thresholds.
P, EFFECT = 0.05, 0.01

REVENUE: Mapping[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "normal": lambda rng, n: rng.normal(size=n),
    "log-normal, s = 1": lambda rng, n: np.exp(rng.normal(size=n)),
    "log-normal, s = 1.5": lambda rng, n: np.exp(1.5 * rng.normal(size=n)),
    "80 % zeros": lambda rng, n: np.exp(rng.normal(size=n)) * (rng.random(n) < 0.2),
}


def _unequal(revenue: str, n: int) -> Callable[[np.random.Generator], Afterwards]:
    """Segments of 60, 25, 10 and 5 % and a KPI that has nothing to do with them."""

    def make(rng: np.random.Generator) -> Afterwards:
        labels = rng.choice(4, size=n, p=SHARES)
        return afterwards(rng.normal(size=(n, 2)), labels, revenue=REVENUE[revenue](rng, n))

    return make


def _test_kpi(world: Afterwards, seed: np.random.SeedSequence) -> dict[str, float]:
    found = kpi_effects(
        world.outcomes, world.assignments, ["revenue"], seed=number_of(seed), permutations=199
    ).iloc[0]
    low_p = found["p_corrected"] <= P
    passes = low_p and found["effect"] >= EFFECT and found["effect_low"] > 0
    return {"p at most .05": low_p, "gate passes": passes}


def _different(n: int) -> Callable[[np.random.Generator], Afterwards]:
    """Each segment spends half as much again as the one before; 40 % spend nothing."""

    def make(rng: np.random.Generator) -> Afterwards:
        labels = rng.choice(4, size=n, p=SHARES)
        spent = np.exp(rng.normal(size=n)) * 1.5**labels * (rng.random(n) < 0.6)
        return afterwards(rng.normal(size=(n, 2)), labels, revenue=spent)

    return make


def _chosen_by_kpi(world: Afterwards, seed: np.random.SeedSequence) -> dict[str, float]:
    """Choose the number of segments by its smallest KPI p-value, then test it."""
    draw, *branches = seed.spawn(9)
    chooses = np.random.default_rng(draw).random(len(world.ids)) < 0.5
    revenue = world.outcomes["revenue"].to_numpy()
    tried = {}
    for k, branch in zip(range(2, 9), branches, strict=False):
        labels = KMeans().fit(world.points, k, seed=branch, starts=2).labels
        test = permuted_welch(revenue[chooses], labels[chooses], seed=k, permutations=99)
        tried[k] = (test.p_value, -test.statistic, k, labels)
    labels = min(tried.values(), key=lambda entry: entry[:3])[3]
    chosen = Afterwards(world.features, world.points, labels, world.outcomes)
    held_out = {"judges": world.ids[~chooses]}
    result = {}
    for measure, judges in (("the other half judges", held_out), ("the same half judges", {})):
        ids = judges or {"judges": world.ids[chooses]}
        found = kpi_effects(
            chosen.outcomes, chosen.assignments, ["revenue"], seed=number_of(branches[-1]),
            permutations=99, **ids,
        )  # fmt: skip
        result[measure] = float(found["p_value"].iloc[0] <= P)
    return result


def _noise_kpi(n: int) -> Callable[[np.random.Generator], Afterwards]:
    def make(rng: np.random.Generator) -> Afterwards:
        points = rng.normal(size=(n, 4))
        return afterwards(points, np.zeros(n, int), revenue=np.exp(rng.normal(size=n)))

    return make


def _circular(world: Afterwards, seed: np.random.SeedSequence) -> dict[str, float]:
    """Every door to a test of a feature across the segments it made."""
    feature = "feature_1"
    with_feature = world.outcomes.assign(**{feature: world.features[feature]})
    dictionary = pd.DataFrame({"name": [feature], "role": ["segmenting"]})
    expected = Expectation(feature="feature_2", kpi=feature, direction="positive")
    doors: tuple[Callable[[], object], ...] = (
        lambda: kpi_names(with_feature, dictionary, (feature,)),
        lambda: kpi_effects(
            with_feature, world.assignments, [feature], seed=number_of(seed), segmenting=(feature,)
        ),
        lambda: expectation_hits(
            [expected], world.features, with_feature, world.assignments, segmenting=(feature,)
        ),
    )
    return {"refused": float(all(_refused(door) for door in doors))}


def _refused(door: Callable[[], object]) -> bool:
    try:
        door()
    except ContractError as error:
        return [fault.code for fault in error.faults] == ["circular"]
    return False


# Expectations

NOTHING_CASES = ("nothing comes of it", "nothing comes of it, and the KPIs go together")
EXPECTED = tuple(
    Expectation(feature=f"feature_{feature}", kpi=kpi, direction="positive")
    for feature in (1, 2, 3)
    for kpi in ("revenue", "orders")
)


def _expected(strength: float, *, together: bool) -> Callable[[np.random.Generator], Afterwards]:
    """Two KPIs rise with three features, as strongly as told; ``together``, they are nearly one."""

    def make(rng: np.random.Generator) -> Afterwards:
        points = rng.normal(size=(800, 6))
        pull = strength * points[:, :3].sum(axis=1)
        orders = pull + rng.normal(size=len(points))
        own = orders if together else pull
        return afterwards(
            points, segments_of(points, 5, rng), orders=orders,
            revenue=own + rng.normal(size=len(points)),
        )  # fmt: skip

    return make


def _expectations(world: Afterwards, seed: np.random.SeedSequence) -> dict[str, float]:
    tables = world.features, world.outcomes, world.assignments
    luck = luck_of_hits(EXPECTED, *tables, seed=number_of(seed), draws=99)
    found = count_hits(expectation_hits(EXPECTED, *tables), luck)
    return {"more than luck": found.tone == "good", "came true": found.hits / found.total}


AA_KPI = "a KPI that has nothing to do with the segments"
EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment(
        name=AA_KPI,
        cases={
            f"{revenue}, n = {n}": _unequal(revenue, n) for revenue in REVENUE for n in (300, 1000)
        },
        trial=_test_kpi,
        runs=150,
        slice_runs=3,
        claims=(
            Claim("p at most .05", "the test keeps its error rate", most=0.08, most_each=0.1),
            Claim("gate passes", "the gate is passed by luck rarely", most=0.08),
        ),
    ),
    Experiment(
        name="a KPI that does differ",
        cases={f"n = {n}": _different(n) for n in (1000, 3000)},
        trial=_test_kpi,
        runs=40,
        slice_runs=3,
        claims=(Claim("gate passes", "the difference is found", least=0.6),),
    ),
    Experiment(
        name="a number of segments chosen by a KPI that is noise",
        cases={"n = 600": _noise_kpi(600)},
        trial=_chosen_by_kpi,
        runs=150,
        slice_runs=5,
        claims=(Claim("the other half judges", "held-out customers are not fooled", most=0.08),),
    ),
    Experiment(
        name="a feature tested across the segments that it made",
        cases={"n = 300": _unequal("normal", 300)},
        trial=_circular,
        runs=20,
        slice_runs=2,
        claims=(Claim("refused", "the circular test is refused", least=1.0),),
    ),
    Experiment(
        name="what was expected of the segments before they were seen",
        cases={
            "nothing comes of it": _expected(0.0, together=False),
            "nothing comes of it, and the KPIs go together": _expected(0.0, together=True),
            "it is so": _expected(0.5, together=False),
        },
        trial=_expectations,
        runs=100,
        slice_runs=3,
        claims=(
            Claim("more than luck", "luck is taken for understanding rarely", most=0.08,
                  cases=NOTHING_CASES),
            Claim("more than luck", "understanding is recognised", least=0.5, cases=("it is so",)),
            Claim("came true", "true expectations come true", least=0.9, cases=("it is so",)),
        ),
    ),
)  # fmt: skip
