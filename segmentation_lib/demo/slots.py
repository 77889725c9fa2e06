"""The demo's broken page: big baskets go round in the delivery slots and leave without buying."""

from __future__ import annotations

import numpy as np

from segmentation_lib.demo.sessions import (
    BUY_PATHS,
    CART,
    CHECKOUT,
    LEAVES_CART,
    LEAVES_CHECKOUT,
    SLOTS,
    VIEW,
    VIEWS_ONLY,
    Sessions,
    Steps,
    draw_gaps,
)
from segmentation_lib.demo.world import BIG_BASKET, SEGMENTS, FloatArray, IntArray, stream

BROKEN_SEGMENT = BIG_BASKET
# Of that segment's sessions that would only look at products or fill a cart, those that go on to
# the checkout and get stuck there; whoever leaves at the checkout anyway is stuck as well.
STUCK_SHARE = 0.75
# Visits to the page in a session that is stuck: two, and a Poisson number on top.
FEWEST_ROUNDS, MORE_ROUNDS = 2, 2.5
# Chance to go back between two of them, to the checkout or to a product, with nothing gained.
BACK_SHARE = 0.9
BACK_TO = (CHECKOUT, VIEW)
# Share of the buyers of each segment who choose a slot, once and without trouble.
SLOT_SHARE = (0.20, 0.20, 0.60, 0.10, 0.20, 0.05)


def slot_steps(sessions: Sessions, *, seed: int) -> Steps:
    """Return the visits to the delivery slots, with the carts and checkouts that lead there.

    Args:
        sessions: The sessions of the demo; none is added, some become longer.
        seed: Seed of the demo.

    Returns:
        Steps to add to those of the paths.
    """
    rng = stream(seed, "delivery slots")
    smooth = _chosen_slots(sessions, rng)
    stuck = _stuck_sessions(sessions, rng)
    rounds = FEWEST_ROUNDS + rng.poisson(MORE_ROUNDS, len(stuck))
    around = np.repeat(stuck, rounds)
    visit = np.arange(len(around)) - np.repeat(np.cumsum(rounds) - rounds, rounds)
    back = (rng.random(len(around)) < BACK_SHARE) & (visit > 0)
    page = np.array(BACK_TO)[rng.integers(0, len(BACK_TO), len(around))]
    lengths = sessions.lengths().astype(np.float64)
    lead_carts = stuck[sessions.path[stuck] == VIEWS_ONLY]
    lead_checkouts = stuck[sessions.path[stuck] != LEAVES_CHECKOUT]
    parts: list[tuple[IntArray, FloatArray, IntArray | int]] = [
        (smooth, lengths[smooth] - 1.5, SLOTS),
        (lead_carts, lengths[lead_carts], CART),
        (lead_checkouts, lengths[lead_checkouts] + 1.0, CHECKOUT),
        (around[back], lengths[around[back]] + 1.5 + visit[back], page[back]),
        (around, lengths[around] + 2.0 + visit, SLOTS),
    ]
    return _as_steps(parts, rng)


def completion_rates() -> FloatArray:
    """Return the planted share of sessions at the checkout that end with a purchase.

    Returns:
        Shape (6,), in the order of `world.SEGMENTS`.
    """
    rates = []
    for number, segment in enumerate(SEGMENTS):
        looks, carts, leaves = (
            segment.browse_paths[path - BUY_PATHS]
            for path in (VIEWS_ONLY, LEAVES_CART, LEAVES_CHECKOUT)
        )
        if number == BROKEN_SEGMENT:
            leaves += STUCK_SHARE * (looks + carts)
        # Who does not order in the app may order by phone.
        online = 1.0 - (1.0 - segment.app_share) * segment.phone_share
        buys = segment.orders_per_year * online
        rates.append(buys / (buys + segment.browse_sessions_per_year * leaves))
    return np.array(rates)


def _chosen_slots(sessions: Sessions, rng: np.random.Generator) -> IntArray:
    chance = np.where(sessions.path < BUY_PATHS, np.array(SLOT_SHARE)[sessions.segment], 0.0)
    return np.flatnonzero(rng.random(len(chance)) < chance)


def _stuck_sessions(sessions: Sessions, rng: np.random.Generator) -> IntArray:
    undecided = np.isin(sessions.path, (VIEWS_ONLY, LEAVES_CART))
    goes_on = undecided & (rng.random(len(undecided)) < STUCK_SHARE)
    stuck = goes_on | (sessions.path == LEAVES_CHECKOUT)
    return np.flatnonzero(stuck & (sessions.segment == BROKEN_SEGMENT))


def _as_steps(
    parts: list[tuple[IntArray, FloatArray, IntArray | int]], rng: np.random.Generator
) -> Steps:
    count = sum(len(session) for session, _, _ in parts)
    return Steps(
        session=np.concatenate([session for session, _, _ in parts]),
        place=np.concatenate([place for _, place, _ in parts]),
        event=np.concatenate(
            [np.broadcast_to(event, session.shape) for session, _, event in parts]
        ),
        gap=draw_gaps(count, rng),
    )
