"""Do the segments still hold at the close: frozen model, fresh fit, events, order of the KPIs.

The model of the open is frozen. First its segments are followed to the close, then a common drift
is taken out, and only what remains can be an event. A refit must agree as well as chance lets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from segmentation_lib.cluster import Model, active
from segmentation_lib.stats import (
    Algorithm,
    CommonDrift,
    Event,
    Frozen,
    RefitAgreement,
    common_drift,
    extra_segment,
    lost_segments,
    refit_agreement,
)
from segmentation_lib.stats.arrays import BoolArray, FloatArray, IntArray
from segmentation_lib.validate.drift import mix_drift, moved_features
from segmentation_lib.words import feature_words, listing

__all__ = ["Temporal", "temporal_check"]

Decision = Literal["valid", "recalibrate", "refit", "not assessed"]
# Customers of the close, and of each segment on average: fewer, and a refit finds nothing.
_FEWEST_CUSTOMERS, _FEWEST_OF_EACH = 50, 10
_EVENT_COLUMNS = ["segment_id", "event", "into_segment_id", "share", "sentence"]
# Columns that moved at least this much, in standard deviations within segments, are named.
_NAMED = 0.15


@dataclass(frozen=True)
class Temporal:
    """What the close says about the segments of the open.

    Attributes:
        events: The artefact ``events``: ``segment_id`` (empty for a new segment), ``event``
            (``split``, ``new``, ``merged``, ``died``), ``into_segment_id``, ``share`` of the
            customers of the close, ``sentence``.
        summary: The artefact ``temporal``.
    """

    events: pd.DataFrame
    summary: dict[str, Any]


@dataclass(frozen=True)
class _Close:
    """Both ends of the quarter in the model's space, and who is where."""

    opened: FloatArray
    closed: FloatArray
    known: tuple[pd.Index, pd.Index]

    @classmethod
    def of(cls, model: Model, features_open: pd.DataFrame, features_close: pd.DataFrame) -> _Close:
        points, known = [], []
        for features in (features_open, features_close):
            customers = active(features)
            matrix = model.transforms.matrix(customers)
            scored = ~np.isnan(matrix).any(axis=1)
            points.append(matrix[scored])
            known.append(pd.Index(customers["customer_id"].astype("str").to_numpy()[scored]))
        return cls(points[0], points[1], (known[0], known[1]))

    def seen_from(self, place: int, labels: IntArray) -> IntArray:
        """Return the labels of the other end's customers at this end; -1 where they are not."""
        there = self.known[place].get_indexer(self.known[1 - place])
        return np.where(there >= 0, labels[there], -1)


