"""Does the quarter bear out what people believed? Each hypothesis gets one verdict.

A segment is fixed at the open and its outcomes are those of the quarter that follows, so nothing
is tested on what made the segment. A hypothesis is supported only if the difference is shown to be
larger than the smallest one that matters, and refuted only if it is shown to be smaller; whatever
lies between is untestable for now, and says why.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from datetime import date

import numpy as np
import pandas as pd

from segmentation_lib.implement.hypotheses.arms import treated_and_control
from segmentation_lib.implement.hypotheses.words import verdict_sentence
from segmentation_lib.implement.kpis import kpi_unit
from segmentation_lib.params.registers import (
    NPS,
    Hypothesis,
    Register,
    claim_hash,
    hypothesis_declaration,
)
from segmentation_lib.stats.arrays import FloatArray
from segmentation_lib.stats.intervals import holm
from segmentation_lib.stats.mean_gap import mean_gap

__all__ = ["judge_hypotheses", "with_scores"]

_ALPHA = 0.05
_COLUMNS = [
    "hypothesis_id", "claim", "segment_id", "behaviour", "because", "metric", "unit", "direction",
    "min_effect", "test", "compared_with", "status", "customers", "others", "value",
    "other_value", "effect", "low", "high", "p_value", "p_corrected", "verdict", "reason",
    "grade", "post_hoc",
]  # fmt: skip
_NUMBERS = ("min_effect", "customers", "others", "value", "other_value", "effect", "low", "high",
            "p_value", "p_corrected")  # fmt: skip


def judge_hypotheses(
    hypotheses: Register[Hypothesis],
    outcomes: pd.DataFrame,
    assignments_open: pd.DataFrame,
    *,
    opened: date,
    closed: date,
    seed: int,
    arms: pd.DataFrame | None = None,
    incremental: pd.DataFrame | None = None,
    unread: Collection[str] = (),
    judges: Collection[str] | None = None,
    second_thoughts: Sequence[str] = (),
    fewest: int = 30,
    currency: str = "",
    draws: int = 1999,
) -> pd.DataFrame:
    """Give every hypothesis its verdict from this quarter's outcomes.

    Args:
        hypotheses: The register, checked.
        outcomes: The artefact ``outcomes``; `with_scores` adds ``nps``.
        assignments_open: ``customer_id`` and ``segment_id`` as of the open.
        opened: Open of the quarter.
        closed: Close of the quarter; not part of it.
        seed: Seed of the resampling; every hypothesis has a stream of its own.
        arms: The artefact ``experiment_arms``, for tests by experiment.
        incremental: The artefact ``incremental``; says whether the arms were drawn by lot.
        unread: IDs of experiments that are not read out; a hypothesis on one has no verdict.
        judges: Customers who may judge; everybody when None. Where KPIs helped to choose the
            segments, only those who were left out of the choice.
        second_thoughts: Declarations that were added after the segments were first made. Such a
            hypothesis cannot be supported by the same quarter; it can be refuted.
        fewest: Fewer customers than this on either side, and nothing is tested.
        currency: Three-letter code of the amounts.
        draws: Resamples for each hypothesis; at least 100 times the number of hypotheses are
            taken, so that a corrected p-value can get small.

    Returns:
        The artefact ``hypotheses``, a row per entry in the order of the file: what is claimed,
        the means on both sides (``value``, ``other_value``), their difference ``effect`` with its
        95 % interval ``low`` to ``high``, ``p_value`` (two-sided, of a difference of exactly
        ``min_effect`` in the expected direction) and ``p_corrected`` (Holm, over all hypotheses
        that could be tested), the
        ``verdict`` (``supported``, ``refuted``, ``untestable``), the ``reason`` code of an
        untestable one, the ``grade`` of the evidence, ``post_hoc``, and a ``sentence``.
    """
    segment = assignments_open.set_index("customer_id")["segment_id"].dropna().astype("str")
    if judges is not None:
        segment = segment[segment.index.isin(set(judges))]
    table = outcomes[outcomes["customer_id"].isin(segment.index)].set_index("customer_id")
    table = table.sort_index()
    own = segment.reindex(table.index)
    lot = (arms, incremental, opened, closed)
    sides = [_sides(entry, table, own, lot, unread) for entry in hypotheses]
    tested = sum(not reason for _, _, reason, _ in sides)
    rows = [
        _row(entry, first, second, reason, grade, table, fewest, seed, max(draws, 100 * tested))
        for entry, (first, second, reason, grade) in zip(hypotheses, sides, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=[c for c in _COLUMNS if c not in ("p_corrected",
                                        "post_hoc")])  # fmt: skip
    frame = frame.astype(dict.fromkeys((c for c in _NUMBERS if c in frame), "float64"))
    frame["p_corrected"] = holm(frame["p_value"].to_numpy(dtype="float64"))
    late = set(second_thoughts)
    frame["post_hoc"] = np.array(
        [hypothesis_declaration(entry) in late for entry in hypotheses], dtype=bool
    )
    frame = _with_verdicts(frame[_COLUMNS])
    tests = int(frame["p_value"].notna().sum())
    return frame.assign(
        sentence=[verdict_sentence(row, tests, currency) for row in frame.to_dict("records")]
    )


def with_scores(outcomes: pd.DataFrame, answers: pd.DataFrame | None) -> pd.DataFrame:
    """Return the outcomes with the column ``nps``, so that its mean is the Net Promoter Score.

    Args:
        outcomes: The artefact ``outcomes``.
        answers: Answers of the quarter, ``customer_id``, ``answered_at`` and ``nps`` (0 to 10);
            the last score of a customer counts.

    Returns:
        A copy; ``nps`` is 100 for 9 and 10, -100 for 0 to 6, 0 between, and empty for customers
        who gave no score. Without any score there is no such column.
    """
    if answers is None or "nps" not in answers or answers["nps"].notna().sum() == 0:
        return outcomes.copy()
    given = answers[answers["nps"].notna()].sort_values(["customer_id", "answered_at", "nps"])
    last = given.drop_duplicates("customer_id", keep="last").set_index("customer_id")["nps"]
    points = 100.0 * ((last > 8.5).astype(float) - (last < 6.5).astype(float))
    return outcomes.assign(**{NPS: outcomes["customer_id"].map(points)})


_Sides = tuple[FloatArray, FloatArray, str, str]


def _sides(
    entry: Hypothesis,
    table: pd.DataFrame,
    own: pd.Series,
    lot: tuple[pd.DataFrame | None, pd.DataFrame | None, date, date],
    unread: Collection[str],
) -> _Sides:
    """Return the metric on both sides, why there is no test, and the grade of the evidence."""
    nothing = np.empty(0)
    if entry.metric not in table:
        return nothing, nothing, "no_metric", ""
    inside = (own == entry.segment).to_numpy()
    if not inside.any():
        return nothing, nothing, "no_segment", ""
    values = table[entry.metric]
    if entry.test == "experiment":
        if entry.experiment in unread:
            return nothing, nothing, "not_read_out", ""
        found = treated_and_control(entry, *lot)
        if isinstance(found, str):
            return nothing, nothing, found, ""
        treated = inside & table.index.isin(found.treated)
        control = inside & table.index.isin(found.control)
        return _known(values[treated]), _known(values[control]), "", found.grade
    other = ~inside if entry.compared_with is None else (own == entry.compared_with).to_numpy()
    return _known(values[inside]), _known(values[other]), "", "association"


def _row(
    entry: Hypothesis,
    first: FloatArray,
    second: FloatArray,
    reason: str,
    grade: str,
    table: pd.DataFrame,
    fewest: int,
    seed: int,
    draws: int,
) -> tuple[object, ...]:
    unit = "" if entry.metric not in table else kpi_unit(entry.metric, table[entry.metric])
    if entry.metric == NPS:
        unit = "points"
    claim = (
        entry.id, claim_hash(entry), entry.segment, entry.behaviour, entry.because, entry.metric,
        unit, entry.direction, entry.min_effect, entry.test,
        _compared(entry), entry.status, len(first), len(second),
    )  # fmt: skip
    means = [float(side.mean()) if len(side) >= fewest else np.nan for side in (first, second)]
    if not reason and min(len(first), len(second)) < fewest:
        reason = "too_few"
    if reason:
        return (*claim, *means, *[np.nan] * 4, "", reason, grade)
    amount = entry.min_effect if entry.direction == "higher" else -entry.min_effect
    stream = zlib.crc32(entry.id.encode())
    gap = mean_gap(first, second, amount=amount, seed=(seed, stream), draws=draws)
    if np.isnan(gap.p_value):
        return (*claim, *means, gap.value, *[np.nan] * 3, "", "no_variation", grade)
    beyond = gap.p_above <= gap.p_below
    leaning = "supported" if beyond == (entry.direction == "higher") else "refuted"
    return (*claim, *means, gap.value, gap.low, gap.high, gap.p_value, leaning, "", grade)


def _with_verdicts(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep only what is shown at 5 % over all hypotheses, and what was claimed beforehand."""
    clear = frame["p_corrected"] <= _ALPHA
    reason = frame["reason"].where(clear | (frame["reason"] != ""), "undecided")
    late = clear & frame["post_hoc"] & (frame["verdict"] == "supported")
    reason = reason.mask(late, "post_hoc")
    verdict = frame["verdict"].where(clear & ~late, "untestable")
    return frame.assign(verdict=verdict.astype("str"), reason=reason.astype("str"))


def _compared(entry: Hypothesis) -> str:
    if entry.test == "experiment":
        return f"{entry.experiment}"
    return entry.compared_with or "(rest)"


def _known(values: pd.Series) -> FloatArray:
    return np.asarray(values.dropna().to_numpy(dtype="float64"))
