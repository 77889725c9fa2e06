"""Trends over all quarters of a project: one history that grows, and which changes are no chance.

Each quarter's figures are those of the customers who were in a segment at its open. The history
is the previous quarter's history with this quarter's rows below it, so it can be made again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm
from scipy.stats import t as student_t

from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.small_cells import few_in_share
from segmentation_lib.stats.intervals import wilson_interval

__all__ = [
    "CONVERSION",
    "CUSTOMERS",
    "RETENTION_GAP",
    "extend_history",
    "published_history",
    "trend_changes",
    "trend_measures",
    "trend_rows",
]

CUSTOMERS, CONVERSION, RETENTION_GAP = "customers", "conversion", "retention_gap"
_COLUMNS = ["period", "opens", "segment_id", "measure", "unit", "value", "low", "high", "customers"]
_CHANGES = ["segment_id", "measure", "unit", "previous_period", "before", "value", "difference",
            "low", "high", "p_value", "p_corrected", "compared", "change"]  # fmt: skip
_NUMBERS = ("value", "low", "high", "customers")
# What a segment is worth, and whether its customers came back: the first KPI that was measured.
_VALUE = ("revenue", "orders", "quarter_sessions")
_CAME_BACK = ("active", "visited")
_Z = float(norm.ppf(0.975))
# How well a spread is known: money and counts have a kurtosis of about 9, and the variance of n
# such values is known as well as that of n / 4 normal ones (2 n / (kurtosis - 1) degrees of
# freedom). Shares have no spread of their own.
_NORMAL_WORTH = 4.0
_NO_SPREAD = ("share", "points")


def trend_rows(
    *,
    period: str,
    opens: date,
    cards: Mapping[str, Any],
    baseline: pd.DataFrame,
    outcomes: pd.DataFrame,
    assignments_open: pd.DataFrame,
) -> pd.DataFrame:
    """Return one quarter's rows of the history.

    Args:
        period: Name of the quarter.
        opens: Its first day, by which quarters are ordered.
        cards: The artefact ``segments``.
        baseline: The artefact ``kpi_baseline``.
        outcomes: Outcomes of the quarter, one row per customer.
        assignments_open: ``customer_id`` and ``segment_id`` as of the open.

    Returns:
        A row per measure and segment, ``(all)`` last: ``period``, ``opens`` (as text), ``unit``
        (``count``, ``money``, ``share``, ``points`` or ``number``), ``value`` with its 95 %
        interval, and the ``customers`` it was measured on. Measures are ``customers`` (in the
        segment at the close, without an interval), ``conversion`` (share of those who visited
        that were active), ``retention_gap`` (share that was active, less that of all) and every
        KPI of the baseline.
    """
    rows = [
        *_sizes(cards),
        *_conversion(outcomes, assignments_open),
        *_retention_gap(baseline),
        *(
            {**{name: row[name] for name in ("segment_id", "unit", *_NUMBERS)},
             "measure": row["kpi"]}
            for row in baseline.to_dict("records")
        ),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    return _typed(frame.assign(period=period, opens=opens.isoformat()))


def extend_history(previous: pd.DataFrame | None, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the history up to this quarter.

    Args:
        previous: The history of the quarter before; None in the first.
        rows: What `trend_rows` returned for this quarter.

    Returns:
        The artefact ``trend_history``, quarter by quarter.

    Raises:
        ValueError: ``previous`` holds this quarter or a later one already.
    """
    if previous is None or previous.empty:
        return _typed(rows)
    now, last = str(rows["opens"].iloc[0]), str(previous["opens"].max())
    if last >= now:
        raise ValueError(
            f"the history reaches to the quarter that opens on {last}, and the rows to be added "
            f"are of the one that opens on {now}; rows are only ever added below. Run the "
            "quarters again in their order."
        )
    return _typed(pd.concat([previous[_COLUMNS], rows[_COLUMNS]], ignore_index=True))


