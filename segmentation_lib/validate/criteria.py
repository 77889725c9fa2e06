"""Do the segments meet the criteria that were written down before anyone saw them?"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import pandas as pd

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.params import Criteria, KnockOut
from segmentation_lib.words import kpi_name

__all__ = [
    "check_criteria",
    "criteria_sentence",
    "second_thoughts_sentence",
    "segment_measures",
]

_COLUMNS = ["segment_id", "kind", "measure", "value", "asked", "passed", "post_hoc"]


def segment_measures(
    at_open: pd.DataFrame, at_close: pd.DataFrame, stability: pd.DataFrame, outcomes: pd.DataFrame
) -> pd.DataFrame:
    """Return what criteria can be about, one row per segment, indexed by ``segment_id``.

    The columns are ``customers`` and ``share`` at the close, ``growth`` of the customers since the
    open (0.1 is a tenth more), ``stability`` (Jaccard, 0 to 1), and the mean of each outcome.

    Args:
        at_open: The artefact ``assignments_open``.
        at_close: The artefact ``assignments_close``.
        stability: The artefact ``segment_stability``.
        outcomes: The artefact ``outcomes``.
    """
    ids = stability.set_index("segment_id").sort_index().index
    before = at_open["segment_id"].value_counts().reindex(ids, fill_value=0)
    after = at_close["segment_id"].value_counts().reindex(ids, fill_value=0)
    placed = at_open.loc[at_open["segment_id"].notna(), ["customer_id", "segment_id"]]
    joined = placed.merge(outcomes, on="customer_id", how="inner").drop(columns="customer_id")
    means = joined.groupby("segment_id").mean().reindex(ids)
    own = pd.DataFrame(
        {
            "customers": after.astype("float64"),
            "share": after / after.sum(),
            "growth": after / before.where(before > 0) - 1,
            "stability": stability.set_index("segment_id")["jaccard"].reindex(ids),
        }
    )
    return own.join(means.drop(columns=own.columns, errors="ignore"))


def check_criteria(
    criteria: Criteria, measures: pd.DataFrame, *, second_thoughts: Sequence[str] = ()
) -> pd.DataFrame:
    """Hold each segment against each criterion.

    Args:
        criteria: The section ``criteria`` of the parameters.
        measures: What `segment_measures` returned.
        second_thoughts: Declarations that were added after the segments were first made.

    Returns:
        The artefact ``criteria``: a row per segment and criterion, with the measured ``value``,
        what was ``asked``, whether it ``passed`` (empty for weights), and whether the criterion
        is ``post_hoc``.

    Raises:
        ContractError: A criterion is about something that is not measured.
    """
    _refuse_unknown(criteria, list(measures.columns))
    rows = []
    for item in criteria.knock_outs:
        late = any(_line(item, word) in second_thoughts for word in _asked(item))
        for segment, value in measures[item.measure].items():
            asked = " and ".join(_asked(item))
            rows.append(
                [segment, "knock-out", item.measure, value, asked, _passes(item, value), late]
            )
    for kind in ("attractiveness", "fit"):
        for measure, weight in getattr(criteria, kind).items():
            late = f"{kind} {measure}: weight {weight:g}" in second_thoughts
            rows += [
                [segment, kind, measure, value, f"weight {weight:g}", None, late]
                for segment, value in measures[measure].items()
            ]
    table = pd.DataFrame(rows, columns=_COLUMNS)
    text = dict.fromkeys(("segment_id", "kind", "measure", "asked"), "str")
    return table.astype({**text, "value": "float64", "passed": "boolean", "post_hoc": "bool"})


def criteria_sentence(table: pd.DataFrame) -> str:
    """Say which segments fail a knock-out.

    Args:
        table: What `check_criteria` returned.
    """
    knock_outs = table[table["kind"] == "knock-out"]
    if knock_outs.empty:
        return (
            "No knock-out criterion was declared (criteria.knock_outs), so no segment was judged "
            "by whether it is worth serving."
        )
    failed = knock_outs[~knock_outs["passed"].fillna(False).astype(bool)]
    if failed.empty:
        return "Every segment meets every knock-out criterion."
    reasons = [
        f"{segment} ({', '.join(map(_words, rows['measure'], rows['asked']))})"
        for segment, rows in failed.groupby("segment_id", sort=True)
    ]
    return f"Not worth serving by the declared criteria: {'; '.join(reasons)}."


def second_thoughts_sentence(late: Sequence[str]) -> str:
    """Say what was declared only after the segments had been made.

    Args:
        late: The declarations.
    """
    return (
        "Declared after the segments were first made, so it may have been chosen because of them: "
        f"{'; '.join(late)}. Read it as an exploration, not as a test."
    )


def _asked(item: KnockOut) -> list[str]:
    low = [] if item.at_least is None else [f"at least {item.at_least:g}"]
    return low + ([] if item.at_most is None else [f"at most {item.at_most:g}"])


def _words(measure: str, asked: str) -> str:
    return f"{kpi_name(measure)} {asked}"


def _line(item: KnockOut, word: str) -> str:
    return f"knock-out {item.measure} {word}"


def _passes(item: KnockOut, value: float) -> bool:
    # A value that is not known passes no condition.
    above = item.at_least is None or value >= item.at_least
    return bool(above and (item.at_most is None or value <= item.at_most) and value == value)


def _refuse_unknown(criteria: Criteria, known: Sequence[str]) -> None:
    named = [item.measure for item in criteria.knock_outs]
    named += [*criteria.attractiveness, *criteria.fit]
    faults = []
    for name in sorted(set(named) - set(known)):
        close = get_close_matches(name, known, n=1)
        faults.append(
            Fault(
                "criteria",
                f"{name} is not measured",
                "a criterion is about one of " + ", ".join(known),
                f"Did you mean {close[0]}?" if close else "Correct the name or remove it.",
                "unknown_measure",
            )
        )
    if faults:
        raise ContractError(faults)
