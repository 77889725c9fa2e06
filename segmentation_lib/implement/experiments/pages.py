"""The tables of experiments as pages show them: words, and no figures on a few people."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.implement.experiments.phrases import (
    gap_words,
    interval_words,
    metric_words,
    size_words,
)
from segmentation_lib.implement.experiments.sample_ratio import ALL_SEGMENTS
from segmentation_lib.profile.wording import count, percent, titled
from segmentation_lib.small_cells import HIDDEN, rounded, suppress_flows

__all__ = [
    "published_designs",
    "published_effects",
    "published_experiments",
    "published_guardrails",
    "published_ratios",
]

_FEW = "Too few customers to show."
_EXPERIMENTS = ["experiment", "what", "metric", "from", "until", "verdict", "guardrails"]
_STATES = {"works in some": "works in some segments", "not shown": "no effect shown",
           "too few": "too few customers", "as all": "as for all"}  # fmt: skip
_SIZES = {"fine": "as planned", "warning": "not quite as planned", "alarm": "not as planned",
          "too few": "too few to tell"}  # fmt: skip
_DESIGNS = ["experiment", "arm", "segment", "metric", "customers", "detectable", "matters",
            "needed", "verdict"]  # fmt: skip
_EFFECTS = ["experiment", "arm", "segment", "effect", "interval", "shrunken", "verdict"]
_GUARDRAILS = ["experiment", "arm", "metric", "effect", "interval", "margin", "verdict"]


def published_experiments(experiments: pd.DataFrame) -> pd.DataFrame:
    """Return all experiments with what became of them; the table holds no counts.

    Args:
        experiments: `ReadOut.experiments`.

    Returns:
        Columns ``experiment``, ``what``, ``metric``, ``from``, ``until``, ``verdict`` (or ``not
        read`` and why) and ``guardrails``.
    """
    rows = [
        (
            row["experiment_id"],
            row["what"],
            metric_words(str(row["metric"])) if row["metric"] else "",
            row["starts_on"],
            row["ends_on"],
            _STATES.get(row["verdict"], row["verdict"]) or f"not read: {row['reason']}",
            row["guardrails"],
        )
        for row in experiments.to_dict("records")
    ]
    return pd.DataFrame(rows, columns=_EXPERIMENTS)


def published_designs(designs: pd.DataFrame, *, names: Mapping[str, str], limit: int,
                      currency: str = "") -> pd.DataFrame:  # fmt: skip
    """Return what planned experiments can find.

    Args:
        designs: What `design_table` returned, of one or more experiments.
        names: Names of the segments.
        limit: Fewest customers whose figures are shown.
        currency: Three-letter code of the amounts.

    Returns:
        Columns ``experiment``, ``arm``, ``segment``, ``metric``, ``customers``, ``detectable``,
        ``matters``, ``needed`` and ``verdict``.
    """
    rows = [
        (
            row["experiment_id"],
            row["arm"],
            _segment(str(row["segment_id"]), names),
            metric_words(str(row["metric"])),
            _customers(row, few, designs, limit),
            "" if few else _known(size_words, row["detectable"], row["unit"], currency),
            size_words(row["min_effect"], str(row["unit"]), currency),
            "" if few or not np.isfinite(row["needed"]) else count(row["needed"]),
            "too small to test" if few else row["verdict"],
        )
        for row, few in _with_few(designs, "treated", "control", limit=limit)
    ]
    return pd.DataFrame(rows, columns=_DESIGNS)


def published_effects(effects: pd.DataFrame, *, names: Mapping[str, str], limit: int,
                      currency: str = "") -> pd.DataFrame:  # fmt: skip
    """Return the effects of experiments, over all and by segment.

    Args:
        effects: `ReadOut.effects`.
        names: Names of the segments.
        limit: Fewest customers whose figures are shown.
        currency: Three-letter code of the amounts.

    Returns:
        Columns ``experiment``, ``arm``, ``segment``, ``effect``, ``interval``, ``shrunken`` and
        ``verdict``; figures of small arms are blank.
    """
    rows = [
        (
            row["experiment_id"],
            row["arm"],
            _segment(str(row["segment_id"]), names),
            *_gap(row, few, currency),
            "" if few else _known(gap_words, row["shrunken"], row["unit"], currency),
            _FEW if few or np.isnan(row["effect"]) else _STATES.get(row["verdict"], row["verdict"]),
        )
        for row, few in _with_few(effects, "customers", "control_customers", limit=limit)
    ]
    return pd.DataFrame(rows, columns=_EFFECTS)


def published_guardrails(guardrails: pd.DataFrame, *, limit: int,
                         currency: str = "") -> pd.DataFrame:  # fmt: skip
    """Return the guardrails of experiments.

    Args:
        guardrails: `ReadOut.guardrails`.
        limit: Fewest customers whose figures are shown.
        currency: Three-letter code of the amounts.

    Returns:
        Columns ``experiment``, ``arm``, ``metric``, ``effect``, ``interval``, ``margin`` and
        ``verdict``.
    """
    rows = [
        (
            row["experiment_id"],
            row["arm"],
            metric_words(str(row["metric"])),
            *_gap(row, few, currency),
            size_words(row["margin"], str(row["unit"]), currency),
            _FEW if few else row["verdict"],
        )
        for row, few in _with_few(guardrails, "customers", "control_customers", limit=limit)
    ]
    return pd.DataFrame(rows, columns=_GUARDRAILS)


def published_ratios(ratios: pd.DataFrame, *, names: Mapping[str, str], limit: int) -> pd.DataFrame:
    """Return the customers of the arms, with small counts and what gives them away hidden.

    Args:
        ratios: `ReadOut.ratios`.
        names: Names of the segments.
        limit: Counts from 1 to ``limit - 1`` are small.

    Returns:
        Columns ``experiment``, ``segment``, ``arm``, ``customers``, ``share``, ``planned`` and
        ``level``.
    """
    shown = []
    for _, rows in ratios.groupby("experiment_id", sort=False):
        parts, totals = (rows[(rows["segment_id"] == ALL_SEGMENTS) == whole] for whole in (0, 1))
        # Sizes of segments and of arms are known, so a small count hides others with it.
        safe = suppress_flows(parts, "customers", rows="segment_id", columns="arm", limit=limit,
                              derived=["share"])  # fmt: skip
        gone = totals["arm"].isin(safe.attrs["columns_hidden"])
        over_all = totals.assign(
            customers_shown=totals["customers"].map("{:,}".format).mask(gone, HIDDEN),
            share=totals["share"].mask(gone),
        )
        both = pd.concat([over_all, safe])
        # Segments hold a few more than their arms: those who could not take part.
        near = rounded(both["customers"], limit=limit)
        exact = both["customers_shown"].str.fullmatch(r"[\d,]+")
        tens = [f"{n:,}" for n in near.fillna(0)]
        shown.append(both.assign(customers_shown=both["customers_shown"].mask(exact, tens)))
    columns = ["experiment", "segment", "arm", "customers", "share", "planned", "level"]
    if not shown:
        return pd.DataFrame(columns=columns)
    table = pd.concat(shown, ignore_index=True)
    return pd.DataFrame(
        {
            "experiment": table["experiment_id"],
            "segment": [_segment(name, names) for name in table["segment_id"]],
            "arm": table["arm"],
            "customers": table["customers_shown"],
            "share": [percent(share) if np.isfinite(share) else "" for share in table["share"]],
            "planned": [percent(share) for share in table["planned"]],
            "level": table["level"].map(_SIZES),
        }
    )


def _with_few(
    frame: pd.DataFrame, *columns: str, limit: int
) -> Iterator[tuple[Mapping[Hashable, Any], bool]]:
    """Rows, each with whether it stands on too few people."""
    few = (frame[list(columns)].astype("float64") < limit).any(axis=1)
    yield from zip(frame.to_dict("records"), few.tolist(), strict=True)


def _customers(row: Mapping[Hashable, Any], few: bool, designs: pd.DataFrame, limit: int) -> str:
    """Customers of both arms; not over all where that would give a small segment away."""
    if few:
        return f"<{2 * limit}"
    same = (designs["experiment_id"] == row["experiment_id"]) & (designs["arm"] == row["arm"])
    smallest = designs.loc[same, ["treated", "control"]].min().min()
    if row["segment_id"] == ALL_SEGMENTS and smallest < limit:
        return HIDDEN
    return count(row["treated"] + row["control"])


def _gap(row: Mapping[Hashable, Any], few: bool, currency: str) -> tuple[str, str]:
    if few or np.isnan(row["effect"]):
        return "", ""
    return gap_words(row["effect"], str(row["unit"]), currency), interval_words(row, currency)


def _known(say: Callable[[float, str, str], str], value: float, unit: str, currency: str) -> str:
    return say(value, unit, currency) if np.isfinite(value) else ""


def _segment(name: str, names: Mapping[str, str]) -> str:
    return "all segments" if name == ALL_SEGMENTS else titled(name, names)
