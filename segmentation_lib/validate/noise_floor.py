"""How many customers would change segment had nobody changed: the noise floor of migration.

Movement is read beside its floor: the moves from open to close in a history in which each
customer's quarter has changed places with an earlier one of their own (see
``segmentation_lib.prepare.still``). Churn is not movement: only customers who are in a segment at
both days, in the real and in the exchanged history, are compared.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from segmentation_lib.cluster import Model, score
from segmentation_lib.stats.arrays import BoolArray, spawn_seeds

__all__ = [
    "ALL",
    "moved_by_chance",
    "movement_floor",
    "noise_floor",
    "noise_sentence",
    "segment_pairs",
]

ALL = "all"
_COLUMNS = ["segment_id", "customers", "moved", "floor", "net", "low", "high", "verdict"]
# Fewer customers than this cannot tell noise from a change.
_SMALLEST = 30
_TAIL = 0.025


def noise_floor(
    model: Model,
    features_still: pd.DataFrame | None,
    assignments_open: pd.DataFrame,
    assignments_close: pd.DataFrame,
    *,
    seed: int | Sequence[int],
    draws: int = 999,
) -> pd.DataFrame:
    """Set the share of customers who moved beside the share who would have moved by chance.

    Args:
        model: The model of the assignments.
        features_still: The artefact ``features_still``; None where there is none.
        assignments_open: The artefact ``assignments_open``.
        assignments_close: The artefact ``assignments_close``, under the same model.
        seed: Seed of the bootstrap.
        draws: Bootstrap samples of the customers.

    Returns:
        The artefact ``noise_floor``: a row per segment at the open, and ``all``: ``customers``
        compared, share ``moved``, the ``floor``, ``net`` (moved less floor) with its 95 %
        interval ``low`` to ``high`` (those of the segments hold for all of them together), and
        the ``verdict``: ``more than noise`` when the interval lies above 0, ``too few to tell``
        under 30 customers, ``within noise`` otherwise. Empty without an exchanged history.
    """
    if features_still is None:
        return _empty()
    moments = [
        score(model, features_still[features_still["moment"] == moment].drop(columns="moment"))
        for moment in ("open", "close")
    ]
    real = segment_pairs(assignments_open, assignments_close)
    still = segment_pairs(*moments)
    return movement_floor(real, still, model.segment_ids, seed=seed, draws=draws)


def movement_floor(
    real: pd.DataFrame,
    still: pd.DataFrame,
    segment_ids: Sequence[str],
    *,
    seed: int | Sequence[int],
    draws: int = 999,
) -> pd.DataFrame:
    """Compare the moves of the real history with those of the exchanged one.

    Args:
        real: Segments at open and close by customer, from `segment_pairs`.
        still: The same in the exchanged history.
        segment_ids: The segments.
        seed: Seed of the bootstrap.
        draws: Bootstrap samples of the customers.

    Returns:
        As `noise_floor`.
    """
    both = real.join(still.add_suffix("_still"), how="inner").sort_index()
    moved = (both["from"] != both["to"]).to_numpy(dtype=np.bool_)
    chance = (both["from_still"] != both["to_still"]).to_numpy(dtype=np.bool_)
    rows = []
    branches = spawn_seeds(seed, len(segment_ids) + 1)
    for segment, branch in zip([*segment_ids, ALL], branches, strict=True):
        # Customers start elsewhere in the exchanged history: the floor of a segment is that of
        # those who start in it there.
        own, there = (
            (both[start] == segment).to_numpy(np.bool_) | (segment == ALL)
            for start in ("from", "from_still")
        )
        tail = _TAIL if segment == ALL else _TAIL / len(segment_ids)
        rows.append((segment, *_compared(moved, chance, own, there, branch, draws, tail)))
    return pd.DataFrame(rows, columns=_COLUMNS)


def noise_sentence(floor: pd.DataFrame) -> str:
    """Say in plain English how much of the movement is chance.

    Args:
        floor: The artefact ``noise_floor``.
    """
    if floor.empty:
        return "How much of the movement is chance cannot be said for this quarter."
    row = floor[floor["segment_id"] == ALL].iloc[0]
    if row["verdict"] == "too few to tell":
        return (
            "Too few customers have an earlier quarter to say how much of the movement is chance."
        )
    moved, chance = f"{row['moved']:.0%}", f"{row['floor']:.0%}"
    if row["verdict"] == "within noise":
        return (
            f"The movement is within noise: {moved} of customers changed segment in the quarter, "
            f"and {chance} would have had nobody changed behaviour."
        )
    points = round(100 * row["moved"]) - round(100 * row["floor"])
    more = "Less than 1 point" if points < 1 else f"{points} point{'s' if points > 1 else ''}"
    return (
        f"Customers near a border go back and forth by chance. {more} more of the customers "
        f"changed segment than that ({moved} against {chance})."
    )


def moved_by_chance(floor: pd.DataFrame) -> dict[str, float] | None:
    """Return the share of all customers who moved, and the share who would have by chance.

    Args:
        floor: The artefact ``noise_floor``.

    Returns:
        ``moved`` and ``floor``; None where too few customers have an earlier quarter to say.
    """
    rows = floor.loc[floor["segment_id"] == ALL, ["moved", "floor"]].dropna()
    return None if rows.empty else {str(name): float(v) for name, v in rows.iloc[0].items()}


def segment_pairs(opened: pd.DataFrame, closed: pd.DataFrame) -> pd.DataFrame:
    """Return the segments of the customers who have one at both days, by customer.

    Args:
        opened: ``customer_id`` and ``segment_id`` at the open.
        closed: The same at the close.

    Returns:
        Columns ``from`` and ``to``.
    """
    columns = [
        frame.set_index("customer_id")["segment_id"].dropna().astype("str")
        for frame in (opened, closed)
    ]
    return pd.concat(columns, axis=1, keys=["from", "to"], join="inner")


def _compared(
    moved: BoolArray,
    chance: BoolArray,
    own: BoolArray,
    there: BoolArray,
    seed: np.random.SeedSequence,
    draws: int,
    tail: float,
) -> tuple[int, float, float, float, float, float, str]:
    customers = int(own.sum())
    if min(customers, int(there.sum())) < _SMALLEST:
        share = float(moved[own].mean()) if customers else float("nan")
        nan = float("nan")
        return customers, share, nan, nan, nan, nan, "too few to tell"
    used = own | there
    table = np.column_stack([own & moved, own, there & chance, there])[used].astype(np.float64)
    rng = np.random.default_rng(seed)
    n, nets = len(table), []
    for _ in range(draws):
        sums = np.bincount(rng.integers(0, n, n), minlength=n) @ table
        nets.append(sums[0] / max(sums[1], 1) - sums[2] / max(sums[3], 1))
    low, high = np.quantile(nets, [tail, 1 - tail])
    share, floor = float(moved[own].mean()), float(chance[there].mean())
    verdict = "more than noise" if low > 0 else "within noise"
    return customers, share, floor, share - floor, float(low), float(high), verdict


def _empty() -> pd.DataFrame:
    kinds = dict.fromkeys(_COLUMNS[1:-1], "float64")
    return pd.DataFrame(columns=_COLUMNS).astype({"segment_id": "str", "verdict": "str", **kinds})
