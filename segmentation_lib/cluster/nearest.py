"""Which centre is nearest to each row, for many sets of centres in the same few products."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import sgemm

from segmentation_lib.stats.arrays import FloatArray

__all__ = ["LaidOut", "Nearest", "Single", "products"]

Single: TypeAlias = NDArray[np.float32]

# Numbers of one block: a few of them stay in the processor's cache.
_BLOCK = 1 << 17


@dataclass(frozen=True)
class LaidOut:
    """Rows laid out for products with many centres.

    Attributes:
        columns: ``x, |x|^2, 1`` of each row, shape (features + 2, rows).
        weighted: The same, one line a row, times the row's weight, shape (rows, features + 2).
        total: Sum of the weights.
        squares: Weighted sum of ``|x|^2``.
    """

    columns: Single
    weighted: Single
    total: float
    squares: float = field(repr=False)

    @classmethod
    def of(cls, X: FloatArray, weights: FloatArray | None = None) -> LaidOut:
        """Lay out ``X``, shape (rows, features), centred and of moderate size."""
        n, d = X.shape
        lines = np.empty((n, d + 2), dtype=np.float32)
        lines[:, :d] = X
        lines[:, d] = np.einsum("nd,nd->n", X, X)
        lines[:, d + 1] = 1
        weighted = lines if weights is None else lines * weights.astype(np.float32)[:, None]
        squares = float(weighted[:, d].sum(dtype=np.float64))
        total = float(n if weights is None else weights.sum())
        return cls(np.ascontiguousarray(lines.T), weighted, total, squares)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of features."""
        return self.columns.shape[1], len(self.columns) - 2


class Nearest:
    """Assigns rows to the centres of many sets, round after round, in the same memory.

    Distances and then memberships (1 where a row's centre is, else 0) stand in the same blocks, one
    line a centre. A product that adds to what stands there is how the last round's groups count.
    """

    def __init__(self, rows: LaidOut, sets: int, k: int, *, remember: bool) -> None:
        """Take memory.

        Args:
            rows: The rows.
            sets: Number of sets of centres.
            k: Number of centres in each set.
            remember: Whether a round may ask for the groups of the last; else one block serves all
                rows.
        """
        self._rows, self._k, self._remember = rows, k, remember
        self._typical: float | None = None
        self._take(sets)

    def _take(self, sets: int) -> None:
        n, lines = self._rows.shape[0], sets * self._k
        width = min(max(256, _BLOCK // lines), n)
        self._parts = [slice(begin, min(begin + width, n)) for begin in range(0, n, width)]
        self._columns = [np.asfortranarray(self._rows.columns[:, part].T) for part in self._parts]
        one = np.zeros(0 if self._remember else lines * width, dtype=np.float32)
        sizes = [part.stop - part.start for part in self._parts]
        self._blocks: list[Single] = [
            np.zeros((lines, size), dtype=np.float32)
            if self._remember
            else one[: lines * size].reshape(lines, size)
            for size in sizes
        ]
        self._least: list[Single] = [np.zeros(1, dtype=np.float32) for _ in self._parts]

    def keep(self, chosen: NDArray[np.bool_]) -> None:
        """Go on with some of the sets only; ``chosen`` has shape (sets,)."""
        if self._remember:
            lines = np.repeat(chosen, self._k)
            self._blocks = [block[lines] for block in self._blocks]
        else:
            self._take(int(chosen.sum()))

    def sums(self, centres: Single, count: Single | None = None) -> Single:
        """Assign all rows, and return the sums of ``x, |x|^2, 1`` over each group.

        A tie goes to the first group.

        Args:
            centres: Shape (sets, k, features).
            count: Number of rows of each group in the last round, shape (sets, k), where a row is
                to change its group if that alone lowers the sum of squares; None for the nearest
                centre. The rule is ``n/(n+1) d_other^2 < n/(n-1) d_own^2`` (Hartigan & Wong 1979).
                What ``n/(n-1)`` adds to the own distance is taken as equal for all rows, their
                mean: it then costs nothing. `single_moves.settle` has the rule to the letter.

        Returns:
            Shape (sets, k, features + 2).
        """
        sets, k, d = centres.shape
        lines = products(centres)
        own = 0.0
        if count is not None:
            size = np.maximum(count, np.float32(2)).reshape(-1, 1)
            lines *= size / (size + 1)
            own = self._own_excess()
        total = np.zeros((sets * k, d + 2), dtype=np.float32)
        for place, part in enumerate(self._parts):
            # The library's order of indices is the other one, so everything is transposed.
            block = self._blocks[place].T
            distance = sgemm(1.0, self._columns[place], lines.T, own, block, overwrite_c=1).T
            split = distance.reshape(sets, k, -1)
            least = self._least[place] = split.min(axis=1, keepdims=True)
            nearest = split == least
            if np.count_nonzero(nearest) > least.size:
                nearest &= np.cumsum(nearest, axis=1) == 1
            np.copyto(split, nearest)
            total += distance @ self._rows.weighted[part]
        return total.reshape(sets, k, d + 2)

    def _own_excess(self) -> float:
        """``2/n`` of the mean squared distance to the own centre, for groups of mean size."""
        if self._typical is None:
            every = sum(float(least.sum(dtype=np.float64)) for least in self._least)
            self._typical = every / sum(least.size for least in self._least)
        return 2 * self._k / self._rows.shape[0] * self._typical


def products(centres: Single) -> Single:
    """Return lines that give squared distances when multiplied with `LaidOut.columns`."""
    flat = centres.reshape(-1, centres.shape[-1])
    lines = np.empty((len(flat), flat.shape[1] + 2), dtype=np.float32)
    np.multiply(flat, np.float32(-2), out=lines[:, :-2])
    lines[:, -2] = 1
    lines[:, -1] = np.einsum("cd,cd->c", flat, flat)
    return lines
