"""Audiences: tiers of one crowd have no short rule, far groups have; borders hold, movers move."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd

from segmentation_lib.cluster import (
    FeatureTransform,
    KMeans,
    Model,
    ScoringRule,
    Segment,
    nearest_segment,
    score,
)
from segmentation_lib.cluster.mixture import DiagonalMixture
from segmentation_lib.cluster.transforms import Column
from segmentation_lib.implement.audiences.fidelity import AUDIENCE, measure, study_rules
from segmentation_lib.implement.audiences.fields import rule_table
from segmentation_lib.implement.audiences.hysteresis import Held, hold
from segmentation_lib.implement.audiences.publish import audience_table

from .framework import Claim, Experiment
from .time import QUARTER_DAYS, Buyers, _recency_frequency, buyers

__all__ = ["EXPERIMENTS"]

FRESH = 4000
TRULY_POOR = 0.75


@dataclass(frozen=True)
class Crowd:
    """Three draws from one world: for the model, for the rules, and for the truth about them.

    The model must not be made from the customers that rules are judged on: its borders run where
    they leave few customers, and on one crowd that flatters a recall by 1 to 2 points.
    """

    opened: np.ndarray
    closed: np.ndarray
    fresh: np.ndarray
    k: int


def crowd(
    *, apart: float = 0.0, n: int = 3000, k: int = 4, columns: int = 6, beside: float = 0.0
) -> Callable[[np.random.Generator], Crowd]:
    """One normal crowd where ``apart`` is 0, else k groups with their closest centres that far.

    With ``beside`` the last group is a small one, that far from the first in a random direction.
    """

    def make(rng: np.random.Generator) -> Crowd:
        centres = rng.normal(size=(k, columns))
        gaps = np.sqrt(((centres[:, None] - centres[None]) ** 2).sum(axis=2))
        centres *= apart / gaps[gaps > 0].min()
        shares = np.full(k, 1 / k)
        if beside:
            way = rng.normal(size=columns)
            centres[-1] = centres[0] + beside * way / np.linalg.norm(way)
            shares = np.append(np.full(k - 1, 0.94 / (k - 1)), 0.06)
        drawn = rng.normal(size=(2 * n + FRESH, columns))
        drawn += centres[rng.choice(k, len(drawn), p=shares)]
        return Crowd(drawn[:n], drawn[n : 2 * n], drawn[2 * n :], k)

    return make


def _model(X: np.ndarray, k: int, seed: np.random.SeedSequence) -> Model:
    grouping = KMeans().fit(X, k, seed=seed, starts=10)
    features = tuple(
        FeatureTransform(name=f"x{place}", kind="number", missing="refuse",
                         columns=(Column(name=f"x{place}", centre=0.0, scale=1.0),))
        for place in range(X.shape[1])
    )  # fmt: skip
    shares = np.bincount(grouping.labels, minlength=k) / len(X)
    segments = tuple(
        Segment(
            id=f"S{place + 1:02d}", share=float(shares[place]), centre=tuple(map(float, centre))
        )
        for place, centre in enumerate(grouping.centres)
    )
    return Model(
        algorithm="kmeans", k=k, as_of=date(2025, 1, 1), seed=1, customers=len(X),
        dictionary_hash="0", variance=1.0, features=features, segments=segments,
    )  # fmt: skip


def _frame(X: np.ndarray, first: int) -> pd.DataFrame:
    columns = {f"x{place}": values for place, values in enumerate(X.T)}
    ids = [f"{first + row:06d}" for row in range(len(X))]
    return pd.DataFrame({"customer_id": ids, "state": "ACTIVE", **columns})


def judge_rules(world: Crowd, seed: np.random.SeedSequence) -> dict[str, float]:
    """Make short rules, judge them held out, and compare with many fresh customers."""
    model = _model(world.opened, world.k, seed)
    features, fresh = _frame(world.closed, 0), _frame(world.fresh, 500_000)
    study = study_rules(
        model,
        rule_table(features, model),
        score(model, features),
        seed=int(seed.generate_state(1)[0]),
    )
    table = audience_table(study, {})
    published = (table["verdict"] == AUDIENCE).to_numpy()
    truth = (
        measure(
            study.rules,
            rule_table(fresh, model),
            score(model, fresh)["segment_id"],
            model.segment_ids,
        )
        .table["recall"]
        .to_numpy()
    )
    return {
        "withheld": float(not published.any()),
        "published": float(published.all()),
        "bias": float(np.nanmean(table["recall"].to_numpy() - truth)),
        "poor passes": float((published & (truth < TRULY_POOR)).any()),
    }


def follow_nights(world: Buyers, seed: np.random.SeedSequence) -> dict[str, float]:
    """Score Poisson buyers every night of a quarter, with and without hysteresis."""
    days, lookback = world.purchases, world.lookback
    opened = _recency_frequency(days, lookback, lookback)
    bought = opened[:, 1] > 0
    centre, scale = opened[bought].mean(axis=0), opened[bought].std(axis=0)
    rule = KMeans().fit((opened[bought] - centre) / scale, 4, seed=seed, starts=10).rule
    held = _start((opened - centre) / scale, rule, bought)
    kept, plain = [held.current], [held.current]
    for end in range(lookback + 1, lookback + QUARTER_DAYS + 1):
        points = _recency_frequency(days, end, lookback)
        distances = rule.distances((points - centre) / scale)
        distances[points[:, 1] == 0] = np.nan
        held = hold(held, distances, rule)
        kept.append(held.current)
        plain.append(nearest_segment(distances))
    moves, jumps = _moves(kept), _moves(plain)
    # The quarter in one leap, scored on two nights: as if nobody had looked in between.
    leap = _start((opened - centre) / scale, rule, bought)
    for _ in range(2):
        leap = hold(leap, distances, rule)
    return {
        "moves left": moves[0] / max(jumps[0], 1),
        "one-night stays": float(moves[1]),
        "one-night stays, nearest": float(jumps[1]),
        "moved held": _share(kept[0], kept[-1]),
        "moved in one leap": _share(kept[0], leap.current),
        "moved nearest": _share(plain[0], plain[-1]),
        "leap saves": _share(plain[0], plain[-1]) - _share(kept[0], leap.current),
    }


def _moves(nights: list[np.ndarray]) -> tuple[int, int]:
    """Moves of the quarter, and how many of them the next night takes back."""
    changed = [_both(before, after) for before, after in pairwise(nights)]
    back = [
        change & (was == then)
        for change, was, then in zip(changed, nights, nights[2:], strict=False)
    ]
    return sum(int(one.sum()) for one in changed), sum(int(one.sum()) for one in back)


def _start(points: np.ndarray, rule: ScoringRule, known: np.ndarray) -> Held:
    distances = rule.distances(points)
    distances[~known] = np.nan
    nobody = np.full(len(points), -1)
    return hold(Held(nobody, nobody, np.zeros(len(points), dtype=int)), distances, rule)


def _both(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    return (before >= 0) & (after >= 0) & (before != after)


def _share(before: np.ndarray, after: np.ndarray) -> float:
    return float(_both(before, after).sum() / max(int(((before >= 0) & (after >= 0)).sum()), 1))


@dataclass(frozen=True)
class Groups:
    """Planted groups, how a model finds them, and each row's group."""

    centres: np.ndarray
    group: np.ndarray
    algorithm: KMeans | DiagonalMixture


