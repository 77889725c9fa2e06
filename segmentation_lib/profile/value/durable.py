"""Durable or momentary: does a segment's value last over the quarters, or is it one spike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from segmentation_lib.calendar import previous_period
from segmentation_lib.profile.value.holdout import placed_customers
from segmentation_lib.profile.wording import listing, number, percent, titled
from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray, spawn_seeds
from segmentation_lib.stats.steadiness import Steadiness, steadiness_test

__all__ = ["durable_sentence", "durable_value", "quarter_labels", "spikes", "value_history"]

_FEWEST_QUARTERS = 3
_SMALLEST = 30
# Tests ask two questions of each segment; both together are wrong for 1 steady market in 20.
_ERROR = 0.05
# What is called a spike or a trend must also be large enough to plan by.
_SPIKE, _ABOVE_SECOND, _TREND = 1.5, 1.3, 1.5
_NOTHING = {"quarters": 0, "value_index": np.nan, "verdict": "not enough history",
            "spike_quarters_back": np.nan, "ratio": np.nan, "p_value": np.nan}  # fmt: skip


def value_history(
    ledger: pd.DataFrame, assignments: pd.DataFrame, *, most_quarters: int = 8
) -> pd.DataFrame:
    """Give the revenue per customer of each segment in this and earlier quarters.

    The customers are those who are in the segment by ``assignments`` and were customers already
    when the quarter began (their first entry is in an earlier quarter; a history of three quarters
    keeps its oldest one). Looking back at people chosen by their past is a description, and no
    forecast.

    Args:
        ledger: ``customer_id``, ``quarters_back``, ``kind``, ``amount`` and ``complete``.
        assignments: ``customer_id`` and ``segment_id``.
        most_quarters: Quarters to look back at most.

    Returns:
        A row per segment and quarter, the oldest quarter first: ``customers``,
        ``value_per_customer``, ``value_index`` (100 = all these customers in that quarter; empty
        where they have no value) and ``complete``.
    """
    placed, values, known, complete = _matrix(ledger, assignments, most_quarters)
    columns = ["segment_id", "quarters_back", "customers", "value_per_customer", "value_index",
               "complete"]  # fmt: skip
    rows = []
    names = sorted(placed.unique())
    segment = placed.to_numpy()
    for name in names:
        for back in range(values.shape[1])[::-1]:
            there = known > back
            own = there & (segment == name)
            base = float(values[there, back].mean()) if there.any() else np.nan
            mean = float(values[own, back].mean()) if own.any() else np.nan
            index = 100 * mean / base if base > 0 else np.nan
            rows.append((name, back, int(own.sum()), mean, index, bool(complete[back])))
    return pd.DataFrame(rows, columns=columns)


def durable_value(
    ledger: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    seed: int | Sequence[int],
    permutations: int = 999,
    most_quarters: int = 8,
    lookback_quarters: int = 4,
    names: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Say for each segment whether its value lasts, came in one quarter, grows or fades.

    Quarters are compared after the season is taken out: what the segments have in common (their
    median). A verdict other than ``durable`` needs both a permutation test within customers,
    corrected for all segments, and a size: a spike is 1.5 times the mean of the other quarters
    and 1.3 times the second highest, and these are alike; growing or fading is a factor of 1.5
    between the two halves. Growth is looked for within the lookback only: those who were chosen
    for buying much in it bought less before, without any growth.

    Args:
        ledger: ``customer_id``, ``quarters_back``, ``kind``, ``amount`` and ``complete``.
        assignments: ``customer_id`` and ``segment_id``.
        seed: Seed of the permutations.
        permutations: Number of permutations.
        most_quarters: Quarters to look back at most.
        lookback_quarters: The most recent quarters by which the customers were chosen, at least 3.
        names: Names of segments, for the sentences.

    Returns:
        A row per segment: ``customers`` in it, complete ``quarters`` compared, mean
        ``value_index``, the ``verdict`` (``durable``, ``momentary``, ``growing``, ``fading`` or
        ``not enough history`` under three quarters with 30 customers), ``spike_quarters_back``,
        the ``ratio`` it rests on, its corrected ``p_value`` and a ``sentence``.
    """
    placed, values, known, complete = _matrix(ledger, assignments, most_quarters)
    segments = sorted(placed.unique())
    segment = placed.to_numpy()
    history = value_history(ledger, assignments, most_quarters=most_quarters)
    index = history[history["complete"]].groupby("segment_id")["value_index"].mean()
    season = _season(values, known, segment, segments)
    rows = []
    for name, branch in zip(segments, spawn_seeds(seed, max(len(segments), 1)), strict=False):
        own = segment == name
        row: dict[str, object] = {"segment_id": name, "customers": int(own.sum()), **_NOTHING}
        used = _usable(known[own], complete)
        row["quarters"] = len(used)
        if len(used) >= _FEWEST_QUARTERS:
            spikes, trends = (
                _tested(values[own] / season, known[own], chosen, seed, permutations)
                for chosen, seed in zip(
                    (used, used[used < max(lookback_quarters, _FEWEST_QUARTERS)]),
                    branch.spawn(2),
                    strict=True,
                )
            )
            row |= _judged(spikes, trends, used, 2 * len(segments))
            row["value_index"] = float(index.get(name, np.nan))
        rows.append(row | {"sentence": _sentence(row, names or {})})
    columns = ["segment_id", "customers", *_NOTHING, "sentence"]
    return pd.DataFrame(rows, columns=columns)[
        ["segment_id", "customers", "quarters", "value_index", "verdict", "spike_quarters_back",
         "ratio", "p_value", "sentence"]
    ]  # fmt: skip


