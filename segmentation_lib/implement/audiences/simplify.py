"""The same rule with fewer clauses: bounds on one field merged, needless parts left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from segmentation_lib.implement.audiences.rule import Clause, Conjunction

__all__ = ["simplified"]

_LOWER, _UPPER = (">", ">="), ("<", "<=")


def simplified(parts: Iterable[Sequence[Clause]]) -> tuple[Conjunction, ...]:
    """Return parts that pick the same rows, each with one lower and one upper bound per field.

    A part that nothing can pass is left out, and so is one that another part already covers.

    Args:
        parts: Clauses of each part; the parts are joined by OR.

    >>> clauses = [Clause(field="x", op="<=", value=9, null="fail"),
    ...            Clause(field="x", op="<=", value=5, null="pass")]
    >>> simplified([clauses])[0].all
    (Clause(field='x', op='<=', value=5, null='fail'),)
    """
    kept: list[frozenset[Clause]] = []
    for part in parts:
        merged = _merged(part)
        if merged and merged not in kept:
            kept.append(merged)
    return tuple(
        Conjunction(all=tuple(part)) for part in kept if not any(other < part for other in kept)
    )


def _merged(part: Sequence[Clause]) -> frozenset[Clause]:
    by_field: dict[str, list[Clause]] = defaultdict(list)
    for clause in part:
        by_field[clause.field].append(clause)
    merged: list[Clause] = []
    for clauses in by_field.values():
        found = _one_field(clauses)
        if found is None:
            return frozenset()
        merged += found
    return frozenset(merged)


def _one_field(clauses: Sequence[Clause]) -> list[Clause] | None:
    """Merge the bounds of one field; None if no value can pass."""
    field = clauses[0].field
    # A missing value has to pass every clause, so one that fails it decides.
    null = "pass" if all(clause.passes_null for clause in clauses) else "fail"
    lower = max(filter(None, map(_lower, clauses)), default=None)
    upper = min(filter(None, map(_upper, clauses)), default=None)
    others = [clause for clause in clauses if not (_lower(clause) or _upper(clause))]
    bounds = []
    if lower:
        op = ">" if lower[1] else ">="
        bounds.append(Clause(field=field, op=op, value=lower[0], null=null))
    if upper:
        op = "<=" if upper[1] else "<"
        bounds.append(Clause(field=field, op=op, value=upper[0], null=null))
    if lower and upper and null == "fail":
        empty = lower[0] > upper[0] or (lower[0] == upper[0] and (lower[1] or not upper[1]))
        if empty:
            return None
    return bounds + list(dict.fromkeys(others))


def _lower(clause: Clause) -> tuple[float, bool] | None:
    """Lower bound, and whether it is left out itself: a larger pair is the tighter bound."""
    if clause.op == "between" and isinstance(clause.value, tuple):
        return float(clause.value[0]), False
    if clause.op in _LOWER and isinstance(clause.value, (int, float)):
        return float(clause.value), clause.op == ">"
    return None


def _upper(clause: Clause) -> tuple[float, bool] | None:
    """Upper bound, and whether it is let in itself: a smaller pair is the tighter bound."""
    if clause.op == "between" and isinstance(clause.value, tuple):
        return float(clause.value[1]), True
    if clause.op in _UPPER and isinstance(clause.value, (int, float)):
        return float(clause.value), clause.op == "<="
    return None
