"""Is the order of the segments in each KPI that of the quarter before?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from segmentation_lib.stats import mean_interval
from segmentation_lib.words import kpi_words

__all__ = ["kpi_flips", "segment_kpis"]


def segment_kpis(
    outcomes: pd.DataFrame, assignments: pd.DataFrame, kpis: Sequence[str], *, seed: int
) -> pd.DataFrame:
    """Measure each KPI in each segment, with a 95 % interval.

    Args:
        outcomes: The artefact ``outcomes``.
        assignments: The artefact ``assignments_open``.
        kpis: Columns of ``outcomes``.
        seed: Seed of the bootstrap.

    Returns:
        ``segment_id, kpi, value, low, high``, by KPI and segment.
    """
    placed = assignments.loc[assignments["segment_id"].notna(), ["customer_id", "segment_id"]]
    table = placed.merge(outcomes, on="customer_id").sort_values("customer_id")
    rows = []
    for place, kpi in enumerate(kpis):
        for number, (segment, own) in enumerate(table.groupby("segment_id", sort=True)):
            values = own[kpi].dropna().to_numpy(dtype=np.float64)
            found = mean_interval(values, seed=(seed, 64, place, number))
            rows.append((str(segment), kpi, found.value, found.low, found.high))
    return pd.DataFrame(rows, columns=["segment_id", "kpi", "value", "low", "high"])


def kpi_flips(now: pd.DataFrame, before: pd.DataFrame | None) -> list[str] | None:
    """Find the pairs of segments that have changed places in a KPI.

    A pair counts only when it was clearly in one order before and is clearly in the other now:
    the intervals of the two segments overlap in neither quarter.

    Args:
        now: KPIs of this quarter: ``segment_id, kpi, value, low, high``.
        before: The artefact ``kpi_baseline`` of the previous quarter; None in the first one.

    Returns:
        A sentence for each pair, by KPI and segments; None in the first quarter.
    """
    if before is None:
        return None
    columns = ["segment_id", "kpi", "value", "low", "high"]
    both = now[columns].merge(before[columns], on=["segment_id", "kpi"], suffixes=("", "_before"))
    flips = []
    for kpi, rows in both.sort_values(["kpi", "segment_id"]).groupby("kpi", sort=True):
        table = rows.set_index("segment_id")
        for first, second in combinations(table.index, 2):
            then = _order(table, first, second, "_before")
            if then and _order(table, first, second, "") == -then:
                upper, lower = (first, second) if then > 0 else (second, first)
                flips.append(
                    f"{upper} was above {lower} in {kpi_words(str(kpi))} last quarter and is "
                    "below it now."
                )
    return flips


def _order(table: pd.DataFrame, first: str, second: str, quarter: str) -> int:
    """Return 1 if the first is clearly above, -1 if clearly below, 0 where intervals overlap."""
    low, high = table[f"low{quarter}"], table[f"high{quarter}"]
    if low[first] > high[second]:
        return 1
    return -1 if high[first] < low[second] else 0
