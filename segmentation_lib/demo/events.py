"""The demo's events: visits of the website and the app, from opening to purchase or leaving."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.demo.orders import APP, APP_LEANING, PHONE, Orders, shift_share
from segmentation_lib.demo.population import Population
from segmentation_lib.demo.season import (
    DAY_SECONDS,
    draw_days,
    draw_seconds,
    expected_counts,
    timestamps,
)
from segmentation_lib.demo.world import (
    CATEGORIES,
    DEVICES,
    SESSION_CHANNELS,
    IntArray,
    TextArray,
    by_segment,
    pick,
    stream,
)

EVENTS = (
    "visit",
    "app_open",
    "search",
    "product_view",
    "add_to_cart",
    "checkout",
    "purchase",
    "support_chat",
)
VISIT, APP_OPEN, SEARCH, VIEW, CART, CHECKOUT, PURCHASE, CHAT = range(8)
# What happens in a session, step by step. The order is that of `Segment.buy_paths` followed by
# that of `Segment.browse_paths`. The third browsing path is the planted loop: search, look, and
# search again, without coming any further.
PATHS = (
    (VISIT, VIEW, CART, CHECKOUT, PURCHASE),
    (VISIT, SEARCH, VIEW, CART, CHECKOUT, PURCHASE),
    (VISIT, CHECKOUT, PURCHASE),
    (VISIT,),
    (VISIT, VIEW),
    (VISIT, SEARCH, VIEW, SEARCH),
    (VISIT, VIEW, CART),
    (VISIT, VIEW, CART, CHECKOUT),
    (VISIT, CHAT),
)
BUY_PATHS = 3
STEP_SECONDS = 35.0


@dataclass(frozen=True)
class Sessions:
    """Every session as drawn, one row per session, arrays in step.

    Attributes:
        person: The visitor's row in the population.
        segment: The segment in which the visitor behaves at that time.
        seconds: Moment of the first event, or of the purchase where there is one.
        path: Number in `PATHS`.
        in_app: Whether the session is in the app.
        order_id: The order placed, `""` where there is none.
    """

    person: IntArray
    segment: IntArray
    seconds: IntArray
    path: IntArray
    in_app: IntArray
    order_id: TextArray


def event_table(orders: Orders, population: Population, *, seed: int) -> pd.DataFrame:
    """Return the events table, without any dirty row.

    Every order that was not made by phone has a session that ends with its purchase, at the very
    moment of the order; the other sessions end before.

    Args:
        orders: The orders.
        population: The people of the demo.
        seed: Seed of the demo.

    Returns:
        Columns `customer_id, occurred_at, event, session_id, device, channel, properties`,
        sorted by time. `properties` is JSON text: the category looked at, or the order placed.
    """
    rng = stream(seed, "events")
    sessions = _sort(_join(_buying(orders, rng), _browsing(population, rng)))
    steps = np.array([len(path) for path in PATHS])[sessions.path]
    session = np.repeat(np.arange(len(steps)), steps)
    first = np.cumsum(steps) - steps
    step = np.arange(len(session)) - first[session]
    table = np.array([path + (0,) * (6 - len(path)) for path in PATHS])
    event = table[sessions.path[session], step]
    event = np.where((event == VISIT) & (sessions.in_app[session] == 1), APP_OPEN, event)
    seconds = _moments(sessions, session, step, first, steps, rng)
    order = np.lexsort((step, session, seconds))
    session, event, seconds = session[order], event[order], seconds[order]
    return _as_table(sessions, population, session, event, seconds, rng)


def _buying(orders: Orders, rng: np.random.Generator) -> Sessions:
    online = orders.channel != PHONE
    segment = orders.segment[online]
    return Sessions(
        person=orders.person[online],
        segment=segment,
        seconds=orders.seconds[online],
        path=pick(by_segment("buy_paths")[segment], rng),
        in_app=(orders.channel[online] == APP).astype(np.int64),
        order_id=orders.order_id[online],
    )


def _browsing(population: Population, rng: np.random.Generator) -> Sessions:
    start, end = population.spans()
    yearly = by_segment("browse_sessions_per_year")[population.segment]
    counts = rng.poisson(expected_counts(yearly * population.session_factor[:, None], start, end))
    person, quarter = np.repeat(np.argwhere(counts > 0), counts[counts > 0], axis=0).T
    day = draw_days(start[person, quarter], end[person, quarter], rng)
    segment = population.segment[person, quarter]
    app = shift_share(by_segment("app_share")[segment], population.leaning[person, 0] * APP_LEANING)
    return Sessions(
        person=person,
        segment=segment,
        seconds=draw_seconds(day, rng),
        path=BUY_PATHS + pick(by_segment("browse_paths")[segment], rng),
        in_app=(rng.random(len(person)) < app).astype(np.int64),
        order_id=np.full(len(person), "", dtype=object),
    )


def _join(one: Sessions, other: Sessions) -> Sessions:
    return Sessions(
        **{
            name: np.concatenate([getattr(one, name), getattr(other, name)])
            for name in Sessions.__dataclass_fields__
        }
    )


def _sort(sessions: Sessions) -> Sessions:
    order = np.lexsort((sessions.path, sessions.person, sessions.seconds))
    return Sessions(
        **{name: getattr(sessions, name)[order] for name in Sessions.__dataclass_fields__}
    )


def _moments(
    sessions: Sessions,
    session: IntArray,
    step: IntArray,
    first: IntArray,
    steps: IntArray,
    rng: np.random.Generator,
) -> IntArray:
    """Return the second of each event: steps follow each other, a purchase is at its order."""
    gaps = np.where(step == 0, 0.0, 2.0 + rng.exponential(STEP_SECONDS, len(session)))
    passed = np.cumsum(gaps)
    passed = np.floor(passed - passed[first][session]).astype(np.int64)
    last = passed[first + steps - 1]
    buys = sessions.path < BUY_PATHS
    shift = np.where(buys, sessions.seconds - last, sessions.seconds)
    return np.asarray(shift[session] + passed, dtype=np.int64)


def _as_table(
    sessions: Sessions,
    population: Population,
    session: IntArray,
    event: IntArray,
    seconds: IntArray,
    rng: np.random.Generator,
) -> pd.DataFrame:
    segment = sessions.segment
    device = pick(by_segment("devices")[segment], rng)
    # The app runs on phones and tablets only.
    device = np.where((sessions.in_app == 1) & (device == 1), 0, device)
    channel = pick(by_segment("session_channels")[segment], rng)
    numbers = pd.Series(np.arange(1, len(segment) + 1)).map("s{:07d}".format)
    ids = population.ids_at(sessions.person, sessions.seconds // DAY_SECONDS)
    liked = population.favourites[sessions.person, rng.integers(0, 3, len(segment))]
    looked_at = pd.Series([f'{{"category": "{name}"}}' for name in CATEGORIES])
    placed = '{"order_id": "' + pd.Series(sessions.order_id, dtype="str") + '"}'
    properties = np.full(len(session), "{}", dtype=object)
    views = event == VIEW
    buys = event == PURCHASE
    properties[views] = looked_at.to_numpy(dtype=object)[liked[session[views]]]
    properties[buys] = placed.to_numpy(dtype=object)[session[buys]]
    return pd.DataFrame(
        {
            "customer_id": ids[session],
            "occurred_at": timestamps(seconds),
            "event": np.array(EVENTS, dtype=object)[event],
            "session_id": numbers.to_numpy(dtype=object)[session],
            "device": np.array(DEVICES, dtype=object)[device[session]],
            "channel": np.array(SESSION_CHANNELS, dtype=object)[channel[session]],
            "properties": properties,
        }
    )
