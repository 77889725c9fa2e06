"""Who moves tonight: everybody is scored in the engine, and only those with a reason are judged."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd

from segmentation_lib.cluster import Model, score_expression
from segmentation_lib.engine import Engine
from segmentation_lib.implement.audiences import settle

__all__ = ["Movements", "movements"]

_ID = "external_id"
_COLUMNS = (_ID, "current", "candidate", "runs")


@dataclass(frozen=True)
class Movements:
    """What one scored day finds.

    Attributes:
        state: Sorted table of the engine, ``external_id, current, candidate, runs``: everyone in
            a segment after the day. `segmentation_lib.implement.audiences.settle` explains it.
        states: Customers by lifecycle state.
    """

    state: ir.Table
    states: dict[str, int]


def movements(engine: Engine, model: Model, features: pd.DataFrame, before: ir.Table) -> Movements:
    """Score everybody in the engine, and let those move who have a clear reason.

    Whoever is nearest to the segment they are in, without a candidate, stays: the rule of
    `settle` says so for any distances. So the engine finds all others, and only they come to
    Python. The result is that of `settle` over everybody.

    Args:
        engine: Where everybody is scored.
        model: The adopted model.
        features: ``customer_id``, ``state`` and the model's features, one row per customer.
        before: Table of the engine with the state after the last run: `Movements.state`.

    Raises:
        ContractError: The features do not fit the model, or a segment is not in it.
    """
    ordered = [one.name for one in model.features if one.kind == "ordered"]
    plain = features.astype(dict.fromkeys(ordered, "str"))
    everybody = engine.memtable(plain, "features")
    scored = engine.store(
        score_expression(model, everybody).select(
            **{_ID: ibis._["customer_id"]}, state=ibis._["state"], scored=ibis._["segment_id"]
        ),
        "scored",
    )
    before = engine.store(before.filter(ibis._["current"].notnull()).select(*_COLUMNS), "before")
    beside = scored.left_join(before, _ID)
    stays = beside["scored"].identical_to(beside["current"]) & beside["candidate"].isnull()
    looked_at = engine.store(beside.filter(~stays).select(_ID), "looked_at")
    judged = features[_among(features, engine.frame(looked_at)[_ID])].reset_index(drop=True)
    known = engine.frame(before.semi_join(looked_at, _ID).order_by(_ID))
    settled = settle(model, judged, known.astype({_ID: "str", "candidate": "str"}))
    inside = settled.state[settled.state["current"].notna()]
    changed = engine.memtable(inside, "settled").select(*_typed(before))
    kept = before.semi_join(scored, _ID).anti_join(looked_at, _ID)
    counts = engine.frame(scored.group_by("state").aggregate(customers=scored.count()))
    return Movements(
        state=ibis.union(kept.select(*_typed(before)), changed).order_by(_ID),
        states=dict(sorted(zip(counts["state"], map(int, counts["customers"]), strict=True))),
    )


def _typed(table: ir.Table) -> list[ir.Value]:
    kinds = dict.fromkeys(_COLUMNS, "string") | {"runs": "int64"}
    return [ibis._[name].cast(kind).name(name) for name, kind in kinds.items()]


def _among(features: pd.DataFrame, ids: pd.Series) -> pd.Series:
    # The index knows the places of a million texts faster than a search through them.
    places = pd.Index(ids.astype("str")).get_indexer(pd.Index(features["customer_id"]))
    return pd.Series(places >= 0, index=features.index)
