"""Scoring in the engine: the same answers as in Python, over any number of customers.

The arithmetic follows `score` step by step: missing values filled, cut off, shaped, scaled,
weighted squares summed column by column, ties to the first segment.
"""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import Any

import ibis
from ibis.util import gen_name

from segmentation_lib.cluster.digits import DIGITS
from segmentation_lib.cluster.model import Model
from segmentation_lib.cluster.score import UNSCORED
from segmentation_lib.cluster.scoring_rule import FAINTEST, TIE
from segmentation_lib.cluster.transforms import FeatureTransform, mismatch
from segmentation_lib.faults import ContractError

__all__ = ["score_expression"]

_NEVER = -1e300


def score_expression(model: Model, table: Any) -> Any:
    """Return an Ibis table that assigns customers to the segments of a model.

    Args:
        model: The model.
        table: Ibis table with one row per customer: ``customer_id``, ``state``, the features.

    Returns:
        Ibis table ``customer_id, state, segment_id, confidence, second_segment_id``, as `score`
        gives it but in no order.

    Raises:
        ContractError: A column is missing, or is text where a number is needed.
    """
    _check(model, table)
    points = _stage(table.select(**_kept(table), **_columns(model, table)), "points")
    distances = _stage(points.select(**_kept(points), **_distances(model, points)), "distances")
    nearest = _stage(
        distances.mutate(first=_first_where(distances, model.k, "d", _nearest_bound)), "nearest"
    )
    against = _stage(
        nearest.select(**_kept(nearest, "first"), **_against(model, nearest)), "against"
    )
    return _answer(model, against)


def _stage(table: Any, name: str) -> Any:
    """Name a step, so that the engine computes it once instead of once per mention."""
    return table.alias(gen_name(name))


def _kept(table: Any, *more: str) -> dict[str, Any]:
    return {
        "customer_id": table["customer_id"].cast("string"),
        **{name: table[name] for name in ("state", *more)},
    }


def _columns(model: Model, table: Any) -> dict[str, Any]:
    scaled = []
    for feature in model.features:
        for raw, column in zip(_raw_columns(feature, table), feature.columns, strict=True):
            centred = (raw - _number(column.centre)) / _number(column.scale)
            scaled.append(centred * _number(feature.weight))
    return {f"z{place}": column for place, column in enumerate(scaled)}


def _raw_columns(feature: FeatureTransform, table: Any) -> list[Any]:
    if feature.kind == "category":
        text = _text(table[feature.name])
        if feature.fill is not None:
            text = text.fill_null(feature.fill)
        return [
            text.isnull().ifelse(ibis.null("float64"), _flag(text == level))
            for level in feature.levels
        ]
    if feature.kind == "ordered":
        text = _text(table[feature.name])
        places = enumerate(feature.levels, start=1)
        number = _cases((text == level, float(place)) for place, level in places)
    else:
        number = _real(table[feature.name])
    filled = number if feature.fill is None else number.fill_null(_number(feature.fill))
    shaped = _shaped(feature, filled)
    return [shaped, _flag(number.isnull())][: len(feature.columns)]


def _shaped(feature: FeatureTransform, number: Any) -> Any:
    if feature.low is not None:
        number = (number < feature.low).ifelse(_number(feature.low), number)
    if feature.high is not None:
        number = (number > feature.high).ifelse(_number(feature.high), number)
    if feature.transform == "log":
        positive = (number < 0.0).ifelse(_number(0.0), number)
        return (_number(1.0) + positive / _number(feature.unit)).ln()
    if feature.transform == "rank":
        return _normal_scores(feature, number)
    return number


def _normal_scores(feature: FeatureTransform, number: Any) -> Any:
    lines = zip(feature.knots, feature.slopes, feature.knots[1:], strict=False)
    first, last = feature.knots[0], feature.knots[-1]
    branches = [(number <= first[0], _number(first[1]))]
    for (x, y), slope, (end, _) in lines:
        branches.append((number < end, _number(y) + (number - _number(x)) * _number(slope)))
    branches.append((number >= last[0], _number(last[1])))
    return ibis.cases(*branches)


