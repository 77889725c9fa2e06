"""From one event to the next: transition matrix per segment, and what sets a segment apart.

What one customer does is alike from session to session. So a share of moves has the variance of a
ratio of sums over customers, and is not taken for that of independent moves.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from segmentation_lib.engine import Engine
from segmentation_lib.profile.journeys.sums import (
    SUMS,
    cluster_sums,
    customer_sums,
    with_everyone,
)
from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.profile.wording import percent
from segmentation_lib.stats import holm
from segmentation_lib.stats.clustered import clustered_interval, share_difference
from segmentation_lib.words import event_words

__all__ = ["END", "transition_differences", "transition_matrix"]

# What follows the last event of a session.
END = "(end)"
_KEYS = ["event", "next_event"]
_MADE = ("hits", "hits_squared", "hits_visits", "movers")
_OFTEN = {"more": "more often", "less": "less often"}


def transition_matrix(
    engine: Engine, steps: ir.Table, *, fewest: int = 30, level: float = 0.95
) -> pd.DataFrame:
    """Tell what follows each event, per segment and for all; the shares of an event sum to 1.

    Args:
        engine: Where the table is.
        steps: The result of `steps`, best stored.
        fewest: With fewer customers at an event, its rows are flagged.
        level: Confidence level of the intervals.

    Returns:
        ``segment_id`` (``(all)`` first), ``event``, ``next_event`` (``(end)``: the session ends),
        ``customers`` and ``visits`` at the event, ``moves`` to the next one, ``share`` of the
        visits with ``low`` and ``high``, ``small``. Moves that no one of a segment makes have no
        row. Sorted by segment, event and next event.
    """
    table = with_everyone(_moves(engine, steps), _KEYS)
    table = table[table["hits"] > 0]
    sums = cluster_sums(table)
    low, high = clustered_interval(sums, level=level)
    rows = pd.DataFrame(
        {
            **_named(table),
            "share": sums.share,
            "low": low,
            "high": high,
            "small": table["customers"].to_numpy() < fewest,
        }
    )
    return rows.sort_values(["segment_id", *_KEYS], ignore_index=True)


def transition_differences(
    engine: Engine,
    steps: ir.Table,
    *,
    fewest: int = 30,
    fewest_movers: int = 10,
    alpha: float = 0.05,
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare each segment's moves with those of all other segments, corrected by Holm's method.

    Args:
        engine: Where the table is.
        steps: The result of `steps`, best stored.
        fewest: Customers at the event that a comparison needs on both sides.
        fewest_movers: Customers who make the move that a difference needs, on the side where it
            is more common.
        alpha: Chance of naming any difference where there is none.
        level: Confidence level of the intervals, each for itself.

    Returns:
        ``rank``, ``segment_id``, ``event``, ``next_event``, ``customers``, ``visits``, ``moves``,
        ``movers`` (customers who make the move), ``share``, ``rest_share``, ``difference``,
        ``low``, ``high``, ``p_value``, ``p_holm``, ``verdict`` (``more``, ``less``, ``as
        elsewhere``, ``too few``), ``sentence``. Proven differences first, and the largest that
        the interval allows first among them.
    """
    moves = _moves(engine, steps)
    everyone = with_everyone(moves, _KEYS)
    both = moves.merge(
        everyone[everyone["segment_id"] == ALL_SEGMENTS],
        on=_KEYS,
        suffixes=("", "_all"),
        validate="many_to_one",
    )
    one = cluster_sums(both)
    rest = cluster_sums(both[[f"{n}_all" for n in SUMS]].set_axis(list(SUMS), axis=1)) - one
    found = share_difference(one, rest, level=level)
    enough = found.tested & (np.minimum(one.customers, rest.customers) >= fewest)
    p_value = np.where(enough, found.p_value, np.nan)
    corrected = holm(p_value)
    differs = np.nan_to_num(corrected, nan=1.0) < alpha
    more = found.difference > 0
    movers = both["movers"].to_numpy()
    others = both["movers_all"].to_numpy() - movers
    # Judged after the correction, as the number of movers is part of what is tested.
    enough &= ~differs | (np.where(more, movers, others) >= fewest_movers)
    side = np.where(more, "more", "less")
    verdict = np.where(differs & enough, side, np.where(enough, "as elsewhere", "too few"))
    rows = pd.DataFrame(
        {
            **_named(both),
            "share": one.share,
            "rest_share": rest.share,
            "difference": found.difference,
            "low": found.low,
            "high": found.high,
            "p_value": p_value,
            "p_holm": corrected,
            "verdict": verdict,
        }
    )
    rows["sentence"] = [_sentence(row) for row in rows.to_dict("records")]
    return _ranked(rows)


