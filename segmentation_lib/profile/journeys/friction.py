"""Friction: pages that customers come back to without getting further, compared with the norm.

A loop is a return that brings nothing new: the session has seen the page before, and it saw nothing
new since then, or sees nothing new afterwards until it is back once more or ends. Coming back is
normal in any shop, the more so the more often a page is visited and the longer sessions are. So a
page is held against what its share of the visits gives by chance, and a segment on a page against
the other segments, likewise. The log knows pages by name only: two products looked at in turn are
one page.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from segmentation_lib.engine import Engine
from segmentation_lib.profile.journeys.chance import BeyondChance, Returns, returns_by_chance
from segmentation_lib.profile.journeys.sums import (
    SUMS,
    cluster_sums,
    customer_sums,
    with_everyone,
)
from segmentation_lib.profile.journeys.visits import before_goal, moves_past, page_visits
from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.profile.wording import percent
from segmentation_lib.stats import holm
from segmentation_lib.stats.clustered import clustered_interval
from segmentation_lib.words import event_words

__all__ = ["OTHER_EVENTS", "OTHER_SEGMENTS", "page_friction"]

OTHER_EVENTS, OTHER_SEGMENTS = "other events", "other segments"
_COUNTS = ("visits", "returns", "fruitless", "first", "last")
_EXTRAS = ("returns", "quick", "repeats", "milliseconds", "left")


def page_friction(
    engine: Engine,
    steps: ir.Table,
    *,
    goals: Collection[str] = (),
    quick_seconds: float = 10.0,
    fewest: int = 30,
    fewest_stuck: int = 10,
    least: float = 0.02,
    times: float = 1.2,
    alpha: float = 0.05,
    seed: int = 0,
) -> pd.DataFrame:
    """Rank events by how often a visit to them is a return that brings nothing new.

    Over all segments, each event is compared with what its share of the visits and the length of
    the sessions give by chance (see `chance`), times what the other events go beyond it; within
    each segment, with the others, who are told in times of chance as well and are held to the same
    lengths. Customers, not visits, are taken as independent, and all comparisons of the table are
    corrected together by Holm's method.

    Args:
        engine: Where the table is.
        steps: The result of `steps`, best stored.
        goals: Events that are a success; what follows the first in a session is not looked at.
        quick_seconds: A return within so many seconds is a quick one: someone turned on the spot.
        fewest: Customers that a comparison needs on both sides.
        fewest_stuck: Customers who came back with nothing new that friction needs.
        least: Friction is at least so much more than the norm, as a share of the visits.
        times: An event has friction at so many times its norm, or more. Pages differ by nature;
            the same page in other segments does not need this.
        alpha: Chance of naming any friction where there is none.
        seed: Seed of the walks that show what chance gives.

    Returns:
        Rows of ``rank``, ``event``, ``segment_id`` (``(all)`` against ``other events``),
        ``compared_with``, ``customers``, ``visits`` (a run of one event is one visit),
        ``returns``, ``fruitless`` (returns that brought nothing new), ``stuck`` (customers with
        such a return), ``loop_rate`` (fruitless of
        all visits) with its 95 % interval ``low``, ``high``, ``norm`` (what is expected of it),
        ``difference``, ``difference_low``, ``difference_high``, ``p_value`` (one-sided),
        ``p_holm``, ``repeat_rate`` (how often the event was repeated at once, per visit),
        ``quick_return_share`` (of the returns), ``seconds_per_visit`` (until the next event),
        ``verdict`` (``friction``, ``as elsewhere``, ``too few``), ``sentence``. Friction first,
        and what is surely largest first.

    Raises:
        ValueError: ``quick_seconds`` is negative.
    """
    if quick_seconds < 0:
        raise ValueError(f"quick_seconds = {quick_seconds}, must be at least 0")
    cut = before_goal(steps, goals)
    # Nobody comes back to a goal that ends the journey: it is no norm for the others.
    cut = cut.filter(~cut["event"].isin(sorted(goals))) if goals else cut
    visits = engine.store(page_visits(cut, quick_seconds=quick_seconds), "page_visits")
    keys = ["segment_id", "customer_id", "event", "pages"]
    counts = engine.frame(visits.select(*keys, *_COUNTS).order_by(keys))
    past = engine.frame(moves_past(cut).order_by("segment_id", "pages", "event", "seen"))
    returns = returns_by_chance(counts, past, seed=seed)
    own = _with_extras(engine, visits)
    both = with_everyone(own, ["event"])
    everyone = both[both["segment_id"] == ALL_SEGMENTS].reset_index(drop=True)
    events = sorted(everyone["event"])
    segments = sorted(own["segment_id"].unique())
    table = pd.concat(
        [
            _rows(everyone, [returns.of_event(events.index(e)) for e in everyone["event"]]),
            _rows(own, _of_segments(returns, own, events, segments)),
        ],
        ignore_index=True,
    )
    total = table.loc[table["segment_id"] == ALL_SEGMENTS].set_index("event")["customers"]
    rest = table["event"].map(total) - table["customers"]
    table["others"] = rest.where(table["segment_id"] != ALL_SEGMENTS, np.inf)
    return _judged(
        table, fewest=fewest, fewest_stuck=fewest_stuck, least=least, times=times, alpha=alpha
    )


def _of_segments(
    returns: Returns, own: pd.DataFrame, events: list[str], segments: list[str]
) -> list[BeyondChance]:
    pairs = zip(own["event"], own["segment_id"], strict=True)
    return [returns.of_segment(events.index(e), segments.index(s)) for e, s in pairs]


def _with_extras(engine: Engine, visits: ir.Table) -> pd.DataFrame:
    keys = ["segment_id", "event"]
    of_customer = visits.group_by([*keys, "customer_id"]).agg(
        fruitless=visits["fruitless"].sum(), visits=visits["visits"].sum()
    )
    sums = customer_sums(of_customer, keys, "fruitless", "visits")
    extras = visits.group_by(keys).agg(**{name: visits[name].sum() for name in _EXTRAS})
    stuck = of_customer.group_by(keys).agg(stuck=(of_customer["fruitless"] > 0).sum())
    joined = sums.inner_join(extras, keys).inner_join(stuck, keys).order_by(keys)
    return engine.frame(joined).astype(dict.fromkeys((*SUMS, *_EXTRAS, "stuck"), "float64"))


def _rows(own: pd.DataFrame, found: list[BeyondChance]) -> pd.DataFrame:
    sums = cluster_sums(own)
    low, high = clustered_interval(sums)
    counts = {"customers": "customers", "visits": "visits", "returns": "returns"}
    counts |= {"fruitless": "hits", "stuck": "stuck"}
    beyond = np.array([(f.norm, f.difference, f.half, f.p_value) for f in found]).reshape(-1, 4)
    norm, difference, half, p_value = beyond.T
    everyone = own["segment_id"].to_numpy() == ALL_SEGMENTS
    return pd.DataFrame(
        {
            "event": own["event"].to_numpy(),
            "segment_id": own["segment_id"].to_numpy(),
            "compared_with": np.where(everyone, OTHER_EVENTS, OTHER_SEGMENTS).astype(object),
            **{name: own[column].to_numpy(dtype=np.int64) for name, column in counts.items()},
            "loop_rate": sums.share,
            "low": low,
            "high": high,
            "norm": norm,
            "difference": difference,
            "difference_low": difference - half,
            "difference_high": difference + half,
            "p_value": p_value,
            "repeat_rate": own["repeats"].to_numpy() / sums.visits,
            "quick_return_share": (own["quick"] / own["returns"].where(own["returns"] > 0)).array,
            "seconds_per_visit": (
                own["milliseconds"] / 1000 / own["left"].where(own["left"] > 0)
            ).array,
        }
    )


def _judged(
    table: pd.DataFrame,
    *,
    fewest: int,
    fewest_stuck: int,
    least: float,
    times: float,
    alpha: float,
) -> pd.DataFrame:
    enough = np.minimum(table["customers"], table["others"]) >= fewest
    p_value = table["p_value"].where(enough)
    corrected = holm(p_value.to_numpy())
    stuck = (np.nan_to_num(corrected, nan=1.0) < alpha) & (table["difference"] >= least)
    by_nature = (table["compared_with"] == OTHER_EVENTS) & (
        table["loop_rate"] < times * table["norm"]
    )
    stuck &= ~by_nature
    # Judged after the correction: how many are stuck is what is tested, so leaving out small
    # numbers before would favour the others.
    rare = stuck & (table["stuck"] < fewest_stuck)
    stuck &= ~rare
    known = (p_value.notna() | (enough & (table["fruitless"] == 0))) & ~rare
    table = table.assign(
        p_value=p_value,
        p_holm=corrected,
        verdict=np.where(stuck, "friction", np.where(known, "as elsewhere", "too few")),
    )
    table["sentence"] = [_sentence(row) for row in table.to_dict("records")]
    keyed = table.assign(calm=~stuck, unknown=~known, surely=-table["difference_low"])
    order = ["calm", "unknown", "surely", "compared_with", "segment_id", "event"]
    table = keyed.sort_values(order, ignore_index=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    after = ["repeat_rate", "quick_return_share", "seconds_per_visit", "verdict", "sentence"]
    kept = [c for c in table.columns if c not in (*after, "others", "calm", "unknown", "surely")]
    return table[[*kept, *after]]


def _sentence(row: Mapping[Hashable, Any]) -> str:
    rate, norm = (percent(row[name]) for name in ("loop_rate", "norm"))
    whose = "" if row["segment_id"] == ALL_SEGMENTS else f" of {row['segment_id']}"
    page = event_words(row["event"])
    here = f"{rate} of the visits{whose} to {page} are returns that bring nothing new"
    if row["verdict"] == "too few":
        return f"{here}; there are too few to compare."
    elsewhere = (
        "of a page visited so often" if row["compared_with"] == OTHER_EVENTS else "from the others"
    )
    if row["verdict"] == "friction":
        return f"{here}, against {norm} expected {elsewhere}."
    return f"{here}, and {norm} are expected {elsewhere}: nothing that stands out."
