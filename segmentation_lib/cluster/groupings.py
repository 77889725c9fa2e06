"""What every grouping of customers can do: assign, say how surely, and explain itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from segmentation_lib.cluster.scoring_rule import (
    SMALLEST_VARIANCE,
    ScoringRule,
    nearest_centre_rule,
)
from segmentation_lib.stats.arrays import FloatArray, IntArray
from segmentation_lib.stats.indices import group_means

__all__ = [
    "CentredAlgorithm",
    "CentredGrouping",
    "Explained",
    "NearestCentres",
    "RuledGrouping",
    "check_rows",
    "explain_groups",
    "grouping_by_rule",
    "in_order_of_size",
    "rule_of",
]

_TELLING = 3
_NOTABLE = 0.25


class CentredGrouping(Protocol):
    """A fitted grouping whose groups have centres."""

    @property
    def labels(self) -> IntArray:
        """Group of each row of the fit, 0 to k-1, the largest group first."""
        ...

    @property
    def centres(self) -> FloatArray:
        """Mean of each group, shape (k, columns)."""
        ...

    def assign(self, X: FloatArray) -> IntArray:
        """Return the group of each row of ``X``, 0 to k-1."""
        ...


class CentredAlgorithm(Protocol):
    """A way to find groups with centres, known by name."""

    @property
    def name(self) -> str:
        """Name of the algorithm, as parameters and the model file say it."""
        ...

    def fit(
        self, X: FloatArray, k: int, *, seed: np.random.SeedSequence, starts: int
    ) -> CentredGrouping:
        """Group the rows of ``X`` into ``k``, keeping the best of ``starts`` starts."""
        ...


class _HasRule(CentredGrouping, Protocol):
    @property
    def rule(self) -> ScoringRule: ...


class _HasInertia(CentredGrouping, Protocol):
    @property
    def inertia(self) -> float: ...


class Explained:
    """What a grouping with ``labels``, ``centres`` and a scoring ``rule`` can do."""

    def assign(self: _HasRule, X: FloatArray) -> IntArray:
        """Return the group of each row of ``X``, 0 to k-1."""
        return self.rule.assign(X)

    def membership(self: _HasRule, X: FloatArray) -> FloatArray:
        """Return the membership of each row in each group, shape (rows, k); rows sum to 1."""
        return self.rule.membership(X)

    def explain(self: _HasRule, columns: Sequence[str]) -> pd.DataFrame:
        """Return what sets each group apart; see `explain_groups`."""
        return explain_groups(self.labels, self.centres, columns)


class NearestCentres(Explained):
    """What a grouping with ``labels``, ``centres`` and ``inertia`` can do."""

    @property
    def rule(self: _HasInertia) -> ScoringRule:
        """The nearest centre wins."""
        k, columns = self.centres.shape
        freedom = columns * max(len(self.labels) - k, 1)
        shares = np.bincount(self.labels, minlength=k) / len(self.labels)
        return ScoringRule.around(
            self.centres, shares, max(self.inertia / freedom, SMALLEST_VARIANCE)
        )


@dataclass(frozen=True)
class RuledGrouping(Explained):
    """A grouping by a scoring rule, the largest group first.

    Attributes:
        labels: Group of each row of the fit, 0 to k-1.
        centres: Mean of the rows of each group, shape (k, columns); an empty group's is its point.
        rule: The rule that assigns rows.
    """

    labels: IntArray
    centres: FloatArray
    rule: ScoringRule


def grouping_by_rule(X: FloatArray, rule: ScoringRule) -> RuledGrouping:
    """Return the grouping of ``X`` by a rule, its groups numbered by size.

    Args:
        X: Matrix of shape (rows, columns).
        rule: The rule, its groups in any order.
    """
    order, labels = in_order_of_size(rule.assign(X), rule.points)
    ordered = rule.take(order)
    return RuledGrouping(labels, _means(X, labels, ordered.points), ordered)


def rule_of(X: FloatArray, grouping: CentredGrouping) -> ScoringRule:
    """Return the rule of a grouping: its own, or else the nearest of its centres.

    Args:
        X: Rows that give the shares and the variance for the memberships.
        grouping: The grouping.
    """
    rule = getattr(grouping, "rule", None)
    return rule if isinstance(rule, ScoringRule) else nearest_centre_rule(X, grouping.centres)


def check_rows(rows: int, k: int) -> None:
    """Refuse fewer rows than groups.

    Args:
        rows: Rows to group.
        k: Number of groups.

    Raises:
        ValueError: There are fewer rows than groups.
    """
    if rows < k:
        raise ValueError(f"{rows} rows cannot make k = {k} groups; take a smaller k or more rows")


def in_order_of_size(labels: IntArray, points: FloatArray) -> tuple[IntArray, IntArray]:
    """Number groups by size, largest first, and equal sizes by their points.

    Args:
        labels: Group of each row.
        points: Where each group is, shape (k, columns).

    Returns:
        The old number of each new group, and the new labels.
    """
    size = np.bincount(labels, minlength=len(points))
    order = np.lexsort((*points.T[::-1], -size)).astype(np.int64)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return order, place[labels]


def explain_groups(labels: IntArray, centres: FloatArray, columns: Sequence[str]) -> pd.DataFrame:
    """Return each group's share, its centre beside the average, and what sets it apart most.

    Args:
        labels: Group of each row, 0 to k-1.
        centres: Mean of each group in a scaled space, shape (k, columns).
        columns: Names of the columns.

    Returns:
        One row per group: ``group`` (from 0), ``share``, ``sets_apart`` (up to three columns in
        words, the most telling first), and per column how many units of the space, mostly standard
        deviations, its centre lies above the average row.

    Raises:
        ValueError: There are more or fewer names than columns.
    """
    if len(columns) != centres.shape[1]:
        raise ValueError(
            f"columns: {len(columns)} names for {centres.shape[1]} columns; give one name for each"
        )
    shares = np.bincount(labels, minlength=len(centres)) / len(labels)
    above = centres - shares @ centres
    table = pd.DataFrame(above, columns=list(columns))
    table.insert(0, "group", np.arange(len(centres)))
    table.insert(1, "share", shares)
    table.insert(2, "sets_apart", [_telling(row, columns) for row in above])
    return table


def _telling(above: FloatArray, columns: Sequence[str]) -> str:
    ranked = np.argsort(-np.abs(above), kind="stable")[:_TELLING]
    said = [
        f"{'high' if above[column] > 0 else 'low'} {columns[column]} ({above[column]:+.1f})"
        for column in ranked
        if abs(above[column]) >= _NOTABLE
    ]
    return ", ".join(said) or "close to the average"


def _means(X: FloatArray, labels: IntArray, points: FloatArray) -> FloatArray:
    size = np.bincount(labels, minlength=len(points))
    means = points.copy()
    means[size > 0] = group_means(X, labels, len(points))[size > 0]
    return means
