"""Families: features that come one per level of a column, such as the share of each channel.

The levels are those seen before the quarter opens, so that the features as of the open and as of
the close have the same columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis.expr.types as ir

from segmentation_lib.calendar import Window
from segmentation_lib.engine import Engine
from segmentation_lib.prepare.catalogue import Feature, Measure
from segmentation_lib.prepare.names import slug
from segmentation_lib.prepare.windows import rows_in

__all__ = ["FAMILIES", "Family", "Level", "family_features", "most_common_levels"]

OTHER = "other"


@dataclass(frozen=True)
class Family:
    """A column whose levels each give a feature.

    Attributes:
        name: What the features' names begin with.
        grain: The grain they are measured over.
        column: The column, as ``table.column``.
        at_most: How many levels are kept.
        rate: Whether the feature is a rate per 30 days, and not a share.
        what: What is counted, for the definition.
    """

    name: str
    grain: str
    column: str
    at_most: int
    rate: bool
    what: str


@dataclass(frozen=True)
class Level:
    """A level of a column: its name in features, and the values that stand for it."""

    name: str
    values: tuple[str, ...]


FAMILIES: tuple[Family, ...] = (
    Family("channel_share", "order_channels", "orders.channel", 5, False, "orders"),
    Family("device_share", "events", "events.device", 5, False, "events"),
    Family("visit_channel_share", "events", "events.channel", 5, False, "events"),
    Family("event_rate", "events", "events.event", 8, True, "events"),
)

_TIMES: Mapping[str, str] = {"orders": "ordered_at", "events": "occurred_at"}


def family_features(
    engine: Engine, tables: Mapping[str, ir.Table], family: Family, window: Window
) -> list[Feature]:
    """Return the features of a family, most common level first.

    Args:
        engine: Where the tables live.
        tables: The canonical tables.
        family: The family.
        window: The days before the open from which the levels are taken.

    Returns:
        One feature per level, and ``other`` for shares if levels are left over. Empty if the
        column is not there.
    """
    name, _, column = family.column.partition(".")
    if name not in tables or column not in tables[name].columns:
        return []
    rows = rows_in(tables[name], _TIMES[name], window)
    levels, complete = most_common_levels(engine, rows, column, at_most=family.at_most)
    features = [_feature(family, column, level) for level in levels]
    if not complete and not family.rate:
        kept = tuple(value for level in levels for value in level.values)
        features.append(_feature(family, column, Level(OTHER, kept), inverse=True))
    return features


def most_common_levels(
    engine: Engine, rows: ir.Table, column: str, *, at_most: int
) -> tuple[list[Level], bool]:
    """Return the most common levels of a column, and whether these are all.

    Values that differ in case or punctuation only are one level.

    Args:
        engine: Where the rows live.
        rows: The rows.
        column: A column of text; empty values are not counted.
        at_most: How many levels to return.
    """
    given = rows.filter(rows[column].notnull())
    counts = engine.frame(given.group_by(value=given[column]).aggregate(rows=given.count()))
    by_name: dict[str, list[str]] = {}
    sizes: dict[str, int] = {}
    for value, size in sorted(zip(counts["value"], counts["rows"], strict=True)):
        by_name.setdefault(slug(value), []).append(value)
        sizes[slug(value)] = sizes.get(slug(value), 0) + int(size)
    order = sorted(by_name, key=lambda name: (-sizes[name], name))
    kept = [Level(name, tuple(by_name[name])) for name in order[:at_most]]
    return kept, len(order) <= at_most


def _feature(family: Family, column: str, level: Level, *, inverse: bool = False) -> Feature:
    readable = " / ".join(level.values) if not inverse else "any other value"
    table = family.column.partition(".")[0]
    if family.rate:
        definition = f"{readable} events per 30 days of observation; 0 without events."
    else:
        definition = (
            f"Share of {family.what} with {column} {readable}; missing where no {column} is known."
        )
    return Feature(
        f"{family.name}_{level.name}",
        family.grain,
        (family.column, table),
        "per 30 days" if family.rate else "share",
        definition,
        _rate(column, level) if family.rate else _share(column, level, inverse=inverse),
        0.0 if family.rate else None,
        transform="log" if family.rate else "none",
    )


def _share(column: str, level: Level, *, inverse: bool) -> Measure:
    def share(rows: ir.Table, as_of: object) -> ir.Value:
        inside = rows[column].isin(level.values)
        return (~inside if inverse else inside).mean()

    return share


def _rate(column: str, level: Level) -> Measure:
    def rate(rows: ir.Table, as_of: object) -> ir.Value:
        events = rows[column].isin(level.values).sum().cast("float64")
        return events * 30.0 / rows["observed_days"].max()

    return rate
