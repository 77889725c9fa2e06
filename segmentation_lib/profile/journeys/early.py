"""Early behaviours: what newcomers do in their first days that goes with a later success."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from segmentation_lib.cluster.held_out import chooses
from segmentation_lib.engine import Engine
from segmentation_lib.profile.journeys.first_weeks import first_days_of_newcomers
from segmentation_lib.stats import holm, length_bands, stratified_odds
from segmentation_lib.stats.threshold import best_threshold, threshold_quality

__all__ = ["EarlyStudy", "early_behaviours"]

# A weaker correlation helps nobody to act, however many people show it.
_LEAST_PHI = 0.1
_QUALITIES = ("reach", "ppv", "npv", "lift", "phi")
_COLUMNS = ["event", "threshold", "threshold_low", "threshold_high", "customers", "reached",
            *[name + end for name in _QUALITIES for end in ("", "_low", "_high")], "base_rate",
            "odds_ratio", "odds_low", "odds_high", "p_value", "p_corrected", "p_equal_activity",
            "strength", "verdict"]  # fmt: skip
_VERDICTS = ["predictive", "busy people", "not predictive", "too few"]


@dataclass(frozen=True)
class EarlyStudy:
    """What goes with a later success, and on whom it was looked for.

    Attributes:
        behaviours: One row per event; see `early_behaviours`.
        newcomers: Customers whose first event is in the log.
        judged: Those of them that were followed to the end and compared, both halves.
        too_recent: Newcomers whose follow-up the close cuts short; left out.
        at_start: Customers first seen so soon after the log begins that they may be old ones;
            left out.
        at_once: Those followed to the end who had a success in the early time already.
        again: Whether they are the ones judged, and success is a further one; see `FirstDays`.
        left_out: Those of the other group, left out.
        base_rate: Share of those judged that came to a success.
        days: Length of the early time.
        follow_up: Day up to which a success counts.
    """

    behaviours: pd.DataFrame
    newcomers: int
    judged: int
    too_recent: int
    at_start: int
    at_once: int
    again: bool
    left_out: int
    base_rate: float
    days: int
    follow_up: int


def early_behaviours(
    engine: Engine,
    events: ir.Table,
    *,
    success: Collection[str] = (),
    purchase_days: ir.Table | None = None,
    close: date,
    days: int = 7,
    follow_up: int = 90,
    washout_days: int | None = None,
    exclude: Collection[str] = (),
    most: int = 10,
    fewest: int = 10,
    seed: int,
    level: float = 0.05,
) -> EarlyStudy:
    """Look for counts of an event in the first days that go with a success afterwards.

    The threshold of each event is chosen on one half of the newcomers, by a hash of seed and ID,
    and judged on the other. Busy people do more of everything: the odds are also compared among
    people with the same number of events in those days. Who came to a success in those days
    already is never compared with who did not: their behaviour may follow from it. The larger of
    the two groups is looked at. An association, not a cause.

    Args:
        engine: Where the events are.
        events: ``customer_id``, ``occurred_at``, ``event``: all history.
        success: Events that are a success, if no purchase days are given; never a behaviour.
        purchase_days: ``customer_id`` and ``day``: a purchase is the success.
        close: The first day that the log no longer covers.
        days: The early time: this many calendar days from that of the first event on.
        follow_up: A success counts from the day after the early time up to this day.
        washout_days: Who is first seen within so many days of the start of the log is no newcomer;
            if not given, see `newcomers.washout`.
        exclude: Further events that are not behaviours.
        most: The largest threshold looked at.
        fewest: Judged newcomers who reach the threshold, and who do not, that a finding needs.
        seed: Seed of the halves and of the bootstraps.
        level: Corrected p-value up to which a behaviour is predictive.

    Returns:
        The study. ``behaviours`` has ``event``, ``threshold`` with 95 % bootstrap interval, and on
        the judging half ``customers``, ``reached``, ``reach``, ``ppv`` and ``npv`` (predictive
        values), ``lift`` and ``phi``, each with its 95 % interval; ``base_rate``, ``odds_ratio``
        at equal activity with its interval, ``p_value``, ``p_corrected`` (Holm over events),
        ``p_equal_activity`` (of the odds ratio, corrected alike), ``strength`` (of phi: ``strong``
        from 0.4, ``moderate`` 0.3, ``weak`` 0.2, ``very weak``) and ``verdict``: ``predictive``,
        ``busy people`` (no more than being busy explains), ``not predictive`` (no association, or
        phi under 0.1) or ``too few``.

    Raises:
        ValueError: No success is named, or the days are out of order.
    """
    if (not success and purchase_days is None) or isinstance(success, str):
        raise ValueError("a success is missing: name its events as a list, or give purchase days")
    if not 0 < days < follow_up:
        raise ValueError(f"days = {days}, must be from 1 to under follow_up = {follow_up}")
    if washout_days is not None and washout_days < 0:
        raise ValueError(f"washout_days = {washout_days}, must not be negative")
    first = first_days_of_newcomers(
        engine, events, success, purchase_days, close=close, days=days, follow_up=follow_up,
        washout_days=washout_days,
    )  # fmt: skip
    people, counts = first.people, first.counts
    outcome = people["succeeds"].to_numpy(dtype=bool)
    train = chooses(people["customer_id"], seed=seed)
    names = sorted(set(counts["event"]) - set(success) - set(exclude))
    total = _per_person(counts, people)
    rows = [
        {"event": event}
        | _judged(
            _per_person(counts[counts["event"] == event], people),
            total, outcome, train, most=most, fewest=fewest,
            seed=np.random.SeedSequence((seed, place)),
        )
        for place, event in enumerate(names)
    ]  # fmt: skip
    return EarlyStudy(
        behaviours=_with_verdicts(pd.DataFrame(rows), level),
        newcomers=first.newcomers,
        judged=len(people),
        too_recent=first.too_recent,
        at_start=first.at_start,
        at_once=first.at_once,
        again=first.again,
        left_out=first.left_out,
        base_rate=float(outcome.mean()) if len(outcome) else float("nan"),
        days=days,
        follow_up=follow_up,
    )


def _per_person(counts: pd.DataFrame, people: pd.DataFrame) -> np.ndarray:
    sums = counts.groupby("customer_id")["n"].sum()
    return sums.reindex(people["customer_id"]).fillna(0).to_numpy(dtype=np.int64)


def _judged(
    counts: np.ndarray,
    total: np.ndarray,
    outcome: np.ndarray,
    train: np.ndarray,
    *,
    most: int,
    fewest: int,
    seed: np.random.SeedSequence,
) -> dict[str, object]:
    find, judge = seed.spawn(2)
    threshold = best_threshold(counts[train], outcome[train], most=most, seed=find)
    test = ~train
    if threshold is None or not test.any():
        return {"customers": int(test.sum())}
    reached = counts[test] >= threshold.value
    quality = threshold_quality(reached, outcome[test], seed=judge)
    odds = stratified_odds(reached, outcome[test], length_bands(total[test]))
    # A share of a handful of people is no finding.
    enough = min(int(reached.sum()), int((~reached).sum())) >= fewest
    intervals = {name: asdict(getattr(quality, name)) for name in _QUALITIES}
    return {
        "threshold": threshold.value,
        "threshold_low": threshold.low,
        "threshold_high": threshold.high,
        "customers": int(test.sum()),
        "reached": quality.reached,
        **{name: found["value"] for name, found in intervals.items()},
        **{f"{name}_{end}": f[end] for name, f in intervals.items() for end in ("low", "high")},
        "base_rate": float(outcome[test].mean()),
        "odds_ratio": odds.odds_ratio,
        "odds_low": odds.low,
        "odds_high": odds.high,
        "p_value": quality.p_value if enough else np.nan,
        "p_equal_activity": odds.p_value if enough else np.nan,
    }


def _with_verdicts(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    if rows.empty:
        return pd.DataFrame(columns=_COLUMNS)
    rows = rows.reindex(columns=_COLUMNS)
    for column in ("threshold", "threshold_low", "threshold_high", "reached"):
        rows[column] = rows[column].astype("Int64")
    rows["p_corrected"] = holm(rows["p_value"].to_numpy(dtype=float))
    rows["p_equal_activity"] = holm(rows["p_equal_activity"].to_numpy(dtype=float))
    size = rows["phi"].abs()
    rows["strength"] = np.select([size >= 0.4, size >= 0.3, size >= 0.2, size >= 0],
                                 ["strong", "moderate", "weak", "very weak"], "")  # fmt: skip
    goes = (rows["p_corrected"] <= level) & (size >= _LEAST_PHI)
    same = (rows["phi"] > 0) == (rows["odds_ratio"] > 1)
    beyond = goes & same & (rows["p_equal_activity"] <= level)
    rows["verdict"] = np.select([beyond, goes, rows["p_value"].notna()], _VERDICTS[:3], "too few")
    rows = rows.assign(place=rows["verdict"].map(_VERDICTS.index), size=-size.round(9))
    return rows.sort_values(["place", "size", "event"], ignore_index=True)[_COLUMNS]
