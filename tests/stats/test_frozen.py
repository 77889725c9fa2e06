"""Frozen segments followed to the close: drift in common, events, and quiet quarters."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.stats import Frozen, common_drift, extra_segment, lost_segments

CENTRES = np.array([[0.0, 0.0], [8.0, 0.0], [0.0, 8.0]])
SEED = np.random.SeedSequence(1)


def nearest(X: np.ndarray) -> np.ndarray:
    return ((X[:, None] - CENTRES[None]) ** 2).sum(axis=2).argmin(axis=1)


def rows(seed: int, sizes: tuple[int, ...] = (300, 300, 300)) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(3), sizes)
    return CENTRES[groups] + rng.normal(size=(len(groups), 2)), groups


@pytest.fixture
def opened() -> np.ndarray:
    return rows(0)[0]


@pytest.fixture
def frozen(opened: np.ndarray) -> Frozen:
    return Frozen.of(opened, nearest, k=3)


def test_what_is_frozen() -> None:
    X = np.array([[0.0, 1.0], [0.0, -1.0], [8.0, 0.0], [8.0, 0.0], [0.0, 7.0], [0.0, 9.0]])
    found = Frozen.of(X, nearest, k=3)
    np.testing.assert_array_equal(found.centres, CENTRES)
    np.testing.assert_array_equal(found.sizes, [2, 2, 2])
    np.testing.assert_array_equal(found.radius, [1, 0, 1])
    np.testing.assert_allclose(found.within, [0, np.sqrt(4 / 3)])
    np.testing.assert_array_equal(found.scatter[0], [[0, 0], [0, 1]])


def test_no_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="no rows"):
        Frozen.of(np.empty((0, 2)), nearest, k=3)


def test_a_close_without_rows(opened: np.ndarray, frozen: Frozen) -> None:
    nobody = np.empty((0, 2))
    with pytest.raises(ValueError, match="900 rows at the open and 0 at the close"):
        common_drift(frozen, opened, nobody, seed=SEED)
    origin = np.empty(0, dtype=np.int64)
    assert extra_segment(frozen, opened, nobody, origin, seed=SEED) is None


def test_a_quiet_quarter(opened: np.ndarray, frozen: Frozen) -> None:
    closed, groups = rows(5)
    drift = common_drift(frozen, opened, closed, seed=SEED)
    assert not drift.found
    np.testing.assert_array_equal(drift.shift, [0, 0])
    assert extra_segment(frozen, opened, closed, groups, seed=SEED) is None
    assert lost_segments(frozen, groups, (groups, groups)) == ()


def test_a_common_drift_is_measured(opened: np.ndarray, frozen: Frozen) -> None:
    closed = rows(5)[0] + [1.0, 0.0]
    drift = common_drift(frozen, opened, closed, seed=SEED)
    assert drift.found
    assert drift.shift == pytest.approx([1.0, 0.0], abs=0.15)
    assert drift.size == pytest.approx(1.0, abs=0.15)


def test_an_expected_drift_is_taken_out_but_is_no_news(opened: np.ndarray, frozen: Frozen) -> None:
    closed = rows(5)[0] + [1.0, 0.0]
    drift = common_drift(frozen, opened, closed, seed=SEED, expected=np.array([True, False]))
    assert not drift.found
    assert drift.shift[0] == pytest.approx(1.0, abs=0.15)


def test_one_segment_that_moves_is_no_common_drift(opened: np.ndarray, frozen: Frozen) -> None:
    closed, groups = rows(5)
    closed[groups == 1] += [3.0, 0.0]
    assert not common_drift(frozen, opened, closed, seed=SEED).found


def test_a_split(opened: np.ndarray, frozen: Frozen) -> None:
    closed, groups = rows(5)
    half = np.flatnonzero(groups == 0)[::3]
    closed[half] += [-5.0, -5.0]
    event = extra_segment(frozen, opened, closed, groups, seed=SEED)
    assert event is not None
    assert (event.kind, event.segment) == ("split", 0)
    assert event.share == pytest.approx(100 / 900, abs=0.01)
    assert event.centre == pytest.approx([-5, -5], abs=0.4)


def test_newcomers_make_a_new_segment(opened: np.ndarray, frozen: Frozen) -> None:
    closed, groups = rows(5)
    there = np.flatnonzero(groups == 2)[:90]
    closed[there] += [8.0, 0.0]
    origin = groups.copy()
    origin[there] = -1
    event = extra_segment(frozen, opened, closed, origin, seed=SEED)
    assert event is not None
    assert (event.kind, event.segment) == ("new", -1)
    assert event.share == pytest.approx(0.1, abs=0.01)


def test_few_far_rows_are_no_segment(opened: np.ndarray, frozen: Frozen) -> None:
    closed, groups = rows(5)
    closed[:20] += 20.0
    assert extra_segment(frozen, opened, closed, groups, seed=SEED) is None


def test_a_segment_that_only_grows_wider_has_not_split(opened: np.ndarray, frozen: Frozen) -> None:
    closed, groups = rows(5)
    closed[groups == 0] *= 2.0
    assert extra_segment(frozen, opened, closed, groups, seed=SEED) is None


def test_a_group_that_was_there_at_the_open_is_no_news() -> None:
    ends = []
    for seed, apart in ((0, 6.0), (5, 6.5)):
        X, groups = rows(seed)
        X[np.flatnonzero(groups == 0)[::3]] -= [apart, 0.0]
        ends.append(X * (1.0 if seed == 0 else 1.3))
    frozen = Frozen.of(ends[0], nearest, k=3)
    distances = np.sqrt(((ends[1] - frozen.centres[nearest(ends[1])]) ** 2).sum(axis=1))
    assert (distances > frozen.radius[nearest(ends[1])]).mean() > 0.025
    assert extra_segment(frozen, ends[0], ends[1], rows(5)[1], seed=SEED) is None
    single = rows(0)[0]
    news = extra_segment(Frozen.of(single, nearest, k=3), single, ends[1], rows(5)[1], seed=SEED)
    assert news is not None
    assert (news.kind, news.segment) == ("split", 0)


def test_a_merger_and_a_death(frozen: Frozen) -> None:
    groups = rows(5)[1]
    after = np.where(groups == 1, 2, groups)
    (event,) = lost_segments(frozen, after, (groups, after))
    assert (event.kind, event.segment, event.into, event.share) == ("merged", 1, 2, 0.0)
    gone = np.where(groups == 1, -1, groups)
    (event,) = lost_segments(frozen, groups[groups != 1], (groups, gone))
    assert (event.kind, event.segment, event.into) == ("died", 1, -1)


def test_a_third_is_left_or_a_bit_more() -> None:
    X, groups = rows(0, (500, 400, 100))
    frozen = Frozen.of(X, nearest, k=3)
    half = np.repeat([0, 1, 2], [550, 400, 50])
    assert lost_segments(frozen, half, (groups, groups)) == ()
    fifth = np.repeat([0, 1, 2], [580, 400, 20])
    assert [event.segment for event in lost_segments(frozen, fifth, (groups, groups))] == [2]


def test_a_tiny_segment_is_not_lost_by_chance() -> None:
    X, groups = rows(0, (300, 292, 8))
    frozen = Frozen.of(X, nearest, k=3)
    fewer = np.repeat([0, 1, 2], [303, 293, 4])
    assert lost_segments(frozen, fewer, (groups, groups)) == ()


def test_the_same_seed_gives_the_same_digits(opened: np.ndarray, frozen: Frozen) -> None:
    closed = rows(5)[0] + [0.4, 0.2]
    first = common_drift(frozen, opened, closed, seed=np.random.SeedSequence(4))
    second = common_drift(frozen, opened, closed, seed=np.random.SeedSequence(4))
    np.testing.assert_array_equal(first.shift, second.shift)
    assert first.found == second.found
