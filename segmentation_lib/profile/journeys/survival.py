"""How long each segment waits, from the open, until the first purchase or visit of the quarter.

Who has not come by the close is not lost: nobody knows yet. Such waits are censored at the close,
and the Kaplan-Meier curve counts them for as long as they were watched.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.profile.wording import count, listing, percent, titled
from segmentation_lib.stats import holm
from segmentation_lib.stats.survival import kaplan_meier, log_rank, waiting_quantile
from segmentation_lib.words import p_words

__all__ = ["first_days", "return_sentences", "survival_curves", "survival_summary"]

_WITHIN_REACH = 0.5
# Once others were lost from sight, nine or fewer who are left say hardly anything of them: the
# interval of the last day would span more than half of all shares.
_LEAST_WATCHED = 10


def first_days(days: pd.DataFrame, segments: pd.DataFrame, window: Window) -> pd.DataFrame:
    """Return for each customer of a segment the first day with activity in the quarter.

    Args:
        days: ``customer_id`` and ``day``, purchase days or event days; other days are not seen.
        segments: ``customer_id`` and ``segment_id`` at the open, one row per customer.
        window: The quarter.

    Returns:
        ``customer_id``, ``segment_id``, ``day`` (1 is the day of the open; the last day of the
        window for who has not come), ``happened``. Sorted by customer.
    """
    start, end = pd.Timestamp(window.start), pd.Timestamp(window.end)
    inside = days[days["day"].between(start, end, inclusive="left")]
    first = (inside["day"] - start).dt.days.groupby(inside["customer_id"]).min() + 1.0
    table = segments[["customer_id", "segment_id"]].sort_values("customer_id", ignore_index=True)
    day = first.reindex(table["customer_id"]).to_numpy(dtype=np.float64)
    happened = ~np.isnan(day)
    return table.assign(day=np.where(happened, day, float(window.days)), happened=happened)


def survival_curves(first: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Return the Kaplan-Meier curve of each segment and of all, day by day.

    Args:
        first: What `first_days` returned.
        level: Confidence level of the intervals, each day for itself.

    Returns:
        ``segment_id`` (``(all)`` first), ``day`` (from 0, the moment of the open), ``at_risk``
        (still waiting as the day begins), ``happened``, ``censored``, ``waiting`` (share who
        still wait when the day ends) with ``low`` and ``high``. These three are missing where
        fewer than ten are left to watch because the watching of others has ended.
    """
    if first.empty:
        return pd.DataFrame(columns=["segment_id", *_CURVE])
    days = np.arange(0.0, float(first["day"].max()) + 1)
    return pd.concat(
        [_curve(rows, days, level).assign(segment_id=name) for name, rows in _groups(first)],
        ignore_index=True,
    )[["segment_id", *_CURVE]]


