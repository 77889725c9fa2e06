"""Links between traits and outcomes: intervals that cover, maps without a link of noise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import pandas as pd

from segmentation_lib.profile.story import trait_edges

from .framework import Claim, Experiment

__all__ = ["EXPERIMENTS"]

Shape = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Linked:
    """Customers with a trait at the open and an outcome after it.

    Attributes:
        trait: One value per customer.
        outcome: Likewise.
        truth: The rank correlation of all customers there could be.
    """

    trait: np.ndarray
    outcome: np.ndarray
    truth: float


def _same(z: np.ndarray) -> np.ndarray:
    return z


def _heavy(z: np.ndarray) -> np.ndarray:
    """Amounts of money: a few are giants."""
    return np.exp(2 * z)


def _counts(z: np.ndarray) -> np.ndarray:
    """Orders: small whole numbers, four in ten are nought."""
    return np.floor(np.exp(np.maximum(z - 0.25, 0) * 1.2)) * (z > -0.25)


def _yes_no(z: np.ndarray) -> np.ndarray:
    return (z > 0.8).astype(float)


def linked(
    rng: np.random.Generator, *, r: float, n: int, trait: Shape = _same, outcome: Shape = _same
) -> Linked:
    """Customers whose trait and outcome hang together by ``r`` before they take their shape."""
    x, y = _draw(n, rng, r, trait, outcome)
    return Linked(x, y, _truth(r, trait, outcome))


def _draw(
    size: int, rng: np.random.Generator, r: float, trait: Shape, outcome: Shape
) -> tuple[np.ndarray, np.ndarray]:
    first, noise = rng.normal(size=(2, size))
    return trait(first), outcome(r * first + np.sqrt(1 - r**2) * noise)


@dataclass(frozen=True)
class Many:
    """Customers with several traits at the open and several outcomes after it.

    Attributes:
        features: ``customer_id`` and the traits.
        outcomes: ``customer_id`` and the outcomes; the first hangs together with the first trait
            where a link was planted.
    """

    features: pd.DataFrame
    outcomes: pd.DataFrame


def many(rng: np.random.Generator, *, r: float, n: int, traits: int, outcomes: int) -> Many:
    """Customers whose traits are alike, and their outcomes too; only the first ones are linked."""
    ids = np.arange(n).astype(str)
    shapes = (_same, _heavy, _counts, _yes_no)
    given, got = (
        0.7 * rng.normal(size=(size, n)) + 0.7 * rng.normal(size=n) for size in (traits, outcomes)
    )
    got[0] = r * given[0] + np.sqrt(1 - r**2) * got[0]
    columns = {f"trait_{i}": shapes[i % 3](row) for i, row in enumerate(given)}
    results = {f"kpi_{i}": shapes[i % 4](row) for i, row in enumerate(got)}
    return Many(
        pd.DataFrame({"customer_id": ids, **columns}), pd.DataFrame({"customer_id": ids, **results})
    )


def _whole_map(world: Many, seed: np.random.SeedSequence) -> Mapping[str, float]:
    """Look for every link there could be, and for the one that was planted."""
    del seed
    names = [list(table.columns[1:]) for table in (world.features, world.outcomes)]
    edges = trait_edges(
        [(trait, outcome) for trait in names[0] for outcome in names[1]],
        world.features,
        world.outcomes,
        world.features[["customer_id"]].assign(segment_id="S01"),
    )
    shown = edges[edges["shown"]]
    planted = (shown["trait"] == "trait_0") & (shown["outcome"] == "kpi_0")
    return {"any": float(len(shown) > 0), "planted": float(planted.any())}


@cache
def _truth(r: float, trait: Shape, outcome: Shape) -> float:
    """The rank correlation of so many customers that chance hardly counts."""
    if r == 0:
        return 0.0
    x, y = _draw(400_000, np.random.default_rng(7), r, trait, outcome)
    return float(pd.Series(x).corr(pd.Series(y), method="spearman"))


def _map(world: Linked, seed: np.random.SeedSequence) -> Mapping[str, float]:
    del seed
    ids = np.arange(len(world.trait)).astype(str)
    edges = trait_edges(
        [("trait", "kpi")],
        pd.DataFrame({"customer_id": ids, "trait": world.trait}),
        pd.DataFrame({"customer_id": ids, "kpi": world.outcome}),
        pd.DataFrame({"customer_id": ids, "segment_id": "S01"}),
    )
    if edges.empty:
        return {}
    row = edges.iloc[0]
    return {
        "shown": float(row["shown"]),
        "covered": float(row["low"] <= world.truth <= row["high"]),
    }


SHAPES: Mapping[str, dict[str, Shape]] = {
    "round": {},
    "money": {"outcome": _heavy},
    "counts": {"trait": _counts, "outcome": _counts},
    "yes or no": {"trait": _heavy, "outcome": _yes_no},
}

EXPERIMENTS = (
    Experiment(
        "links between traits and outcomes, where there are none",
        {
            f"{name}, {n} customers": partial(linked, r=0.0, n=n, **shape)
            for name, shape in SHAPES.items()
            for n in (60, 800)
        },
        _map,
        runs=200,
        slice_runs=6,
        claims=(
            Claim("shown", "A trait that says nothing is called a link", most=0.06, most_each=0.09),
        ),
    ),
    Experiment(
        "links between traits and outcomes, where there are some",
        {
            f"{name}, {n} customers": partial(linked, r=0.4, n=n, **shape)
            for name, shape in SHAPES.items()
            for n in (60, 800)
        },
        _map,
        runs=200,
        slice_runs=6,
        claims=(
            Claim("covered", "The 95% interval holds the true link", least=0.93, least_each=0.90),
            Claim(
                "shown",
                "A link of middling strength is shown for 800 customers",
                least=0.99,
                cases=tuple(f"{name}, 800 customers" for name in SHAPES),
            ),
        ),
    ),
    Experiment(
        "maps of many links, where there are none",
        {
            f"{traits} by {outcomes} pairs, {n} customers": partial(
                many, r=0.0, n=n, traits=traits, outcomes=outcomes
            )
            for traits, outcomes in ((4, 3), (8, 5))
            for n in (60, 800)
        },
        _whole_map,
        runs=150,
        slice_runs=4,
        claims=(Claim("any", "A map shows a link that is not there", most=0.05, most_each=0.08),),
    ),
    Experiment(
        "maps of many links, where there is one",
        {
            f"12 pairs, {n} customers, strength {r}": partial(many, r=r, n=n, traits=4, outcomes=3)
            for n, r in ((200, 0.4), (800, 0.2))
        },
        _whole_map,
        runs=80,
        slice_runs=6,
        claims=(Claim("planted", "The link that is there is shown", least_each=0.95),),
    ),
)
