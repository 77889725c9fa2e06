"""Somebody who knows all that a page shows, does every sum, and wants to know of a few people.

Nothing of the library is used here: the attacker reads tables as they are published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import LinearConstraint, milp

from segmentation_lib.small_cells import Hidden

MOST = 100_000


@dataclass
class Attacker:
    """What is known of counts that are not: bounds of each, and sums of several.

    Attributes:
        limit: The fewest people that pages show.
        bounds: The least and the most of each count, by name.
        sums: Known sums: how often each count is in it, with its least and most.
    """

    limit: int
    bounds: dict[str, tuple[int, int]] = field(default_factory=dict)
    sums: list[tuple[dict[str, int], int, int]] = field(default_factory=list)

    def reads(self, name: str, shown: object) -> None:
        """Read a count that is shown as it is, as ``<10``, or not at all."""
        if isinstance(shown, str) and shown.startswith("<"):
            self.bounds[name] = (1, self.limit - 1)
        elif shown is None or shown == "hidden":
            self.bounds[name] = (self.limit, MOST)
        else:
            self.bounds[name] = (int(shown), int(shown))  # type: ignore[call-overload]

    def reads_rounded(self, name: str, shown: int | None) -> None:
        """Read a count that was rounded to the nearest limit; None is one too small to show."""
        half = self.limit // 2
        if shown is None:
            self.bounds[name] = (1, 2 * self.limit - half - 1)
        elif shown == 0:
            self.bounds[name] = (0, 0)
        else:
            self.bounds[name] = (shown - half, shown + self.limit - half - 1)

    def adds_up(self, parts: Iterable[str], total: str) -> None:
        """Know that parts make a total."""
        self.sums.append((dict.fromkeys(parts, 1) | {total: -1}, 0, 0))

    def lies_in(self, part: str, whole: str) -> None:
        """Know that those of one count are among those of another."""
        self.sums.append(({whole: 1, part: -1}, 0, MOST))

    def knows(self, wanted: Mapping[str, int], *, whole: bool = True) -> tuple[int, int]:
        """Return the least and the most of a count, or of a difference of counts.

        Args:
            wanted: How often each count is in it, such as ``{"came": 1, "went on": -1}``.
            whole: Whether counts are to be held whole, which takes longer.
        """
        names = list(self.bounds)
        aim = np.array([wanted.get(name, 0) for name in names], dtype=float)
        lower, upper = np.array([self.bounds[name] for name in names], dtype=float).T
        rows = [[terms.get(name, 0) for name in names] for terms, *_ in self.sums]
        known = LinearConstraint(
            np.array(rows).reshape(-1, len(names)),
            [least for _, least, _ in self.sums],
            [most for *_, most in self.sums],
        )
        ends = []
        for sign in (1, -1):
            found = milp(
                sign * aim, integrality=np.full(len(names), int(whole)), bounds=(lower, upper),
                constraints=known if rows else None,
            )  # fmt: skip
            assert found.status == 0, "what is shown contradicts itself"
            ends.append(round(float(aim @ found.x)))
        return ends[0], ends[1]


def tells(least: int, most: int, limit: int) -> bool:
    """Return whether a range tells of a few people: they are some, few, and not just any few."""
    few = least >= 1 and most <= limit - 1
    return few and (least, most) != (1, limit - 1)


def steps_of_a_few(counts: Sequence[int | None], limit: int) -> list[int]:
    """Return the differences of shown neighbours that are counts of a few people."""
    known = [count for count in counts if count is not None]
    gaps = [abs(a - b) for a, b in zip(known[1:], known[:-1], strict=True)]
    return [gap for gap in gaps if 0 < gap < limit]


def possible_counts(choice: Hidden, *, small_totals: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the most that each count of a table may be, totals included.

    Args:
        choice: What is hidden, of parts with their total last, or of a table with its totals in
            the last row and column.
        small_totals: Whether it is known that hidden totals are small.

    Returns:
        Two arrays of the shape of ``counts``; the most is `MOST` or -1 where there is no end.
    """
    counts, totals = choice.counts, np.zeros(choice.counts.shape, dtype=bool)
    totals[-1] = True
    if counts.ndim > 1:
        totals[:, -1] = True
    reader = Attacker(choice.limit)
    names = np.array([str(n) for n in range(counts.size)]).reshape(counts.shape)
    for at, count in np.ndenumerate(counts):
        if not choice.hidden[at]:
            reader.reads(names[at], count)
        elif totals[at]:
            reader.bounds[names[at]] = (1, choice.limit - 1 if small_totals else MOST)
        else:
            reader.reads(names[at], "<" if choice.small[at] else None)
            if choice.withheld:
                reader.bounds[names[at]] = (0, MOST)
    for line in [names] if counts.ndim == 1 else [*names, *names.T]:
        reader.adds_up(line[:-1], line[-1])
    least, most = counts.copy(), counts.copy()
    for at in zip(*np.nonzero(choice.hidden), strict=True):
        # Sums of a table give whole numbers by themselves.
        least[at], most[at] = reader.knows({names[at]: 1}, whole=False)
    return least, np.where(most >= MOST // 2, -1, most)
