"""Narratives by audience: the same quarter for leadership, marketing and product."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader

from segmentation_lib.params.stories import AUDIENCES, StoryFile
from segmentation_lib.profile.story.answers import assumption_sentence
from segmentation_lib.profile.story.causes import earned_sentences, map_sentence
from segmentation_lib.profile.story.day import day_sentence
from segmentation_lib.profile.story.edges import EVERYONE
from segmentation_lib.profile.story.evidence import EvidenceBook
from segmentation_lib.profile.story.levers import (
    Lever,
    break_of,
    early_of,
    friction_of,
    shown_by_test,
)
from segmentation_lib.profile.story.placeholders import Level
from segmentation_lib.profile.story.prose import own_values, tell
from segmentation_lib.profile.story.sources import Tables, quarter_evidence, rows_of
from segmentation_lib.profile.wording import listing, titled

__all__ = ["NARRATIVE_COLUMNS", "narratives", "template_text"]

_Finder = Callable[[str, Tables], Lever | None]
NARRATIVE_COLUMNS = ("audience", "segment_id", "place", "text", "source")


def narratives(
    segment_ids: Iterable[str],
    tables: Tables,
    *,
    names: Mapping[str, str] | None = None,
    answers: pd.DataFrame | None = None,
    stories: StoryFile | None = None,
    currency: str = "",
) -> pd.DataFrame:
    """Tell the quarter to each audience, of all segments together and of each.

    Every number is a placeholder for a cell, so a refresh changes the text with its numbers.
    Paragraphs of people (``stories.yaml``) come after the generated one.

    Args:
        segment_ids: The segments.
        tables: Tables of the quarter.
        names: Names of the segments.
        answers: What `three_questions` returned.
        stories: What people wrote.
        currency: Three-letter code of the amounts.

    Returns:
        The artefact ``narratives``: ``audience``, ``segment_id`` (``(all)`` for the whole),
        ``place`` from 1, ``text`` and ``source`` (template, or file and line).

    Raises:
        ContractError: A placeholder without a source, a typed number, or a word that claims a
            cause without an experiment.
    """
    ids, names, stories = sorted(set(segment_ids)), names or {}, stories or StoryFile()
    book = quarter_evidence(tables)
    earned = _earned(ids, tables, currency)
    rows = []
    for audience in AUDIENCES:
        for segment_id in (EVERYONE, *ids):
            if segment_id == EVERYONE:
                name = f"{audience}_all.j2"
                values = _overall(ids, tables, book, names, answers, currency)
            else:
                name = f"{audience}.j2"
                values = _own(segment_id, tables, book, names, answers, currency)
            texts = [
                (tell(template_text(name), values, where=f"template {name}", earned=earned), name)
            ]
            for place, passage in enumerate(stories.stories.narratives):
                if (passage.audience, passage.segment) == (audience, segment_id):
                    where = stories.where("narratives", place, "text")
                    texts.append((tell(passage.text, values, where=where, earned=earned), where))
            texts = [(text, source) for text, source in texts if text]
            rows += [
                (audience, segment_id, place, text, source)
                for place, (text, source) in enumerate(texts, start=1)
            ]
    return pd.DataFrame(rows, columns=list(NARRATIVE_COLUMNS))


def template_text(name: str) -> str:
    """Return the text of a template of this room.

    Args:
        name: Its file, such as ``marketing.j2``.
    """
    loader = PackageLoader("segmentation_lib.profile.story")
    return loader.get_source(Environment(autoescape=True), name)[0]


def _earned(ids: Iterable[str], tables: Tables, currency: str) -> tuple[str, ...]:
    """Sentences that rest on experiments, as they may stand in a narrative."""
    mapped = earned_sentences(tables["cause_map"]) if "cause_map" in tables else ()
    tested = [
        lever.text
        for name in (EVERYONE, *ids)
        for lever in shown_by_test(name, tables, currency)
        if lever.grade.earns_causes
    ]
    return (*mapped, *tested)


def _own(
    segment_id: str,
    tables: Tables,
    book: EvidenceBook,
    names: Mapping[str, str],
    answers: pd.DataFrame | None,
    currency: str,
) -> Level:
    durable = rows_of(tables, "durable_value", segment_id=segment_id)
    decision = rows_of(tables, "decisions", segment_id=segment_id)
    warnings = rows_of(tables, "name_warnings", segment_id=segment_id)
    low_profit = decision[decision["low_profit"]] if "low_profit" in decision else decision
    stumbles, loops = break_of(segment_id, tables), friction_of(segment_id, tables)
    said = {
        "value": _answer(answers, segment_id, "value"),
        "reach": _answer(answers, segment_id, "reach"),
        "verdict": _under_heading(_first(durable, "sentence"), segment_id, names),
        "decision": _first(low_profit, "rule"),
        "caution": _first(warnings, "sentence"),
        "break": stumbles.text if stumbles else "",
        "friction": loops.text if loops else "",
        "day": _day(segment_id, tables, names),
    }
    more: dict[str, Any] = {"said": Level(said, "said"), "looked": _looked(tables)}
    return own_values(book, segment_id, names=names, currency=currency, more=more)


def _overall(
    ids: list[str],
    tables: Tables,
    book: EvidenceBook,
    names: Mapping[str, str],
    answers: pd.DataFrame | None,
    currency: str,
) -> Level:
    tested = [
        (name, lever)
        for name in (EVERYONE, *ids)
        for lever in shown_by_test(name, tables, currency)
    ]
    early = early_of(tables)
    said = {
        "map": map_sentence(tables["cause_map"]) if "cause_map" in tables else "",
        "assumptions": "" if answers is None else assumption_sentence(answers),
        "tested": " ".join(
            f"Tested, {_who(name, names)}: {lever.text.removeprefix('Tested: ')}"
            for name, lever in tested
        ),
        "words": _words(ids, tables, names),
        "breaks": _with(ids, tables, names, break_of),
        "frictions": _with(ids, tables, names, friction_of),
        "early": early.text if early else "",
    }
    more: dict[str, Any] = {"said": Level(said, "said"), "looked": _looked(tables)}
    value = tables.get("segment_value", pd.DataFrame(columns=["segment_id", "value_index"]))
    ranked = value[value["segment_id"].isin(ids) & value["value_index"].notna()].sort_values(
        ["value_index", "segment_id"], ascending=[False, True]
    )
    if len(ranked) > 1:
        ends = {"best": ranked["segment_id"].iloc[0], "least": ranked["segment_id"].iloc[-1]}
        for word, segment_id in ends.items():
            more[word] = own_values(book, str(segment_id), names=names, currency=currency)
    more |= {name: own_values(book, name, names=names, currency=currency) for name in ids}
    return own_values(book, EVERYONE, names=names, currency=currency, more=more)


def _with(ids: list[str], tables: Tables, names: Mapping[str, str], find: _Finder) -> str:
    """The segments of which something was found; what it is, stands under each."""
    return listing([titled(name, names) for name in ids if find(name, tables)])


def _who(segment_id: str, names: Mapping[str, str]) -> str:
    return "all customers" if segment_id == EVERYONE else titled(segment_id, names)


def _under_heading(sentence: str, segment_id: str, names: Mapping[str, str]) -> str:
    """A sentence without the name of its segment, which stands above it."""
    said = sentence.removeprefix(f"{titled(segment_id, names)}: ")
    return said[:1].upper() + said[1:]


def _words(ids: list[str], tables: Tables, names: Mapping[str, str]) -> str:
    parts = []
    for name in ids:
        rows = rows_of(tables, "words", segment_id=name)
        if len(rows):
            order = "place" if "place" in rows.columns else "word"
            words = [f"“{word}”" for word in rows.sort_values([order, "word"])["word"][:3]]
            parts.append(f"{titled(name, names)} writes of {listing(words)}.")
    return " ".join(parts)


def _looked(tables: Tables) -> Level:
    """What was looked at, so that silence is no finding."""
    asked = {"steps": "funnel_breaks", "pages": "friction"}
    found = {name: "yes" if table in tables else "" for name, table in asked.items()}
    return Level(found, "looked")


def _answer(answers: pd.DataFrame | None, segment_id: str, question: str) -> str:
    if answers is None:
        return ""
    rows = answers[(answers["segment_id"] == segment_id) & (answers["question"] == question)]
    return " ".join(rows.sort_values("place")["answer"])


def _day(segment_id: str, tables: Tables, names: Mapping[str, str]) -> str:
    days = tables.get("days")
    if days is None or not (days["segment_id"] == segment_id).any():
        return ""
    return day_sentence(days, segment_id, names=names)


def _first(rows: pd.DataFrame, column: str) -> str:
    if rows.empty or column not in rows.columns or pd.isna(rows[column].iloc[0]):
        return ""
    return str(rows[column].iloc[0])
