"""The short rules as a page shows them: a table and sentences, without counts of a few people.

A share gives the count behind it away where few are missed: 97% of about thirty is all but one. So
a share is shown only if none of its counts is small, and another one is hidden where the small
count could be worked out from the rest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segmentation_lib.implement.audiences.fidelity import AUDIENCE
from segmentation_lib.profile.wording import listing, percent, plural, titled
from segmentation_lib.small_cells import HIDDEN, hide_parts
from segmentation_lib.stats.arrays import BoolArray

__all__ = ["audience_sentences", "kappa_words", "published_audiences"]

_UNKNOWN = "–"


def published_audiences(
    table: pd.DataFrame, names: Mapping[str, str], *, limit: int = 10
) -> pd.DataFrame:
    """Return the short rules as a page shows them.

    Args:
        table: From `audience_table`.
        names: Name of each segment, by its ID.
        limit: Fewest customers that are shown.

    Returns:
        Columns ``segment``, ``rule``, ``finds`` (share of the segment), ``right`` (share of those
        found; ``all but <10`` where under ten are missed) and ``use``.
    """
    rows = table[["segment_id", "rule", "verdict"]].to_dict("records")
    return pd.DataFrame(
        {
            "segment": [titled(str(row["segment_id"]), names) for row in rows],
            "rule": [row["rule"] or "no short rule" for row in rows],
            "finds": _shares(table["found"], table["customers"], limit).texts,
            "right": _shares(table["found"], table["picked"], limit).texts,
            "use": ["audience" if row["verdict"] == AUDIENCE else "to explain" for row in rows],
        }
    )


def audience_sentences(
    table: pd.DataFrame | None,
    names: Mapping[str, str],
    *,
    limit: int = 10,
    least_kappa: float = 0.9,
    least_recall: float = 0.8,
) -> list[str]:
    """Say which rules may be used as audiences, finding first.

    Args:
        table: From `audience_table`; None when exports are withheld.
        names: Name of each segment, by its ID.
        limit: Fewest customers that are shown.
        least_kappa: Limit for kappa.
        least_recall: Limit for recall and precision.
    """
    if table is None:
        return ["No audience is published: the scorecard withholds all exports of this quarter."]
    if table.empty:
        return ["There are no segments, so there are no audiences."]
    recall = _shares(table["found"], table["customers"], limit)
    failed = table[table["verdict"] != AUDIENCE]
    said = [
        _finding(table, names, recall, least_recall),
        f"On customers they were not made from, {_agreement(table, recall, limit)}.",
    ]
    if len(failed):
        said.append(_use_tags(failed, names, enough=float(table["kappa"].iloc[0]) >= least_kappa))
    later = _shares(table["next_found"], table["next_customers"], limit)
    known = table[table["next_recall"].notna()]
    reach = _reach(known, names, "next_recall", later, least_recall)
    if reach:
        said.append("Rules made a quarter earlier still found {} of each segment{}.".format(*reach))
    return said


def kappa_words(kappa: float) -> str:
    """Say what a kappa means.

    >>> kappa_words(0.928)
    'rules and segments agree 93% of the way from pure chance to always (kappa 0.93)'
    """
    if math.isnan(kappa):
        return "agreement could not be measured: there was nobody to judge on"
    if kappa <= 0:
        return f"rules and segments agree no more than by chance (kappa {kappa:.2f})"
    way = f"{percent(kappa)} of the way from pure chance to always"
    return f"rules and segments agree {way} (kappa {kappa:.2f})"


@dataclass(frozen=True)
class _Shares:
    """Shares as texts, which of them are numbers, and whether all that are missed may be told."""

    texts: list[str]
    told: BoolArray
    total_told: bool


def _shares(found: pd.Series, of: pd.Series, limit: int) -> _Shares:
    within, whole = (part.fillna(0).to_numpy(np.int64) for part in (found, of))
    choice = hide_parts(whole - within, limit=limit)
    few = (whole < limit) | ((within > 0) & (within < limit))
    missed, hidden = choice.small[:-1], choice.hidden[:-1]
    texts = [
        percent(a / b) if b else _UNKNOWN for a, b in zip(within.tolist(), whole.tolist(),
                                                           strict=True)
    ]  # fmt: skip
    marked = np.select(
        [few, missed, hidden], [_UNKNOWN, f"all but <{limit}", HIDDEN], np.array(texts, object)
    )
    return _Shares(marked.tolist(), ~(few | hidden), not choice.hidden[-1])


def _finding(
    table: pd.DataFrame, names: Mapping[str, str], recall: _Shares, least_recall: float
) -> str:
    passed = table[table["verdict"] == AUDIENCE]
    segments = plural(len(table), "segment")
    if passed.empty:
        return (
            f"No segment can be targeted by a short rule (0 of {segments}); "
            "use the tags of the customer file, or the exact SQL."
        )
    reach = _reach(passed, names, "recall", recall, least_recall)
    finds = "; each of these rules finds {} of its segment{}".format(*reach) if reach else ""
    return f"{len(passed)} of {segments} can be targeted by a short rule{finds}."


def _reach(
    rows: pd.DataFrame, names: Mapping[str, str], column: str, shares: _Shares, limit: float
) -> tuple[str, str] | None:
    """What every row reaches, and which one least; the limit where a row may not be told."""
    if rows.empty:
        return None
    lowest = rows.sort_values([column, "segment_id"]).to_dict("records")[0]
    least, segment = float(lowest[column]), str(lowest["segment_id"])
    if shares.told[rows.index].all():
        return f"{percent(least)} or more", f" (least: {titled(segment, names)})"
    return (f"{percent(limit)} or more", "") if least >= limit else None


def _agreement(table: pd.DataFrame, recall: _Shares, limit: int) -> str:
    if recall.total_told:
        return kappa_words(float(table["kappa"].iloc[0]))
    return f"rules and segments agree on nearly everybody: in no segment do {limit} or more differ"


def _use_tags(failed: pd.DataFrame, names: Mapping[str, str], *, enough: bool) -> str:
    which = listing([titled(one, names) for one in failed["segment_id"]])
    its = "its short rule misses" if len(failed) == 1 else "their short rules miss"
    lets = "lets in" if len(failed) == 1 else "let in"
    reason = (
        f"{its} too many or {lets} too many"
        if enough
        else "the rules as a whole agree too little with the segments"
    )
    tags = "the tags of the customer file, or the exact SQL"
    return f"For {which}, use {tags}: {reason}. The short rule only explains."
