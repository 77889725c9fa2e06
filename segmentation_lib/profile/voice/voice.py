"""The voice of the customer, segment by segment: scores, words, quotes, and what they allow."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segmentation_lib.calendar import Window
from segmentation_lib.params.qualitative import CuratedQuote
from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.profile.voice.answers import placed_answers
from segmentation_lib.profile.voice.distinctive import distinctive_words
from segmentation_lib.profile.voice.masking import mask_personal
from segmentation_lib.profile.voice.quotes import (
    QUOTE_COLUMNS,
    curated_quotes,
    representative_quotes,
)
from segmentation_lib.profile.voice.satisfaction import satisfaction_table
from segmentation_lib.profile.voice.vocabulary import Language
from segmentation_lib.profile.wording import count, listing, percent, plural

__all__ = ["NO_EVIDENCE", "Voice", "customer_voice"]

NO_EVIDENCE = "No qualitative evidence yet."
_WORDS_NAMED = 3


@dataclass(frozen=True)
class Voice:
    """What customers say of themselves.

    Attributes:
        satisfaction: Who answered in the quarter, and the Net Promoter Score; see
            `satisfaction_table`.
        words: Distinctive words; see `distinctive_words`.
        quotes: ``segment_id, quote, source, n, period, origin, place``.
        sentences: A sentence per segment, by ID.
        sentence: What there is in all, and how far it carries.
    """

    satisfaction: pd.DataFrame
    words: pd.DataFrame
    quotes: pd.DataFrame
    sentences: dict[str, str]
    sentence: str

    def words_of(self, segment_id: str) -> list[str]:
        """Return the distinctive words that are shown for a segment, the strongest first."""
        own = self.words[(self.words["segment_id"] == segment_id) & self.words["shown"]]
        return [str(word) for word in own.sort_values("place")["word"]]

    def by_segment(
        self, *, names: Mapping[str, str] | None = None, most: int = 4, small_cell: int = 10
    ) -> pd.DataFrame:
        """Return what each segment says in one row, as pages show it.

        Args:
            names: Names of the segments.
            most: Words per segment at most.
            small_cell: Counts of fewer people than this are left empty.

        Returns:
            ``segment_id``, ``name``, ``words`` (in quotation marks, empty where none sets the
            segment apart), ``nps`` and ``scored`` (those who gave a score).
        """
        rows = self.satisfaction[self.satisfaction["segment_id"] != ALL_SEGMENTS]
        ids = rows["segment_id"].astype("str")
        words = [listing([f"“{word}”" for word in self.words_of(name)[:most]]) for name in ids]
        return pd.DataFrame(
            {
                "segment_id": ids,
                "name": [(names or {}).get(name, "") for name in ids],
                "words": words,
                "nps": rows["nps"],
                "scored": rows["scored"].astype("Int64").mask(rows["scored"] < small_cell),
            }
        ).reset_index(drop=True)

    def quotes_of(self, segment_id: str) -> list[dict[str, object]]:
        """Return the quotes of a segment: ``quote``, ``source``, ``n``, ``period``, ``origin``."""
        own = self.quotes[self.quotes["segment_id"] == segment_id].sort_values(["origin", "place"])
        columns = ["quote", "source", "n", "period", "origin"]
        return [
            {str(key): value for key, value in row.items()}
            for row in own[columns].astype("object").to_dict("records")
        ]


def customer_voice(
    answers: pd.DataFrame | None,
    assignments: pd.DataFrame,
    *,
    window: Window,
    lookback_days: int = 365,
    quotes: bool = True,
    most_quotes: int = 2,
    most_words: int = 8,
    curated: Sequence[CuratedQuote] = (),
    ids: Collection[str] = (),
    names: Collection[str] = (),
    language: Language = "en",
    small_cell: int = 10,
) -> Voice:
    """Gather what the customers of each segment say.

    Customers are placed by their segment at the open. Scores are those of the quarter: they were
    given after the segments were fixed. Words and quotes also take the answers of the lookback
    before it, because comments are few; those were written while the behaviour that made the
    segments took place, so they describe and predict nothing. Of each customer, words are those of
    the latest answer in which there are any.

    Args:
        answers: ``customer_id``, ``answered_at``, perhaps ``nps`` and ``comment``; None where
            there is no survey.
        assignments: ``customer_id`` and ``segment_id`` as of the open.
        window: The quarter.
        lookback_days: Days before the open whose comments are read too.
        quotes: Whether answers of the survey may be quoted; collected quotes always are.
        most_quotes: Quotes from the survey per segment at most.
        most_words: Words shown per segment at most.
        curated: Quotes that people collected; those of segments that are not there are left out.
        ids: Customer ids to be masked in comments.
        names: Names of people to be masked in comments.
        language: Which stop words are left out.
        small_cell: Fewer people than this are not scored and not quoted.
    """
    segments = sorted(set(assignments["segment_id"].dropna().astype("str")))
    if answers is None or answers.empty:
        answers = pd.DataFrame({"customer_id": [], "answered_at": []}, dtype="str")
    wide = Window(window.lookback(lookback_days).start, window.end)
    told = placed_answers(answers, assignments, wide)
    told = told.assign(comment=mask_personal(told["comment"], ids=ids, names=names))
    in_quarter = told[told["answered_at"] >= pd.Timestamp(window.start)]
    satisfaction = satisfaction_table(in_quarter, assignments, small_cell=small_cell)
    words = distinctive_words(told, language=language, most=most_words)
    parts = [curated_quotes([item for item in curated if item.segment in segments])]
    if quotes:
        picked = representative_quotes(
            told, words, most=most_quotes, small_cell=small_cell, language=language
        )
        parts.append(picked)
    parts = [part for part in parts if len(part)]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=QUOTE_COLUMNS)
    table = table.sort_values(["segment_id", "origin", "place"], ignore_index=True)
    voice = Voice(satisfaction, words, table, {}, "")
    sentences = {name: _segment_sentence(voice, name, small_cell) for name in segments}
    whole = _sentence(satisfaction, told, table, lookback_days)
    return Voice(satisfaction, words, table, sentences, whole)


def _segment_sentence(voice: Voice, segment_id: str, small_cell: int) -> str:
    row = _row(voice.satisfaction, segment_id)
    words = voice.words_of(segment_id)
    if not row["answered"] and not words and not voice.quotes_of(segment_id):
        return NO_EVIDENCE
    parts = []
    if 0 < row["answered"] < small_cell:
        parts.append(f"Fewer than {small_cell} of its customers answered in the quarter.")
    elif row["answered"]:
        parts.append(
            f"{count(row['answered'])} of {count(row['customers'])} customers answered in the "
            f"quarter ({percent(row['answer_rate'])})."
        )
        parts.extend(_score_sentence(row))
    if words:
        named = listing([f"“{word}”" for word in words[:_WORDS_NAMED]])
        parts.append(f"They speak of {named} more than all others do.")
    elif row["comments"]:
        parts.append("No word of theirs sets them apart from all others.")
    return " ".join(parts) or "There are quotes, but no answers to a survey in the quarter."


def _score_sentence(row: Mapping[Any, Any]) -> list[str]:
    if np.isnan(row["nps"]):
        return []
    few = "" if row["enough"] else "; too few to compare"
    return [
        f"Net Promoter Score: {_points(row['nps'])} (95% interval {_points(row['nps_low'])} to "
        f"{_points(row['nps_high'])}, from {count(row['scored'])} scores{few})."
    ]


def _row(satisfaction: pd.DataFrame, segment_id: str) -> Mapping[Any, Any]:
    own = satisfaction[satisfaction["segment_id"] == segment_id]
    return own.to_dict("records")[0]


def _points(value: float) -> str:
    return f"{round(value):+d}".replace("-", "\u2212") if round(value) else "0"


def _sentence(
    satisfaction: pd.DataFrame, told: pd.DataFrame, quotes: pd.DataFrame, lookback_days: int
) -> str:
    collected = int((quotes["origin"] == "curated").sum())
    if told.empty and not collected:
        return NO_EVIDENCE
    parts = []
    if len(told):
        whole = _row(satisfaction, ALL_SEGMENTS)
        wrote = told.loc[told["comment"] != "", "customer_id"].nunique()
        parts.append(
            f"{percent(whole['answer_rate'])} of the customers in a segment answered in the "
            f"quarter; {plural(wrote, 'customer')} wrote something in it or in the "
            f"{count(lookback_days)} days before. "
            "Those who answer may feel otherwise than those who do not."
        )
    if collected:
        parts.append(f"{plural(collected, 'quote')} come{'s' if collected == 1 else ''} from "
                     "interviews and the like.")  # fmt: skip
    return " ".join(parts)
