"""Tiers: equal shares, ties together, the usual RFM grid."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.validate.tiers import feature_tiers, rfm_tiers


def _rfm(recency: list[float], frequency: list[float], monetary: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"recency": recency, "frequency": frequency, "monetary": monetary})


def test_four_groups_are_a_grid_of_recency_and_worth() -> None:
    customers = _rfm([1, 1, 99, 99], [9, 1, 9, 1], [90, 10, 90, 10])
    # Long ago and little: 0; long ago and much: 1; lately: 2 and 3.
    assert rfm_tiers(customers, 4).tolist() == [3, 2, 1, 0]


def test_two_groups_are_a_cut_through_the_mean_rank() -> None:
    customers = _rfm([1, 2, 3, 4], [4, 3, 2, 1], [40, 30, 20, 10])
    assert rfm_tiers(customers, 2).tolist() == [1, 1, 0, 0]


@pytest.mark.parametrize(("k", "cells"), [(2, 2), (3, 3), (4, 4), (5, 6), (6, 6), (7, 8), (9, 9)])
def test_there_are_about_as_many_cells_as_groups(k: int, cells: int) -> None:
    rng = np.random.default_rng(1)
    customers = _rfm(*rng.exponential(size=(3, 2000)))
    assert len(np.unique(rfm_tiers(customers, k))) == cells


def test_without_all_three_there_are_no_rfm_tiers() -> None:
    assert rfm_tiers(_rfm([1], [1], [1]).drop(columns="monetary"), 4) is None


def test_equal_values_share_a_tier_and_missing_ones_count_as_the_median() -> None:
    values = pd.Series([0.0, 0, 0, 0, 0, 0, 5, np.nan, 8, 9])
    tiers = feature_tiers(values, 3)
    # Seven equal values are one tier, whatever a third of ten customers would be.
    assert tiers.tolist() == [0, 0, 0, 0, 0, 0, 1, 0, 1, 1]
    assert feature_tiers(pd.Series([2.0, 2.0, 2.0]), 3).tolist() == [0, 0, 0]


def test_of_text_the_commonest_levels_are_kept() -> None:
    values = pd.Series(["b", "a", "b", "c", "a", "b", None, "d"])
    assert feature_tiers(values, 3).tolist() == [0, 1, 0, 2, 1, 0, 2, 2]
