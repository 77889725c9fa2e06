"""The demo's side tables: support tickets and referrals, survey answers, and costs to serve."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.demo.population import Population
from segmentation_lib.demo.prices import price_answers
from segmentation_lib.demo.season import (
    DAY_SECONDS,
    draw_days,
    draw_seconds,
    expected_counts,
    timestamps,
)
from segmentation_lib.demo.voices import write_comments
from segmentation_lib.demo.world import IntArray, by_segment, stream

RESPONSE_SHARE = 0.12
COMMENT_SHARE = 0.70
CONTACT_SHARE = 0.03
DELIVERY_COST = 3.4
RETURN_COST = 4.8
TICKET_COST = 6.5


def ticket_days(population: Population, *, seed: int) -> tuple[IntArray, IntArray]:
    """Draw who opens a support ticket on which day.

    Args:
        population: The people of the demo.
        seed: Seed of the demo.

    Returns:
        Rows of the population, and days since the world's start, one per ticket, sorted.
    """
    return _happenings(population, "tickets_per_year", stream(seed, "tickets"))


def outcome_table(
    population: Population, tickets: tuple[IntArray, IntArray], *, seed: int
) -> pd.DataFrame:
    """Return the outcomes table: support tickets and referrals per customer and month.

    Args:
        population: The people of the demo.
        tickets: What `ticket_days` returned.
        seed: Seed of the demo.

    Returns:
        Columns `customer_id, measured_at, metric, value`, sorted; `metric` is
        `"support_tickets"` or `"referrals"`, `value` the count in the calendar month that ends on
        `measured_at`. A month without any has no row.
    """
    referrals = _happenings(population, "referrals_per_year", stream(seed, "referrals"))
    frames = [
        pd.DataFrame(
            {
                "customer_id": population.ids_at(person, day),
                "measured_at": timestamps(day * DAY_SECONDS) + pd.offsets.MonthEnd(0),
                "metric": metric,
            }
        )
        for metric, (person, day) in {"support_tickets": tickets, "referrals": referrals}.items()
    ]
    keys = ["customer_id", "measured_at", "metric"]
    counts = pd.concat(frames, ignore_index=True).groupby(keys).size()
    return counts.astype("float64").rename("value").reset_index()


def survey_table(population: Population, *, seed: int) -> pd.DataFrame:
    """Return the surveys table: one invitation a quarter, which about one in eight answers.

    Args:
        population: The people of the demo.
        seed: Seed of the demo.

    Returns:
        Columns `customer_id, answered_at, nps, comment, price_asked, would_buy`, sorted by time;
        `nps` from 0 to 10, `comment` empty (missing) for three in ten, `would_buy` 1 or 0.
    """
    rng = stream(seed, "surveys")
    start, end = population.spans()
    answering = (end > start) & (rng.random(start.shape) < RESPONSE_SHARE)
    person, quarter = np.argwhere(answering).T
    day = draw_days(start[person, quarter], end[person, quarter], rng)
    segment = population.segment[person, quarter]
    liking = by_segment("nps")[segment] + rng.normal(0.0, 1.9, len(person))
    nps = np.clip(np.round(liking), 0, 10).astype(np.int64)
    contact = (rng.random(len(person)) < CONTACT_SHARE).astype(np.int64)
    comment = write_comments(segment, nps, contact, rng)
    asked, would_buy = price_answers(segment, seed=seed)
    silent = rng.random(len(person)) >= COMMENT_SHARE
    table = pd.DataFrame(
        {
            "customer_id": population.ids_at(person, day),
            "answered_at": timestamps(draw_seconds(day, rng)),
            "nps": nps,
            "comment": pd.Series(comment, dtype="str").mask(silent),
            "price_asked": asked,
            "would_buy": would_buy,
        }
    )
    return table.sort_values(["answered_at", "customer_id"], ignore_index=True)


def cost_table(
    lines: pd.DataFrame,
    population: Population,
    tickets: tuple[IntArray, IntArray],
    *,
    seed: int,
) -> pd.DataFrame:
    """Return the costs table: delivery per order, handling per return, support per ticket.

    Args:
        lines: Order lines without dirty rows, as `orders.order_lines` returns them.
        population: The people of the demo.
        tickets: What `ticket_days` returned.
        seed: Seed of the demo.

    Returns:
        Columns `customer_id, incurred_at, kind, amount`, sorted by time; `kind` is `"delivery"`,
        `"returns"` or `"support"`, `amount` a positive cost in GBP.
    """
    rng = stream(seed, "costs")
    person, day = tickets
    orders = lines.drop_duplicates("order_id")
    support = pd.DataFrame(
        {
            "customer_id": population.ids_at(person, day),
            "incurred_at": timestamps(draw_seconds(day, rng)),
            "kind": "support",
            "typical": TICKET_COST,
        }
    )
    shipping = pd.DataFrame(
        {
            "customer_id": orders["customer_id"],
            "incurred_at": orders["ordered_at"],
            "kind": np.where(orders["amount"] > 0, "delivery", "returns"),
            "typical": np.where(orders["amount"] > 0, DELIVERY_COST, RETURN_COST),
        }
    )
    table = pd.concat([support, shipping], ignore_index=True)
    scatter = np.exp(rng.normal(0.0, 0.3, len(table)))
    table["amount"] = np.round(table.pop("typical") * scatter, 2)
    keys = ["incurred_at", "customer_id", "kind", "amount"]
    return table.sort_values(keys, ignore_index=True)


def _happenings(
    population: Population, field: str, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    start, end = population.spans()
    counts = rng.poisson(expected_counts(by_segment(field)[population.segment], start, end))
    person, quarter = np.repeat(np.argwhere(counts > 0), counts[counts > 0], axis=0).T
    day = draw_days(start[person, quarter], end[person, quarter], rng)
    order = np.lexsort((person, day))
    return person[order], day[order]