def _moves(engine: Engine, steps: ir.Table) -> pd.DataFrame:
    """Sums over customers per segment, event and next event; moves nobody makes included."""
    named = steps.mutate(next_event=steps["next_event"].fill_null(END))
    moves = named.group_by(["segment_id", "customer_id", *_KEYS]).agg(moves=named.count())
    moves = engine.store(moves, "moves")
    at = ["segment_id", "customer_id", "event"]
    visits = engine.store(moves.group_by(at).agg(visits=moves["moves"].sum()), "visits_of_events")
    cells = moves.inner_join(visits, at)
    made = engine.frame(customer_sums(cells, ["segment_id", *_KEYS], "moves", "visits"))
    base = engine.frame(customer_sums(visits, ["segment_id", "event"], "visits", "visits"))
    base = base[["segment_id", "event", "visits", "visits_squared", "customers"]]
    known = made[_KEYS].drop_duplicates()
    # A customer without the move still counts in the base.
    grid = base.merge(known, on="event", how="inner")
    made = made.rename(columns={"customers": "movers"})
    made = made[["segment_id", *_KEYS, *_MADE]]
    full = grid.merge(made, on=["segment_id", *_KEYS], how="left").fillna(dict.fromkeys(_MADE, 0))
    full = full.sort_values(["segment_id", *_KEYS], ignore_index=True)
    numbers = [*SUMS, "movers"]
    return full[["segment_id", *_KEYS, *numbers]].astype(dict.fromkeys(numbers, "float64"))


def _named(table: pd.DataFrame) -> dict[str, np.ndarray]:
    columns = {name: table[name].to_numpy() for name in ("segment_id", *_KEYS)}
    counts = {"customers": "customers", "visits": "visits", "moves": "hits", "movers": "movers"}
    return columns | {n: table[own].to_numpy(dtype=np.int64) for n, own in counts.items()}


def _ranked(rows: pd.DataFrame) -> pd.DataFrame:
    """Order by what is proven, then by the end of the interval that is nearer to no difference."""
    proven = rows["verdict"].isin(["more", "less"])
    at_least = np.where(rows["difference"] > 0, rows["low"], -rows["high"])
    keyed = rows.assign(proven=~proven, least=-at_least, known=rows["verdict"] == "too few")
    order = ["proven", "known", "least", "segment_id", *_KEYS]
    rows = keyed.sort_values(order, ignore_index=True).drop(columns=["proven", "least", "known"])
    rows.insert(0, "rank", np.arange(1, len(rows) + 1))
    return rows


def _sentence(row: Mapping[Hashable, Any]) -> str:
    share, rest = row["share"], row["rest_share"]
    then = (
        "the session ends"
        if row["next_event"] == END
        else f"{event_words(row['next_event'])} follows"
    )
    after = event_words(row["event"])
    here = f"After {after}, {then} in {percent(share)} of the visits of {row['segment_id']}"
    if row["verdict"] == "too few":
        return f"{here}; there are too few to compare."
    if row["verdict"] == "as elsewhere":
        return f"{here} and in {percent(rest)} in the other segments, which may be chance."
    return f"{here}, {_OFTEN[str(row['verdict'])]} than in the other segments ({percent(rest)})."
