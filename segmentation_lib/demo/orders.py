"""The demo's orders: who buys what, when, through which channel, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.demo.experiment import Arms, basket_lift, local_lift
from segmentation_lib.demo.population import Population
from segmentation_lib.demo.season import DAY_SECONDS, draw_days, draw_seconds, timestamps
from segmentation_lib.demo.spike import spike_lift
from segmentation_lib.demo.world import (
    CATEGORIES,
    CATEGORY_CODES,
    CATEGORY_COST,
    CATEGORY_PRICE,
    REGIONS,
    FloatArray,
    IntArray,
    TextArray,
    by_segment,
    pick,
    quarter_starts,
    stream,
)

CHANNELS = ("web", "app", "phone")
WEB, APP, PHONE = range(3)
# How far one standard deviation of leaning moves a share, on the scale of log odds.
WELCOME_DAYS = 4.0
SECOND_VOUCHER_DAYS, SECOND_VOUCHER_SHARE = 12.0, 0.9
APP_LEANING, DISCOUNT_LEANING, RETURN_LEANING = 0.5, 0.4, 0.15


@dataclass(frozen=True)
class Orders:
    """Every order as drawn, one row per order, sorted by time, arrays in step.

    Attributes:
        order_id: Such as `"O0000123"`.
        person: The buyer's row in the population.
        segment: The segment in which the buyer behaves at that time.
        seconds: Moment of the order, since the world's start.
        channel: Number in `CHANNELS`.
    """

    order_id: TextArray
    person: IntArray
    segment: IntArray
    seconds: IntArray
    channel: IntArray


def make_orders(population: Population, *, seed: int) -> Orders:
    """Draw when everybody orders, and how.

    Counts are negative binomial (Poisson with a gamma factor per person); whoever joins orders on
    a welcome voucher within days on top of that, and most use a second one weeks later.

    Args:
        population: The people of the demo.
        seed: Seed of the demo.

    Returns:
        The orders, sorted by moment.
    """
    rng = stream(seed, "orders")
    start, end = population.spans()
    counts = rng.poisson(population.expected_orders())
    person, quarter = np.repeat(np.argwhere(counts > 0), counts[counts > 0], axis=0).T
    day = draw_days(start[person, quarter], end[person, quarter], rng)
    first_person, first_day = _joining_orders(population, rng)
    person = np.concatenate([person, first_person])
    day = np.concatenate([day, first_day])
    seconds = draw_seconds(day, rng)
    order = np.lexsort((person, seconds))
    person, day, seconds = person[order], day[order], seconds[order]
    segment = population.segment[person, quarter_of(day)]
    numbers = pd.Series(np.arange(1, len(person) + 1))
    return Orders(
        order_id=np.asarray(numbers.map("O{:07d}".format).to_numpy(dtype=object)),
        person=person,
        segment=segment,
        seconds=seconds,
        channel=_draw_channel(population, person, segment, rng),
    )


def order_lines(orders: Orders, population: Population, arms: Arms, *, seed: int) -> pd.DataFrame:
    """Return the order lines, returned lines included, without any dirty row.

    Args:
        orders: The orders.
        population: The people of the demo.
        arms: Who is in which experiment arm, for the planted effect on baskets.
        seed: Seed of the demo.

    Returns:
        Columns `order_id, customer_id, ordered_at, amount, quantity, product_id, category,
        channel, discount, region, cost`, sorted by time. `amount` is what was paid, in GBP, net
        of `discount`; a returned line has its own `order_id` (`"R..."`), a negative amount,
        quantity and cost, and no discount.
    """
    rng = stream(seed, "order lines")
    lines = 1 + pick(by_segment("lines")[orders.segment], rng)
    order = np.repeat(np.arange(len(lines)), lines)
    person, segment = orders.person[order], orders.segment[order]
    list_price = _line_values(orders, population, arms, order, rng)
    depth = _draw_discount_depth(population, person, segment, rng)
    amount = np.maximum(np.round(list_price * (1.0 - depth), 2), 0.5)
    category = _draw_category(population, person, segment, rng)
    sold = pd.DataFrame(
        {
            "order_id": orders.order_id[order],
            "person": person,
            "seconds": orders.seconds[order],
            "amount": amount,
            "quantity": np.maximum(1, np.round(list_price / np.array(CATEGORY_PRICE)[category])),
            "category": category,
            "item": 1 + np.floor(30.0 * rng.random(len(order)) ** 2),
            "channel": orders.channel[order],
            "discount": np.round(amount * depth / (1.0 - depth), 2),
            "cost": np.round(list_price * np.array(CATEGORY_COST)[category], 2),
        }
    )
    back = shift_share(
        by_segment("returned_lines")[segment], population.leaning[person, 2] * RETURN_LEANING
    )
    returned = _returned_lines(sold.loc[rng.random(len(sold)) < back], rng)
    return _as_table(pd.concat([sold, returned], ignore_index=True), population)


def quarter_of(day: IntArray) -> IntArray:
    """Return the number of the quarter, from 0, in which each day lies."""
    return np.searchsorted(quarter_starts(), day, side="right") - 1


def shift_share(share: FloatArray, log_odds: FloatArray) -> FloatArray:
    """Return shares moved on the scale of log odds, so that they stay in 0 to 1.

    Args:
        share: Shares in 0 to 1; 0 and 1 stay where they are.
        log_odds: How far to move each, of the same shape.

    Returns:
        Shares of the same shape.
    """
    odds = share * np.exp(log_odds)
    return np.asarray(odds / (odds + 1.0 - share), dtype=np.float64)


def _joining_orders(population: Population, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Return person and day of the orders on the two welcome vouchers."""
    first = population.joined + rng.geometric(1.0 / WELCOME_DAYS, len(population.joined))
    second = first + 14 + rng.geometric(1.0 / SECOND_VOUCHER_DAYS, len(first))
    used = rng.random(len(first)) < SECOND_VOUCHER_SHARE
    person = np.concatenate([np.arange(len(first)), np.flatnonzero(used)])
    day = np.concatenate([first, second[used]])
    last_day = np.minimum(population.left, quarter_starts()[-1]) - 1
    kept = (population.joined[person] >= 0) & (day <= last_day[person])
    return person[kept], day[kept]