def temporal_check(
    model: Model,
    features_open: pd.DataFrame,
    features_close: pd.DataFrame,
    assignments: tuple[pd.DataFrame, pd.DataFrame],
    algorithm: Algorithm,
    drift: pd.DataFrame,
    *,
    seed: int,
    kpi_order: Sequence[str] | None = None,
    margin: float = 0.03,
    draws: int = 25,
    starts: int = 10,
    sample_size: int = 5000,
    workers: int = 1,
) -> Temporal:
    """Hold the frozen model against the customers of the close.

    Args:
        model: The model, fitted at the open.
        features_open: The artefact ``features_open``.
        features_close: The artefact ``features_close``.
        assignments: The artefacts ``assignments_open`` and ``assignments_close``.
        algorithm: The one that found the segments, for the fresh fits.
        drift: The artefact ``drift``.
        seed: Seed; the result does not depend on ``workers``.
        kpi_order: What `kpi_flips` returned; None in the first quarter.
        margin: A refit may agree this much less than chance refits do.
        draws: Fits of samples of the open.
        starts: Starts of each fit.
        sample_size: Customers of each fit at most.
        workers: Processes to use.

    Returns:
        Events and summary. The summary holds ``frozen_refit_ari``, ``baseline_low``,
        ``common_drift`` (``found``, ``size_sd``, ``columns``), ``mix`` (``psi``,
        ``psi_corrected``, ``p_value``, ``level``), ``moved_features``, ``events`` (their number),
        ``kpi_flips`` (None in the first quarter), ``customers_open``, ``customers_close``,
        ``decision`` (``valid``; ``recalibrate`` after a drift alone; ``refit`` after an event,
        low agreement or a flipped KPI; ``not assessed`` with too few active customers at the
        close, the numbers then empty) and ``sentence``.
    """
    ends = _Close.of(model, features_open, features_close)
    needed = max(_FEWEST_CUSTOMERS, _FEWEST_OF_EACH * model.k)
    if len(ends.closed) < needed:
        return _not_assessed(ends, needed, drift, kpi_order)
    frozen = Frozen.of(ends.opened, model.rule.assign, k=model.k)
    common = common_drift(
        frozen,
        ends.opened,
        ends.closed,
        seed=np.random.SeedSequence((seed, 61)),
        expected=_ageing_columns(model, drift),
    )
    closed = ends.closed - common.shift
    refit = refit_agreement(
        ends.opened,
        closed,
        model.rule.assign(closed),
        algorithm,
        k=model.k,
        seed=(seed, 63),
        draws=draws,
        starts=starts,
        sample_size=sample_size,
        workers=workers,
    )
    events = _event_table(model, frozen, _found(model, frozen, ends, closed, seed))
    columns = _moved_columns(model, frozen, common)
    decision, sentence = _decision(events, refit, common, columns, drift, kpi_order, margin)
    mix, level = mix_drift(*assignments)
    summary = {
        "customers_open": len(ends.opened),
        "customers_close": len(closed),
        "frozen_refit_ari": refit.adjusted_rand,
        "baseline_low": refit.baseline_low,
        "common_drift": {"found": common.found, "size_sd": common.size, "columns": columns},
        "mix": {
            "psi": mix.psi,
            "psi_corrected": mix.corrected,
            "p_value": mix.p_value,
            "level": level,
        },
        "moved_features": moved_features(drift),
        "events": len(events),
        "kpi_flips": None if kpi_order is None else list(kpi_order),
        "decision": decision,
        "sentence": sentence,
    }
    return Temporal(events, summary)


def _not_assessed(
    ends: _Close, needed: int, drift: pd.DataFrame, kpi_order: Sequence[str] | None
) -> Temporal:
    decision: Decision = "not assessed"
    unknown = dict.fromkeys(("psi", "psi_corrected", "p_value"))
    summary: dict[str, Any] = {
        "customers_open": len(ends.opened),
        "customers_close": len(ends.closed),
        "frozen_refit_ari": None,
        "baseline_low": None,
        "common_drift": {"found": False, "size_sd": None, "columns": []},
        "mix": {**unknown, "level": decision},
        "moved_features": moved_features(drift),
        "events": 0,
        "kpi_flips": None if kpi_order is None else list(kpi_order),
        "decision": decision,
        "sentence": "Too few customers are active at the end of the quarter to see whether the "
        f"segments still hold; at least {needed} are needed.",
    }
    return Temporal(_events([]), summary)


def _found(
    model: Model, frozen: Frozen, ends: _Close, closed: FloatArray, seed: int
) -> list[Event]:
    """Return the events between open and close, a common drift already subtracted."""
    before, after = model.rule.assign(ends.opened), model.rule.assign(closed)
    lost = lost_segments(frozen, after, (before, ends.seen_from(1, after)))
    extra = extra_segment(
        frozen,
        ends.opened,
        closed,
        ends.seen_from(0, before),
        seed=np.random.SeedSequence((seed, 62)),
    )
    return [*lost, *([extra] if extra is not None else [])]


def _ageing_columns(model: Model, drift: pd.DataFrame) -> BoolArray:
    ageing = set(drift.loc[drift["ages"].astype("bool"), "feature"])
    return np.array(
        [feature.name in ageing for feature in model.features for _ in feature.columns], dtype=bool
    )


