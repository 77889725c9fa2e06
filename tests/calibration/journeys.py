"""Journeys: paths, early behaviours and funnel breaks, found where planted and not elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import ibis
import numpy as np
import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.engine import Engine
from segmentation_lib.params import DataParams, TableSource
from segmentation_lib.profile.journeys import (
    early_behaviours,
    funnel,
    funnel_breaks,
    path_patterns,
    steps,
)

from .framework import Claim, Experiment

__all__ = ["EXPERIMENTS"]

EVENTS = np.array(["home", "search", "view", "compare", "help"])
SHARES = np.array([0.3, 0.25, 0.2, 0.15, 0.1])
STAGES = ("visit", "view", "cart", "buy")
WINDOW = Window(date(2026, 1, 1), date(2026, 4, 1))
START = pd.Timestamp("2026-01-01")
CLOSE = date(2026, 10, 1)


@dataclass(frozen=True)
class Log:
    """Events of customers, and the segment of each of them.

    Attributes:
        events: ``customer_id``, ``occurred_at``, ``event``, ``session_id``.
        segments: ``customer_id``, ``segment_id``.
        gaps: Whether orders of events with gaps are looked for.
        unit: What a journey is.
    """

    events: pd.DataFrame
    segments: pd.DataFrame
    gaps: bool = False
    unit: str = "session"


@contextmanager
def _engine() -> Iterator[Engine]:
    with Engine.open(Path(), DataParams(orders=TableSource(path="none.csv"))) as engine:
        yield engine


def _names(numbers: np.ndarray) -> pd.Series:
    return pd.Series(numbers).map("c{:05d}".format)


def _log(events: np.ndarray, session: np.ndarray, customer: np.ndarray) -> pd.DataFrame:
    """Events one second apart, the sessions of a customer an hour after each other."""
    step = np.arange(len(session)) - np.searchsorted(session, session)
    earlier = np.arange(len(customer)) - np.searchsorted(customer, customer)
    at = START + pd.to_timedelta(3600 * earlier[session] + step, unit="s")
    return pd.DataFrame(
        {
            "customer_id": _names(customer[session]),
            "occurred_at": at,
            "event": events,
            "session_id": pd.Series(session).map("s{:06d}".format),
        }
    )


def paths(
    *,
    unit: str,
    gaps: bool = False,
    effect: float = 1.0,
    own: float = 0.0,
    n: int = 2000,
    long: bool = False,
) -> Callable[[np.random.Generator], Log]:
    """Sessions that succeed the more often the longer they are.

    ``effect`` is the odds ratio of ``compare``; with ``own``, customers differ in which events
    they like and in how easily they succeed, and the one has nothing to do with the other.
    ``long`` sessions have 10 to 25 events.
    """

    def make(rng: np.random.Generator) -> Log:
        people = n // 5
        customer = np.repeat(np.arange(people), 5)
        lengths = rng.integers(10, 26, n) if long else rng.integers(1, 5, n) + rng.poisson(1.5, n)
        liking = SHARES * np.exp(own * rng.normal(size=(people, len(EVENTS))))
        liking = (liking / liking.sum(axis=1, keepdims=True)).cumsum(axis=1)
        session = np.repeat(np.arange(n), lengths)
        drawn = (rng.random(len(session))[:, None] > liking[customer[session]]).sum(axis=1)
        codes = np.minimum(drawn, len(EVENTS) - 1)
        compared = np.bincount(session, weights=codes == 3, minlength=n) > 0
        ease = own * 1.5 * rng.normal(size=people)[customer]
        score = (
            (0.2 * lengths - 3.5 if long else 0.45 * lengths - 3.0)
            + np.log(effect) * compared
            + ease
        )
        wins = np.flatnonzero(rng.random(n) < 1 / (1 + np.exp(-score)))
        events = np.concatenate([EVENTS[codes], np.full(len(wins), "buy")])
        session = np.concatenate([session, wins])
        order = np.argsort(session, kind="stable")
        who = pd.DataFrame(
            {"customer_id": _names(np.arange(people)), "segment_id": ["S01", "S02"] * (people // 2)}
        )
        return Log(_log(events[order], session[order], customer), who, gaps, unit)

    return make


def detours(*, bad: float = 0.0, n: int = 2000) -> Callable[[np.random.Generator], Log]:
    """Sessions that succeed by the steps of a funnel, and by nothing else that is in them.

    With ``bad``, ``search`` lowers the log odds by so much, and no other event matters.
    """

    def make(rng: np.random.Generator) -> Log:
        people = n // 5
        rows, session = [], []
        for number in range(n):
            came = int(rng.integers(1, 5))
            path = list(STAGES[:3][:came]) if not bad else []
            for event in rng.choice(EVENTS, rng.poisson(1.5) + 2 * bool(bad), p=SHARES):
                path.insert(int(rng.integers(0, len(path) + 1)), str(event))
            score = 0.5 - bad * ("search" in path) if bad else 1.2 * min(came, 3) - 3.5
            path += ["buy"] * bool(rng.random() < 1 / (1 + np.exp(-score)))
            rows += path
            session += [number] * len(path)
        who = pd.DataFrame(
            {"customer_id": _names(np.arange(people)), "segment_id": ["S01", "S02"] * (people // 2)}
        )
        customer = np.repeat(np.arange(people), 5)
        return Log(_log(np.array(rows), np.array(session), customer), who)

    return make


def rare_page(people: int, *, n: int = 1200) -> Callable[[np.random.Generator], Log]:
    """Sessions of which every twentieth has a page ``error``, and hardly ever succeeds.

    The page is seen by so many people only; if by few, they are the kind that does not buy.
    """

    def make(rng: np.random.Generator) -> Log:
        others = n // 4
        rows, session, customer = [], [], []
        for number in range(n):
            rare = number % 20 == 0
            path = [str(event) for event in rng.choice(EVENTS, rng.integers(3, 6), p=SHARES)]
            path += ["error"] * rare + ["buy"] * bool(rng.random() < (0.02 if rare else 0.5))
            rows += path
            session += [number] * len(path)
            customer.append(others + number // 20 % people if rare else number // 4)
        who = pd.DataFrame({"customer_id": _names(np.arange(others + people)), "segment_id": "S01"})
        own = np.array(customer)
        order = np.argsort(own[np.array(session)], kind="stable")
        renamed = pd.factorize(np.array(session)[order])[0]
        return Log(_log(np.array(rows)[order], renamed, np.sort(own)), who)

    return make


def look_at_rare_page(world: Log, seed: np.random.SeedSequence) -> dict[str, float]:
    """Whether the page is told as a way to a standstill, and whether anything else is told."""
    with _engine() as engine:
        events, segments = ibis.memtable(world.events), ibis.memtable(world.segments)
        table = engine.store(steps(events, segments, WINDOW), "steps")
        found = path_patterns(engine, table, success=["buy"], longest=2).patterns
    told = found[found["verdict"].isin(["success", "stalling"])]["pattern"]
    return {
        "error": float((told == "error").any()),
        "others": float((~told.str.contains("error")).any()),
    }


def look_at_detours(world: Log, seed: np.random.SeedSequence) -> dict[str, float]:
    """Whether an event that changes nothing is flagged, and whether ``search`` is."""
    with _engine() as engine:
        events, segments = ibis.memtable(world.events), ibis.memtable(world.segments)
        table = engine.store(steps(events, segments, WINDOW), "steps")
        found = path_patterns(engine, table, success=["buy"], on_the_way=STAGES).patterns
    single = found[found["length"] == 1].set_index("pattern")["verdict"]
    flagged = single[single.isin(["success", "stalling"])].index
    idle = set(EVENTS) - {"search"}
    return {
        "idle": float(bool(idle & set(flagged))),
        "search": float(single["search"] == "stalling"),
    }


def look_at_paths(world: Log, seed: np.random.SeedSequence) -> dict[str, float]:
    """Whether anything is flagged, and what is said of the order ``compare``."""
    with _engine() as engine:
        events, segments = ibis.memtable(world.events), ibis.memtable(world.segments)
        table = engine.store(steps(events, segments, WINDOW), "steps")
        found = path_patterns(
            engine, table, success=["buy"], unit=world.unit, gaps=world.gaps
        ).patterns
    row = found.set_index("pattern").loc["compare"]
    flagged = found["verdict"].isin(["success", "stalling", "on the way"])
    return {
        "flagged": float(flagged.any()),
        "found": float(row["verdict"] == "success"),
        "one": float(row["low"] <= 1 <= row["high"]),
        "three": float(row["low"] <= 3 <= row["high"]),
    }


def newcomers(
    *, planted: int = 0, busy: float = 0.0, n: int = 1500, base: float = 0.2, early: float = 0.0
) -> Callable[[np.random.Generator], pd.DataFrame]:
    """First weeks of newcomers, and a later success.

    It goes with ``planted`` times or more of ``share``; or, with ``busy``, with all that they do.
    A share ``early`` has a first success in the first days already, after which they do twice as
    much of everything and succeed again more easily.
    """

    def make(rng: np.random.Generator) -> pd.DataFrame:
        mood = rng.gamma(1 / busy, busy, n) if busy else np.ones(n)
        soon = rng.random(n) < early
        mood = mood * np.where(soon, 2.0, 1.0) / (1 + early)
        counts = {name: rng.poisson(2.5 * mood) for name in ("share", "noise", "look", "ask")}
        first = rng.integers(0, 120, n)
        total = np.sum(list(counts.values()), axis=0)
        chance = np.where(planted and counts["share"] >= planted, 3 * base, base)
        chance = 1 / (1 + np.exp(2.5 - 0.2 * total)) if busy else chance
        chance = np.where(soon & (early > 0), np.minimum(1.5 * chance, 0.95), chance)
        parts = [(np.arange(n), first, "start")]
        for name, times in counts.items():
            who = np.repeat(np.arange(n), times)
            parts.append((who, first[who] + rng.integers(0, 7, len(who)), name))
        wins, at_once = np.flatnonzero(rng.random(n) < chance), np.flatnonzero(soon)
        parts.append((wins, first[wins] + rng.integers(7, 90, len(wins)), "buy"))
        parts.append((at_once, first[at_once], "buy"))
        rows = pd.concat([pd.DataFrame({"who": w, "day": d, "event": e}) for w, d, e in parts])
        return pd.DataFrame(
            {
                "customer_id": rows["who"].map("c{:05d}".format),
                "occurred_at": START + pd.to_timedelta(rows["day"], unit="D"),
                "event": rows["event"],
            }
        )

    return make


def look_at_first_weeks(log: pd.DataFrame, seed: np.random.SeedSequence) -> dict[str, float]:
    """Whether anything is called predictive, and which threshold ``share`` has."""
    with _engine() as engine:
        study = early_behaviours(
            engine, ibis.memtable(log), success=["buy"], close=CLOSE, washout_days=0,
            seed=int(seed.generate_state(1)[0]),
        )  # fmt: skip
    rows = study.behaviours.set_index("event")
    predictive = rows["verdict"] == "predictive"
    share = rows.loc["share"]
    return {
        "any": float(predictive.any()),
        "others": float(predictive.drop(index="share").any()),
        "near": float(predictive["share"] and abs(share["threshold"] - 3) <= 1),
    }


def funnels(
    *,
    broken: float = 1.0,
    within: str | int = "session",
    comes: tuple[float, ...] = (0.4, 0.4, 0.4),
    n: int = 1500,
) -> Callable[[np.random.Generator], tuple[Log, str | int]]:
    """Customers of three segments, each with a mood of their own for going on.

    In S02 the chance to go on from ``view`` to ``cart`` is ``broken`` times that of the others.
    Customers of each segment stay away after a session with the chance ``comes``.
    """

    def make(rng: np.random.Generator) -> tuple[Log, str | int]:
        segment = rng.integers(0, 3, n)
        sessions = rng.geometric(np.array(comes)[segment])
        customer = np.repeat(np.arange(n), sessions)
        mood = rng.beta(6, 4, n)[customer]
        goes = rng.random((len(STAGES) - 1, len(customer)))
        hard = np.ones_like(goes)
        hard[1] = np.where(segment[customer] == 1, broken, 1.0)
        reached = 1 + np.cumprod(goes < mood * hard, axis=0).sum(axis=0)
        session = np.repeat(np.arange(len(customer)), reached)
        step = np.arange(len(session)) - np.searchsorted(session, session)
        who = pd.DataFrame(
            {
                "customer_id": _names(np.arange(n)),
                "segment_id": np.array(["S01", "S02", "S03"])[segment],
            }
        )
        return Log(_log(np.array(STAGES)[step], session, customer), who), within

    return make


def look_for_breaks(world: tuple[Log, str | int], seed: np.random.SeedSequence) -> dict[str, float]:
    """Whether a break is found, and whether it is the planted one."""
    log, within = world
    with _engine() as engine:
        events, segments = ibis.memtable(log.events), ibis.memtable(log.segments)
        table = engine.store(steps(events, segments, WINDOW), "steps")
        counts = funnel(engine, table, segments, STAGES, name="buying", within=within)
    found = funnel_breaks(counts)
    largest = found[found["largest"]]
    return {
        "any": float(len(largest) > 0),
        "exact": float(((largest["segment_id"] == "S02") & (largest["event"] == "cart")).any()),
    }


EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment(
        name="paths where only length matters",
        cases={
            "customers": paths(unit="customer", n=4000),
            "sessions": paths(unit="session"),
            "sessions, gaps allowed": paths(unit="session", gaps=True),
            "sessions, customers with habits": paths(unit="session", own=0.7),
            "long sessions": paths(unit="session", long=True, n=1200),
        },
        trial=look_at_paths,
        runs=30,
        slice_runs=1,
        claims=(
            Claim("flagged", "flags any order of events", most=0.05),
            Claim("one", "the interval of one order covers no difference", least=0.93),
        ),
    ),
    Experiment(
        name="paths with an event that triples the odds",
        cases={
            "sessions": paths(unit="session", effect=3.0),
            "sessions, gaps allowed": paths(unit="session", gaps=True, effect=3.0),
        },
        trial=look_at_paths,
        runs=15,
        slice_runs=1,
        claims=(
            Claim("found", "finds the event", least_each=0.9),
            Claim("three", "the interval of its odds ratio covers 3", least=0.9),
        ),
    ),
    Experiment(
        name="paths where the steps of a funnel make the length",
        cases={"sessions": detours(), "sessions, one event hinders": detours(bad=1.5)},
        trial=look_at_detours,
        runs=20,
        slice_runs=1,
        claims=(
            Claim("idle", "flags an event that changes nothing", most=0.05),
            Claim(
                "search", "finds the hindrance", least=0.9, cases=("sessions, one event hinders",)
            ),
        ),
    ),
    Experiment(
        name="a page that stops two people, or sixty",
        cases={"two people": rare_page(2), "sixty people": rare_page(60)},
        trial=look_at_rare_page,
        runs=25,
        slice_runs=1,
        claims=(
            Claim("error", "tells of the page of two", most=0.0, cases=("two people",)),
            Claim("error", "tells of the page of sixty", least=0.9, cases=("sixty people",)),
            Claim("others", "tells of another way", most=0.05),
        ),
    ),
    Experiment(
        name="first weeks that tell nothing by themselves",
        cases={
            "noise": newcomers(),
            "noise, 400 newcomers": newcomers(n=400),
            "busy people": newcomers(busy=1.0),
            "40 % succeed at once": newcomers(early=0.4),
            "80 % succeed at once": newcomers(early=0.8),
        },
        trial=look_at_first_weeks,
        runs=40,
        slice_runs=2,
        claims=(Claim("any", "calls any behaviour predictive", most=0.05, most_each=0.08),),
    ),
    Experiment(
        name="first weeks with a threshold of 3",
        cases={
            "20 % and 60 % succeed": newcomers(planted=3),
            "10 % and 30 % succeed": newcomers(planted=3, base=0.1),
            "80 % succeed at once": newcomers(planted=3, early=0.8),
        },
        trial=look_at_first_weeks,
        runs=25,
        slice_runs=2,
        claims=(
            Claim("near", "finds 2 to 4, and it holds", least_each=0.9),
            Claim("others", "calls another behaviour predictive", most=0.05),
        ),
    ),
    Experiment(
        name="funnels of segments that do not differ",
        cases={
            "within the session": funnels(),
            "within 7 days": funnels(within=7),
            "some come more often": funnels(comes=(0.8, 0.4, 0.25)),
            "some come more often, within 7 days": funnels(within=7, comes=(0.8, 0.4, 0.25)),
        },
        trial=look_for_breaks,
        runs=150,
        slice_runs=2,
        claims=(Claim("any", "finds a break", most=0.05),),
    ),
    Experiment(
        name="funnels with a step that 40 % fewer take",
        cases={
            "within the session": funnels(broken=0.6),
            "they come more often": funnels(broken=0.6, comes=(0.8, 0.25, 0.4)),
        },
        trial=look_for_breaks,
        runs=25,
        slice_runs=2,
        claims=(Claim("exact", "names the segment and the step", least=0.9),),
    ),
)
