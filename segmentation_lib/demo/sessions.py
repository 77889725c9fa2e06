"""The demo's sessions: when people visit the website and the app, and what they come for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation_lib.demo.orders import APP, APP_LEANING, PHONE, Orders, shift_share
from segmentation_lib.demo.population import Population
from segmentation_lib.demo.season import draw_days, draw_seconds, expected_counts
from segmentation_lib.demo.world import FloatArray, IntArray, TextArray, by_segment, pick

EVENTS = (
    "visit",
    "app_open",
    "search",
    "product_view",
    "add_to_cart",
    "checkout",
    "purchase",
    "support_chat",
    "delivery_slots",
    "save_favourite",
    "size_guide",
    "wishlist_add",
)
VISIT, APP_OPEN, SEARCH, VIEW, CART, CHECKOUT, PURCHASE, CHAT, SLOTS, SAVE, GUIDE, WISH = range(12)
# What happens in a session, step by step. The order is that of `Segment.buy_paths` followed by
# that of `Segment.browse_paths`. The third browsing path goes back to the search without coming
# any further.
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
VIEWS_ONLY, LEAVES_CART, LEAVES_CHECKOUT = 4, 6, 7
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

    def lengths(self) -> IntArray:
        """Return how many steps the path of each session has."""
        return np.array([len(path) for path in PATHS])[self.path]


@dataclass(frozen=True)
class Steps:
    """Single events of sessions, one row per event, arrays in step.

    Attributes:
        session: The session's row in `Sessions`.
        place: Order within the session; the steps of its path stand at 0, 1, 2...
        event: Number in `EVENTS`.
        gap: Seconds since the event before it in the session.
    """

    session: IntArray
    place: FloatArray
    event: IntArray
    gap: FloatArray


def draw_sessions(orders: Orders, population: Population, rng: np.random.Generator) -> Sessions:
    """Draw the sessions: one for every order that was not made by phone, and those that browse.

    Args:
        orders: The orders.
        population: The people of the demo.
        rng: Source of randomness.

    Returns:
        The sessions, sorted by moment.
    """
    return _sort(_join(_buying(orders, rng), _browsing(population, rng)))


def path_steps(sessions: Sessions, rng: np.random.Generator) -> Steps:
    """Return the steps of every session's path, session by session."""
    lengths = sessions.lengths()
    session = np.repeat(np.arange(len(lengths)), lengths)
    place = np.arange(len(session)) - (np.cumsum(lengths) - lengths)[session]
    longest = max(len(path) for path in PATHS)
    table = np.array([path + (0,) * (longest - len(path)) for path in PATHS])
    event = table[sessions.path[session], place]
    event = np.where((event == VISIT) & (sessions.in_app[session] == 1), APP_OPEN, event)
    gap = np.where(place == 0, 0.0, draw_gaps(len(session), rng))
    return Steps(session=session, place=place.astype(np.float64), event=event, gap=gap)


def draw_gaps(count: int, rng: np.random.Generator) -> FloatArray:
    """Draw the seconds between an event and the one before it: at least 2, typically 37."""
    return np.asarray(2.0 + rng.exponential(STEP_SECONDS, count))


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