def _moved_columns(model: Model, frozen: Frozen, common: CommonDrift) -> list[str]:
    """Return the features that a common drift moved, the one that moved most first."""
    if not common.found:
        return []
    moved = np.abs(common.shift) / np.where(frozen.within > 0, frozen.within, 1.0)
    owners = [feature.name for feature in model.features for _ in feature.columns]
    order = [owners[place] for place in np.argsort(-moved, kind="stable") if moved[place] > _NAMED]
    return list(dict.fromkeys(order or [owners[int(moved.argmax())]]))


def _event_table(model: Model, frozen: Frozen, found: Sequence[Event]) -> pd.DataFrame:
    ids = (*model.segment_ids, None)
    rows = [
        (ids[event.segment], event.kind, ids[event.into], event.share,
         _event_sentence(model, frozen, event))
        for event in found
    ]  # fmt: skip
    return _events(rows)


def _events(rows: Sequence[tuple[str | None, str, str | None, float, str]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=_EVENT_COLUMNS).astype({"share": "float64"})
    return table.sort_values(["event", "segment_id"], ignore_index=True)


def _event_sentence(model: Model, frozen: Frozen, event: Event) -> str:
    ids = model.segment_ids
    if event.kind == "merged":
        return (
            f"{ids[event.segment]} has dissolved: most of its customers are now in "
            f"{ids[event.into]}, and {event.share:.1%} of all customers are left in it."
        )
    if event.kind == "died":
        return (
            f"{ids[event.segment]} has ended: {event.share:.1%} of all customers are left in "
            "it, and most of the others are in no single segment."
        )
    where = _where(model, frozen, event)
    if event.kind == "split":
        return (
            f"{ids[event.segment]} has split: a group of {event.share:.0%} of all customers, most "
            f"of them from it, now stands apart{where}."
        )
    return (
        f"A new segment has appeared: {event.share:.0%} of all customers, most of them newcomers, "
        f"stand apart from every segment{where}."
    )


def _where(model: Model, frozen: Frozen, event: Event) -> str:
    """Name the feature in which a group differs most from the segment it came from, or from all."""
    if event.centre is None:
        return ""
    average = frozen.sizes @ frozen.centres / frozen.sizes.sum()
    base = frozen.centres[event.segment] if event.kind == "split" else average
    gap = (event.centre - base) / np.where(frozen.within > 0, frozen.within, 1.0)
    owners = [feature.name for feature in model.features for _ in feature.columns]
    most = int(np.abs(gap).argmax())
    return f", most of all in {feature_words(owners[most])}"


def _decision(
    events: pd.DataFrame,
    refit: RefitAgreement,
    common: CommonDrift,
    columns: Sequence[str],
    drift: pd.DataFrame,
    kpi_order: Sequence[str] | None,
    margin: float,
) -> tuple[Decision, str]:
    if len(events):
        return "refit", " ".join(
            ["At the end of the quarter the segments have changed.", *events["sentence"]]
        )
    if refit.adjusted_rand < refit.baseline_low - margin:
        moved = moved_features(drift)
        blame = f" Most moved: {_words(moved)}." if moved else ""
        return "refit", (
            "Segments made anew at the end of the quarter are others than those made before it: "
            f"they agree by {refit.adjusted_rand:.2f} of 1, and chance alone leaves at least "
            f"{refit.baseline_low:.2f}.{blame}"
        )
    if kpi_order:
        return "refit", " ".join(
            ["At the end of the quarter segments have changed places in a KPI.", *kpi_order]
        )
    major = moved_features(drift, level="major")
    moved = list(dict.fromkeys([*columns, *major]))
    if common.found or major:
        return "recalibrate", (
            "At the end of the quarter the segments are the same, but customers have moved in "
            f"{_words(moved)}. "
            "Set the scales of the features anew before they are used again."
        )
    return (
        "valid",
        "At the end of the quarter the segments still hold: none split, merged, ended or "
        "appeared, and segments made anew are the same.",
    )


def _words(names: Sequence[str]) -> str:
    return listing([feature_words(name) for name in names])
