"""Links that were tested: what a treatment made, against a control group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from segmentation_lib.profile.story.edges import EVERYONE, PER_CUSTOMER, edge, edge_frame
from segmentation_lib.profile.story.evidence import Grade
from segmentation_lib.profile.wording import amount, number, titled
from segmentation_lib.words import kpi_words

__all__ = ["BY_LOT", "IN_DOUBT", "NO_DRAW", "difference_said", "draw_of", "experiment_edges",
           "row_grade"]  # fmt: skip

# How the groups of a comparison came about: drawn by lot; said to be, but they differed before
# anybody was treated; or never drawn at all.
BY_LOT, IN_DOUBT, NO_DRAW = "by lot", "in doubt", "none"


_DOUBT = " The arms differed before anybody was treated, so the draw by lot is in doubt."


def experiment_edges(
    table: pd.DataFrame,
    *,
    outcome: str = "revenue",
    grade: Grade = Grade.EXPERIMENT,
    currency: str = "",
    names: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Enter what tests with a control group showed.

    Args:
        table: A row per experiment, arm and segment: ``experiment_id``, ``arm``, ``segment_id``,
            ``incremental``, ``low``, ``high``, ``verdict`` (``more``, ``less``, ``no difference
            shown``; all else is left out), ``customers`` and ``control_customers``. This is what
            ``value.incremental_revenue`` returns. A column ``grade`` (``experiment`` or
            ``quasi-experiment``) overrides ``grade`` row by row.
        outcome: The outcome that was compared.
        grade: ``quasi-experiment`` for a comparison without a draw by lot.
        currency: Three-letter code where the outcome is money; empty for bare numbers.
        names: Names of the segments.

    Returns:
        Edges from the treatment (``EXP-001 treatment``) to the outcome, with ``draw`` (``by lot``,
        ``in doubt`` or ``none``). Only an experiment that showed a difference says "causes".
    """
    edges = []
    verdicts = ("more", "less", "no difference shown")
    for row in table[table["verdict"].isin(verdicts)].to_dict("records"):
        segment_id, treatment = str(row["segment_id"]), f"{row['experiment_id']} {row['arm']}"
        earned, draw = row_grade(row, grade), draw_of(row, grade)
        said = difference_said(row, table, currency)
        who = "all customers" if segment_id == EVERYONE else titled(segment_id, names or {})
        what = kpi_words(outcome)
        if row["verdict"] == "no difference shown":
            sentence = f"{treatment} shows no difference in {what} for {who}: {said}."
        elif earned.earns_causes:
            sentence = f"{treatment} causes {row['verdict']} {what} for {who}: {said}."
        else:
            sentence = f"{treatment} goes with {row['verdict']} {what} for {who}: {said}."
            sentence += _DOUBT if draw == IN_DOUBT else ""
        edges.append(
            edge(
                segment_id=segment_id,
                trait=treatment,
                outcome=outcome,
                effect=float(row["incremental"]),
                low=float(row["low"]),
                high=float(row["high"]),
                measure=PER_CUSTOMER,
                customers=int(row["customers"] + row["control_customers"]),
                grade=earned,
                draw=draw,
                source="incremental",
                # The verdict wants the interval and the corrected p-value to agree.
                shown=row["verdict"] != "no difference shown",
                label=f"{'+' if row['incremental'] > 0 else ''}"
                f"{_figure(row['incremental'], currency)}",
                said=said,
                sentence=sentence,
            )
        )
    return edge_frame(edges)


def row_grade(row: Mapping[Any, Any], grade: Grade = Grade.EXPERIMENT) -> Grade:
    """Return the grade that a row of a table of comparisons claims for itself.

    Args:
        row: A row, perhaps with ``grade``.
        grade: The grade of a row that claims none.
    """
    own = row.get("grade")
    return Grade(own) if isinstance(own, str) and own else grade


def draw_of(row: Mapping[Any, Any], grade: Grade = Grade.EXPERIMENT) -> str:
    """Return how the groups of a comparison came about.

    A row of an experiment that was taken its grade had arms that differed before: its draw is in
    doubt. That is another thing than a comparison for which nobody drew.

    Args:
        row: A row, perhaps with ``grade``.
        grade: The grade of a row that claims none.
    """
    if row_grade(row, grade) is Grade.EXPERIMENT:
        return BY_LOT
    return NO_DRAW if grade is not Grade.EXPERIMENT else IN_DOUBT


def difference_said(row: Mapping[Any, Any], table: pd.DataFrame, currency: str = "") -> str:
    """Say a difference per customer with its interval, and what the interval holds for.

    Intervals of an experiment's arms in its segments hold together, and so do those of its arms
    over all customers; a single one holds by itself.

    Args:
        row: A row of the table.
        table: What ``value.incremental_revenue`` returned, with all rows of the experiment.
        currency: Three-letter code; empty for bare numbers.
    """
    low, high = _figure(row["low"], currency), _figure(row["high"], currency)
    of_all = row["segment_id"] == EVERYONE
    beside = table[
        (table["experiment_id"] == row["experiment_id"])
        & ((table["segment_id"] == EVERYONE) == of_all)
    ]
    single = len(beside) == 1
    scope = "" if single else f" for all {'arms' if of_all else 'segments'} together:"
    difference = _figure(row["incremental"], currency)
    return f"{difference} per customer (95% interval{scope} {low} to {high})"


def _figure(value: float, currency: str) -> str:
    return amount(value, currency) if currency else number(value)
