"""What is planted in the demo: for tests only, nothing in the pipeline may read it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from segmentation_lib.demo.experiment import planted_effects
from segmentation_lib.demo.first_week import THRESHOLD
from segmentation_lib.demo.population import Population
from segmentation_lib.demo.season import DAY_SECONDS, timestamps
from segmentation_lib.demo.sessions import EVENTS, GUIDE, SAVE, SLOTS, WISH
from segmentation_lib.demo.slots import (
    BROKEN_SEGMENT,
    FEWEST_ROUNDS,
    MORE_ROUNDS,
    completion_rates,
)
from segmentation_lib.demo.spike import SPIKE_FACTOR, SPIKE_QUARTER, SPIKE_SEGMENT, spike_lift
from segmentation_lib.demo.tables import make_backbone
from segmentation_lib.demo.voices import PHRASES
from segmentation_lib.demo.wishlist import HALF_LIFE_DAYS, WISHING_SEGMENT
from segmentation_lib.demo.world import (
    DEFAULT_CUSTOMERS,
    DEFAULT_SEED,
    QUARTERS,
    SEGMENT_KEYS,
    by_segment,
    quarter_starts,
)

NAMES = ("segments", "rates", "experiments", "stories", "words", "duplicates", "dirty_rows")


@dataclass(frozen=True)
class Truth:
    """The planted truth of one demo.

    Attributes:
        segments: One row per customer id and quarter from the joining on: `customer_id, quarter,
            segment, state, expected_orders, order_probability`. `segment` is the one the customer
            behaves as in the quarter (of those who left: their last one); `state` is `active` or
            `lapsed`; `order_probability` is the planted chance of at least one order. Both ids of
            a person with two are there, with the values of the person.
        rates: One row per quarter and segment: `quarter, segment, customers, share, established,
            retention, expected_revenue, tickets_per_year, referrals_per_year`. `customers` counts
            active people and `share` is their part of all of them; `established` counts those of
            them who were customers before the quarter opened, and `retention` and
            `expected_revenue` are means over these: the planted chance of an order in the
            quarter, and GBP per customer and quarter, net of returns and without the experiment.
        experiments: `experiment_id, segment, relative_basket_effect`.
        stories: What journeys and value should show, `story, segment, subject, value` (see
            `_stories`); `segment` is `all` where a story is about everybody.
        words: `segment, word, phrases`: words that only one segment uses in survey comments, and
            in how many of its six phrases; lower case.
        duplicates: `customer_id, second_id, since`: two ids of one person.
        dirty_rows: `kind, table, key, amount`, one row per dirty row (see `dirt.make_dirt`).
    """

    segments: pd.DataFrame
    rates: pd.DataFrame
    experiments: pd.DataFrame
    stories: pd.DataFrame
    words: pd.DataFrame
    duplicates: pd.DataFrame
    dirty_rows: pd.DataFrame

    def segment_at(self, quarter: str) -> pd.Series:
        """Return the planted segment of every customer id in one quarter.

        Features as of the close of a quarter are made by behaviour up to that quarter; so compare
        segments as of the open of 2025Q3 with `segment_at("2025Q2")`.

        Args:
            quarter: Such as `"2025Q2"`.

        Returns:
            Segment names indexed by `customer_id`, those that lapsed included.

        Raises:
            KeyError: If the quarter is not one of the demo's eight.
        """
        if quarter not in QUARTERS:
            raise KeyError(f"{quarter} is not a quarter of the demo; it has {', '.join(QUARTERS)}.")
        rows = self.segments.loc[self.segments["quarter"] == quarter]
        return rows.set_index("customer_id")["segment"]


def truth(*, seed: int = DEFAULT_SEED, customers: int = DEFAULT_CUSTOMERS) -> Truth:
    """Return what is planted in the demo of a seed.

    Args:
        seed: Seed of the demo, as for `write_demo`.
        customers: How many people, as for `write_demo`.

    Returns:
        The planted truth.
    """
    backbone = make_backbone(seed=seed, customers=customers)
    people = _people_by_quarter(backbone.population)
    return Truth(
        segments=_with_second_ids(people, backbone.population),
        rates=_rates(people),
        experiments=planted_effects(),
        stories=_stories(),
        words=_words(),
        duplicates=_duplicates(backbone.population),
        dirty_rows=backbone.dirt.record,
    )


def write_truth(
    folder: Path, *, seed: int = DEFAULT_SEED, customers: int = DEFAULT_CUSTOMERS
) -> None:
    """Write the planted truth as seven CSV files, `truth_segments.csv` and so on.

    Args:
        folder: Where to; made if absent. Keep it apart from the data that a pipeline reads.
        seed: Seed of the demo.
        customers: How many people.
    """
    folder.mkdir(parents=True, exist_ok=True)
    planted = truth(seed=seed, customers=customers)
    for name in NAMES:
        frame: pd.DataFrame = getattr(planted, name)
        frame.to_csv(folder / f"truth_{name}.csv", index=False, lineterminator="\n")


def _people_by_quarter(population: Population) -> pd.DataFrame:
    expected = population.expected_orders()
    person, quarter = np.argwhere(population.segment >= 0).T
    segment = population.segment[person, quarter]
    orders = expected[person, quarter]
    share_back = by_segment("returned_lines")[segment]
    # The mean of a log-normal basket lies above its median by half its variance.
    spread = by_segment("basket_spread")[segment]
    basket = by_segment("basket")[segment] * np.exp(spread**2 / 2.0)
    discount = by_segment("discounted_lines")[segment] * by_segment("discount_depth")[segment]
    paid = basket * population.basket_factor[person] * (1.0 - discount) * (1.0 - share_back)
    paid = paid * spike_lift(segment, quarter_starts()[quarter])
    active = population.active()[person, quarter]
    return pd.DataFrame(
        {
            "person": person,
            "customer_id": population.customer_id[person],
            "quarter": np.array(QUARTERS, dtype=object)[quarter],
            "segment": np.array(SEGMENT_KEYS, dtype=object)[segment],
            "state": np.where(active, "active", "lapsed"),
            "expected_orders": orders,
            "order_probability": 1.0 - np.exp(-orders),
            "expected_revenue": orders * paid,
            "established": population.joined[person] < quarter_starts()[quarter],
        }
    )


def _with_second_ids(people: pd.DataFrame, population: Population) -> pd.DataFrame:
    columns = [
        "customer_id",
        "quarter",
        "segment",
        "state",
        "expected_orders",
        "order_probability",
    ]
    again = population.second_id[people["person"].to_numpy()] != ""
    second = people.loc[again]
    second = second.assign(customer_id=population.second_id[second["person"].to_numpy()])
    both: pd.DataFrame = pd.concat([people, second])[columns]
    return both.sort_values(["customer_id", "quarter"], ignore_index=True)


def _rates(people: pd.DataFrame) -> pd.DataFrame:
    keys = ["quarter", "segment"]
    active = people.loc[people["state"] == "active"]
    counts = active.groupby(keys, sort=True).agg(customers=("customer_id", "size"))
    counts["share"] = counts["customers"] / counts.groupby("quarter")["customers"].transform("sum")
    # Whoever joins within the quarter has less of it, and a welcome order on top.
    means = (
        active.loc[active["established"]]
        .groupby(keys, sort=True)
        .agg(
            established=("customer_id", "size"),
            retention=("order_probability", "mean"),
            expected_revenue=("expected_revenue", "mean"),
        )
    )
    table = counts.join(means).reset_index()
    number = table["segment"].map({key: place for place, key in enumerate(SEGMENT_KEYS)})
    for field in ("tickets_per_year", "referrals_per_year"):
        table[field] = by_segment(field)[number.to_numpy()]
    return table


def _stories() -> pd.DataFrame:
    """Return the planted stories.

    `checkout_completion`: share of a segment's sessions at the checkout that end with a purchase;
    one segment's is far lower. `loop_page`: the event that this segment goes round in, and how
    often in a session that is stuck. `early_threshold`: how many of an event within the first
    visit tell who buys 8 to 90 days later; `early_noise`: an event as frequent that tells nothing.
    `half_life_days`: from the event to the purchase, of those who come back for it.
    `basket_spike`: by how much a segment's baskets are larger in one quarter.
    """
    broken, wishing = SEGMENT_KEYS[BROKEN_SEGMENT], SEGMENT_KEYS[WISHING_SEGMENT]
    rates = zip(SEGMENT_KEYS, completion_rates(), strict=True)
    rows = [("checkout_completion", key, "checkout to purchase", rate) for key, rate in rates]
    rows += [
        ("loop_page", broken, EVENTS[SLOTS], FEWEST_ROUNDS + MORE_ROUNDS),
        ("early_threshold", "all", EVENTS[SAVE], float(THRESHOLD)),
        ("early_noise", "all", EVENTS[GUIDE], 0.0),
        ("half_life_days", wishing, EVENTS[WISH], HALF_LIFE_DAYS),
        ("basket_spike", SEGMENT_KEYS[SPIKE_SEGMENT], SPIKE_QUARTER, SPIKE_FACTOR),
    ]
    return pd.DataFrame(rows, columns=["story", "segment", "subject", "value"])


def _words() -> pd.DataFrame:
    """Return the words that only one segment uses, the most frequent first."""
    used = [
        (key, word)
        for key, phrases in zip(SEGMENT_KEYS, PHRASES, strict=True)
        for phrase in phrases
        for word in sorted(set(re.findall(r"[a-z]+", phrase.lower())))
    ]
    counts = pd.DataFrame(used, columns=["segment", "word"]).value_counts().rename("phrases")
    table = counts.reset_index()
    own: pd.DataFrame = table.loc[~table["word"].duplicated(keep=False)]
    order = own["segment"].map({key: place for place, key in enumerate(SEGMENT_KEYS)})
    own = own.assign(order=order).sort_values(
        ["order", "phrases", "word"], ascending=[True, False, True], ignore_index=True
    )
    return own.drop(columns="order")


def _duplicates(population: Population) -> pd.DataFrame:
    again = np.flatnonzero(population.second_id != "")
    return pd.DataFrame(
        {
            "customer_id": population.customer_id[again],
            "second_id": population.second_id[again],
            "since": timestamps(population.second_day[again] * DAY_SECONDS),
        }
    )
