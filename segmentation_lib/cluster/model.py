"""The model file: everything that scoring needs, as plain JSON that people can read and compare."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from pydantic import Field, ValidationError, model_validator

from segmentation_lib.cluster.choose_k import KChoice
from segmentation_lib.cluster.digits import significant, significant_all
from segmentation_lib.cluster.kmeans import KMeans
from segmentation_lib.cluster.transforms import (
    FeatureTransform,
    Frozen,
    Transforms,
    active,
    dictionary_hash,
)
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.params import ClusterParams
from segmentation_lib.stats.arrays import FloatArray, IntArray

__all__ = ["FORMAT", "Model", "Segment", "fit_model", "nearest_segment", "squared_distances"]

FORMAT: Final = "segmentation-model/1"
PERMANENT_ID = r"S\d{2,}"
# Distances closer than this count as equal, so that rounding in the last bit of a logarithm does
# not decide a tie one way here and another way in the engine.
TIE = 1e-9
_SMALLEST_VARIANCE = 1e-9


class Segment(Frozen):
    """One segment of a model.

    Attributes:
        id: Permanent ID such as ``S01``; ``#1``, ``#2``... until segments are matched.
        share: Share of the customers of the fit, above 0 and up to 1.
        centre: Its mean in the space of the transforms, one number per column.
    """

    id: str = Field(pattern=rf"^({PERMANENT_ID}|#\d+)$")
    share: float = Field(gt=0, le=1)
    centre: tuple[float, ...]


class Model(Frozen):
    """A fitted model: transforms with their constants, centres, and permanent segment IDs.

    Attributes:
        format: Version of this file's layout.
        algorithm: How the segments were found.
        k: Number of segments.
        as_of: Customers were seen up to, and without, this day.
        seed: Seed of the fit.
        customers: Number of customers of the fit.
        dictionary_hash: Hash of the segmenting part of the data dictionary.
        variance: Variance within segments per column, for the confidence.
        features: Transform of each segmenting feature, in order.
        segments: The segments, in order of their IDs.
    """

    format: Literal["segmentation-model/1"] = FORMAT
    algorithm: Literal["kmeans"]
    k: int = Field(ge=2)
    as_of: date
    seed: int
    customers: int
    dictionary_hash: str
    variance: float = Field(gt=0)
    features: tuple[FeatureTransform, ...] = Field(min_length=1)
    segments: tuple[Segment, ...]

    @model_validator(mode="after")
    def _fits_together(self) -> Model:
        columns = len(self.transforms.columns)
        if self.k != len(self.segments):
            raise ValueError(f"k = {self.k}, but there are {len(self.segments)} segments")
        if len(set(self.segment_ids)) != self.k:
            raise ValueError("two segments have the same id")
        if any(len(segment.centre) != columns for segment in self.segments):
            raise ValueError(f"each centre must have {columns} numbers, one per column")
        if len(set(self.transforms.names)) != len(self.features):
            raise ValueError("two features have the same name")
        return self

    @property
    def transforms(self) -> Transforms:
        """The fitted transforms."""
        return Transforms(features=self.features, dictionary_hash=self.dictionary_hash)

    @property
    def segment_ids(self) -> tuple[str, ...]:
        """IDs of the segments, in order."""
        return tuple(segment.id for segment in self.segments)

    @property
    def centres(self) -> FloatArray:
        """Centres in the space of the transforms, shape (k, columns)."""
        return np.array([segment.centre for segment in self.segments])

    @property
    def hash(self) -> str:
        """Hash of all that is stored, twelve hexadecimal digits: the model's name in exports."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def with_segment_ids(self, ids: Sequence[str]) -> Model:
        """Return the model with the segments named ``ids``, in order of the IDs.

        Args:
            ids: One ID per segment, in the present order.
        """
        renamed = [
            segment.model_copy(update={"id": id})
            for segment, id in zip(self.segments, ids, strict=True)
        ]
        ordered = sorted(renamed, key=lambda segment: int(segment.id.lstrip("S#")))
        return Model.model_validate({**dict(self), "segments": tuple(ordered)})

    def check(self, features: pd.DataFrame, dictionary: pd.DataFrame | None = None) -> None:
        """Refuse features that the model does not fit.

        Args:
            features: The table to be scored.
            dictionary: Its data dictionary, to compare the definitions as well.

        Raises:
            ContractError: A feature is missing, of another kind, or newly segmenting.
        """
        self.transforms.check(features)
        if dictionary is not None and dictionary_hash(dictionary) != self.dictionary_hash:
            segmenting = dictionary.loc[dictionary["role"] == "segmenting", "name"]
            added = sorted(set(segmenting) - set(self.transforms.names))
            found = f"also segments on {', '.join(added)}" if added else "defines features anew"
            raise ContractError([_mismatch("data dictionary", f"the data dictionary {found}")])

    def to_json(self) -> dict[str, Any]:
        """Return the model as plain JSON values.

        Raises:
            ValueError: The segments do not have permanent IDs yet.
        """
        if any(id.startswith("#") for id in self.segment_ids):
            raise ValueError("the segments have no permanent IDs yet; match them first")
        return self.model_dump(mode="json")

    @classmethod
    def from_json(cls, values: Mapping[str, Any], *, name: str = "model.json") -> Model:
        """Read a model from plain JSON values.

        Args:
            values: What `to_json` returned.
            name: Name of the file, used in faults.

        Raises:
            ContractError: Another format, or a part is missing, unknown or does not fit.
        """
        if values.get("format") != FORMAT:
            raise ContractError([_mismatch(name, f"format = {values.get('format')!r}")])
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise ContractError(
                _mismatch(".".join([name, *map(str, found["loc"])]), found["msg"])
                for found in error.errors()
            ) from None


