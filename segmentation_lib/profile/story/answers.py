"""Three questions per segment: what they value, how to reach them, which levers move the needle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from segmentation_lib.params.stories import QUESTIONS, StoryFile
from segmentation_lib.profile.markers import people_share
from segmentation_lib.profile.story.contact import ways_of
from segmentation_lib.profile.story.evidence import EvidenceBook, Grade, weakest
from segmentation_lib.profile.story.levers import levers
from segmentation_lib.profile.story.preferences import preferences
from segmentation_lib.profile.story.prose import check_stories, earns_causes, own_values, tell
from segmentation_lib.profile.story.sources import Tables, quarter_evidence, rows_of
from segmentation_lib.profile.story.subjects import Subject
from segmentation_lib.profile.traits import LEAST_PEOPLE
from segmentation_lib.profile.wording import listing, plural

__all__ = [
    "HEADINGS",
    "assumption_count",
    "assumption_sentence",
    "open_count",
    "three_questions",
]

HEADINGS: Mapping[str, str] = {
    "value": "What do they value most?",
    "reach": "How do they prefer to interact?",
    "lever": "Which levers move the needle?",
}
_COLUMNS = ("segment_id", "question", "place", "heading", "answer", "grade", "evidence")
_MOST_WORDS = 3


class Answer(NamedTuple):
    """One answer: its words, its grade and the IDs of its evidence."""

    text: str
    grade: Grade
    evidence: tuple[str, ...]


def three_questions(
    segment_ids: Iterable[str],
    tables: Tables,
    *,
    stories: StoryFile | None = None,
    retired: Iterable[str] = (),
    names: Mapping[str, str] | None = None,
    currency: str = "",
    declared: Mapping[str, Subject] | None = None,
    few: int = LEAST_PEOPLE,
) -> pd.DataFrame:
    """Answer the three questions for each segment, each answer bound to its evidence.

    Answers of people (``stories.yaml``) come first; they are as strong as the weakest evidence
    they name, and an assumption when they name none. Then come the answers that the tables give;
    where there is none, the question is open, which is no belief of anybody.
    What people do tells what they value and how they like to be met; that a lever works is known
    from experiments only, so a lever that was merely seen is an association.

    Args:
        segment_ids: The segments.
        tables: Tables of the quarter, see ``sources.TABLES``.
        stories: What people wrote.
        retired: Segments that existed; stories may still name them.
        names: Names of the segments.
        currency: Three-letter code of the amounts.
        declared: Which question a column of one's own answers (``value`` or ``reach``, empty for
            neither), where its name does not say it.
        few: Shares of fewer people than this are not told.

    Returns:
        The artefact ``answers``, by segment, question and place: ``segment_id``, ``question``
        (``value``, ``reach``, ``lever``), ``place`` from 1, ``heading``, ``answer``, ``grade``
        and ``evidence`` (IDs joined by ``; ``, empty for an assumption or an open question).
        Every segment has at least one answer to every question.

    Raises:
        ContractError: Stories that break a rule, with file and line.
    """
    ids, stories, names = sorted(set(segment_ids)), stories or StoryFile(), names or {}
    book = quarter_evidence(tables)
    check_stories(stories, ids, book, retired=retired)
    rows = []
    for segment_id in ids:
        for question in QUESTIONS:
            answers = [
                *_given(stories, segment_id, question, book, names, currency),
                *_measured(question, segment_id, tables, currency, declared, few),
            ] or [_unknown(question)]
            rows += [
                (segment_id, question, place, HEADINGS[question], answer.text,
                 answer.grade.value, "; ".join(answer.evidence))
                for place, answer in enumerate(answers, start=1)
            ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def assumption_count(answers: pd.DataFrame) -> int:
    """Return how many answers are believed, without evidence.

    Args:
        answers: What `three_questions` returned.
    """
    return int((answers["grade"] == Grade.ASSUMPTION.value).sum())


def open_count(answers: pd.DataFrame) -> int:
    """Return how many questions nobody has answered yet.

    Args:
        answers: What `three_questions` returned.
    """
    return int((answers["grade"] == Grade.OPEN.value).sum())


def assumption_sentence(answers: pd.DataFrame) -> str:
    """Say, for the cover, how many answers are assumptions, and how many questions are open.

    Args:
        answers: What `three_questions` returned.
    """
    assumed, left = assumption_count(answers), open_count(answers)
    total = len(answers) - left
    said = []
    if total and not assumed:
        rest = "rests" if total == 1 else "rest"
        whole = f"All {plural(total, 'answer')}" if total > 1 else "The one answer"
        said.append(f"{whole} about the segments {rest} on evidence.")
    elif total:
        verb = "is an assumption" if assumed == 1 else "are assumptions"
        said.append(
            f"{assumed} of {plural(total, 'answer')} about the segments {verb}: believed, not "
            "measured."
        )
    if left:
        told = "is open" if left == 1 else "are open"
        said.append(f"{plural(left, 'question')} {told}: nothing is known or believed yet.")
    return " ".join(said)


def _given(
    stories: StoryFile,
    segment_id: str,
    question: str,
    book: EvidenceBook,
    names: Mapping[str, str],
    currency: str,
) -> Iterator[Answer]:
    for place, answer in enumerate(stories.stories.answers):
        if (answer.segment, answer.question) != (segment_id, question):
            continue
        where = stories.where("answers", place, "text")
        values = own_values(book, segment_id, names=names, currency=currency)
        grades = [book.get(name, where=where).grade for name in answer.evidence]
        text = tell(answer.text, values, where=where, causes=earns_causes(answer.evidence, book))
        yield Answer(text, weakest(grades), answer.evidence)


def _measured(
    question: str,
    segment_id: str,
    tables: Tables,
    currency: str,
    declared: Mapping[str, Subject] | None,
    few: int,
) -> Iterator[Answer]:
    if question == "value":
        told = preferences(segment_id, tables, currency=currency, declared=declared, few=few)
        if told:
            yield Answer(told[0], Grade.ASSOCIATION, told[1])
        yield from _own_words(segment_id, tables, few)
    elif question == "reach":
        yield from _ways(segment_id, tables, currency, declared, few)
    else:
        for text, grade, evidence in levers(segment_id, tables, currency=currency):
            yield Answer(text, grade, evidence)


def _own_words(segment_id: str, tables: Tables, few: int) -> Iterator[Answer]:
    rows = rows_of(tables, "words", segment_id=segment_id)
    if rows.empty:
        return
    order = "place" if "place" in rows.columns else "word"
    rows = rows.sort_values([order, "word"]).head(_MOST_WORDS)
    said = [
        f"“{row['word']}” ({_users(row, '', few)} of those who wrote, against "
        f"{_users(row, 'rest_', few)} of all others)"
        for row in rows.to_dict("records")
    ]
    ids = tuple(
        f"words:{segment_id}:{word}:{column}"
        for word in rows["word"]
        for column in ("share", "rest_share")
    )
    yield Answer(f"In their own words: {listing(said)}.", Grade.ASSOCIATION, ids)


def _users(row: Mapping[Any, Any], whose: str, few: int) -> str:
    """The share of those who wrote that use a word, unless it gives a few of them away."""
    wrote = row[f"{whose}wrote"]
    return people_share(row[f"{whose}share"], row[f"{whose}customers"], wrote, few=few)


def _ways(
    segment_id: str, tables: Tables, currency: str, declared: Mapping[str, Subject] | None, few: int
) -> Iterator[Answer]:
    found = ways_of(segment_id, tables, currency=currency, declared=declared, few=few)
    consent = rows_of(tables, "consent", segment_id=segment_id)
    claims, ids = list(found.claims), found.evidence
    if len(consent) and pd.notna(consent["allowed_share"].iloc[0]):
        share = float(consent["allowed_share"].iloc[0])
        people, of = float(consent["allowed"].iloc[0]), float(consent["customers"].iloc[0])
        claims.append(f"{people_share(share, people, of, few=few)} of them allow marketing")
        ids = (*ids, f"consent:{segment_id}:allowed_share")
    if claims:
        # That no way stands out is a sentence of its own, which no list goes on from.
        alone = bool(found.claims) and not found.stands_out
        text = "; ".join(claims) if alone else listing(claims)
        yield Answer(f"{text[0].upper()}{text[1:]}.", Grade.ASSOCIATION, ids)
    if claims and not found.claims:
        yield _unknown("reach")


def _unknown(question: str) -> Answer:
    texts = {
        "value": "Not known: nothing they buy or write sets them apart. Ask them.",
        "reach": "Not known: the data hold no channel or device. Ask them, or record it with "
        "orders and events.",
        "lever": "Not known: nothing was measured or tested. Test one offer with a control group.",
    }
    return Answer(texts[question], Grade.OPEN, ())
