"""Tests of walks by popularity: weights by hand, no page twice in a row, returns without news."""

from __future__ import annotations

import numpy as np
import pytest

from segmentation_lib.stats.wandering import (
    chance_returns,
    fruitless_returns,
    page_weights,
    unseen_weights,
    wander,
)


def test_weights_are_those_the_walk_was_drawn_with():
    weights = np.array([0.5, 0.3, 0.2])
    pages = wander(np.ones(3), weights, np.full(20_000, 6), rng=np.random.default_rng(1))
    assert (pages[:, 1:] != pages[:, :-1]).all()
    arrivals = np.bincount(pages[:, 1:].ravel(), minlength=3).astype(float)
    departures = np.bincount(pages[:, :-1].ravel(), minlength=3).astype(float)
    assert page_weights(arrivals, departures) == pytest.approx(weights, abs=0.01)
    assert page_weights(np.zeros(4), np.zeros(4)).tolist() == [0.25] * 4


def test_who_has_not_been_there_tells_the_same_weights():
    weights = np.array([0.4, 0.3, 0.2, 0.1])
    pages = wander(np.ones(4), weights, np.full(20_000, 5), rng=np.random.default_rng(2))
    arrivals, moves = np.zeros(4), np.zeros((4, 4))
    for page in range(4):
        seen = (pages == page).cumsum(axis=1) > 0
        arrivals[page] = (~seen[:, :-1] & seen[:, 1:]).sum()
        for at in range(4):
            moves[at, page] = ((pages[:, :-1] == at) & ~seen[:, :-1]).sum()
    found = unseen_weights(arrivals, moves, else_=np.full(4, 0.25))
    assert found == pytest.approx(weights, abs=0.01)
    rare = unseen_weights(np.zeros(4), np.zeros((4, 4)), else_=weights)
    assert rare == pytest.approx(weights)


def test_lengths_are_kept_and_the_rest_is_empty():
    pages = wander(np.ones(2), np.full(2, 0.5), np.array([1, 4]), rng=np.random.default_rng(3))
    assert (pages >= 0).sum(axis=1).tolist() == [1, 4]
    assert pages[0, 1:].tolist() == [-1] * 3


@pytest.mark.parametrize(
    ("walk", "stuck"),
    [
        ([0, 1, 2], []),
        ([0, 1, 0], [2]),  # nothing new follows
        ([0, 1, 0, 2], []),  # something new on the way, and afterwards
        ([0, 1, 0, 1, 0, 2], [2, 3, 4]),
        ([1, 0, 1, 0, 2], [3]),
    ],
)
def test_returns_without_news_by_hand(walk, stuck):
    assert np.flatnonzero(fruitless_returns(np.array([walk]))[0]).tolist() == stuck


def test_two_pages_in_turn_by_hand():
    chance = chance_returns(
        np.array([1.0, 0.0]), np.full(2, 0.5), np.full(10, 5), rng=np.random.default_rng(4)
    )
    # 0 1 0 1 0: two of three visits to 0 and one of two to 1 come back with nothing new.
    assert chance.rate == pytest.approx([2 / 3, 1 / 2])
    assert chance.variance.tolist() == [0.0, 0.0]
