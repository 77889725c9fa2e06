"""Is a mean the same in all periods, or did it peak once, grow or fade: a test by permutation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segmentation_lib.stats.arrays import FloatArray, IntArray, sample_rows, spawn_seeds

__all__ = ["Steadiness", "steadiness_test"]

# Rows that are permuted at most; more would sharpen no verdict.
_ROWS = 2_000


@dataclass(frozen=True)
class Steadiness:
    """Means over periods, and whether they differ by more than chance.

    Attributes:
        means: Mean of each period, the most recent first, over the rows known in it.
        peak: The period that stands out most upwards, beside what its rows have in others.
        peak_p: p-value that any period stands out upwards as much by chance.
        trend: 1 when later periods are higher, -1 when lower, 0 when neither.
        trend_p: p-value of the trend.
    """

    means: FloatArray
    peak: int
    peak_p: float
    trend: int
    trend_p: float


def steadiness_test(
    values: FloatArray,
    known: IntArray,
    *,
    seed: int | Sequence[int],
    permutations: int = 999,
) -> Steadiness:
    """Test that each row's values have no order in time, by permuting them within the row.

    A row keeps its own level, so that rows of different size and rows that joined later do not
    make a trend.

    Args:
        values: Shape (rows, periods), the most recent period first.
        known: Periods in which each row was known, counted from the most recent one, 1 or more.
        seed: Seed of the permutations, and of the sample of at most 2,000 rows.
        permutations: Number of permutations.

    Raises:
        ValueError: Fewer than three periods, or a period in which no row was known.

    Source: permutation of repeated measures, Good 2005, chapter 6; the largest of several
    statistics by Westfall & Young 1993.
    """
    periods = values.shape[1]
    if periods < 3:
        raise ValueError(f"values have {periods} periods, must be at least 3")
    counts = (known[:, None] > np.arange(periods)).sum(axis=0)
    if not counts.all():
        raise ValueError("a period has no known row; leave that period out")
    there = known[:, None] > np.arange(periods)
    means = np.where(there, values, 0.0).sum(axis=0) / counts
    sampled, permuted = spawn_seeds(seed, 2)
    rows = sample_rows(len(values), _ROWS, seed=sampled)
    blocks = _blocks(values[rows], known[rows])
    rng = np.random.default_rng(permuted)
    observed = _sums(blocks, periods, None)
    drawn = np.array([_sums(blocks, periods, rng) for _ in range(permutations)])
    expected = _expected(blocks, periods)
    spread = drawn.std(axis=0)
    scale = np.where(spread > 0, spread, np.inf)
    heights = np.vstack([observed, drawn]) - expected
    peaks = (heights / scale).max(axis=1)
    # Time runs from the last period to the first; each row's own mean is out already.
    time = np.arange(periods)[::-1] - (periods - 1) / 2
    slopes = (heights / np.maximum(_sizes(blocks, periods), 1)) @ time
    tiny = 1e-9 * max(float(np.abs(slopes).max()), 1e-300)
    return Steadiness(
        means=means,
        peak=int((heights[0] / scale).argmax()),
        peak_p=_share(peaks >= peaks[0] - 1e-9),
        trend=int(np.sign(slopes[0])) if abs(slopes[0]) > tiny else 0,
        trend_p=_share(np.abs(slopes) >= abs(slopes[0]) - tiny),
    )


def _share(as_extreme: np.ndarray) -> float:
    # The observed order is one of the orders, and is as extreme as itself.
    return float(as_extreme.mean())


def _blocks(values: FloatArray, known: IntArray) -> list[FloatArray]:
    """Rows known equally long, without the periods in which they were not."""
    periods = values.shape[1]
    long = np.minimum(known, periods)
    return [values[long == number, :number] for number in np.unique(long) if number > 0]


def _sums(blocks: list[FloatArray], periods: int, rng: np.random.Generator | None) -> FloatArray:
    sums = np.zeros(periods)
    for block in blocks:
        rows = block if rng is None else rng.permuted(block, axis=1)
        sums[: block.shape[1]] += rows.sum(axis=0)
    return sums


def _expected(blocks: list[FloatArray], periods: int) -> FloatArray:
    expected = np.zeros(periods)
    for block in blocks:
        expected[: block.shape[1]] += block.sum() / block.shape[1]
    return expected


def _sizes(blocks: list[FloatArray], periods: int) -> FloatArray:
    sizes = np.zeros(periods)
    for block in blocks:
        sizes[: block.shape[1]] += len(block)
    return sizes
