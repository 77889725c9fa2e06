"""What the value to come says in plain English, and why a figure is not the model's."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.profile.value.measure import ALL_SEGMENTS
from segmentation_lib.profile.wording import amount, listing, number, percent
from segmentation_lib.stats.beyond import clearly_more

__all__ = ["lifetime_sentences", "method_reason"]


def method_reason(
    method: str, fault: str, row: pd.Series, check: pd.Series | None, *, new: bool
) -> str:
    """Return why a segment's figure is not the model's; empty when it is.

    Args:
        method: ``model``, ``recalibrated`` or ``unknown``.
        fault: What is wrong with the model; empty when nothing is.
        row: The segment's figures.
        check: The segment's row of the holdout check, if it has one.
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
    if fault:
        return f"No forecast. {fault}"
    if new:
        share = percent(row["never_bought"] / row["customers"])
        return f"No forecast: {share} of the customers have not bought yet."
    return "No forecast: the model expected the quarter to bring nothing, or nothing came."


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
        why = fault or "The table says why for each segment." if len(rows) else ""
        return (f"What customers are going to spend is not forecast. {why}".strip(),)
    days = int(known["horizon_days"].iloc[0])
    best = known.sort_values(["value_per_customer", "segment_id"], ascending=[False, True]).iloc[0]
    money = [amount(best[name], currency) for name in ("value_per_customer", "low", "high")]
    said = [
        f"If customers go on as they did, one of {best['segment_id']} is expected to spend "
        f"{money[0]} in the next {days} days ({percent(best['level'])} interval {money[1]} to "
        f"{money[2]}), {_lead(best, known)}."
    ]
    said.extend(_checked(holdout))
    for method, words in (
        ("recalibrated", "The figures of {} are the model's, scaled by what the quarter brought."),
        ("unknown", "No forecast is given for {}; the table says why."),
    ):
        names = [str(name) for name in rows.loc[rows["method"] == method, "segment_id"]]
        if names:
            said.append(words.format(listing(names)))
    never = int(rows["never_bought"].sum())
    if never >= 10:
        said.append(f"{never:,} customers have never bought; they count as 0.")
    return tuple(said)


def _lead(best: pd.Series, known: pd.DataFrame) -> str:
    """How far the highest figure is ahead: beyond the interval of the difference, or not."""
    others = known[known["segment_id"] != best["segment_id"]]
    clear = clearly_more(
        best["value_per_customer"], best["low"],
        others["value_per_customer"].to_numpy(), others["high"].to_numpy(),
    )  # fmt: skip
    near = [str(name) for name in others.loc[~clear, "segment_id"]]
    if near:
        return f"the highest figure, but not clearly above that of {listing(near)}"
    return "the most of all segments" if len(others) else "the only segment with a figure"


def _checked(holdout: pd.DataFrame) -> list[str]:
    judged = holdout[holdout["verdict"].isin(["close", "off", "far off"])]
    everyone = judged[judged["segment_id"] == ALL_SEGMENTS]
    segments = judged[judged["segment_id"] != ALL_SEGMENTS]
    if segments.empty or everyone.empty or not everyone["ratio"].iloc[0] > 0:
        return ["The forecast could not be checked against a quarter."]
    off = round(100 * (everyone["ratio"].iloc[0] - 1))
    total = f"{abs(off)}% {'more' if off > 0 else 'less'} came than" if off else "as much came as"
    close = int((segments["verdict"] == "close").sum())
    said = [
        f"Made at the quarter's open, the forecast held in {close} of {len(segments)} segments: "
        f"what came was within the range it gave. Over all customers {total} it expected."
    ]
    if close < len(segments):
        said.append("The intervals are widened by as much as it was off.")
    return said
