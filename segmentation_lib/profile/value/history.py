"""What segments earned quarter by quarter, looking back at the customers they hold."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.profile.value.holdout import placed_customers
from segmentation_lib.small_cells import round_counts
from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray

__all__ = [
    "FEWEST_QUARTERS",
    "SMALLEST",
    "quarter_matrix",
    "quarter_season",
    "shown_history",
    "value_history",
]

# Under this many quarters, or customers in one of them, nothing is said of a history.
FEWEST_QUARTERS = 3
SMALLEST = 30


def value_history(
    ledger: pd.DataFrame, assignments: pd.DataFrame, *, most_quarters: int = 8
) -> pd.DataFrame:
    """Give the revenue per customer of each segment in this and earlier quarters.

    The customers are those who are in the segment by ``assignments`` and were customers already
    when the quarter began (their first entry is in an earlier quarter; a history of three quarters
    keeps its oldest one). The quarters by which they were chosen show the choice, and no change.

    Args:
        ledger: ``customer_id``, ``quarters_back``, ``kind``, ``amount`` and ``complete``.
        assignments: ``customer_id`` and ``segment_id``.
        most_quarters: Quarters to look back at most.

    Returns:
        A row per segment and quarter, the oldest quarter first: ``customers``,
        ``value_per_customer``, ``value_index`` (100 = all these customers in that quarter; empty
        where they have no value) and ``complete``.
    """
    placed, values, known, complete = quarter_matrix(ledger, assignments, most_quarters)
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


def shown_history(history: pd.DataFrame, *, few: int = 10) -> pd.DataFrame:
    """Return a history as a page may show it: who came from one quarter to the next is no few.

    Args:
        history: What `value_history` returned.
        few: Customers are rounded to the nearest of these; quarters with fewer are left out.
    """
    rows = round_counts(history, "customers", limit=few)
    known = (rows["customers"] > 0).fillna(False).astype("bool")
    return rows[known].astype({"customers": "int64"}).reset_index(drop=True)


def quarter_matrix(
    ledger: pd.DataFrame, assignments: pd.DataFrame, most_quarters: int
) -> tuple[pd.Series, FloatArray, IntArray, BoolArray]:
    """Lay a ledger out by customer and quarter.

    Args:
        ledger: ``customer_id``, ``quarters_back``, ``kind``, ``amount`` and ``complete``.
        assignments: ``customer_id`` and ``segment_id``.
        most_quarters: Quarters to look back at most.

    Returns:
        The segment of each customer; their revenue, shape (customers, quarters), this quarter
        first; in how many quarters each was a customer; and which quarters are complete.
    """
    placed = placed_customers(assignments)
    own = ledger[ledger["customer_id"].isin(placed.index)]
    oldest = int(ledger["quarters_back"].max()) if len(ledger) else -1
    quarters = min(oldest + 1, most_quarters)
    first = own.groupby("customer_id")["quarters_back"].max().reindex(placed.index).fillna(-1)
    known = first.to_numpy(np.int64)
    # In the quarter of the first purchase everyone has bought: it would look like a peak. Only a
    # history that is too short without that quarter keeps its oldest one.
    if oldest < FEWEST_QUARTERS:
        known = np.where(known == oldest, known + 1, known)
    revenue = own[(own["kind"] == "revenue") & (own["quarters_back"] < quarters)]
    table = revenue.sort_values(["customer_id", "quarters_back", "amount"]).pivot_table(
        index="customer_id", columns="quarters_back", values="amount", aggfunc="sum"
    )
    table = table.reindex(index=placed.index, columns=range(quarters)).fillna(0.0)
    complete = ledger.groupby("quarters_back")["complete"].all().reindex(range(quarters))
    flags = complete.fillna(True).to_numpy(np.bool_)
    return placed, table.to_numpy(np.float64), np.minimum(known, quarters), flags


def quarter_season(
    values: FloatArray, known: IntArray, used: IntArray, *, others: BoolArray
) -> FloatArray:
    """Return how much quarters bring to all customers, from those who were there throughout.

    Those who were chosen by what they did in some of the quarters say nothing of the season in
    these, so only quarters that chose nobody may be in use.

    Args:
        values: Revenue, shape (customers, quarters).
        known: Quarters in which each was a customer, counted from this one.
        used: The quarters to compare, by how far back, ascending.
        others: Customers outside the segment that is judged: its own spike is no season.

    Returns:
        A factor per quarter; the mean of those in use is 1, and so are all others. Without 30
        other customers, the season is that of everybody.
    """
    season = np.ones(values.shape[1])
    throughout = known > used[-1]
    chosen = throughout & others
    chosen = chosen if chosen.sum() >= SMALLEST else throughout
    means = values[chosen][:, used].mean(axis=0) if chosen.any() else season[used]
    if means.min() > 0:
        season[used] = means / means.mean()
    return season
