"""A day in the life: one real path of a typical customer, shown only if many walked it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from segmentation_lib.engine import Engine
from segmentation_lib.profile.journeys.sessions import collapsed
from segmentation_lib.profile.wording import count, listing, plural, titled

__all__ = ["DAY_COLUMNS", "day_sentence", "typical_days"]

DAY_COLUMNS = ("segment_id", "step", "event", "minutes", "weekday", "part_of_day", "walkers",
               "sessions", "source")  # fmt: skip
_BETWEEN = "\u001f"
_START, _END = "(start)", "(end)"
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SOURCES = {
    "typical customer": "the path of a customer from the middle of the segment",
    "most common path": "the path that more of its customers walked than any other",
}

Path = tuple[str, ...]
Profile = Mapping[tuple[str, str], float]


def typical_days(
    steps: ir.Table,
    engine: Engine,
    *,
    closeness: pd.DataFrame | None = None,
    least_people: int = 10,
    least_sessions: int = 3,
    longest: int = 12,
) -> pd.DataFrame:
    """Tell one visit per segment, step by step, so that nobody can be known by it.

    The customer nearest to the middle of the segment (its medoid, among those with
    ``least_sessions`` sessions) lends a path: the one of their sessions whose steps from event to
    event are most like those of the whole segment. Repeats of one event in a row are told once. A
    path counts only if ``least_people`` customers of the segment walked exactly it
    (k-anonymity, Sweeney 2002); the next nearest customer is asked where the nearest has none.
    Where no such customer is found, the path that most customers walked is told. Weekday, part of
    the day and minutes are the usual ones of all who walked the path, never one person's.

    Args:
        steps: What ``journeys.sessions.steps`` returned, of the quarter.
        engine: Executes the expressions.
        closeness: What `closeness` returned; without it the most common path is told.
        least_people: Customers who must have walked a path.
        least_sessions: Sessions in the quarter that make a customer worth asking.
        longest: Steps of a path at most.

    Returns:
        The artefact ``days``, a row per segment and step: ``step`` from 1, ``event``, ``minutes``
        since the first step (median of all who walked it, rounded), ``weekday``, ``part_of_day``,
        ``walkers`` (customers), ``sessions`` and ``source``. A segment without such a path has no
        row.
    """
    table = engine.store(collapsed(steps), "day_steps")
    sessions = engine.store(_sessions(table), "day_sessions")
    shared = _shared_paths(sessions, engine, least_people, longest)
    own = _own_paths(sessions, shared, engine, closeness, least_sessions)
    profiles = _profiles(table, engine)
    chosen = [
        _choose(key, rows, own.get(key, []), profiles[key])
        for key, rows in ((str(name), part) for name, part in shared.groupby("segment_id"))
    ]
    if not chosen:
        return pd.DataFrame(columns=list(DAY_COLUMNS))
    days = pd.DataFrame(chosen)
    timed = _timed(table, sessions, days, engine)
    return timed.sort_values(["segment_id", "step"], ignore_index=True)[list(DAY_COLUMNS)]


def day_sentence(
    days: pd.DataFrame, segment_id: str, *, names: Mapping[str, str] | None = None
) -> str:
    """Tell a segment's day in one or two sentences; every number is a cell of the table.

    Args:
        days: What `typical_days` returned.
        segment_id: The segment.
        names: Names of the segments.
    """
    rows = days[days["segment_id"] == segment_id].sort_values("step")
    who = titled(segment_id, names or {})
    if rows.empty:
        return (
            f"No path of {who} was walked by enough customers to be shown without "
            "showing a single person."
        )
    first = rows.iloc[0]
    told = listing([_step_words(row) for row in rows.to_dict("records")])
    people = f"{count(first['walkers'])} customers walked exactly this path"
    return (
        f"A typical visit, {first['weekday']} {first['part_of_day']}: {told}. "
        f"It is {_SOURCES[str(first['source'])]}; {people}, in "
        f"{plural(int(first['sessions']), 'session')}."
    )


def _step_words(row: Mapping[Any, Any]) -> str:
    minutes = int(row["minutes"])
    words = str(row["event"]).replace("_", " ")
    return words if minutes == 0 else f"{words} (after {plural(minutes, 'minute')})"


def _sessions(table: ir.Table) -> ir.Table:
    keys = ["segment_id", "customer_id", "session"]
    return table.group_by(keys).agg(
        path=table["event"].group_concat(_BETWEEN, order_by=table["step"]),
        length=table["step"].count(),
        started=table["occurred_at"].min(),
    )


def _shared_paths(
    sessions: ir.Table, engine: Engine, least_people: int, longest: int
) -> pd.DataFrame:
    """Paths of two steps and more that enough customers of a segment walked."""
    rows = sessions.filter((sessions["length"] >= 2) & (sessions["length"] <= longest))
    counted = rows.group_by(["segment_id", "path"]).agg(
        walkers=rows["customer_id"].nunique(), sessions=rows["session"].count()
    )
    enough = counted.filter(counted["walkers"] >= least_people)
    return engine.frame(enough.order_by(["segment_id", "path"]))


def _own_paths(
    sessions: ir.Table,
    shared: pd.DataFrame,
    engine: Engine,
    closeness: pd.DataFrame | None,
    least_sessions: int,
) -> dict[str, list[str]]:
    """Paths, shared by enough others, of the nearest customer who has any; by segment."""
    if closeness is None or shared.empty:
        return {}
    per_customer = sessions.group_by("customer_id").agg(visits=sessions["session"].count())
    often = per_customer.filter(per_customer["visits"] >= least_sessions)
    known = ibis.memtable(shared[["segment_id", "path"]])
    walked = sessions.semi_join(often, "customer_id").semi_join(known, ["segment_id", "path"])
    rows = engine.frame(walked.select("segment_id", "customer_id", "path").distinct())
    near = rows.merge(closeness, on=["segment_id", "customer_id"])
    near = near.sort_values(["segment_id", "distance", "customer_id", "path"])
    first = near.groupby("segment_id")["customer_id"].transform("first")
    medoids = near[near["customer_id"] == first]
    return {str(key): list(part["path"]) for key, part in medoids.groupby("segment_id")}


def _profiles(table: ir.Table, engine: Engine) -> dict[str, Profile]:
    """Share of each step from event to event, start and end included, by segment."""
    starts = table.filter(table["step"] == 1)
    pairs = table.select(
        "segment_id", before="event", after=table["next_event"].fill_null(_END)
    ).union(starts.select("segment_id", before=ibis.literal(_START), after="event"))
    counted = engine.frame(
        pairs.group_by(["segment_id", "before", "after"])
        .agg(steps=pairs.count())
        .order_by(["segment_id", "before", "after"])
    )
    total = counted.groupby("segment_id")["steps"].transform("sum")
    counted = counted.assign(share=counted["steps"] / total)
    return {
        str(key): dict(zip(zip(part["before"], part["after"], strict=True), part["share"],
                           strict=True))
        for key, part in counted.groupby("segment_id")
    }  # fmt: skip


def _choose(
    segment_id: str, rows: pd.DataFrame, own: Sequence[str], profile: Profile
) -> dict[str, object]:
    """Pick the path to tell: the medoid's most typical one, else the most common of all."""
    if own:
        path = min(own, key=lambda text: (round(_distance(_split(text), profile), 12), text))
        source = "typical customer"
    else:
        ranked = rows.sort_values(["walkers", "sessions", "path"], ascending=[False, False, True])
        path, source = str(ranked["path"].iloc[0]), "most common path"
    row = rows[rows["path"] == path].iloc[0]
    return {
        "segment_id": segment_id,
        "path": path,
        "walkers": int(row["walkers"]),
        "sessions": int(row["sessions"]),
        "source": source,
    }


