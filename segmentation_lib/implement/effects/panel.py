"""What customers did in equal blocks of time before and after a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from segmentation_lib.stats.arrays import FloatArray

__all__ = ["METRICS", "Blocks", "block_panel", "plan_blocks"]

METRICS = ("revenue", "orders", "active")
_WEEK = 7
_FEWEST_WEEKS = 2


@dataclass(frozen=True)
class Blocks:
    """Equal blocks of whole weeks around a date; all weekdays are in each as often.

    Attributes:
        at: The date, first day of the block after it.
        days: Days per block.
        before: Blocks before the date.
    """

    at: date
    days: int
    before: int

    @property
    def first_day(self) -> date:
        """First day of the oldest block."""
        return self.at - timedelta(days=self.days * self.before)

    @property
    def last_day(self) -> date:
        """First day that no block holds any more."""
        return self.at + timedelta(days=self.days)

    def starts(self) -> tuple[date, ...]:
        """First day of each block, oldest first."""
        return tuple(
            self.first_day + timedelta(days=self.days * place) for place in range(self.before + 1)
        )


def plan_blocks(
    at: date,
    *,
    closed: date,
    first_purchase: date,
    before: int = 6,
    chosen_since: date | None = None,
) -> Blocks | None:
    """Return the blocks that the data allow: one after the date, several before it.

    Args:
        at: The date of what happened.
        closed: First day after the quarter.
        first_purchase: First day of the data.
        before: Blocks wanted before the date.
        chosen_since: First day of the time by which the groups were made; two blocks before it
            are wanted as well, to see whether the groups were chosen by a passing good time.

    Returns:
        The blocks; None if fewer than two whole weeks lie between the date and the close. There
        may be fewer blocks than wanted, or none before the date.

    >>> plan_blocks(date(2025, 8, 1), closed=date(2025, 10, 1), first_purchase=date(2024, 1, 1))
    Blocks(at=datetime.date(2025, 8, 1), days=56, before=6)
    """
    weeks = (closed - at).days // _WEEK
    if weeks < _FEWEST_WEEKS:
        return None
    days = _WEEK * weeks
    wanted = before
    if chosen_since is not None:
        wanted = max(before, -(-(at - chosen_since).days // days) + 2)
    return Blocks(at, days, max(min(wanted, (at - first_purchase).days // days), 0))


def block_panel(
    purchase_days: pd.DataFrame, customers: pd.Index, blocks: Blocks, *, metric: str
) -> FloatArray:
    """Return what each customer did in each block.

    Args:
        purchase_days: ``customer_id``, ``day`` and ``spend``, one row per customer and day.
        customers: IDs, in the order of the rows wanted; who has no purchase has zeros.
        blocks: The blocks.
        metric: ``revenue`` (sum of spend), ``orders`` (days with a purchase) or ``active``
            (1 with a purchase, else 0).

    Returns:
        Shape (customers, blocks), oldest block first, the one after the date last.

    Raises:
        ValueError: The metric cannot be made from purchases.
    """
    if metric not in METRICS:
        raise ValueError(f"metric {metric} is not made from purchases; give {', '.join(METRICS)}")
    first, last = pd.Timestamp(blocks.first_day), pd.Timestamp(blocks.last_day)
    rows = purchase_days[(purchase_days["day"] >= first) & (purchase_days["day"] < last)]
    rows = rows.sort_values(["customer_id", "day"], kind="stable")
    place = customers.get_indexer(pd.Index(rows["customer_id"]))
    block = ((rows["day"] - first).dt.days // blocks.days).to_numpy(np.int64)
    kept = place >= 0
    size = (len(customers), blocks.before + 1)
    cell = place[kept] * size[1] + block[kept]
    spend = rows["spend"].to_numpy(np.float64)[kept]
    sums = np.bincount(
        cell, weights=spend if metric == "revenue" else None, minlength=size[0] * size[1]
    ).astype(np.float64)
    if metric == "active":
        sums = (sums > 0).astype(np.float64)
    return sums.reshape(size)