def _draw_channel(
    population: Population, person: IntArray, segment: IntArray, rng: np.random.Generator
) -> IntArray:
    app = shift_share(by_segment("app_share")[segment], population.leaning[person, 0] * APP_LEANING)
    phone = by_segment("phone_share")[segment]
    draw = rng.random(len(person))
    return np.where(draw < app, APP, np.where(draw < app + (1.0 - app) * phone, PHONE, WEB))


def _line_values(
    orders: Orders,
    population: Population,
    arms: Arms,
    order: IntArray,
    rng: np.random.Generator,
) -> FloatArray:
    """Return the list value of each line: log-normal baskets, shared out among their lines."""
    segment, person = orders.segment, orders.person
    spread = by_segment("basket_spread")[segment]
    basket = (
        by_segment("basket")[segment]
        * population.basket_factor[person]
        * np.exp(rng.normal(0.0, 1.0, len(person)) * spread)
        * basket_lift(arms, person, segment, orders.seconds // DAY_SECONDS)
        * local_lift(population, person, orders.seconds // DAY_SECONDS)
        * spike_lift(segment, orders.seconds // DAY_SECONDS)
    )
    parts = rng.gamma(4.0, 1.0, len(order))
    return np.asarray(basket[order] * parts / np.bincount(order, weights=parts)[order])


def _draw_discount_depth(
    population: Population, person: IntArray, segment: IntArray, rng: np.random.Generator
) -> FloatArray:
    chance = shift_share(
        by_segment("discounted_lines")[segment],
        population.leaning[person, 1] * DISCOUNT_LEANING,
    )
    depth = by_segment("discount_depth")[segment] * rng.uniform(0.6, 1.4, len(person))
    return np.where(rng.random(len(person)) < chance, depth, 0.0)


def _draw_category(
    population: Population, person: IntArray, segment: IntArray, rng: np.random.Generator
) -> IntArray:
    reach = by_segment("breadth")[segment] + population.reach[person]
    reach = np.clip(reach, 1, len(CATEGORIES))
    liking = np.floor(reach * rng.random(len(person)) ** 1.2).astype(np.int64)
    return population.favourites[person, liking]


def _returned_lines(sold: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the returned lines; all that comes back of one order comes back together."""
    days = rng.integers(3, 22, len(sold))
    each = pd.Series(draw_seconds(sold["seconds"].to_numpy() // DAY_SECONDS + days, rng))
    moment = each.groupby(sold["order_id"].to_numpy()).transform("first").to_numpy()
    returned: pd.DataFrame = sold.assign(
        order_id="R" + sold["order_id"].str[1:],
        seconds=moment,
        amount=-sold["amount"],
        quantity=-sold["quantity"],
        discount=0.0,
        cost=-sold["cost"],
    )
    kept: pd.DataFrame = returned.loc[moment < quarter_starts()[-1] * DAY_SECONDS]
    return kept


def _as_table(lines: pd.DataFrame, population: Population) -> pd.DataFrame:
    lines = lines.sort_values(["seconds", "order_id"], kind="stable", ignore_index=True)
    person = lines["person"].to_numpy()
    seconds = lines["seconds"].to_numpy()
    category = lines["category"].to_numpy()
    codes = pd.Series(np.array(CATEGORY_CODES, dtype=object)[category])
    items = lines["item"].astype("int64").map({n: f"-{n:03d}" for n in range(1, 32)})
    return pd.DataFrame(
        {
            "order_id": lines["order_id"],
            "customer_id": population.ids_at(person, seconds // DAY_SECONDS),
            "ordered_at": timestamps(seconds),
            "amount": lines["amount"],
            "quantity": lines["quantity"].astype("int64"),
            "product_id": codes.str.cat(items),
            "category": np.array(CATEGORIES, dtype=object)[category],
            "channel": np.array(CHANNELS, dtype=object)[lines["channel"].to_numpy()],
            "discount": lines["discount"],
            "region": np.array(REGIONS, dtype=object)[population.region[person]],
            "cost": lines["cost"],
        }
    )
