"""Friction: pages that customers come back to without getting further, compared with the norm.

A loop is a return that brings nothing new: the session has seen the page before, and it saw nothing
new since then, or sees nothing new afterwards until it is back once more or ends. Coming back is
normal in any shop; so a page is held against the other pages, and a segment on a page against the
other segments there. The log knows pages by name only: two products looked at in turn are one page.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import Any

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
from segmentation_lib.profile.journeys.visits import before_goal, page_visits
from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.profile.wording import percent
from segmentation_lib.stats import holm
from segmentation_lib.stats.clustered import (
    ClusterSums,
    CrossSums,
    ShareDifference,
    clustered_interval,
    share_difference,
)

__all__ = ["OTHER_EVENTS", "OTHER_SEGMENTS", "page_friction"]

OTHER_EVENTS, OTHER_SEGMENTS = "other events", "other segments"
_EXTRAS = ("returns", "quick", "repeats", "milliseconds", "left")


def page_friction(
    engine: Engine,
    steps: ir.Table,
    *,
    goals: Collection[str] = (),
    quick_seconds: float = 10.0,
    fewest: int = 30,
    least: float = 0.02,
    times: float = 1.5,
    alpha: float = 0.05,
    level: float = 0.95,
) -> pd.DataFrame:
    """Rank events by how often a visit to them is a return that brings nothing new.

    Each event is compared with all other events over all segments, and within each segment with
    the same event in the other segments. Customers, not visits, are taken as independent, and all
    comparisons of the table are corrected together by Holm's method.

    Args:
        engine: Where the table is.
        steps: The result of `steps`, best stored.
        goals: Events that are a success; what follows the first in a session is not looked at.
        quick_seconds: A return within so many seconds is a quick one: someone turned on the spot.
        fewest: Customers that a comparison needs on both sides.
        least: Friction is at least so much more than the norm, as a share of the visits.
        times: An event has friction at so many times the rate of other events, or more. Pages
            differ by nature; the same page in other segments does not need this.
        alpha: Chance of naming any friction where there is none.
        level: Confidence level of the intervals, each for itself.

    Returns:
        Rows of ``rank``, ``event``, ``segment_id`` (``(all)`` against ``other events``),
        ``compared_with``, ``customers``, ``visits`` (a run of one event is one visit),
        ``returns``, ``fruitless`` (returns that brought nothing new), ``loop_rate`` (fruitless of
        all visits) with ``low`` and ``high``, ``norm`` (what it is compared with), ``difference``,
        ``difference_low``, ``difference_high``, ``p_value`` (of so much more: one-sided),
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
    own = _with_extras(engine, visits)
    both = with_everyone(own, ["event"])
    everyone = both[both["segment_id"] == ALL_SEGMENTS].reset_index(drop=True)
    events = _rows(everyone, *_against_events(engine, visits, everyone, level), OTHER_EVENTS, level)
    merged = own[["event"]].merge(everyone, on="event", how="left", validate="many_to_one")
    rest = cluster_sums(merged) - cluster_sums(own)
    difference = share_difference(cluster_sums(own), rest, level=level)
    segments = _rows(own, rest, difference, OTHER_SEGMENTS, level)
    table = pd.concat([events, segments], ignore_index=True)
    return _judged(table, fewest=fewest, least=least, times=times, alpha=alpha)


def _with_extras(engine: Engine, visits: ir.Table) -> pd.DataFrame:
    keys = ["segment_id", "event"]
    sums = customer_sums(visits, keys, "fruitless", "visits")
    extras = visits.group_by(keys).agg(**{name: visits[name].sum() for name in _EXTRAS})
    joined = sums.inner_join(extras, keys).order_by(keys)
    return engine.frame(joined).astype(dict.fromkeys((*SUMS, *_EXTRAS), "float64"))


