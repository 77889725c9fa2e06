"""Retention: honest waits, shares of visits, segments that wait alike or longer, and delays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.engine import Engine
from segmentation_lib.profile.journeys.nudge import nudge_windows
from segmentation_lib.profile.journeys.survival import survival_curves, survival_summary
from segmentation_lib.stats.clustered import ClusterSums, clustered_interval
from segmentation_lib.stats.survival import kaplan_meier, waiting_quantile

from .framework import Claim, Experiment

__all__ = ["EXPERIMENTS"]

WINDOW = Window(date(2026, 7, 1), date(2026, 10, 1))
OPEN = pd.Timestamp(WINDOW.start)


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
class Delays:
    """A log of triggers and goals.

    Attributes:
        events: Event log.
        segments: Who is in which segment.
        day: By which all but 5 % of those have come who come within 30 days; NaN if by none.
    """

    events: pd.DataFrame
    segments: pd.DataFrame
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
        return Delays(events, segments, float(day))

    return make


def time_a_nudge(world: Delays, seed: np.random.SeedSequence) -> dict[str, float]:
    """Find the nudge day, and hold it and its interval against the truth."""
    with Engine.memory() as engine:
        row = nudge_windows(
            engine,
            engine.memtable(world.events, "events"),
            engine.memtable(world.segments, "segments"),
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