def published_history(history: pd.DataFrame, *, limit: int) -> pd.DataFrame:
    """Return the history without the figures that tell of fewer than ``limit`` customers.

    A share tells of those who did and of those who did not, and so does its distance to all.
    """
    few = few_in_share(history["value"], history["customers"], limit=limit)
    few &= history["unit"] == "share"
    place = pd.MultiIndex.from_frame(history[["period", "segment_id"]])
    told_by = place[few & history["measure"].isin(_CAME_BACK)]
    few |= (history["measure"] == RETENTION_GAP) & place.isin(told_by)
    return history[(history["customers"] >= limit) & ~few].reset_index(drop=True)


def trend_measures(
    history: pd.DataFrame, *, kpis: Sequence[str] | None = None, most: int = 6
) -> list[str]:
    """Choose what the dashboard shows: size, value, conversion, retention, then behaviour.

    Args:
        history: The artefact ``trend_history``.
        kpis: KPIs declared for the segments, in their order; None for all.
        most: Most measures.
    """
    known = list(dict.fromkeys(history["measure"]))
    value = next((name for name in _VALUE if name in known), "")
    first = [name for name in (CUSTOMERS, value, CONVERSION, RETENTION_GAP) if name in known]
    # Retention says it already.
    rest = [name for name in (kpis or known) if name in known and name not in (*first, *_CAME_BACK)]
    return [*first, *rest][:most]


def trend_changes(
    history: pd.DataFrame,
    *,
    period: str,
    measures: Sequence[str] | None = None,
    level: float = 0.95,
    fewest: int = 30,
) -> pd.DataFrame:
    """Find what changed in a quarter by more than chance.

    Two quarters' intervals make the interval of their difference (method of variance estimates
    recovery, Zou and Donner 2008), widened so that a quarter in which nothing changed names any
    change in at most 5 % of cases (Bonferroni over all that is compared; Student's quantiles for
    money and counts, whose spread is itself uncertain). The quarters share most
    of their customers, which makes the real chance of a false change smaller still.

    Args:
        history: The artefact ``trend_history``.
        period: The quarter that is looked at; it is compared with the last one before it in which
            the same figure is known.
        measures: What is compared; None for all. Counts have no interval and are left out.
        level: Confidence of all intervals together.
        fewest: Figures of fewer customers in either quarter are not compared: the intervals of
            money are too short there.

    Returns:
        A row per segment and measure: ``before`` (in ``previous_period``), ``value``, their
        ``difference`` with the interval ``low`` to ``high`` for all ``compared`` together,
        ``p_value``, ``p_corrected`` and ``change`` (``up``, ``down`` or ``none``).

    Raises:
        ValueError: The history does not hold the quarter.
    """
    if period not in set(history["period"]):
        held = ", ".join(dict.fromkeys(history["period"]))
        raise ValueError(f"the history holds no quarter {period}; it holds {held}")
    chosen = history if measures is None else history[history["measure"].isin(list(measures))]
    able = chosen[(chosen["customers"] >= fewest) & chosen["low"].notna() & chosen["high"].notna()]
    opens = str(history.loc[history["period"] == period, "opens"].iloc[0])
    now = able[able["period"] == period]
    last = able[able["opens"] < opens].sort_values("opens", kind="stable")
    last = last.drop_duplicates(["segment_id", "measure", "unit"], keep="last")
    keys = ["segment_id", "measure", "unit"]
    pairs = now.merge(last, on=keys, suffixes=("", "_before"), how="inner")
    found = _differences(pairs, level)
    order = {name: place for place, name in enumerate(dict.fromkeys(now["measure"]))}
    found = found.assign(
        place=found["measure"].map(order), last=(found["segment_id"] == ALL_SEGMENTS)
    ).sort_values(["place", "last", "segment_id"], kind="stable")
    return found[_CHANGES].reset_index(drop=True)


