"""Would we find the same segments again? Cold-start bootstrap, per segment and per customer."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from segmentation_lib.stats import Algorithm, bootstrap_stability
from segmentation_lib.stats.arrays import FloatArray, IntArray

__all__ = ["BORDERLINE", "segment_stability"]

BORDERLINE = 0.8


def segment_stability(
    customers: pd.Series,
    points: FloatArray,
    labels: IntArray,
    segment_ids: Sequence[str],
    algorithm: Algorithm,
    *,
    seed: int,
    draws: int = 100,
    workers: int = 1,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Refit on bootstrap samples and see who lands where.

    Args:
        customers: Customer IDs, in the order of ``points``.
        points: Customers in the model's space, shape (customers, features).
        labels: Their segment, 0 to k-1.
        segment_ids: Permanent ID of each label.
        algorithm: Refits, from cold starts.
        seed: Seed of the samples.
        draws: Number of refits.
        workers: Processes to use; the result does not depend on them.

    Returns:
        The artefacts ``segment_stability`` (mean Jaccard with its 5 % quantile, and the share of
        borderline customers: in their segment in fewer than 80 % of refits) and ``stability``
        (that share of refits for each customer).

    Source: Hennig (2007), with one-to-one matching.
    """
    result = bootstrap_stability(
        points, labels, algorithm, seed=(seed, 5), draws=draws, workers=workers
    )
    per_customer = pd.DataFrame(
        {"customer_id": customers.to_numpy(), "consistency": result.consistency}
    )
    borderline = pd.Series(result.consistency < BORDERLINE).groupby(labels).mean()
    per_segment = pd.DataFrame(
        {
            "segment_id": list(segment_ids),
            "customers": pd.Series(labels).value_counts().sort_index().to_numpy(),
            "jaccard": result.mean_jaccard,
            "jaccard_low": result.jaccard_quantile(0.05),
            "borderline_share": borderline.to_numpy(),
        }
    )
    order = per_segment.sort_values("segment_id", ignore_index=True)
    return order, per_customer.sort_values("customer_id", ignore_index=True)