def _against_events(
    engine: Engine, visits: ir.Table, everyone: pd.DataFrame, level: float
) -> tuple[ClusterSums, ShareDifference]:
    """Compare each event with all others; most customers are on both sides."""
    totals = visits.group_by("customer_id").agg(
        all_hits=visits["fruitless"].sum(), all_visits=visits["visits"].sum()
    )
    totals = engine.store(totals, "visits_of_customers")
    grand = engine.frame(customer_sums(totals.mutate(one=1), ["one"], "all_hits", "all_visits"))
    joined = visits.inner_join(totals, "customer_id")
    joined = joined.mutate(
        other_hits=(joined["all_hits"] - joined["fruitless"]).cast("int64"),
        other_visits=(joined["all_visits"] - joined["visits"]).cast("int64"),
    )
    h, v, g, w = (joined[n] for n in ("fruitless", "visits", "other_hits", "other_visits"))
    crossed = joined.group_by("event").agg(
        hh=(h * g).sum(), hv=(h * w).sum(), vh=(v * g).sum(), vv=(v * w).sum(),
        only=(w == 0).sum(), gg=(g * g).sum(), gw=(g * w).sum(), ww=(w * w).sum(),
        tt=(joined["all_hits"] * joined["all_hits"]).sum(),
        tu=(joined["all_hits"] * joined["all_visits"]).sum(),
        uu=(joined["all_visits"] * joined["all_visits"]).sum(),
    )  # fmt: skip
    cross = everyone[["event"]].merge(engine.frame(crossed), on="event", validate="one_to_one")
    c = {name: cross[name].to_numpy(dtype=np.float64) for name in cross.columns.drop("event")}
    one, total = cluster_sums(everyone), cluster_sums(grand)
    # Who never came to the event is all on the other side; who did, with the rest of their visits.
    others = ClusterSums(
        total.hits - one.hits,
        total.visits - one.visits,
        total.hits_squared - c["tt"] + c["gg"],
        total.hits_visits - c["tu"] + c["gw"],
        total.visits_squared - c["uu"] + c["ww"],
        total.customers - c["only"],
    )
    shared = CrossSums(c["hh"], c["hv"], c["vh"], c["vv"])
    return others, share_difference(one, others, cross=shared, level=level)


def _rows(
    own: pd.DataFrame, norm: ClusterSums, found: ShareDifference, against: str, level: float
) -> pd.DataFrame:
    sums = cluster_sums(own)
    low, high = clustered_interval(sums, level=level)
    counts = {"customers": "customers", "visits": "visits", "returns": "returns"}
    counts["fruitless"] = "hits"
    return pd.DataFrame(
        {
            "event": own["event"].to_numpy(),
            "segment_id": own["segment_id"].to_numpy(),
            "compared_with": against,
            **{name: own[column].to_numpy(dtype=np.int64) for name, column in counts.items()},
            "loop_rate": sums.share,
            "low": low,
            "high": high,
            "norm": norm.share,
            "difference": found.difference,
            "difference_low": found.low,
            "difference_high": found.high,
            "p_value": found.p_value,
            "repeat_rate": own["repeats"].to_numpy() / sums.visits,
            "quick_return_share": (own["quick"] / own["returns"].where(own["returns"] > 0)).array,
            "seconds_per_visit": (
                own["milliseconds"] / 1000 / own["left"].where(own["left"] > 0)
            ).array,
            "others": norm.customers,
        }
    )


def _judged(
    table: pd.DataFrame, *, fewest: int, least: float, times: float, alpha: float
) -> pd.DataFrame:
    enough = np.minimum(table["customers"], table["others"]) >= fewest
    # Friction is more than the norm, so only that side of a difference is evidence.
    half = table["p_value"].where(enough) / 2
    p_value = half.where(table["difference"] > 0, 1 - half)
    corrected = holm(p_value.to_numpy())
    stuck = (np.nan_to_num(corrected, nan=1.0) < alpha) & (table["difference"] >= least)
    by_nature = (table["compared_with"] == OTHER_EVENTS) & (
        table["loop_rate"] < times * table["norm"]
    )
    stuck &= ~by_nature
    known = p_value.notna() | (enough & (table["fruitless"] == 0))
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
    here = f"{rate} of the visits{whose} to {row['event']} are returns that bring nothing new"
    if row["verdict"] == "too few":
        return f"{here}; there are too few visits to compare."
    elsewhere = "on other pages" if row["compared_with"] == OTHER_EVENTS else "in other segments"
    if row["verdict"] == "friction":
        return f"{here}, against {norm} {elsewhere}."
    return f"{here}, and {norm} {elsewhere}: nothing that stands out."
