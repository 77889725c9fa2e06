"""The tree of segments over their number: where each segment comes from, and when cuts mix."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd

from segmentation_lib.cluster.candidates import fit_scan, scan_rows
from segmentation_lib.cluster.model import Model
from segmentation_lib.cluster.scoring_rule import nearest_segment
from segmentation_lib.params import ClusterParams
from segmentation_lib.stats.across import relabelled, stability_across
from segmentation_lib.stats.agreement import match_groups, shared_rows
from segmentation_lib.stats.arrays import FloatArray, IntArray

__all__ = [
    "flows_over_k",
    "ids_in_tree",
    "segments_by_k",
    "stability_in_tree",
    "tree_sentence",
]

# A segment has several parents when the largest of them gives less than this share of it.
_ONE_PARENT = 0.8


def segments_by_k(
    X: FloatArray, name: str, params: ClusterParams, *, seed: int
) -> dict[int, IntArray]:
    """Return every customer's segment for each number of segments in the range.

    The fits are those that the numbers were compared by; customers outside the scan are assigned.

    Args:
        X: Customers as points, shape (customers, columns).
        name: Name of the algorithm.
        params: Range of the numbers, starts.
        seed: Seed, as for `choose_k`.

    Returns:
        Labels from 0 by number of segments, ascending; a number that the algorithm refuses is left
        out. A segment keeps its label from one number to the next as far as it shares customers.
    """
    scan = X[scan_rows(len(X), seed=seed)]
    numbers = range(params.k_min, params.k_max + 1)
    segments: dict[int, IntArray] = {}
    for k in numbers:
        try:
            labels = fit_scan(scan, name, k, params, seed=seed).assign(X)
        except ValueError:
            continue
        segments[k] = relabelled(labels, segments[max(segments)]) if segments else labels
    return segments


def flows_over_k(segments: Mapping[int, IntArray]) -> pd.DataFrame:
    """Return the flows of customers from each number of segments to the next.

    Args:
        segments: Labels from 0 by number of segments, from `segments_by_k`.

    Returns:
        One row per flow with customers in it, sorted: ``k, segment, next_k, next_segment`` (both
        counted from 1), ``customers``, ``share_of_segment`` (of those in the segment, how many go
        there), ``share_of_next`` (of those in the next segment, how many come from here),
        ``stability`` (SLSa of the next segment: 1 if it comes whole from one segment) and
        ``several_parents``, whether no segment gives the next one 80 % of its customers: then the
        cut into more segments is not a refinement of the cut before.
    """
    parts = [_flows(segments[k], segments[larger], k, larger)
             for k, larger in pairwise(sorted(segments))]  # fmt: skip
    columns = ["k", "segment", "next_k", "next_segment", "customers", "share_of_segment",
               "share_of_next", "stability", "several_parents"]  # fmt: skip
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _flows(coarse: IntArray, fine: IntArray, k: int, larger: int) -> pd.DataFrame:
    shared = shared_rows(coarse, fine, k, larger)
    sizes, next_sizes = shared.sum(axis=1), shared.sum(axis=0)
    of_next = shared / np.maximum(next_sizes, 1)
    across = np.full(larger, np.nan)
    stable = stability_across(coarse, fine)
    across[: len(stable)] = stable
    segment, after = np.nonzero(shared)
    return pd.DataFrame(
        {
            "k": k,
            "segment": segment + 1,
            "next_k": larger,
            "next_segment": after + 1,
            "customers": shared[segment, after],
            "share_of_segment": shared[segment, after] / sizes[segment],
            "share_of_next": of_next[segment, after],
            "stability": across[after],
            "several_parents": of_next.max(axis=0)[after] < _ONE_PARENT,
        }
    )


def stability_in_tree(flows: pd.DataFrame) -> pd.DataFrame:
    """Return how whole each segment comes from one of those before: ``k, segment, stability``.

    Args:
        flows: The table of `flows_over_k`; the smallest number of segments has nothing before it.
    """
    each = flows[["next_k", "next_segment", "stability"]].drop_duplicates(ignore_index=True)
    return each.rename(columns={"next_k": "k", "next_segment": "segment"})


def ids_in_tree(segments: Mapping[int, IntArray], X: FloatArray, model: Model) -> dict[int, str]:
    """Return the permanent ID of each segment of the tree at the chosen number.

    Segments are matched one to one by the customers they share (the Hungarian method).

    Args:
        segments: Labels from 0 by number of segments, from `segments_by_k`.
        X: The customers they are of, shape (customers, columns).
        model: The published model, with its permanent IDs.

    Returns:
        IDs by the segment's number in the tree, counted from 1; empty where the model has a number
        of segments that was set by hand, outside the range of the tree.
    """
    if model.k not in segments:
        return {}
    published = nearest_segment(model.rule.distances(X))
    shared = shared_rows(segments[model.k], published, model.k, model.k)
    return {
        number: model.segment_ids[place]
        for number, place in enumerate(match_groups(shared), start=1)
        if place >= 0
    }


def tree_sentence(tree: pd.DataFrame, *, chosen: int) -> str:
    """Say what becomes of the chosen segments when there are more of them.

    Args:
        tree: The table of `flows_over_k`.
        chosen: The chosen number of segments.
    """
    beyond = tree[tree["k"] >= chosen]
    if beyond.empty:
        return f"No more than {chosen} segments were tried."
    mixed = beyond[beyond["several_parents"]]
    if mixed.empty:
        return f"More than {chosen} segments only divide the {chosen}: the cuts fit together."
    first = int(mixed["next_k"].min())
    before = int(mixed.loc[mixed["next_k"] == first, "k"].iloc[0])
    broken = int(mixed.loc[mixed["next_k"] == first, "next_segment"].nunique())
    noun = "segment is" if broken == 1 else "segments are"
    return (
        f"At {first} segments branches merge back: {broken} {noun} put together from several of "
        f"the {before} before, so the finer cut is not a refinement of the coarser."
    )
