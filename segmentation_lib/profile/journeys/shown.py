"""Journeys as pages show them: counts of nested groups rounded, shares worked out from those.

Who makes a step of a funnel is among those who made the one before, and who still waits on a day
is among those who waited the day before. Two such counts less each other are a count of people as
well, so they are rounded; see `small_cells.rounded`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.profile.journeys.funnel import SMALL_BASE
from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.small_cells import round_counts, rounded
from segmentation_lib.stats import wilson_interval

__all__ = ["shown_behaviours", "shown_curves", "shown_friction", "shown_funnel"]

_FUNNEL = ["funnel", "counted", "segment_id", "step", "event", "base", "reached", "did"]
_ENDS = ("value", "low", "high")


def shown_funnel(funnels: pd.DataFrame, *, few: int = 10) -> pd.DataFrame:
    """Return funnels as a page may show them.

    Args:
        funnels: Results of `funnel`, one below the other.
        few: Counts are rounded to the nearest of these; fewer people are missing, with all that
            follows from them. Those of all customers are the sums of those of the segments.

    Returns:
        ``funnel``, ``counted``, ``segment_id``, ``step``, ``event``, ``base``, ``reached``,
        ``did``, and from these the shares, the intervals and ``small``, as in `funnel`.
    """
    rows = round_counts(
        funnels[_FUNNEL], "base", "reached", "did", limit=few, parts="segment_id",
        total=ALL_SEGMENTS, within=["funnel", "step"],
    )  # fmt: skip
    rows = rows.sort_values(["funnel", "segment_id", "step"], kind="stable")
    before = rows.groupby(["funnel", "segment_id"])["reached"].shift()
    before = before.where(rows["step"] > 1, rows["base"])
    return rows.assign(
        **_shares(rows["reached"], rows["base"], "share_of_all", "all"),
        **_shares(rows["reached"], before, "share_of_previous", "previous"),
        small=(before < SMALL_BASE).fillna(True).astype("bool"),
    ).sort_index()


def _shares(part: pd.Series, whole: pd.Series, name: str, ends: str) -> dict[str, np.ndarray]:
    known = (part.notna() & whole.notna()).to_numpy()
    values = np.full((len(part), 3), np.nan)
    for place in np.flatnonzero(known):
        found = wilson_interval(int(part.iloc[place]), int(whole.iloc[place]))
        values[place] = [getattr(found, end) for end in _ENDS]
    columns = (name, f"{ends}_low", f"{ends}_high")
    return dict(zip(columns, values.T, strict=True))


def shown_curves(curves: pd.DataFrame, *, few: int = 10) -> pd.DataFrame:
    """Return curves of waiting as a page may show them: falling by whole groups of people only.

    Args:
        curves: The result of `survival_curves` of waits that all end with the same day.
        few: Who still waits is rounded to the nearest of these; fewer are missing. Those of all
            customers are the sums of those of the segments.

    Returns:
        ``segment_id``, ``day``, ``at_risk`` (still waiting as the day begins), ``censored`` (as
        it ends), ``waiting`` with Wilson's ``low`` and ``high``.
    """
    start = curves[curves["day"] == curves["day"].min()].set_index("segment_id")["at_risk"]
    size = curves["segment_id"].map(start)
    rows = curves[["segment_id", "day"]].assign(
        size=size, left=(curves["waiting"] * size).round(), censored=curves["censored"].round()
    )
    rows = round_counts(
        rows, "size", "left", "censored", limit=few, parts="segment_id", total=ALL_SEGMENTS,
        within=["day"],
    )  # fmt: skip
    at_risk = rows.groupby("segment_id")["left"].shift()
    at_risk = at_risk.where(rows["day"] > curves["day"].min(), rows["size"])
    shares = _shares(rows["left"], rows["size"], "waiting", "waiting")
    named = {"waiting": "waiting", "waiting_low": "low", "waiting_high": "high"}
    return rows[["segment_id", "day"]].assign(
        at_risk=at_risk, censored=rows["censored"], **{named[k]: v for k, v in shares.items()}
    )


def shown_behaviours(behaviours: pd.DataFrame, *, few: int = 10) -> pd.DataFrame:
    """Return early behaviours as a page may show them: without shares that stand for a few people.

    Args:
        behaviours: ``behaviours`` of a study.
        few: Where fewer of those who got that far came to a success, or fewer did not, or fewer
            of the others, the shares are missing.
    """
    reached = behaviours["reached"].astype("float64")
    others = behaviours["customers"].astype("float64") - reached
    won, lost = behaviours["ppv"] * reached, (1 - behaviours["npv"]) * others
    counts = [won, reached - won, lost, others - lost]
    small = pd.concat([c.round().between(1, few - 1) for c in counts], axis=1).any(axis=1)
    told = ["ppv", "ppv_low", "ppv_high", "npv", "npv_low", "npv_high"]
    kept = {name: behaviours[name].mask(small) for name in told if name in behaviours}
    return behaviours.assign(**kept, reached=rounded(behaviours["reached"], limit=few))


def shown_friction(friction: pd.DataFrame, *, few: int = 10) -> pd.DataFrame:
    """Return friction as a page may show it: people and visits rounded.

    Args:
        friction: The result of `page_friction`.
        few: Counts are rounded to the nearest of these, fewer are missing.
    """
    counts = [name for name in ("customers", "visits", "stuck") if name in friction]
    return round_counts(
        friction, *counts, limit=few, parts="segment_id", total=ALL_SEGMENTS, within=["event"]
    )
