"""Who the demo's customers are: when they join, how they behave, and when they leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.demo.season import DAY_SECONDS, expected_counts, timestamps
from segmentation_lib.demo.world import (
    ACQUISITION_CHANNELS,
    BROWSER,
    BROWSER_TO_EXPRESS,
    CATALOGUE,
    CATALOGUE_TO_EXPRESS,
    CATEGORIES,
    EXPRESS,
    JOINING_MIX,
    OPENING_MIX,
    PLANS,
    QUARTERS,
    REGION_SHARES,
    REGIONS,
    BoolArray,
    FloatArray,
    IntArray,
    TextArray,
    by_segment,
    pick,
    quarter_starts,
    stream,
)

OPENING_SHARE = 0.67
DUPLICATE_SHARE = 0.008
NEVER = 10_000


@dataclass(frozen=True)
class Population:
    """Everybody in the demo, one row per person, arrays in step.

    Attributes:
        customer_id: Shape (people,), such as `"000123"`, in the order of joining.
        joined: Day of joining, since the world's start; negative for those there before it.
        left: Day of the last activity; `NEVER` for those who stay.
        segment: Shape (people, quarters): number in `SEGMENTS`, -1 before the person joins. Those
            who left keep their last one.
        second_id: A second customer id of the same person, `""` for most.
        second_day: Day on which the second id takes over; `NEVER` for most.
        order_factor: The person's buying, as a multiple of the segment's; mean about 1.
        basket_factor: The person's basket, as a multiple of the segment's; median 1.
        session_factor: The person's browsing, as a multiple of the segment's; mean about 1.
        leaning: Shape (people, 3): standard normal leanings to the app, to discounts and to
            returns.
        favourites: Shape (people, categories): the categories in the person's order of liking.
        reach: How many of the favourites the person shops, as a change (-1, 0, 1).
        region: Number in `REGIONS`.
    """

    customer_id: TextArray
    joined: IntArray
    left: IntArray
    segment: IntArray
    second_id: TextArray
    second_day: IntArray
    order_factor: FloatArray
    basket_factor: FloatArray
    session_factor: FloatArray
    leaning: FloatArray
    favourites: IntArray
    reach: IntArray
    region: IntArray

    def spans(self) -> tuple[FloatArray, FloatArray]:
        """Return the days on which each person is active in each quarter.

        Returns:
            Start and end day, each of shape (people, quarters); end is not after start where the
            person is not active in the quarter. The day of joining itself is left out, so that
            nothing is dated before the sign-up.
        """
        edges = quarter_starts().astype(np.float64)
        start = np.maximum(edges[:-1][None, :], self.joined[:, None] + 1.0)
        end = np.minimum(edges[1:][None, :], self.left[:, None].astype(np.float64))
        return start, np.maximum(end, start)

    def active(self) -> BoolArray:
        """Return whether each person is active in each quarter, shape (people, quarters)."""
        start, end = self.spans()
        return np.asarray(end > start)

    def ids_at(self, person: IntArray, day: IntArray) -> TextArray:
        """Return the customer ids under which persons are known on given days."""
        moved = day >= self.second_day[person]
        return np.asarray(np.where(moved, self.second_id[person], self.customer_id[person]))

    def expected_orders(self) -> FloatArray:
        """Return each person's expected number of orders per quarter, shape (people, quarters)."""
        start, end = self.spans()
        yearly = by_segment("orders_per_year")[self.segment] * self.order_factor[:, None]
        return expected_counts(yearly, start, end)


def make_population(*, seed: int, customers: int) -> Population:
    """Draw the people of the demo.

    Args:
        seed: Seed of the demo.
        customers: How many people, at least 100.

    Returns:
        The people, sorted by the day of joining.

    Raises:
        ValueError: If `customers` is below 100, where the planted shares mean nothing.
    """
    if customers < 100:
        raise ValueError(
            f"write_demo: customers = {customers}, must be at least 100 for the planted segments "
            "to be there. Use the default (5000) or a larger number."
        )
    rng = stream(seed, "population")
    joined = _joining_days(customers, rng)
    segment, left = _careers(joined, rng)
    numbers = np.arange(1, customers + 1)
    second_id, second_day = _second_ids(joined, left, rng)
    return Population(
        customer_id=_id_text(numbers),
        joined=joined,
        left=left,
        segment=segment,
        second_id=second_id,
        second_day=second_day,
        # Gamma factors make the counts negative binomial: shape 20 gives a spread of 22 %.
        order_factor=rng.gamma(20.0, 1.0 / 20.0, customers),
        basket_factor=np.exp(rng.normal(0.0, 0.22, customers)),
        session_factor=rng.gamma(12.0, 1.0 / 12.0, customers),
        leaning=rng.normal(0.0, 1.0, (customers, 3)),
        favourites=np.argsort(rng.random((customers, len(CATEGORIES))), axis=1),
        reach=rng.integers(-1, 2, customers),
        region=rng.choice(len(REGIONS), customers, p=REGION_SHARES),
    )


