"""The frozen segments beside today's customers: events, common drift, and a fresh fit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from segmentation_lib.cluster.algorithms import algorithm
from segmentation_lib.cluster.model import Model
from segmentation_lib.cluster.transforms import active
from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray
from segmentation_lib.stats.events import Event, extra_segment, lost_segments
from segmentation_lib.stats.frozen import CommonDrift, Frozen, common_drift
from segmentation_lib.stats.refit import RefitAgreement, refit_agreement

__all__ = ["FrozenEvidence", "frozen_evidence"]

# Customers at both ends, and for each segment on average: fewer, and a fresh fit finds nothing.
_FEWEST_CUSTOMERS, _FEWEST_OF_EACH = 50, 10


@dataclass(frozen=True)
class FrozenEvidence:
    """What today's customers say about the segments of the model in use.

    Attributes:
        events: Segments that split, merged or died, and a new one, since last quarter's open;
            places are those of the model's segments.
        drift: The move that all segments have in common since the model was made.
        moved: Features in which they moved, the one that moved most first; empty without a drift.
        agreement: How well a fresh fit agrees with the frozen segments, beside chance refits.
    """

    events: tuple[Event, ...]
    drift: CommonDrift
    moved: tuple[str, ...]
    agreement: RefitAgreement


@dataclass(frozen=True)
class _Day:
    """The customers of one day in the model's space."""

    ids: pd.Index
    points: FloatArray

    @classmethod
    def of(cls, model: Model, features: pd.DataFrame) -> _Day:
        customers = active(features)
        points = model.transforms.matrix(customers)
        scored = ~np.isnan(points).any(axis=1)
        ids = pd.Index(customers["customer_id"].astype("str").to_numpy()[scored])
        return cls(ids, points[scored])

    def seen_from(self, other: _Day, labels: IntArray) -> IntArray:
        """Return this day's labels for the customers of another day; -1 where they are not."""
        there = self.ids.get_indexer(other.ids)
        return np.where(there >= 0, labels[there], -1)


def frozen_evidence(
    model: Model,
    before: pd.DataFrame,
    now: pd.DataFrame,
    *,
    ageing: frozenset[str] = frozenset(),
    seed: int,
    draws: int = 25,
    starts: int = 10,
    sample_size: int = 5000,
) -> FrozenEvidence | None:
    """Hold the model in use against today's customers, by the rules for events of one quarter.

    A drift, and what is left of a segment, are measured since the model was made: what moves a
    little each quarter has moved much after some. A new group must be new since ``before``.

    Args:
        model: The model in use.
        before: The features at last quarter's open.
        now: The features at this quarter's open.
        ageing: Features that move by themselves, as age does; they are no news.
        seed: Seed of the samples and the starts.
        draws: Fits of samples of ``before``.
        starts: Starts of each fit.
        sample_size: Customers of each fit at most.

    Returns:
        The evidence; None with too few customers on one of the days to tell.

    Raises:
        ContractError: One of the tables lacks a feature of the model.
    """
    then, today = _Day.of(model, before), _Day.of(model, now)
    needed = max(_FEWEST_CUSTOMERS, _FEWEST_OF_EACH * model.k)
    if min(len(then.points), len(today.points)) < needed:
        return None
    expected = _columns_of(model, ageing)
    seeds = [np.random.SeedSequence((seed, place)) for place in (71, 72, 73)]
    frozen = Frozen.of(then.points, model.rule.assign, k=model.k)
    step = common_drift(frozen, then.points, today.points, seed=seeds[0], expected=expected)
    made = _as_made(model, frozen, len(then.points))
    drift = common_drift(made, then.points, today.points, seed=seeds[1], expected=expected)
    closed = today.points - step.shift
    labels, after = model.rule.assign(then.points), model.rule.assign(closed)
    lost = lost_segments(made, after, (labels, today.seen_from(then, after)))
    origin = then.seen_from(today, labels)
    extra = extra_segment(frozen, then.points, closed, origin, seed=seeds[2])
    agreement = refit_agreement(
        then.points,
        closed,
        after,
        algorithm(model.algorithm, sample_size=sample_size),
        k=model.k,
        seed=(seed, 74),
        draws=draws,
        starts=starts,
        sample_size=sample_size,
    )
    events = (*lost, *([extra] if extra is not None else []))
    return FrozenEvidence(events, drift, _moved(model, frozen, drift), agreement)


def _as_made(model: Model, frozen: Frozen, rows: int) -> Frozen:
    """The frozen segments with the places and sizes that they were stored with."""
    sizes = np.round(np.array([segment.share for segment in model.segments]) * rows)
    return replace(frozen, centres=model.centres, sizes=sizes.astype(np.int64))


def _columns_of(model: Model, names: frozenset[str]) -> BoolArray:
    owners = [feature.name for feature in model.features for _ in feature.columns]
    return np.array([owner in names for owner in owners], dtype=np.bool_)


def _moved(model: Model, frozen: Frozen, drift: CommonDrift) -> tuple[str, ...]:
    """The features that moved by at least half of the largest move, that one first."""
    if not drift.found:
        return ()
    size = np.abs(drift.shift) / np.where(frozen.within > 0, frozen.within, 1.0)
    owners = [feature.name for feature in model.features for _ in feature.columns]
    order = [place for place in np.argsort(-size, kind="stable") if size[place] >= size.max() / 2]
    return tuple(dict.fromkeys(owners[place] for place in order))
