"""Which short orders of events go with success and which with stalling, among journeys alike."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from segmentation_lib.engine import Engine
from segmentation_lib.profile.journeys.alike import journeys_alike
from segmentation_lib.profile.journeys.orders import LEAST_JOURNEYS, tested_orders
from segmentation_lib.profile.journeys.subsequences import Unit, journeys_to, occurrences

__all__ = ["PatternStudy", "path_patterns"]


@dataclass(frozen=True)
class PatternStudy:
    """What goes with success, and how it was looked for.

    Attributes:
        patterns: One row per order of events; see `path_patterns`.
        unit: What a journey is: ``customer`` or ``session``.
        journeys: Journeys compared.
        successes: Those of them that came to a success.
        customers: People who made them.
        at_once: Journeys that began with their success and have no path to look at.
        people_in_all: People with an event; more than ``customers`` if a sample was drawn.
    """

    patterns: pd.DataFrame
    unit: Unit
    journeys: int
    successes: int
    customers: int
    at_once: int
    people_in_all: int


def path_patterns(
    engine: Engine,
    table: ir.Table,
    *,
    success: Collection[str],
    unit: Unit = "session",
    on_the_way: Collection[str] = (),
    gaps: bool = False,
    longest: int = 3,
    least_support: float = 0.02,
    most_customers: int = 50_000,
    fewest: int = 10,
    level: float = 0.05,
) -> PatternStudy:
    """Compare journeys that came to a success with those that did not.

    Journeys are cut at their first success, and compared with journeys of the same segment that
    are alike: once with those that contain the same other events, once with those of equal
    length. A finding must hold in both, see `alike`. Sessions of one customer may be alike; the
    variance allows for it. An association, not a cause.

    Args:
        engine: Where the table is.
        table: The result of `steps`, stored.
        success: Events that are a success.
        unit: A journey is a session, or all that a customer did in the window.
        on_the_way: Events known to be steps to the success, such as the later stages of its funnel.
        gaps: Whether other events may lie between those of an order.
        longest: Events in the longest order.
        least_support: Share of journeys that must contain an order; at least 30 must.
        most_customers: With more, so many are drawn, by a hash of their IDs.
        fewest: Customers with an order, among journeys alike, that a finding needs.
        level: Share of false findings among findings that is allowed (Benjamini and Hochberg
            1995, over all orders looked at, at most the 200 most common).

    Returns:
        The study. ``patterns`` has ``pattern`` (events joined by `THEN`, or `APART` with gaps),
        ``length``, ``customers`` (who made journeys that contain it), ``successful_customers`` and
        ``other_customers`` (with such a journey that came to a success; that did not),
        ``success_with`` and ``stalled_with`` (journeys that contain it), ``success_share`` and
        ``stalled_share`` (of those journeys), ``share_with`` (share
        of those with the order that came to a success) and ``share_without`` (of those without,
        with the same other events and of the same segment, weighted alike), ``most_in`` (the
        segment where the two differ most to the side of the verdict, of those with 30 such
        journeys of ``fewest`` customers; a description) with ``most_with`` and ``most_without``,
        ``crude_odds_ratio``, ``odds_ratio``
        among journeys alike, the weaker of the two, with its 95 % interval ``low``, ``high``,
        ``p_value``, ``p_corrected`` and ``verdict``: ``success``, ``stalling``, ``on the way`` (a
        step that success cannot do without, given or found, or an order through one), ``no
        difference`` or ``too few`` (not tested). Findings come first, at the top those whose
        interval lies farthest from 1.

    Raises:
        ValueError: No success event, or a number out of its range.
    """
    if not success or isinstance(success, str):
        raise ValueError(f"success = {success!r}, must name at least one event, as a list")
    if not 1 <= longest <= 5:
        raise ValueError(f"longest = {longest}, must be 1 to 5")
    if fewest < 2:
        raise ValueError(f"fewest = {fewest} customers, must be at least 2")
    if not 0 < least_support < 1:
        raise ValueError(f"least_support = {least_support}, must be between 0 and 1")
    people = engine.store(table.select("customer_id").distinct(), "people")
    in_all = int(engine.row(people.aggregate(n=people.count()))["n"])
    if in_all > most_customers:
        drawn = people.order_by(people["customer_id"].hexdigest("md5"), "customer_id")
        people = engine.store(drawn.limit(most_customers), "people")
        table = table.semi_join(people, "customer_id")
    units = _units(engine, table, unit)
    journeys = engine.store(journeys_to(table, success, unit=unit), "journeys")
    kept = _kept(engine, journeys)
    least = max(LEAST_JOURNEYS, int(np.ceil(least_support * len(kept))))
    found = occurrences(engine, journeys, longest=longest, gaps=gaps, least=least)
    alike = journeys_alike(engine, journeys, kept)
    return PatternStudy(
        patterns=tested_orders(
            engine, found, kept, alike, on_the_way, unit=unit, gaps=gaps, fewest=fewest, level=level
        ),
        unit=unit,
        journeys=len(kept),
        successes=int(kept["succeeds"].sum()),
        customers=int(kept["customer_id"].nunique()),
        at_once=units - len(kept),
        people_in_all=in_all,
    )


def _units(engine: Engine, table: ir.Table, unit: Unit) -> int:
    of = table["session"] if unit == "session" else table["customer_id"]
    return int(engine.row(table.aggregate(n=of.nunique()))["n"])


def _kept(engine: Engine, journeys: ir.Table) -> pd.DataFrame:
    """Return one row per journey that has a path, in the order of their names."""
    rows = journeys.group_by("unit").aggregate(
        customer_id=journeys["customer_id"].min(),
        segment_id=journeys["segment_id"].min(),
        succeeds=journeys["succeeds"].any(),
        length=journeys.count(),
    )
    return engine.frame(rows.order_by("unit"))
