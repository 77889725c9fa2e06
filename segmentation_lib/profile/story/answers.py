"""Three questions per segment: what they value, how to reach them, which levers move the needle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from segmentation_lib.params.stories import QUESTIONS, StoryFile
from segmentation_lib.profile.story.evidence import EvidenceBook, Grade, weakest
from segmentation_lib.profile.story.levers import levers
from segmentation_lib.profile.story.prose import check_stories, earns_causes, own_values, tell
from segmentation_lib.profile.story.sources import Tables, quarter_evidence, rows_of
from segmentation_lib.profile.traits import strongest_traits
from segmentation_lib.profile.wording import listing, percent, plural, quantity
from segmentation_lib.words import feature_words

__all__ = ["HEADINGS", "assumption_count", "assumption_sentence", "three_questions"]

HEADINGS: Mapping[str, str] = {
    "value": "What do they value most?",
    "reach": "How do they prefer to interact?",
    "lever": "Which levers move the needle?",
}
# Traits that tell what people look for; how often they come and how long they have been customers
# does not.
_PREFERENCES = ("discount", "basket", "breadth", "returns")
_PREFIXES = ("category_share_", "product_share_")
_WAYS = {
    "channel_share_": "of their orders come by {}",
    "device_share_": "of their events happen on {}",
    "visit_channel_share_": "of their events come via {}",
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
) -> pd.DataFrame:
    """Answer the three questions for each segment, each answer bound to its evidence.

    Answers of people (``stories.yaml``) come first; they are as strong as the weakest evidence
    they name, and an assumption when they name none. Then come the answers that the tables give.
    What people do tells what they value and how they like to be met; that a lever works is known
    from experiments only, so a lever that was merely seen is an association.

    Args:
        segment_ids: The segments.
        tables: Tables of the quarter, see ``sources.TABLES``.
        stories: What people wrote.
        retired: Segments that existed; stories may still name them.
        names: Names of the segments.
        currency: Three-letter code of the amounts.

    Returns:
        The artefact ``answers``, by segment, question and place: ``segment_id``, ``question``
        (``value``, ``reach``, ``lever``), ``place`` from 1, ``heading``, ``answer``, ``grade``
        and ``evidence`` (IDs joined by ``; ``, empty for an assumption). Every segment has at
        least one answer to every question.

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
                *_measured(question, segment_id, tables, currency),
            ] or [_unknown(question)]
            rows += [
                (segment_id, question, place, HEADINGS[question], answer.text,
                 answer.grade.value, "; ".join(answer.evidence))
                for place, answer in enumerate(answers, start=1)
            ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def assumption_count(answers: pd.DataFrame) -> int:
    """Return how many answers have no evidence.

    Args:
        answers: What `three_questions` returned.
    """
    return int((answers["grade"] == Grade.ASSUMPTION.value).sum())


def assumption_sentence(answers: pd.DataFrame) -> str:
    """Say, for the cover, how many answers are assumptions.

    Args:
        answers: What `three_questions` returned.
    """
    total, assumed = len(answers), assumption_count(answers)
    if not total:
        return ""
    if assumed == 0:
        return f"All {plural(total, 'answer')} about the segments rest on evidence."
    verb = "is an assumption" if assumed == 1 else "are assumptions"
    return (
        f"{assumed} of {plural(total, 'answer')} about the segments {verb}: believed or open, "
        "not measured."
    )


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


def _measured(question: str, segment_id: str, tables: Tables, currency: str) -> Iterator[Answer]:
    if question == "value":
        yield from _preferences(segment_id, tables, currency)
        yield from _own_words(segment_id, tables)
    elif question == "reach":
        yield from _ways(segment_id, tables)
    else:
        for text, grade, evidence in levers(segment_id, tables, currency=currency):
            yield Answer(text, grade, evidence)


def _preferences(segment_id: str, tables: Tables, currency: str) -> Iterator[Answer]:
    if "traits" not in tables:
        return
    traits = tables["traits"]
    found = [
        (row, phrase)
        for role in ("segmenting", "descriptor")
        for row, phrase in strongest_traits(traits, segment_id, role=role, limit=len(traits))
        if phrase.family in _PREFERENCES or str(row["feature"]).startswith(_PREFIXES)
    ]
    found.sort(key=lambda item: (-round(abs(item[0]["difference"]), 9), item[0]["feature"]))
    chosen, seen = [], set()
    for row, phrase in found:
        if phrase.family not in seen:
            seen.add(phrase.family)
            chosen.append((row, phrase))
    if not chosen:
        return
    claims = [
        f"{phrase.text} ({feature_words(str(row['feature']))}: "
        f"{quantity(row['mean'], row['unit'], currency, named=False)} against "
        f"{quantity(row['base_mean'], row['unit'], currency, named=False)} for all)"
        for row, phrase in chosen[:2]
    ]
    ids = tuple(
        f"traits:{segment_id}:{row['feature']}:{column}"
        for row, _ in chosen[:2]
        for column in ("mean", "base_mean")
    )
    yield Answer(f"What they buy shows it: {listing(claims)}.", Grade.ASSOCIATION, ids)


def _own_words(segment_id: str, tables: Tables) -> Iterator[Answer]:
    rows = rows_of(tables, "words", segment_id=segment_id)
    if rows.empty:
        return
    order = "place" if "place" in rows.columns else "word"
    rows = rows.sort_values([order, "word"]).head(_MOST_WORDS)
    said = [
        f"“{row['word']}” ({percent(row['share'])} of those who wrote, against "
        f"{percent(row['rest_share'])})"
        for row in rows.to_dict("records")
    ]
    ids = tuple(
        f"words:{segment_id}:{word}:{column}"
        for word in rows["word"]
        for column in ("share", "rest_share")
    )
    yield Answer(f"In their own words: {listing(said)}.", Grade.ASSOCIATION, ids)


def _ways(segment_id: str, tables: Tables) -> Iterator[Answer]:
    """Name the commonest level of each way to meet them."""
    rows = rows_of(tables, "traits", segment_id=segment_id)
    claims: list[str] = []
    ids: list[str] = []
    for prefix, words in _WAYS.items() if len(rows) else ():
        levels = rows[rows["feature"].str.startswith(prefix)]
        levels = levels[levels["mean"] > 0].sort_values(
            ["mean", "feature"], ascending=[False, True]
        )
        if levels.empty:
            continue
        row = levels.iloc[0]
        level = str(row["feature"]).removeprefix(prefix).replace("_", " ")
        claims.append(
            f"{percent(row['mean'])} {words.format(level)} ({percent(row['base_mean'])} of all)"
        )
        ids += [f"traits:{segment_id}:{row['feature']}:{name}" for name in ("mean", "base_mean")]
    consent = rows_of(tables, "consent", segment_id=segment_id)
    if len(consent) and pd.notna(consent["allowed_share"].iloc[0]):
        share = float(consent["allowed_share"].iloc[0])
        claims.append(f"{percent(share)} of them allow marketing")
        ids.append(f"consent:{segment_id}:allowed_share")
    if claims:
        text = listing(claims)
        yield Answer(f"{text[0].upper()}{text[1:]}.", Grade.ASSOCIATION, tuple(ids))


def _unknown(question: str) -> Answer:
    texts = {
        "value": "Not known: nothing they buy or write sets them apart. Ask them.",
        "reach": "Not known: the data hold no channel or device. Ask them, or start to record it.",
        "lever": "Not known: nothing was measured or tested. Test one offer with a control group.",
    }
    return Answer(texts[question], Grade.ASSUMPTION, ())
