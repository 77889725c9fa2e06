"""Who gets which arm: by a salted hash of the customer, the same on every day and every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from segmentation_lib.implement.experiments.layers import layer_slots
from segmentation_lib.implement.experiments.sample_ratio import ALL_SEGMENTS
from segmentation_lib.params.registers.experiments import HOLDOUT, Experiment
from segmentation_lib.stats.arrays import BoolArray, FloatArray
from segmentation_lib.stats.sample_ratio import sample_ratio_p_value

__all__ = ["ASSIGNED_COLUMNS", "SPLIT_COLUMNS", "assign", "assignment_split", "hash_shares"]

ASSIGNED_COLUMNS = ["experiment_id", "customer_id", "segment_id", "arm", "starts_on"]
SPLIT_COLUMNS = ["experiment_id", "segment_id", "arm", "customers", "share", "planned", "p_value"]


def hash_shares(ids: Sequence[str], *, salt: str, name: str) -> FloatArray:
    """Return a number from 0 to 1 per customer: the first 64 bits of SHA-256 over 2^64.

    What is hashed is ``salt:name:id`` in UTF-8, so any tool can do it again.

    Args:
        ids: IDs of customers.
        salt: Text that draws; without one of its own, every experiment treats the same half.
        name: ID of the experiment, or what else is drawn.

    >>> hash_shares(["c1", "c2"], salt="s", name="E1").round(4).tolist()
    [0.1693, 0.8965]
    """
    start = hashlib.sha256(f"{salt}:{name}:".encode())
    numbers = np.empty(len(ids), dtype=np.uint64)
    for place, own in enumerate(ids):
        branch = start.copy()
        branch.update(str(own).encode())
        numbers[place] = int.from_bytes(branch.digest()[:8], "big")
    return numbers / 2.0**64


def assign(
    experiment: Experiment,
    customers: pd.DataFrame,
    *,
    beside: Collection[Experiment] = (),
    consent: pd.DataFrame | None = None,
    busy: Collection[str] = (),
) -> pd.DataFrame:
    """Draw the arms of an experiment.

    A customer's arm depends on the salt, the experiment and the ID only: who is asked again gets
    the same one, and newcomers move nobody. In each segment the arms so get their shares but for
    chance; `assignment_split` reports them.

    Args:
        experiment: The experiment.
        customers: ``customer_id`` and ``segment_id``; those without a segment take no part.
        beside: All experiments of the register; those of the same layer that run at the same
            time get other customers.
        consent: The artefact ``consent``; where it is known, only who agreed takes part.
        busy: Customers who take part elsewhere and are to be left alone.

    Returns:
        Columns ``experiment_id``, ``customer_id``, ``segment_id``, ``arm`` and ``starts_on``,
        sorted by customer; the arm ``holdout`` is for those kept out of all experiments. Customers
        who take no part have no row.
    """
    placed = customers[customers["segment_id"].notna()]
    if experiment.segments:
        placed = placed[placed["segment_id"].isin(experiment.segments)]
    if consent is not None:
        agreed = consent.loc[consent["marketing_consent"].astype(bool), "customer_id"]
        placed = placed[placed["customer_id"].isin(set(agreed))]
    placed = placed[~placed["customer_id"].isin(set(busy))].sort_values("customer_id")
    ids = placed["customer_id"].astype(str).tolist()
    arm = _arms(experiment, ids)
    kept_out = hash_shares(ids, salt=experiment.holdout_salt, name=HOLDOUT) < experiment.holdout
    part = kept_out | _takes_part(experiment, ids, beside)
    arm[kept_out] = HOLDOUT
    table = pd.DataFrame(
        {
            "experiment_id": experiment.id,
            "customer_id": ids,
            "segment_id": placed["segment_id"].astype(str).to_numpy(),
            "arm": arm.astype(str),
            "starts_on": experiment.starts_on.isoformat(),
        },
        columns=ASSIGNED_COLUMNS,
    )
    return table[part].reset_index(drop=True)


def assignment_split(experiment: Experiment, assigned: pd.DataFrame) -> pd.DataFrame:
    """Return how many customers each arm got, by segment and over all.

    Args:
        experiment: The experiment.
        assigned: What `assign` returned.

    Returns:
        A row per segment and arm, those of ``(all)`` first: ``experiment_id``, ``segment_id``,
        ``arm``, ``customers``, ``share``, ``planned`` and ``p_value`` (the chance of such a split;
        it speaks of the arms without the holdout).
    """
    shares = {arm.name: arm.share for arm in experiment.arms}
    inside = assigned[assigned["arm"].isin(shares)]
    rows = []
    for segment in (ALL_SEGMENTS, *sorted(assigned["segment_id"].unique())):
        own = inside[(inside["segment_id"] == segment) | (segment == ALL_SEGMENTS)]
        counts = own["arm"].value_counts().reindex(list(shares)).fillna(0).astype("int64")
        p_value = sample_ratio_p_value(counts.tolist(), list(shares.values()))
        rows += [
            (experiment.id, segment, arm, int(counts[arm]),
             int(counts[arm]) / len(own) if len(own) else np.nan, planned, p_value)
            for arm, planned in shares.items()
        ]  # fmt: skip
    return pd.DataFrame(rows, columns=SPLIT_COLUMNS)


def _arms(experiment: Experiment, ids: Sequence[str]) -> np.ndarray:
    ends = np.cumsum([arm.share for arm in experiment.arms])
    drawn = hash_shares(ids, salt=experiment.salt, name=experiment.id)
    # Rounding may leave a number above the last end.
    place = np.minimum(np.searchsorted(ends, drawn, side="right"), len(ends) - 1)
    return np.array([arm.name for arm in experiment.arms], dtype=object)[place]


def _takes_part(
    experiment: Experiment, ids: Sequence[str], beside: Collection[Experiment]
) -> BoolArray:
    slots: Sequence[tuple[float, float]] = ((0.0, experiment.traffic),)
    if experiment.layer is None:
        drawn = hash_shares(ids, salt=experiment.salt, name=f"{experiment.id}/traffic")
    else:
        drawn = hash_shares(ids, salt="layer", name=experiment.layer)
        slots = layer_slots(beside or (experiment,))[experiment.id]
    inside = np.zeros(len(ids), dtype=bool)
    for start, end in slots:
        inside |= (drawn >= start) & ((drawn < end) | (end >= 1))
    return inside
