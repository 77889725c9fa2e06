"""Simpler rivals of the segments, and the contexts they must hold in."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from segmentation_lib.cluster import KMeans
from segmentation_lib.validate.baselines import baseline_verdict, compare_baselines
from segmentation_lib.validate.contexts import OTHER_SEGMENTS, context_agreement
from tests.calibration.afterwards import Afterwards, afterwards, number_of, segments_of
from tests.calibration.framework import Claim, Experiment
from tests.calibration.worlds import equal_groups

__all__ = ["EXPERIMENTS"]


EFFECTS = np.array([-0.5, 0.5, 0.2, -0.2])


def _rivals(segments: float, rfm: float, n: int) -> Callable[[np.random.Generator], Afterwards]:
    """A KPI that follows the segments and the RFM tiers, each as strongly as told."""

    def make(rng: np.random.Generator) -> Afterwards:
        scores = rng.normal(size=(n, 3))
        labels = rng.permutation(np.arange(n) % 4)
        worth = scores[:, 1:].sum(axis=1)
        cells = (scores[:, 0] < 0) * 2 + (worth > 0)
        level = segments * EFFECTS[labels] + rfm * EFFECTS[cells]
        world = afterwards(
            scores, labels, active=(rng.random(n) < 1 / (1 + np.exp(-level))) * 1.0,
            revenue=np.exp(level + rng.normal(size=n)),
        )  # fmt: skip
        names = {f"feature_{i + 1}": n for i, n in enumerate(("recency", "frequency", "monetary"))}
        return Afterwards(
            np.exp(world.features.set_index("customer_id").rename(columns=names)).reset_index(),
            scores, labels, world.outcomes,
        )  # fmt: skip

    return make


def _against_rivals(world: Afterwards, seed: np.random.SeedSequence) -> dict[str, float]:
    found = baseline_verdict(
        compare_baselines(
            world.features, world.labels, world.outcomes, ["active", "revenue"],
            segmenting=["recency", "frequency", "monetary"], seed=number_of(seed), repeats=2,
            draws=499,
        )
    )  # fmt: skip
    return {"better": found == "better", "worse": found == "worse"}


def _regions(structure_in: tuple[str, ...]) -> Callable[[np.random.Generator], Afterwards]:
    """Four groups in some regions, one crowd about their middle in the others."""

    def make(rng: np.random.Generator) -> Afterwards:
        points = equal_groups(4, 5.0, n=1500, d=5)(rng).points
        region = rng.choice(["east", "north", "south"], size=len(points), p=[0.4, 0.35, 0.25])
        crowd = ~np.isin(region, structure_in)
        points[crowd] = rng.normal(size=(int(crowd.sum()), points.shape[1]))
        labels = segments_of(points, 4, rng)
        spent = np.exp(rng.normal(size=len(points))) * 1.4**labels
        world = afterwards(points, labels, revenue=spent)
        return Afterwards(world.features.assign(region=region), points, labels, world.outcomes)

    return make


def _in_context(world: Afterwards, seed: np.random.SeedSequence) -> dict[str, float]:
    found = context_agreement(
        world.features, world.points, world.labels, world.outcomes, ["revenue"], KMeans(),
        ["region"], seed=number_of(seed), references=39, starts=2, sample_size=500,
    ).set_index("level")["finding"]  # fmt: skip
    other = found.str.contains(OTHER_SEGMENTS)
    return {"any level flagged": (found != "").any(), "south flagged": other["south"]}


EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment(
        name="segments as good as RFM tiers",
        cases={"neither explains a KPI": _rivals(0, 0, 1000), "both do": _rivals(1, 1, 1000)},
        trial=_against_rivals,
        runs=100,
        slice_runs=4,
        claims=(Claim("better", "the segments are called better rarely", most=0.05),),
    ),
    Experiment(
        name="segments unlike RFM tiers",
        cases={"segments are better": _rivals(1, 0, 1000), "tiers are better": _rivals(0, 1, 1000)},
        trial=_against_rivals,
        runs=30,
        slice_runs=3,
        claims=(
            Claim("better", "better segments are recognised", least=0.9,
                  cases=("segments are better",)),
            Claim("worse", "better tiers are recognised", least=0.9, cases=("tiers are better",)),
        ),
    ),
    Experiment(
        name="segments in several regions",
        cases={
            "everywhere": _regions(("east", "north", "south")),
            "not in the south": _regions(("east", "north")),
        },
        trial=_in_context,
        runs=25,
        slice_runs=2,
        claims=(
            Claim("any level flagged", "no region is blamed for its size", most=0.08,
                  cases=("everywhere",)),
            Claim("south flagged", "the region without them is named", least=0.9,
                  cases=("not in the south",)),
        ),
    ),
)  # fmt: skip
