"""The demo's early sign: who saves three favourites at the first visit comes back to buy.

The number of favourites is drawn from whether the person buys later, so the link is there without
any change of the orders. A second event is as frequent and says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentation_lib.demo.season import DAY_SECONDS
from segmentation_lib.demo.sessions import BUY_PATHS, GUIDE, SAVE, Sessions, Steps, draw_gaps
from segmentation_lib.demo.world import BoolArray, IntArray, stream

THRESHOLD = 3
FIRST_DAY, LAST_DAY = 8, 90
# Chances of 0 to 5 favourites. Below the threshold both are in proportion: there, one favourite
# more or less says nothing.
SAVES_OF_BUYERS = (0.20, 0.10, 0.10, 0.25, 0.20, 0.15)
SAVES_OF_OTHERS = (0.46, 0.23, 0.23, 0.035, 0.025, 0.02)


@dataclass(frozen=True)
class FirstWeek:
    """What people do at their first visit, one row per person with a session.

    Attributes:
        person: The row in the population.
        session: The person's first session.
        buys_later: Whether the person buys online 8 to 90 days after it.
        saves: Favourites saved in the first session, 0 to 5.
        guides: Views of the size guide, the event that says nothing, 0 to 5.
    """

    person: IntArray
    session: IntArray
    buys_later: BoolArray
    saves: IntArray
    guides: IntArray


def draw_first_week(sessions: Sessions, *, seed: int) -> FirstWeek:
    """Draw how often everybody saves a favourite, and looks at the size guide, at first.

    Args:
        sessions: The sessions of the demo.
        seed: Seed of the demo.

    Returns:
        The counts; those of the size guide are those of the favourites, dealt out anew.
    """
    rng = stream(seed, "first week")
    order = np.lexsort((np.arange(len(sessions.person)), sessions.seconds, sessions.person))
    person, first = np.unique(sessions.person[order], return_index=True)
    session = order[first]
    later = _buys_later(sessions, person, session)
    draw = rng.random(len(person))
    saves = np.where(
        later,
        np.searchsorted(np.cumsum(SAVES_OF_BUYERS)[:-1], draw, side="right"),
        np.searchsorted(np.cumsum(SAVES_OF_OTHERS)[:-1], draw, side="right"),
    )
    return FirstWeek(person, session, later, saves, rng.permutation(saves))


def first_week_steps(sessions: Sessions, *, seed: int) -> Steps:
    """Return the favourites saved and the size guides viewed, right after a session's opening.

    Args:
        sessions: The sessions of the demo; none is added, some become longer.
        seed: Seed of the demo.

    Returns:
        Steps to add to those of the paths.
    """
    week = draw_first_week(sessions, seed=seed)
    rng = stream(seed, "first week order")
    session = np.concatenate(
        [np.repeat(week.session, week.saves), np.repeat(week.session, week.guides)]
    )
    event = np.repeat([SAVE, GUIDE], [week.saves.sum(), week.guides.sum()])
    place = rng.uniform(0.1, 0.9, len(session))
    return Steps(session=session, place=place, event=event, gap=draw_gaps(len(session), rng))


def _buys_later(sessions: Sessions, person: IntArray, session: IntArray) -> BoolArray:
    first = np.zeros(int(sessions.person.max()) + 1, dtype=np.int64)
    first[person] = sessions.seconds[session]
    days = (sessions.seconds - first[sessions.person]) // DAY_SECONDS
    within = (days >= FIRST_DAY) & (days <= LAST_DAY) & (sessions.path < BUY_PATHS)
    return np.isin(person, sessions.person[within])
