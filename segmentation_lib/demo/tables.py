"""The demo as seven canonical tables, with the people behind them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from segmentation_lib.demo.dirt import Dirt, make_dirt
from segmentation_lib.demo.events import event_table
from segmentation_lib.demo.experiment import Arms, assign_arms, assignment_table
from segmentation_lib.demo.extras import cost_table, outcome_table, survey_table, ticket_days
from segmentation_lib.demo.orders import Orders, make_orders, order_lines
from segmentation_lib.demo.population import Population, customer_table, make_population


@dataclass(frozen=True)
class Backbone:
    """What tables and truth are both made from.

    Attributes:
        population: The people.
        arms: Who is in which experiment arm.
        orders: The orders as drawn.
        lines: Order lines without dirty rows.
        customers: Customers table without dirty rows.
        dirt: The dirty rows.
    """

    population: Population
    arms: Arms
    orders: Orders
    lines: pd.DataFrame
    customers: pd.DataFrame
    dirt: Dirt


def make_backbone(*, seed: int, customers: int) -> Backbone:
    """Draw people, orders and dirty rows.

    Args:
        seed: Seed of the demo.
        customers: How many people, at least 100.

    Returns:
        The parts of the demo that everything else is made from.
    """
    population = make_population(seed=seed, customers=customers)
    arms = assign_arms(population)
    orders = make_orders(population, seed=seed)
    lines = order_lines(orders, population, arms, seed=seed)
    table = customer_table(population, seed=seed)
    dirt = make_dirt(lines, table, seed=seed)
    return Backbone(population, arms, orders, lines, table, dirt)


def canonical_tables(backbone: Backbone, *, seed: int) -> dict[str, pd.DataFrame]:
    """Return the seven tables with their dirty rows, each sorted by time and id.

    Args:
        backbone: What `make_backbone` returned for the same seed.
        seed: Seed of the demo.

    Returns:
        Frames by the names of the canonical tables.
    """
    population, dirt = backbone.population, backbone.dirt
    tickets = ticket_days(population, seed=seed)
    events = event_table(backbone.orders, population, seed=seed)
    return {
        "orders": _with_dirt(backbone.lines, dirt.orders, ["ordered_at", "order_id"]),
        "customers": _with_dirt(backbone.customers, dirt.customers, ["customer_id"]),
        "events": _with_dirt(events, dirt.events, ["occurred_at"]),
        "outcomes": outcome_table(population, tickets, seed=seed),
        "surveys": survey_table(population, seed=seed),
        "costs": cost_table(backbone.lines, population, tickets, seed=seed),
        "assignments": assignment_table(population, backbone.arms),
    }


def _with_dirt(clean: pd.DataFrame, dirty: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    joined = pd.concat([clean, dirty], ignore_index=True)
    return joined.sort_values(keys, kind="stable", ignore_index=True)