def survival_summary(
    first: pd.DataFrame,
    *,
    what: str = "purchase",
    fewest: int = 30,
    alpha: float = 0.05,
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare how long the segments wait: medians, and log-rank tests.

    One test over all segments stands in the row ``(all)``; each segment is then compared with all
    others, corrected by Holm's method.

    Args:
        first: What `first_days` returned.
        what: What is waited for, in words.
        fewest: Customers that a comparison needs on both sides.
        alpha: Chance of naming any difference where there is none.
        level: Confidence level of the intervals.

    Returns:
        ``segment_id`` (``(all)`` first), ``customers``, ``happened``, ``censored``,
        ``happened_share`` (by the close), ``median_day`` (by which half had come; NaN if that was
        not reached) with ``median_low`` and ``median_high`` (NaN: beyond the close),
        ``p_value``, ``p_holm`` (not of ``(all)``), ``verdict`` (``sooner``, ``later``, ``as
        elsewhere``, ``too few``; for all: ``differ``, ``no difference shown``, ``too few``),
        ``sentence``.
    """
    curves = survival_curves(first, level=level)
    rows = [_row(name, curves) for name in curves["segment_id"].unique()]
    if not rows:
        return pd.DataFrame(columns=_SUMMARY)
    table = pd.DataFrame(rows)
    p_value, sooner = _tests(first, list(table["segment_id"])[1:], fewest)
    corrected = np.concatenate([[np.nan], holm(p_value[1:])])
    judged = np.where(table["segment_id"] == ALL_SEGMENTS, p_value, corrected)
    differs = np.nan_to_num(judged, nan=1.0) < alpha
    side = np.where(sooner, "sooner", "later")
    verdict = np.where(differs, side, np.where(np.isnan(p_value), "too few", "as elsewhere"))
    verdicts = verdict.tolist()
    if verdicts[0] != "too few":
        verdicts[0] = "differ" if differs[0] else "no difference shown"
    table = table.assign(p_value=p_value, p_holm=corrected, verdict=verdicts)
    table["sentence"] = [_sentence(row, what) for row in table.to_dict("records")]
    return table[_SUMMARY]


def return_sentences(
    summary: pd.DataFrame,
    names: Mapping[str, str],
    *,
    what: str = "purchase",
    most: int = 5,
    few: int = 10,
) -> list[str]:
    """Say in how many days half of everybody had come, and half of each segment that differs.

    Args:
        summary: What `survival_summary` returned.
        names: Name of each segment, by ID.
        what: What was waited for, in words.
        most: Lines at most; of the segments that differ, the surest are told, the soonest first.
        few: A share that stands for fewer people, or for all but fewer, is not told.
    """
    if summary.empty:
        return []
    had = "bought" if what == "purchase" else f"made a {what}"
    everyone = summary[summary["segment_id"] == ALL_SEGMENTS].to_dict("records")[0]
    counts = everyone["happened"], everyone["censored"]
    share = percent(everyone["happened_share"])
    if min(counts) < few:
        share = "nearly all" if counts[1] < few else "few"
    lines = [f"All customers: {_half(everyone, had)}; {share} had by the close."]
    differs = summary[summary["verdict"].isin(["sooner", "later"])]
    kept = differs.sort_values(["p_holm", "segment_id"]).head(most - 1)
    kept = kept.sort_values(["median_day", "happened_share", "segment_id"],
                            ascending=[True, False, True])  # fmt: skip
    lines += [
        f"{titled(str(row['segment_id']), names)}: {_half(row, had)}, {row['verdict']} than the "
        "others."
        for row in kept.to_dict("records")
    ]
    alike = summary.loc[summary["verdict"] == "as elsewhere", "segment_id"].tolist()
    if alike and len(lines) < most:
        lines.append(f"No difference is shown for {listing(alike)}.")
    return lines


def _half(row: Mapping[Hashable, Any], had: str) -> str:
    if np.isfinite(row["median_day"]):
        return f"half had {had} by day {count(np.ceil(row['median_day']))}"
    return f"fewer than half had {had} by the close"


_CURVE = ["day", "at_risk", "happened", "censored", "waiting", "low", "high"]
_SUMMARY = ["segment_id", "customers", "happened", "censored", "happened_share", "median_day",
            "median_low", "median_high", "p_value", "p_holm", "verdict", "sentence"]  # fmt: skip


def _groups(first: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    own = [(str(name), rows) for name, rows in first.groupby("segment_id", sort=True)]
    return [(ALL_SEGMENTS, first), *own]


def _curve(rows: pd.DataFrame, days: np.ndarray, level: float) -> pd.DataFrame:
    curve = kaplan_meier(rows["day"].to_numpy(), rows["happened"].to_numpy(), days, level=level)
    values = (curve.days, curve.at_risk, curve.happened, curve.censored, curve.waiting,
              curve.low, curve.high)  # fmt: skip
    table = pd.DataFrame(dict(zip(_CURVE, values, strict=True)))
    ended = (table["censored"].cumsum() - table["censored"]) > 0
    unsure = ended & (table["at_risk"] < _LEAST_WATCHED)
    known = ["waiting", "low", "high"]
    return table.assign(**{name: table[name].mask(unsure) for name in known})


def _row(segment_id: str, curves: pd.DataFrame) -> dict[str, Any]:
    own = curves[curves["segment_id"] == segment_id]
    happened, censored = int(own["happened"].sum()), int(own["censored"].sum())
    day = own["day"].to_numpy()
    # Where the curve's lower end passes one half is the earliest median the data allow.
    median, low, high = (
        waiting_quantile(day, own[end].to_numpy(), _WITHIN_REACH)
        for end in ("waiting", "low", "high")
    )
    return {
        "segment_id": segment_id,
        "customers": happened + censored,
        "happened": happened,
        "censored": censored,
        "happened_share": happened / (happened + censored),
        "median_day": median,
        "median_low": low,
        "median_high": high,
    }


def _tests(first: pd.DataFrame, segments: list[str], fewest: int) -> tuple[np.ndarray, np.ndarray]:
    """P-values of all segments together and of each against the others; and who came sooner."""
    times, happened = first["day"].to_numpy(), first["happened"].to_numpy()
    groups = first["segment_id"].astype("str").to_numpy()
    p_value, sooner = np.full(len(segments) + 1, np.nan), np.zeros(len(segments) + 1, dtype=bool)
    large = [name for name in segments if (groups == name).sum() >= fewest]
    kept = np.isin(groups, large)
    if len(large) >= 2:
        codes = np.searchsorted(np.array(large), groups[kept])
        p_value[0] = log_rank(times[kept], happened[kept], codes).p_value
    for place, name in enumerate(segments, start=1):
        own = groups == name
        if min(own.sum(), (~own).sum()) >= fewest:
            test = log_rank(times, happened, own.astype(np.int64))
            p_value[place], sooner[place] = test.p_value, test.observed[1] > test.expected[1]
    return p_value, sooner


def _sentence(row: Mapping[Hashable, Any], what: str) -> str:
    share, verdict = percent(row["happened_share"]), row["verdict"]
    if np.isfinite(row["median_day"]):
        half = f"half had come by day {count(np.ceil(row['median_day']))}"
    else:
        half = "fewer than half had come by the close, so there is no median yet"
    if row["segment_id"] == ALL_SEGMENTS:
        test = {
            "differ": f" The segments differ ({p_words(row['p_value'])}).",
            "no difference shown": f" That the segments differ is not shown "
            f"({p_words(row['p_value'])}).",
        }.get(verdict, "")
        return (
            f"{share} of {count(row['customers'])} customers made a {what} in the quarter; "
            f"{half}.{test}"
        )
    ending = {
        "too few": "there are too few to compare",
        "as elsewhere": "a difference from the other segments is not shown",
    }.get(verdict, f"{verdict} than the other segments ({p_words(row['p_holm'])})")
    return f"{row['segment_id']}: {share} made a {what} in the quarter; {half}; {ending}."
