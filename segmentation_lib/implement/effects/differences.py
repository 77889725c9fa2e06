"""Differences between customers, adjusted for what else is known of them: associations."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.implement.effects.adjustment import (
    FEWEST,
    HIDDEN,
    AdjustedDifference,
    adjusted_difference,
    covariate_matrix,
)
from segmentation_lib.implement.effects.words import figure_words
from segmentation_lib.params.effects import Compared
from segmentation_lib.profile.story.evidence import Grade
from segmentation_lib.profile.wording import percent
from segmentation_lib.stats.arrays import spawn_seeds
from segmentation_lib.words import capitalised, feature_words

__all__ = ["adjusted_differences", "difference_sentences"]

_COLUMNS = ["name", "outcome", "customers", "others", "adjusted", "low", "high", "plain", "rare",
            "clipped", "imbalance", "verdict", "grade", "reason"]  # fmt: skip


def adjusted_differences(
    compared: Sequence[Compared],
    customers: pd.DataFrame,
    outcomes: pd.DataFrame,
    *,
    level: float = 0.95,
    seed: int | Sequence[int] = 0,
) -> pd.DataFrame:
    """Compare groups of customers in the quarter, all else that was known at its open equal.

    Args:
        compared: Who is compared, and in what.
        customers: What `known_at_open` returned: one row per customer.
        outcomes: ``customer_id`` and the outcomes of the quarter; who has no row did nothing.
        level: Confidence level.
        seed: Seed of the parts.

    Returns:
        The artefact ``adjusted_differences``, by name: customers of both groups, the ``adjusted``
        difference with its interval and the ``plain`` one, overlap (``rare``, ``clipped``) and the
        largest standardised difference that is left (``imbalance``), and the ``verdict``:
        ``more``, ``less``, ``no difference shown``, ``too unlike`` (no grade) or ``no figures``.
    """
    people = customers.sort_values("customer_id", ignore_index=True)
    ordered = sorted(compared, key=lambda one: (one.name, one.outcome))
    branches = spawn_seeds(seed, max(len(ordered), 1))
    rows = [
        {"name": one.name, "outcome": one.outcome, "customers": 0, "others": 0}
        | _row(one, people, outcomes, level, int(branch.generate_state(1)[0]))
        for one, branch in zip(ordered, branches, strict=False)
    ]
    table = pd.DataFrame(rows, columns=_COLUMNS)
    texts = ["name", "outcome", "verdict", "grade", "reason"]
    numbers = {name: "float64" for name in _COLUMNS if name not in (*texts, "customers", "others")}
    return table.astype(
        numbers | dict.fromkeys(texts, "str") | {"customers": "int64", "others": "int64"}
    )


def difference_sentences(table: pd.DataFrame, *, currency: str = "") -> list[str]:
    """Say what is left of each difference, and what no adjustment can show.

    Args:
        table: What `adjusted_differences` returned.
        currency: Three-letter code of revenue and other amounts.
    """
    if table.empty:
        return []
    said = [_sentence(row, currency) for row in table.to_dict("records")]
    return [*said, f"These are associations. {HIDDEN}"] if (table["grade"] != "").any() else said


def _row(
    one: Compared, people: pd.DataFrame, outcomes: pd.DataFrame, level: float, seed: int
) -> dict[str, Any]:
    """One comparison, or why there is none."""
    reason = _missing(one, people, outcomes)
    if reason:
        return {"verdict": "no figures", "grade": "", "reason": reason}
    treated = np.ones(len(people), bool)
    for attribute, named in one.who.items():
        treated &= people[attribute].astype("str").isin(named).to_numpy(bool)
    own, others = int(treated.sum()), int((~treated).sum())
    counts = {"customers": own, "others": others}
    if min(own, others) < FEWEST:
        few = f"A group has fewer than {FEWEST} customers."
        return counts | {"verdict": "no figures", "grade": "", "reason": few}
    matrix, names = covariate_matrix(people.drop(columns=["customer_id", *one.who]))
    values = outcomes.set_index("customer_id")[one.outcome].astype("float64")
    spent = values.reindex(people["customer_id"]).fillna(0.0)
    found = adjusted_difference(
        np.asarray(spent, np.float64), treated, matrix, names=names, level=level, seed=seed,
    )  # fmt: skip
    return counts | _found(found)


def _missing(one: Compared, customers: pd.DataFrame, outcomes: pd.DataFrame) -> str:
    absent = [name for name in one.who if name not in customers]
    if absent:
        return f"Customers have no attribute {absent[0]}."
    if one.outcome not in outcomes:
        return f"The quarter has no outcome {one.outcome}."
    if outcomes[one.outcome].isna().any():
        return f"{one.outcome} is known of some customers only."
    return ""


def _found(found: AdjustedDifference) -> dict[str, Any]:
    inside, overlap = found.adjusted, found.overlap
    row: dict[str, Any] = {
        "plain": found.plain, "rare": overlap.rare, "clipped": overlap.clipped,
        "imbalance": overlap.largest_after,
    }  # fmt: skip
    if overlap.is_poor:
        return row | {"verdict": "too unlike", "grade": "", "reason": overlap.fault}
    verdict = "more" if inside.low > 0 else "less" if inside.high < 0 else "no difference shown"
    return row | {
        "adjusted": inside.value, "low": inside.low, "high": inside.high, "verdict": verdict,
        "grade": Grade.ASSOCIATION.value, "reason": "",
    }  # fmt: skip


def _sentence(row: Mapping[Hashable, Any], currency: str) -> str:
    what = feature_words(str(row["outcome"]))
    name = capitalised(str(row["name"]))
    if row["verdict"] == "no figures":
        return f"{name}: no comparison. {row['reason']}"
    if row["verdict"] == "too unlike":
        return (
            f"{name} cannot be compared with others in {what}: {row['reason']}, so no number is "
            "given."
        )
    say = figure_words(currency if row["outcome"] in ("revenue", "order_value") else "")
    inside = f"95% interval {say(row['low'])} to {say(row['high'])}"
    if row["verdict"] == "no difference shown":
        return (
            f"{name} are not shown to differ in {what} from others like them in all that is known: "
            f"{say(row['adjusted'])} per customer ({inside}; {say(row['plain'])} without the "
            "adjustment)."
        )
    return (
        f"{name} have {row['verdict']} {what} than others like them in all that is known: "
        f"{say(row['adjusted'])} per customer ({inside}; {say(row['plain'])} without the "
        f"adjustment). In what is known the two still differ by up to {percent(row['imbalance'])} "
        "of what customers usually differ by."
    )
