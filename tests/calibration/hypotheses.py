"""The register of hypotheses: a world without effects supports none, planted effects are found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from segmentation_lib.implement.hypotheses.judge import judge_hypotheses
from segmentation_lib.params.registers import Hypothesis, Register

from .framework import Claim, Experiment

__all__ = ["EXPERIMENTS"]

SIZES = (420, 300, 220, 150, 90, 60)
OPEN, CLOSE = date(2025, 7, 1), date(2025, 10, 1)
METRICS = ("revenue", "active", "support_tickets")
# Standard deviations of the three metrics, so that effects are of one size.
SPREAD = {"revenue": 54.0, "active": 0.46, "support_tickets": 0.45}


@dataclass(frozen=True)
class Quarter:
    """Outcomes by segment, a register, and which way each of its beliefs should turn out.

    Attributes:
        outcomes: One row per customer.
        assignments: Their segments at the open.
        arms: Arms of an experiment; None where there is none.
        register: The hypotheses.
        truth: ``supported``, ``refuted`` or ``open`` (the effect is exactly the least that
            matters) by ID of the hypothesis.
        gaps: The true difference by ID of the hypothesis.
    """

    outcomes: pd.DataFrame
    assignments: pd.DataFrame
    arms: pd.DataFrame | None
    register: Register[Hypothesis]
    truth: dict[str, str]
    gaps: dict[str, float]


def quarter(
    effects: tuple[float, ...], least: float | None, *, test: str = "comparison", skew: float = 1.0
) -> Callable[[np.random.Generator], Quarter]:
    """Eight beliefs, each about a segment and metric of its own.

    Args:
        effects: What is planted for the beliefs, in standard deviations, in turn.
        least: Smallest effect that matters, in standard deviations; None for exactly the true one.
        test: ``comparison`` or ``experiment``.
        skew: Sigma of the lognormal spend.
    """

    def make(rng: np.random.Generator) -> Quarter:
        segment = np.repeat([f"S{i + 1:02d}" for i in range(len(SIZES))], SIZES)
        n = len(segment)
        bought = rng.random(n) < 0.7
        spend = np.exp(skew * rng.normal(size=n) - skew**2 / 2) * 50
        values = {
            "revenue": np.where(bought, spend, 0.0),
            "active": bought.astype(float),
            "support_tickets": rng.poisson(0.2, n).astype(float),
        }
        treated = rng.random(n) < 0.5
        pairs = [(s, m) for s in range(len(SIZES)) for m in range(3)]
        chosen = [pairs[i] for i in rng.choice(len(pairs), 8, replace=False)]
        shifts = {
            pair: effects[number % len(effects)] * SPREAD[METRICS[pair[1]]]
            for number, pair in enumerate(chosen)
        }
        entries, truth, beliefs = [], {}, {}
        for number, (place, metric) in enumerate(chosen):
            name, own = METRICS[metric], f"H{number:02d}"
            inside = segment == f"S{place + 1:02d}"
            hit = inside & treated if test == "experiment" else inside
            values[name] = _moved(values[name], hit, shifts[place, metric], name, rng)
            gap = _gap(shifts, place, metric) if test == "comparison" else shifts[place, metric]
            bar = abs(gap) if least is None else least * SPREAD[name]
            way = ("lower", "higher")[number % 2] if not any(effects) else "higher"
            if least is None and gap < 0:
                way = "lower"
            entries.append(_entry(own, place, name, bar, way, test))
            beliefs[own] = gap
            signed = -gap if way == "lower" else gap
            truth[own] = (
                "open" if signed == bar else "supported" if signed > bar else "refuted"
            )  # fmt: skip
        ids = np.array([f"{i:05d}" for i in range(n)])
        arms = pd.DataFrame(
            {
                "experiment_id": "E1",
                "customer_id": ids,
                "arm": np.where(treated, "treatment", "control"),
                "assigned_at": pd.Timestamp(OPEN),
            }
        )
        return Quarter(
            pd.DataFrame({"customer_id": ids, **values}),
            pd.DataFrame({"customer_id": ids, "segment_id": segment}),
            arms if test == "experiment" else None,
            Register("hypotheses", tuple(entries)),
            truth,
            beliefs,
        )

    return make


def _gap(shifts: dict[tuple[int, int], float], place: int, metric: int) -> float:
    """The true difference between a segment and all others, where others are shifted as well."""
    others = [i for i in range(len(SIZES)) if i != place]
    weights = np.array([SIZES[i] for i in others], dtype=float)
    moved = np.array([shifts.get((i, metric), 0.0) for i in others])
    return shifts[place, metric] - float(weights @ moved / weights.sum())


def _entry(own: str, place: int, metric: str, least: float, way: str, test: str) -> Hypothesis:
    more = {"test": "experiment", "experiment": "E1"} if test == "experiment" else {}
    return Hypothesis.model_validate(
        {"id": own, "segment": f"S{place + 1:02d}", "behaviour": "b", "because": "c",
         "metric": metric, "direction": way, "min_effect": least, **more}
    )  # fmt: skip


def _moved(
    values: np.ndarray, hit: np.ndarray, by: float, metric: str, rng: np.random.Generator
) -> np.ndarray:
    """Raise the mean of the rows that are hit by ``by``, keeping the kind of the metric."""
    if by == 0:
        return values
    if metric == "active":
        return np.where(hit, rng.random(len(values)) < 0.7 + by, values).astype(float)
    if metric == "support_tickets":
        return np.where(hit, rng.poisson(0.2 + by, len(values)), values).astype(float)
    return np.where(hit, values * (1 + by / 35.0), values)


def judged(world: Quarter, seed: np.random.SeedSequence) -> dict[str, float]:
    """Judge the register, and compare its verdicts with the truth."""
    table = judge_hypotheses(
        world.register, world.outcomes, world.assignments, opened=OPEN, closed=CLOSE,
        seed=int(seed.generate_state(1)[0]), arms=world.arms, draws=800,
    )  # fmt: skip
    found = dict(zip(table["hypothesis_id"], table["verdict"], strict=True))
    covered = [
        row["low"] <= world.gaps[row["hypothesis_id"]] <= row["high"]
        for row in table[table["low"].notna()].to_dict("records")
    ]
    right = [found[own] == true for own, true in world.truth.items() if true != "open"]
    wrong = [
        found[own] not in ("untestable", true) for own, true in world.truth.items()
    ]  # fmt: skip
    return {
        "any_supported": float(any(verdict == "supported" for verdict in found.values())),
        "any_wrong": float(any(wrong)),
        **({"right": float(np.mean(right))} if right else {}),
        "covered": float(np.mean(covered)),
    }


EXPERIMENTS = (
    Experiment(
        name="hypotheses on quarters without an effect",
        cases={
            "any effect would do": quarter((0.0,), 0.0),
            "a small effect is asked for": quarter((0.0,), 0.1),
            "very skewed spend": quarter((0.0,), 0.0, skew=1.5),
            "by experiment": quarter((0.0,), 0.0, test="experiment"),
        },
        trial=judged,
        runs=100,
        slice_runs=3,
        claims=(
            Claim(
                "any_supported",
                "a register of eight beliefs, none of them true, has one that is supported",
                most=0.05,
                most_each=0.07,
            ),
        ),
    ),
    Experiment(
        name="hypotheses on quarters with planted effects",
        cases={
            "half true, half false": quarter((0.6, 0.0), 0.25),
            "the wrong way round": quarter((0.6, -0.35), 0.2),
            "exactly the least that matters": quarter((0.25, 0.0), None),
        },
        trial=judged,
        runs=100,
        slice_runs=3,
        claims=(
            Claim(
                "any_wrong",
                "a register has a verdict that is wrong",
                most=0.07,
            ),
            Claim(
                "right",
                "a planted effect well beyond the least that matters is supported, one well short "
                "of it refuted",
                least=0.5,
                cases=("half true, half false", "the wrong way round"),
            ),
            Claim(
                "covered",
                "the 95 % interval holds the true difference",
                least=0.92,
            ),
        ),
    ),
)
