"""Features that fall into two modes by themselves, which a search over all features overlooks.

Two groups that differ in one feature of many are hardly seen by tests of all features at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from diptest import diptest  # type: ignore[import-untyped]

from segmentation_lib.stats.arrays import FloatArray, sample_rows
from segmentation_lib.stats.intervals import holm

__all__ = ["ModesTest", "two_modes"]

_SAMPLE_SIZE = 20_000
# A value held by m of n rows makes a dip of m / 2n by itself, and a dip of about 0.6 over the
# square root of n is significant: rarer values cannot pass for a mode.
_ATOM = 0.5
_FEWEST_ROWS = 100
_FEWEST_VALUES = 3
_SMALLEST_PART = 0.2


@dataclass(frozen=True)
class ModesTest:
    """Whether one feature has more than one mode.

    Attributes:
        name: The feature.
        dip: Hartigan's dip; NaN when too few rows are left without the atoms.
        p_value: Its p-value; NaN like the dip.
        p_corrected: The p-value after Holm's correction for all features that were tested.
        rows: Rows that were tested.
    """

    name: str
    dip: float
    p_value: float
    p_corrected: float
    rows: int


def two_modes(
    values: FloatArray, names: Sequence[str], *, seed: int | Sequence[int]
) -> tuple[ModesTest, ...]:
    """Test every feature for more than one mode with Hartigan's dip test.

    In its own units and, where all values are positive, in logarithms, corrected for two tries.
    Not in the model's space: a stronger transform makes two modes of one. Whole numbers are
    spread by up to half a unit; their smallest value, such as none or one order, is left out. Of
    other features, single values that many rows hold (zero, a half among shares) are left out: a
    value is no mode.

    Args:
        values: Matrix of shape (rows, features); NaN where a value is missing.
        names: Name of each feature.
        seed: Seed of the sample and of the spreading.

    Returns:
        A test per feature, in their order.

    Source: Hartigan & Hartigan 1985; Holm 1979. The dip test is valid for any one-moded density.
    """
    branch = (seed,) if isinstance(seed, int) else tuple(seed)
    rows = sample_rows(len(values), _SAMPLE_SIZE, seed=(*branch, 1))
    rng = np.random.default_rng((*branch, 2))
    found = [_dip(values[rows, column], rng) for column in range(values.shape[1])]
    corrected = holm([p_value for _, p_value, _ in found])
    return tuple(
        ModesTest(name, dip, p_value, float(p_corrected), used)
        for name, (dip, p_value, used), p_corrected in zip(names, found, corrected, strict=True)
    )


def _dip(column: FloatArray, rng: np.random.Generator) -> tuple[float, float, int]:
    """Dip, p-value and rows used of one feature."""
    scales = _scales(column[np.isfinite(column)], rng)
    used = len(scales[0])
    if used < max(_FEWEST_ROWS, _SMALLEST_PART * len(column)):
        return float("nan"), float("nan"), used
    p_value, dip = min(tuple(map(float, diptest(scale)))[::-1] for scale in scales)
    return dip, min(1.0, len(scales) * p_value), used


def _scales(known: FloatArray, rng: np.random.Generator) -> list[FloatArray]:
    """The feature without its atoms, in its own units and, if positive, in logarithms."""
    whole = bool((known == np.floor(known)).all())
    if whole:
        kept = known[known > known.min(initial=np.inf)]
        if len(np.unique(kept)) < _FEWEST_VALUES:
            kept = kept[:0]
        low, high = kept - 0.5, kept + 0.5
    else:
        _, place, count = np.unique(known, return_inverse=True, return_counts=True)
        kept = known[count[place] < max(_ATOM * np.sqrt(len(known)), 2.0)]
        low = high = kept
    even = rng.random(len(kept))
    scales = [np.asarray(low + even * (high - low), dtype=np.float64)]
    if (low > 0).all():
        # Even in logarithms as well, or each whole number would be a small mode.
        scales.append(np.asarray(np.log(low) + even * np.log(high / low), dtype=np.float64))
    return scales
