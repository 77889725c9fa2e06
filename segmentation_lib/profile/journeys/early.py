"""Early behaviours: what newcomers do in their first days that goes with a later success."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from segmentation_lib.cluster.held_out import chooses
from segmentation_lib.engine import Engine
from segmentation_lib.prepare.windows import days_between, start_of
from segmentation_lib.profile.journeys.newcomers import washout
from segmentation_lib.profile.journeys.retention import event_days
from segmentation_lib.profile.wording import count, percent, plural
from segmentation_lib.stats import holm, length_bands, stratified_odds
from segmentation_lib.stats.threshold import best_threshold, threshold_quality
from segmentation_lib.words import event_words

__all__ = ["EarlyStudy", "early_behaviours", "early_sentences"]

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
        judged: Those of them that were followed to the end, both halves.
        too_recent: Newcomers whose follow-up the close cuts short; left out.
        at_start: Customers first seen so soon after the log begins that they may be old ones;
            left out.
        base_rate: Share of those judged that came to a success.
        days: Length of the early time.
        follow_up: Day up to which a success counts.
    """

    behaviours: pd.DataFrame
    newcomers: int
    judged: int
    too_recent: int
    at_start: int
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
    seed: int,
    level: float = 0.05,
) -> EarlyStudy:
    """Look for counts of an event in the first days that go with a success afterwards.

    The threshold of each event is chosen on one half of the newcomers, by a hash of seed and ID,
    and judged on the other. Busy people do more of everything: the odds are also compared among
    people with the same number of events in those days. An association, not a cause.

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
    left_out, people, counts = _observed(
        engine, events, success, purchase_days, close=close, days=days, follow_up=follow_up,
        washout_days=washout_days,
    )  # fmt: skip
    counts = counts[counts["customer_id"].isin(people["customer_id"])]
    outcome = people["succeeds"].to_numpy(dtype=bool)
    already = people["already"].to_numpy(dtype=bool)
    train = chooses(people["customer_id"], seed=seed)
    names = sorted(set(counts["event"]) - set(success) - set(exclude))
    total = _per_person(counts, people)
    rows = [
        {"event": event}
        | _judged(
            _per_person(counts[counts["event"] == event], people),
            total, outcome, already, train, most=most, seed=np.random.SeedSequence((seed, place)),
        )
        for place, event in enumerate(names)
    ]  # fmt: skip
    return EarlyStudy(
        behaviours=_with_verdicts(pd.DataFrame(rows), level),
        **left_out,
        judged=len(people),
        base_rate=float(outcome.mean()) if len(outcome) else float("nan"),
        days=days,
        follow_up=follow_up,
    )


def early_sentences(
    study: EarlyStudy, *, outcome: str = "came to a success", most: int = 3
) -> list[str]:
    """Say which early behaviours go with a success, and of whom nothing is known.

    What goes with it very weakly is not said; it is in the table.

    Args:
        study: The study.
        outcome: What a success is, in words, such as ``bought again``.
        most: Behaviours named.
    """
    rows = study.behaviours
    found = rows[(rows["verdict"] == "predictive") & (rows["strength"] != "very weak")]
    sentences = [
        f"{percent(row['ppv'])} of newcomers with {event_words(row['event'])} at least "
        f"{_times(int(row['threshold']))} in their first {study.days} days {outcome} by day "
        f"{study.follow_up}, against {percent(1 - row['npv'])} of the others. "
        f"{percent(row['reach'])} get that far; that it causes the return is not shown."
        for _, row in found.head(most).iterrows()
    ]
    if not sentences:
        sentences = [
            f"Nothing that newcomers do in their first {study.days} days tells much about "
            f"who {outcome} by day {study.follow_up}, beyond chance and being busy."
        ]
    sentences.append(
        f"{count(study.judged)} of {plural(study.newcomers, 'newcomer')} were followed long "
        f"enough; {count(study.too_recent)} came too recently to tell."
    )
    return sentences


def _times(threshold: int) -> str:
    return "once" if threshold == 1 else f"{count(threshold)} times"


def _observed(
    engine: Engine,
    events: ir.Table,
    success: Collection[str],
    purchase_days: ir.Table | None,
    *,
    close: date,
    days: int,
    follow_up: int,
    washout_days: int | None,
) -> tuple[dict[str, int], pd.DataFrame, pd.DataFrame]:
    """Return how many are left out, one row per person, and their early counts per event."""
    seen = events.filter(events["occurred_at"] < start_of(close))
    first = seen.group_by("customer_id").aggregate(first=seen["occurred_at"].min().date())
    first = engine.store(first, "first_days")
    edge = engine.row(first.aggregate(start=first["first"].min()))["start"]
    if washout_days is None:
        days_seen = engine.frame(event_days(seen))
        washout_days = washout(days_seen, (close - (edge or close)).days)
    new_from = (edge or close) + timedelta(days=washout_days)
    last = close - timedelta(days=follow_up)
    old, late = first["first"] < new_from, first["first"] > last
    left_out = engine.row(
        first.aggregate(
            at_start=old.sum().fill_null(0),
            newcomers=(~old).sum().fill_null(0),
            too_recent=(~old & late).sum().fill_null(0),
        )
    )
    people = engine.store(first.filter(~old & ~late), "newcomers")
    rows = seen.inner_join(people, "customer_id")
    rows = rows.select(
        "customer_id", "event", day=days_between(rows["first"], rows["occurred_at"].date())
    )
    early = rows.filter(rows["day"] < days).group_by("customer_id", "event")
    counts = engine.frame(early.aggregate(n=ibis._.count()).order_by("customer_id", "event"))
    if purchase_days is None:
        wins = rows.filter(rows["event"].isin(sorted(success)))
    else:
        bought = purchase_days.select("customer_id", bought="day").inner_join(people, "customer_id")
        day = days_between(bought["first"], bought["bought"].date())
        wins = bought.select("customer_id", day=day)
    wins = wins.group_by(winner="customer_id").aggregate(
        already=(wins["day"] < days).any(),
        succeeds=((wins["day"] >= days) & (wins["day"] < follow_up)).any(),
    )
    placed = people.left_join(wins, people["customer_id"] == wins["winner"])
    placed = placed.select(
        "customer_id",
        already=placed["already"].fill_null(False),
        succeeds=placed["succeeds"].fill_null(False),
    )
    return left_out, engine.frame(placed.order_by("customer_id")), counts


def _per_person(counts: pd.DataFrame, people: pd.DataFrame) -> np.ndarray:
    sums = counts.groupby("customer_id")["n"].sum()
    return sums.reindex(people["customer_id"]).fillna(0).to_numpy(dtype=np.int64)


def _judged(
    counts: np.ndarray,
    total: np.ndarray,
    outcome: np.ndarray,
    already: np.ndarray,
    train: np.ndarray,
    *,
    most: int,
    seed: np.random.SeedSequence,
) -> dict[str, object]:
    find, judge = seed.spawn(2)
    threshold = best_threshold(counts[train], outcome[train], most=most, seed=find)
    test = ~train
    if threshold is None or not test.any():
        return {"customers": int(test.sum())}
    reached = counts[test] >= threshold.value
    quality = threshold_quality(reached, outcome[test], seed=judge)
    # Who succeeded in the first days already does so again, whatever led there.
    strata = 2 * length_bands(total[test]) + already[test]
    odds = stratified_odds(reached, outcome[test], strata)
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
        "p_value": quality.p_value,
        "p_equal_activity": odds.p_value,
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
