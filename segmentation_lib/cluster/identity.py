"""Permanent IDs: which segments of a fit are the segments that people already know.

An algorithm numbers its groups anew at every fit. They are matched to the registered segments by
the customers they share, at the same day: the previous period's close is this period's open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.cluster.changes import MOST, Comparison, describe_changes, share_of
from segmentation_lib.cluster.model import Model
from segmentation_lib.cluster.registry import Registry, segment_id
from segmentation_lib.cluster.score import score
from segmentation_lib.cluster.transforms import active
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.stats.agreement import jaccard_table, match_groups
from segmentation_lib.stats.arrays import FloatArray, IntArray
from segmentation_lib.stats.indices import group_means

__all__ = ["Matching", "match_segments"]

_SAME_JACCARD = 0.3
# Nearness of centres decides between pairs that share equally many customers, never against them.
_NEARNESS = 1e-6


@dataclass(frozen=True)
class Matching:
    """Which permanent ID each segment of a new fit has, and what changed.

    Attributes:
        segment_ids: One ID per segment of the fit, in its order.
        changes: One row per change: ``segment_id, change, from_segment_id, overlap, sentence``.
            ``change`` is kept, split, merged, new or retired; a merged row's ``segment_id`` is
            the segment that took in ``from_segment_id``. ``overlap`` is the Jaccard index of a
            kept pair, the share of a split segment that came from its parent, the share of a
            merged segment that went into the other, and missing otherwise.
        registry: The register as it will stand when this fit is adopted.
    """

    segment_ids: tuple[str, ...]
    changes: pd.DataFrame
    registry: Registry


def match_segments(
    model: Model,
    features: pd.DataFrame,
    *,
    registry: Registry,
    period: str,
    previous_assignments: pd.DataFrame | None = None,
    previous_model: Model | None = None,
) -> Matching:
    """Match the segments of a new fit to the registered ones.

    Pairs are matched one to one so that their Jaccard indices over shared customers sum to the
    most (the Hungarian method). A pair is the same segment if its Jaccard is at least 0.3, or one
    side holds at least half of the other. An unmatched new segment that came for at least half
    from one old segment is split from it; an unmatched old one of which at least half is now in
    one segment has merged into it (after MONIC, Spiliopoulou et al. 2006).

    Args:
        model: The new model; its own IDs do not count.
        features: The features it was fitted on: ``customer_id, state`` and features.
        registry: The adopted register; an empty one in the first period.
        period: Name of this period.
        previous_assignments: Last period's ``customer_id, segment_id`` as of its close.
        previous_model: The adopted model; its frozen space decides between equal matches, and
            stands in where the two periods have no customer in common.

    Raises:
        ContractError: The previous assignments name segments that are not registered as active.
    """
    customers = active(features)
    now = _labels(model, customers)
    old = [segment.id for segment in registry.active]
    before = _previous_labels(customers, previous_assignments, old)
    shared = _shared(before, now, len(old), model.k)
    distances = _centre_distances(model, customers, now, previous_model, old)
    matched = _match(shared, distances)
    sizes = np.bincount(now[now >= 0], minlength=model.k)
    ids, next_number = _permanent_ids(matched, sizes, registry)
    before_and_now = Comparison(
        old=registry.active,
        as_of=model.as_of,
        ids=ids,
        sizes=sizes,
        shared=shared,
        matched=matched,
    )
    changes = describe_changes(before_and_now)
    successors = {
        str(row.from_segment_id): str(row.segment_id)
        for row in changes.itertuples()
        if row.change == "merged"
    }
    proposed = registry.advance(
        ids, period=period, as_of=model.as_of, next_number=next_number, successors=successors
    )
    return Matching(ids, changes, proposed)


def _permanent_ids(
    matched: IntArray, sizes: IntArray, registry: Registry
) -> tuple[tuple[str, ...], int]:
    """IDs of the new segments, and the next free number; new IDs go to larger segments first."""
    heirs = {int(new): registry.active[old].id for old, new in enumerate(matched) if new >= 0}
    number = registry.next_number
    for new in np.argsort(-sizes, kind="stable"):
        if int(new) not in heirs:
            heirs[int(new)] = segment_id(number)
            number += 1
    return tuple(heirs[new] for new in range(len(sizes))), number


def _labels(model: Model, customers: pd.DataFrame) -> IntArray:
    places = {id: place for place, id in enumerate(model.segment_ids)}
    assigned = score(model, customers).set_index("customer_id")["segment_id"].map(places)
    ordered = assigned.reindex(customers["customer_id"].astype("str"))
    return np.asarray(ordered.fillna(-1).to_numpy(dtype=np.int64), dtype=np.int64)


def _previous_labels(
    customers: pd.DataFrame, previous: pd.DataFrame | None, old: Sequence[str]
) -> IntArray:
    if previous is None:
        return np.full(len(customers), -1, dtype=np.int64)
    known = previous.dropna(subset=["segment_id"])
    strangers = sorted(set(known["segment_id"]) - set(old))
    if strangers:
        raise ContractError(
            [
                Fault(
                    "previous assignments",
                    f"they name {', '.join(strangers)}",
                    "the register holds no active segment of that name",
                    "Adopt the previous run first (segment adopt), or restore its register.",
                    "registry_mismatch",
                )
            ]
        )
    places = known.set_index(known["customer_id"].astype("str"))["segment_id"].map(
        {id: place for place, id in enumerate(old)}
    )
    ordered = places.reindex(customers["customer_id"].astype("str"))
    return np.asarray(ordered.fillna(-1).to_numpy(dtype=np.int64), dtype=np.int64)


def _shared(before: IntArray, now: IntArray, k_old: int, k: int) -> IntArray:
    both = (before >= 0) & (now >= 0)
    table = np.zeros((k_old, k), dtype=np.int64)
    np.add.at(table, (before[both], now[both]), 1)
    return table


def _centre_distances(
    model: Model,
    customers: pd.DataFrame,
    now: IntArray,
    previous: Model | None,
    old: Sequence[str],
) -> FloatArray | None:
    """Distances between old centres and new means, both in the old model's frozen space."""
    if previous is None or set(previous.transforms.names) != set(model.transforms.names):
        return None
    X = previous.transforms.matrix(customers)
    usable = (now >= 0) & ~np.isnan(X).any(axis=1)
    means = group_means(X[usable], now[usable], model.k)
    centres = dict(zip(previous.segment_ids, previous.centres, strict=True))
    unknown = np.full(X.shape[1], np.nan)
    placed = np.array([centres.get(id, unknown) for id in old]).reshape(len(old), X.shape[1])
    distances: FloatArray = np.sqrt(((placed[:, None] - means[None]) ** 2).sum(axis=-1))
    return distances