def groups(
    *, apart: float = 6.0, columns: int = 4, mixture: bool = False, n: int = 2000
) -> Callable[[np.random.Generator], Groups]:
    """Four groups with unit variance."""

    def make(rng: np.random.Generator) -> Groups:
        centres = rng.normal(size=(4, columns))
        gaps = np.sqrt(((centres[:, None] - centres[None]) ** 2).sum(axis=2))
        centres *= apart / gaps[gaps > 0].min()
        return Groups(centres, rng.integers(0, 4, n), DiagonalMixture() if mixture else KMeans())

    return make


def move_some(world: Groups, seed: np.random.SeedSequence) -> dict[str, float]:
    """A tenth joins another group for good, a tenth stands on a border, and all wobble a bit."""
    fit, draw = seed.spawn(2)
    rng = np.random.default_rng(draw)
    n, own = len(world.group), world.group
    noise = rng.normal(size=(n, world.centres.shape[1]))
    points = world.centres[own] + noise
    rule = world.algorithm.fit(points, 4, seed=fit, starts=10).rule
    target = (own + 1) % 4
    movers, border = np.arange(n) < n // 10, np.arange(n) >= n - n // 10
    held = first = _start(points, rule, np.ones(n, dtype=bool))
    goal = rule.distances(world.centres).argmin(axis=1)
    gaps = ((world.centres[:, None] - world.centres[None]) ** 2).sum(axis=2)
    beside = (gaps + np.diag(np.full(4, np.inf))).argmin(axis=1)[own]
    way = world.centres[beside] - world.centres[own]
    moved = points + (world.centres[target] - world.centres[own]) * movers[:, None]
    arrived = []
    for night in range(12):
        wobble = 0.2 * rng.normal(size=points.shape)
        on_the_way = world.centres[own] + (0.6 if night % 2 else 0.4) * way
        now = np.where(border[:, None], on_the_way, moved) + wobble
        held = hold(held, rule.distances(now), rule)
        arrived.append((held.current == goal[target])[movers & (first.current == goal[own])].mean())
    wobblers = ~movers & ~border
    at_border = border & (first.current == goal[own])
    return {
        "first run": float(arrived[0]),
        "second run": float(arrived[1]),
        "border moves": float((held.current != first.current)[at_border].mean()),
        "others move": float((held.current != first.current)[wobblers].mean()),
    }


