"""What a segment values most, as its features and attributes show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from segmentation_lib.profile.markers import people_share
from segmentation_lib.profile.phrases import Phrase
from segmentation_lib.profile.story.sources import Tables, rows_of
from segmentation_lib.profile.story.subjects import Subject, subject_of
from segmentation_lib.profile.traits import LEAST_PEOPLE, strongest_traits
from segmentation_lib.profile.wording import listing, quantity
from segmentation_lib.words import feature_words

__all__ = ["preferences"]

_MOST = 2
# Families of the catalogue whose low side is a preference as well, such as full-price.
_TWO_SIDED = ("discount", "basket", "breadth", "returns")


class _Claim(NamedTuple):
    """One thing that sets them apart: how far, its key for ties, words and evidence."""

    size: float
    key: str
    family: str
    bought: bool
    text: str
    evidence: tuple[str, ...]


def preferences(
    segment_id: str,
    tables: Tables,
    *,
    currency: str = "",
    declared: Mapping[str, Subject] | None = None,
    few: int = LEAST_PEOPLE,
) -> tuple[str, tuple[str, ...]] | None:
    """Say what a segment values most, from whatever the data hold of it.

    Built-in features of orders count to both sides (``full-price``); columns of one's own and
    attributes count where the segment has more of them.

    Args:
        segment_id: The segment.
        tables: Tables of the quarter; ``traits`` and ``markers`` are read.
        currency: Three-letter code of the amounts.
        declared: Subject by feature, where people said it.
        few: Shares of fewer people are not told.

    Returns:
        The answer and the IDs of its evidence; None where nothing sets them apart.
    """
    claims = [
        *_from_traits(segment_id, tables, currency, declared),
        *_from_markers(segment_id, tables, declared, few),
    ]
    chosen: list[_Claim] = []
    for claim in sorted(claims, key=lambda one: (-round(one.size, 9), one.key)):
        if len(chosen) < _MOST and claim.family not in {one.family for one in chosen}:
            chosen.append(claim)
    if not chosen:
        return None
    shows = "What they buy" if all(one.bought for one in chosen) else "What is known of them"
    ids = tuple(name for one in chosen for name in one.evidence)
    return f"{shows} shows it: {listing([one.text for one in chosen])}.", ids


def _from_traits(
    segment_id: str, tables: Tables, currency: str, declared: Mapping[str, Subject] | None
) -> list[_Claim]:
    if "traits" not in tables:
        return []
    traits = tables["traits"]
    found = []
    for role in ("segmenting", "descriptor"):
        for row, phrase in strongest_traits(traits, segment_id, role=role, limit=len(traits)):
            feature = str(row["feature"])
            if "=" in feature and "markers" in tables and role == "descriptor":
                continue  # A marker says the same, and is corrected for all levels looked at.
            if subject_of(feature, phrase.family, declared=declared) != "value":
                continue
            if row["difference"] > 0 or phrase.family in _TWO_SIDED:
                found.append(_trait_claim(segment_id, row, phrase, currency))
    return found


def _trait_claim(segment_id: str, row: pd.Series, phrase: Phrase, currency: str) -> _Claim:
    feature, unit = str(row["feature"]), "" if pd.isna(row["unit"]) else str(row["unit"])
    mean, base = (
        quantity(row[column], unit, currency, named=False) for column in ("mean", "base_mean")
    )
    words = feature_words(feature)
    # A column without words of its own would be named twice.
    named = phrase.text.endswith(words)
    said = phrase.text.replace("high ", "more ", 1) if named and unit != "share" else phrase.text
    return _Claim(
        abs(float(row["difference"])),
        feature,
        phrase.family,
        phrase.family in _TWO_SIDED,
        f"{said} ({'' if named else f'{words}: '}{mean} against {base} for all)",
        tuple(f"traits:{segment_id}:{feature}:{column}" for column in ("mean", "base_mean")),
    )


def _from_markers(
    segment_id: str, tables: Tables, declared: Mapping[str, Subject] | None, few: int
) -> list[_Claim]:
    rows = rows_of(tables, "markers", segment_id=segment_id)
    if rows.empty:
        return []
    found = []
    for row in rows[rows["share"] > rows["rest_share"]].to_dict("records"):
        name = f"{row['feature']}={row['level']}"
        if subject_of(name, declared=declared) != "value":
            continue
        own = people_share(row["share"], row["count"], row["customers"], few=few)
        rest = people_share(row["rest_share"], row["rest_count"], row["rest_customers"], few=few)
        share, others = float(row["share"]), float(row["rest_share"])
        spread = (others * (1 - others)) ** 0.5 or (share * (1 - share)) ** 0.5 or 1.0
        ids = tuple(
            f"markers:{segment_id}:{row['feature']}:{row['level']}:{column}"
            for column in ("share", "rest_share")
        )
        text = f"{feature_words(name)} ({own} against {rest} of all others)"
        found.append(_Claim((share - others) / spread, name, str(row["feature"]), False, text, ids))
    return found