def _match(shared: IntArray, distances: FloatArray | None) -> IntArray:
    """For each old segment the new one it lives on in, or -1."""
    if not shared.size:
        return np.full(len(shared), -1, dtype=np.int64)
    if not shared.any():
        return _match_centres(shared, distances)
    jaccard = jaccard_table(shared)
    gain = jaccard + _nearness(shared, distances)
    matched = match_groups(gain)
    for old, new in enumerate(matched):
        if new < 0:
            continue
        most = max(share_of(shared[old], new), share_of(shared[:, new], old))
        if jaccard[old, new] < _SAME_JACCARD and most < MOST:
            matched[old] = -1
    return matched


def _nearness(shared: IntArray, distances: FloatArray | None) -> FloatArray:
    if distances is None:
        return np.zeros(shared.shape)
    nearness: FloatArray = _NEARNESS / (1.0 + np.nan_to_num(distances, nan=np.inf))
    return nearness


def _match_centres(shared: IntArray, distances: FloatArray | None) -> IntArray:
    """Without a customer in common: a new mean is the segment whose centre is by far nearest."""
    nobody = np.full(len(shared), -1, dtype=np.int64)
    if distances is None or np.isnan(distances).any() or min(shared.shape) < 2:
        return nobody
    matched = match_groups(-distances)
    for old, new in enumerate(matched):
        others = np.delete(distances[:, new], old)
        if new >= 0 and distances[old, new] <= others.min() / 2:
            nobody[old] = new
    return nobody