PLANTED = {
    "6 apart": crowd(apart=6.0),
    "8 apart, 3 groups": crowd(apart=8.0, k=3),
    "6 apart, 10 features": crowd(apart=6.0, columns=10),
}
TIERS = {
    "4 tiers, 6 features": crowd(),
    "3 tiers, 4 features": crowd(k=3, columns=4),
    "6 tiers, 8 features": crowd(k=6, columns=8),
}
BETWEEN = {
    "3 apart": crowd(apart=3.0),
    "4 apart": crowd(apart=4.0, n=1000),
    "8 apart, 6 groups": crowd(apart=8.0, k=6),
    "small group 3 beside": crowd(apart=8.0, beside=3.0, columns=4),
    "small group 4 beside": crowd(apart=8.0, beside=4.0, columns=8),
}
_UNBIASED = Claim("bias", "held-out recall less that on fresh customers", most_each=0.02)
_NOT_UNDER = Claim("bias", "... and not under it", least_each=-0.02)

EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment(
        name="short rules for tiers of one crowd",
        cases=TIERS,
        trial=judge_rules,
        runs=20,
        slice_runs=2,
        claims=(
            Claim("withheld", "publishes no rule", least_each=0.9),
            _UNBIASED,
            _NOT_UNDER,
        ),
    ),
    Experiment(
        name="short rules for groups that stand apart",
        cases=PLANTED,
        trial=judge_rules,
        runs=20,
        slice_runs=2,
        claims=(
            Claim("published", "publishes the rule of every group", least_each=0.9),
            _UNBIASED,
            _NOT_UNDER,
        ),
    ),
    Experiment(
        name="short rules for groups that overlap",
        cases=BETWEEN,
        trial=judge_rules,
        runs=20,
        slice_runs=2,
        claims=(
            Claim("poor passes", "publishes a rule whose true recall is under 75 %", most=0.05),
            _UNBIASED,
            _NOT_UNDER,
        ),
    ),
    Experiment(
        name="nightly scores of buyers who do not change",
        cases={"lookback of 2 quarters": buyers(2), "lookback of 4 quarters": buyers(4)},
        trial=follow_nights,
        runs=15,
        slice_runs=1,
        claims=(
            Claim("moves left", "moves, as a part of those without hysteresis", most_each=0.9),
            Claim("leap saves", "moves saved when only the ends are scored", least_each=0.03),
            Claim("one-night stays", "moves that the next night takes back", most_each=0),
            Claim("one-night stays, nearest", "... without hysteresis", least_each=1),
        ),
    ),
    Experiment(
        name="nightly scores of customers who change for good",
        cases={
            "nearest centre, 6 apart": groups(),
            "nearest centre, 8 columns": groups(apart=8.0, columns=8),
            "mixture, 6 apart": groups(mixture=True),
            "mixture, 8 columns": groups(apart=8.0, columns=8, mixture=True),
        },
        trial=move_some,
        runs=20,
        slice_runs=1,
        claims=(
            Claim("first run", "have moved after one run", most_each=0.0),
            Claim("second run", "have moved after two runs", least_each=0.95),
            Claim("border moves", "of those on a border have moved", most_each=0.05),
            Claim("others move", "of all others have moved", most_each=0.01),
        ),
    ),
)
