"""From features to segments: transforms, number of segments, model, permanent IDs, scores.

The stage reads as five sentences: fit the transforms, choose how many segments, fit the model,
match its segments to the ones people know, and score everyone.
"""

from segmentation_lib.cluster.algorithms import ALGORITHMS, agreement, algorithm
from segmentation_lib.cluster.ambiguity import ambiguity_table, overlap_sentence, overlap_table
from segmentation_lib.cluster.champion import Champion, find_champion
from segmentation_lib.cluster.choose_k import KChoice, choose_k
from segmentation_lib.cluster.fit_model import fit_model
from segmentation_lib.cluster.fitting import fit_transforms
from segmentation_lib.cluster.fuzzy import FuzzyCMeans
from segmentation_lib.cluster.held_out import chooses, kpis_of
from segmentation_lib.cluster.identity import Matching, match_segments
from segmentation_lib.cluster.kmeans import KMeans, KMeansGrouping
from segmentation_lib.cluster.known import KnownSegments, known_segments
from segmentation_lib.cluster.latent_class import LatentClass
from segmentation_lib.cluster.mixed import (
    CategoryInfluence,
    categories_ignored,
    category_blocks,
)
from segmentation_lib.cluster.mixture import DiagonalMixture
from segmentation_lib.cluster.model import Model, Segment
from segmentation_lib.cluster.other_algorithms import Challenge, challenge
from segmentation_lib.cluster.refresh import Refresh, refresh_model
from segmentation_lib.cluster.registry import RegisteredSegment, Registry
from segmentation_lib.cluster.score import memberships, score
from segmentation_lib.cluster.score_engine import score_expression
from segmentation_lib.cluster.scoring_rule import (
    ScoringRule,
    nearest_segment,
    squared_distances,
)
from segmentation_lib.cluster.tables import (
    METHODS,
    border_table,
    criteria_table,
    published_sizes,
    reason_table,
    size_table,
    transform_table,
)
from segmentation_lib.cluster.today import Today
from segmentation_lib.cluster.transforms import (
    FeatureTransform,
    Transforms,
    active,
    smoothed_matrix,
)
from segmentation_lib.cluster.tree import (
    flows_over_k,
    ids_in_tree,
    segments_by_k,
    stability_in_tree,
    tree_sentence,
)
from segmentation_lib.cluster.triggers import Request, Trigger, trigger_table
from segmentation_lib.cluster.ward import Ward

__all__ = [
    "ALGORITHMS",
    "METHODS",
    "CategoryInfluence",
    "Challenge",
    "Champion",
    "DiagonalMixture",
    "FeatureTransform",
    "FuzzyCMeans",
    "KChoice",
    "KMeans",
    "KMeansGrouping",
    "KnownSegments",
    "LatentClass",
    "Matching",
    "Model",
    "Refresh",
    "RegisteredSegment",
    "Registry",
    "Request",
    "ScoringRule",
    "Segment",
    "Today",
    "Transforms",
    "Trigger",
    "Ward",
    "active",
    "agreement",
    "algorithm",
    "ambiguity_table",
    "border_table",
    "categories_ignored",
    "category_blocks",
    "challenge",
    "choose_k",
    "chooses",
    "criteria_table",
    "find_champion",
    "fit_model",
    "fit_transforms",
    "flows_over_k",
    "ids_in_tree",
    "known_segments",
    "kpis_of",
    "match_segments",
    "memberships",
    "nearest_segment",
    "overlap_sentence",
    "overlap_table",
    "published_sizes",
    "reason_table",
    "refresh_model",
    "score",
    "score_expression",
    "segments_by_k",
    "size_table",
    "smoothed_matrix",
    "squared_distances",
    "stability_in_tree",
    "transform_table",
    "tree_sentence",
    "trigger_table",
]
