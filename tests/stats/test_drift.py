"""Drift by its size: hand-made tables, ties, missing values, small and huge samples."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2

from segmentation_lib.stats import Drift, drift_levels, number_drift, share_drift


def _level(before: np.ndarray, after: np.ndarray) -> str:
    return drift_levels([number_drift(before, after)])[0]


def test_index_of_a_table_worked_out_by_hand() -> None:
    found = share_drift(np.array([60, 40]), np.array([40, 60]))
    shares = np.array([60.5, 40.5]) / 101, np.array([40.5, 60.5]) / 101
    psi = 2 * (20 / 101) * np.log(60.5 / 40.5)
    assert found.psi == pytest.approx(psi)
    assert found.psi == pytest.approx(
        ((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum()
    )
    assert found.corrected == pytest.approx(psi - 0.02)
    assert found.p_value == pytest.approx(chi2.sf(psi / 0.02, 1))
    assert (found.distance, found.bins) == (pytest.approx(0.2), 2)


def test_levels_nobody_has_do_not_count() -> None:
    with_empty = share_drift(np.array([60, 0, 40]), np.array([40, 0, 60]))
    assert with_empty == share_drift(np.array([60, 40]), np.array([40, 60]))


def test_a_new_level_has_a_finite_index() -> None:
    found = share_drift(np.array([100, 0]), np.array([50, 50]))
    assert 1 < found.psi < 4
    assert found.distance == pytest.approx(0.5)


def test_one_level_says_nothing() -> None:
    found = share_drift(np.array([10]), np.array([12]))
    assert found.psi == 0
    assert np.isnan(found.p_value)
    assert drift_levels([found]) == ("none",)


def test_refuses_what_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="2 and 3 levels"):
        share_drift(np.array([1, 2]), np.array([1, 2, 3]))
    with pytest.raises(ValueError, match="5 and 0 customers"):
        share_drift(np.array([5]), np.array([0]))


def test_deciles_of_a_number() -> None:
    before = np.arange(1000.0)
    found = number_drift(before, before + 100)
    # The lowest decile empties, the highest doubles, the others keep their 100.
    counts = np.full(10, 100), np.array([0, *[100] * 8, 200])
    expected = share_drift(*counts)
    assert found.psi == pytest.approx(expected.psi)
    assert found.bins == 10
    assert found.distance == pytest.approx(0.1)


def test_missing_values_are_a_bin_of_their_own() -> None:
    before = np.arange(100.0)
    after = np.where(before < 50, np.nan, before)
    found = number_drift(before, after)
    assert found.bins == 11
    assert found.psi > 1
    # The known values of after are the upper half.
    assert found.distance == pytest.approx(0.5)


def test_shared_values_make_fewer_bins() -> None:
    before = np.repeat([0.0, 1.0, 2.0], [600, 300, 100])
    assert number_drift(before, before).bins == 3
    below = np.where(before == 2, -1.0, before)
    found = number_drift(before, below)
    assert found.bins == 4
    assert found.psi > 0.5


def test_shift_and_spread_do_not_depend_on_the_scale() -> None:
    rng = np.random.default_rng(1)
    before, after = rng.normal(size=20_000), rng.normal(0.5, 1.5, 20_000)
    plain, curved = number_drift(before, after), number_drift(np.exp(before), np.exp(after))
    assert plain == curved
    assert plain.shift == pytest.approx(0.5, abs=0.03)
    assert plain.spread == pytest.approx(1.5, abs=0.03)


def test_a_tiny_shift_of_a_million_is_green_and_half_as_much_spread_again_is_red() -> None:
    rng = np.random.default_rng(2)
    before = rng.normal(size=1_000_000)
    tiny = number_drift(before, rng.normal(0.02, 1, 1_000_000))
    assert tiny.p_value < 1e-10
    assert drift_levels([tiny]) == ("none",)
    assert _level(before, 1.5 * rng.normal(size=1_000_000)) == "major"
    assert _level(before[:2000], 1.5 * rng.normal(size=2000)) == "major"
    assert _level(1.5 * before[:2000], rng.normal(size=2000)) == "major"


@pytest.mark.parametrize("n", [100, 200, 500])
def test_small_samples_without_drift_are_green(n: int) -> None:
    rng = np.random.default_rng(n)
    alerts, raw = 0, 0
    for _ in range(200):
        found = number_drift(rng.normal(size=n), rng.normal(size=n))
        raw += found.psi > 0.1
        alerts += drift_levels([found])[0] != "none"
    assert alerts <= 8
    if n == 100:
        # Uncorrected, four of five quiet quarters would alert.
        assert raw > 140


def test_half_a_deviation_is_found() -> None:
    rng = np.random.default_rng(3)
    found = [
        _level(rng.normal(size=1000), rng.normal(0.5, 1, 1000)) in ("moderate", "major")
        for _ in range(50)
    ]
    assert np.mean(found) == 1


def test_levels_are_corrected_for_their_number() -> None:
    one = Drift(psi=0.2, corrected=0.15, p_value=0.004, distance=0.1, bins=10)
    assert drift_levels([one]) == ("moderate",)
    assert drift_levels([one] * 3) == ("none",) * 3
    assert drift_levels([Drift(0.4, 0.3, 1e-6, 0.2, 10), one]) == ("major", "moderate")
