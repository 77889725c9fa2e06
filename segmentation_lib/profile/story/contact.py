"""How a segment likes to be met: the ways it uses more than all customers do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from segmentation_lib.profile.markers import people_share
from segmentation_lib.profile.phrases import trait_phrase
from segmentation_lib.profile.story.sources import Tables, rows_of
from segmentation_lib.profile.story.subjects import Subject, subject_of
from segmentation_lib.profile.traits import LEAST_PEOPLE, standing_out
from segmentation_lib.profile.wording import listing, percent, quantity
from segmentation_lib.words import feature_words

__all__ = ["Ways", "ways_of"]

_WAYS = {
    "channel_share_": "of their orders come by {}",
    "device_share_": "of their events happen on {}",
    "visit_channel_share_": "of their events come via {}",
}
_REST = "other"


class Ways(NamedTuple):
    """How to meet a segment.

    Attributes:
        claims: The answer, in parts to be listed; empty where the data hold no way of contact.
        stands_out: Whether a way is used more than by all customers.
        evidence: IDs of its evidence.
    """

    claims: tuple[str, ...]
    stands_out: bool
    evidence: tuple[str, ...]


class _Way(NamedTuple):
    text: str
    evidence: tuple[str, ...]


def ways_of(
    segment_id: str,
    tables: Tables,
    *,
    currency: str = "",
    declared: Mapping[str, Subject] | None = None,
    few: int = LEAST_PEOPLE,
) -> Ways:
    """Say by which ways a segment is met more than all customers are.

    Of each kind of way (channel of orders, device, channel of visits, columns of one's own) the
    one with the largest difference above all customers is named, if that difference is stable:
    its interval lies above 0, and so it does again when the customers are sampled anew. A way
    that is merely common is no preference: most customers use it.

    Args:
        segment_id: The segment.
        tables: Tables of the quarter; ``traits`` and ``markers`` are read.
        currency: Three-letter code of the amounts.
        declared: Subject by feature, where people said it.
        few: Shares of fewer people are not told.
    """
    rows = rows_of(tables, "traits", segment_id=segment_id)
    if rows.empty:
        return Ways((), False, ())
    rows = rows[rows["customers"] >= few]
    found, common = [], []
    for prefix, words in _WAYS.items():
        levels = rows[rows["feature"].str.startswith(prefix)]
        levels = levels[levels["feature"] != f"{prefix}{_REST}"]
        more = levels[standing_out(levels) & (levels["difference"] > 0)]
        if len(more):
            points = (more["mean"] - more["base_mean"]).round(9)
            found.append(_way(segment_id, _first(more, points), prefix, words))
        elif len(levels):
            common.append(_way(segment_id, _first(levels, levels["mean"]), prefix, words))
    own = _own_column(segment_id, rows, currency, declared)
    found += own or _own_marker(segment_id, tables, declared, few)
    if found:
        return Ways(tuple(way.text for way in found), True, _ids(found))
    if common:
        said = listing([way.text for way in common])
        text = f"no way of contact stands out: {said}, much as of all customers"
        return Ways((text,), False, _ids(common))
    return Ways((), False, ())


def _first(rows: pd.DataFrame, size: pd.Series) -> pd.Series:
    ranked = rows.assign(size=size).sort_values(["size", "feature"], ascending=[False, True])
    return ranked.iloc[0]


def _way(segment_id: str, row: pd.Series, prefix: str, words: str) -> _Way:
    level = str(row["feature"]).removeprefix(prefix).replace("_", " ")
    text = f"{percent(row['mean'])} {words.format(level)} ({percent(row['base_mean'])} of all)"
    return _Way(text, _trait_ids(segment_id, str(row["feature"])))


def _own_column(
    segment_id: str, rows: pd.DataFrame, currency: str, declared: Mapping[str, Subject] | None
) -> list[_Way]:
    """The column of one's own about a way of contact that differs most upwards."""
    features = rows["feature"].astype("str")
    ours = ~features.str.startswith(tuple(_WAYS)) & ~features.str.contains("=", regex=False)
    asked = [
        subject_of(name, trait_phrase(name, high=True).family, declared=declared) == "reach"
        for name in features
    ]
    more = rows[ours & pd.Series(asked, index=rows.index) & standing_out(rows)]
    more = more[more["difference"] > 0]
    if more.empty:
        return []
    row = _first(more, more["difference"].round(9))
    unit = "" if pd.isna(row["unit"]) else str(row["unit"])
    mean, base = (
        quantity(row[column], unit, currency, named=False) for column in ("mean", "base_mean")
    )
    words = feature_words(str(row["feature"]))
    text = f"they have {'a higher' if unit == 'share' else 'more'} {words} ({mean}, all {base})"
    return [_Way(text, _trait_ids(segment_id, str(row["feature"])))]


def _own_marker(
    segment_id: str, tables: Tables, declared: Mapping[str, Subject] | None, few: int
) -> list[_Way]:
    """The level of an attribute about a way of contact that is most above all others."""
    rows = rows_of(tables, "markers", segment_id=segment_id)
    if rows.empty:
        return []
    named = rows["feature"].astype("str") + "=" + rows["level"].astype("str")
    asked = [subject_of(name, declared=declared) == "reach" for name in named]
    more = rows[pd.Series(asked, index=rows.index) & (rows["share"] > rows["rest_share"])]
    if more.empty:
        return []
    size = (more["share"] - more["rest_share"]).round(9)
    row = more.assign(size=size).sort_values(
        ["size", "feature", "level"], ascending=[False, True, True]
    ).iloc[0]  # fmt: skip
    own = people_share(row["share"], row["count"], row["customers"], few=few)
    rest = people_share(row["rest_share"], row["rest_count"], row["rest_customers"], few=few)
    place = f"markers:{segment_id}:{row['feature']}:{row['level']}"
    words = feature_words(f"{row['feature']}={row['level']}")
    text = f"{own} of them have {words} ({rest} of all others)"
    return [_Way(text, (f"{place}:share", f"{place}:rest_share"))]


def _trait_ids(segment_id: str, feature: str) -> tuple[str, ...]:
    return tuple(f"traits:{segment_id}:{feature}:{column}" for column in ("mean", "base_mean"))


def _ids(ways: list[_Way]) -> tuple[str, ...]:
    return tuple(name for way in ways for name in way.evidence)