def quarter_labels(history: pd.DataFrame, period: str) -> dict[int, str]:
    """Name the quarters of a history: calendar quarters by theirs, others by how far back.

    Args:
        history: What `value_history` returned.
        period: The period that is 0 quarters back.

    >>> quarter_labels(pd.DataFrame({"quarters_back": [2, 0]}), "2026Q1")
    {0: '2026Q1', 2: '2025Q3'}
    >>> quarter_labels(pd.DataFrame({"quarters_back": [1, 0]}), "spring")
    {0: 'spring', 1: '1 before'}
    """
    backs = sorted({int(back) for back in history["quarters_back"]})
    return {back: _label(period, back) for back in backs}


def spikes(table: pd.DataFrame) -> dict[str, int]:
    """Return how many quarters back the spike of each momentary segment lies.

    Args:
        table: From `durable_value`.
    """
    found = table.dropna(subset=["spike_quarters_back"])
    return dict(zip(found["segment_id"], found["spike_quarters_back"].astype(int), strict=True))


def durable_sentence(table: pd.DataFrame, *, names: Mapping[str, str] | None = None) -> str:
    """Say in which segments value lasts, and in which it does not.

    Args:
        table: From `durable_value`.
        names: Names of segments.
    """
    judged = table[table["verdict"] != "not enough history"]
    if judged.empty:
        return "The history is too short to say whether any segment's value lasts."
    said = []
    for verdict, words in (
        ("momentary", "The value of {} came from one quarter."),
        ("growing", "The value of {} grew."),
        ("fading", "The value of {} faded."),
        ("durable", "The value of {} lasted over all quarters compared."),
    ):
        found = judged.loc[judged["verdict"] == verdict, "segment_id"]
        if len(found):
            said.append(words.format(listing([titled(str(s), names or {}) for s in found])))
    return " ".join([*said, "This looks back at the customers of today, and is no forecast."])


def _matrix(
    ledger: pd.DataFrame, assignments: pd.DataFrame, most_quarters: int
) -> tuple[pd.Series, FloatArray, IntArray, BoolArray]:
    """Segments; revenue by customer and quarter back; quarters known; which are complete."""
    placed = placed_customers(assignments)
    own = ledger[ledger["customer_id"].isin(placed.index)]
    oldest = int(ledger["quarters_back"].max()) if len(ledger) else -1
    quarters = min(oldest + 1, most_quarters)
    first = own.groupby("customer_id")["quarters_back"].max().reindex(placed.index).fillna(-1)
    known = first.to_numpy(np.int64)
    # In the quarter of the first purchase everyone has bought: it would look like a peak. Only a
    # history that is too short without that quarter keeps its oldest one.
    if oldest < _FEWEST_QUARTERS:
        known = np.where(known == oldest, known + 1, known)
    revenue = own[(own["kind"] == "revenue") & (own["quarters_back"] < quarters)]
    table = revenue.sort_values(["customer_id", "quarters_back", "amount"]).pivot_table(
        index="customer_id", columns="quarters_back", values="amount", aggfunc="sum"
    )
    table = table.reindex(index=placed.index, columns=range(quarters)).fillna(0.0)
    complete = ledger.groupby("quarters_back")["complete"].all().reindex(range(quarters))
    flags = complete.fillna(True).to_numpy(np.bool_)
    return placed, table.to_numpy(np.float64), np.minimum(known, quarters), flags


