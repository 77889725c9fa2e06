"""Retention and friction: honest waits, quiet random walks, planted loops, moves and delays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.engine import Engine
from segmentation_lib.profile.journeys.friction import page_friction
from segmentation_lib.profile.journeys.nudge import nudge_windows
from segmentation_lib.profile.journeys.progress import session_progress
from segmentation_lib.profile.journeys.sessions import steps
from segmentation_lib.profile.journeys.survival import survival_curves, survival_summary
from segmentation_lib.profile.journeys.transitions import transition_differences
from segmentation_lib.stats.clustered import ClusterSums, clustered_interval
from segmentation_lib.stats.survival import kaplan_meier, waiting_quantile

from .framework import Claim, Experiment

__all__ = ["EXPERIMENTS"]

WINDOW = Window(date(2026, 7, 1), date(2026, 10, 1))
OPEN = pd.Timestamp(WINDOW.start)
PAGES = np.array(list("ABCDEFGH"))
# Sessions that a customer's habits make alike: the larger, the less customers differ.
_ALIKE = 4.0


@dataclass(frozen=True)
class Waits:
    """Waits of customers, watched until the close or until they leave.

    Attributes:
        days: Day of the event or of the end of watching.
        happened: Whether it happened.
        segment: Segment of each customer.
        half_life: Of the exponential wait of segment 0, in days.
    """

    days: np.ndarray
    happened: np.ndarray
    segment: np.ndarray
    half_life: float


def waits(
    n: int,
    *,
    half_life: float = 30.0,
    slower: float = 1.0,
    leave: float = 0.0,
    seen: float = np.inf,
) -> Callable[[np.random.Generator], Waits]:
    """Exponential waits in whole days; four segments, of which the last waits longer.

    A share ``leave`` is watched for a random part of the window, and nobody for much longer than
    ``seen`` days.
    """

    def make(rng: np.random.Generator) -> Waits:
        segment = rng.choice(4, n, p=(0.4, 0.3, 0.2, 0.1))
        scale = half_life / np.log(2) * np.where(segment == 3, slower, 1.0)
        wait = np.ceil(rng.exponential(scale))
        end = np.where(rng.random(n) < leave, rng.integers(1, WINDOW.days, n), WINDOW.days)
        if np.isfinite(seen):
            end = np.minimum(end, np.ceil(rng.exponential(seen, n)))
        return Waits(np.minimum(wait, end), wait <= end, segment, half_life)

    return make


def cover(world: Waits, seed: np.random.SeedSequence) -> dict[str, float]:
    """Hold the curve's intervals on three days, and the median's, against the truth."""
    days = np.arange(0.0, WINDOW.days + 1)
    curve = kaplan_meier(world.days, world.happened, days)
    checked = np.array([5, 30, 80])
    truth = 0.5 ** (checked / world.half_life)
    inside = (curve.low[checked] <= truth) & (truth <= curve.high[checked])
    low, high = (waiting_quantile(days, end) for end in (curve.low, curve.high))
    median = low <= world.half_life and not high < world.half_life
    names = ("day 5", "day 30", "day 80")
    return dict(zip(names, inside.astype(float), strict=True)) | {"median": float(median)}


def cover_where_told(world: Waits, seed: np.random.SeedSequence) -> dict[str, float]:
    """Hold the curve against the truth on one of its last days that are told, and before."""
    first = pd.DataFrame(
        {
            "customer_id": np.arange(len(world.days)).astype(str),
            "segment_id": "S01",
            "day": world.days,
            "happened": world.happened,
        }
    )
    curve = survival_curves(first)
    told = curve[(curve["segment_id"] == "S01") & curve["waiting"].notna() & (curve["day"] > 0)]
    truth = 0.5 ** (told["day"] / world.half_life)
    inside = (told["low"] <= truth) & (truth <= told["high"])
    return {"last": float(inside.iloc[-1]), "middle": float(inside.iloc[len(told) // 2])}


@dataclass(frozen=True)
class Hits:
    """Visits of customers, and which of them were hits.

    Attributes:
        hits: Hits of each customer.
        visits: Visits of each customer.
        share: The share of hits that is true.
    """

    hits: np.ndarray
    visits: np.ndarray
    share: float


def rare_hits(
    n: int, share: float, *, alike: float, visits: float
) -> Callable[[np.random.Generator], Hits]:
    """Customers who differ in how easily a visit is a hit; ``alike`` is the correlation."""

    def make(rng: np.random.Generator) -> Hits:
        came = 1 + rng.poisson(rng.gamma(0.7, visits / 0.7, n))
        odds = 1 / alike - 1
        own = rng.beta(share * odds, (1 - share) * odds, n)
        return Hits(rng.binomial(came, own).astype(float), came.astype(float), share)

    return make


def cover_share(world: Hits, seed: np.random.SeedSequence) -> dict[str, float]:
    """Hold the interval of a share of visits against the truth."""
    low, high = clustered_interval(ClusterSums.of(world.hits, world.visits))
    return {"share": float(low[0] <= world.share <= high[0])}


def compare_waits(world: Waits, seed: np.random.SeedSequence) -> dict[str, float]:
    """Test all segments at once, and each against the others."""
    first = pd.DataFrame(
        {
            "customer_id": np.arange(len(world.days)).astype(str),
            "segment_id": np.char.add("S0", world.segment.astype(str)),
            "day": world.days,
            "happened": world.happened,
        }
    )
    found = survival_summary(first).set_index("segment_id")["verdict"]
    return {
        "all": float(found["(all)"] == "differ"),
        "any": float(found.drop("(all)").isin(["sooner", "later"]).any()),
        "last": float(found["S03"] == "later"),
    }


@dataclass(frozen=True)
class Log:
    """An event log, and who is in which segment."""

    events: pd.DataFrame
    segments: pd.DataFrame


def walks(
    customers: int,
    *,
    alike: float = _ALIKE,
    habits: bool = False,
    loop: str = "",
    only: str = "",
    more: float = 0.0,
    popular: float = 0.0,
    longer: str = "",
) -> Callable[[np.random.Generator], Log]:
    """Sessions that walk at random between eight equal pages; some customers come far oftener.

    Args:
        customers: Customers, in segments of 50, 30 and 20 %.
        alike: How alike customers are, where they have habits.
        habits: Whether each customer has page weights of their own.
        loop: ``everyone`` or a segment, who come back from page B to A by a planted loop.
        only: The segment that takes the step from A to B more often.
        more: How much more often.
        popular: Page n is visited in proportion to n to the power of minus so much.
        longer: The segment whose sessions are about twice as long.
    """

    def make(rng: np.random.Generator) -> Log:
        segment = rng.choice(["S01", "S02", "S03"], customers, p=(0.5, 0.3, 0.2))
        sessions = 1 + rng.poisson(rng.gamma(0.7, 6.0, customers))
        owner = np.repeat(np.arange(customers), sessions)
        k = len(PAGES)
        taste = rng.dirichlet(np.full(k, alike), customers) if habits else _zipf(k, popular)
        chance = np.broadcast_to(taste[owner if habits else np.zeros_like(owner)], (len(owner), k))
        ends = np.where(segment[owner] == longer, 0.1, 0.2)
        length = 1 + rng.geometric(ends).clip(max=15)
        page = np.zeros((len(owner), int(length.max())), dtype=np.int64)
        page[:, 0] = _draw(chance, rng)
        for step in range(1, page.shape[1]):
            page[:, step] = _draw(chance, rng)
            here = page[:, step - 1]
            again = (here == 0) & (segment[owner] == only) & (rng.random(len(owner)) < more)
            page[again, step] = 1
            if step >= 2:
                stuck = (page[:, step - 2] == 0) & (rng.random(len(owner)) < 0.35)
                stuck &= (loop == "everyone") | (segment[owner] == loop)
                page[stuck, step] = 0
        return _as_log(page, length, owner, segment, rng)

    return make


def _zipf(pages: int, power: float) -> np.ndarray:
    weights = np.arange(1, pages + 1) ** -power
    return np.asarray((weights / weights.sum())[None, :])


def _draw(chance: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    reached = chance.cumsum(axis=1) < rng.random((len(chance), 1))
    return np.minimum(reached.sum(axis=1), chance.shape[1] - 1)


def _as_log(
    page: np.ndarray,
    length: np.ndarray,
    owner: np.ndarray,
    segment: np.ndarray,
    rng: np.random.Generator,
) -> Log:
    pause = 1 + rng.exponential(30.0, page.shape).astype(np.int64)
    start = rng.integers(0, (WINDOW.days - 1) * 86_400, len(owner))
    moment = start[:, None] + pause.cumsum(axis=1)
    kept = np.arange(page.shape[1]) < length[:, None]
    number = np.broadcast_to(np.arange(len(owner))[:, None], page.shape)[kept]
    events = pd.DataFrame(
        {
            "customer_id": np.char.add("c", owner[number].astype(str)),
            "occurred_at": OPEN + pd.to_timedelta(moment[kept], unit="s"),
            "event": PAGES[page[kept]],
            "session_id": np.char.add("s", number.astype(str)),
        }
    )
    names = np.char.add("c", np.arange(len(segment)).astype(str))
    return Log(events, pd.DataFrame({"customer_id": names, "segment_id": segment}))


def walk_about(world: Log, seed: np.random.SeedSequence) -> dict[str, float]:
    """Look for friction, stalled sessions and moves that set a segment apart."""
    with Engine.memory() as engine:
        events = engine.memtable(world.events, "events")
        segments = engine.memtable(world.segments, "segments")
        table = engine.store(steps(events, segments, WINDOW), "steps")
        friction = page_friction(engine, table)
        stalled = session_progress(engine, table)
        moves = transition_differences(engine, table)
    proven = moves["verdict"].isin(["more", "less"])
    first, move = friction.iloc[0], moves.iloc[0]
    return {
        "friction": float((friction["verdict"] == "friction").any()),
        "top": float(first["verdict"] == "friction" and first["event"] == "A"),
        "other page": float(
            ((friction["verdict"] == "friction") & (friction["event"] != "A")).any()
        ),
        "segment": float(
            (friction["verdict"] == "friction")
            .where((friction["event"] == "A") & (friction["segment_id"] == "S03"), other=False)
            .any()
        ),
        "stalled": float(stalled["verdict"].isin(["more", "less"]).any()),
        "moves": float(proven.any()),
        "move": float(
            bool(proven.iloc[0])
            and (move["segment_id"], move["event"], move["next_event"]) == ("S03", "A", "B")
        ),
    }


@dataclass(frozen=True)
class Delays:
    """A log of triggers and goals.

    Attributes:
        log: The log.
        day: By which all but 5 % of those have come who come within 30 days; NaN if by none.
    """

    log: Log
    day: float


def delays(
    customers: int, *, half_life: float = 3.0, come: float = 1.0, even: bool = False
) -> Callable[[np.random.Generator], Delays]:
    """Triggers all over the quarter; goals after an exponential wait, or at an even rate."""

    def make(rng: np.random.Generator) -> Delays:
        trigger = rng.uniform(0, WINDOW.days, customers)
        if even:
            goal, day = trigger + rng.exponential(150.0, customers), float("nan")
        else:
            goal = trigger + rng.exponential(half_life / np.log(2), customers)
            goal[rng.random(customers) >= come] = np.inf
            day = -half_life * np.log2(1 - 0.95 * (1 - 0.5 ** (30 / half_life)))
        names = np.char.add("c", np.arange(customers).astype(str))
        seen = goal < WINDOW.days
        days = np.concatenate([trigger, goal[seen]])
        events = pd.DataFrame(
            {
                "customer_id": np.concatenate([names, names[seen]]),
                "occurred_at": OPEN + pd.to_timedelta((days * 86_400).astype(np.int64), unit="s"),
                "event": np.repeat(["cart", "purchase"], [customers, seen.sum()]),
            }
        )
        segments = pd.DataFrame({"customer_id": names, "segment_id": "S01"})
        return Delays(Log(events, segments), float(day))

    return make


def time_a_nudge(world: Delays, seed: np.random.SeedSequence) -> dict[str, float]:
    """Find the nudge day, and hold it and its interval against the truth."""
    with Engine.memory() as engine:
        row = nudge_windows(
            engine,
            engine.memtable(world.log.events, "events"),
            engine.memtable(world.log.segments, "segments"),
            WINDOW,
            pairs=[("cart", "purchase")],
            seed=int(seed.generate_state(1)[0]),
        ).iloc[0]
    # Delays are told in hours, rounded up.
    inside = row["day_low"] - 1 / 24 <= world.day <= row["day_high"] + 1 / 24
    return {
        "found": float(row["verdict"] == "found"),
        "near": float(abs(row["day"] - world.day) <= 1),
        "covered": float(inside) if row["verdict"] == "found" else float("nan"),
    }


_NULL_WALKS = {
    "300 customers": walks(300),
    "800 customers": walks(800),
}
_UNEVEN_WALKS = {
    "popular pages": walks(800, popular=1.0),
    "longer sessions in one segment": walks(800, longer="S03"),
    "both": walks(800, popular=1.0, longer="S03"),
    "customers with habits": walks(800, habits=True, alike=0.7),
}
_HABITS = {
    "300 customers with habits": walks(300, habits=True),
    "800 customers with strong habits": walks(800, habits=True, alike=0.7),
}

EXPERIMENTS: tuple[Experiment, ...] = (
    Experiment(
        name="waits that are watched to the close, or less",
        cases={
            "100 customers": waits(100),
            "1,000 customers": waits(1000),
            "100 customers, 40 % leave early": waits(100, leave=0.4),
            "1,000 customers, 40 % leave early": waits(1000, leave=0.4),
        },
        trial=cover,
        runs=400,
        slice_runs=20,
        claims=(
            Claim("day 5", "covers the share waiting on day 5", least=0.93, least_each=0.92),
            Claim("day 30", "covers the share waiting on day 30", least=0.93, least_each=0.92),
            Claim("day 80", "covers the share waiting on day 80", least=0.93, least_each=0.92),
            Claim("median", "covers the median wait", least=0.93, least_each=0.92),
        ),
    ),
    Experiment(
        name="waits of which most are lost from sight early",
        cases={
            "60 customers": waits(60, seen=10),
            "100 customers": waits(100, seen=25),
            "300 customers": waits(300, seen=10),
            "300 customers who wait long": waits(300, half_life=120, seen=10),
        },
        trial=cover_where_told,
        runs=300,
        slice_runs=20,
        claims=(
            Claim("last", "covers the share on the last day told", least=0.92, least_each=0.89),
            Claim("middle", "covers it half-way to there", least=0.93, least_each=0.92),
        ),
    ),
    Experiment(
        name="rare hits among the visits of customers who differ",
        cases={
            "100 customers, 2 %": rare_hits(100, 0.02, alike=0.3, visits=8),
            "300 customers, 2 %": rare_hits(300, 0.02, alike=0.3, visits=8),
            "1,000 customers, 2 %": rare_hits(1000, 0.02, alike=0.3, visits=8),
            "300 customers, 2 %, little alike": rare_hits(300, 0.02, alike=0.1, visits=4),
            "300 customers, 30 %": rare_hits(300, 0.3, alike=0.3, visits=8),
            "300 customers, 98 %": rare_hits(300, 0.98, alike=0.3, visits=8),
        },
        trial=cover_share,
        runs=1000,
        slice_runs=50,
        claims=(Claim("share", "covers the share", least=0.94, least_each=0.925),),
    ),
    Experiment(
        name="segments that wait alike",
        cases={"200 customers": waits(200), "1,000 customers": waits(1000, leave=0.4)},
        trial=compare_waits,
        runs=150,
        slice_runs=8,
        claims=(
            Claim("all", "says that the segments differ", most=0.07),
            Claim("any", "sets any segment apart", most=0.07),
        ),
    ),
    Experiment(
        name="a tenth of the customers wait twice as long",
        cases={"1,000 customers": waits(1000, slower=2.0)},
        trial=compare_waits,
        runs=50,
        slice_runs=4,
        claims=(Claim("last", "finds them", least=0.9),),
    ),
    Experiment(
        name="random walks between equal pages",
        cases=_NULL_WALKS,
        trial=walk_about,
        runs=40,
        slice_runs=1,
        claims=(
            Claim("friction", "names any friction", most=0.05),
            Claim("stalled", "sets any segment's sessions apart", most=0.08),
            Claim("moves", "sets any segment's moves apart", most=0.08),
        ),
    ),
    Experiment(
        name="random walks between pages more and less popular, sessions short and long",
        cases=_UNEVEN_WALKS,
        trial=walk_about,
        runs=25,
        slice_runs=1,
        claims=(Claim("friction", "names any friction", most=0.05),),
    ),
    Experiment(
        name="walks of customers with habits, segments alike",
        cases=_HABITS,
        trial=walk_about,
        runs=25,
        slice_runs=1,
        claims=(
            Claim("stalled", "sets any segment's sessions apart", most=0.08),
            Claim("moves", "sets any segment's moves apart", most=0.08),
        ),
    ),
    Experiment(
        name="a planted loop",
        cases={
            "everyone": walks(500, loop="everyone"),
            "one segment of 20 %": walks(1000, loop="S03"),
        },
        trial=walk_about,
        runs=15,
        slice_runs=1,
        claims=(
            Claim("top", "puts the page on top of the list", least_each=0.9),
            Claim(
                "segment",
                "names the segment it was planted in",
                least=0.9,
                cases=("one segment of 20 %",),
            ),
        ),
    ),
    Experiment(
        name="a move that a fifth of the customers make more often",
        cases={
            "1,000 customers": walks(1000, only="S03", more=0.15),
            "1,000 customers with habits": walks(1000, habits=True, only="S03", more=0.15),
        },
        trial=walk_about,
        runs=10,
        slice_runs=0,
        claims=(Claim("move", "puts it on top of the list", least=0.9),),
    ),
    Experiment(
        name="goals with a half-life of three days",
        cases={
            "all come, 3,000 triggers": delays(3000),
            "60 % come, 3,000 triggers": delays(3000, come=0.6),
        },
        trial=time_a_nudge,
        runs=50,
        slice_runs=3,
        claims=(
            Claim("near", "finds the nudge day within one day", least_each=0.9),
            Claim("covered", "covers the nudge day by its interval", least=0.92),
        ),
    ),
    Experiment(
        name="goals at an even rate",
        cases={"3,000 triggers": delays(3000, even=True), "500": delays(500, even=True)},
        trial=time_a_nudge,
        runs=40,
        slice_runs=2,
        claims=(Claim("found", "names a nudge day", most=0.05),),
    ),
)