def _differences(pairs: pd.DataFrame, level: float) -> pd.DataFrame:
    value, before = (pairs[name].to_numpy("float64") for name in ("value", "value_before"))
    rise = value - before
    under = np.hypot(value - pairs["low"], pairs["high_before"] - before).to_numpy("float64") / _Z
    over = np.hypot(pairs["high"] - value, before - pairs["low_before"]).to_numpy("float64") / _Z
    towards = np.where(rise > 0, under, over)
    # Where neither figure can vary there is nothing to test.
    safe = np.where(towards > 0, towards, np.nan)
    compared = int(np.isfinite(safe).sum())
    fewer = pairs[["customers", "customers_before"]].min(axis=1).to_numpy("float64")
    freedom = np.where(pairs["unit"].isin(_NO_SPREAD), np.inf, fewer / _NORMAL_WORTH)
    p_value = 2 * student_t.sf(np.abs(rise) / safe, freedom)
    corrected = np.minimum(p_value * max(compared, 1), 1.0)
    wide = student_t.isf((1 - level) / (2 * max(compared, 1)), freedom)
    low, high = rise - wide * under, rise + wide * over
    change = np.select([(low > 0) & ~np.isnan(safe), (high < 0) & ~np.isnan(safe)],
                       ["up", "down"], "none")  # fmt: skip
    return pd.DataFrame(
        {
            **{name: pairs[name].astype("str") for name in ("segment_id", "measure", "unit")},
            "previous_period": pairs["period_before"].astype("str"),
            "before": before, "value": value, "difference": rise, "low": low, "high": high,
            "p_value": p_value, "p_corrected": corrected, "compared": compared,
            "change": pd.Series(change, index=pairs.index, dtype="str"),
        }
    )  # fmt: skip


def _sizes(cards: Mapping[str, Any]) -> list[dict[str, object]]:
    sizes = [(str(card["id"]), int(card["customers"])) for card in cards["segments"]]
    sizes = [*sorted(sizes), (ALL_SEGMENTS, sum(size for _, size in sizes))]
    return [
        {"segment_id": name, "measure": CUSTOMERS, "unit": "count", "value": size,
         "low": np.nan, "high": np.nan, "customers": size}
        for name, size in sizes
    ]  # fmt: skip


def _conversion(outcomes: pd.DataFrame, opened: pd.DataFrame) -> list[dict[str, object]]:
    if not {"active", "visited"} <= set(outcomes.columns):
        return []
    placed = opened.loc[opened["segment_id"].notna(), ["customer_id", "segment_id"]]
    table = placed.merge(outcomes[["customer_id", "active", "visited"]], on="customer_id")
    table = table[table["visited"] == 1].dropna(subset=["active"])
    rows = []
    for name in [*sorted(table["segment_id"].astype("str").unique()), ALL_SEGMENTS]:
        own = table if name == ALL_SEGMENTS else table[table["segment_id"] == name]
        share = wilson_interval(round(float(own["active"].sum())), len(own))
        rows.append(
            {"segment_id": name, "measure": CONVERSION, "unit": "share", "value": share.value,
             "low": share.low, "high": share.high, "customers": len(own)}
        )  # fmt: skip
    return rows


def _retention_gap(baseline: pd.DataFrame) -> list[dict[str, object]]:
    """Set the share that came back beside that of all; intervals after Newcombe (1998)."""
    kpi = next((name for name in _CAME_BACK if name in set(baseline["kpi"])), None)
    rows = baseline[(baseline["kpi"] == kpi) & baseline["value"].notna()]
    total = rows[rows["segment_id"] == ALL_SEGMENTS]
    if total.empty:
        return []
    everyone, share = int(total["customers"].iloc[0]), float(total["value"].iloc[0])
    found = []
    for row in (
        rows[rows["segment_id"] != ALL_SEGMENTS].sort_values("segment_id").to_dict("records")
    ):
        size, own = int(row["customers"]), float(row["value"])
        if not 0 < size < everyone:
            continue
        came, others = round(own * size), round(share * everyone) - round(own * size)
        here = wilson_interval(came, size)
        rest = wilson_interval(min(max(others, 0), everyone - size), everyone - size)
        apart = (everyone - size) / everyone
        gap = here.value - rest.value
        low = gap - float(np.hypot(here.value - here.low, rest.high - rest.value))
        high = gap + float(np.hypot(here.high - here.value, rest.value - rest.low))
        found.append(
            {"segment_id": str(row["segment_id"]), "measure": RETENTION_GAP, "unit": "points",
             "value": apart * gap, "low": apart * low, "high": apart * high, "customers": size}
        )  # fmt: skip
    return found


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    texts = [name for name in _COLUMNS if name not in _NUMBERS]
    return frame[_COLUMNS].astype(
        {**dict.fromkeys(texts, "str"), **dict.fromkeys(_NUMBERS, "float64")}
    ).reset_index(drop=True)  # fmt: skip
