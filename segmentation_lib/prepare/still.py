"""The still quarter: the same customers as if none had changed, to see how many move anyway.

Somebody who buys four times a year at random has three purchases in one quarter and none in the
next, and changes segment without changing. To count that, each customer's quarter is exchanged
with an earlier one of their own: the first that lies inside the lookback of both open and close.
A customer whose quarters are all of one kind would show either order alike, so in the exchanged
history the moves from open to close are those of chance. The real quarter stays inside both
lookbacks, so a change in it hardly moves anyone there.

What an exchange cannot know: a season. Where this quarter differs from others every year, the
season shows on top of the chance moves. A return whose purchase lies in another quarter keeps its
money, but may come before its purchase; then it does not cancel it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.params.models import Params
from segmentation_lib.prepare.catalogue import Feature
from segmentation_lib.prepare.contract import CONTRACT
from segmentation_lib.prepare.features import features_at
from segmentation_lib.prepare.grains import grains_at
from segmentation_lib.prepare.tables import Cleaned, Finding
from segmentation_lib.prepare.windows import AsOf, start_of

__all__ = ["MOMENTS", "Exchange", "exchange_of", "still_features", "still_obstacle"]

MOMENTS = ("open", "close")
# At least this much of the quarter must have an earlier block to be exchanged with.
_SMALLEST_PART = 0.9


@dataclass(frozen=True)
class Exchange:
    """Two blocks of days of one length that change places.

    Attributes:
        block: The first days inside the lookbacks of both open and close.
        quarter: The days of the quarter it is exchanged with, from the open on.
    """

    block: Window
    quarter: Window

    @property
    def days(self) -> int:
        """Days from one block to the other."""
        return (self.quarter.start - self.block.start).days


def exchange_of(window: Window, lookback_days: int) -> Exchange | None:
    """Return the blocks to exchange, or None where the lookback holds no earlier quarter.

    Args:
        window: The quarter.
        lookback_days: Days that features look back.

    >>> exchange = exchange_of(Window(date(2026, 7, 1), date(2026, 10, 1)), 365)
    >>> exchange.block
    Window(start=datetime.date(2025, 10, 1), end=datetime.date(2026, 1, 1))
    """
    start = window.end - timedelta(days=lookback_days)
    days = min(window.days, (window.start - start).days)
    if days < _SMALLEST_PART * window.days:
        return None
    length = timedelta(days=days)
    return Exchange(Window(start, start + length), Window(window.start, window.start + length))


def still_obstacle(cleaned: Cleaned, params: Params, features: Sequence[Feature]) -> Finding | None:
    """Say why the moves of chance cannot be counted, or None where they can.

    Args:
        cleaned: The cleaned tables.
        params: All parameters.
        features: The features of the quarter.
    """
    exchange = exchange_of(params.window, params.prepare.lookback_days)
    if params.prepare.features_from == "customers" or not _dated(cleaned, features):
        return _obstacle("", "the segments are made of attributes, which have no earlier quarter")
    if exchange is None:
        return _obstacle(
            "",
            f"a lookback of {params.prepare.lookback_days} days holds no earlier quarter that "
            "open and close share; use half a year or more",
        )
    tolerance = timedelta(days=params.prepare.coverage_days)
    for name in _dated(cleaned, features):
        first, last = _span(cleaned, name)
        if first is None or last is None or first > exchange.block.start + tolerance:
            return _obstacle(
                name,
                f"{name} begin on {first}, and an earlier quarter to compare with begins on "
                f"{exchange.block.start}",
            )
        if last < params.window.last_day - tolerance:
            return _obstacle(name, f"{name} stop on {last}, before the quarter does")
    return None


def still_features(
    cleaned: Cleaned, params: Params, features: Sequence[Feature], known: ir.Table
) -> pd.DataFrame | None:
    """Measure the segmenting features of the exchanged history, at the open and at the close.

    Args:
        cleaned: The cleaned tables.
        params: All parameters.
        features: The features of the quarter.
        known: Customers known at the open, with ``customer_id`` and ``tenure``.

    Returns:
        Two rows per customer: ``customer_id, moment`` (``open`` or ``close``), ``state`` and the
        segmenting features, sorted by moment (open first) and customer. Only customers first seen
        before the earlier block are in it: the others have none. None where
        `still_obstacle` says so, or nobody is left.
    """
    exchange = exchange_of(params.window, params.prepare.lookback_days)
    if exchange is None or still_obstacle(cleaned, params, features) is not None:
        return None
    engine = cleaned.engine
    early = engine.store(
        known.filter(known["tenure"] > exchange.days).select("customer_id"), "early"
    )
    tables = dict(cleaned) | {
        name: engine.store(_exchanged(cleaned[name], name, early, exchange), f"still_{name}")
        for name in _dated(cleaned, features)
    }
    segmenting = [feature for feature in features if feature.role == "segmenting"]
    customers = engine.frame(early.order_by("customer_id"))
    frames = []
    for moment, day in zip(MOMENTS, (params.window.start, params.window.end), strict=True):
        lookback = Window(day, date.max).lookback(params.prepare.lookback_days)
        as_of = AsOf(day, lookback)
        grains = grains_at(engine, tables, as_of, new_days=params.prepare.new_days)
        frame = customers.merge(features_at(engine, grains, segmenting), on="customer_id")
        frame.insert(1, "moment", moment)
        frames.append(frame)
    still = pd.concat(frames, ignore_index=True)
    return still if len(still) else None


def _exchanged(table: ir.Table, name: str, early: ir.Table, exchange: Exchange) -> ir.Table:
    """Return a table in which the two blocks of the early customers have changed places."""
    column = CONTRACT[name].time or ""
    at = table[column]
    away = ibis.interval(days=exchange.days)
    moved = ibis.cases(
        (_inside(at, exchange.block), at + away),
        (_inside(at, exchange.quarter), at - away),
        else_=at,
    )
    theirs = table.semi_join(early, "customer_id").mutate(**{column: moved.cast(at.type())})
    return ibis.union(theirs, table.anti_join(early, "customer_id"))


def _inside(at: ir.Value, window: Window) -> ir.Value:
    return (at >= start_of(window.start)) & (at < start_of(window.end))


def _dated(tables: Mapping[str, ir.Table], features: Sequence[Feature]) -> list[str]:
    """Return the tables of dated rows that segmenting features are measured over."""
    used = {feature.table for feature in features if feature.role == "segmenting"}
    dated = [name for name in tables if name != "customers" and CONTRACT[name].time is not None]
    return [name for name in dated if name in used]


def _span(cleaned: Cleaned, name: str) -> tuple[date | None, date | None]:
    at = cleaned[name][CONTRACT[name].time or ""]
    ends = cleaned.engine.row(cleaned[name].aggregate(first=at.min().date(), last=at.max().date()))
    return ends["first"], ends["last"]


def _obstacle(table: str, why: str) -> Finding:
    sentence = f"How many customers change segment by chance alone cannot be said: {why}."
    return Finding("no_noise_floor", table, 0, sentence, "info")
