"""What is said of retention, without counts of a few people."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from segmentation_lib.profile.wording import count, percent
from segmentation_lib.words import listing

__all__ = ["few_active", "retention_sentence", "segment_retention_sentence"]


def retention_sentence(grid: pd.DataFrame, *, few: int = 10) -> str:
    """Say how many come back in the period after their first, over the cohorts that are shown.

    Args:
        grid: What `retention_grid` returned.
        few: Cohorts of fewer customers are not shown, nor are cells in which fewer were active, or
            fewer were not. The sentence does not count what is not shown: it would give it away.
    """
    shown = grid[grid["customers"] >= few]
    whole = shown[(shown["period"] == 1) & ~shown["partial"] & ~few_active(shown, few)]
    second = whole[~whole["edge"]]
    hatched = " Hatched cells were still running at the close and are no loss."
    ending = hatched if bool(shown["partial"].any()) else ""
    customers, active = int(second["customers"].sum()), int(second["active"].sum())
    if not customers:
        return f"{_no_newcomers(shown, whole)}{ending}"
    word = "quarter" if "Q" in str(second["cohort"].iloc[0]) else "month"
    return (
        f"{percent(active / customers)} of {count(customers)} new customers were active again in "
        f"the {word} after their first.{ending}"
    )


def _no_newcomers(shown: pd.DataFrame, whole: pd.DataFrame) -> str:
    if len(shown) and shown["edge"].all():
        return (
            "The records are too short to tell new customers from old ones, so no share of new "
            "customers is given: every cohort here has a star."
        )
    if len(whole):
        return (
            "How many new customers come back cannot be told yet: the cohorts that were watched "
            "for a second whole period have a star and may hold older customers."
        )
    return "No cohort of new customers has been watched for a second whole period yet."


def few_active(table: pd.DataFrame, few: int) -> pd.Series:
    """Return which cells of a grid must not be shown: so few were active, or were not.

    Args:
        table: ``active`` and ``customers``.
        few: Counts from 1 to one less are few; nobody and everybody are no person in particular.
    """
    rest = table["customers"] - table["active"]
    return table["active"].between(1, few - 1) | rest.between(1, few - 1)


def segment_retention_sentence(
    table: pd.DataFrame, *, every: Literal["week", "month"] = "week", few: int = 10
) -> str:
    """Say which segment is most often active, and why segments are not followed backwards.

    Args:
        table: What `segment_retention` returned.
        every: The period of the table.
        few: A segment with a period in which fewer were active, or fewer were not, is not told.
    """
    why = (
        "Segments are followed from the open on only: they hold customers who were still active "
        "then, so looking back, none of them would seem to have lost anyone."
    )
    whole = table[~table["partial"]]
    hidden = whole.loc[few_active(whole, few), "segment_id"].unique()
    whole = whole[~whole["segment_id"].isin(hidden)]
    if len(hidden):
        verb = "is" if len(hidden) == 1 else "are"
        why = f"{listing(sorted(hidden))} {verb} too small to be told {every} by {every}. {why}"
    if whole.empty:
        return why
    sums = whole.groupby("segment_id")[["active", "customers"]].sum()
    shares = sums["active"] / sums["customers"]
    most, least = str(shares.idxmax()), str(shares.idxmin())
    if most == least:
        return f"In an average {every}, {percent(shares[most])} of {most} are active. {why}"
    return (
        f"In an average {every}, {percent(shares[most])} of {most} are active, the most, and "
        f"{percent(shares[least])} of {least}, the fewest. {why}"
    )