def _distances(model: Model, points: Any) -> dict[str, Any]:
    rule = model.rule
    distances = {}
    for place in range(model.k):
        gaps = [points[f"z{c}"] - _number(value) for c, value in enumerate(rule.points[place])]
        terms = [gap * gap for gap in gaps]
        if not rule.nearest_centre:
            weights = rule.precisions[place]
            terms = [term * _number(weight) for term, weight in zip(terms, weights, strict=True)]
            terms = [_number(rule.offsets[place]), *terms]
        distances[f"d{place}"] = reduce(add, terms)
    return distances


def _nearest_bound(distance: Any, all_distances: list[Any]) -> Any:
    return distance <= ibis.least(*all_distances) + _number(TIE)


def _largest_bound(value: Any, all_values: list[Any]) -> Any:
    return value >= ibis.greatest(*all_values) - _number(TIE)


def _first_where(table: Any, k: int, letter: str, is_best: Any) -> Any:
    values = [table[f"{letter}{place}"] for place in range(k)]
    return _cases((is_best(value, values), place) for place, value in enumerate(values))


def _against(model: Model, table: Any) -> dict[str, Any]:
    rule = model.rule
    log_membership = [
        _number(weight) - table[f"d{place}"] * _number(rule.sharpness)
        for place, weight in enumerate(rule.log_weights)
    ]
    own = ibis.cases(
        *((table["first"] == place, value) for place, value in enumerate(log_membership))
    )
    unknown = table["d0"].isnull()
    return {
        "unknown": unknown,
        **{f"a{place}": value - own for place, value in enumerate(log_membership)},
    }


def _answer(model: Model, table: Any) -> Any:
    values = [table[f"a{place}"] for place in range(model.k)]
    weights = [(value < FAINTEST).ifelse(_number(FAINTEST), value).exp() for value in values]
    others = table.mutate(
        **{
            f"o{place}": (table["first"] == place).ifelse(_number(_NEVER), value)
            for place, value in enumerate(values)
        },
        confidence=(_number(1.0) / reduce(add, weights)).round(DIGITS),
    )
    ranked = _stage(others, "ranked")
    ranked = ranked.mutate(second=_first_where(ranked, model.k, "o", _largest_bound))
    is_active = ranked["state"] == "ACTIVE"
    scored = is_active & ~ranked["unknown"]
    return ranked.select(
        customer_id=ranked["customer_id"],
        state=(is_active & ranked["unknown"]).ifelse(UNSCORED, ranked["state"]),
        segment_id=scored.ifelse(_id(model, ranked["first"]), ibis.null("string")),
        confidence=scored.ifelse(ranked["confidence"], ibis.null("float64")),
        second_segment_id=scored.ifelse(_id(model, ranked["second"]), ibis.null("string")),
    )


def _id(model: Model, place: Any) -> Any:
    return _cases((place == number, id) for number, id in enumerate(model.segment_ids))


def _cases(branches: Any) -> Any:
    return ibis.cases(*((condition, ibis.literal(value)) for condition, value in branches))


def _number(value: float | str) -> Any:
    return ibis.literal(float(value), type="float64")


def _flag(condition: Any) -> Any:
    return condition.ifelse(_number(1.0), _number(0.0))


def _real(column: Any) -> Any:
    """A column as float64, with not-a-number as null."""
    kind = column.type()
    if kind.is_boolean():
        return column.isnull().ifelse(ibis.null("float64"), _flag(column))
    if kind.is_null():
        return ibis.null("float64")
    number = column.cast("float64")
    return number.isnan().ifelse(ibis.null("float64"), number) if kind.is_floating() else number


def _text(column: Any) -> Any:
    if column.type().is_boolean():
        return ibis.cases((column, "true"), (~column, "false"))
    return column.cast("string")


def _check(model: Model, table: Any) -> None:
    faults = []
    for feature in model.features:
        if feature.name not in table.columns:
            faults.append(mismatch(feature.name, "the column is missing"))
            continue
        kind = table[feature.name].type()
        if feature.kind == "number" and not (
            kind.is_numeric() or kind.is_boolean() or kind.is_null()
        ):
            faults.append(mismatch(feature.name, f"holds {kind}, not numbers"))
    if faults:
        raise ContractError(faults)
