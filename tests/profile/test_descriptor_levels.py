"""Descriptors as levels: numbers are cut, rare levels summed, and names of people refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.profile.descriptor_levels import descriptor_levels, known_before_purchase


def column(values: list[object] | np.ndarray) -> pd.Series:
    return pd.Series(values, name="x")


def test_numbers_are_cut_at_their_quintiles_and_gaps_are_a_level():
    values = np.arange(100.0)
    values[:10] = np.nan
    levels = descriptor_levels(column(values)).levels
    assert levels is not None
    assert levels.value_counts().to_dict() == {
        "(missing)": 10, "0": 18, "1": 18, "2": 18, "3": 18, "4": 18,
    }  # fmt: skip


def test_numbers_of_few_values_keep_them():
    levels = descriptor_levels(column(np.repeat([0, 1, 2], 20))).levels
    assert levels is not None
    assert sorted(set(levels)) == ["0", "1", "2"]


def test_rare_and_many_levels_are_summed():
    rare = descriptor_levels(column(["a"] * 50 + ["b"] * 40 + ["c"] * 4 + ["d"] * 6)).levels
    assert rare is not None
    assert rare.value_counts().to_dict() == {"a": 50, "b": 40, "(other)": 10}
    many = descriptor_levels(column([f"v{i % 60}" for i in range(1200)])).levels
    assert many is not None
    assert many.nunique() == 21


@pytest.mark.parametrize(
    ("values", "note"),
    [
        ([None] * 30, "no value is known"),
        (["one"] * 30, "it is the same for everybody"),
        ([f"id {i}" for i in range(200)], "nearly every customer has a value of their own"),
        ([f"v{i}" for i in range(15)], "no two of its values are common enough to compare"),
    ],
)
def test_columns_that_cannot_be_used_say_why(values: list[object], note: str):
    found = descriptor_levels(column(values))
    assert found.levels is None
    assert found.note == note


def test_a_value_or_none_tells_two_levels():
    levels = descriptor_levels(column(["yes"] * 20 + [None] * 20)).levels
    assert levels is not None
    assert sorted(set(levels)) == ["(missing)", "yes"]


def test_only_attributes_are_known_before_a_purchase():
    dictionary = pd.DataFrame(
        [("age", "descriptor", "customers"), ("device_share_phone", "descriptor", "events"),
         ("plan", "segmenting", "customers")],
        columns=["name", "role", "table"],
    )  # fmt: skip
    assert known_before_purchase(dictionary) == ["age"]


def test_endless_numbers_count_as_missing():
    levels = descriptor_levels(column([np.inf] * 20 + list(np.arange(40.0)))).levels
    assert levels is not None
    assert (levels == "(missing)").sum() == 20
