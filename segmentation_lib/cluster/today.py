"""The customers at the open, and how they would be grouped without a past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from segmentation_lib.cluster.choose_k import KChoice, choose_k
from segmentation_lib.cluster.fit_model import fit_model
from segmentation_lib.cluster.held_out import chooses
from segmentation_lib.cluster.model import Model
from segmentation_lib.cluster.transforms import Transforms, active
from segmentation_lib.params import ClusterParams
from segmentation_lib.stats.arrays import FloatArray

__all__ = ["Today"]


@dataclass(frozen=True)
class Today:
    """The customers at the open, and how they would be grouped without a past.

    Attributes:
        features: The artefact ``features_open``.
        dictionary: The artefact ``data_dictionary``.
        transforms: The transforms fitted on them.
        settings: The parameters of the stage.
        kpis: What the active customers did in the quarter, in their order; from `kpis_of`.
        opens: First day of the quarter.
        project: Name of the project.
        period: Name of the quarter.
        seed: Seed of the project.
    """

    features: pd.DataFrame
    dictionary: pd.DataFrame
    transforms: Transforms
    settings: ClusterParams
    kpis: pd.DataFrame
    opens: date
    project: str
    period: str
    seed: int

    def points(self, transforms: Transforms) -> FloatArray:
        """Return the active customers in the space of some transforms."""
        return transforms.matrix(active(self.features))

    def choose(self, transforms: Transforms, settings: ClusterParams) -> KChoice:
        """Choose the number of segments in the space of some transforms."""
        return choose_k(
            self.points(transforms),
            settings,
            seed=self.seed,
            outcomes=self.kpis,
            kpis=list(self.kpis.columns),
            chooses=chooses(active(self.features)["customer_id"], seed=self.seed),
        )

    def fit(self, choice: KChoice) -> Model:
        """Make a model anew."""
        return fit_model(
            self.features,
            self.transforms,
            choice,
            self.settings,
            as_of=self.opens,
            seed=self.seed,
        )
