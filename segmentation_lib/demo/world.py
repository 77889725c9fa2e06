"""The demo's invented market: its quarters, its categories and its planted behaviour segments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
TextArray = npt.NDArray[np.object_]

DEFAULT_SEED = 20231001
DEFAULT_CUSTOMERS = 5000

QUARTERS = ("2023Q4", "2024Q1", "2024Q2", "2024Q3", "2024Q4", "2025Q1", "2025Q2", "2025Q3")
START = pd.Timestamp("2023-10-01")
END = pd.Timestamp("2025-10-01")

CATEGORIES = (
    "home",
    "garden",
    "kitchen",
    "clothing",
    "shoes",
    "toys",
    "books",
    "beauty",
    "sports",
    "grocery",
)
CATEGORY_CODES = ("HOM", "GAR", "KIT", "CLO", "SHO", "TOY", "BOO", "BEA", "SPO", "GRO")
# Share of the list price that the goods cost the retailer, and a typical unit price (GBP).
CATEGORY_COST = (0.55, 0.58, 0.56, 0.48, 0.50, 0.60, 0.66, 0.45, 0.57, 0.72)
CATEGORY_PRICE = (24.0, 22.0, 18.0, 26.0, 42.0, 15.0, 9.0, 12.0, 30.0, 5.0)

REGIONS = ("North", "South", "East", "West", "Islands")
REGION_SHARES = (0.27, 0.31, 0.20, 0.17, 0.05)
PLANS = ("basic", "plus", "premium")
ACQUISITION_CHANNELS = ("organic", "paid", "social", "email", "direct")
SESSION_CHANNELS = ("organic", "email", "paid", "social", "direct")
DEVICES = ("phone", "desktop", "tablet")


@dataclass(frozen=True, kw_only=True)
class Segment:
    """How the customers of one planted segment behave, on average.

    Rates are per customer and year, money is in GBP, shares lie in 0 to 1. Individual customers
    scatter around these averages (see `population`).
    """

    key: str
    orders_per_year: float
    basket: float
    basket_spread: float
    lines: tuple[float, float, float]
    breadth: int
    app_share: float
    phone_share: float
    discounted_lines: float
    discount_depth: float
    returned_lines: float
    browse_sessions_per_year: float
    buy_paths: tuple[float, ...]
    browse_paths: tuple[float, ...]
    devices: tuple[float, float, float]
    session_channels: tuple[float, ...]
    lapse_per_quarter: float
    tickets_per_year: float
    referrals_per_year: float
    nps: float
    age: float
    plans: tuple[float, float, float]
    acquisition: tuple[float, ...]
    consent: float


LOYAL, BARGAIN, BIG_BASKET, BROWSER, CATALOGUE, EXPRESS = range(6)

SEGMENTS = (
    Segment(
        key="loyal_regulars",
        orders_per_year=10.0,
        basket=56.0,
        basket_spread=0.40,
        lines=(0.2, 0.4, 0.4),
        breadth=6,
        app_share=0.85,
        phone_share=0.01,
        discounted_lines=0.08,
        discount_depth=0.10,
        returned_lines=0.03,
        browse_sessions_per_year=5.0,
        buy_paths=(0.75, 0.1, 0.15),
        browse_paths=(0.25, 0.50, 0.05, 0.15, 0.03, 0.02),
        devices=(0.72, 0.16, 0.12),
        session_channels=(0.20, 0.30, 0.05, 0.05, 0.40),
        lapse_per_quarter=0.006,
        tickets_per_year=0.5,
        referrals_per_year=0.60,
        nps=9.0,
        age=43.0,
        plans=(0.45, 0.40, 0.15),
        acquisition=(0.35, 0.15, 0.10, 0.15, 0.25),
        consent=0.82,
    ),
    Segment(
        key="bargain_hunters",
        orders_per_year=7.0,
        basket=27.0,
        basket_spread=0.42,
        lines=(0.15, 0.4, 0.45),
        breadth=4,
        app_share=0.08,
        phone_share=0.01,
        discounted_lines=0.80,
        discount_depth=0.28,
        returned_lines=0.3,
        browse_sessions_per_year=6.0,
        buy_paths=(0.45, 0.45, 0.1),
        browse_paths=(0.15, 0.20, 0.35, 0.13, 0.12, 0.05),
        devices=(0.40, 0.50, 0.10),
        session_channels=(0.15, 0.35, 0.30, 0.15, 0.05),
        lapse_per_quarter=0.015,
        tickets_per_year=1.6,
        referrals_per_year=0.12,
        nps=6.6,
        age=37.0,
        plans=(0.88, 0.10, 0.02),
        acquisition=(0.15, 0.40, 0.20, 0.20, 0.05),
        consent=0.74,
    ),
    Segment(
        key="big_basket_occasional",
        orders_per_year=5.0,
        basket=250.0,
        basket_spread=0.45,
        lines=(0.10, 0.25, 0.65),
        breadth=9,
        app_share=0.04,
        phone_share=0.04,
        discounted_lines=0.12,
        discount_depth=0.10,
        returned_lines=0.05,
        browse_sessions_per_year=7.0,
        buy_paths=(0.55, 0.43, 0.02),
        browse_paths=(0.15, 0.45, 0.20, 0.12, 0.05, 0.03),
        devices=(0.10, 0.80, 0.10),
        session_channels=(0.45, 0.15, 0.15, 0.05, 0.20),
        lapse_per_quarter=0.008,
        tickets_per_year=0.8,
        referrals_per_year=0.25,
        nps=8.0,
        age=50.0,
        plans=(0.62, 0.28, 0.10),
        acquisition=(0.40, 0.25, 0.05, 0.10, 0.20),
        consent=0.60,
    ),
    Segment(
        key="app_browsers",
        orders_per_year=5.0,
        basket=19.0,
        basket_spread=0.40,
        lines=(0.80, 0.17, 0.03),
        breadth=3,
        app_share=0.90,
        phone_share=0.0,
        discounted_lines=0.22,
        discount_depth=0.12,
        returned_lines=0.04,
        browse_sessions_per_year=31.0,
        buy_paths=(0.80, 0.17, 0.03),
        browse_paths=(0.42, 0.38, 0.08, 0.10, 0.01, 0.01),
        devices=(0.92, 0.02, 0.06),
        session_channels=(0.15, 0.10, 0.10, 0.45, 0.20),
        lapse_per_quarter=0.012,
        tickets_per_year=0.2,
        referrals_per_year=0.45,
        nps=7.6,
        age=28.0,
        plans=(0.92, 0.07, 0.01),
        acquisition=(0.15, 0.20, 0.50, 0.05, 0.10),
        consent=0.66,
    ),
    Segment(
        key="catalogue_era",
        orders_per_year=5.0,
        basket=62.0,
        basket_spread=0.38,
        lines=(0.40, 0.40, 0.20),
        breadth=2,
        app_share=0.01,
        phone_share=0.85,
        discounted_lines=0.05,
        discount_depth=0.10,
        returned_lines=0.04,
        browse_sessions_per_year=0.6,
        buy_paths=(0.90, 0.08, 0.02),
        browse_paths=(0.45, 0.30, 0.10, 0.02, 0.01, 0.12),
        devices=(0.05, 0.75, 0.20),
        session_channels=(0.30, 0.10, 0.02, 0.03, 0.55),
        lapse_per_quarter=0.055,
        tickets_per_year=1.1,
        referrals_per_year=0.05,
        nps=7.2,
        age=66.0,
        plans=(0.85, 0.14, 0.01),
        acquisition=(0.30, 0.05, 0.02, 0.03, 0.60),
        consent=0.45,
    ),
    Segment(
        key="express_app",
        orders_per_year=48.0,
        basket=14.0,
        basket_spread=0.30,
        lines=(0.75, 0.2, 0.05),
        breadth=2,
        app_share=0.97,
        phone_share=0.0,
        discounted_lines=0.03,
        discount_depth=0.08,
        returned_lines=0.01,
        browse_sessions_per_year=2.0,
        buy_paths=(0.1, 0.02, 0.88),
        browse_paths=(0.60, 0.25, 0.03, 0.10, 0.01, 0.01),
        devices=(0.95, 0.01, 0.04),
        session_channels=(0.10, 0.10, 0.10, 0.10, 0.60),
        lapse_per_quarter=0.008,
        tickets_per_year=0.3,
        referrals_per_year=1.00,
        nps=8.8,
        age=33.0,
        plans=(0.10, 0.40, 0.50),
        acquisition=(0.15, 0.20, 0.30, 0.05, 0.30),
        consent=0.88,
    ),
)

SEGMENT_KEYS = tuple(segment.key for segment in SEGMENTS)

# Shares of the segments among the customers that were there on the first day (rows sum to 1).
OPENING_MIX = (0.28, 0.26, 0.15, 0.11, 0.20, 0.0)
# Shares of the segments among those who join in each quarter: express exists from 2024Q4 on.
JOINING_MIX = (
    (0.31, 0.30, 0.22, 0.17, 0.0, 0.0),
    (0.31, 0.30, 0.22, 0.17, 0.0, 0.0),
    (0.31, 0.30, 0.22, 0.17, 0.0, 0.0),
    (0.31, 0.30, 0.22, 0.17, 0.0, 0.0),
    (0.15, 0.15, 0.10, 0.10, 0.0, 0.50),
    (0.15, 0.15, 0.10, 0.10, 0.0, 0.50),
    (0.18, 0.17, 0.12, 0.12, 0.0, 0.41),
    (0.18, 0.17, 0.12, 0.12, 0.0, 0.41),
)
# Chance that a customer of the fading segment (and an app browser) goes over to express at the
# start of each quarter.
CATALOGUE_TO_EXPRESS = (0.0, 0.0, 0.0, 0.0, 0.06, 0.06, 0.13, 0.13)
BROWSER_TO_EXPRESS = (0.0, 0.0, 0.0, 0.0, 0.04, 0.04, 0.05, 0.05)


def quarter_starts() -> IntArray:
    """Return the first day of each quarter, and the day after the last, in days since `START`.

    Returns:
        Nine whole numbers: 0 for 2023-10-01, 731 for 2025-10-01.
    """
    edges = pd.date_range(START, END, freq="QS")
    return np.asarray((edges - START).days, dtype=np.int64)


def by_segment(field: str) -> FloatArray:
    """Return one field of every segment as an array, in the order of `SEGMENTS`.

    Args:
        field: The name of a number, or of a tuple of numbers, of `Segment`.

    Returns:
        An array of shape (6,), or (6, length of the tuple).
    """
    return np.array([getattr(segment, field) for segment in SEGMENTS], dtype=np.float64)


def pick(chances: FloatArray, rng: np.random.Generator) -> IntArray:
    """Draw one option for each row of a table of chances.

    Args:
        chances: Shape (rows, options); each row sums to 1.
        rng: Source of randomness.

    Returns:
        Shape (rows,): the number of the option drawn, from 0.
    """
    ceilings = np.cumsum(chances, axis=1)
    ceilings[:, -1] = 1.0
    draws = rng.random(len(chances))
    return np.asarray((draws[:, None] >= ceilings).sum(axis=1), dtype=np.int64)


def stream(seed: int, part: str) -> np.random.Generator:
    """Return the random stream of one part of the demo.

    Every part has its own stream, so that a change in one table leaves the others as they were.

    Args:
        seed: The seed of the whole demo.
        part: The part's name, such as `"orders"`.

    Returns:
        A generator that depends on `seed` and `part` only.
    """
    return np.random.default_rng([seed, *part.encode("utf-8")])
