"""The KPI baseline: each segment's KPIs of the quarter, with intervals, to measure against."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import t as student_t

from segmentation_lib.implement.migration.matrix import is_segment
from segmentation_lib.profile.markers import people_share
from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.profile.wording import quantity
from segmentation_lib.small_cells import tells_few
from segmentation_lib.stats.intervals import Interval, mean_interval, wilson_interval
from segmentation_lib.validate import kpi_words

__all__ = ["kpi_baseline", "kpi_unit", "published_baseline"]

_COLUMNS = ("segment_id", "kpi", "unit", "value", "low", "high", "customers", "interval")
_MONEY = frozenset({"revenue", "order_value"})
# Above this many customers the mean is as good as normal, and resampling would only cost time.
_BOOTSTRAP_UP_TO = 2000


def kpi_unit(kpi: str, values: pd.Series) -> str:
    """Return the unit of a KPI's mean: ``money``, ``share`` for 0/1 values, or ``number``."""
    if kpi in _MONEY:
        return "money"
    return "share" if values.notna().any() and values.dropna().isin([0, 1]).all() else "number"


def kpi_baseline(
    outcomes: pd.DataFrame,
    assignments_open: pd.DataFrame,
    *,
    kpis: Sequence[str] | None = None,
    seed: int,
    draws: int = 999,
) -> pd.DataFrame:
    """Measure every KPI in every segment and overall, with a 95 % interval.

    Shares get Wilson's interval (Wilson 1927). Means get a seeded percentile bootstrap, which
    describes skewed money without a wrong symmetry, up to 2,000 customers, and Student's interval
    above. The intervals describe; they are not tests of a difference.

    Args:
        outcomes: Outcomes of the quarter, one row per customer.
        assignments_open: ``customer_id`` and ``segment_id`` as of the open.
        kpis: Outcomes to measure; None for all.
        seed: Seed of the bootstrap. Each KPI and segment has its own stream, so adding one
            changes no other.
        draws: Resamples of the bootstrap.

    Returns:
        The artefact ``kpi_baseline``, by KPI (in the order given), then segment, ``(all)`` last:
        ``unit`` (money, share or number), ``value``, ``low``, ``high``, ``customers`` with a
        value, and the kind of ``interval``. The segments' values weighted by ``customers`` give
        the value of ``(all)``.
    """
    placed = assignments_open.loc[
        assignments_open["segment_id"].notna(), ["customer_id", "segment_id"]
    ]
    table = placed.merge(outcomes, on="customer_id", how="inner").sort_values("customer_id")
    chosen = kpis if kpis is not None else outcomes.columns.drop("customer_id")
    rows = []
    for kpi in chosen:
        unit = kpi_unit(kpi, table[kpi])
        for segment_id in [*sorted(table["segment_id"].unique()), ALL_SEGMENTS]:
            inside = table["segment_id"] == segment_id
            column = table[kpi] if segment_id == ALL_SEGMENTS else table.loc[inside, kpi]
            values = column.dropna().to_numpy(dtype="float64")
            stream = zlib.crc32(f"{kpi}/{segment_id}".encode())
            found, kind = _estimate(values, unit, [seed, stream], draws)
            estimate = (found.value, found.low, found.high)
            rows.append((segment_id, kpi, unit, *estimate, len(values), kind))
    result = pd.DataFrame(rows, columns=list(_COLUMNS))
    return result.astype({"value": "float64", "low": "float64", "high": "float64"})


def _estimate(
    values: npt.NDArray[np.float64], unit: str, seed: Sequence[int], draws: int
) -> tuple[Interval, str]:
    if len(values) == 0:
        return Interval(math.nan, math.nan, math.nan, 0.95), "none"
    if unit == "share":
        return wilson_interval(round(values.sum()), len(values)), "wilson"
    if len(values) == 1:
        return Interval(float(values[0]), math.nan, math.nan, 0.95), "none"
    if len(values) <= _BOOTSTRAP_UP_TO:
        return mean_interval(values, seed=seed, draws=draws), "bootstrap"
    error = float(values.std(ddof=1)) / math.sqrt(len(values))
    margin = error * float(student_t.ppf(0.975, len(values) - 1))
    mean = float(values.mean())
    return Interval(mean, mean - margin, mean + margin, 0.95), "student"


def published_baseline(baseline: pd.DataFrame, *, limit: int, currency: str = "") -> pd.DataFrame:
    """Return the KPI baseline as a page shows it: a row per KPI, a column per segment.

    A cell holds the value and its 95 % interval; values of fewer than ``limit`` customers are
    left out. A share that tells of fewer than ``limit`` people, or of so few others, is said in
    words: beside its base, the share and its interval would be their number.

    Args:
        baseline: The artefact ``kpi_baseline``.
        limit: Smallest count whose value is shown.
        currency: Three-letter code of the amounts.
    """
    cells = baseline[["kpi", "segment_id"]].assign(
        cell=[_shown(row, limit, currency) for row in baseline.to_dict("records")]
    )
    wide = cells.pivot(index="kpi", columns="segment_id", values="cell")
    order = list(dict.fromkeys(baseline["kpi"]))
    segments = sorted(wide.columns, key=lambda name: (not is_segment(name), name))
    shown = wide.loc[order, segments].rename_axis(columns=None).reset_index()
    return shown.assign(kpi=[kpi_words(kpi) for kpi in shown["kpi"]])


def _shown(row: Mapping[Any, Any], limit: int, currency: str) -> str:
    if row["customers"] < limit or pd.isna(row["value"]):
        return "–"
    unit = "" if row["unit"] == "number" else str(row["unit"])
    if unit == "share" and tells_few(row["value"], row["customers"], limit=limit):
        did = round(row["value"] * row["customers"])
        return people_share(row["value"], did, row["customers"], few=limit)
    value, low, high = (quantity(float(row[n]), unit, currency) for n in ("value", "low", "high"))
    return f"{value} ({low} to {high})"
