"""The tag ``within_noise``: moves over a border nearby get it, and customers who went do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.cluster.scoring_rule import nearest_centre_rule
from segmentation_lib.implement.tags import crm_table

from .framework import Claim, Experiment

__all__ = ["EXPERIMENTS"]

CUSTOMERS, GROUPS, COLUMNS = 3000, 4, 4
WENT = 0.1
WINDOW = Window(date(2025, 7, 1), date(2025, 10, 1))


@dataclass(frozen=True)
class Days:
    """Customers on two days.

    Attributes:
        opened: Points on the first day, shape (customers, columns).
        closed: Points on the second day.
        centres: Centres of the segments.
        went: Whether the customer truly became one of another group.
    """

    opened: np.ndarray
    closed: np.ndarray
    centres: np.ndarray
    went: np.ndarray


def days(*, alike: float, went: float) -> Callable[[np.random.Generator], Days]:
    """Groups four standard deviations apart; the days correlate by ``alike`` within a group."""

    def make(rng: np.random.Generator) -> Days:
        centres = 4 / np.sqrt(2) * np.eye(GROUPS, COLUMNS)
        group = rng.integers(GROUPS, size=CUSTOMERS)
        left = rng.random(CUSTOMERS) < went
        other = (group + rng.integers(1, GROUPS, CUSTOMERS)) % GROUPS
        own = rng.normal(size=(CUSTOMERS, COLUMNS))
        fresh = rng.normal(size=(CUSTOMERS, COLUMNS))
        later = alike * own + np.sqrt(1 - alike**2) * fresh
        opened = centres[group] + own
        closed = centres[np.where(left, other, group)] + later
        return Days(opened, closed, centres, left)

    return make


def trial(world: Days, seed: np.random.SeedSequence) -> Mapping[str, float]:
    """Make the customer file and read its movements."""
    before, after = (_assigned(world, points) for points in (world.opened, world.closed))
    cards = {"segments": [{"id": f"S0{n}", "name": "", "value_index": None} for n in range(1, 5)]}
    crm = crm_table(
        after, window=WINDOW, period="2025Q3", cards=cards, model_hash="", previous=before
    )
    movement = crm["movement"].to_numpy()
    changed = (crm["segment_id"] != crm["previous_segment_id"]).to_numpy()
    noise = movement == "within_noise"
    found: dict[str, float] = {"stays": float((noise & ~changed).any())}
    for name, who in (("stayers", ~world.went), ("goers", world.went)):
        if (changed & who).any():
            found[f"noise of {name}"] = float(noise[changed & who].mean())
    return found


def _assigned(world: Days, points: np.ndarray) -> pd.DataFrame:
    """Assign points as a model does, with the membership as confidence."""
    rule = nearest_centre_rule(world.opened, world.centres)
    share = rule.membership(points)
    order = np.argsort(-share, axis=1, kind="stable")
    ids = np.array([f"S0{number}" for number in range(1, GROUPS + 1)])
    return pd.DataFrame(
        {
            "customer_id": [f"{number:05d}" for number in range(CUSTOMERS)],
            "state": "ACTIVE",
            "segment_id": ids[order[:, 0]],
            "second_segment_id": ids[order[:, 1]],
            "confidence": np.take_along_axis(share, order, axis=1)[:, 0],
        }
    )


EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment(
        name="the tag within_noise",
        cases={
            "nobody went, days much alike": days(alike=0.95, went=0.0),
            "nobody went, days less alike": days(alike=0.8, went=0.0),
            "a tenth went elsewhere": days(alike=0.95, went=WENT),
            "a tenth went, days less alike": days(alike=0.8, went=WENT),
        },
        trial=trial,
        runs=60,
        slice_runs=4,
        claims=(
            Claim(
                "noise of goers",
                "of customers who truly went elsewhere, few are called within noise",
                most_each=0.05,
                cases=("a tenth went elsewhere", "a tenth went, days less alike"),
            ),
            Claim(
                "noise of stayers",
                "of customers who crossed a border by chance, some are called within noise: where "
                "days are much alike, half",
                least=0.5,
                cases=("nobody went, days much alike",),
            ),
            Claim("stays", "nobody who stayed is called within noise", most=0.0),
        ),
    ),
)
