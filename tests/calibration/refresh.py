"""Refresh: what did not change is kept, what did is not, and the title has to be won."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd

from segmentation_lib.cluster import KMeans, Registry, fit_transforms, match_segments
from segmentation_lib.cluster.champion import Champion
from segmentation_lib.cluster.refresh import Refresh, refresh_model
from segmentation_lib.cluster.today import Today
from segmentation_lib.params import ClusterParams
from segmentation_lib.stats.held_out_fit import held_out_gain

from .framework import Claim, Experiment
from .time import EVENTS, Turn, turn
from .worlds import UNEQUAL_SHARES

__all__ = ["EXPERIMENTS"]

OPEN, CLOSE = date(2026, 4, 1), date(2026, 7, 1)
# In the worlds there are four to start with; one more or less may be right afterwards.
SETTINGS = ClusterParams(
    algorithms=("kmeans",), k_min=3, k_max=5, starts=5, winsorise=(0.0, 1.0), min_share=0.02
)
RIGHT = {"drift": 4, "split": 5, "merged": 3, "new": 5, "died": 3, "blended": 3}


@dataclass(frozen=True)
class Quarter:
    """Two feature tables of one world, and what was planted between.

    Attributes:
        before: Features at the open.
        now: Features at the close.
        event: What was planted.
        k: Segments of the model in use; None for as many as the rule chooses at the open.
    """

    before: pd.DataFrame
    now: pd.DataFrame
    event: str
    k: int | None = 4


def quarter(
    event: str, *, k: int | None = 4, **options: object
) -> Callable[[np.random.Generator], Quarter]:
    """The worlds of the topic `time`, as feature tables."""
    make = turn(event, **options)  # type: ignore[arg-type]

    def tables(rng: np.random.Generator) -> Quarter:
        return replace(as_tables(make(rng)), k=k)

    return tables


def blended(*, apart: float) -> Callable[[np.random.Generator], Quarter]:
    """The two closest of four groups flow together, half way each.

    The border between them cuts the new group in half, so that no segment is lost; four segments
    no longer come back.
    """
    make = turn("nothing", apart=apart)

    def tables(rng: np.random.Generator) -> Quarter:
        world = make(rng)
        groups = KMeans().fit(world.opened, 4, seed=np.random.SeedSequence(1), starts=10)
        centres, there = groups.centres, groups.assign(world.closed)
        gaps = ((centres[:, None] - centres) ** 2).sum(axis=2) + np.diag(np.full(4, np.inf))
        pair = np.unravel_index(gaps.argmin(), gaps.shape)
        closed = world.closed.copy()
        for one, other in (pair, pair[::-1]):
            closed[there == one] += (centres[other] - centres[one]) / 2
        return as_tables(replace(world, closed=closed, event="blended"))

    return tables


def tiers(n: int = 2000, columns: int = 4) -> Callable[[np.random.Generator], Quarter]:
    """One crowd, long in one direction: cuts across it come back, some numbers just so."""

    def tables(rng: np.random.Generator) -> Quarter:
        opened, closed, was = _same_people(rng, n, columns)
        stretched = np.eye(columns) + 3 / columns
        stretched = stretched / (opened @ stretched).std(axis=0)
        world = Turn(opened @ stretched, closed @ stretched, was, "nothing", None)  # type: ignore[arg-type]
        return replace(as_tables(world), k=None)

    return tables


def crowd(n: int = 2000, columns: int = 6) -> Callable[[np.random.Generator], Quarter]:
    """One crowd without groups, of whom 85 % return, half like they were and half anew."""

    def tables(rng: np.random.Generator) -> Quarter:
        return as_tables(Turn(*_same_people(rng, n, columns), "nothing", None))  # type: ignore[arg-type]

    return tables


def _same_people(
    rng: np.random.Generator, n: int, columns: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    opened = rng.normal(size=(n, columns))
    was = np.where(rng.random(n) < 0.85, np.arange(n), -1)
    closed = rng.normal(size=(n, columns))
    back = was >= 0
    closed[back] = 0.5 * opened[back] + 0.75**0.5 * closed[back]
    return opened, closed, was


def as_tables(world: Turn) -> Quarter:
    """Customers by name: who returns has the name of last quarter."""
    newcomers = len(world.opened) + np.arange(len(world.closed))
    ids = np.where(world.was >= 0, world.was, newcomers)
    return Quarter(
        _table(world.opened, np.arange(len(world.opened))),
        _table(world.closed, ids),
        world.event,
    )


def _table(points: np.ndarray, ids: np.ndarray) -> pd.DataFrame:
    columns = {f"x{place}": column for place, column in enumerate(points.T)}
    names = [f"{number:06d}" for number in ids]
    table = pd.DataFrame({"customer_id": names, "state": "ACTIVE", **columns})
    return table.astype({"customer_id": "str", "state": "str"})


def _dictionary(features: pd.DataFrame) -> pd.DataFrame:
    names = [name for name in features if name.startswith("x")]
    facts = {"role": "segmenting", "kind": "number", "transform": "none", "missing": "refuse"}
    return pd.DataFrame({"name": names, **facts, "window": "lookback"})


def today(features: pd.DataFrame, opens: date, seed: int) -> Today:
    """The customers of a day, without KPIs."""
    dictionary = _dictionary(features)
    transforms = fit_transforms(features, dictionary, SETTINGS)
    return Today(
        features=features,
        dictionary=dictionary,
        transforms=transforms,
        settings=SETTINGS,
        kpis=pd.DataFrame(index=range(len(features))),
        opens=opens,
        project="world",
        period=f"{opens:%Y}Q{opens.month // 3}",
        seed=seed,
    )


def champion_of(features: pd.DataFrame, seed: int, *, k: int | None = 4) -> Champion:
    """A model made at the open and adopted; of as many segments as the rule chooses, if no k."""
    then = today(features, OPEN, seed)
    given = SimpleNamespace(k=k, algorithm="kmeans")
    model = then.fit(given if k else then.choose(then.transforms, SETTINGS))  # type: ignore[arg-type]
    matching = match_segments(
        model, features, registry=Registry(project="world"), period=then.period
    )
    named = model.with_segment_ids(matching.segment_ids)
    return Champion(named, matching.registry, judged=True)


def renew(world: Quarter, seed: np.random.SeedSequence) -> dict[str, float]:
    """Take the segments through a quarter, and compare what is done with the truth."""
    number = int(seed.generate_state(1)[0]) // 2
    champion = champion_of(world.before, number, k=world.k)
    done = refresh_model(today(world.now, CLOSE, number), champion, before=world.before)
    fired = {one.code for one in done.triggers if one.fired}
    return {
        "kept": float(done.decision == "keep"),
        "same hash": float(done.model.hash == champion.model.hash),
        "right number": float(done.model.k == RIGHT.get(world.event, 4)),
        "fired": float(bool(fired)),
        "known": float(_known(done, champion)),
    }


def _known(done: Refresh, champion: Champion) -> float:
    return len(set(done.model.segment_ids) & set(champion.model.segment_ids)) / champion.model.k


def set_beside(world: Turn, seed: np.random.SeedSequence) -> dict[str, float]:
    """Whether segments made anew explain more, beyond chance, on customers held out."""
    fit, folds = seed.spawn(2)
    grouping = world.algorithm.fit(world.opened, 4, seed=fit, starts=10)
    gain = held_out_gain(
        world.closed,
        grouping.assign,
        grouping.centres,
        world.algorithm,
        k=4,
        seed=int(folds.generate_state(1)[0]),
        starts=5,
    )
    return {"better": float(gain.low > 0), "gain": gain.value}


CLEAR = {
    "equal, 4 apart": quarter("nothing"),
    "equal, 6 apart": quarter("nothing", apart=6.0),
    "unequal, 4 apart": quarter("nothing", shares=UNEQUAL_SHARES[4]),
}
# Of these, the number that the rule chose comes back in one quarter and not quite in another.
NEAR_THE_LIMIT = {
    "unequal, 3 apart": quarter("nothing", k=None, apart=3.0, shares=UNEQUAL_SHARES[4]),
    "unequal, 4 apart, 600 customers": quarter("nothing", k=None, n=600, shares=UNEQUAL_SHARES[4]),
    "tiers": tiers(),
}
PLANTED = {
    f"{event}, {apart:g} apart": quarter(event, apart=apart)
    for event in EVENTS
    for apart in (4.0, 6.0)
} | {f"blended, {apart:g} apart": blended(apart=apart) for apart in (4.0, 6.0)}

EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment(
        name="refresh of segments that did not change",
        cases=CLEAR | {"one crowd": crowd()},
        trial=renew,
        runs=8,
        slice_runs=1,
        claims=(
            Claim("same hash", "keeps the very same model", least=0.95),
            Claim("fired", "calls for new segments", most=0.08, cases=tuple(CLEAR)),
        ),
    ),
    Experiment(
        name="refresh of segments near the limit that did not change",
        cases=NEAR_THE_LIMIT,
        trial=renew,
        runs=10,
        slice_runs=0,
        claims=(Claim("same hash", "keeps the very same model", least=0.9),),
    ),
    Experiment(
        name="refresh after a planted change",
        cases=PLANTED,
        trial=renew,
        runs=3,
        slice_runs=0,
        claims=(
            Claim("kept", "keeps the old model all the same", most=0.15),
            Claim("known", "share of the old segments that keep their IDs", least_each=0.7),
        ),
    ),
    Experiment(
        name="refresh of five segments where four come back",
        cases={
            "equal, 4 apart": quarter("nothing", k=5),
            "equal, 6 apart": quarter("nothing", k=5, apart=6.0),
        },
        trial=renew,
        runs=8,
        slice_runs=0,
        claims=(
            Claim("fired", "finds that five do not come back", least=0.9),
            Claim("right number", "proposes four", least=0.9),
            Claim("known", "share of the old segments that keep their IDs", least_each=0.7),
        ),
    ),
    Experiment(
        name="segments made anew, beside those in use, when nothing changed",
        cases={
            "4 groups, 4 apart": turn("nothing"),
            "4 groups of unequal size": turn("nothing", shares=UNEQUAL_SHARES[4]),
        },
        trial=set_beside,
        runs=50,
        slice_runs=2,
        claims=(Claim("better", "calls those made anew better", most=0.05),),
    ),
    Experiment(
        name="segments made anew, beside those in use, after a change",
        cases={event: turn(event) for event in ("drift", "merged", "died")},
        trial=set_beside,
        runs=20,
        slice_runs=2,
        claims=(Claim("better", "calls those made anew better", least_each=0.9),),
    ),
)
