"""From features to segments: transforms, number of segments, model, permanent IDs, scores.

The stage reads as five sentences: fit the transforms, choose how many segments, fit the model,
match its segments to the ones people know, and score everyone.
"""

from segmentation_lib.cluster.choose_k import KChoice, choose_k
from segmentation_lib.cluster.fitting import fit_transforms
from segmentation_lib.cluster.identity import Matching, match_segments
from segmentation_lib.cluster.kmeans import KMeans, KMeansGrouping
from segmentation_lib.cluster.known import KnownSegments, known_segments
from segmentation_lib.cluster.model import (
    Model,
    Segment,
    fit_model,
    nearest_segment,
    squared_distances,
)
from segmentation_lib.cluster.registry import RegisteredSegment, Registry
from segmentation_lib.cluster.score import memberships, score
from segmentation_lib.cluster.score_engine import score_expression
from segmentation_lib.cluster.tables import size_table, transform_table
from segmentation_lib.cluster.transforms import (
    FeatureTransform,
    Transforms,
    active,
    smoothed_matrix,
)

__all__ = [
    "FeatureTransform",
    "KChoice",
    "KMeans",
    "KMeansGrouping",
    "KnownSegments",
    "Matching",
    "Model",
    "RegisteredSegment",
    "Registry",
    "Segment",
    "Transforms",
    "active",
    "choose_k",
    "fit_model",
    "fit_transforms",
    "known_segments",
    "match_segments",
    "memberships",
    "nearest_segment",
    "score",
    "score_expression",
    "size_table",
    "smoothed_matrix",
    "squared_distances",
    "transform_table",
]
