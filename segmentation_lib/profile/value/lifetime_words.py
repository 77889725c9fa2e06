"""What the value to come says in plain English, and why a figure is not the model's."""

from __future__ import annotations

from typing import Protocol

import pandas as pd

from segmentation_lib.profile.value.measure import ALL_SEGMENTS
from segmentation_lib.profile.wording import amount, listing, number, percent

__all__ = ["lifetime_sentences", "method_reason"]


class _Span(Protocol):
    """The span of time whose spend is carried forward."""

    @property
    def days(self) -> int:
        """Its length."""
        ...

    @property
    def at_open(self) -> bool:
        """Whether the customers were placed before it began."""
        ...


def method_reason(
    method: str, fault: str, row: pd.Series, check: pd.Series | None, recent: _Span, *, new: bool
) -> str:
    """Return why a segment's figure is not the model's; empty when it is.

    Args:
        method: ``model``, ``recalibrated``, ``historic`` or ``unknown``.
        fault: What is wrong with the model; empty when nothing is.
        row: The segment's figures.
        check: The segment's row of the holdout check, if it has one.
        recent: The span of time that is carried forward.
        new: Whether too many of the customers have not bought yet for a model of buyers.
    """
    if method == "model":
        return ""
    if method == "recalibrated" and check is not None:
        return (
            f"The model expected {number(check['predicted_value'])} per customer in the quarter "
            f"and {number(check['actual_value'])} came, so its figure is scaled by "
            f"{number(check['ratio'])}. One quarter holds no season, so the interval is wide."
        )
    why = fault or "The model was far off in the quarter."
    if new and not fault:
        share = row["never_bought"] / row["customers"]
        why = f"{percent(share)} of the customers have not bought yet."
    if method == "unknown":
        return f"{why} No customer was in the segment at the quarter's open."
    whose = (
        "what the segment's customers spent in the quarter"
        if recent.at_open
        else f"what today's customers of the segment spent in the past {recent.days} days, by "
        "which they were chosen,"
    )
    season = " One quarter holds no season." if recent.at_open else ""
    return f"{why} The figure carries forward {whose.rstrip(',')}.{season}"


def lifetime_sentences(
    segments: pd.DataFrame, holdout: pd.DataFrame, fault: str, *, currency: str = ""
) -> tuple[str, ...]:
    """Say what the segments are going to be worth, and how the forecast was checked.

    Args:
        segments: ``segments`` of the result.
        holdout: ``holdout`` of the result.
        fault: What is wrong with the model; empty when nothing is.
        currency: Three-letter code.
    """
    rows = segments[segments["segment_id"] != ALL_SEGMENTS]
    known = rows[rows["value_per_customer"].notna()]
    if known.empty:
        return ("What the segments are going to be worth cannot be said for this quarter.",)
    days = int(known["horizon_days"].iloc[0])
    best = known.sort_values(["value_per_customer", "segment_id"], ascending=[False, True]).iloc[0]
    money = [amount(best[name], currency) for name in ("value_per_customer", "low", "high")]
    said = [
        f"If customers go on as they did, one of {best['segment_id']} is expected to spend "
        f"{money[0]} in the next {days} days, the most of all segments "
        f"({percent(best['level'])} interval {money[1]} to {money[2]})."
    ]
    if fault:
        said.append(f"No model of future purchases is used. {fault}")
    said.extend(_checked(holdout))
    by_hand = rows[rows["method"].isin(["recalibrated", "historic"])]
    if len(by_hand) and not fault:
        names = listing([str(name) for name in by_hand["segment_id"]])
        said.append(f"The figures of {names} are not the model's own; the table says why.")
    never = int(rows["never_bought"].sum())
    if never >= 10:
        said.append(f"{never:,} customers have never bought; they count as 0.")
    return tuple(said)


def _checked(holdout: pd.DataFrame) -> list[str]:
    judged = holdout[holdout["verdict"].isin(["close", "far off"])]
    everyone = judged[judged["segment_id"] == ALL_SEGMENTS]
    segments = judged[judged["segment_id"] != ALL_SEGMENTS]
    if segments.empty or everyone.empty or not everyone["ratio"].iloc[0] > 0:
        return ["The forecast could not be checked against a quarter."]
    off = round(100 * (everyone["ratio"].iloc[0] - 1))
    total = f"{abs(off)}% {'more' if off > 0 else 'less'} came than" if off else "as much came as"
    close = int((segments["verdict"] == "close").sum())
    return [
        f"Made at the quarter's open, the forecast was close in {close} of {len(segments)} "
        f"segments; over all customers {total} it expected."
    ]
