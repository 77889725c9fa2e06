"""How well chances of classes were predicted on rows that the model had not seen."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from segmentation_lib.stats.arrays import FloatArray, IntArray

__all__ = ["balanced_accuracy", "class_aucs", "log_loss_skill", "share_in_top"]

_LEAST_CHANCE = 1e-6


def log_loss_skill(chances: FloatArray, base: FloatArray, classes: IntArray) -> float:
    """Return which share of the uncertainty of the base rates a prediction takes away.

    Args:
        chances: Predicted chance of each class, shape (rows, classes).
        base: Share of each class among the rows that the model learnt from, shape (classes,).
        classes: Class of each row.

    Returns:
        1 for certain and right, 0 for no better than the base rates, under 0 for worse.

    >>> half = np.array([0.5, 0.5])
    >>> log_loss_skill(np.array([[0.5, 0.5], [0.5, 0.5]]), half, np.array([0, 1]))
    0.0
    """
    rows = np.arange(len(classes))
    loss = -np.log(np.maximum(chances[rows, classes], _LEAST_CHANCE)).mean()
    plain = -np.log(np.maximum(base[classes], _LEAST_CHANCE)).mean()
    return float(1 - loss / plain)


def balanced_accuracy(chances: FloatArray, base: FloatArray, classes: IntArray) -> float:
    """Return the share of rows named right, averaged over the classes.

    A row is given the class whose chance exceeds its base rate most, so that small classes are
    named too; blind guessing gives 1 / classes.

    Args:
        chances: Predicted chance of each class, shape (rows, classes).
        base: Share of each class among the rows that the model learnt from.
        classes: Class of each row; those that are absent do not count.
    """
    named = np.argmax(chances / np.maximum(base, _LEAST_CHANCE), axis=1)
    right = [float((named[classes == c] == c).mean()) for c in np.unique(classes)]
    return float(np.mean(right))


def class_aucs(chances: FloatArray, classes: IntArray) -> FloatArray:
    """Return for each class how well its chance tells its rows from all others (AUC).

    Args:
        chances: Predicted chance of each class, shape (rows, classes).
        classes: Class of each row.

    Returns:
        0.5 is chance, 1 is perfect, ties count half; NaN for a class that has no row, or all.
    """
    own = classes[:, None] == np.arange(chances.shape[1])
    inside = own.sum(axis=0)
    pairs = inside * (len(classes) - inside)
    # The rank sum of Mann & Whitney, less what the class has among itself.
    above = (rankdata(chances, axis=0) * own).sum(axis=0) - inside * (inside + 1) / 2
    return np.asarray(np.divide(above, pairs, out=np.full(len(pairs), np.nan), where=pairs > 0))


def share_in_top(chances: FloatArray, own: FloatArray, *, part: float = 0.1) -> float:
    """Return which share of the rows with the highest chances is of the class.

    Rows that tie at the border count in part, so that no order decides.

    Args:
        chances: Predicted chance of the class, shape (rows,).
        own: 1 where the row is of the class, else 0.
        part: Part of the rows that is looked at, over 0 and at most 1.

    >>> share_in_top(np.array([0.9, 0.5, 0.5, 0.1]), np.array([1.0, 1.0, 0.0, 0.0]), part=0.5)
    0.75
    """
    wanted = part * len(chances)
    border = np.sort(chances)[::-1][max(int(np.ceil(wanted - 1e-9)) - 1, 0)]
    above, tied = chances > border, chances == border
    left = wanted - above.sum()
    return float((own[above].sum() + left * own[tied].mean()) / wanted)
