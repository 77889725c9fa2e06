"""What natural experiments show: a comparison of changes, refused where nothing supports it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.implement.effects.comparison import judge_comparison
from segmentation_lib.implement.effects.did import scale_of
from segmentation_lib.implement.effects.panel import Blocks, block_panel, plan_blocks
from segmentation_lib.params.registers.natural_experiments import (
    NaturalExperiment,
    natural_declaration,
)
from segmentation_lib.params.registers.register import Register
from segmentation_lib.profile.story.evidence import Grade
from segmentation_lib.stats.arrays import BoolArray, FloatArray

__all__ = ["NaturalResults", "natural_experiment_results"]

_TEXT = ["id", "what", "started_on", "metric", "scale", "verdict", "grade", "reason"]
_COUNTS = ["customers", "control_customers", "unmatched"]
_NUMBERS = ["block_days", "blocks_before", "treated_before", "treated_after", "control_before",
            "control_after", "effect", "low", "high", "relative", "relative_low", "relative_high",
            "pretrend_p", "unseen_drift", "wandering"]  # fmt: skip
_RESULTS = [*_TEXT[:5], *_COUNTS, *_NUMBERS, *_TEXT[5:]]
_CHECKS = ["id", "check", "blocks_back", "change", "error", "p_value"]
_BLOCKS = ["id", "group", "block", "starts_on", "customers", "mean"]


_LATE = (
    "It was written down once its result could be seen, so it may have been picked for it: an "
    "association, no more."
)


@dataclass(frozen=True)
class NaturalResults:
    """Three tables about the natural experiments of a quarter.

    Attributes:
        results: One row per entry, see `natural_experiment_results`.
        checks: One row per entry and check of the time before.
        blocks: One row per entry, group and block: the lines of the chart.
    """

    results: pd.DataFrame
    checks: pd.DataFrame
    blocks: pd.DataFrame


def natural_experiment_results(
    register: Register[NaturalExperiment],
    purchase_days: pd.DataFrame | None,
    customers: pd.DataFrame,
    *,
    opened: date,
    closed: date,
    lookback_days: int = 365,
    blocks_before: int = 6,
    second_thoughts: Collection[str] = (),
    alpha: float = 0.05,
    level: float = 0.95,
    seed: int = 0,
) -> NaturalResults:
    """Compare, for each natural experiment of the quarter, how treated and control changed.

    Everything that decides is fixed before the date: segments and attributes are those of the
    open, and only customers who had bought before the oldest block take part, so newcomers do not
    make a trend. Control customers to whom another entry happened within the blocks are left out:
    a region that follows a few weeks later is no control. A comparison that the time before the
    date contradicts gets no number.

    Args:
        register: The register ``natural_experiments``.
        purchase_days: ``customer_id``, ``day`` and ``spend``, all history before the close; None
            where the project has no orders.
        customers: ``customer_id``, ``segment`` (of the open, missing for customers in none) and
            the attributes that the register names, one row per customer known at the open.
        opened: Open of the quarter; entries that started before it or from the close on are left
            out of it.
        closed: Close of the quarter.
        lookback_days: Days before the open from which segments were made.
        blocks_before: Blocks of time wanted before the date.
        second_thoughts: Declarations that were added or changed after the quarter was first run.
            Such an entry may have been picked for its result: its grade is association.
        alpha: Share of sound comparisons that may be refused.
        level: Confidence level.
        seed: Seed of resampling.

    Returns:
        ``results``: ``id``, ``what``, ``started_on``, ``metric``, ``scale``; ``customers``,
        ``control_customers``, ``unmatched`` treated; ``block_days``, ``blocks_before``; means per
        customer and block of both groups before and after; the ``effect`` per treated customer
        after the date with ``low`` and ``high``, the same as a share (``relative``...),
        ``pretrend_p``, the ``unseen_drift`` (what a steady drift too small to be seen could add),
        ``wandering`` (standard deviation by which the gap wandered before, beyond chance),
        and ``verdict``: ``more``, ``less`` or ``no difference shown`` (grade
        quasi-experiment), ``not credible`` or ``too few to tell`` (no number, no grade), or
        ``description only`` (no control; grade association). ``checks`` and ``blocks`` hold the
        details. Sorted by ID.
    """
    results, checks, lines = [], [], []
    if purchase_days is None:
        purchase_days = pd.DataFrame({"customer_id": [], "day": [], "spend": []})
    held = purchase_days["day"].min() if len(purchase_days) else pd.Timestamp(closed)
    ordered = sorted(register, key=lambda entry: entry.id)
    for number, entry in enumerate(ordered):
        if not opened <= entry.started_on < closed:
            continue
        since = pd.Timestamp(opened) - pd.Timedelta(days=lookback_days)
        blocks = plan_blocks(
            entry.started_on, closed=closed, first_purchase=held.date(), before=blocks_before,
            chosen_since=since.date() if entry.compares_segments else None,
        )  # fmt: skip
        row: dict[str, Any] = {
            "id": entry.id, "what": entry.what, "started_on": entry.started_on.isoformat(),
            "metric": entry.metric, "scale": scale_of(entry.metric), "reason": "", "grade": "",
            "verdict": "too few to tell", **dict.fromkeys(_COUNTS, 0),
        }  # fmt: skip
        if blocks is None or blocks.before < 1:
            short = "Too few weeks lie between the date and the close, or before the date."
            results.append(row | {"reason": short})
            continue
        beside = [
            other.treated for other in ordered
            if other is not entry and blocks.first_day <= other.started_on < blocks.last_day
        ]  # fmt: skip
        people = _people(entry, customers, purchase_days, blocks, beside)
        panel = block_panel(purchase_days, people.index, blocks, metric=entry.metric)
        made = since.date() if entry.compares_segments else None
        found = judge_comparison(
            entry, people, panel, blocks, made_since=made, alpha=alpha, level=level,
            seed=(seed, number),
        )  # fmt: skip
        late = natural_declaration(entry) in second_thoughts
        results.append(row | (_lowered(found.row) if late else found.row))
        if found.check is not None:
            checks.append(found.check.table.assign(id=entry.id))
        if found.row["verdict"] != "too few to tell":
            treated = people["treated"].to_numpy(bool)
            lines.append(_lines(entry.id, treated, panel, blocks, found.weights))
    return NaturalResults(
        _frame(results, _RESULTS), _frame(checks, _CHECKS), _frame(lines, _BLOCKS)
    )


def _lowered(row: Mapping[str, Any]) -> dict[str, Any]:
    """Lower what was written down once its result could be seen to an association."""
    if row["grade"] != Grade.QUASI_EXPERIMENT.value:
        return dict(row)
    reason = f"{row.get('reason', '')} {_LATE}".strip()
    return {**row, "grade": Grade.ASSOCIATION.value, "reason": reason}


def _frame(parts: list[Any], columns: list[str]) -> pd.DataFrame:
    frames = [part for part in parts if isinstance(part, pd.DataFrame)]
    table = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(parts)
    table = table.reindex(columns=columns)
    whole = {"blocks_back", "block", "customers", "control_customers", "unmatched"}
    text = {*_TEXT, "check", "group", "starts_on"}
    kinds = {
        name: "str" if name in text else "int64" if name in whole else "float64" for name in columns
    }
    return table.astype(kinds)


def _people(
    entry: NaturalExperiment,
    customers: pd.DataFrame,
    purchase_days: pd.DataFrame,
    blocks: Blocks,
    beside: Sequence[Mapping[str, tuple[str, ...]]],
) -> pd.DataFrame:
    """Treated and control customers who had bought before the oldest block."""
    named = {*entry.attributes, *(name for group in beside for name in group)}
    absent = [name for name in sorted(named) if name not in customers.columns]
    if absent:
        raise ValueError(
            f"{entry.id}: column {absent[0]} is missing; name attributes that customers have"
        )
    treated = _in_group(customers, entry.treated)
    control = ~treated if entry.control is None else _in_group(customers, entry.control)
    for group in beside:
        own = _in_group(customers, group)
        # Who is treated a little earlier or later is no control (Callaway & Sant'Anna 2021).
        if not (own & treated).any():
            control &= ~own
    first = pd.Timestamp(blocks.first_day)
    earlier = set(purchase_days.loc[purchase_days["day"] < first, "customer_id"])
    known = customers["customer_id"].isin(earlier).to_numpy(bool)
    if entry.control is None:
        control = np.zeros(len(customers), bool)
    kept = known & (treated | control)
    return (
        customers.assign(treated=treated)[kept].sort_values("customer_id").set_index("customer_id")
    )


def _in_group(customers: pd.DataFrame, group: Mapping[str, tuple[str, ...]]) -> BoolArray:
    inside = np.ones(len(customers), bool)
    for name, values in group.items():
        inside &= customers[name].astype("str").isin(values).to_numpy(bool)
    return inside


def _lines(
    name: str, treated: BoolArray, panel: FloatArray, blocks: Blocks, weights: FloatArray
) -> pd.DataFrame:
    """Mean per customer of both groups in each block."""
    parts = []
    for group, said in ((treated, "treated"), (~treated, "control")):
        own = group & (weights > 0)
        if not own.any():
            continue
        means = np.average(panel[own], axis=0, weights=weights[own])
        starts = [day.isoformat() for day in blocks.starts()]
        parts.append(
            pd.DataFrame(
                {"id": name, "group": said, "block": np.arange(len(means)) - blocks.before,
                 "starts_on": starts, "customers": int(own.sum()), "mean": means}
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_BLOCKS)
