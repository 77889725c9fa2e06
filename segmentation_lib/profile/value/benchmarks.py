"""Segments beside benchmarks that were given: above, below or about."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from segmentation_lib.profile.value.holdout import placed_customers
from segmentation_lib.profile.value.measure import ALL_SEGMENTS
from segmentation_lib.profile.wording import amount, listing, number, percent, plural, titled
from segmentation_lib.stats.arrays import FloatArray, spawn_seeds
from segmentation_lib.stats.intervals import Interval, mean_interval, wilson_interval
from segmentation_lib.words import kpi_name

__all__ = ["benchmark_sentence", "benchmark_table"]

_COLUMNS = ["segment_id", "kpi", "customers", "value", "low", "high", "benchmark", "verdict"]
_SMALLEST = 30
_DRAWS = 1999


def benchmark_table(
    outcomes: pd.DataFrame,
    assignments_open: pd.DataFrame,
    benchmarks: Mapping[str, float],
    *,
    seed: int | Sequence[int],
    level: float = 0.95,
) -> pd.DataFrame:
    """Set the mean of each KPI in each segment beside the benchmark given for it.

    Args:
        outcomes: ``customer_id`` and the KPIs of the quarter; a missing value does not count, and
            a customer without a row is left out.
        assignments_open: ``customer_id`` and ``segment_id`` at the quarter's open.
        benchmarks: The benchmark of each KPI, as a mean per customer.
        seed: Seed of the bootstrap.
        level: Level that the intervals of one KPI hold together over the segments.

    Returns:
        A row per KPI, in the order given, and segment, and ``(all)``: ``customers`` with the
        KPI, its mean ``value`` with ``low`` and ``high``, the ``benchmark``, and the ``verdict``:
        ``above`` or ``below`` when the interval lies beyond the benchmark, ``too few to tell``
        under 30 customers, else ``about``.

    Raises:
        ValueError: A benchmark for a KPI that the outcomes do not have.
    """
    unknown = sorted(set(benchmarks) - set(outcomes.columns))
    if unknown:
        there = listing(sorted(set(outcomes.columns) - {"customer_id"}))
        raise ValueError(
            f"benchmarks name {listing(unknown)}, must be columns of the outcomes ({there}); "
            "correct the name or leave the benchmark out"
        )
    placed = placed_customers(assignments_open)
    known = outcomes.set_index("customer_id").reindex(placed.index)
    names = sorted(placed.unique())
    rows = []
    for (kpi, benchmark), branch in zip(
        benchmarks.items(), spawn_seeds(seed, max(len(benchmarks), 1)), strict=False
    ):
        measure = known[kpi].astype("float64")
        questions = {name: len(names) for name in names} | {ALL_SEGMENTS: 1}
        for (name, asked), own_seed in zip(
            questions.items(), branch.spawn(len(questions)), strict=True
        ):
            own = measure if name == ALL_SEGMENTS else measure[(placed == name).to_numpy()]
            values = np.asarray(own.dropna(), dtype=np.float64)
            mean = _mean(values, 1 - (1 - level) / asked, int(own_seed.generate_state(1)[0]))
            verdict = _verdict(mean, len(values), float(benchmark))
            rows.append((name, kpi, len(values), mean.value, mean.low, mean.high,
                         float(benchmark), verdict))  # fmt: skip
    return pd.DataFrame(rows, columns=_COLUMNS)


def benchmark_sentence(
    table: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    money: Collection[str] = ("revenue", "order_value"),
    currency: str = "",
) -> str:
    """Say for each benchmark which segments are above it and which below.

    Args:
        table: From `benchmark_table`.
        names: Names of segments.
        money: KPIs that are amounts of money.
        currency: Three-letter code of the amounts.
    """
    rows = table[table["segment_id"] != ALL_SEGMENTS]
    if rows.empty:
        return "No benchmarks were given."
    said = []
    for kpi in dict.fromkeys(rows["kpi"]):
        own = rows[rows["kpi"] == kpi]
        parts = [
            f"{listing([titled(str(name), names or {}) for name in found])} "
            f"{'is' if len(found) == 1 else 'are'} {verdict}"
            for verdict in ("above", "below")
            if len(found := own.loc[own["verdict"] == verdict, "segment_id"])
        ]
        told = (
            "; ".join(parts) or f"none of {plural(len(own), 'segment')} is clearly above or below"
        )
        benchmark = float(own["benchmark"].iloc[0])
        words = kpi_name(str(kpi))
        given = percent(benchmark) if words.startswith("share") else number(benchmark)
        given = amount(benchmark, currency) if kpi in money else given
        said.append(f"Beside the benchmark of {given} for {words}, {told}.")
    return " ".join(said)


def _mean(values: FloatArray, level: float, seed: int) -> Interval:
    if len(values) and np.isin(values, (0.0, 1.0)).all():
        return wilson_interval(int(values.sum()), len(values), level=level)
    return mean_interval(values, seed=seed, draws=_DRAWS, level=level)


def _verdict(mean: Interval, customers: int, benchmark: float) -> str:
    if customers < _SMALLEST:
        return "too few to tell"
    if mean.low > benchmark:
        return "above"
    return "below" if mean.high < benchmark else "about"
