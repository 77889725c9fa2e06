"""Whether two groups moved together before a date: without that, no comparison after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.implement.effects.gaps import Scale, gap_changes
from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray

__all__ = ["FEWEST_BLOCKS", "PretrendCheck", "check_pretrend"]

FEWEST_BLOCKS = 3
_DRAWS = 20_000
# Quantile of the normal law for a power of four in five.
_POWER = 0.8416
_COLUMNS = ["check", "blocks_back", "change", "error", "p_value"]


@dataclass(frozen=True)
class PretrendCheck:
    """What the blocks before the date say.

    Attributes:
        table: One row per check: ``check`` (``trend``: the gap grows or shrinks steadily;
            ``chosen``: it jumps in the blocks by which the groups may have been chosen;
            ``placebo``: it jumps at an earlier date), ``blocks_back`` (blocks between a placebo
            date and the date), ``change`` of the gap, its standard ``error`` and the ``p_value``,
            which allows for all checks together.
        verdict: ``together``, ``trend``, ``chosen``, ``placebo`` (the check that speaks the
            loudest against it) or ``too short``.
        p_value: Smallest p-value.
        unseen: Difference after the date that a steady drift could make, of a size that four of
            five such checks would still have found; on the scale of the comparison (of
            logarithms on the scale ``ratio``).
    """

    table: pd.DataFrame
    verdict: str
    p_value: float
    unseen: float

    @property
    def is_credible(self) -> bool:
        """Whether nothing speaks against the groups having moved together."""
        return self.verdict == "together"


def check_pretrend(
    blocks: FloatArray,
    treated: BoolArray,
    *,
    scale: Scale,
    chosen: BoolArray | None = None,
    clusters: IntArray | None = None,
    weights: FloatArray | None = None,
    alpha: float = 0.05,
    seed: int | Sequence[int] = 0,
) -> PretrendCheck:
    """Test that the gap between two groups stood still before a date.

    Three things spoil a comparison: the groups were already drifting apart, something else came
    at an earlier date, or the treated were chosen by a good (or bad) time just before, which
    passes by itself (regression to the mean). All are changes of the gap between blocks before
    the date. They are tested at once, by the largest of Student's statistics under their common
    distribution (Hothorn, Bretz and Westfall 2008), so groups that do move together are refused
    in a share ``alpha`` of cases only, however many blocks there are.

    Args:
        blocks: What each customer did in each block before the date, oldest first, shape
            (customers, blocks).
        treated: Who was treated, shape (customers,).
        scale: ``ratio`` or ``difference``, as in the comparison itself.
        chosen: Blocks by which the groups may have been chosen; None for the last one.
        clusters: Number of the cluster of each customer; None for each customer alone.
        weights: Weight of each customer; None for equal weights.
        alpha: Share of sound comparisons that may be refused.
        seed: Seed of the common distribution.

    Raises:
        ValueError: As `gap_changes`.
    """
    count = blocks.shape[1]
    last = np.arange(count) == count - 1
    chosen = last if chosen is None else np.asarray(chosen, bool)
    if count < FEWEST_BLOCKS or chosen.all():
        return PretrendCheck(
            pd.DataFrame(columns=_COLUMNS), "too short", float("nan"), float("nan")
        )
    names, back, contrasts = _contrasts(count, chosen)
    changes = gap_changes(
        blocks, treated, contrasts, scale=scale, clusters=clusters, weights=weights
    )
    errors = changes.errors
    if not (errors > 0).any():
        return PretrendCheck(
            pd.DataFrame(columns=_COLUMNS), "too short", float("nan"), float("nan")
        )
    statistics = np.divide(changes.values, errors, out=np.zeros(len(errors)), where=errors > 0)
    largest = _largest(changes.covariance, changes.freedom.min(), seed)
    extreme = (largest[None, :] >= np.abs(statistics)[:, None]).sum(axis=1)
    p_values = (1 + extreme) / (1 + _DRAWS)
    reach = float(np.quantile(largest, 1 - alpha)) + _POWER
    table = pd.DataFrame(
        {"check": names, "blocks_back": back, "change": changes.values, "error": errors,
         "p_value": p_values}
    )  # fmt: skip
    worst = int(np.argmax(np.abs(statistics)))
    verdict = names[worst] if p_values.min() <= alpha else "together"
    drift = reach * float(errors[names.index("trend")]) * _ahead(count)
    return PretrendCheck(table, verdict, float(p_values.min()), drift)


def _contrasts(count: int, chosen: BoolArray) -> tuple[list[str], list[int], FloatArray]:
    """Names, blocks back and weights of all checks, without one that would be there twice."""
    places = np.arange(count)
    rows: list[tuple[str, int, FloatArray]] = [
        ("chosen", count - int(np.argmax(chosen)), _step(chosen)),
        ("trend", count, places - places.mean()),
    ]
    rows += [("placebo", count - cut, _step(places >= cut)) for cut in range(1, count)]
    kept: list[tuple[str, int, FloatArray]] = []
    for name, back, weights in rows:
        if not any(np.allclose(weights, other[2]) for other in kept):
            kept.append((name, back, weights))
    names, distances, contrasts = zip(*kept, strict=True)
    return list(names), list(distances), np.array(contrasts)


def _step(later: BoolArray) -> FloatArray:
    return np.asarray(later / later.sum() - ~later / (~later).sum())


def _ahead(count: int) -> float:
    """How much further a steady drift goes by the date than between later and earlier blocks."""
    places = np.arange(count)
    weights = places - places.mean()
    later, earlier = np.maximum(weights, 0.0), np.maximum(-weights, 0.0)
    between = places @ (later / later.sum() - earlier / earlier.sum())
    return float((count - places.mean()) / between)


def _largest(covariance: FloatArray, freedom: float, seed: int | Sequence[int]) -> FloatArray:
    """Draws of the largest of all statistics, if the gap stood still."""
    errors = np.sqrt(np.diag(covariance))
    scaled = np.divide(1.0, errors, out=np.zeros_like(errors), where=errors > 0)
    correlation = covariance * np.outer(scaled, scaled)
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    rng = np.random.default_rng(seed)
    drawn = rng.standard_normal((_DRAWS, len(errors))) @ root.T
    drawn /= np.sqrt(rng.chisquare(freedom, _DRAWS) / freedom)[:, None]
    return np.asarray(np.abs(drawn).max(axis=1))
