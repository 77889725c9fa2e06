"""Whether value changed, in words: a sentence per segment, one for all, and names of quarters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.calendar import previous_period
from segmentation_lib.profile.wording import listing, number, percent, titled

__all__ = ["durable_sentence", "made_by", "quarter_labels", "spikes", "verdict_sentence"]

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
            "eleven", "twelve")  # fmt: skip


def verdict_sentence(row: Mapping[str, object], *, period: str = "") -> str:
    """Say whether one segment's value changed; the segment itself is named where this is shown.

    Nothing is said of a segment without enough history: `durable_sentence` says it once.

    Args:
        row: A row of `durable_value` without its sentence.
        period: The quarter that is 0 back; without one, quarters are told by how far back.
    """
    verdict, ratio = row["verdict"], _float(row["ratio"])
    if verdict == "not enough history":
        return ""
    if verdict == "momentary":
        size = f"{_times(ratio)} times the others" if np.isfinite(ratio) else "all of the value"
        quarter = _named(int(_float(row["spike_quarters_back"])), period)
        level = " Those compared after it are level." if row["level_since"] else ""
        return f"One quarter stands out: {quarter}, {size}.{level}"
    if verdict == "durable":
        return (
            f"Value: no change shown over the {_quarters(int(_float(row['quarters'])))} compared."
        )
    before = "before the lookback" if _float(row["lookback_quarters"]) else "before this quarter"
    if not np.isfinite(ratio):
        return f"Value: growing, from nothing {before}."
    if ratio >= 2:
        return f"Value: growing, {_times(ratio)} times as much as {before}."
    change = f"{percent(abs(ratio - 1))} {'more' if ratio > 1 else 'less'}"
    return f"Value: {verdict}, {change} than {before}."


def durable_sentence(
    table: pd.DataFrame, *, names: Mapping[str, str] | None = None, period: str = ""
) -> str:
    """Say in which segments value changed, and where no change was shown.

    Args:
        table: From `durable_value`.
        names: Names of segments.
        period: The quarter that is 0 back; without one, quarters are told by how far back.
    """
    judged = table[table["verdict"] != "not enough history"]
    if judged.empty:
        return "The history is too short to say whether any segment's value changed."
    said = [_one_spike(row, names or {}, period)
            for row in judged[judged["verdict"] == "momentary"].to_dict("records")]  # fmt: skip
    for verdict, words in (
        ("growing", "The value of {} has grown."),
        ("fading", "The value of {} has faded."),
        ("durable", "No change is shown in the value of {}."),
    ):
        chosen = judged.loc[judged["verdict"] == verdict, "segment_id"]
        if len(chosen):
            said.append(words.format(listing([titled(str(name), names or {}) for name in chosen])))
    unknown = table.loc[table["verdict"] == "not enough history", "segment_id"]
    if len(unknown):
        who = listing([titled(str(name), names or {}) for name in unknown])
        said.append(f"The history of {who} is too short to say.")
    back = int(judged["lookback_quarters"].iloc[0])
    if back:
        first = _calendar(period, back) if period else ""
        before = first or f"the past {_quarters(back)}"
        said.append(
            f"Compared are this quarter and those before {before}: the quarters between made the "
            "segments, and would show a change where there is none."
        )
    return " ".join(said)


def made_by(history: pd.DataFrame, lookback: int, period: str) -> str:
    """Say which quarters of a history made the segments, as a note to its picture.

    Args:
        history: What `value_history` returned.
        lookback: Quarters before the open by which the customers were chosen.
        period: The period that is 0 quarters back.
    """
    labels = quarter_labels(history, period)
    between = [labels[back] for back in sorted(labels) if 1 <= back <= lookback]
    note = "100 is the average customer of that quarter. An empty ring is a quarter cut off."
    if not between:
        return note
    span = between[0] if len(between) == 1 else f"{between[-1]} to {between[0]}"
    return (
        f"{note} What customers did in {span} made the segments, so the height of those quarters "
        "is how they were chosen, and no change."
    )


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
    return {back: _calendar(period, back) or f"{back} before" for back in backs}


def spikes(table: pd.DataFrame) -> dict[str, int]:
    """Return how many quarters back the spike of each momentary segment lies.

    Args:
        table: From `durable_value`.
    """
    found = table.dropna(subset=["spike_quarters_back"])
    return dict(zip(found["segment_id"], found["spike_quarters_back"].astype(int), strict=True))


def _one_spike(row: Mapping[Any, Any], names: Mapping[str, str], period: str) -> str:
    ratio, quarter = _float(row["ratio"]), _named(int(_float(row["spike_quarters_back"])), period)
    size = f"{_times(ratio)} times the others" if np.isfinite(ratio) else "all of the value"
    who = titled(str(row["segment_id"]), names)
    level = "; those compared after it are level" if row["level_since"] else ""
    return f"In {who} one quarter stands out: {quarter}, {size}{level}."


def _float(value: object) -> float:
    return float(value)  # type: ignore[arg-type]


def _times(ratio: float) -> str:
    return f"{ratio:.1f}" if ratio < 10 else number(ratio)


def _quarters(count: int) -> str:
    words = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
    return f"{words} quarter{'' if count == 1 else 's'}"


def _named(back: int, period: str) -> str:
    if period and (label := _calendar(period, back)):
        return label
    if back <= 1:
        return "this one" if back == 0 else "the one before this one"
    return f"the one {_quarters(back)} before this one"


def _calendar(period: str, back: int) -> str:
    """The calendar quarter so far back; empty where the period is none."""
    try:
        for _ in range(back):
            period = previous_period(period)
    except ValueError:
        return ""
    return period
