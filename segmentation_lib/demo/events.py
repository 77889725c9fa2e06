"""The demo's events: visits of the website and the app, from opening to purchase or leaving."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.demo.first_week import first_week_steps
from segmentation_lib.demo.orders import Orders
from segmentation_lib.demo.population import Population
from segmentation_lib.demo.season import DAY_SECONDS, timestamps
from segmentation_lib.demo.sessions import (
    BUY_PATHS,
    EVENTS,
    PURCHASE,
    VIEW,
    Sessions,
    Steps,
    draw_sessions,
    path_steps,
)
from segmentation_lib.demo.slots import slot_steps
from segmentation_lib.demo.wishlist import draw_wishes, move_sessions, wish_steps
from segmentation_lib.demo.world import (
    CATEGORIES,
    DEVICES,
    SESSION_CHANNELS,
    IntArray,
    by_segment,
    pick,
    stream,
)


def event_table(orders: Orders, population: Population, *, seed: int) -> pd.DataFrame:
    """Return the events table, without any dirty row.

    Every order that was not made by phone has a session that ends with its purchase, at the very
    moment of the order; the other sessions end before. The planted stories make sessions longer
    or move them; none adds or takes one away.

    Args:
        orders: The orders.
        population: The people of the demo.
        seed: Seed of the demo.

    Returns:
        Columns `customer_id, occurred_at, event, session_id, device, channel, properties`,
        sorted by time. `properties` is JSON text: the category looked at, or the order placed.
    """
    rng = stream(seed, "events")
    sessions = draw_sessions(orders, population, rng)
    steps = path_steps(sessions, rng)
    wishes = draw_wishes(sessions, orders, seed=seed)
    sessions = move_sessions(sessions, wishes)
    steps = _join(
        steps,
        slot_steps(sessions, seed=seed),
        first_week_steps(sessions, seed=seed),
        wish_steps(wishes, seed=seed),
    )
    seconds = _moments(sessions, steps)
    order = np.lexsort((steps.place, steps.session, seconds))
    session, event, seconds = steps.session[order], steps.event[order], seconds[order]
    return _as_table(sessions, population, session, event, seconds, rng)


def _join(*parts: Steps) -> Steps:
    """Return the steps of all parts, session by session and in their places."""
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in Steps.__dataclass_fields__
    }
    order = np.lexsort((joined["place"], joined["session"]))
    return Steps(**{name: values[order] for name, values in joined.items()})


def _moments(sessions: Sessions, steps: Steps) -> IntArray:
    """Return the second of each event: steps follow each other, a purchase is at its order."""
    lengths = np.bincount(steps.session, minlength=len(sessions.person))
    first = np.cumsum(lengths) - lengths
    passed = np.cumsum(steps.gap)
    passed = np.floor(passed - passed[first][steps.session]).astype(np.int64)
    last = passed[first + lengths - 1]
    buys = sessions.path < BUY_PATHS
    shift = np.where(buys, sessions.seconds - last, sessions.seconds)
    return np.asarray(shift[steps.session] + passed, dtype=np.int64)


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
