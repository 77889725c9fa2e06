"""Budgets: equal channels are left alone, and money goes to the one that brings more."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from segmentation_lib.implement.plans.channels import channel_plan
from segmentation_lib.params.registers.channels import ChannelBudget, ChannelLine

from .framework import Claim, Experiment

__all__ = ["EXPERIMENTS"]


def budget(
    rates: Sequence[float], contacts: Sequence[int], *, costs: Sequence[float] | None = None
) -> Callable[[np.random.Generator], ChannelBudget]:
    """Binomial responses; what a contact cost, and what a response is worth, may differ."""

    def make(rng: np.random.Generator) -> ChannelBudget:
        each = costs or [1.0] * len(rates)
        lines = [
            ChannelLine(
                segment="(all)", channel=f"channel {place}", spent=round(n * cost, 2),
                contacts=n, responses=int(rng.binomial(n, rate)), value=cost,
            )
            for place, (rate, n, cost) in enumerate(zip(rates, contacts, each, strict=True))
        ]  # fmt: skip
        return ChannelBudget(id="plan", budget=10_000.0, owner="CRM", lines=tuple(lines))

    return make


def plan(world: ChannelBudget, seed: np.random.SeedSequence) -> dict[str, float]:
    """Whether money is moved, whether the best channel gets more, and the error of the sum."""
    found = channel_plan(world)
    pennies = (found["suggested"] * 100).round().astype("int64").sum()
    return {
        "moved": float((found["verdict"] != "no reallocation").any()),
        "best gains": float(found["verdict"].iloc[0] == "more"),
        "sum is wrong": float(pennies != 1_000_000),
    }


_EQUAL = {
    "two channels": budget([0.05] * 2, [1000] * 2),
    "five channels": budget([0.05] * 5, [1000] * 5),
    "ten channels, unequal sizes": budget([0.08] * 10, [100, 200, 400, 800, 1600] * 2),
    "rare responses": budget([0.004] * 4, [500] * 4),
    "equal for the money": budget([0.05] * 3, [1000] * 3, costs=[0.5, 1.0, 4.0]),
}
_UNEQUAL = {
    "8 % against 4 %": budget([0.08, 0.04], [2000, 2000]),
    "9 % against four of 4 %": budget([0.09, 0.04, 0.04, 0.04, 0.04], [2000] * 5),
}

EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment(
        name="budgets of channels that bring the same",
        cases=_EQUAL,
        trial=plan,
        runs=400,
        slice_runs=40,
        claims=(
            Claim("moved", "suggests to move money", most=0.05, most_each=0.05),
            Claim("sum is wrong", "misses the budget by a penny or more", most=0.0),
        ),
    ),
    Experiment(
        name="budgets of channels of which one brings more",
        cases=_UNEQUAL,
        trial=plan,
        runs=200,
        slice_runs=20,
        claims=(
            Claim("best gains", "gives more to it", least_each=0.9),
            Claim("sum is wrong", "misses the budget by a penny or more", most=0.0),
        ),
    ),
)
