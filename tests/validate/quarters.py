"""Quarters made by hand: a model of three segments in two features, and customers at both ends."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from segmentation_lib.cluster import FeatureTransform, Model, Segment
from segmentation_lib.cluster.transforms import Column

CENTRES = ((0.0, 0.0), (8.0, 0.0), (0.0, 8.0))
FEATURES = ("frequency", "discount_share")


def model() -> Model:
    """S01, S02 and S03 around three centres, features in their own units."""
    return Model(
        algorithm="kmeans",
        k=3,
        as_of=date(2026, 7, 1),
        seed=1,
        customers=600,
        dictionary_hash="made by hand",
        variance=1.0,
        features=tuple(
            FeatureTransform(
                name=name,
                kind="number",
                missing="refuse",
                columns=(Column(name=name, centre=0.0, scale=1.0),),
            )
            for name in FEATURES
        ),
        segments=tuple(
            Segment(id=f"S0{number}", share=1 / 3, centre=centre)
            for number, centre in enumerate(CENTRES, start=1)
        ),
    )


def dictionary(**windows: str) -> pd.DataFrame:
    """Both features segmenting, looking back a year unless said otherwise."""
    return pd.DataFrame(
        {
            "name": FEATURES,
            "role": "segmenting",
            "window": [windows.get(name, "365 days") for name in FEATURES],
        }
    )


def customers(seed: int, n: int = 600, first: int = 0) -> pd.DataFrame:
    """Customers c0000... of the three segments in turn, scattered by one unit."""
    rng = np.random.default_rng(seed)
    numbers = np.arange(first, first + n)
    points = np.array(CENTRES)[numbers % 3] + rng.normal(size=(n, 2))
    frame = pd.DataFrame(points, columns=list(FEATURES))
    frame.insert(0, "customer_id", [f"c{number:04}" for number in numbers])
    frame.insert(1, "state", "ACTIVE")
    return frame
