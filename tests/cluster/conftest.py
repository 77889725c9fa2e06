"""Hand-made customers with planted segments, and the dictionary that describes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.cluster import Model, choose_k, fit_model, fit_transforms
from segmentation_lib.params import ClusterParams

TIERS = ("bronze", "silver", "gold")


def make_customers(n: int, seed: int = 0, shares=(0.4, 0.3, 0.2, 0.1)) -> pd.DataFrame:
    """Customers of four kinds, from few small orders long ago to many large ones last week."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(4, n, p=shares)
    features = pd.DataFrame(
        {
            "customer_id": [f"{number:06d}" for number in range(n)],
            "state": np.where(rng.random(n) < 0.9, "ACTIVE", "NEW"),
            "frequency": rng.poisson(np.array([1, 4, 10, 20])[kind]) + 1.0,
            "monetary": np.round(np.exp(rng.normal(np.array([3, 4, 5.5, 7])[kind], 0.5)), 2),
            "recency": rng.integers(0, np.array([300, 120, 60, 20])[kind]).astype(float),
            "order_value": np.where(
                rng.random(n) < 0.1, np.nan, np.round(np.exp(rng.normal(3, 0.5, n)), 2)
            ),
            "channel": np.array(["app", "web", "store"])[(kind + rng.integers(0, 2, n)) % 3],
            "tier": np.array(TIERS)[np.minimum(kind, 2)],
            "truth": kind,
        }
    )
    features.loc[rng.random(n) < 0.05, "channel"] = None
    return features.astype({"channel": "str", "state": "str"}).astype(
        {"tier": pd.CategoricalDtype(list(TIERS), ordered=True)}
    )


def make_dictionary(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """A data dictionary of segmenting features: name, kind, transform, missing."""
    table = pd.DataFrame(rows, columns=["name", "kind", "transform", "missing"])
    return table.assign(role="segmenting")


@pytest.fixture(scope="session")
def customers() -> Callable[..., pd.DataFrame]:
    return make_customers


@pytest.fixture(scope="session")
def describe() -> Callable[..., pd.DataFrame]:
    return make_dictionary


@pytest.fixture(scope="session")
def dictionary() -> pd.DataFrame:
    return make_dictionary(
        ("frequency", "number", "log", "refuse"),
        ("monetary", "number", "log", "impute"),
        ("recency", "number", "rank", "impute"),
        ("order_value", "number", "log", "unknown"),
        ("channel", "category", "none", "unknown"),
        ("tier", "ordered", "none", "impute"),
    )


@pytest.fixture(scope="session")
def behaviour(dictionary) -> pd.DataFrame:
    """The two features that tell the planted kinds apart best."""
    return dictionary.head(2)


@pytest.fixture(scope="session")
def fitted(dictionary) -> Callable[..., Model]:
    """A model of k segments on a table of customers."""

    def fit(features: pd.DataFrame, k: int = 4, table: pd.DataFrame = dictionary) -> Model:
        params = ClusterParams(k=k, k_reason="a test", k_min=k, k_max=k, starts=5)
        transforms = fit_transforms(features, table, params)
        points = transforms.matrix(features[features["state"] == "ACTIVE"])
        choice = choose_k(points, params, seed=1)
        return fit_model(features, transforms, choice, params, as_of=date(2026, 7, 1), seed=1)

    return fit


@pytest.fixture(scope="session")
def fitted_by(dictionary) -> Callable[..., Model]:
    """A model by a named algorithm, without a search for the number of segments."""

    def fit(
        algorithm: str, features: pd.DataFrame, k: int = 4, table: pd.DataFrame = dictionary
    ) -> Model:
        params = ClusterParams(starts=5)
        choice = SimpleNamespace(k=k, algorithm=algorithm)
        transforms = fit_transforms(features, table, params)
        return fit_model(features, transforms, choice, params, as_of=date(2026, 7, 1), seed=1)

    return fit


@pytest.fixture(scope="session")
def model(customers, fitted) -> Model:
    return fitted(customers(1200)).with_segment_ids(["S01", "S02", "S03", "S04"])
