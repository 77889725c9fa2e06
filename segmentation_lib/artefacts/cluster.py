"""What cluster writes: the model, the choice of k, who belongs where."""

from __future__ import annotations

from collections.abc import Mapping

from segmentation_lib.artefacts.artefact import NUMBER as _N
from segmentation_lib.artefacts.artefact import TEXT as _T
from segmentation_lib.artefacts.artefact import Artefact, Kind

__all__ = ["CLUSTER"]

_ASSIGNMENT: Mapping[str, Kind] = {
    "customer_id": _T,
    "state": _T,
    "segment_id": _T,
    "confidence": _N,
    "second_segment_id": _T,
}

CLUSTER: Mapping[str, Artefact] = {
    "model": Artefact("cluster", "model.json"),
    "register": Artefact("cluster", "register.json"),
    "refresh": Artefact("cluster", "refresh.json"),
    "k_table": Artefact(
        "cluster",
        "k_table.csv",
        {"algorithm": _T, "k": _N, "prediction_strength": _N, "silhouette": _N,
         "davies_bouldin": _N, "smallest_share": _N, "smallest_size": _N, "admissible": "flag",
         "chosen": "flag"},
        ("algorithm", "k"),
    ),
    "choice": Artefact("cluster", "choice.json"),
    "algorithm_agreement": Artefact(
        "cluster",
        "algorithm_agreement.csv",
        {"first": _T, "second": _T, "adjusted_rand": _N},
        ("first", "second"),
    ),
    "cluster_tree": Artefact(
        "cluster",
        "cluster_tree.csv",
        {"k": _N, "segment": _N, "next_k": _N, "next_segment": _N, "customers": _N,
         "share_of_segment": _N, "share_of_next": _N},
        ("k", "segment", "next_segment"),
    ),
    "ambiguity": Artefact(
        "cluster",
        "ambiguity.csv",
        {"segment_id": _T, "customers": _N, "ambiguous": _N, "ambiguous_share": _N,
         "mean_confidence": _N},
        ("segment_id",),
    ),
    "segment_changes": Artefact(
        "cluster",
        "segment_changes.csv",
        {"segment_id": _T, "change": _T, "from_segment_id": _T, "overlap": _N, "sentence": _T},
    ),
    "assignments_open": Artefact(
        "cluster", "assignments_open.parquet", _ASSIGNMENT, ("customer_id",)
    ),
    "assignments_close": Artefact(
        "cluster", "assignments_close.parquet", _ASSIGNMENT, ("customer_id",)
    ),
}  # fmt: skip
