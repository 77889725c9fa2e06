"""Were the arms of an experiment drawn by lot: what customers spent before must not tell them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency, mannwhitneyu, ttest_ind

from segmentation_lib.calendar import Window
from segmentation_lib.profile.value.measure import ALL_SEGMENTS
from segmentation_lib.profile.wording import percent
from segmentation_lib.stats.arrays import FloatArray, spawn_seeds
from segmentation_lib.stats.effects import permuted_welch

__all__ = ["drawn_by_lot", "spend_before"]

# A fair draw is accused in 1 of 1,000: to call an experiment none is a grave charge.
_ACCUSED = 0.001
_PERMUTATIONS = 2499
# A plain p-value above this is far from an accusation, and is not permuted.
_NEAR = 0.02
_SMALLEST = 10


def drawn_by_lot(
    table: pd.DataFrame, people: pd.DataFrame, control: str, *, seed: int | Sequence[int]
) -> pd.DataFrame:
    """Take the grade of an experiment from arms that differed before anybody was treated.

    Spend before the assignment is compared as the outcome is, by permuting Welch's statistic, and
    by ranks, which see what a few large spenders hide. Shares of customers by arm within the
    segments are compared with those over all: a draw by lot gives all segments the same shares.

    Args:
        table: Rows by ``arm`` and ``segment_id`` with ``grade`` and ``reason``.
        people: By customer: ``segment_id``, ``arm`` and the spend ``before``.
        control: Name of the control arm.
        seed: Seed of the permutations.

    Returns:
        The table with ``quasi-experiment`` and the reason where the arms differ in the segment, or
        over all, and a note where a segment holds another share of the arm than all do.
    """
    found = table.copy()
    keys = list(zip(found["arm"], found["segment_id"], strict=True))
    questions = max(len(keys), 1)
    unlike: dict[tuple[str, str], str] = {}
    for (arm, name), branch in zip(keys, spawn_seeds(seed, questions), strict=False):
        own = people[(people["segment_id"] == name) | (name == ALL_SEGMENTS)]
        treated, others = (
            np.sort(own.loc[own["arm"] == label, "before"].to_numpy(np.float64))
            for label in (arm, control)
        )
        p_value = _told_apart(treated, others, int(branch.generate_state(1)[0]))
        if p_value < _ACCUSED:
            unlike[(arm, name)] = _words(name, treated, others)
    for place, (arm, name) in enumerate(keys):
        why = unlike.get((arm, name)) or unlike.get((arm, ALL_SEGMENTS))
        row = found.index[place]
        if why:
            found.loc[row, "grade"] = "quasi-experiment"
            found.loc[row, "reason"] = f"{found.loc[row, 'reason']} {why}".strip()
    return _share_note(found, people, control)


def _told_apart(treated: FloatArray, others: FloatArray, seed: int) -> float:
    """p-value that the arms spent alike, by amounts and by ranks; 1 where nothing can be told."""
    both = np.concatenate([treated, others])
    if min(len(treated), len(others)) < _SMALLEST or np.ptp(both) == 0:
        return 1.0
    arms = np.repeat([0, 1], [len(treated), len(others)]).astype(np.int64)
    ranks = float(mannwhitneyu(treated, others).pvalue)
    plain = float(ttest_ind(treated, others, equal_var=False).pvalue)
    if plain < _NEAR and 2 * ranks >= _ACCUSED:
        # Welch alone accuses too often where a small arm meets skewed spend.
        permuted = permuted_welch(both, arms, seed=seed, permutations=_PERMUTATIONS)
        plain = max(plain, permuted.p_value)
    return min(2 * min(ranks, plain), 1.0)


def _words(name: str, treated: FloatArray, others: FloatArray) -> str:
    where = "all customers" if name == ALL_SEGMENTS else "customers of the segment"
    if others.mean() <= 0 or treated.mean() == others.mean():
        return f"The arms differed before: {where} were not given to them by lot."
    change = treated.mean() / others.mean() - 1
    return (
        f"The arms differed before: of {where}, the treated had spent {percent(abs(change))} "
        f"{'more' if change > 0 else 'less'} than the control."
    )


def _share_note(table: pd.DataFrame, people: pd.DataFrame, control: str) -> pd.DataFrame:
    """Say where an arm holds another share of a segment than of all customers."""
    for arm in sorted(set(table["arm"])):
        own = people[people["arm"].isin([arm, control])]
        counts = pd.crosstab(own["segment_id"], own["arm"]).reindex(columns=[arm, control])
        counts = counts.fillna(0).astype("int64")
        if len(counts) < 2 or (counts.sum() == 0).any():
            continue
        if float(chi2_contingency(counts.to_numpy()).pvalue) < _ACCUSED:
            rows = table["arm"] == arm
            note = "Segments hold different shares of the arms, which a draw by lot does not give."
            table.loc[rows, "reason"] = (table.loc[rows, "reason"] + " " + note).str.strip()
    return table


def spend_before(
    purchase_days: pd.DataFrame, window: Window, *, lookback_days: int = 365
) -> pd.DataFrame:
    """Return what each customer spent in the days before the open.

    Args:
        purchase_days: ``customer_id``, ``day`` and ``spend``.
        window: The quarter.
        lookback_days: Days before the open that count.

    Returns:
        ``customer_id`` and ``value``, by customer; who bought nothing has no row.
    """
    past = window.lookback(lookback_days)
    start, end = pd.Timestamp(past.start), pd.Timestamp(past.end)
    own = purchase_days[(purchase_days["day"] >= start) & (purchase_days["day"] < end)]
    ordered = own.sort_values(["customer_id", "day", "spend"])
    sums = ordered.groupby("customer_id", sort=True)["spend"].sum()
    return sums.rename("value").reset_index()
