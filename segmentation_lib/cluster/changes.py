"""What changed between two periods' segments, told in plain sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from segmentation_lib.cluster.registry import RegisteredSegment
from segmentation_lib.stats.agreement import jaccard_table
from segmentation_lib.stats.arrays import IntArray

__all__ = ["MOST", "Comparison", "describe_changes", "share_of"]

# Half of a segment's customers make it a part of another segment.
MOST = 0.5
_ORDER = ("kept", "split", "new", "merged", "retired")


@dataclass(frozen=True)
class Comparison:
    """The registered segments beside the new ones.

    Attributes:
        old: The registered, active segments.
        as_of: The day on which both models place the same customers.
        ids: Permanent IDs of the new segments.
        sizes: Customers of each new segment, at this period's open.
        shared: Customers in each pair of an old and a new segment, shape (old, new).
        matched: For each old segment the new one it lives on in, or -1.
    """

    old: tuple[RegisteredSegment, ...]
    as_of: date
    ids: tuple[str, ...]
    sizes: IntArray
    shared: IntArray
    matched: IntArray

    def size(self, new: int) -> str:
        """Size of a new segment, as it is printed."""
        return f"{self.sizes[new]:,} customers ({self.sizes[new] / self.sizes.sum():.0%})"

    def label(self, id: str) -> str:
        """The ID, with the name if a person gave one."""
        return next((segment.label for segment in self.old if segment.id == id), id)


@dataclass(frozen=True)
class _Change:
    segment_id: str
    change: str
    from_segment_id: str | None
    overlap: float
    sentence: str


def describe_changes(pairs: Comparison) -> pd.DataFrame:
    """Return one row per change: ``segment_id, change, from_segment_id, overlap, sentence``.

    Args:
        pairs: The registered segments beside the new ones.
    """
    parents = {int(new): old for old, new in enumerate(pairs.matched) if new >= 0}
    changes = [
        _kept(pairs, parents[new], new) if new in parents else _arrived(pairs, new)
        for new in range(len(pairs.ids))
    ]
    changes += [_departed(pairs, old) for old, new in enumerate(pairs.matched) if new < 0]
    changes.sort(key=lambda row: (_ORDER.index(row.change), row.segment_id, row.sentence))
    frame = pd.DataFrame(changes, columns=list(_Change.__dataclass_fields__))
    text = ["segment_id", "change", "from_segment_id", "sentence"]
    return frame.astype({**dict.fromkeys(text, "str"), "overlap": "float64"})


def _kept(pairs: Comparison, old: int, new: int) -> _Change:
    id = pairs.ids[new]
    before, common = int(pairs.shared[old].sum()), int(pairs.shared[old, new])
    if not before:
        sentence = (
            f"{pairs.label(id)} is kept, by the place of its centre: "
            "the two periods share none of its customers."
        )
        return _Change(id, "kept", id, float("nan"), sentence)
    day = f"{pairs.as_of.day} {pairs.as_of:%B}"
    sentence = (
        f"{pairs.label(id)} is kept: on {day}, the new model puts {_part(common, before)} of last "
        f"quarter's {id} customers in {id} again."
    )
    return _Change(id, "kept", id, float(jaccard_table(pairs.shared)[old, new]), sentence)


def _arrived(pairs: Comparison, new: int) -> _Change:
    id, sources = pairs.ids[new], pairs.shared[:, new]
    if not pairs.old:
        sentence = f"{id} is one of the first segments: {pairs.size(new)}."
        return _Change(id, "new", None, float("nan"), sentence)
    largest = int(np.argmax(sources))
    share = share_of(sources, largest)
    if share >= MOST:
        parent = pairs.old[largest]
        sentence = (
            f"{id} has split from {parent.label}: {share:.0%} of its customers came from there. "
            f"It has {pairs.size(new)}."
        )
        return _Change(id, "split", parent.id, share, sentence)
    sentence = f"{id} is new: it came from no single segment. It has {pairs.size(new)}."
    return _Change(id, "new", None, float("nan"), sentence)


def _departed(pairs: Comparison, old: int) -> _Change:
    segment, targets = pairs.old[old], pairs.shared[old]
    largest = int(np.argmax(targets))
    share = share_of(targets, largest)
    if share >= MOST:
        into = pairs.ids[largest]
        sentence = (
            f"{segment.label} has merged into {pairs.label(into)}: {share:.0%} of its "
            f"{targets.sum():,} customers are there now."
        )
        return _Change(into, "merged", segment.id, share, sentence)
    sentence = f"{segment.label} is retired: "
    if targets.sum():
        sentence += f"its {targets.sum():,} customers are now spread over other segments."
    else:
        sentence += "none of its customers are still being segmented."
    return _Change(segment.id, "retired", None, float("nan"), sentence)


def _part(some: int, all: int) -> str:
    """A share in words; only all of them are 100 %."""
    if some == all:
        return "all"
    return "over 99%" if some / all >= 0.995 else f"{some / all:.0%}"


def share_of(counts: IntArray, place: int) -> float:
    """Return the share of one count in all of them; 0 if there are none."""
    total = int(counts.sum())
    return float(counts[place] / total) if total else 0.0
