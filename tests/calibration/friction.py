"""Friction: quiet random walks, planted loops, and moves that set a segment apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.engine import Engine
from segmentation_lib.profile.journeys.friction import page_friction
from segmentation_lib.profile.journeys.progress import session_progress
from segmentation_lib.profile.journeys.sessions import steps
from segmentation_lib.profile.journeys.transitions import transition_differences

from .framework import Claim, Experiment

__all__ = ["EXPERIMENTS"]

WINDOW = Window(date(2026, 7, 1), date(2026, 10, 1))
OPEN = pd.Timestamp(WINDOW.start)
PAGES = np.array(list("ABCDEFGH"))
# Sessions that a customer's habits make alike: the larger, the less customers differ.
_ALIKE = 4.0


@dataclass(frozen=True)
class Log:
    """An event log, and who is in which segment."""

    events: pd.DataFrame
    segments: pd.DataFrame


def walks(
    customers: int,
    *,
    alike: float = _ALIKE,
    habits: bool = False,
    loop: str = "",
    only: str = "",
    more: float = 0.0,
    popular: float = 0.0,
    longer: str = "",
) -> Callable[[np.random.Generator], Log]:
    """Sessions that walk at random between eight equal pages; some customers come far oftener.

    Args:
        customers: Customers, in segments of 50, 30 and 20 %.
        alike: How alike customers are, where they have habits.
        habits: Whether each customer has page weights of their own.
        loop: ``everyone`` or a segment, who come back from page B to A by a planted loop.
        only: The segment that takes the step from A to B more often.
        more: How much more often.
        popular: Page n is visited in proportion to n to the power of minus so much.
        longer: The segment whose sessions are about twice as long.
    """

    def make(rng: np.random.Generator) -> Log:
        segment = rng.choice(["S01", "S02", "S03"], customers, p=(0.5, 0.3, 0.2))
        sessions = 1 + rng.poisson(rng.gamma(0.7, 6.0, customers))
        owner = np.repeat(np.arange(customers), sessions)
        k = len(PAGES)
        taste = rng.dirichlet(np.full(k, alike), customers) if habits else _zipf(k, popular)
        chance = np.broadcast_to(taste[owner if habits else np.zeros_like(owner)], (len(owner), k))
        ends = np.where(segment[owner] == longer, 0.1, 0.2)
        length = 1 + rng.geometric(ends).clip(max=15)
        page = np.zeros((len(owner), int(length.max())), dtype=np.int64)
        page[:, 0] = _draw(chance, rng)
        for step in range(1, page.shape[1]):
            page[:, step] = _draw(chance, rng)
            here = page[:, step - 1]
            again = (here == 0) & (segment[owner] == only) & (rng.random(len(owner)) < more)
            page[again, step] = 1
            if step >= 2:
                stuck = (page[:, step - 2] == 0) & (rng.random(len(owner)) < 0.35)
                stuck &= (loop == "everyone") | (segment[owner] == loop)
                page[stuck, step] = 0
        return _as_log(page, length, owner, segment, rng)

    return make


def _zipf(pages: int, power: float) -> np.ndarray:
    weights = np.arange(1, pages + 1) ** -power
    return np.asarray((weights / weights.sum())[None, :])


def _draw(chance: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    reached = chance.cumsum(axis=1) < rng.random((len(chance), 1))
    return np.minimum(reached.sum(axis=1), chance.shape[1] - 1)


def _as_log(
    page: np.ndarray,
    length: np.ndarray,
    owner: np.ndarray,
    segment: np.ndarray,
    rng: np.random.Generator,
) -> Log:
    pause = 1 + rng.exponential(30.0, page.shape).astype(np.int64)
    start = rng.integers(0, (WINDOW.days - 1) * 86_400, len(owner))
    moment = start[:, None] + pause.cumsum(axis=1)
    kept = np.arange(page.shape[1]) < length[:, None]
    number = np.broadcast_to(np.arange(len(owner))[:, None], page.shape)[kept]
    events = pd.DataFrame(
        {
            "customer_id": np.char.add("c", owner[number].astype(str)),
            "occurred_at": OPEN + pd.to_timedelta(moment[kept], unit="s"),
            "event": PAGES[page[kept]],
            "session_id": np.char.add("s", number.astype(str)),
        }
    )
    names = np.char.add("c", np.arange(len(segment)).astype(str))
    return Log(events, pd.DataFrame({"customer_id": names, "segment_id": segment}))


def walk_about(world: Log, seed: np.random.SeedSequence) -> dict[str, float]:
    """Look for friction, stalled sessions and moves that set a segment apart."""
    with Engine.memory() as engine:
        events = engine.memtable(world.events, "events")
        segments = engine.memtable(world.segments, "segments")
        table = engine.store(steps(events, segments, WINDOW), "steps")
        friction = page_friction(engine, table)
        stalled = session_progress(engine, table)
        moves = transition_differences(engine, table)
    proven = moves["verdict"].isin(["more", "less"])
    first, move = friction.iloc[0], moves.iloc[0]
    return {
        "friction": float((friction["verdict"] == "friction").any()),
        "top": float(first["verdict"] == "friction" and first["event"] == "A"),
        "other page": float(
            ((friction["verdict"] == "friction") & (friction["event"] != "A")).any()
        ),
        "segment": float(
            (friction["verdict"] == "friction")
            .where((friction["event"] == "A") & (friction["segment_id"] == "S03"), other=False)
            .any()
        ),
        "stalled": float(stalled["verdict"].isin(["more", "less"]).any()),
        "moves": float(proven.any()),
        "move": float(
            bool(proven.iloc[0])
            and (move["segment_id"], move["event"], move["next_event"]) == ("S03", "A", "B")
        ),
    }


_NULL_WALKS = {
    "300 customers": walks(300),
    "800 customers": walks(800),
}
_UNEVEN_WALKS = {
    "popular pages": walks(800, popular=1.0),
    "longer sessions in one segment": walks(800, longer="S03"),
    "both": walks(800, popular=1.0, longer="S03"),
    "customers with habits": walks(800, habits=True, alike=0.7),
}
_HABITS = {
    "300 customers with habits": walks(300, habits=True),
    "800 customers with strong habits": walks(800, habits=True, alike=0.7),
}

EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment(
        name="random walks between equal pages",
        cases=_NULL_WALKS,
        trial=walk_about,
        runs=40,
        slice_runs=1,
        claims=(
            Claim("friction", "names any friction", most=0.05),
            Claim("stalled", "sets any segment's sessions apart", most=0.08),
            Claim("moves", "sets any segment's moves apart", most=0.08),
        ),
    ),
    Experiment(
        name="random walks between pages more and less popular, sessions short and long",
        cases=_UNEVEN_WALKS,
        trial=walk_about,
        runs=18,
        slice_runs=1,
        claims=(Claim("friction", "names any friction", most=0.05),),
    ),
    Experiment(
        name="walks of customers with habits, segments alike",
        cases=_HABITS,
        trial=walk_about,
        runs=25,
        slice_runs=1,
        claims=(
            Claim("stalled", "sets any segment's sessions apart", most=0.08),
            Claim("moves", "sets any segment's moves apart", most=0.08),
        ),
    ),
    Experiment(
        name="a planted loop",
        cases={
            "everyone": walks(500, loop="everyone"),
            "one segment of 20 %": walks(1000, loop="S03"),
        },
        trial=walk_about,
        runs=30,
        slice_runs=1,
        claims=(
            Claim("top", "puts the page on top of the list", least_each=0.9),
            Claim(
                "segment",
                "names the segment it was planted in",
                least=0.9,
                cases=("one segment of 20 %",),
            ),
        ),
    ),
    Experiment(
        name="a move that a fifth of the customers make more often",
        cases={
            "1,000 customers": walks(1000, only="S03", more=0.15),
            "1,000 customers with habits": walks(1000, habits=True, only="S03", more=0.15),
        },
        trial=walk_about,
        runs=10,
        slice_runs=0,
        claims=(Claim("move", "puts it on top of the list", least=0.9),),
    ),
)
