"""What investments brought beside their forecasts: hit rate, calibration and balance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.params.registers.investments import Investment
from segmentation_lib.profile.wording import amount, listing, percent, plural
from segmentation_lib.stats.intervals import Interval, wilson_interval

__all__ = [
    "TrackRecord",
    "investment_balance",
    "investment_results",
    "investment_sentences",
    "track_record",
]

# The share of results that an expected range is to hold.
_PROMISED = 0.8


def investment_results(log: pd.DataFrame) -> pd.DataFrame:
    """Set what each investment brought beside what was expected when it was approved.

    Args:
        log: The artefact ``investment_log``.

    Returns:
        One row per investment ever approved, by ID: its last state, the first forecast,
        ``quarters`` with a result that counts, ``actual`` (their mean) and ``verdict``: ``above``,
        ``inside`` or ``below`` the expected range, ``failed``, ``stopped`` or ``removed
        without a result``, or ``no result yet``.
    """
    last = log.drop_duplicates("id", keep="last").sort_values("id", kind="stable")
    counted = log[log["actual"].notna() & ~log["kept_apart"]]
    means = counted.groupby("id")["actual"].agg(["mean", "size"])
    result = last.drop(columns=["period", "kept_apart", "line", "actual"]).reset_index(drop=True)
    result["quarters"] = result["id"].map(means["size"]).fillna(0).astype("int64")
    result["actual"] = result["id"].map(means["mean"]).astype("float64")
    result["verdict"] = [_verdict(row) for row in result.to_dict("records")]
    return result


@dataclass(frozen=True)
class TrackRecord:
    """How forecasts held, one vote per investment.

    Attributes:
        judged: Investments with a result, or that ended without one.
        hits: Share of them that brought at least the likely value, with its 95 % interval.
        inside: Share of them within the expected range, with its 95 % interval; 80 % were
            promised.
        below: Investments under the range, or over without a result.
        above: Investments above the range.
        earned: Sum of the mean results per quarter of those with a result.
        expected: Sum of the likely values of the same investments.
    """

    judged: int
    hits: Interval
    inside: Interval
    below: int
    above: int
    earned: float
    expected: float


def track_record(results: pd.DataFrame) -> TrackRecord:
    """Return hit rate and calibration of the forecasts.

    An investment that failed, was stopped or taken out without a result counts as one that
    brought too little: else failures could be hidden by not measuring them.

    Args:
        results: What `investment_results` returned.
    """
    judged = results[results["verdict"] != "no result yet"]
    known = judged[judged["actual"].notna()]
    hits = int((known["actual"] >= known["likely"]).sum())
    verdicts = judged["verdict"].value_counts()
    inside, above = (int(verdicts.get(name, 0)) for name in ("inside", "above"))
    return TrackRecord(
        judged=len(judged),
        hits=wilson_interval(hits, len(judged)),
        inside=wilson_interval(inside, len(judged)),
        below=len(judged) - inside - above,
        above=above,
        earned=float(known["actual"].sum()),
        expected=float(known["likely"].sum()),
    )


def investment_balance(register: Iterable[Investment]) -> pd.DataFrame:
    """Share out number, cost and expected value among classes and horizons.

    Args:
        register: The register ``investments``; those that are over do not count.

    Returns:
        The artefact ``investment_balance``: ``group`` (``kind`` or ``horizon``), ``level``,
        ``items``, ``cost``, ``cost_share``, ``likely`` and ``likely_share`` (missing where the
        sum is not above 0).
    """
    live = [item for item in register if item.status in ("proposed", "running")]
    levels = {"kind": ("core", "bet", "optional"), "horizon": ("quick_win", "long_term")}
    cost_sum = sum(item.cost for item in live)
    likely_sum = sum(item.expected.likely for item in live)
    rows = []
    for group, names in levels.items():
        for level in names:
            own = [item for item in live if getattr(item, group) == level]
            cost, likely = sum(item.cost for item in own), sum(x.expected.likely for x in own)
            rows.append((group, level, len(own), float(cost), _share(cost, cost_sum),
                         float(likely), _share(likely, likely_sum)))  # fmt: skip
    columns = ["group", "level", "items", "cost", "cost_share", "likely", "likely_share"]
    return pd.DataFrame(rows, columns=columns)


def investment_sentences(
    results: pd.DataFrame, balance: pd.DataFrame, *, currency: str = ""
) -> list[str]:
    """Say how forecasts held, what failed, what was changed, and where the money goes.

    Args:
        results: What `investment_results` returned.
        balance: What `investment_balance` returned.
        currency: Three-letter code.
    """
    record = track_record(results)
    said = []
    if record.judged:
        said.append(
            f"{round(record.hits.value * record.judged)} of {plural(record.judged, 'investment')} "
            f"with a result brought at least what was expected (95% interval "
            f"{percent(record.hits.low)} to {percent(record.hits.high)})."
        )
        held = (
            "too few to say whether the ranges are right"
            if record.inside.low <= _PROMISED <= record.inside.high
            else "the ranges are too narrow" if record.inside.high < _PROMISED
            else "the ranges are wider than they need be"
        )  # fmt: skip
        said.append(
            f"{round(record.inside.value * record.judged)} of {record.judged} ended inside the "
            f"expected range, which is to hold 8 of 10: {held}."
        )
    elif len(results):
        said.append("No investment has a result yet that can be held against its forecast.")
    lost = results[results["status"].isin(["failed", "stopped", "removed"])]
    if len(lost):
        said.append(f"What did not work out stays listed: {listing(list(map(str, lost['name'])))}.")
    changed = results[results["changed"]]
    if len(changed):
        what = listing(list(map(str, changed["name"])))
        said.append(f"Forecasts changed after approval, where the first one counts: {what}.")
    kinds = balance[(balance["group"] == "kind") & balance["cost_share"].notna()]
    if len(kinds):
        parts = [f"{percent(row['cost_share'])} {row['level']}" for row in kinds.to_dict("records")]
        total = amount(float(kinds["cost"].sum()), currency)
        said.append(f"Of {total} in running and proposed investments, {listing(parts)}.")
    return said or ["No investments are listed; list them in investments.yaml."]


def _verdict(row: Mapping[Any, Any]) -> str:
    if np.isnan(row["actual"]):
        if row["status"] in ("failed", "stopped", "removed"):
            return f"{row['status']} without a result"
        return "no result yet"
    if row["actual"] < row["low"]:
        return "below"
    return "above" if row["actual"] > row["high"] else "inside"


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")