def customer_table(population: Population, *, seed: int) -> pd.DataFrame:
    """Return the customers table: one row per customer id, attributes with a few gaps.

    Args:
        population: The people.
        seed: Seed of the demo.

    Returns:
        Columns `customer_id, signed_up_at, region, age, acquisition_channel, plan,
        marketing_consent, email_key, account_type`, sorted by `customer_id`. `plan` is ordered
        basic < plus < premium; `email_key` is equal for two ids of one person.
    """
    rng = stream(seed, "customers")
    people = len(population.customer_id)
    first = np.take_along_axis(
        population.segment, np.argmax(population.segment >= 0, axis=1)[:, None], axis=1
    )[:, 0]
    last = population.segment[:, -1]
    age = np.clip(np.round(rng.normal(by_segment("age")[first], 8.0)), 18, 92)
    age[rng.random(people) < 0.03] = np.nan
    signed_up = population.joined * DAY_SECONDS + rng.integers(6 * 3600, 23 * 3600, people)
    hashed = pd.util.hash_array(population.customer_id, hash_key="demo-email-key-1")
    table = pd.DataFrame(
        {
            "customer_id": population.customer_id,
            "signed_up_at": timestamps(signed_up),
            "region": np.array(REGIONS, dtype=object)[population.region],
            "age": pd.Series(age).astype("Int64"),
            "acquisition_channel": np.array(ACQUISITION_CHANNELS, dtype=object)[
                pick(by_segment("acquisition")[first], rng)
            ],
            "plan": np.array(PLANS, dtype=object)[pick(by_segment("plans")[last], rng)],
            "marketing_consent": rng.random(people) < by_segment("consent")[last],
            "email_key": pd.Series(hashed).map("{:016x}".format),
            "account_type": "customer",
        }
    )
    again = population.second_id != ""
    second = table.loc[again].assign(
        customer_id=population.second_id[again],
        signed_up_at=timestamps(population.second_day[again] * DAY_SECONDS).to_numpy(),
    )
    both: pd.DataFrame = pd.concat([table, second])
    return both.sort_values("customer_id", ignore_index=True)


def _joining_days(customers: int, rng: np.random.Generator) -> IntArray:
    opening = round(customers * OPENING_SHARE)
    before = -rng.integers(30, 1500, opening)
    last_day = int(quarter_starts()[-1])
    during = rng.integers(0, last_day - 1, customers - opening)
    return np.sort(np.concatenate([before, during])).astype(np.int64)


def _careers(joined: IntArray, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Return the segment per quarter and the day of leaving, from chances per quarter."""
    edges = quarter_starts()
    people, quarters = len(joined), len(QUARTERS)
    segment = np.full((people, quarters), -1, dtype=np.int64)
    left = np.full(people, NEVER, dtype=np.int64)
    lapse = by_segment("lapse_per_quarter")
    current = np.full(people, -1, dtype=np.int64)
    current[joined < 0] = pick(_opening_chances(int((joined < 0).sum())), rng)
    for quarter in range(quarters):
        chance = np.zeros(people)
        chance[current == CATALOGUE] = CATALOGUE_TO_EXPRESS[quarter]
        chance[current == BROWSER] = BROWSER_TO_EXPRESS[quarter]
        staying = left == NEVER
        current[(rng.random(people) < chance) & staying] = EXPRESS
        new = (joined >= edges[quarter]) & (joined < edges[quarter + 1])
        current[new] = pick(np.tile(JOINING_MIX[quarter], (int(new.sum()), 1)), rng)
        segment[:, quarter] = current
        here = (current >= 0) & ~new & staying
        leaving = here & (rng.random(people) < np.where(current >= 0, lapse[current], 0.0))
        days = rng.integers(edges[quarter] + 1, edges[quarter + 1], people)
        left[leaving] = days[leaving]
    return segment, left


def _opening_chances(people: int) -> FloatArray:
    """Return the segments' chances for those there from the start, oldest customers first."""
    chances = np.tile(OPENING_MIX, (people, 1))
    # The catalogue's buyers are the oldest customers: it has won few new ones for years.
    chances[:, CATALOGUE] *= np.linspace(1.8, 0.2, people)
    return np.asarray(chances / chances.sum(axis=1, keepdims=True), dtype=np.float64)


def _second_ids(
    joined: IntArray, left: IntArray, rng: np.random.Generator
) -> tuple[TextArray, IntArray]:
    """Give a few people who stay a second id, from a day in the middle of the history on."""
    people = len(joined)
    second_id = np.full(people, "", dtype=object)
    second_day = np.full(people, NEVER, dtype=np.int64)
    pairs = max(1, round(people * DUPLICATE_SHARE))
    eligible = np.flatnonzero((joined < 150) & (left == NEVER))
    chosen = np.sort(rng.choice(eligible, pairs, replace=False))
    second_id[chosen] = _id_text(np.arange(people + 1, people + pairs + 1))
    second_day[chosen] = rng.integers(270, 560, pairs)
    return second_id, second_day


def _id_text(numbers: IntArray) -> TextArray:
    return np.asarray(pd.Series(numbers).map("{:06d}".format).to_numpy(dtype=object))
