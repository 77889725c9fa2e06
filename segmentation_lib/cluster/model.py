"""What a fitted model is: the file with all that scoring needs, as JSON that people can read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Final, Literal

import numpy as np
import pandas as pd
from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from segmentation_lib.cluster.scoring_rule import ScoringRule
from segmentation_lib.cluster.transforms import (
    FeatureTransform,
    Frozen,
    Transforms,
    dictionary_hash,
)
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.stats.arrays import FloatArray

__all__ = ["FORMAT", "POSTERIOR", "Model", "Segment"]

FORMAT: Final = "segmentation-model/1"
PERMANENT_ID = r"S\d{2,}"
# These score by the largest posterior; the others by the nearest centre.
POSTERIOR: Final = ("mixture", "latent_class")


class Segment(Frozen):
    """One segment of a model.

    Attributes:
        id: Permanent ID such as ``S01``; ``#1``, ``#2``... until segments are matched.
        share: Share of the customers of the fit, above 0 and up to 1.
        centre: Its mean in the space of the transforms, one number per column.
        point: What customers are compared with, where that is not the centre.
        precision: Weight of each column's squared gap from the point, where it is not 1.
        offset: Head start of the segment, added to the weighted squares; goes with ``precision``.
    """

    id: str = Field(pattern=rf"^({PERMANENT_ID}|#\d+)$")
    share: float = Field(gt=0, le=1)
    centre: tuple[float, ...]
    point: tuple[float, ...] | None = None
    precision: tuple[Annotated[float, Field(ge=0)], ...] | None = None
    offset: float | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Segment:
        if (self.precision is None) != (self.offset is None):
            raise ValueError("precision and offset go together")
        if self.precision is not None and self.point is None:
            raise ValueError("precision and offset need a point")
        return self

    @model_serializer(mode="wrap")
    def _without_blanks(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A segment around its centre is written as it always was."""
        values: dict[str, Any] = write(self)
        return {key: value for key, value in values.items() if value is not None}

    @property
    def _vectors(self) -> list[tuple[float, ...]]:
        parts = (self.centre, self.point, self.precision)
        return [part for part in parts if part is not None]


class Model(Frozen):
    """A fitted model: transforms with their constants, scoring rule, and permanent segment IDs.

    Attributes:
        format: Version of this file's layout.
        algorithm: How the segments were found. A ``mixture`` and a ``latent_class`` model score by
            the largest posterior, with a point, precision and offset per segment; the others by
            the nearest centre.
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
    algorithm: Literal["kmeans", "mixture", "ward", "fuzzy", "latent_class"]
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
        vectors = [vector for segment in self.segments for vector in segment._vectors]
        if any(len(vector) != columns for vector in vectors):
            raise ValueError(
                f"each centre must have {columns} numbers, one per column, "
                "and so must each point and precision"
            )
        if any((one.precision is not None) != self.by_posterior for one in self.segments):
            needs = "needs" if self.by_posterior else "has no"
            raise ValueError(f"a model by {self.algorithm} {needs} precision in each segment")
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
    def by_posterior(self) -> bool:
        """Whether customers go to the largest posterior, not to the nearest centre."""
        return self.algorithm in POSTERIOR

    @property
    def rule(self) -> ScoringRule:
        """The rule that scores customers, its groups in the order of the segments."""
        points = np.array([segment.point or segment.centre for segment in self.segments])
        if not self.by_posterior:
            shares = np.array([segment.share for segment in self.segments])
            return ScoringRule.around(points, shares, self.variance)
        return ScoringRule(
            points=points,
            precisions=np.array([segment.precision for segment in self.segments]),
            offsets=np.array([segment.offset for segment in self.segments]),
            log_weights=np.zeros(self.k),
            sharpness=0.5,
        )

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
