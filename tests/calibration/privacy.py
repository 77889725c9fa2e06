"""Privacy: stand-ins for protected attributes are found, others left alone; sums give nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from segmentation_lib.params.governance import Protected
from segmentation_lib.small_cells import hide_table
from segmentation_lib.validate.proxies import proxy_table
from tests.privacy.attacker import possible_counts

from .framework import Claim, Experiment

__all__ = ["EXPERIMENTS"]

AGE = Protected(column="age")
LIMIT = 10


@dataclass(frozen=True)
class Crowd:
    """Customers in segments, with an attribute that the segments may tell."""

    segments: np.ndarray
    levels: np.ndarray


def crowd(
    n: int, levels: int, *, told: float = 0.0, segments: int = 5, even: bool = True
) -> Callable[[np.random.Generator], Crowd]:
    """A crowd of whom a share is in the segment that goes with their level."""

    def make(rng: np.random.Generator) -> Crowd:
        weights = np.ones(segments) if even else 1.0 / np.arange(1, segments + 1) ** 1.5
        own = rng.choice(levels, n, p=None if even else _uneven(levels))
        place = rng.choice(segments, n, p=weights / weights.sum())
        return Crowd(np.where(rng.random(n) < told, own % segments, place), own)

    return make


def _uneven(levels: int) -> np.ndarray:
    shares = 0.6 ** np.arange(levels)
    return np.asarray(shares / shares.sum())


def two_levels(n: int, auc: float, share: float) -> Callable[[np.random.Generator], Crowd]:
    """Two segments that tell a level of the given share with the given area, by construction."""

    def make(rng: np.random.Generator) -> Crowd:
        # With shares t and f of the two levels in the first segment, the area is (1 + t - f) / 2.
        inside, outside = auc, 1 - auc
        own = (rng.random(n) < share).astype(int)
        first = rng.random(n) < np.where(own == 1, inside, outside)
        return Crowd(np.where(first, 0, 1), own)

    return make


def look_for_proxy(world: Crowd, seed: np.random.SeedSequence) -> dict[str, float]:
    """Test the crowd as a quarter would be."""
    table = proxy_table(
        pd.DataFrame(
            {
                "customer_id": [f"c{i:06d}" for i in range(len(world.levels))],
                "segment_id": [f"S{i + 1:02d}" for i in world.segments],
                "age": [f"level {i}" for i in world.levels],
            }
        ),
        [AGE],
        seed=int(seed.generate_state(1)[0]),
    )
    verdicts = set(table["verdict"])
    found = {"red": float("red" in verdicts), "finding": float(bool({"red", "amber"} & verdicts))}
    if set(world.levels) == {0, 1} and len(np.unique(world.segments)) == 2:
        aucs = table.loc[table["level"] == "level 1", "auc"]
        # With too few of a level, nothing is tested.
        found["gap"] = abs(float(aucs.sum()) - _area(world)) if len(aucs) else float("nan")
    return found


def _area(world: Crowd) -> float:
    """The area of the crowd itself, by the ranks of Mann & Whitney."""
    shares = np.array([world.levels[world.segments == s].mean() for s in (0, 1)])
    ranks, own = rankdata(shares[world.segments]), world.levels == 1
    pairs = own.sum() * (~own).sum()
    return float((ranks[own].sum() - own.sum() * (own.sum() + 1) / 2) / pairs)


def tables(rows: int, columns: int, middle: float) -> Callable[[np.random.Generator], np.ndarray]:
    """Counts of two ways, some small, some zero."""

    def make(rng: np.random.Generator) -> np.ndarray:
        counts = np.round(np.exp(rng.normal(middle, 1.6, (rows, columns)))).astype(np.int64)
        return np.where(rng.random(counts.shape) < 0.1, 0, counts)

    return make


def attack_with_totals(table: np.ndarray, seed: np.random.SeedSequence) -> dict[str, float]:
    """Hide what must be hidden beside totals that other pages show, and work out what is left."""
    choice = hide_table(table, limit=LIMIT, totals_stay=True)
    inner = np.zeros(choice.counts.shape, dtype=bool)
    inner[:-1, :-1] = True
    small, found = choice.small & inner, {"withheld": float(choice.withheld)}
    if small.any() and not choice.withheld:
        least, most = possible_counts(choice, small_totals=True)
        found["narrowed"] = float(((least > 1) | (most < LIMIT - 1))[small].any())
    return found


def staying(segments: int) -> Callable[[np.random.Generator], np.ndarray]:
    """Moves between segments: most stay, some move, few move far."""

    def make(rng: np.random.Generator) -> np.ndarray:
        moves = np.round(np.exp(rng.normal(2.5, 1.2, (segments, segments)))).astype(np.int64)
        return moves + np.diag(rng.integers(80, 600, segments))

    return make


def without_small(rng: np.random.Generator) -> np.ndarray:
    """Counts none of which is small."""
    return rng.integers(LIMIT, 500, (4, 4))


def attack(table: np.ndarray, seed: np.random.SeedSequence) -> dict[str, float]:
    """Hide what must be hidden, and work out all that the shown sums allow."""
    choice = hide_table(table, limit=LIMIT)
    least, most = possible_counts(choice)
    inner = np.zeros(choice.counts.shape, dtype=bool)
    inner[:-1, :-1] = True
    small, hidden = choice.small & inner, choice.hidden & inner
    found = {
        "pinned": float((choice.hidden & (least == most)).any()),
        "more hidden": float((hidden & ~small).sum() / max(inner.sum(), 1)),
        "hidden": float(choice.hidden.any()),
    }
    if small.any():
        found["narrowed"] = float(((least > 1) | (most < LIMIT - 1))[small].any())
    return found


EXPERIMENTS = (
    Experiment(
        name="stand-ins on segments that have nothing to do with the attribute",
        cases={
            "4 levels, 600 customers": crowd(600, 4),
            "12 uneven levels, 3,000 customers": crowd(3_000, 12, even=False, segments=8),
            "2 levels, one rare": two_levels(800, 0.5, 0.06),
        },
        trial=look_for_proxy,
        runs=150,
        slice_runs=4,
        claims=(
            Claim("red", "segments without any relation are called red", most_each=0.01),
            Claim("finding", "segments without any relation are called red or amber",
                  most_each=0.05),
        ),
    ),
    Experiment(
        name="stand-ins on segments that tell the attribute",
        cases={
            "AUC 0.8, even, 500 customers": two_levels(500, 0.8, 0.5),
            "AUC 0.8, a tenth, 1,000 customers": two_levels(1_000, 0.8, 0.1),
            "AUC 0.8, a tenth, 600 customers": two_levels(600, 0.8, 0.1),
            "AUC 0.6, even, 1,000 customers": two_levels(1_000, 0.6, 0.5),
            "three quarters in the segment of their level": crowd(900, 5, told=0.75),
        },
        trial=look_for_proxy,
        runs=150,
        slice_runs=3,
        claims=(
            Claim("red", "a stand-in with an AUC of 0.8 is called red", least_each=0.95,
                  cases=("AUC 0.8, even, 500 customers", "AUC 0.8, a tenth, 1,000 customers",
                         "AUC 0.8, a tenth, 600 customers",
                         "three quarters in the segment of their level")),
            Claim("red", "a weak relation (AUC 0.6) is called red", most=0.05,
                  cases=("AUC 0.6, even, 1,000 customers",)),
            Claim("gap", "the AUC held out is off that of the crowd itself", most=0.02,
                  cases=("AUC 0.8, even, 500 customers", "AUC 0.8, a tenth, 1,000 customers")),
        ),
    ),
    Experiment(
        name="sums of published tables",
        cases={
            "3 by 4": tables(3, 4, 3.0),
            "6 by 6": tables(6, 6, 3.5),
            "5 by 3, mostly small": tables(5, 3, 1.8),
        },
        trial=attack,
        runs=40,
        slice_runs=1,
        claims=(
            Claim("pinned", "a hidden count can be worked out from what is shown", most=0.0),
            Claim("narrowed", "a small count can be narrowed within 1 to 9", most=0.0),
            Claim("more hidden", "counts hidden to protect others, as a share of all", most=0.35),
        ),
    ),
    Experiment(
        name="sums of moves between segments whose sizes other pages show",
        cases={"3 segments": staying(3), "6 segments": staying(6), "5 by 3, mostly small":
               tables(5, 3, 1.8)},
        trial=attack_with_totals,
        runs=40,
        slice_runs=1,
        claims=(
            Claim("narrowed", "a small count can be narrowed within 1 to 9", most=0.0),
            Claim("withheld", "moves between segments are withheld as a whole", most_each=0.1,
                  cases=("3 segments", "6 segments")),
        ),
    ),
    Experiment(
        name="sums of tables without small counts",
        cases={"4 by 4": without_small},
        trial=attack,
        runs=40,
        slice_runs=2,
        claims=(Claim("hidden", "anything is hidden for nothing", most=0.0),),
    ),
)  # fmt: skip
