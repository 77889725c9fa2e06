"""From quarter to quarter: quiet ones stay quiet, planted events, drifts and moves are found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.cluster import KMeans
from segmentation_lib.cluster.mixture import DiagonalMixture
from segmentation_lib.stats import (
    Algorithm,
    Frozen,
    common_drift,
    drift_levels,
    extra_segment,
    lost_segments,
    number_drift,
    refit_agreement,
)
from segmentation_lib.validate.noise_floor import ALL, movement_floor

from .framework import Claim, Experiment
from .worlds import UNEQUAL_SHARES

__all__ = ["EXPERIMENTS"]

EQUAL = (0.25, 0.25, 0.25, 0.25)
RETURNING, ALIKE, COLUMNS = 0.85, 0.5, 6
QUARTER_DAYS = 91


@dataclass(frozen=True)
class Turn:
    """Customers at the open and at the close, and what happened between.

    Attributes:
        opened: Points at the open, shape (rows, columns).
        closed: Points at the close.
        was: Row at the open of each row of the close; -1 for a newcomer.
        event: What was planted: ``nothing``, ``drift``, ``split``, ``merged``, ``new``, ``died``.
        algorithm: Finds the segments.
    """

    opened: np.ndarray
    closed: np.ndarray
    was: np.ndarray
    event: str
    algorithm: Algorithm


def turn(
    event: str,
    *,
    n: int = 2000,
    apart: float = 4.0,
    shares: tuple[float, ...] = EQUAL,
    algorithm: Algorithm | None = None,
) -> Callable[[np.random.Generator], Turn]:
    """Four groups, of whose customers 85 % return, half like they were and half anew."""

    def make(rng: np.random.Generator) -> Turn:
        centres = _centres(rng, apart)
        hit = 1 if shares != EQUAL else 3
        group, noise = rng.choice(4, n, p=shares), rng.normal(size=(n, COLUMNS))
        back = np.flatnonzero((rng.random(n) < RETURNING) & ~((group == hit) & (event == "died")))
        share = np.array(shares) * ((event != "died") | (np.arange(4) != hit))
        group_new = rng.choice(4, n - len(back), p=share / share.sum())
        groups = np.concatenate([group[back], group_new])
        closed = np.sqrt(1 - ALIKE**2) * rng.normal(size=(n, COLUMNS))
        closed[: len(back)] += ALIKE * noise[back]
        closed[len(back) :] /= np.sqrt(1 - ALIKE**2)
        closed += centres[groups]
        if event == "drift":
            closed += 0.5 * _direction(rng)
        elif event == "split":
            side = np.where(rng.random(n) < 0.5, 0.5, -0.5) * (groups == 0)
            closed += side[:, None] * apart * _clear(rng, centres, apart)
        elif event == "merged":
            closed[groups == hit] += centres[(hit + 1) % 4] - centres[hit]
        elif event == "new":
            there = slice(n - int(0.12 * n), n)
            closed[there] += _place(rng, centres, apart) - centres[groups[there]]
        was = np.concatenate([back, np.full(n - len(back), -1)])
        mean, scale = (centres[group] + noise).mean(axis=0), (centres[group] + noise).std(axis=0)
        opened = (centres[group] + noise - mean) / scale
        return Turn(opened, (closed - mean) / scale, was, event, algorithm or KMeans())

    return make


def _centres(rng: np.random.Generator, apart: float) -> np.ndarray:
    centres = rng.normal(size=(4, COLUMNS))
    gaps = np.sqrt(((centres[:, None] - centres[None]) ** 2).sum(axis=2))
    return centres / gaps[gaps > 0].min() * apart


def _direction(rng: np.random.Generator) -> np.ndarray:
    direction = rng.normal(size=COLUMNS)
    return direction / np.linalg.norm(direction)


def _clear(rng: np.random.Generator, centres: np.ndarray, apart: float) -> np.ndarray:
    """A direction in which the halves of the first group stay clear of the other groups."""
    tried = [_direction(rng) for _ in range(50)]

    def room(direction: np.ndarray) -> float:
        ends = [centres[0] + side * apart / 2 * direction for side in (-1, 1)]
        return min(float(np.sqrt(((end - centres[1:]) ** 2).sum(1)).min()) for end in ends)

    return max(tried, key=room)


def _place(rng: np.random.Generator, centres: np.ndarray, apart: float) -> np.ndarray:
    """A place at least as far from every group as groups are from each other."""
    while True:
        place = rng.normal(size=COLUMNS) * apart
        if np.sqrt(((place - centres) ** 2).sum(axis=1)).min() >= apart:
            return place


def follow(world: Turn, seed: np.random.SeedSequence) -> dict[str, float]:
    """Freeze the segments, follow them to the close, and compare with the truth."""
    fit, drifted, extra, refit = seed.spawn(4)
    grouping = world.algorithm.fit(world.opened, 4, seed=fit, starts=10)
    frozen = Frozen.of(world.opened, grouping.assign, k=4)
    drift = common_drift(frozen, world.opened, world.closed, seed=drifted)
    closed = world.closed - drift.shift
    labels, after = grouping.assign(world.opened), grouping.assign(closed)
    origin = np.where(world.was >= 0, labels[world.was], -1)
    there = np.full(len(labels), -1)
    there[world.was[world.was >= 0]] = after[world.was >= 0]
    found = [event.kind for event in lost_segments(frozen, after, (labels, there))]
    more = extra_segment(frozen, world.opened, closed, origin, seed=extra)
    found += [more.kind] if more is not None else []
    seen = found + ["drift"] * drift.found
    agreement = refit_agreement(
        world.opened, closed, after, world.algorithm, k=4,
        seed=int(refit.generate_state(1)[0]), draws=15, starts=3,
    )  # fmt: skip
    low = agreement.adjusted_rand < agreement.baseline_low - 0.03
    return {
        "event": float(bool(found)),
        "unquiet": float(bool(seen) or low),
        "exact": float(seen == ([] if world.event == "nothing" else [world.event])),
    }


def features(n: int, *, shift: float = 0.0) -> Callable[[np.random.Generator], np.ndarray]:
    """Ten features of two samples, half of them counts, shape (2, 10, n); the first one moved."""

    def make(rng: np.random.Generator) -> np.ndarray:
        values = rng.normal(size=(2, 10, n))
        values[:, 5:] = rng.poisson(np.exp(0.5 * values[:, 5:] + 1))
        values[1, 0] += shift
        return values

    return make


def look_for_drift(values: np.ndarray, seed: np.random.SeedSequence) -> dict[str, float]:
    """Whether any of ten features, and whether the first one, is called drifted."""
    pairs = zip(values[0], values[1], strict=True)
    levels = drift_levels([number_drift(before, after) for before, after in pairs])
    return {
        "any": float(any(level != "none" for level in levels)),
        "first": float(levels[0] != "none"),
    }


@dataclass(frozen=True)
class Buyers:
    """Purchases per customer and day, shape (customers, days), and the lookback in days."""

    purchases: np.ndarray
    lookback: int


def buyers(
    lookback_quarters: int, *, yearly: float = 6.0, changed: float = 0.0, n: int = 1500
) -> Callable[[np.random.Generator], Buyers]:
    """Poisson buyers; a share of them buys four times as often in the last quarter."""

    def make(rng: np.random.Generator) -> Buyers:
        rate = rng.gamma(2.0, yearly / 2.0 / 365, n)[:, None]
        lookback = lookback_quarters * QUARTER_DAYS
        early = rng.poisson(rate, (n, lookback))
        busy = np.where(np.arange(n)[:, None] < changed * n, 4.0, 1.0)
        return Buyers(
            np.hstack([early, rng.poisson(rate * busy, (n, QUARTER_DAYS))]).astype(np.uint8),
            lookback,
        )

    return make


def look_for_moves(world: Buyers, seed: np.random.SeedSequence) -> dict[str, float]:
    """Count moves between four segments, beside those after exchanging two quarters."""
    days, lookback = world.purchases, world.lookback
    opened = _recency_frequency(days, lookback, lookback)
    bought = opened[:, 1] > 0
    centre, scale = opened[bought].mean(axis=0), opened[bought].std(axis=0)
    fit, draw = seed.spawn(2)
    grouping = KMeans().fit((opened[bought] - centre) / scale, 4, seed=fit, starts=10)

    def pairs(history: np.ndarray) -> pd.DataFrame:
        both = {}
        for name, end in (("from", lookback), ("to", lookback + QUARTER_DAYS)):
            points = _recency_frequency(history, end, lookback)
            labels = grouping.assign((points - centre) / scale).astype(str).astype(object)
            both[name] = np.where(points[:, 1] > 0, labels, None)
        return pd.DataFrame(both).dropna()

    exchanged = days.copy()
    block, quarter = slice(QUARTER_DAYS, 2 * QUARTER_DAYS), slice(lookback, None)
    exchanged[:, block], exchanged[:, quarter] = days[:, quarter], days[:, block]
    floor = movement_floor(
        pairs(days), pairs(exchanged), list("0123"), seed=int(draw.generate_state(1)[0]), draws=499
    ).set_index("segment_id")
    segments = floor.drop(index=ALL)["verdict"]
    return {
        "more": float(floor.loc[ALL, "verdict"] == "more than noise"),
        "any segment": float((segments == "more than noise").any()),
        "net": float(floor.loc[ALL, "net"]),
    }


def _recency_frequency(days: np.ndarray, end: int, lookback: int) -> np.ndarray:
    seen = days[:, end - lookback : end]
    occasions = (seen > 0).sum(axis=1)
    last = np.where(occasions > 0, np.argmax(seen[:, ::-1] > 0, axis=1) + 1, lookback)
    return np.log1p(np.column_stack([last, occasions, seen.sum(axis=1)]))


_MIXED = DiagonalMixture()
QUIET = {
    "equal, 4 apart": turn("nothing"),
    "equal, 6 apart": turn("nothing", apart=6.0),
    "equal, 600 customers": turn("nothing", n=600),
    "unequal, 4 apart": turn("nothing", shares=UNEQUAL_SHARES[4]),
    "unequal, 6 apart": turn("nothing", shares=UNEQUAL_SHARES[4], apart=6.0),
    "unequal, 600 customers": turn("nothing", shares=UNEQUAL_SHARES[4], n=600),
    "unequal, mixture": turn("nothing", shares=UNEQUAL_SHARES[4], algorithm=_MIXED),
}
EVENTS = ("drift", "split", "merged", "new", "died")
PLANTED = {
    f"{event}, {apart:g} apart": turn(event, apart=apart)
    for event in EVENTS
    for apart in (4.0, 6.0)
} | {
    f"{event}, unequal, mixture": turn(event, shares=UNEQUAL_SHARES[4], algorithm=_MIXED)
    for event in EVENTS
}
_CLOSE_HALVES = ("split, 4 apart", "split, unequal, mixture")
_CLEAR = tuple(name for name in PLANTED if name not in _CLOSE_HALVES)

EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment(
        name="quiet quarters",
        cases=QUIET,
        trial=follow,
        runs=50,
        slice_runs=2,
        claims=(
            Claim("event", "reports an event", most=0.05, most_each=0.08),
            Claim("unquiet", "asks for anything at all", most=0.08),
        ),
    ),
    Experiment(
        name="planted events",
        cases=PLANTED,
        trial=follow,
        runs=25,
        slice_runs=1,
        claims=(
            Claim("exact", "reports exactly what happened", least_each=0.85, cases=_CLEAR),
            Claim("exact", "reports a split of close halves", least=0.7, cases=_CLOSE_HALVES),
        ),
    ),
    Experiment(
        name="drift of ten features that did not move",
        cases={f"{n} customers": features(n) for n in (200, 350, 500, 1000)},
        trial=look_for_drift,
        runs=400,
        slice_runs=20,
        claims=(Claim("any", "calls any of the ten drifted", most=0.02),),
    ),
    Experiment(
        name="drift of one of ten features by half a standard deviation",
        cases={f"{n} customers": features(n, shift=0.5) for n in (500, 1000)},
        trial=look_for_drift,
        runs=200,
        slice_runs=20,
        claims=(Claim("first", "calls it drifted", least_each=0.9),),
    ),
    Experiment(
        name="moves between segments when nobody changed",
        cases={
            "lookback of 2 quarters": buyers(2),
            "lookback of 4 quarters": buyers(4),
            "rare buyers, 4 quarters": buyers(4, yearly=2.0),
        },
        trial=look_for_moves,
        runs=80,
        slice_runs=6,
        claims=(
            Claim("more", "calls the movement more than noise", most=0.05, most_each=0.08),
            Claim("any segment", "calls that of any segment more than noise", most=0.08),
        ),
    ),
    Experiment(
        name="moves between segments when 30 % bought four times as often",
        cases={
            "lookback of 2 quarters": buyers(2, changed=0.3),
            "lookback of 4 quarters": buyers(4, changed=0.3),
        },
        trial=look_for_moves,
        runs=40,
        slice_runs=4,
        claims=(Claim("more", "calls the movement more than noise", least_each=0.9),),
    ),
)
