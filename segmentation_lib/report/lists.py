"""Lists for notebooks: the gates, the segments' cards, what customers said, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from segmentation_lib.report.format import is_missing
from segmentation_lib.report.pages import render_piece
from segmentation_lib.report.prose import Snippet
from segmentation_lib.report.theme import segment_colours

__all__ = ["action_list", "card_list", "gate_list", "memo", "quote_list"]


def gate_list(scorecard: Mapping[str, Any]) -> Snippet:
    """Return the scorecard as a list: verdict, question, answer and measure of each gate.

    Args:
        scorecard: The artefact ``scorecard``.
    """
    return Snippet(Markup(render_piece("gates", gates=scorecard["gates"])))


def card_list(cards: Mapping[str, Any], *, currency: str | None = None) -> Snippet:
    """Return a card per segment: ID, name and its summary, and whatever else the card knows.

    Args:
        cards: The artefact ``segments``. Each card has ``id``, ``name`` and ``sentence``. It may
            have ``customers``, ``customer_share``, ``value_per_customer`` with ``value_low`` and
            ``value_high``, ``lifetime_value`` with ``lifetime_low`` and ``lifetime_high``,
            ``verdict_sentence``, ``traits`` (``phrase`` and ``bold``), ``words``, ``answers``
            (``question``, ``answer``, ``grade``), ``do`` and ``do_not`` (texts, or ``text`` and
            ``grade``), ``quotes`` (``quote``, ``source``, ``n``), ``day``, ``funnel_break``,
            ``confidence_sentence``, ``change_sentence`` and ``warning``; what is absent, None or
            empty is not shown.
        currency: Three-letter code for amounts; that of the artefact if None.
    """
    given = cards["segments"]
    # A number of visits is no money.
    in_money = cards.get("value_unit", "money") == "money"
    shown = [
        {
            **card,
            **({} if in_money else {"value_per_customer": None}),
            **{key: _text(card, key) for key in _SENTENCES},
            "traits": [one for one in _listed(card, "traits") if one.get("phrase")],
            "answers": [_asked(one) for one in _listed(card, "answers")],
            "do": [_advice(one) for one in _listed(card, "do")],
            "do_not": [_advice(one) for one in _listed(card, "do_not")],
            "words": [str(word) for word in _listed(card, "words")],
            "quotes": [_quoted(one) for one in _listed(card, "quotes")],
        }
        for card in given
    ]
    return Snippet(
        Markup(
            render_piece(
                "cards",
                cards=shown,
                colours=segment_colours([card["id"] for card in given]),
                currency=currency or cards.get("currency") or "EUR",
            )
        )
    )


def quote_list(quotes: pd.DataFrame | Iterable[Mapping[str, Any]]) -> Snippet:
    """Return what customers said: each quote with its source and the number of answers.

    Args:
        quotes: ``quote`` and ``source``; ``segment_id``, ``n`` (answers it was chosen from, not
            told under ten) and ``period`` or ``date`` (text) may be there. Nothing in it gives
            one sentence that says so.

    Raises:
        ValueError: A quote has no source.
    """
    rows: Iterable[Mapping[Any, Any]] = (
        quotes.to_dict("records") if isinstance(quotes, pd.DataFrame) else quotes
    )
    said = [_quoted(row) for row in rows]
    for place, one in enumerate(said, start=1):
        if not one["source"]:
            raise ValueError(f"quote {place} has no source; say where it was heard, or leave it")
    colours = segment_colours([one["segment_id"] for one in said if one["segment_id"]])
    return Snippet(Markup(render_piece("quotes", quotes=said, colours=colours)))


def memo(passages: pd.DataFrame, *, names: Mapping[str, str] | None = None) -> Snippet:
    """Return a short memo: what holds for all first, then a heading and text per segment.

    Args:
        passages: ``segment_id`` (anything but an ID such as ``S01`` holds for all) and ``text``,
            in the order to be read.
        names: Names of the segments.

    Raises:
        ValueError: There is nothing to tell.
    """
    if passages.empty:
        raise ValueError("a memo needs at least one passage")
    ids = list(dict.fromkeys(passages["segment_id"].astype("str")))
    parts = [
        {
            "id": name,
            "name": (names or {}).get(name, ""),
            "texts": list(passages.loc[passages["segment_id"] == name, "text"].astype("str")),
        }
        for name in ids
    ]
    colours = segment_colours([name for name in ids if _SEGMENT.fullmatch(name)])
    return Snippet(Markup(render_piece("memo", parts=parts, colours=colours)))


def action_list(actions: pd.DataFrame) -> Snippet:
    """Return the actions in order, each with its segment, reason and grade of evidence.

    Args:
        actions: The artefact ``actions``.
    """
    rows = actions.sort_values("order").to_dict("records")
    segments = [row["segment_id"] for row in rows if str(row["segment_id"]).startswith("S")]
    colours = segment_colours(segments)
    return Snippet(Markup(render_piece("actions", actions=rows, colours=colours)))


_SEGMENT = re.compile(r"S\d{2,}")
# Answers of fewer people are not counted on a page.
_FEW = 10

# The three questions each card answers, by their code.
_QUESTIONS = {
    "value": "What do they value most?",
    "reach": "How do they prefer to be reached?",
    "lever": "Which levers move the needle?",
}


_SENTENCES = (
    "warning", "verdict_sentence", "funnel_break", "confidence_sentence", "change_sentence", "day",
)  # fmt: skip


def _listed(card: Mapping[str, Any], key: str) -> Sequence[Any]:
    return card.get(key) or ()


def _asked(answer: Mapping[str, Any]) -> dict[str, str]:
    question = str(answer["question"])
    said = str(answer.get("heading") or _QUESTIONS.get(question, question))
    return {"question": said, "answer": str(answer["answer"]), "grade": _text(answer, "grade")}


def _advice(one: str | Mapping[str, Any]) -> dict[str, str]:
    if isinstance(one, str):
        return {"text": one, "grade": ""}
    return {"text": str(one["text"]), "grade": _text(one, "grade")}


def _quoted(row: Mapping[Any, Any]) -> dict[str, Any]:
    answers = row.get("n")
    few = is_missing(answers) or int(answers) < _FEW  # type: ignore[arg-type]
    return {
        "segment_id": _text(row, "segment_id"),
        "quote": str(row["quote"]),
        "source": _text(row, "source"),
        "n": None if few else int(answers),  # type: ignore[arg-type]
        "date": _text(row, "period") or _text(row, "date"),
    }


def _text(row: Mapping[Any, Any], key: str) -> str:
    value = row.get(key)
    return "" if is_missing(value) else str(value)
