"""Are there groups at all? Two tests, one of four labels, and a sentence in plain words.

The labels are those of Dolnicar & Leisch (2010): *natural*, *overlapping* (reproducible, without a
clean gap), *slices* (reproducible cuts through one crowd: tiers) and *constructive* (not
reproducible: none).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.stats.arrays import FloatArray, IntArray
from segmentation_lib.stats.existence import (
    EXISTENCE_KS,
    GapTest,
    StructureTest,
    gap_test,
    structure_test,
)
from segmentation_lib.stats.grouping import Algorithm
from segmentation_lib.stats.modes import ModesTest, two_modes
from segmentation_lib.stats.null_study import NullStudy, null_study
from segmentation_lib.stats.separated import separated_groups
from segmentation_lib.validate.existence_words import (
    ExistenceLabel,
    label_sentence,
    modes_sentence,
    samples_sentence,
)

__all__ = [
    "FEWEST_COLUMNS",
    "Existence",
    "ExistenceLabel",
    "crowd_study",
    "existence",
    "number_columns",
]

# Columns of numbers that a question of structure needs: a category has gaps by its nature.
FEWEST_COLUMNS = 2
_TWO = 2


@dataclass(frozen=True)
class Existence:
    """What the data say about the existence of groups.

    Attributes:
        label: ``natural``, ``overlapping``, ``slices`` or ``constructive``.
        sentence: The label in plain words.
        columns: The columns that were tested: numbers and ordered categories.
        structure: Test against one crowd; None if there were too few columns.
        gap: Test for a gap on held-out customers; None likewise.
        modes: Test of every feature that is a number for two modes of its own.
        smallest_jaccard: Bootstrap Jaccard of the least stable segment, 0 to 1.
        stable: Whether that is enough.
        level: Level of all tests.
        segments: Number of segments; None if their labels were not given.
        separated: Groups at least that stand apart, when segments without a gap between them are
            taken for one; None if that was not tested. It decides no label.
    """

    label: ExistenceLabel
    sentence: str
    columns: tuple[str, ...]
    structure: StructureTest | None
    gap: GapTest | None
    modes: tuple[ModesTest, ...]
    smallest_jaccard: float
    stable: bool
    level: float
    segments: int | None = None
    separated: int | None = None

    @property
    def features_with_two_modes(self) -> tuple[str, ...]:
        """Features that fall into two modes by themselves."""
        return _with_two_modes(self.modes, self.level)

    @property
    def modes_sentence(self) -> str:
        """Says which features fall into two parts by themselves; empty if none does."""
        return modes_sentence(self.features_with_two_modes, self.label)

    @property
    def overlooked_modes(self) -> bool:
        """Whether a feature has two modes while all features together show no groups."""
        return bool(self.features_with_two_modes) and self.label in ("slices", "constructive")

    @property
    def samples_sentence(self) -> str:
        """Says on how many customers and crowds the tests were made; empty if none was."""
        return samples_sentence(self.structure, self.gap)

    def to_json(self) -> dict[str, Any]:
        """Return the artefact ``existence``; a test that was not made has ``p_value`` 1."""
        return {
            "label": self.label,
            "sentence": self.sentence,
            "stable": self.stable,
            "smallest_jaccard": self.smallest_jaccard,
            "level": self.level,
            "columns": list(self.columns),
            "segments": self.segments,
            "separated_groups": self.separated,
            "structure": _structure_json(self.structure),
            "gap": _gap_json(self.gap),
            "features_with_two_modes": list(self.features_with_two_modes),
            "modes_sentence": self.modes_sentence,
            "modes": [
                {"feature": test.name, "p_value": test.p_corrected, "customers": test.rows}
                for test in self.modes
                if not np.isnan(test.p_value)
            ],
        }


def existence(
    points: FloatArray,
    smoothed: FloatArray,
    algorithm: Algorithm,
    *,
    columns: Sequence[str],
    smallest_jaccard: float,
    seed: int,
    labels: IntArray | None = None,
    features: pd.DataFrame | None = None,
    study: NullStudy | None = None,
    jaccard: float = 0.75,
    level: float = 0.05,
    draws: int = 99,
    sample_size: int = 3000,
    workers: int = 1,
) -> Existence:
    """Test whether there are groups, and say so in one of four labels.

    Categories, and features of two values, are left out of the tests: they have gaps by nature, so
    one of them would make any crowd look like groups.

    Args:
        points: Customers in the model's space, shape (customers, columns).
        smoothed: The same, whole numbers spread out beforehand (see ``cluster.smoothed_matrix``).
        algorithm: Groups customers, halves and draws; k-means, whatever the segments come from.
        columns: Names of the columns; those of a category are ``feature=level``.
        smallest_jaccard: Bootstrap Jaccard of the least stable segment, 0 to 1.
        seed: Seed of everything random.
        labels: Published segment of each customer, 0 to k-1, to say whether the gaps run between
            the segments; None to leave that out.
        features: The segmenting features in their own units, for the test of two modes; only
            columns of numbers count. None to leave that test out.
        study: What `crowd_study` returned, to share its work; it is made here when None.
        jaccard: Smallest Jaccard that is called stable (Hennig 2007).
        level: Level of each test.
        draws: Data sets without groups.
        sample_size: Customers compared with them at most.
        workers: Processes to use; the result does not depend on them.
    """
    tested = number_columns(columns, points)
    structure, gap, separated = None, None, None
    if len(tested) >= FEWEST_COLUMNS:
        made = study or crowd_study(
            points,
            smoothed,
            algorithm,
            columns=columns,
            ks=EXISTENCE_KS,
            seed=seed,
            draws=draws,
            sample_size=sample_size,
            workers=workers,
        )
        structure = structure_test(made)
        gap = gap_test(smoothed[:, tested], algorithm, seed=(seed, 7), workers=workers)
        if labels is not None:
            separated = separated_groups(
                smoothed[:, tested], labels, seed=(seed, 10), level=level, workers=workers
            )
    stable = smallest_jaccard >= jaccard
    label = _label(structure, gap, stable, level)
    modes = _modes(features, seed) if features is not None else ()
    segments = None if labels is None else len(np.unique(labels))
    return Existence(
        label=label,
        sentence=label_sentence(
            label,
            structure,
            level,
            gap=gap,
            two_modes=_with_two_modes(modes, level),
            groups=separated,
            segments=segments,
        ),
        columns=tuple(columns[place] for place in tested),
        structure=structure,
        gap=gap,
        modes=modes,
        smallest_jaccard=smallest_jaccard,
        stable=stable,
        level=level,
        segments=segments,
        separated=separated,
    )


def crowd_study(
    points: FloatArray,
    smoothed: FloatArray,
    algorithm: Algorithm,
    *,
    columns: Sequence[str],
    ks: Sequence[int],
    seed: int,
    draws: int = 99,
    sample_size: int = 3000,
    silhouette_rows: int = 1000,
    give_up: float | None = None,
    workers: int = 1,
) -> NullStudy:
    """Group the customers and crowds without groups that look like them, once for all tests.

    Args:
        points: As in `existence`.
        smoothed: As in `existence`.
        algorithm: Groups the customers and every crowd, from three starts.
        columns: Names of the columns; categories are left out if two numbers remain.
        ks: Numbers of segments that were tried; 2 to 6 are added.
        seed: Seed of everything random.
        draws: Crowds without groups.
        sample_size: Customers used at most.
        silhouette_rows: Customers used for silhouettes at most; 0 leaves silhouettes out.
        give_up: See `stats.null_study`.
        workers: Processes to use; the result does not depend on them.
    """
    tested = number_columns(columns, points)
    if len(tested) < FEWEST_COLUMNS:
        tested = np.arange(len(columns), dtype=np.int64)
    return null_study(
        smoothed[:, tested],
        algorithm,
        tied=points[:, tested],
        ks=sorted({*EXISTENCE_KS, *ks}),
        seed=(seed, 6),
        draws=draws,
        sample_size=sample_size,
        silhouette_rows=silhouette_rows,
        give_up=give_up,
        workers=workers,
    )


def number_columns(columns: Sequence[str], X: FloatArray) -> IntArray:
    """Return the places of the columns with more than two values that are no category's level.

    Args:
        columns: Names of the columns; levels of a category are ``feature=level``.
        X: Customers in the model's space, shape (customers, columns).

    >>> X = np.array([[1.0, 0.0, 1.0], [2.0, 1.0, 0.0], [3.0, 1.0, 1.0]])
    >>> number_columns(["recency", "channel=web", "newsletter"], X).tolist()
    [0]
    """
    kept = [
        place
        for place, name in enumerate(columns)
        if "=" not in name and len(np.unique(X[:, place])) > _TWO
    ]
    return np.array(kept, dtype=np.int64)


def _label(
    structure: StructureTest | None, gap: GapTest | None, stable: bool, level: float
) -> ExistenceLabel:
    if not stable:
        return "constructive"
    if structure is None or structure.p_value > level:
        return "slices"
    return "natural" if gap is not None and gap.p_value <= level else "overlapping"


def _modes(features: pd.DataFrame, seed: int) -> tuple[ModesTest, ...]:
    numbers = features.select_dtypes("number")
    values = numbers.to_numpy(dtype=np.float64, na_value=np.nan)
    return two_modes(values, [str(name) for name in numbers.columns], seed=(seed, 8))


def _with_two_modes(modes: Sequence[ModesTest], level: float) -> tuple[str, ...]:
    return tuple(test.name for test in modes if test.p_corrected <= level)


def _structure_json(test: StructureTest | None) -> dict[str, Any]:
    if test is None:
        return {"p_value": 1.0, "assessed": False}
    return {
        "p_value": test.p_value,
        "assessed": True,
        "valley_depth": test.valley_depth,
        "valley_null_high": test.valley_null_high,
        "valley_p": test.valley_p,
        "explained_p": test.explained_p,
        "draws": test.draws,
        "customers": test.rows,
    }


def _gap_json(test: GapTest | None) -> dict[str, Any]:
    if test is None:
        return {"p_value": 1.0, "assessed": False}
    return {
        "p_value": test.p_value,
        "assessed": True,
        "halves": len(test.p_values),
        "customers": test.rows,
    }
