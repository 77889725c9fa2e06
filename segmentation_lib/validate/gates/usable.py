"""Is each segment large enough to act on?"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from segmentation_lib.params import Gates
from segmentation_lib.validate.gates.gate import Gate, GateVerdict
from segmentation_lib.words import listing

__all__ = ["usable_gate"]

_FEWEST_SEGMENTS = 2
# Smaller counts are not published.
_SMALL_COUNT = 10


def usable_gate(assignments: pd.DataFrame, gates: Gates, segment_ids: Sequence[str]) -> Gate:
    """Judge whether the segments are large enough to act on.

    Args:
        assignments: The artefact ``assignments_close``.
        gates: Thresholds.
        segment_ids: IDs of all segments of the model: one that nobody is in any more counts, too.
    """
    sizes = assignments["segment_id"].value_counts().reindex(list(segment_ids), fill_value=0)
    needed = max(gates.segment_size, gates.segment_share * sizes.sum())
    small = sorted(str(name) for name in sizes.index[sizes < needed])
    usable = len(sizes) - len(small)
    verdict: GateVerdict = "limits" if small else "go"
    return Gate(
        "usable",
        "Can we act on each of them?",
        verdict if usable >= _FEWEST_SEGMENTS else "no-go",
        "size of the smallest segment",
        _count(int(sizes.min())) if len(sizes) else "none",
        f"at least {needed:,.0f} customers",
        _sentence(sizes, small),
    )


def _sentence(sizes: pd.Series, small: Sequence[str]) -> str:
    if not sizes.any():
        return "Nobody is in any segment at the end of the quarter."
    if not small:
        return "Every segment is large enough to act on."
    empty = [name for name in small if sizes[name] == 0]
    nobody = f" Nobody is in {listing(empty)} at the end of the quarter." if empty else ""
    return f"Too small to act on: {listing(small)}.{nobody}"


def _count(size: int) -> str:
    if size == 0:
        return "no customers"
    return f"fewer than {_SMALL_COUNT} customers" if size < _SMALL_COUNT else f"{size:,} customers"
