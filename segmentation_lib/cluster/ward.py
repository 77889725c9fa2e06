"""Ward's method: a tree of customers, cut into k groups, and the nearest centre for the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from segmentation_lib.cluster.groupings import RuledGrouping, grouping_by_rule
from segmentation_lib.cluster.scoring_rule import nearest_centre_rule
from segmentation_lib.stats.arrays import FloatArray, one_thread, sample_rows

__all__ = ["Ward", "ward_centres"]

_TREE_ROWS = 2000


@dataclass(frozen=True)
class Ward:
    """Hierarchical clustering that joins the two groups whose union spreads least (Ward 1963).

    The tree costs the square of the rows, so it grows on a sample; all rows then go to the nearest
    centre of its k groups.

    Attributes:
        sample_size: Rows of the tree at most; never more than 2,000.
    """

    sample_size: int = _TREE_ROWS

    name = "ward"

    def fit(
        self, X: FloatArray, k: int, *, seed: np.random.SeedSequence, starts: int = 1
    ) -> RuledGrouping:
        """Group the rows of ``X`` into ``k`` groups.

        Args:
            X: Matrix of shape (rows, columns), without missing values, scaled.
            k: Number of groups.
            seed: Seed of the sample.
            starts: Not used: a tree has no starts.

        Returns:
            The grouping by nearest centre, numbered by size and then by centre.
        """
        (draw,) = seed.generate_state(1)
        rows = sample_rows(len(X), min(self.sample_size, _TREE_ROWS), seed=int(draw))
        with one_thread():
            rule = nearest_centre_rule(X, ward_centres(X[rows], k))
            return grouping_by_rule(X, rule)


def ward_centres(X: FloatArray, k: int) -> FloatArray:
    """Return the means of the ``k`` groups of Ward's tree; fewer where rows are equal.

    Args:
        X: Matrix of shape (rows, columns); the cost grows with the square of the rows.
        k: Number of groups.
    """
    found = fcluster(linkage(X, "ward"), k, "maxclust")
    return np.array([X[found == group].mean(axis=0) for group in np.unique(found)])