def _season(
    values: FloatArray, known: IntArray, segment: np.ndarray, segments: Sequence[str]
) -> FloatArray:
    """What quarters have in common over the segments: 1 is a usual quarter."""
    quarters = values.shape[1]
    shapes = []
    for name in segments:
        own = segment == name
        long = own & (known >= quarters)
        # Customers known throughout say what a quarter does; those who join change the mix.
        chosen = long if long.sum() >= _SMALLEST else own
        means = np.array(
            [
                values[chosen & (known > back), back].mean()
                if (chosen & (known > back)).any()
                else np.nan
                for back in range(quarters)
            ]
        )
        if np.nansum(means) > 0:
            shapes.append(means / np.nanmean(means))
    if len(shapes) < 3:
        return np.ones(quarters)
    known_quarters = ~np.isnan(shapes).all(axis=0)
    season = np.ones(quarters)
    season[known_quarters] = np.nanmedian(np.array(shapes)[:, known_quarters], axis=0)
    return np.where(season > 0, season, 1.0)


def _usable(known: IntArray, complete: BoolArray) -> IntArray:
    enough = (known[:, None] > np.arange(len(complete))).sum(axis=0) >= _SMALLEST
    return np.flatnonzero(enough & complete)


def _tested(
    values: FloatArray,
    known: IntArray,
    used: IntArray,
    seed: np.random.SeedSequence,
    permutations: int,
) -> Steadiness | None:
    """The test over the quarters in use; None where they are too few."""
    if len(used) < _FEWEST_QUARTERS:
        return None
    # The quarters in use are counted anew, so that gaps left out do not count as known.
    long = (known[:, None] > used).sum(axis=1)
    there = long > 0
    return steadiness_test(
        values[there][:, used],
        long[there],
        seed=int(seed.generate_state(1)[0]),
        permutations=permutations,
    )


def _judged(
    spikes: Steadiness | None, trends: Steadiness | None, used: IntArray, questions: int
) -> dict[str, object]:
    assert spikes is not None  # three quarters are in use
    others = np.delete(spikes.means, spikes.peak)
    peak = float(spikes.means[spikes.peak])
    spike, spike_p = _factor(peak, float(others.mean())), min(spikes.peak_p * questions, 1.0)
    # In a decline the first quarter is the highest too, but then the others are not alike.
    alone = peak >= _ABOVE_SECOND * others.max() and others.max() <= _SPIKE * others.mean()
    if spike_p <= _ERROR and spike >= _SPIKE and alone:
        found = {"verdict": "momentary", "ratio": spike, "p_value": spike_p}
        return found | {"spike_quarters_back": float(used[spikes.peak])}
    if trends is not None:
        half = len(trends.means) // 2
        recent, early = trends.means[:half].mean(), trends.means[-half:].mean()
        trend, trend_p = _factor(float(recent), float(early)), min(trends.trend_p * questions, 1.0)
        if trend_p <= _ERROR and (trend >= _TREND or trend <= 1 / _TREND):
            verdict = "growing" if trend > 1 else "fading"
            return {"verdict": verdict, "ratio": trend, "p_value": trend_p}
    return {"verdict": "durable", "ratio": spike, "p_value": spike_p}


def _factor(above: float, below: float) -> float:
    if below > 0:
        return above / below
    return float("inf") if above > 0 else 1.0


def _sentence(row: Mapping[str, object], names: Mapping[str, str]) -> str:
    who = titled(str(row["segment_id"]), names)
    ratio = float(row["ratio"])  # type: ignore[arg-type]
    if row["verdict"] == "not enough history":
        return f"{who}: fewer than three complete quarters with enough customers to compare."
    if row["verdict"] == "momentary":
        back = int(row["spike_quarters_back"])  # type: ignore[call-overload]
        ago = "one quarter" if back == 1 else f"{back} quarters"
        when = "this quarter" if back == 0 else f"{ago} before this one"
        size = f"{number(ratio)} times that of the others" if np.isfinite(ratio) else "all of it"
        return f"{who}: the value came in one quarter, {when}: {size}."
    if row["verdict"] == "durable":
        return f"{who}: no quarter stands out, and the value neither grew nor faded clearly."
    if not np.isfinite(ratio):
        return f"{who}: the value grew from nothing."
    change = f"{percent(abs(ratio - 1))} {'more' if ratio > 1 else 'less'}"
    return f"{who}: value {row['verdict']}, {change} in the later half than in the earlier."


def _label(period: str, back: int) -> str:
    try:
        for _ in range(back):
            period = previous_period(period)
    except ValueError:
        return f"{back} before"
    return period
