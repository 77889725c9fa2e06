"""What customers of each segment say they would pay, study by study."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import numpy as np
import pandas as pd

from segmentation_lib.implement.pricing.answers import (
    asked_prices,
    four_prices,
    missing_columns,
)
from segmentation_lib.implement.pricing.demand import (
    Demand,
    asked_prices_demand,
    four_prices_demand,
)
from segmentation_lib.params.registers.pricing import PriceStudy
from segmentation_lib.params.registers.register import ALL_SEGMENTS

__all__ = ["price_demand"]

_CURVE = ["study", "method", "segment_id", "price", "share", "low", "high", "customers"]
_POINTS = ["study", "method", "segment_id", "customers", "dropped", "verdict", "willingness",
           "willingness_low", "willingness_high", "best", "best_low", "best_high", "range_low",
           "range_high", "lowest_asked", "highest_asked"]  # fmt: skip
_FOUR = ["too_cheap", "cheap", "expensive", "too_expensive"]


def price_demand(
    studies: Iterable[PriceStudy],
    answers: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    seed: int,
    draws: int = 999,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure the demand at stated prices, per study, segment and overall.

    What people say they would pay is mostly more than what they pay: the curves compare segments
    and tiers; only a price test shows what is sold.

    Args:
        studies: The register ``pricing``.
        answers: The artefact ``survey_answers``; a study whose columns it lacks has no rows.
        assignments: ``customer_id`` and ``segment_id`` (missing outside the segments).
        seed: Seed of the bootstraps; each study and segment has its own stream.
        draws: Bootstrap samples.

    Returns:
        The artefacts ``price_curve`` (``study``, ``method``: ``four prices`` or ``asked prices``,
        ``segment_id``, ``price``, ``share`` that would buy with ``low`` and ``high``,
        ``customers``) and ``price_points`` (one row per study, method and segment: ``customers``,
        ``dropped`` (contradicting answers, overall only), ``verdict``: ``measured``, ``too few
        answers``, ``under all prices asked`` or ``above all prices asked``; ``willingness``
        (half would buy) and ``best`` (earns most), with the ends of their 95 % intervals (missing
        where they lie beyond the prices asked); ``range_low``, ``range_high`` (accepted range,
        four prices only), ``lowest_asked``, ``highest_asked``).
    """
    placed = assignments.loc[assignments["segment_id"].notna(), ["customer_id", "segment_id"]]
    placed = placed.astype({"segment_id": "str"})
    curves, points = [], []
    for study in studies:
        if missing_columns(answers, study):
            continue
        for method, frame, dropped in _questions(study, answers):
            joined = frame.merge(placed, on="customer_id", how="inner")
            joined = joined.sort_values("customer_id", kind="stable")
            for segment in [*sorted(placed["segment_id"].unique()), ALL_SEGMENTS]:
                own = joined if segment == ALL_SEGMENTS else joined[joined["segment_id"] == segment]
                key = (study.id, method, segment)
                stream = np.random.SeedSequence([seed, zlib.crc32("/".join(key).encode())])
                found = _demand(own, study, stream, draws)
                points.append(_point(key, own, found, dropped if segment == ALL_SEGMENTS else None))
                if found is not None:
                    curves += [(*key, *row) for row in _rows(found)]
    return pd.DataFrame(curves, columns=_CURVE), _typed(pd.DataFrame(points, columns=_POINTS))


def _questions(study: PriceStudy, answers: pd.DataFrame) -> Iterable[tuple[str, pd.DataFrame, int]]:
    if study.four_prices is not None:
        four = four_prices(answers, study.four_prices)
        yield "four prices", four.frame, four.dropped
    if study.asked_prices is not None:
        asked = asked_prices(answers, study.asked_prices)
        yield "asked prices", asked.frame, asked.dropped


def _demand(
    own: pd.DataFrame, study: PriceStudy, seed: np.random.SeedSequence, draws: int
) -> Demand | None:
    if own["customer_id"].nunique() < study.least_answers:
        return None
    if "too_cheap" in own:
        four = own[_FOUR].to_numpy("float64").T
        return four_prices_demand(*four, seed=seed, unit_cost=study.unit_cost, draws=draws)
    wide = own.pivot(index="customer_id", columns="price", values="would_buy").sort_index()
    wide = wide[sorted(wide.columns)]
    if wide.shape[1] < 2:
        return None
    asked, prices = wide.notna().to_numpy(), wide.columns.to_numpy("float64")
    bought = wide.fillna(0).to_numpy() > 0
    return asked_prices_demand(
        asked, bought, prices, seed=seed, unit_cost=study.unit_cost, draws=draws
    )


def _rows(demand: Demand) -> list[tuple[float, ...]]:
    columns = (demand.prices, demand.share, demand.low, demand.high, demand.answers.astype(int))
    return list(zip(*columns, strict=True))


def _point(
    key: tuple[str, str, str], own: pd.DataFrame, demand: Demand | None, dropped: int | None
) -> tuple[object, ...]:
    customers = own["customer_id"].nunique()
    if demand is None:
        return (*key, customers, dropped, "too few answers", *[np.nan] * 10)
    points = demand.points
    half = points["willingness"]
    verdict = "measured"
    if not np.isfinite(half.value):
        side = "under" if half.value < 0 else "above"
        verdict = f"{side} all prices asked"
    known = [*_ends(half), *_ends(points["best"])]
    accepted = [points[name].value if name in points else np.nan
                for name in ("range_low", "range_high")]  # fmt: skip
    values = [x if np.isfinite(x) else np.nan for x in (*known, *accepted)]
    lowest, highest = float(demand.prices[0]), float(demand.prices[-1])
    return (*key, customers, dropped, verdict, *values, lowest, highest)


def _ends(point: object) -> list[float]:
    return [getattr(point, end) for end in ("value", "low", "high")]


def _typed(points: pd.DataFrame) -> pd.DataFrame:
    numbers = dict.fromkeys(_POINTS[6:], "float64")
    return points.astype({"customers": "int64", "dropped": "Int64", **numbers})