def _distance(path: Path, profile: Profile) -> float:
    """Squared distance between a path's shares of steps and the segment's."""
    pairs = Counter(zip((_START, *path), (*path, _END), strict=True))
    total = len(path) + 1
    keys = sorted({*pairs, *profile})
    gaps = [pairs.get(key, 0) / total - profile.get(key, 0.0) for key in keys]
    return float(np.square(gaps).sum())


def _split(path: str) -> Path:
    return tuple(path.split(_BETWEEN))


def _timed(table: ir.Table, sessions: ir.Table, days: pd.DataFrame, engine: Engine) -> pd.DataFrame:
    """Add each step's usual minute, and the usual weekday and part of the day."""
    paths = ibis.memtable(days[["segment_id", "path"]])
    alike = sessions.inner_join(paths, ["segment_id", "path"])
    starts = engine.frame(alike.select("segment_id", "session", "started"))
    joined = table.inner_join(alike.select("session", "started"), "session")
    seconds = joined["occurred_at"].epoch_seconds() - joined["started"].epoch_seconds()
    timed = joined.select("segment_id", "step", "event", seconds=seconds)
    usual = engine.frame(
        timed.group_by(["segment_id", "step", "event"]).agg(seconds=timed["seconds"].median())
    )
    usual["minutes"] = np.rint(usual["seconds"].astype("float64") / 60).astype("int64")
    usual["step"] = usual["step"].astype("int64")
    moments = starts.groupby("segment_id")["started"].apply(_moment)
    told = days.assign(
        weekday=[moments[segment_id][0] for segment_id in days["segment_id"]],
        part_of_day=[moments[segment_id][1] for segment_id in days["segment_id"]],
    )
    return usual.merge(told, on="segment_id")


def _moment(started: pd.Series) -> tuple[str, str]:
    """Return the commonest weekday, and the commonest part of the day, of many sessions."""
    weekdays = np.bincount(started.dt.day_of_week.to_numpy(), minlength=7)
    hours = started.dt.hour.to_numpy()
    parts = ("night", "morning", "afternoon", "evening")
    counts = np.bincount(hours // 6, minlength=4)
    return _WEEKDAYS[int(weekdays.argmax())], parts[int(counts.argmax())]
