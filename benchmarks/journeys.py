"""All of the journeys on one large event log: promised is under a minute on two cores."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from benchmarks.measure import Line
from segmentation_lib.calendar import Window
from segmentation_lib.engine import Engine
from segmentation_lib.profile import journeys
from segmentation_lib.profile.journeys.friction import page_friction
from segmentation_lib.profile.journeys.nudge import nudge_windows
from segmentation_lib.profile.journeys.progress import session_progress
from segmentation_lib.profile.journeys.retention import (
    event_days,
    retention_grid,
    segment_retention,
)
from segmentation_lib.profile.journeys.survival import (
    first_days,
    survival_curves,
    survival_summary,
)
from segmentation_lib.profile.journeys.transitions import transition_differences, transition_matrix

__all__ = ["event_log", "lines"]

WINDOW = Window(date(2026, 7, 1), date(2026, 10, 1))
EVENTS = np.array(
    ["visit", "search", "category", "view", "compare", "wishlist", "cart", "checkout", "purchase",
     "account", "help", "review"]
)  # fmt: skip


def event_log(
    *, sessions: int = 500_000, steps: int = 10, customers: int = 100_000, seed: int = 1
) -> pd.DataFrame:
    """Return a log of sessions of equal length that wander between events.

    Args:
        sessions: Sessions.
        steps: Events of each.
        customers: Customers, who share the sessions unequally.
        seed: Seed.
    """
    rng = np.random.default_rng(seed)
    weights = rng.gamma(1.0, size=customers)
    owner = rng.choice(customers, sessions, p=weights / weights.sum())
    chance = rng.dirichlet(np.full(len(EVENTS), 0.7), size=len(EVENTS)).cumsum(axis=1)
    event = np.zeros((sessions, steps), dtype=np.int64)
    for step in range(1, steps):
        reached = chance[event[:, step - 1]] < rng.random((sessions, 1))
        event[:, step] = np.minimum(reached.sum(axis=1), len(EVENTS) - 1)
    pause = 1 + rng.exponential(40.0, (sessions, steps)).astype(np.int64)
    # The last day of the window is left free, so that no session runs out of it.
    moment = rng.integers(0, (WINDOW.days - 1) * 86_400, (sessions, 1)) + pause.cumsum(axis=1)
    number = np.repeat(np.arange(sessions), steps)
    log = pd.DataFrame(
        {
            "customer_id": np.char.add("c", owner.astype("U7"))[number],
            "occurred_at": pd.Timestamp(WINDOW.start) + pd.to_timedelta(moment.ravel(), unit="s"),
            "event": EVENTS[event.ravel()],
            "session_id": np.char.add("s", np.arange(sessions).astype("U7"))[number],
        }
    )
    return log.sort_values(["customer_id", "occurred_at", "event"], ignore_index=True)


def lines(*, sessions: int = 500_000) -> Iterator[Line]:
    """Yield a line for each part of the journeys, and one for all; one thread of the engine.

    Args:
        sessions: Sessions of the log, of ten events each; a fifth as many customers.
    """
    log = event_log(sessions=sessions, customers=sessions // 5)
    who = np.sort(log["customer_id"].unique())
    people = pd.DataFrame(
        {"customer_id": who, "segment_id": [f"S{1 + int(name[1:]) % 6:02d}" for name in who]}
    )
    with tempfile.TemporaryDirectory() as folder, Engine.memory() as engine:
        path = Path(folder) / "event_log.parquet"
        log.to_parquet(path, index=False)
        events, segments = engine.parquet(path), engine.memtable(people, "segments")
        size, total = f"{len(log):,} events", 0.0
        for name, part in _parts(engine, events, segments, people).items():
            begin = time.perf_counter()
            part()
            seconds = time.perf_counter() - begin
            total += seconds
            yield Line(f"journeys: {name}", seconds, None, size)
        yield Line("journeys: all of them", total, None, f"{size} (promised: 60 seconds)")


def _parts(
    engine: Engine, events: ir.Table, segments: ir.Table, people: pd.DataFrame
) -> dict[str, Callable[[], object]]:
    kept: dict[str, ir.Table] = {}
    goals, pairs = ["purchase"], [("cart", "purchase"), ("wishlist", "purchase")]
    stages = ["visit", "view", "cart", "checkout", "purchase"]

    def follow() -> None:
        days = engine.frame(event_days(events))
        retention_grid(days, WINDOW.end)
        segment_retention(days, people, WINDOW)
        first = first_days(days, people, WINDOW)
        survival_curves(first)
        survival_summary(first)

    def move() -> None:
        transition_matrix(engine, kept["steps"])
        transition_differences(engine, kept["steps"])

    def walk() -> None:
        paths = journeys.session_paths(engine, kept["steps"], success=goals)
        journeys.common_paths(engine, paths)
        journeys.path_flows(engine, paths)

    def nudge() -> None:
        nudge_windows(engine, events, segments, WINDOW, pairs=pairs, seed=1)

    return {
        "steps": lambda: kept.update(
            steps=engine.store(journeys.steps(events, segments, WINDOW), "steps")
        ),
        "funnel": lambda: journeys.funnel_breaks(
            journeys.funnel(engine, kept["steps"], segments, stages, name="shop")
        ),
        "path patterns": lambda: journeys.path_patterns(engine, kept["steps"], success=goals),
        "whole paths": walk,
        "early behaviours": lambda: journeys.early_behaviours(
            engine, events, success=goals, close=WINDOW.end, follow_up=60, seed=1
        ),
        "friction": lambda: page_friction(engine, kept["steps"], goals=goals),
        "progress": lambda: session_progress(engine, kept["steps"], goals=goals),
        "transitions": move,
        "retention and survival": follow,
        "nudge": nudge,
    }
