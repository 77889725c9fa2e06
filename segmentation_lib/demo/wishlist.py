"""The demo's wishlist: app browsers who come back to what they saved do so within days.

Sessions that browse are moved in time, not added, so that nobody visits more often for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from segmentation_lib.demo.orders import Orders
from segmentation_lib.demo.season import DAY_SECONDS
from segmentation_lib.demo.sessions import BUY_PATHS, WISH, Sessions, Steps, draw_gaps
from segmentation_lib.demo.world import BROWSER, BoolArray, FloatArray, IntArray, stream

WISHING_SEGMENT = BROWSER
HALF_LIFE_DAYS = 3.0
# An order so long after the one before it that a delay of the half-life always lies between.
QUIET_DAYS = 45
WISHED_ORDERS = 0.8
# A wish that is not followed by any order within these days is one that is forgotten.
FORGOTTEN_DAYS = 60
FORGOTTEN_SHARE = 0.15
# Above the place of any other step: wishing is the last thing in its session.
_LAST = 1000.0


@dataclass(frozen=True)
class Wishes:
    """The sessions in which something is put on the wishlist.

    Attributes:
        fulfilled: Sessions followed by an order of the same person, with a planted delay.
        moment: To which moment each of them is moved, in seconds since the world's start.
        forgotten: Sessions that no order follows within 60 days.
    """

    fulfilled: IntArray
    moment: IntArray
    forgotten: IntArray


def draw_wishes(sessions: Sessions, orders: Orders, *, seed: int) -> Wishes:
    """Draw which sessions put something on the wishlist, and when.

    Args:
        sessions: The sessions of the demo.
        orders: The orders of the demo.
        seed: Seed of the demo.

    Returns:
        The wishes. Delays from wish to order are exponential with a half-life of 3 days.
    """
    rng = stream(seed, "wishlist")
    browsing = np.flatnonzero((sessions.path >= BUY_PATHS) & (sessions.segment == WISHING_SEGMENT))
    wished = _after_a_pause(orders) & (rng.random(len(orders.person)) < WISHED_ORDERS)
    chosen = np.flatnonzero(wished)
    days = rng.exponential(HALF_LIFE_DAYS / np.log(2.0), len(chosen))
    delay = np.floor(np.clip(days, 1.0 / 24.0, QUIET_DAYS) * DAY_SECONDS).astype(np.int64)
    moment = orders.seconds[chosen] - delay
    nearest = _nearest(sessions, browsing, orders.person[chosen], moment)
    # A session cannot be moved twice, and nobody has the session of somebody else.
    _, once = np.unique(nearest, return_index=True)
    kept = once[sessions.person[nearest[once]] == orders.person[chosen[once]]]
    rest = np.setdiff1d(browsing, nearest[kept])
    wait = _seconds_to_next_order(sessions, rest, orders)
    forgets = (wait > FORGOTTEN_DAYS * DAY_SECONDS) & (rng.random(len(rest)) < FORGOTTEN_SHARE)
    return Wishes(fulfilled=nearest[kept], moment=moment[kept], forgotten=rest[forgets])


def move_sessions(sessions: Sessions, wishes: Wishes) -> Sessions:
    """Return the sessions with those of fulfilled wishes at their planted moments."""
    seconds = sessions.seconds.copy()
    seconds[wishes.fulfilled] = wishes.moment
    return replace(sessions, seconds=seconds)


def wish_steps(wishes: Wishes, *, seed: int) -> Steps:
    """Return the wishes, each at the end of its session."""
    session = np.concatenate([wishes.fulfilled, wishes.forgotten])
    gap = draw_gaps(len(session), stream(seed, "wishlist steps"))
    return Steps(
        session=session,
        place=np.full(len(session), _LAST),
        event=np.full(len(session), WISH),
        gap=gap,
    )


def _after_a_pause(orders: Orders) -> BoolArray:
    """Return which orders of the segment follow a long pause after the person's order before."""
    order = np.lexsort((orders.seconds, orders.person))
    same = np.diff(orders.person[order]) == 0
    pause = np.diff(orders.seconds[order]) > QUIET_DAYS * DAY_SECONDS
    after = np.zeros(len(order), dtype=bool)
    after[order[1:]] = same & pause
    return np.asarray(after & (orders.segment == WISHING_SEGMENT))


def _nearest(sessions: Sessions, among: IntArray, person: IntArray, moment: IntArray) -> IntArray:
    """Return, of some sessions, the one of each person that lies nearest to a moment."""
    order = among[np.lexsort((sessions.seconds[among], sessions.person[among]))]
    keys = _keys(sessions.person[order], sessions.seconds[order])
    wanted = _keys(person, moment)
    above = np.clip(np.searchsorted(keys, wanted), 1, len(keys) - 1)
    nearer = np.where(wanted - keys[above - 1] <= keys[above] - wanted, above - 1, above)
    return np.asarray(order[nearer], dtype=np.int64)


def _seconds_to_next_order(sessions: Sessions, among: IntArray, orders: Orders) -> FloatArray:
    keys = np.sort(_keys(orders.person, orders.seconds))
    wanted = _keys(sessions.person[among], sessions.seconds[among])
    # The keys of two persons are further apart than any wait, so the last wait is endless.
    return np.append(keys, np.inf)[np.searchsorted(keys, wanted, side="right")] - wanted


def _keys(person: IntArray, seconds: IntArray) -> IntArray:
    """Return one number that sorts by person first, and then by moment."""
    return np.asarray(person * (1500 * DAY_SECONDS) + seconds, dtype=np.int64)
