"""Short rules for segments, read off a shallow tree over features in their own units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import cohen_kappa_score, precision_recall_fscore_support
from sklearn.tree import DecisionTreeClassifier

from segmentation_lib.cluster import Model
from segmentation_lib.cluster.transforms import FeatureTransform, as_number, as_rank, as_text
from segmentation_lib.implement.audiences.fields import STATE
from segmentation_lib.implement.audiences.rule import Clause, Conjunction
from segmentation_lib.implement.audiences.simplify import simplified
from segmentation_lib.stats.arrays import BoolArray, FloatArray

__all__ = ["DEPTH", "LARGEST_SAMPLE", "SMALLEST_LEAF", "Rules", "short_rules"]

DEPTH = 4
SMALLEST_LEAF = 10
LARGEST_SAMPLE = 100_000
# What the tree can hold; larger values are all the same to a threshold.
_LARGEST = 1e30
_ACTIVE = Clause(field=STATE, op="=", value="ACTIVE", null="fail")

# Rules of each segment that has one, by its ID; no row matches those of two segments.
Rules = Mapping[str, tuple[Conjunction, ...]]


@dataclass(frozen=True)
class _Column:
    """A column that the tree may part, and how a part of it reads as a clause."""

    field: str
    values: FloatArray
    level: str | None = None
    levels: tuple[str, ...] = ()

    def clause(self, threshold: float, *, left: bool, null: Any) -> Clause:
        if self.level is not None:
            op: Any = "!=" if left else "="
            return Clause(field=self.field, op=op, value=self.level, null=null)
        if self.levels:
            op = "in" if left else "not_in"
            under = self.levels[: int(threshold)]
            return Clause(field=self.field, op=op, value=under, null=null)
        op = "<=" if left else ">"
        return Clause(field=self.field, op=op, value=threshold, null=null)


def short_rules(
    model: Model,
    table: pd.DataFrame,
    segments: pd.Series,
    *,
    seed: int,
    depth: int = DEPTH,
    smallest: int = SMALLEST_LEAF,
) -> Rules:
    """Return rules that say in a few clauses which segment a customer is in.

    A classification tree (Breiman, Friedman, Olshen & Stone 1984) over the features that the model
    segments on, as they are before its transforms. Of four trees, grown by two measures of
    impurity with and without equal weights for segments, it is the one with the best sum of kappa
    and worst precision or recall on the customers it was made from: one tree alone now and then
    gives up a whole segment. Each threshold is the shortest number that parts the customers as the
    tree does. A missing value goes where the tree sends it; it fails where no customer's value was
    missing.

    Args:
        model: The model; its features are used.
        table: Customers, from `rule_table`.
        segments: The segment of each row; rows with none are left out.
        seed: Seed of the tree, and of the sample where there are more than 100,000 customers.
        depth: Questions that lead to an answer, 1 to 4.
        smallest: Customers that an answer stands for at least.

    Returns:
        Rules of each segment that has an answer, by segment. They ask for ACTIVE customers.

    Raises:
        ValueError: ``depth`` is not 1 to 4.
    """
    if not 1 <= depth <= DEPTH:
        raise ValueError(f"depth = {depth}, must be 1 to {DEPTH}")
    known = np.flatnonzero(segments.notna().to_numpy())
    if len(known) > LARGEST_SAMPLE:
        chosen = np.random.default_rng(seed).permutation(len(known))[:LARGEST_SAMPLE]
        known = known[np.sort(chosen)]
    if not len(known):
        return {}
    rows = table.iloc[known]
    columns = [column for each in model.features for column in _columns(each, rows[each.name])]
    X = np.column_stack([column.values for column in columns])
    grown = _grown(X, segments.iloc[known].to_numpy(str), depth, smallest, seed)
    leaves: dict[str, list[Sequence[Clause]]] = defaultdict(list)
    reading = _Reading(grown, columns)
    for segment, path in reading.leaves(0, np.ones(len(X), dtype=np.bool_), ()):
        leaves[segment].append((_ACTIVE, *path))
    return {segment: simplified(leaves[segment]) for segment in sorted(leaves)}


def _grown(X: FloatArray, segments: np.ndarray, depth: int, smallest: int, seed: int) -> Any:
    trees = [
        DecisionTreeClassifier(
            criterion=criterion,
            class_weight=weights,
            max_depth=depth,
            min_samples_leaf=smallest,
            random_state=seed % 2**32,
        ).fit(X, segments)
        for criterion, weights in product(("gini", "entropy"), (None, "balanced"))
    ]

    def worth(tree: Any) -> float:
        given = tree.predict(X)
        if len(tree.classes_) < 2:
            return 0.0
        shares = precision_recall_fscore_support(segments, given, zero_division=0.0)[:2]
        return round(float(cohen_kappa_score(segments, given) + np.min(shares)), 9)

    # The first of equals.
    return max(trees, key=worth)


def _columns(feature: FeatureTransform, values: pd.Series) -> list[_Column]:
    name = feature.name
    if feature.kind == "number":
        return [_Column(name, np.clip(as_number(values), -_LARGEST, _LARGEST))]
    if feature.kind == "ordered":
        return [_Column(name, as_rank(values, feature.levels), levels=feature.levels)]
    text = as_text(values)
    missing = text.isna().to_numpy()
    return [
        _Column(name, np.where(missing, np.nan, (text == level).to_numpy(float)), level=level)
        for level in feature.levels
    ]


@dataclass(frozen=True)
class _Reading:
    """Reads a grown tree from its root, with the rows that come by."""

    grown: Any
    columns: Sequence[_Column]

    def leaves(
        self, node: int, rows: BoolArray, path: tuple[Clause, ...]
    ) -> list[tuple[str, tuple[Clause, ...]]]:
        """Answers under a node, each with the clauses that lead to it."""
        tree = self.grown.tree_
        answers = self._answers(node)
        if len(answers) == 1:
            return [(str(self.grown.classes_[answers.pop()]), path)]
        column = self.columns[tree.feature[node]]
        # The tree compares in single precision.
        values = column.values
        below = values.astype(np.float32) <= tree.threshold[node]
        missing = np.isnan(values)
        threshold = float(tree.threshold[node])
        if column.level is None:
            threshold = _shortest(threshold, values[rows & below], values[rows & ~below & ~missing])
        ever_missing = bool(missing.any())
        to_left = bool(tree.missing_go_to_left[node])
        found = []
        for left, child in ((True, tree.children_left[node]), (False, tree.children_right[node])):
            null = "pass" if ever_missing and to_left == left else "fail"
            there = rows & np.where(missing, to_left == left, below == left)
            clause = column.clause(threshold, left=left, null=null)
            found += self.leaves(int(child), there, (*path, clause))
        return found

    def _answers(self, node: int) -> set[int]:
        """Answers that can be reached from a node."""
        tree = self.grown.tree_
        if tree.children_left[node] < 0:
            return {int(np.argmax(tree.value[node][0]))}
        both = (tree.children_left[node], tree.children_right[node])
        return set().union(*(self._answers(int(child)) for child in both))


def _shortest(threshold: float, left: FloatArray, right: FloatArray) -> float:
    """The number with the fewest digits that is at least all on the left, and under all right."""
    if not len(left) or not len(right):
        return threshold
    low, high = float(left.max()), float(right.min())
    if not low < high:
        return threshold
    whole = float(np.floor(threshold))
    if low <= whole < high and low == np.floor(low) and high == np.floor(high):
        return whole
    middle = low + (high - low) / 2
    for digits in range(1, 18):
        number = float(f"{middle:.{digits}g}")
        if low <= number < high:
            return number
    return low
