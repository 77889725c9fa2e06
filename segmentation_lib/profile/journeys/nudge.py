"""When to nudge: how long after a trigger those who reach the goal by themselves have done so.

The nudge day is the delay by which all but 5 % of the customers who reach the goal by themselves
within the horizon have reached it. It rests on those who come, so it does not depend on how many
never do; beside it stand the shares of those still waiting, and of all, who would yet come. Who
was watched for a shorter time than the horizon is censored, and counts while watched
(Kaplan-Meier). It is an observation: whether a nudge changes anything, only an experiment tells.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.engine import Engine
from segmentation_lib.profile.journeys.delays import HOURS, delay_counts, on_grid
from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.profile.wording import count, number, percent, titled
from segmentation_lib.small_cells import round_counts
from segmentation_lib.stats.waiting import binned_completion, completion_quantile, resampled
from segmentation_lib.words import event_words

__all__ = ["nudge_sentences", "nudge_windows"]

# Customers who come at an even rate reach any share at that share of the horizon. Only where the
# nudge day is well before is it theirs, and not the horizon's.
_SETTLED = 2 / 3
_NEARLY_ALL = 0.9
_WINDOWS = ["trigger", "goal", "segment_id", "triggers", "goals", "completed", "low_completed",
            "high_completed", "quarter_day", "median_day", "three_quarter_day", "day", "day_low",
            "day_high", "still_of_waiting", "still_of_all", "verdict", "sentence"]  # fmt: skip
_FROM_DAY = ("day", "day_low", "day_high", "still_of_waiting", "still_of_all")
_QUANTILES = {"quarter_day": 0.25, "median_day": 0.5, "three_quarter_day": 0.75}


def nudge_windows(
    engine: Engine,
    events: ir.Table,
    segments: ir.Table,
    window: Window,
    *,
    pairs: Sequence[tuple[str, str]],
    seed: int,
    horizon_days: int = 30,
    remaining: float = 0.05,
    fewest: int = 30,
    draws: int = 199,
    level: float = 0.95,
) -> pd.DataFrame:
    """Find the day from which waiting longer gains little, per pair and segment.

    Each customer counts once per pair: from their first trigger in the window to the first goal
    from then on. Delays are taken in hours. Intervals are percentiles of bootstrap samples of
    customers.

    Args:
        engine: Where the tables are.
        events: ``customer_id``, ``occurred_at``, ``event``.
        segments: ``customer_id`` and ``segment_id``, fixed at the open of the window.
        window: The days; its end is where watching ends.
        pairs: Trigger and goal, such as ``("add_to_cart", "purchase")``.
        seed: Seed of the bootstrap.
        horizon_days: A goal reached later than this is no answer to the trigger.
        remaining: Share of those who reach the goal by themselves that may be yet to come.
        fewest: Customers who reach the goal that a row needs, and at least a third as many whose
            whole horizon was watched.
        draws: Bootstrap samples.
        level: Confidence level.

    Returns:
        One row per pair and segment, ``(all)`` first: ``trigger``, ``goal``, ``segment_id``,
        ``triggers`` (customers), ``goals`` (of them, seen to reach the goal within the horizon),
        ``completed`` (share who reach it within the horizon, with ``low_completed`` and
        ``high_completed``), ``quarter_day``, ``median_day`` and ``three_quarter_day`` (by which
        a quarter, half and three quarters of those have), ``day`` (the nudge day) with
        ``day_low`` and ``day_high``, ``still_of_waiting`` and ``still_of_all`` (who would yet
        come after that day, of those waiting and of all), ``verdict`` (``found``; ``still
        coming``: at the horizon customers come as before, so that it would set the day; ``too
        few``), ``sentence``. Days count from the trigger, with parts; ``day`` and what follows
        from it is empty unless found, and all measures are with too few.

    Raises:
        ValueError: A pair of equal events, or a number out of its range.
    """
    _check(pairs, horizon_days, remaining, window)
    rows = []
    for place, (trigger, goal) in enumerate(pairs):
        counts = delay_counts(engine, events, segments, window, (trigger, goal), horizon_days)
        for spot, (segment_id, own) in enumerate(counts.groupby("segment_id", sort=True)):
            happened, censored = on_grid(own, horizon_days)
            row: dict[str, Any] = {"trigger": trigger, "goal": goal}
            row["segment_id"] = str(segment_id)
            row["triggers"] = int(happened.sum() + censored.sum())
            row["goals"] = int(happened.sum())
            enough = happened.sum() >= fewest and own["followed"].sum() >= fewest / 3
            if enough:
                draw = np.random.SeedSequence((seed, place, spot))
                row |= _timing(happened, censored, remaining, draw, draws, level)
            rows.append(row | {"verdict": _verdict(row, horizon_days)})
    table = pd.DataFrame(rows, columns=[name for name in _WINDOWS if name != "sentence"])
    table["sentence"] = [_sentence(row, remaining, level) for row in table.to_dict("records")]
    return table[_WINDOWS]


def nudge_sentences(
    nudges: pd.DataFrame,
    names: Mapping[str, str],
    *,
    fewest: int = 30,
    most: int = 4,
    few: int = 10,
) -> list[str]:
    """Say when a reminder reaches those who would not come by themselves.

    Args:
        nudges: The result of `nudge_windows`.
        names: Name of each segment, by ID.
        fewest: Customers with the trigger that a segment needs to be named.
        most: Lines at most. A segment that holds nearly all of a pair is not told beside it.
        few: Counts are told rounded to these; a share that would give fewer people away is not.
    """
    shown = round_counts(
        nudges, "triggers", limit=few, parts="segment_id", total=ALL_SEGMENTS,
        within=["trigger", "goal"],
    )["triggers"]  # fmt: skip
    nudges = nudges.assign(about=shown)
    found = nudges[(nudges["verdict"] == "found") & (nudges["triggers"] >= fewest)]
    everyone = nudges[nudges["segment_id"] == ALL_SEGMENTS]
    size = everyone.set_index(["trigger", "goal"])["triggers"].to_dict()
    lines = []
    for row in found.to_dict("records"):
        is_all = row["segment_id"] == ALL_SEGMENTS
        if not is_all and row["triggers"] > _NEARLY_ALL * size[row["trigger"], row["goal"]]:
            continue
        whose = "all customers" if is_all else titled(str(row["segment_id"]), names)
        lines.append(
            f"From {event_words(row['trigger'])} to {event_words(row['goal'])}, {whose}: "
            f"{_share(row, few)} of about {count(row['about'])} get there by themselves, "
            f"half of them within {_delay(row['median_day'])} and nearly all within "
            f"{_delay(row['day'])} (95% interval {_delay(row['day_low'])} to "
            f"{_delay(row['day_high'])}). Remind after that."
        )
    return lines[:most] or ["No day for a reminder stands out: too few come, or they keep coming."]


def _share(row: Mapping[Hashable, Any], few: int) -> str:
    never = round((1 - row["completed"]) * row["triggers"])
    return "all or nearly all" if never < few else percent(row["completed"])


def _check(
    pairs: Sequence[tuple[str, str]], horizon_days: int, remaining: float, window: Window
) -> None:
    for trigger, goal in pairs:
        if trigger == goal:
            raise ValueError(f"pairs: {trigger} is trigger and goal, must be two events")
    if not 1 <= horizon_days < window.days:
        raise ValueError(f"horizon_days = {horizon_days}, must be 1 to {window.days - 1}")
    if not 0 < remaining < 1:
        raise ValueError(f"remaining = {remaining}, must be between 0 and 1")


def _timing(
    happened: np.ndarray,
    censored: np.ndarray,
    remaining: float,
    seed: np.random.SeedSequence,
    draws: int,
    level: float,
) -> dict[str, float]:
    done = binned_completion(happened, censored)
    samples = resampled(happened, censored, draws=draws, seed=seed)
    tails = [(1 - level) / 2, (1 + level) / 2]
    share = 1 - remaining
    drawn = np.quantile(completion_quantile(samples, share) / HOURS, tails)
    ends = np.quantile(samples[:, -1], tails)
    place = float(completion_quantile(done[None], share)[0])
    yet = float(done[-1] - done[int(place) - 1])
    waiting = float(1 - done[int(place) - 1])
    quantiles = {
        name: float(completion_quantile(done[None], part)[0]) / HOURS
        for name, part in _QUANTILES.items()
    }
    return quantiles | {
        "completed": float(done[-1]),
        "low_completed": float(ends[0]),
        "high_completed": float(ends[1]),
        "day": place / HOURS,
        "day_low": float(drawn[0]),
        "day_high": float(drawn[1]),
        "still_of_waiting": yet / waiting if waiting > 0 else 0.0,
        "still_of_all": yet,
    }


def _verdict(row: dict[str, Any], horizon_days: int) -> str:
    """Judge a row, and take a day back that the horizon has set."""
    if "day" not in row:
        return "too few"
    if row["day"] <= _SETTLED * horizon_days:
        return "found"
    row.update(dict.fromkeys(_FROM_DAY, np.nan))
    return "still coming"


def _sentence(row: Mapping[Hashable, Any], remaining: float, level: float) -> str:
    whose = (
        "customers" if row["segment_id"] == ALL_SEGMENTS else f"customers of {row['segment_id']}"
    )
    here = f"{event_words(row['trigger'])} to {event_words(row['goal'])}"
    if row["verdict"] == "too few":
        return f"{here}: {count(row['goals'])} {whose} got there, too few to time a nudge."
    share = f"{percent(row['completed'])} of the {whose} get there by themselves"
    if row["verdict"] == "still coming":
        return (
            f"{here}: {share} within the time watched, and they keep coming until its end. So no "
            "day is the right one for a nudge on this evidence."
        )
    return (
        f"{here}: {share}, half of them within {_delay(row['median_day'])} and all but "
        f"{percent(remaining)} within {_delay(row['day'])} ({percent(level)} interval "
        f"{_delay(row['day_low'])} to {_delay(row['day_high'])}). A reminder before that "
        f"reaches people who would have come anyway; of those still waiting then, "
        f"{percent(row['still_of_waiting'])} would yet come."
    )


def _delay(days: float) -> str:
    if days < 2:
        hours = max(round(days * HOURS), 1)
        return f"{hours} hour{'' if hours == 1 else 's'}"
    text = number(days)
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} days"
