"""Sessions that are long in time and short in progress, per segment."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import fields
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from segmentation_lib.engine import Engine
from segmentation_lib.profile.journeys.sums import (
    SUMS,
    cluster_sums,
    customer_sums,
    with_everyone,
)
from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.profile.wording import number, percent
from segmentation_lib.stats import holm
from segmentation_lib.stats.clustered import ClusterSums, clustered_interval, share_difference

__all__ = ["session_progress"]

_EXTRAS = ("milliseconds", "gained")


def session_progress(
    engine: Engine,
    steps: ir.Table,
    *,
    goals: Collection[str] = (),
    fewest: int = 30,
    alpha: float = 0.05,
    level: float = 0.95,
) -> pd.DataFrame:
    """Tell how many sessions of each segment stall: long in time, short in progress.

    Among all sessions of more than one event, a session stalls if it is longer than three
    quarters of them, has no more different events than the middle one, and comes to no goal. The
    bounds are those of all segments together; each segment is compared with the other segments.

    Args:
        engine: Where the table is.
        steps: The result of `steps`, best stored.
        goals: Events that are a success; a short way to one is no lack of progress.
        fewest: Customers that a comparison needs on both sides.
        alpha: Chance of naming any difference where there is none.
        level: Confidence level of the intervals, each for itself.

    Returns:
        One row per segment, ``(all)`` first, of sessions with more than one event:
        ``segment_id``, ``customers``, ``sessions``, ``median_minutes``, ``median_new_steps``
        (different events), ``seconds_per_new_step`` (after the first), ``long_minutes`` and
        ``few_steps`` (the bounds), ``stalled`` sessions, ``stalled_share`` with ``low`` and
        ``high``, ``rest_share``, ``difference``, ``difference_low``, ``difference_high``,
        ``p_value``, ``p_holm``, ``verdict`` (``more``, ``less``, ``as elsewhere``, ``too few``;
        empty for all), ``sentence``. Empty without such sessions.
    """
    sessions = engine.store(_sessions(steps, goals), "session_progress")
    bounds = engine.row(
        sessions.agg(
            long=sessions["milliseconds"].cast("float64").quantile(0.75),
            few=sessions["new_steps"].cast("float64").median(),
        )
    )
    long = float("inf") if bounds["long"] is None else float(bounds["long"])
    few = 0.0 if bounds["few"] is None else float(bounds["few"])
    stalls = (sessions["milliseconds"] > long) & (sessions["new_steps"] <= few)
    stalls &= sessions["goals"] == 0
    own = with_everyone(_sums(engine, sessions.mutate(stalls=stalls.cast("int64"))), ["one"])
    own = own.merge(_medians(engine, sessions), on="segment_id", how="left", validate="one_to_one")
    own = own.assign(long_minutes=long / 60_000, few_steps=few)
    return _compared(own, fewest=fewest, alpha=alpha, level=level)


def _sessions(steps: ir.Table, goals: Collection[str]) -> ir.Table:
    """One row per session with more than one event."""
    first, last = steps["occurred_at"].min(), steps["occurred_at"].max()
    sessions = steps.group_by(["segment_id", "customer_id", "session"]).agg(
        milliseconds=last.delta(first, unit="millisecond"),
        new_steps=steps["event"].nunique(),
        events=steps.count(),
        goals=steps["event"].isin(sorted(goals)).sum() if goals else ibis.literal(0),
    )
    return sessions.filter(sessions["events"] > 1)


def _sums(engine: Engine, sessions: ir.Table) -> pd.DataFrame:
    per_customer = sessions.group_by(["segment_id", "customer_id"]).agg(
        stalled=sessions["stalls"].sum(),
        sessions=sessions.count(),
        milliseconds=sessions["milliseconds"].sum(),
        gained=(sessions["new_steps"] - 1).sum(),
    )
    per_customer = engine.store(per_customer, "progress_of_customers")
    sums = customer_sums(per_customer, ["segment_id"], "stalled", "sessions")
    extras = per_customer.group_by("segment_id").agg(
        **{name: per_customer[name].sum() for name in _EXTRAS}
    )
    frame = engine.frame(sums.inner_join(extras, "segment_id").order_by("segment_id"))
    return frame.astype(dict.fromkeys((*SUMS, *_EXTRAS), "float64")).assign(one=1)


def _medians(engine: Engine, sessions: ir.Table) -> pd.DataFrame:
    def of(table: ir.Table) -> dict[str, ir.Value]:
        return {
            "median_minutes": table["milliseconds"].cast("float64").median() / 60_000,
            "median_new_steps": table["new_steps"].cast("float64").median(),
        }

    own = engine.frame(sessions.group_by("segment_id").agg(**of(sessions)))
    everyone = engine.frame(sessions.agg(**of(sessions))).assign(segment_id=ALL_SEGMENTS)
    return pd.concat([everyone, own], ignore_index=True)


def _compared(own: pd.DataFrame, *, fewest: int, alpha: float, level: float) -> pd.DataFrame:
    sums = cluster_sums(own)
    low, high = clustered_interval(sums, level=level)
    is_segment = (own["segment_id"] != ALL_SEGMENTS).to_numpy()
    # The first row is everyone's.
    everyone = ClusterSums(*(getattr(sums, part.name)[:1] for part in fields(sums)))
    found = share_difference(sums, everyone - sums, level=level)
    rest = everyone - sums
    enough = found.tested & (np.minimum(sums.customers, rest.customers) >= fewest)
    p_value = np.where(is_segment & enough, found.p_value, np.nan)
    corrected = holm(p_value)
    side = np.where(found.difference > 0, "more", "less")
    differs = np.nan_to_num(corrected, nan=1.0) < alpha
    verdict = np.where(differs, side, np.where(enough, "as elsewhere", "too few"))
    gained = own["gained"].where(own["gained"] > 0)
    table = pd.DataFrame(
        {
            "segment_id": own["segment_id"],
            "customers": own["customers"].astype("int64"),
            "sessions": own["visits"].astype("int64"),
            "median_minutes": own["median_minutes"],
            "median_new_steps": own["median_new_steps"],
            "seconds_per_new_step": own["milliseconds"] / 1000 / gained,
            "long_minutes": own["long_minutes"],
            "few_steps": own["few_steps"],
            "stalled": own["hits"].astype("int64"),
            "stalled_share": sums.share,
            "low": low,
            "high": high,
            "rest_share": rest.share,
            "difference": found.difference,
            "difference_low": np.where(is_segment, found.low, np.nan),
            "difference_high": np.where(is_segment, found.high, np.nan),
            "p_value": p_value,
            "p_holm": corrected,
            "verdict": np.where(is_segment, verdict, ""),
        }
    )
    table["sentence"] = [_sentence(row) for row in table.to_dict("records")]
    return table


def _sentence(row: Mapping[Hashable, Any]) -> str:
    share, rest, minutes, few = (
        row[name] for name in ("stalled_share", "rest_share", "long_minutes", "few_steps")
    )
    whose = "" if row["segment_id"] == ALL_SEGMENTS else f" of {row['segment_id']}"
    here = (
        f"{percent(share)} of the sessions{whose} take more than {number(minutes)} minutes and "
        f"show at most {few:g} different events"
    )
    ends = {
        "": ".",
        "too few": "; there are too few to compare.",
        "as elsewhere": f", and {percent(rest)} in the other segments, which may be chance.",
    }
    verdict = str(row["verdict"])
    return here + ends.get(verdict, f", {verdict} than in the other segments ({percent(rest)}).")
