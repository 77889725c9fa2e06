"""Quotes: real answers that hold a segment's distinctive words, and those that people collected."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from segmentation_lib.params.qualitative import CuratedQuote
from segmentation_lib.profile.voice.masking import MASK, mask_personal
from segmentation_lib.profile.voice.vocabulary import Language, answer_words

__all__ = ["QUOTE_COLUMNS", "curated_quotes", "representative_quotes"]

QUOTE_COLUMNS = ["segment_id", "quote", "source", "n", "period", "origin", "place"]
_SURVEY = "Customer survey"
# Shorter says nothing, longer is not read.
_SHORTEST, _LONGEST = 15, 280
# Words that a long answer may have before it counts for less.
_FREE_WORDS = 8
# A capital after a small letter, or a comma, and a space begins no sentence.
_CAPITALISED = r"(?<=[a-zà-ÿ,;] )[A-ZÀ-Þ][\w'’-]*"
_ALWAYS_CAPITAL = frozenset({"i", "i'm", "i'd", "i'll", "i've", "i’m", "i’d", "i’ll", "i’ve"})
_LEAST_PEOPLE = 5


def representative_quotes(
    answers: pd.DataFrame,
    words: pd.DataFrame,
    *,
    most: int = 2,
    small_cell: int = 10,
    language: Language = "en",
) -> pd.DataFrame:
    """Pick the answers that hold most of what sets a segment's words apart.

    The first quote holds the strongest words for its length, the next one the strongest of those
    that are left. Where an answer without any masked part will do, it is taken. A segment without
    distinctive words gets no quote: nothing would make one answer stand for the others.

    Args:
        answers: ``customer_id, segment_id, answered_at, comment``; masked.
        words: What `distinctive_words` returned for the same answers.
        most: Quotes per segment at most.
        small_cell: A segment in which fewer people wrote gets no quote.
        language: Which stop words are left out.

    Returns:
        ``segment_id, quote, source, n`` (people of the segment who wrote), ``period`` (the
        quarter of the answer, nothing finer), ``origin`` (``survey``) and ``place``.
    """
    written = answers[answers["comment"] != ""]
    wrote = written.groupby("segment_id")["customer_id"].nunique()
    if language == "en" and len(written):
        written = written[~_may_name_someone(written)]
    rows: list[list[object]] = []
    for name, group in written.groupby("segment_id", sort=True):
        people = int(wrote[name])
        strength = words[(words["segment_id"] == name) & words["shown"]].set_index("word")["z"]
        if people < small_cell or strength.empty:
            continue
        for place, (text, period) in enumerate(_picked(group, strength, most, language), 1):
            rows.append([name, text, _SURVEY, people, period, "survey", place])
    return pd.DataFrame(rows, columns=QUOTE_COLUMNS)


def curated_quotes(curated: Sequence[CuratedQuote]) -> pd.DataFrame:
    """Return collected quotes as a table, masked, with no date finer than the quarter.

    Args:
        curated: The quotes of the file.
    """
    masked = mask_personal([item.quote for item in curated])
    rows = [
        [item.segment, text, item.source, item.n, _quarter_of(item.date), "curated", 0]
        for item, text in zip(curated, masked, strict=True)
    ]
    table = pd.DataFrame(rows, columns=QUOTE_COLUMNS)
    table = table.sort_values(["segment_id", "source", "quote"], ignore_index=True)
    return table.assign(place=table.groupby("segment_id").cumcount() + 1)


def _may_name_someone(written: pd.DataFrame) -> pd.Series:
    """Whether an answer holds a capitalised word inside a clause that few customers use."""
    inside = written["comment"].str.findall(_CAPITALISED).explode().dropna().str.casefold()
    inside = inside[~inside.isin(_ALWAYS_CAPITAL)]
    customers = written["customer_id"].loc[inside.index]
    users = customers.groupby(inside.to_numpy()).nunique()
    rare = inside[inside.map(users) < _LEAST_PEOPLE].index
    return pd.Series(written.index.isin(rare), index=written.index)


def _picked(
    group: pd.DataFrame, strength: pd.Series, most: int, language: Language
) -> list[tuple[str, str]]:
    lengths = group["comment"].str.len()
    fits = group[lengths.between(_SHORTEST, _LONGEST)]
    fits = fits.sort_values(["comment", "answered_at"]).drop_duplicates("comment", keep="last")
    bags = [answer_words(text, language=language) for text in fits["comment"]]
    plain = [MASK.search(text) is None for text in fits["comment"]]
    long = np.sqrt([max(text.count(" ") + 1, _FREE_WORDS) for text in fits["comment"]])
    left = set(strength.index)
    chosen: list[tuple[str, str]] = []
    for _ in range(most):
        scores = [
            round(sum(float(strength[word]) for word in sorted(bag & left)) / length, 9)
            for bag, length in zip(bags, long.tolist(), strict=True)
        ]
        # The texts are in order, so that the first of equals is always the same.
        best = max(
            (place for place, score in enumerate(scores) if score > 0),
            key=lambda place: (plain[place], scores[place], -place),
            default=None,
        )
        if best is None:
            break
        row = fits.iloc[best]
        chosen.append((str(row["comment"]), _quarter(pd.Timestamp(row["answered_at"]))))
        # What this quote says need not be said again.
        left -= bags[best]
    return chosen


def _quarter(time: pd.Timestamp) -> str:
    return f"{time.year}Q{(time.month - 1) // 3 + 1}"


def _quarter_of(date: str) -> str:
    return _quarter(pd.Timestamp(date)) if "-" in date else date