def _mismatch(where: str, found: str) -> Fault:
    fix = "Use the model of this project, or fit a new one."
    return Fault(where, found, f"must fit a {FORMAT} as it was written", fix, "model_mismatch")


def fit_model(
    features: pd.DataFrame,
    transforms: Transforms,
    choice: KChoice,
    params: ClusterParams,
    *,
    as_of: date,
    seed: int,
) -> Model:
    """Fit the model on the ACTIVE customers; its segments are ``#1``, ``#2``... by size.

    What is stored is rounded to ten significant digits, and everything is computed from the
    rounded numbers, so that the file scores exactly as the model in memory.

    Args:
        features: One row per customer, with ``state`` and the features.
        transforms: The fitted transforms.
        choice: The chosen number of segments.
        params: Number of starts and the sample of the fit.
        as_of: Customers were seen up to, and without, this day.
        seed: Seed of the fit.
    """
    X = transforms.matrix(active(features))
    algorithm = KMeans(sample_size=params.sample_size)
    fitted = algorithm.fit(
        X, choice.k, seed=np.random.SeedSequence((seed, choice.k)), starts=params.starts
    )
    centres = np.array([significant_all(centre) for centre in fitted.centres])
    distances = squared_distances(X, centres)
    labels = nearest_segment(distances)
    sizes = np.bincount(labels, minlength=choice.k)
    within = distances[np.arange(len(X)), labels].sum()
    variance = within / (X.shape[1] * max(len(X) - choice.k, 1))
    return Model(
        algorithm="kmeans",
        k=choice.k,
        as_of=as_of,
        seed=seed,
        customers=len(X),
        dictionary_hash=transforms.dictionary_hash,
        variance=significant(max(float(variance), _SMALLEST_VARIANCE)),
        features=transforms.features,
        segments=tuple(
            Segment(id=f"#{number}", share=significant(size / len(X)), centre=tuple(centre))
            for number, (size, centre) in enumerate(zip(sizes, centres, strict=True), start=1)
        ),
    )


def squared_distances(X: FloatArray, centres: FloatArray) -> FloatArray:
    """Return squared distances to the centres, shape (rows, k), summed column by column."""
    distances = np.zeros((len(X), len(centres)))
    for column in range(X.shape[1]):
        gap = X[:, column, None] - centres[None, :, column]
        distances += gap * gap
    return distances


def nearest_segment(distances: FloatArray) -> IntArray:
    """Return the first of the nearest centres of each row; -1 where distances are NaN."""
    nearest = np.argmax(distances <= distances.min(axis=1, keepdims=True) + TIE, axis=1)
    return np.where(np.isnan(distances[:, 0]), -1, nearest).astype(np.int64)
