"""Features: one row per customer, as seen from one moment."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import pandas as pd

from segmentation_lib.engine import Engine
from segmentation_lib.prepare.catalogue import Feature
from segmentation_lib.prepare.expressions import quoted
from segmentation_lib.prepare.grains import Grains

__all__ = ["features_at"]


def features_at(engine: Engine, grains: Grains, features: Sequence[Feature]) -> pd.DataFrame:
    """Measure the features of everybody known at a moment.

    Args:
        engine: Where the grains live.
        grains: What the moment sees.
        features: The features.

    Returns:
        ``customer_id``, ``state`` and one column per feature in their order, sorted by customer.
        Numbers are doubles, categories text, ordered categories pandas categoricals; a value
        that is not known is missing.
    """
    known = grains.known
    result = known.select("customer_id", "state")
    for grain in dict.fromkeys(feature.grain for feature in features):
        members = [feature for feature in features if feature.grain == grain]
        measured = known if grain == "known" else grains.tables[grain]
        part = _measured(measured, members, grains)
        result = result.left_join(part, "customer_id").drop("customer_id_right")
    lookback = float(grains.as_of.window.days)
    columns = {
        feature.name: _finished(result[feature.name], feature, lookback) for feature in features
    }
    frame = engine.frame(result.select("customer_id", "state", **columns).order_by("customer_id"))
    for feature in features:
        if feature.kind == "ordered":
            levels = pd.CategoricalDtype(list(feature.levels), ordered=True)
            frame[feature.name] = frame[feature.name].astype(levels)
        elif feature.kind == "category":
            frame[feature.name] = frame[feature.name].astype("str")
        else:
            frame[feature.name] = frame[feature.name].astype("float64")
    return frame


def _measured(table: ir.Table, features: Sequence[Feature], grains: Grains) -> ir.Table:
    """Return one row per customer with the features of one grain."""
    grain = features[0].grain
    per_row = grain in ("known", "customers")
    plain = [feature for feature in features if feature.measure is not None]
    own = [feature for feature in features if feature.measure is None]
    measures = {f.name: f.measure(table, grains.as_of) for f in plain if f.measure is not None}
    if per_row:
        part = table.select("customer_id", **measures)
    else:
        part = table.group_by("customer_id").aggregate(**measures)
    if own:
        part = part.left_join(_own(table, own, per_row=per_row), "customer_id")
        part = part.drop("customer_id_right")
    return part


def _own(table: ir.Table, features: Sequence[Feature], *, per_row: bool) -> ir.Table:
    """Return the parameter file's own features over one grain."""
    alias = features[0].table
    values = ", ".join(f"{feature.sql} AS {quoted(feature.name)}" for feature in features)
    tail = "" if per_row else " GROUP BY customer_id"
    query = f"SELECT customer_id, {values} FROM {alias}{tail}"
    return table.alias(alias).sql(query, dialect="duckdb")


def _finished(value: ir.Value, feature: Feature, lookback: float) -> ir.Value:
    if feature.kind != "number":
        return value.cast("string")
    number = value.cast("float64")
    number = ibis.ifelse(number.isnan() | number.isinf(), ibis.null("float64"), number)
    if feature.empty is None:
        return number
    return number.fill_null(lookback if feature.empty == "lookback" else feature.empty)
