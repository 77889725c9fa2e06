"""From features in their own units to the space that segments are found in, and only once fitted.

A fitted transform is constants only: it can be stored, read, reviewed, and turned into SQL.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator

from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.stats.arrays import FloatArray
from segmentation_lib.stats.null import dither

__all__ = [
    "UNKNOWN",
    "Column",
    "FeatureTransform",
    "Frozen",
    "Transforms",
    "active",
    "as_number",
    "as_rank",
    "as_text",
    "dictionary_hash",
    "smoothed_matrix",
]

UNKNOWN = "(unknown)"
_HASHED = ("name", "kind", "unit", "definition", "window", "transform", "missing")


class Frozen(BaseModel):
    """Base of what is stored: frozen, refusing unknown keys and numbers that are not finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Column(Frozen):
    """One column of the space: a value is centred, scaled and weighted."""

    name: str
    centre: float
    scale: float = Field(gt=0)


class FeatureTransform(Frozen):
    """How one feature enters the space, with all constants.

    Attributes:
        name: Column of the feature table.
        kind: A number, a category (one column per level) or an ordered category (its rank).
        transform: ``none``; ``log``: ln(1 + x / unit), x at least 0; ``rank``: by the knots.
        missing: ``refuse``, ``impute`` (by ``fill``) or ``unknown`` (a column or level of its own).
        fill: What stands for a missing value: a number, a level, or None if they are refused.
        low: Values under this are set to it, in the feature's own unit.
        high: Values above this are set to it.
        unit: Unit of the logarithm; a tenth of the positive values lie under it.
        knots: Value and normal score at each knot, ascending; straight lines between them.
        levels: Levels of a category, or of an ordered category from first to last.
        weight: Weight after scaling.
        columns: The columns it becomes.
    """

    name: str
    kind: Literal["number", "category", "ordered"]
    transform: Literal["none", "log", "rank"] = "none"
    missing: Literal["refuse", "impute", "unknown"]
    fill: float | str | None = None
    low: float | None = None
    high: float | None = None
    unit: float = Field(default=1.0, gt=0)
    knots: tuple[tuple[float, float], ...] = ()
    levels: tuple[str, ...] = ()
    weight: float = Field(default=1.0, gt=0)
    columns: tuple[Column, ...] = ()

    @model_validator(mode="after")
    def _is_whole(self) -> FeatureTransform:
        if (self.missing == "refuse") != (self.fill is None):
            raise ValueError("fill goes with every policy but refuse")
        if self.fill is not None and isinstance(self.fill, str) != (self.kind == "category"):
            raise ValueError("fill must be a level for a category, and a number otherwise")
        if self.transform == "rank" and not _ascending([x for x, _ in self.knots]):
            raise ValueError("a rank transform needs ascending knots, at least two")
        if self.kind != "number" and not self.levels:
            raise ValueError("a category needs its levels")
        return self

    def raw_columns(self, values: pd.Series) -> FloatArray:
        """Return the columns before centring and scaling, shape (rows, columns).

        A missing value that is refused gives NaN.
        """
        if self.kind == "category":
            text = as_text(values)
            if self.fill is not None:
                text = text.fillna(self.fill)
            known = text.notna().to_numpy()
            found = np.column_stack([(text == level).to_numpy(float) for level in self.levels])
            return np.where(known[:, None], found, np.nan)
        ordered = self.kind == "ordered"
        number = as_rank(values, self.levels) if ordered else as_number(values)
        missing = np.isnan(number)
        if self.fill is not None:
            number = np.where(missing, self.fill, number)
        shaped = self.shaped(number)
        if len(self.columns) == 1:
            return shaped[:, None]
        return np.column_stack([shaped, missing.astype(float)])

    def shaped(self, number: FloatArray) -> FloatArray:
        """Cut off, then take the logarithm or the normal score; NaN stays NaN."""
        if self.low is not None:
            number = np.where(number < self.low, self.low, number)
        if self.high is not None:
            number = np.where(number > self.high, self.high, number)
        if self.transform == "log":
            return np.log(1.0 + np.where(number < 0, 0.0, number) / self.unit)
        if self.transform == "rank":
            return self._normal_scores(number)
        return number

    def _normal_scores(self, number: FloatArray) -> FloatArray:
        x, y = np.array(self.knots).T
        slopes = np.array(self.slopes)
        at = np.clip(np.searchsorted(x, number, side="right") - 1, 0, len(x) - 2)
        scores = y[at] + (number - x[at]) * slopes[at]
        scores = np.where(number <= x[0], y[0], np.where(number >= x[-1], y[-1], scores))
        return np.asarray(np.where(np.isnan(number), np.nan, scores), dtype=np.float64)

    @property
    def slopes(self) -> tuple[float, ...]:
        """Slope of the line after each knot but the last."""
        lines = pairwise(self.knots)
        return tuple((y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in lines)


def _ascending(values: Sequence[float]) -> bool:
    return len(values) >= 2 and all(a < b for a, b in pairwise(values))


class Transforms(Frozen):
    """The fitted transforms of all segmenting features, in the order of the data dictionary.

    Attributes:
        features: One transform per feature.
        dictionary_hash: Hash of the segmenting part of the data dictionary.
        findings: Sentences on features that were left out or changed.
    """

    features: tuple[FeatureTransform, ...]
    dictionary_hash: str
    findings: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the features."""
        return tuple(feature.name for feature in self.features)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of the space."""
        return tuple(column.name for feature in self.features for column in feature.columns)

    def matrix(self, features: pd.DataFrame) -> FloatArray:
        """Return customers as points, shape (customers, columns).

        A row with a missing value that is refused holds NaN.

        Args:
            features: A table with the features' columns; others are not looked at.

        Raises:
            ContractError: A feature is missing, or is text where a number is needed.
        """
        self.check(features)
        blocks = []
        for feature in self.features:
            centre = np.array([column.centre for column in feature.columns])
            scale = np.array([column.scale for column in feature.columns])
            block = feature.raw_columns(features[feature.name])
            blocks.append((block - centre) / scale * feature.weight)
        return np.column_stack(blocks)

    def check(self, features: pd.DataFrame) -> None:
        """Refuse a table that these transforms do not fit.

        Raises:
            ContractError: A feature is missing, or is text where a number is needed.
        """
        faults = []
        for feature in self.features:
            if feature.name not in features.columns:
                faults.append(mismatch(feature.name, "the column is missing"))
            elif feature.kind == "number" and not _numeric(features[feature.name]):
                found = f"holds {features[feature.name].dtype}, not numbers"
                faults.append(mismatch(feature.name, found))
        if faults:
            raise ContractError(faults)


def mismatch(name: str, found: str) -> Fault:
    """Return the fault of a feature that a model was fitted with and the table does not give."""
    return Fault(
        f"features.{name}",
        found,
        "the model was fitted with it",
        "Prepare the same features as the model's quarter, or fit a new model.",
        "model_mismatch",
    )


def active(features: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of customers with enough history to be segmented (state ACTIVE)."""
    return features[features["state"] == "ACTIVE"].reset_index(drop=True)


def as_number(values: pd.Series) -> FloatArray:
    """Return a column as float64, NaN where a value is missing."""
    number = values.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(number, dtype=np.float64)


def as_rank(values: pd.Series, levels: Sequence[str]) -> FloatArray:
    """Return the place of each value among ``levels``, from 1; NaN for any other value."""
    places = {level: float(place) for place, level in enumerate(levels, start=1)}
    return as_number(as_text(values).map(places))


def as_text(values: pd.Series) -> pd.Series:
    """Return a column as text, missing where a value is missing; flags as ``true``, ``false``."""
    text = values.astype("str").where(values.notna())
    return text.str.lower() if pd.api.types.is_bool_dtype(values.dtype) else text


def _numeric(values: pd.Series) -> bool:
    # A column without any value has no kind: it may come as objects.
    return pd.api.types.is_numeric_dtype(values.dtype) or bool(values.isna().all())


def dictionary_hash(dictionary: pd.DataFrame) -> str:
    """Return a hash of what the data dictionary says about the segmenting features.

    Args:
        dictionary: The data dictionary; only rows with the role ``segmenting`` count.
    """
    rows = dictionary[dictionary["role"] == "segmenting"]
    kept: list[dict[str, Any]] = [
        {key: str(row[key]) for key in _HASHED if key in rows.columns and pd.notna(row[key])}
        for _, row in rows.iterrows()
    ]
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def smoothed_matrix(transforms: Transforms, features: pd.DataFrame, *, seed: int) -> FloatArray:
    """Return customers as points, whole numbers spread by up to half a unit beforehand.

    For questions of structure: the gaps between counts of 1, 2 and 3 are not gaps between groups.

    Args:
        transforms: The fitted transforms.
        features: A table with the features' columns.
        seed: Seed of the spreading.
    """
    transforms.check(features)
    names = [feature.name for feature in transforms.features if feature.kind == "number"]
    if not names:
        return transforms.matrix(features)
    numbers = np.column_stack([as_number(features[name]) for name in names])
    spread = pd.DataFrame(dither(numbers, seed=seed), columns=names, index=features.index)
    return transforms.matrix(features.assign(**{name: spread[name] for name in names}))
