"""Which words a group uses more than the others: weighted log-odds and two exact tests."""

from __future__ import annotations

import numpy as np
from scipy.stats import binom, hypergeom

from segmentation_lib.stats.arrays import FloatArray, IntArray

__all__ = ["denser_use_p_values", "overuse_p_values", "weighted_log_odds"]

_PRIOR_WEIGHT = 50.0


def weighted_log_odds(
    users: IntArray, sizes: IntArray, *, prior_weight: float = _PRIOR_WEIGHT
) -> tuple[FloatArray, FloatArray]:
    """Return how much more often each group uses each word than all other groups together.

    Log-odds with an informative Dirichlet prior: every group is thought to hold some more people
    who use each word as often as everybody does, so that rare words need more evidence. People
    are counted, not tokens: one person who repeats a word is still one person.

    Args:
        users: How many people of each group use each word, shape (words, groups).
        sizes: How many people each group has, shape (groups,).
        prior_weight: How many people the prior is worth, over 0.

    Returns:
        Log-odds ratio against the rest, and the same in standard errors (z), both of shape
        (words, groups); 0 where there is no rest or no user.

    Raises:
        ValueError: Shapes that do not fit, more users than people, or a weight that is not over 0.

    Source: Monroe, Colaresi & Quinn (2008), Fightin' Words, equations 15, 16, 20 and 22.

    >>> ratio, z = weighted_log_odds(np.array([[12, 3]]), np.array([40, 60]))
    >>> ratio.round(2).tolist(), z.round(2).tolist()
    ([[0.96, -0.96]], [[2.33, -2.33]])
    """
    users, sizes, total, people = _checked(users, sizes)
    if not prior_weight > 0:
        raise ValueError(f"prior_weight = {prior_weight}, must be over 0")
    share = total / max(people, 1)
    using, silent = prior_weight * share, prior_weight * (1 - share)
    own_with, own_without = users + using, sizes - users + silent
    rest_with = total - users + using
    rest_without = (people - sizes) - (total - users) + silent
    cells = np.stack([own_with, own_without, rest_with, rest_without])
    # A word of nobody or of everybody, or a group without a rest, has nothing to compare.
    known = (cells > 0).all(axis=0) & (sizes > 0) & (sizes < people)
    cells = np.where(known, cells, 1.0)
    ratio = np.log(cells[0] / cells[1]) - np.log(cells[2] / cells[3])
    return ratio, ratio / np.sqrt((1 / cells).sum(axis=0))


def overuse_p_values(users: IntArray, sizes: IntArray) -> FloatArray:
    """Return the chance that a group would hold so many users of a word by luck alone.

    Fisher's exact test, to one side: the users of a word are dealt to the groups at random.

    Args:
        users: How many people of each group use each word, shape (words, groups).
        sizes: How many people each group has, shape (groups,).

    Returns:
        One-sided p-values of shape (words, groups), without correction for their number.

    Raises:
        ValueError: Shapes that do not fit, or more users than people.

    >>> overuse_p_values(np.array([[2, 0]]), np.array([2, 2])).round(4).tolist()
    [[0.1667, 1.0]]
    """
    users, sizes, total, people = _checked(users, sizes)
    tail: FloatArray = hypergeom.sf(users - 1, people, total, sizes)
    # The upper tail from 0 is certain; rounding must not say otherwise.
    return np.where(users > 0, np.clip(tail, 0.0, 1.0), 1.0)


def denser_use_p_values(users: IntArray, sizes: IntArray, lengths: IntArray) -> FloatArray:
    """Return the chance that a group would hold so many users of a word by writing much.

    Binomial test, to one side: the users of a word fall on the groups in proportion to how much
    each group writes. That is right for rare words; a common word is used by fewer writers of
    long texts than it says, so groups that write more are held to more, and groups that write
    less to less: ask for a small `overuse_p_values` beside it.

    Args:
        users: How many people of each group use each word, shape (words, groups).
        sizes: How many people each group has, shape (groups,).
        lengths: How many words the people of each group write in all, shape (words, groups) or
            (groups,); at least one where somebody uses the word.

    Returns:
        One-sided p-values of shape (words, groups), without correction for their number.

    Raises:
        ValueError: Shapes that do not fit, more users than people, or fewer words than users.

    >>> users, sizes = np.array([[8, 2]]), np.array([20, 20])
    >>> denser_use_p_values(users, sizes, np.array([100, 100])).round(3).tolist()
    [[0.055, 0.989]]
    >>> denser_use_p_values(users, sizes, np.array([400, 100])).round(3).tolist()
    [[0.678, 0.624]]
    """
    users, sizes, total, _ = _checked(users, sizes)
    lengths = np.broadcast_to(np.asarray(lengths, dtype=np.int64), users.shape)
    if (lengths < users).any():
        raise ValueError("a group writes fewer words than it has users of one; count every word")
    share = lengths / np.maximum(lengths.sum(axis=1, keepdims=True), 1)
    tail: FloatArray = binom.sf(users - 1, total, share)
    return np.where(users > 0, np.clip(tail, 0.0, 1.0), 1.0)


def _checked(users: IntArray, sizes: IntArray) -> tuple[IntArray, IntArray, IntArray, int]:
    users, sizes = np.asarray(users, dtype=np.int64), np.asarray(sizes, dtype=np.int64)
    if users.ndim != 2 or sizes.shape != users.shape[1:]:
        raise ValueError(
            f"users of shape {users.shape} and sizes of shape {sizes.shape}; "
            "must be (words, groups) and (groups,)"
        )
    if (users < 0).any() or (users > sizes).any():
        raise ValueError("a group has fewer people than users of a word; count each person once")
    return users, sizes, users.sum(axis=1, keepdims=True), int(sizes.sum())
