"""Whoever stands on a border keeps a segment: moves need a clear lead in several runs in a row."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation_lib.cluster import Model, ScoringRule, nearest_segment
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.stats.arrays import FloatArray, IntArray

__all__ = ["NEARER", "RUNS", "Held", "Settled", "clearly_nearer", "hold", "settle"]

NEARER = 0.8
RUNS = 2
_STATE = ("external_id", "current", "candidate", "runs")


@dataclass(frozen=True)
class Held:
    """Where customers stand after a run, as places of segments; -1 is no segment.

    Attributes:
        current: The segment each customer is in.
        candidate: The segment that was clearly nearer, while it waits for its next run.
        runs: Runs in a row in which the candidate was clearly nearer, 0 without one.
    """

    current: IntArray
    candidate: IntArray
    runs: IntArray


@dataclass(frozen=True)
class Settled:
    """What a nightly run leaves behind.

    Attributes:
        state: ``external_id, current, candidate, runs``, one row per customer of the run, by
            ``external_id``; a missing ``current`` is no segment. The next run needs it.
        moves: ``external_id, from_segment_id, to_segment_id, reason`` of those whose segment
            changed, by ``external_id``. Reasons: ``new`` (had no segment), ``rule`` (another one
            was clearly nearer long enough), ``refit`` (the model no longer has the old one),
            ``left`` (can no longer be in any).
    """

    state: pd.DataFrame
    moves: pd.DataFrame


def settle(
    model: Model,
    features: pd.DataFrame,
    state: pd.DataFrame | None,
    *,
    nearer: float = NEARER,
    runs: int = RUNS,
    retired: Collection[str] = (),
) -> Settled:
    """Score customers, and move only those with a clear reason.

    Customers without a segment enter the nearest at once, as do those whose segment is retired;
    one who is no longer ACTIVE, or lacks a value that the model needs, leaves at once. Everyone
    else moves as `hold` says. Call it once per day that is scored: a second call with the state
    that it returned counts as a second run.

    Args:
        model: The adopted model.
        features: One row per customer: ``customer_id``, ``state`` and the model's features.
        state: What the last run returned; None in the first.
        nearer: A segment is clearly nearer at less than this part of the distance, in (0, 1].
        runs: Runs in a row that it takes, at least 1.
        retired: IDs that may still stand in the state although the model has them no longer.

    Raises:
        ContractError: The features do not fit the model, a customer stands twice in a table, or
            the state names a segment that is neither in the model nor retired.
    """
    model.check(features)
    ids = pd.Index(features["customer_id"].astype("str"), name="external_id")
    before = _before(model, ids, state, retired)
    distances = model.rule.distances(model.transforms.matrix(features))
    distances[(features["state"] != "ACTIVE").to_numpy()] = np.nan
    held = hold(before.places, distances, model.rule, nearer=nearer, runs=runs)
    names = np.array([*model.segment_ids, None], dtype=object)
    after = pd.DataFrame(
        {
            "external_id": ids.to_numpy(),
            "current": names[held.current],
            "candidate": names[held.candidate],
            "runs": held.runs,
        }
    ).astype({"external_id": "str", "current": "str", "candidate": "str"})
    moves = _moves(before, after, held)
    return Settled(after.sort_values("external_id", ignore_index=True), moves)


def hold(
    before: Held,
    distances: FloatArray,
    rule: ScoringRule,
    *,
    nearer: float = NEARER,
    runs: int = RUNS,
) -> Held:
    """Take one run's scores into account.

    A candidate stays one while it is clearly nearer than the segment the customer is in, even
    when a third one is nearest tonight: so nobody is kept in a far segment by two others that
    take turns. The customer moves to it after enough runs in a row.

    Args:
        before: Where customers stood before.
        distances: D of each customer and segment, shape (customers, k), from
            `ScoringRule.distances`; NaN for who can be in no segment.
        rule: The rule that gave the distances.
        nearer: As in `settle`.
        runs: As in `settle`.

    Raises:
        ValueError: ``nearer`` is not in (0, 1], or ``runs`` is under 1.
    """
    if not 0 < nearer <= 1:
        raise ValueError(f"nearer = {nearer}, must be above 0 and at most 1")
    if runs < 1:
        raise ValueError(f"runs = {runs}, must be at least 1")
    nearest = nearest_segment(distances)
    stays = (nearest >= 0) & (before.current >= 0)
    own = _of(distances, before.current)
    still = clearly_nearer(rule, _of(distances, before.candidate), own, nearer=nearer)
    still &= stays & (before.candidate >= 0)
    fresh = clearly_nearer(rule, _of(distances, nearest), own, nearer=nearer)
    fresh &= stays & (nearest != before.current)
    candidate = np.where(still, before.candidate, np.where(fresh, nearest, -1))
    counted = np.where(still, before.runs + 1, np.where(fresh, 1, 0))
    moves = counted >= runs
    current = np.where(stays, np.where(moves, candidate, before.current), nearest)
    return Held(
        current=current.astype(np.int64),
        candidate=np.where(moves, -1, candidate).astype(np.int64),
        runs=np.where(moves, 0, counted).astype(np.int64),
    )


def clearly_nearer(
    rule: ScoringRule, new: FloatArray, old: FloatArray, *, nearer: float = NEARER
) -> NDArray[np.bool_]:
    """Return whether D of a new segment is clearly below D of the old one; not where one is NaN.

    Around centres D is a squared distance, and the new distance must be under ``nearer`` times
    the old one. For a mixture or latent classes only differences of D have a meaning: D_old -
    D_new is twice the log of how many times likelier the new segment is. There the lead must be
    (1 - nearer^2) times the number of columns. That is the same lead for the typical customer,
    whose squared distance is about 1 per column, in units of the variance within segments.

    Args:
        rule: The rule that gave the scores.
        new: D of the new segment, shape (customers,).
        old: D of the old segment.
        nearer: As in `settle`.
    """
    part = nearer * nearer
    if rule.nearest_centre:
        return np.asarray(new < part * old)
    columns = int((rule.precisions > 0).any(axis=0).sum())
    return np.asarray((old - new > (1.0 - part) * columns) & (new < old))


@dataclass(frozen=True)
class _Before:
    places: Held
    names: pd.Series
    gone: NDArray[np.bool_]


def _before(
    model: Model, ids: pd.Index, state: pd.DataFrame | None, retired: Collection[str]
) -> _Before:
    if state is None:
        state = pd.DataFrame({name: pd.Series(dtype="str") for name in _STATE[:3]}).assign(runs=0)
    _check(model, ids, state, retired)
    row = pd.Index(state["external_id"].astype("str")).get_indexer(ids)
    known = row >= 0
    segments = pd.Index(model.segment_ids)

    def at(column: str) -> IntArray:
        places = np.append(segments.get_indexer(pd.Index(state[column], dtype="object")), -1)
        return np.asarray(places[row], dtype=np.int64)

    current, candidate = at("current"), at("candidate")
    names = state["current"].astype("str").reset_index(drop=True).reindex(row)
    names = names.reset_index(drop=True)
    runs = np.append(state["runs"].to_numpy(np.int64), 0)[row]
    runs = np.where(candidate >= 0, runs, 0).astype(np.int64)
    gone = known & (current < 0) & names.notna().to_numpy()
    return _Before(Held(current, candidate, runs), names, gone)


def _check(model: Model, ids: pd.Index, state: pd.DataFrame, retired: Collection[str]) -> None:
    faults = []
    tables = {"features.customer_id": ids, "hysteresis.external_id": state["external_id"]}
    for where, values in tables.items():
        twice = int(pd.Series(values).duplicated().sum())
        if twice:
            fix = "Keep one row per customer."
            rule = "a customer stands in it once"
            faults.append(Fault(where, f"{twice} repeated IDs", rule, fix, "duplicate_key"))
    known = {*model.segment_ids, *retired}
    for segment in sorted(set(state["current"].dropna().unique()) - known):
        faults.append(
            Fault(
                "hysteresis.current",
                f"customers stand in {segment}",
                "a segment must be in the model or retired",
                "Retire the segment in the register, or start from an empty state.",
                "unknown_segment",
            )
        )
    if faults:
        raise ContractError(faults)


def _of(distances: FloatArray, places: IntArray) -> FloatArray:
    """D of one segment per customer; the last one where there is none, which is not looked at."""
    found = np.take_along_axis(distances, places[:, None] % distances.shape[1], axis=1)
    return np.asarray(found[:, 0], dtype=np.float64)


def _moves(before: _Before, after: pd.DataFrame, held: Held) -> pd.DataFrame:
    was, now = before.places.current, held.current
    reason = np.where(was >= 0, "rule", np.where(before.gone, "refit", "new"))
    reason = np.where(now < 0, "left", reason)
    changed = (was != now) | before.gone
    moves: pd.DataFrame = pd.DataFrame(
        {
            "external_id": after["external_id"],
            "from_segment_id": before.names,
            "to_segment_id": after["current"],
            "reason": reason,
        }
    )
    moves = moves[changed].astype({"reason": "str"})
    return moves.sort_values("external_id", ignore_index=True)
