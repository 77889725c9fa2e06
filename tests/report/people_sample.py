"""Realistic frames for the pictures of people: profiles, value and journeys."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from segmentation_lib import report
from tests.report.sample import NAMES

LONG_NAMES = {
    f"S{number:02d}": f"{name}, number {number}"
    for number, name in enumerate(
        [*NAMES.values(), "Returning gift buyers who order shortly before the holidays",
         "Large households", "Weekend app visitors", "Full-price newcomers",
         "Service-intensive long-standing customers", "Window shoppers"], start=1,
    )
}  # fmt: skip
TRAITS = [
    "recency", "frequency", "average_order_value", "category_breadth", "discount_share",
    "return_rate", "channel_share_app", "sessions",
]  # fmt: skip


def names(count: int) -> dict[str, str]:
    return dict(list(LONG_NAMES.items())[:count])


def percentiles(count: int = 6) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    rows = [(item, trait, float(rng.integers(4, 97))) for item in names(count) for trait in TRAITS]
    rows += [("(all)", trait, float(rng.integers(46, 58))) for trait in TRAITS]
    return pd.DataFrame(rows, columns=["segment_id", "trait", "percentile"])


def funnel_steps(count: int = 6) -> pd.DataFrame:
    rng = np.random.default_rng(6)
    events = ["Visit", "Product viewed", "Added to cart", "Checkout", "Purchase"]
    rows = []
    for place, item in enumerate(["(all)", *names(count)]):
        base = 30 if place == count and count > 2 else 10 * int(rng.integers(20, 140))
        before = base
        for step, event in enumerate(events, start=1):
            reached = 10 * int(before * rng.uniform(0.5, 0.93) / 10)
            rows.append((item, step, event, base, reached, *wilson(reached, base),
                         *wilson(reached, before), before < 30))  # fmt: skip
            before = reached
    columns = [
        "segment_id",
        "step",
        "event",
        "base",
        "reached",
        "share_of_all",
        "all_low",
        "all_high",
        "share_of_previous",
        "previous_low",
        "previous_high",
        "small",
    ]
    return pd.DataFrame(rows, columns=columns)  # fmt: skip


def wilson(count: int, base: int) -> tuple[float, float, float]:
    if base == 0:
        return (np.nan, np.nan, np.nan)
    share, z = count / base, 1.96
    middle = (share + z * z / (2 * base)) / (1 + z * z / base)
    half = z / (1 + z * z / base) * np.sqrt(share * (1 - share) / base + z * z / (4 * base**2))
    return share, middle - half, middle + half


def cohorts(count: int = 9) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    rows = []
    for place in range(count):
        size = int(rng.integers(90, 420))
        for period in range(count - place):
            partial = period == count - place - 1
            share = 1.0 if period == 0 else 0.2 + 0.34 * np.exp(-period / 3) + rng.normal(0, 0.015)
            share *= 0.6 if partial and period else 1
            unknown = place == 2 and period == 4
            cohort = f"{2023 + (place + 2) // 4}Q{(place + 2) % 4 + 1}"
            rows.append((cohort, period, size, np.nan if unknown else share, partial, place == 0))
    columns = ["cohort", "period", "customers", "share", "partial", "edge"]
    return pd.DataFrame(rows, columns=columns)


def survival(count: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(9)
    rows = []
    for place, item in enumerate(["(all)", *names(count)]):
        people = 3000 if place == 0 else int(rng.integers(150, 700))
        rate = 0.012 if place == 0 else rng.uniform(0.002, 0.03)
        for day in range(92):
            waiting = float(np.exp(-rate * day))
            half = 1.96 * np.sqrt(waiting * (1 - waiting) / people)
            rows.append(
                (
                    item,
                    day,
                    waiting,
                    max(0, waiting - half),
                    min(1, waiting + half),
                    int(people * waiting),
                    0 if day < 91 else int(people * waiting),
                )
            )
    columns = ["segment_id", "day", "waiting", "low", "high", "at_risk", "censored"]
    return pd.DataFrame(rows, columns=columns)  # fmt: skip


def flows() -> pd.DataFrame:
    rng = np.random.default_rng(10)
    events = ["visit", "search", "product_view", "add_to_cart", "checkout", "delivery_slots",
              "save_favourite", "read_reviews", "contact_support"]  # fmt: skip
    rows, now = [], {"visit": 5200.0, "search": 1400.0, "product_view": 900.0}
    for position in range(1, 6):
        after: dict[str, float] = {}
        for event, size in sorted(now.items()):
            weights = rng.dirichlet(np.full(len(events) - 1, 0.6)) * (0.66 - 0.06 * position)
            targets = dict(zip((e for e in events if e != event), weights, strict=True))
            targets["purchase"] = 0.04 + 0.03 * position
            targets["(end)"] = 1 - sum(targets.values())
            for target, share in targets.items():
                count = round(size * share)
                if count > 0:
                    rows.append((position, event, target, count))
                    if target not in ("(end)", "purchase"):
                        after[target] = after.get(target, 0) + count
        now = after
    return pd.DataFrame(rows, columns=["position", "event", "next_event", "sessions"])


def lorenz(count: int = 6) -> pd.DataFrame:
    shares = np.linspace(0.05, 1, 20)
    values = 1 - (1 - shares) ** 2.4
    rows = [("customers", f"best {share:.0%}", share, value)
            for share, value in zip(shares, values, strict=True)]  # fmt: skip
    at = np.sort(np.random.default_rng(12).uniform(0.05, 0.97, count - 1))
    for item, share in zip(names(count), [*at, 1.0], strict=True):
        rows.append(("segment", item, share, (1 - (1 - share) ** 2.4) * 0.94 if share < 1 else 1.0))
    frame = pd.DataFrame(
        rows, columns=["kind", "label", "cumulative_customer_share", "cumulative_value_share"]
    )
    for total, own in (
        ("cumulative_customer_share", "customer_share"), ("cumulative_value_share", "value_share"),
    ):  # fmt: skip
        frame[own] = frame.groupby("kind")[total].diff().fillna(frame[total])
    return frame


def evaluation(count: int = 6) -> pd.DataFrame:
    rng = np.random.default_rng(13)
    frame = pd.DataFrame({"segment_id": list(names(count))})
    frame["attractiveness"] = rng.uniform(0.1, 0.95, count)
    frame["fit"] = rng.uniform(0.1, 0.95, count)
    frame["value"] = rng.lognormal(11, 0.9, count)
    if count > 2:
        frame.loc[1, ["attractiveness", "fit"]] = frame.loc[0, ["attractiveness", "fit"]] + 0.005
    return frame


def history(count: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(14)
    rows = []
    for place, item in enumerate(names(count)):
        level = [260, 85, 60, 150, 45, 95, 110, 70, 190, 30, 130, 88][place]
        for back in range(7, -1, -1):
            index = level * rng.normal(1, 0.06) * (1.9 if place == 1 and back == 2 else 1)
            rows.append((item, back, index, int(rng.integers(200, 500)), back < 7))
    columns = ["segment_id", "quarters_back", "value_index", "customers", "complete"]
    return pd.DataFrame(rows, columns=columns)


QUARTERS = {back: f"{2025 - (back + 1) // 4}Q{(2 - back) % 4 + 1}" for back in range(8)}


def links() -> pd.DataFrame:
    rows = [
        ("recency", "orders", -0.41, "association", "0.4 orders fewer per 30 days", -0.5, -0.31),
        ("sessions", "orders", 0.54, "association", "0.5 orders more per 10 visits", 0.4, 0.7),
        ("discount_share", "order_value", -31.4, "association", "£31 less", -40, -22),
        ("channel_share_app", "revenue", 12.0, "quasi-experiment", "£12 more", 3, 21),
        ("Welcome letter", "revenue", 4.1, "experiment", "£4.10 more per customer", 1.2, 7.0),
        ("Service calls", "churn", np.nan, "assumption", "", np.nan, np.nan),
        ("category_breadth", "revenue", np.nan, "assumption", "", np.nan, np.nan),
    ]
    columns = ["trait", "outcome", "effect", "grade", "said", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def quotes() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "segment_id": ["S01", "S03"],
            "quote": ["I order every other week & nothing ever goes wrong.",
                      "The app shows me what is in stock in my shop, that is why I use it."],
            "source": ["Survey after purchase", "Interview"],
            "n": [212, np.nan],
            "period": ["2025Q3", None],
        }
    )  # fmt: skip


def cards() -> dict[str, object]:
    full = {
        "id": "S01", "name": NAMES["S01"], "customers": 412, "customer_share": 0.115,
        "sentence": "412 customers (12%). They account for 46% of revenue: £1,001 each, 3.96 times "
        "the average.",
        "value_per_customer": 1001.0, "value_low": 930.0, "value_high": 1080.0,
        "lifetime_value": 3710.0, "lifetime_low": 3300.0, "lifetime_high": 4150.0,
        "verdict_sentence": "Their value has been steady for seven quarters.",
        "traits": [{"phrase": "buys every 12 days", "bold": True},
                   {"phrase": "£84 a basket", "bold": False}],
        "words": ["delivery", "on time", "subscription"],
        "answers": [
            {"question": "value", "answer": "Delivery on the day.", "grade": "association"},
            {"question": "reach", "answer": "By e-mail: 61% agreed.", "grade": "association"},
            {"question": "lever", "answer": "A reserved slot.", "grade": "assumption"},
            {"question": "lever", "answer": "The welcome letter: £4.10 more per customer.",
             "grade": "experiment"},
        ],
        "do": [{"text": "Reserve delivery slots.", "grade": "assumption"}],
        "do_not": ["Do not send discounts: they buy at full price."],
        "quotes": quotes().to_dict("records")[:1],
        "funnel_break": "They drop at checkout: 61% go on, 80% elsewhere.",
        "confidence_sentence": "Nine in ten are clearly in this segment.",
        "change_sentence": "18 more than last quarter.",
        "warning": "",
    }  # fmt: skip
    bare = {"id": "S02", "name": NAMES["S02"], "sentence": "1,103 customers (31%).",
            "change_sentence": "", "value_per_customer": None, "traits": [],
            "warning": "The name says bargain, but the discount share is average."}  # fmt: skip
    return {"segments": [full, bare], "currency": "GBP"}


@cache
def outputs(count: int = 6) -> list[tuple[str, list[object]]]:
    """The cells of a profile page with a number of segments."""
    said = names(count)
    return [
        ("# Who they are\n\n## Cards", [report.card_list(cards())]),
        ("## Shape", [report.radar(
            percentiles(count), names=said, alt="Small radars on shared axes.",
            caption="Regulars stand out by how often they buy, newcomers by the app.",
        )]),
        ("## Worth", [
            report.concentration_curve(
                lorenz(count), names=said, value_label="revenue",
                gini_sentence="Gini coefficient 0.41 (95% interval 0.38 to 0.44).",
                alt="The best fifth brings 41% of revenue.",
                caption="A fifth of customers brings two fifths of revenue.",
            ),
            report.value_over_time(
                history(count), names=said, quarters=QUARTERS, spikes={"S02": 2},
                alt="Value index over eight quarters; S02 jumps once.",
                caption="The bargain hunters were valuable in one quarter only.",
            ),
            report.bars_with_intervals(
                pd.DataFrame({"segment_id": list(said), "value": np.linspace(95, 20, count)}),
                label="segment_id", value="value", format="money0", currency="GBP", reference=52.0,
                reference_label="average",
                benchmarks={"trade average": 61.0, "last year's goal of the board": 90.0},
                alt="Order value beside benchmarks.", caption="Two pass the trade average.",
            ),
            report.evaluation_plot(
                evaluation(count), names=said, value_label="revenue", currency="GBP",
                alt="Attractiveness against fit.", caption="Two are attractive and suit us.",
            ),
        ]),
        ("## Journeys", [
            report.funnel(
                funnel_steps(count), names=said, alt="Five steps per segment.",
                caption="Regulars are lost at checkout, the others before the cart.",
            ),
            report.path_flow(
                flows(), ends=("purchase", "(end)"), alt="Sessions by step.",
                caption="Half of the sessions end within two steps.",
            ),
            report.cohort_grid(
                cohorts(), alt="Cohorts by quarter.", caption="Each cohort loses half at once.",
            ),
            report.survival_lines(
                survival(count), names=said, alt="Step lines.",
                caption="Half of the regulars buy again within a month.",
            ),
        ]),
        ("## Why", [report.cause_map(
            links(), alt="Seven links.", caption="One link is tested, six are not.",
        )]),
        ("## Voices", [
            report.quote_list(quotes()), report.quote_list([]),
            report.details("More numbers: what each quarter brought", "All of them.",
                           report.table(history(2).head(4), caption="Value by quarter")),
        ]),
        ("## What is next", [report.finding("No experiment has ended yet.")]),
        ("## Last", [report.finding("99 draws were made.")]),
    ]  # fmt: skip
