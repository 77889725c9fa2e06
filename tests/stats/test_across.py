"""Segments across numbers of segments: relabelling by hand, SLSa by hand and against R."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.stats.across import relabelled, stability_across


def test_the_same_groups_get_the_same_numbers():
    reference = np.repeat([0, 1, 2], [5, 4, 3])
    shuffled = np.array([2, 0, 1])[reference]
    assert np.array_equal(relabelled(shuffled, reference), reference)


def test_a_split_keeps_the_larger_part_and_numbers_the_rest_next():
    reference = np.repeat([0, 1], [6, 4])
    split = np.repeat([2, 0, 1], [4, 2, 4])
    assert relabelled(split, reference).tolist() == [0] * 4 + [2] * 2 + [1] * 4


def test_fewer_groups_take_numbers_that_are_there():
    reference = np.repeat([0, 1, 2], [2, 3, 4])
    merged = np.repeat([1, 0], [2, 7])
    assert relabelled(merged, reference).tolist() == [0] * 2 + [2] * 7


def test_slsa_by_hand():
    coarse = np.repeat([0, 1], 4)
    fine = np.array([0, 0, 0, 1, 1, 2, 2, 2])
    # The middle group comes half from each: entropy ln 2, so 0; the others come whole.
    assert stability_across(coarse, fine) == pytest.approx([1.0, 0.0, 1.0], abs=1e-12)
    three = np.repeat([0, 1, 2], 4)
    one_in_four = np.array([0, 0, 0, 1, 0, 1, 1, 1, 2, 2, 2, 2])
    entropy = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))
    expected = [1 - entropy / np.log(3)] * 2 + [1.0]
    assert stability_across(three, one_in_four) == pytest.approx(expected)


def test_a_group_without_rows_has_no_stability():
    found = stability_across(np.array([0, 0, 1, 1]), np.array([0, 0, 2, 2]))
    assert found[[0, 2]].tolist() == [1.0, 1.0]
    assert np.isnan(found[1])


def test_one_group_is_no_beginning():
    with pytest.raises(ValueError, match="at least 2"):
        stability_across(np.zeros(4, int), np.array([0, 0, 1, 1]))


@pytest.mark.parametrize("step", ["k2_to_k3", "k3_to_k4", "k4_to_k5"])
@pytest.mark.parametrize("name", ["iris", "blobs3"])
def test_slsa_agrees_with_r(reference, name, step):
    expected = reference.expected("profile")[name].get("slsa", {}).get(step)
    if expected is None:
        pytest.skip(f"no reference for {name} {step}")
    coarse, fine = (reference.labels(name, f"km{number}") for number in (step[1], step[-1]))
    assert stability_across(coarse, fine) == pytest.approx(expected["slsa"], rel=1e-8)
