"""Does a segment stand in for a protected attribute, although it was not made from it?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from segmentation_lib.params.governance import Protected
from segmentation_lib.stats.arrays import IntArray, sample_rows
from segmentation_lib.stats.proxy import proxy_skill

__all__ = ["NOT_TESTED", "ProxyVerdict", "proxy_sentences", "proxy_table", "published_proxies"]

ProxyVerdict = Literal["red", "amber", "none found", "not tested"]
NOT_TESTED: ProxyVerdict = "not tested"

_TOLD = {"red": "much", "amber": "something", "none found": "little"}
_FEWEST = 30
_FEW = 10
_MOST_LEVELS = 12
_OTHER = "other"
_COLUMNS = ["attribute", "words", "level", "customers", "auc", "low", "high", "segment_id",
            "in_segment", "segment_customers", "share", "share_overall", "told", "blind",
            "verdict", "detail"]  # fmt: skip


def proxy_table(
    customers: pd.DataFrame,
    protected: Sequence[Protected],
    *,
    seed: int,
    red: float = 0.7,
    amber: float = 0.6,
    sample_size: int = 20_000,
) -> pd.DataFrame:
    """Predict each protected attribute from the segment alone.

    Args:
        customers: Customers in a segment, with ``customer_id``, ``segment_id`` and the protected
            attributes; one without a value is left out of that attribute's test.
        protected: The protected attributes.
        seed: Seed of sample and folds.
        red: A level told better than this is a red finding; see `stats.proxy` for the measure.
        amber: ... an amber one.
        sample_size: Customers used at most.

    Returns:
        The artefact ``proxies``, a row per attribute and level of at least 30 customers (smaller
        ones are joined as ``other``): ``auc`` with its interval, the segment with most of the
        level, its customers of the level and in all (``in_segment``, ``segment_customers``, of
        the sample), the level's share there and overall, the share of customers whose level the
        segment names right (``told``) and without it (``blind``). ``verdict`` is ``red`` or
        ``amber`` where the AUC is beyond its limit and its interval above chance, else ``none
        found``; ``not tested``, with the reason in ``detail``, where an attribute is missing or
        has one level only.
    """
    rows: list[dict[str, object]] = []
    for number, item in enumerate(protected):
        head = {"attribute": item.attribute, "words": item.words, "segment_id": "", "detail": ""}
        if item.attribute not in customers:
            why = "The features hold no such column; name it under descriptors."
            rows.append({**head, "level": "", "verdict": NOT_TESTED, "detail": why})
            continue
        known = _sampled(customers, item.attribute, sample_size, (seed, 90, number))
        levels = _joined(_levels(known[item.attribute], item))
        if levels.nunique() < 2 or known["segment_id"].nunique() < 2:
            why = f"Fewer than two levels, or segments, have {_FEWEST} customers or more."
            rows.append({**head, "level": "", "verdict": NOT_TESTED, "detail": why})
            continue
        found = _told(known["segment_id"], levels, (seed, 91, number), red=red, amber=amber)
        rows += [{**head, **row} for row in found]
    table = pd.DataFrame(rows, columns=_COLUMNS)
    numbers = ["auc", "low", "high", "share", "share_overall", "told", "blind"]
    counts = ["customers", "in_segment", "segment_customers"]
    return table.astype({**dict.fromkeys(numbers, "float64"), **dict.fromkeys(counts, "Int64")})


def proxy_sentences(proxies: pd.DataFrame, names: dict[str, str] | None = None) -> list[str]:
    """Say of each protected attribute whether the segments tell it, worst first.

    Args:
        proxies: The artefact ``proxies``.
        names: What pages call a segment, by ID.
    """
    order = {"red": 0, "amber": 1, "none found": 2, NOT_TESTED: 3}
    said = []
    for _, rows in proxies.groupby("attribute", sort=False):
        worst = rows.sort_values(["auc", "level"], ascending=[False, True]).iloc[0]
        said.append((min(order[str(v)] for v in rows["verdict"]), _sentence(worst, names or {})))
    return [sentence for _, sentence in sorted(said, key=lambda pair: pair[0])]


def published_proxies(proxies: pd.DataFrame, *, limit: int = 10) -> pd.DataFrame:
    """Return the table for a page: where each group of people is most frequent.

    Args:
        proxies: The artefact ``proxies``.
        limit: A share of fewer people, or of all but fewer, is not shown.

    Returns:
        Columns ``attribute``, ``group``, ``segment`` with most of the group, ``share_there``
        (missing where it is not shown), ``share_overall`` and ``told`` (the verdict in words);
        attributes that were not tested are left out.
    """
    shown = proxies[proxies["verdict"] != NOT_TESTED]
    small = [
        _is_small(here, size, limit)
        for here, size in zip(shown["in_segment"], shown["segment_customers"], strict=True)
    ]
    return pd.DataFrame(
        {
            "attribute": shown["words"],
            "group": shown["level"],
            "segment": shown["segment_id"],
            "share_there": shown["share"].mask(np.array(small, dtype=bool)),
            "share_overall": shown["share_overall"],
            "told": shown["verdict"].map(_TOLD),
        }
    ).reset_index(drop=True)


def _sentence(row: pd.Series, names: dict[str, str]) -> str:
    what = str(row["words"])
    if row["verdict"] == NOT_TESTED:
        return f"Whether a segment tells {what} was not tested: {_lowered(row['detail'])}"
    named = (
        f"a guess from the segment alone is right for {row['told']:.0%} of customers; "
        f"without it, for {row['blind']:.0%}."
    )
    if row["verdict"] == "none found":
        return f"The segments tell little about {what}: {named}"
    said = f"The segments tell {_TOLD[row['verdict']]} about {what}: {named}"
    if _is_small(row["in_segment"], row["segment_customers"], _FEW):
        return said
    segment = names.get(str(row["segment_id"]), str(row["segment_id"]))
    return (
        f"{said} In {segment}, {row['share']:.0%} are “{row['level']}”; among all, "
        f"{row['share_overall']:.0%}."
    )


def _is_small(here: int, size: int, limit: int) -> bool:
    """Tell whether a share is of a few people, or of all but a few."""
    return here < limit or size - here < limit


def _lowered(text: object) -> str:
    return f"{str(text)[:1].lower()}{str(text)[1:]}"


def _sampled(
    customers: pd.DataFrame, attribute: str, size: int, seed: tuple[int, ...]
) -> pd.DataFrame:
    known = customers[customers[attribute].notna() & customers["segment_id"].notna()]
    known = known.sort_values("customer_id", ignore_index=True)
    return known.iloc[sample_rows(len(known), size, seed=seed)].reset_index(drop=True)


def _levels(values: pd.Series, item: Protected) -> pd.Series:
    """Return the level of each customer as text; numbers are cut into bands."""
    is_number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if not is_number:
        return values.astype(str)
    if not item.bands and values.nunique() <= _MOST_LEVELS:
        return values.map("{:g}".format)
    numbers = values.astype("float64")
    inner = list(item.bands) or sorted(set(numbers.quantile([0.25, 0.5, 0.75])))
    names = [f"under {inner[0]:g}"]
    names += [f"{low:g} to under {high:g}" for low, high in pairwise(inner)]
    names.append(f"{inner[-1]:g} and over")
    return pd.Series(np.array(names)[np.searchsorted(inner, numbers, side="right")])


def _joined(levels: pd.Series) -> pd.Series:
    """Join levels of a few customers, and those after the most frequent dozen."""
    counts = levels.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    kept = counts.index[:_MOST_LEVELS][counts.iloc[:_MOST_LEVELS] >= _FEWEST]
    joined = levels.where(levels.isin(kept), _OTHER)
    # Too few for a level of their own even together: nothing can be said of them.
    rest = joined == _OTHER
    return joined.mask(rest) if rest.sum() < _FEWEST else joined


def _told(
    segments: pd.Series, levels: pd.Series, seed: tuple[int, ...], *, red: float, amber: float
) -> list[dict[str, object]]:
    told = levels.notna().to_numpy()
    segment, names = pd.factorize(segments[told], sort=True)
    level, labels = pd.factorize(levels[told], sort=True)
    skill = proxy_skill(
        segment.astype(np.int64), level.astype(np.int64), seed=np.random.SeedSequence(seed)
    )
    counts = _counts(segment, level)
    sizes = counts.sum(axis=1)
    # Of segments of a few people, no share is told.
    shares = np.where(sizes[:, None] < _FEWEST, 0.0, counts / np.maximum(sizes, 1)[:, None])
    rows: list[dict[str, object]] = []
    for place, (label, auc) in enumerate(zip(labels, skill.aucs, strict=True)):
        most = int(shares[:, place].argmax())
        verdict: ProxyVerdict = "none found"
        if auc.low > 0.5 and auc.value > amber:
            verdict = "red" if auc.value > red else "amber"
        rows.append({
            "level": str(label), "customers": int((level == place).sum()), "auc": auc.value,
            "low": auc.low, "high": auc.high, "segment_id": str(names[most]),
            "in_segment": int(counts[most, place]), "segment_customers": int(sizes[most]),
            "share": float(shares[most, place]), "share_overall": float((level == place).mean()),
            "told": skill.told, "blind": skill.blind, "verdict": verdict,
        })  # fmt: skip
    return rows


def _counts(segment: IntArray, level: IntArray) -> IntArray:
    counts = np.zeros((int(segment.max()) + 1, int(level.max()) + 1), dtype=np.int64)
    np.add.at(counts, (segment, level), 1)
    return counts
