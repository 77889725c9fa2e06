"""How truly short rules give the segments, on customers they were not made from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import cohen_kappa_score

from segmentation_lib.cluster import Model
from segmentation_lib.cluster.held_out import chooses
from segmentation_lib.implement.audiences.evaluate import parts_hold
from segmentation_lib.implement.audiences.fields import STATE
from segmentation_lib.implement.audiences.tree import DEPTH, Rules, short_rules
from segmentation_lib.stats import wilson_interval

__all__ = ["AUDIENCE", "EXPLANATION", "Fidelity", "RuleStudy", "measure", "study_rules", "verdict"]

AUDIENCE, EXPLANATION = "audience", "explanation only"
_NONE = "none"


@dataclass(frozen=True)
class Fidelity:
    """How rules did on some customers.

    Attributes:
        customers: Number of customers.
        accuracy: Share of them whom the rules give their segment.
        kappa: Agreement beyond what chance gives (Cohen 1960), up to 1.
        table: One row per segment, by its ID: ``segment_id, customers`` (in the segment),
            ``picked`` (by its rule), ``found`` (both), ``precision, precision_low,
            precision_high`` (share of the picked who are in the segment), ``recall, recall_low,
            recall_high`` (share of the segment who are picked), with Wilson's 95% intervals;
            missing where there is nobody.
    """

    customers: int
    accuracy: float
    kappa: float
    table: pd.DataFrame


@dataclass(frozen=True)
class RuleStudy:
    """Short rules and how truly they give the segments.

    Attributes:
        rules: Rules made from one half of the customers.
        held_out: How they do on the other half.
        next_snapshot: How rules made in the same way at the open do at the close, on customers
            they were not made from; None without an open.
    """

    rules: Rules
    held_out: Fidelity
    next_snapshot: Fidelity | None


def study_rules(
    model: Model,
    table: pd.DataFrame,
    assignments: pd.DataFrame,
    *,
    seed: int,
    before: tuple[pd.DataFrame, pd.DataFrame] | None = None,
    depth: int = DEPTH,
) -> RuleStudy:
    """Make rules from half of the customers, and judge them on the others.

    Which half a customer is in depends on the seed and the ID only. So the rules of the open are
    judged at the close on customers whom they have never seen. The model should have been fitted
    on another day than the features are of: its borders run where that day had few customers, and
    without groups that flatters recall by 1 to 2 points.

    Args:
        model: The model whose segments are to be described.
        table: Customers at the close, from `rule_table`.
        assignments: The artefact ``assignments_close``.
        seed: Seed of the project.
        before: The same of the open; None where there is none.
        depth: Questions that lead to an answer, 1 to 4.
    """
    segments = _segments(table, assignments)
    half = chooses(table["customer_id"], seed=seed)
    made = short_rules(model, table[half], segments[half], seed=seed, depth=depth)
    judged, known = table[~half], segments[~half]
    after = None
    if before is not None:
        earlier, assigned = before
        then = chooses(earlier["customer_id"], seed=seed)
        old = _segments(earlier, assigned)
        aged = short_rules(model, earlier[then], old[then], seed=seed, depth=depth)
        after = measure(aged, judged, known, model.segment_ids)
    return RuleStudy(made, measure(made, judged, known, model.segment_ids), after)


def measure(
    rules: Rules, table: pd.DataFrame, segments: pd.Series, segment_ids: tuple[str, ...]
) -> Fidelity:
    """Compare rules with the segments of customers.

    Args:
        rules: Rules by segment.
        table: Customers, with the fields of the rules; only ACTIVE ones count.
        segments: The segment of each row, missing where there is none.
        segment_ids: All segments of the model, in order.
    """
    active = (table[STATE] == "ACTIVE").to_numpy()
    rows = table[active]
    truth = segments[active].astype("object").where(segments[active].notna(), _NONE).to_numpy()
    given = np.full(len(rows), _NONE, dtype=object)
    for segment, parts in sorted(rules.items(), reverse=True):
        given[parts_hold(parts, rows)] = segment
    right = given == truth
    accuracy = float(right.mean()) if len(rows) else float("nan")
    kappa = float("nan")
    if len(rows):
        several = len({*truth, *given}) > 1
        kappa = float(cohen_kappa_score(truth, given)) if several else 1.0
    counted = pd.DataFrame([_row(segment, truth, given) for segment in segment_ids])
    return Fidelity(len(rows), accuracy, kappa, counted.astype({"segment_id": "str"}))


def verdict(kappa: float, precision: float, recall: float, *, least_kappa: float = 0.9,
            least_recall: float = 0.8) -> str:  # fmt: skip
    """Return whether a rule may be an audience, or only explains its segment.

    The point estimates decide, on customers that the rule was not made from. An audience that
    reaches the segment but many others as well is none either, so precision has the same limit as
    recall. A missing value does not pass.

    Args:
        kappa: Agreement of all rules with the segments.
        precision: Precision of this rule.
        recall: Recall of this rule.
        least_kappa: Limit for kappa.
        least_recall: Limit for recall and for precision.

    >>> verdict(0.95, 0.97, 0.90), verdict(0.95, 0.97, 0.79), verdict(0.95, float("nan"), 0.0)
    ('audience', 'explanation only', 'explanation only')
    """
    passes = kappa >= least_kappa and min(precision, recall) >= least_recall
    return AUDIENCE if passes else EXPLANATION


def _segments(table: pd.DataFrame, assignments: pd.DataFrame) -> pd.Series:
    known = assignments.set_index(assignments["customer_id"].astype("str"))["segment_id"]
    found = known.reindex(table["customer_id"].astype("str"))
    return pd.Series(found.to_numpy(), index=table.index, dtype="str")


def _row(segment: str, truth: np.ndarray, given: np.ndarray) -> dict[str, object]:
    both = int(((truth == segment) & (given == segment)).sum())
    size, picked = int((truth == segment).sum()), int((given == segment).sum())
    row: dict[str, object] = {
        "segment_id": segment,
        "customers": size,
        "picked": picked,
        "found": both,
    }
    for name, of in (("precision", picked), ("recall", size)):
        share = wilson_interval(both, of)
        ends = (share.low, share.high) if of else (float("nan"), float("nan"))
        row |= {name: share.value, f"{name}_low": ends[0], f"{name}_high": ends[1]}
    return row
