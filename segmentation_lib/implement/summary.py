"""The quarter in a few sentences: may the segments be used, and what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from segmentation_lib.implement.migration.matrix import migration_sentences
from segmentation_lib.implement.migration.sizes import size_moves
from segmentation_lib.profile.value import ALL_SEGMENTS, HEADCOUNT
from segmentation_lib.profile.wording import count, listing, percent, plural, quantity, titled
from segmentation_lib.validate import kpi_words

__all__ = ["summarise"]

_MOST_CHANGES = 5
# The checks that say why to believe a GO.
_TELLING = ("structure", "external", "time", "baseline")
_WITHHELD = ("The customer file for marketing operations, exports/crm.csv, was not made.",)
_COMPARED = (("revenue", "orders"), ("active", "visited"))

_STATES = {"NEW": "new", "LAPSED": "lapsed", "INACTIVE": "never active"}

Cards = Mapping[str, Any]


def summarise(
    *,
    scorecard: Mapping[str, Any],
    cards: Cards,
    matrix: pd.DataFrame,
    baseline: pd.DataFrame,
    changes: pd.DataFrame | None = None,
    previous_cards: Cards | None = None,
    previous_baseline: pd.DataFrame | None = None,
    previous_scorecard: Mapping[str, Any] | None = None,
    quality: Mapping[str, Any] | None = None,
    refit: str = "",
    noise: str = "",
    refused: str = "",
    small_cell: int = 10,
) -> dict[str, Any]:
    """Make the artefact ``summary``, what the first page says in sentences.

    Args:
        scorecard: The artefact ``scorecard``: ``verdict``, ``sentence`` and ``gates`` (``code``,
            ``title``, ``verdict``, ``sentence``).
        cards: The artefact ``segments``.
        matrix: The artefact ``migration``.
        baseline: The artefact ``kpi_baseline``.
        changes: The artefact ``segment_changes``.
        previous_cards: ``segments`` of the previous quarter; None in the first quarter.
        previous_baseline: ``kpi_baseline`` of the previous quarter.
        previous_scorecard: ``scorecard`` of the previous quarter.
        quality: The artefact ``quality``; its soft findings (``checks``) are mentioned.
        refit: What ``refit_sentence`` returned; said after the migration.
        noise: How many moves chance alone would bring; said after the migration.
        refused: Why nothing may be exported; empty where it may.
        small_cell: Counts of fewer customers are not mentioned.

    Returns:
        ``verdict``, ``verdict_sentence``, ``reasons``, ``withheld`` (sentences),
        ``changes`` (up to five sentences), ``migration_sentences`` and, all in one,
        ``migration_sentence``.
    """
    verdict = str(scorecard["verdict"])
    names = {card["id"]: card["name"] for card in cards["segments"]}
    former = {card["id"]: card["name"] for card in (previous_cards or {}).get("segments", [])}
    if previous_cards is None:
        news = _first_quarter(cards, names, small_cell)
    else:
        news = [
            *_verdict_news(scorecard, previous_scorecard),
            *_segment_news(changes),
            *_size_news(cards, names),
            *_kpi_news(baseline, previous_baseline, str(cards.get("currency") or "")),
        ]
    data_news = _data_news(quality)
    moves = migration_sentences(matrix, {**former, **names}, small_cell=small_cell)
    moved = [sentence for sentence in (*moves, noise, refit) if sentence]
    return {
        "verdict": verdict,
        "verdict_sentence": str(scorecard["sentence"]),
        "reasons": _reasons(scorecard.get("gates", [])),
        "withheld": [refused, *_WITHHELD] if refused else [],
        "changes": [*news[: _MOST_CHANGES - len(data_news)], *data_news],
        "migration_sentences": moved,
        "migration_sentence": " ".join(moved),
    }


def _reasons(gates: Iterable[Mapping[str, Any]]) -> list[str]:
    """Give the sentences of the gates, worst first; of those that passed only if all did.

    Then the ones that carry the verdict are enough: all others are listed below, as checks. What
    was not assessed comes last, but always: who reads the verdict must know its gaps.
    """
    order = ("no-go", "limits", "go", "not assessed")
    ranked = sorted(gates, key=lambda gate: order.index(gate["verdict"]))
    weak = any(gate["verdict"] in ("no-go", "limits") for gate in ranked)
    passed = [gate for gate in ranked if gate["verdict"] == "go"]
    telling = [gate for gate in passed if gate["code"] in _TELLING] or passed
    dropped = passed if weak else [gate for gate in passed if gate not in telling]
    return [str(gate["sentence"]) for gate in ranked if gate not in dropped]


def _first_quarter(cards: Cards, names: Mapping[str, str], small_cell: int) -> list[str]:
    segments = cards["segments"]
    were = "was" if len(segments) == 1 else "were"
    apart = cards["not_segmented"]
    inside = f"{count(cards['base']['customers'])} customers are in a segment"
    shown = [
        f"{count(number)} {_STATES.get(state, state)}"
        for state, number in apart.items()
        if number >= small_cell
    ]
    if shown:
        inside += f"; kept apart are {listing(shown)} customers"
    sentences = [
        f"This is the first quarter: {plural(len(segments), 'segment')} {were} found, and there "
        "is nothing earlier to compare with.",
        f"{inside}.",
    ]
    valued = [card for card in segments if card["value_share"] is not None]
    if valued and cards["value_measure"] != HEADCOUNT.words:
        top = max(valued, key=lambda card: (card["value_share"], card["id"]))
        sentences.append(
            f"{titled(top['id'], names)} holds the largest share of value: "
            f"{percent(top['value_share'])} of {cards['value_measure']}, with "
            f"{percent(top['customer_share_at_open'])} of customers."
        )
    return sentences


def _verdict_news(now: Mapping[str, Any], before: Mapping[str, Any] | None) -> list[str]:
    """Say that the verdict changed, and which answers made it change."""
    if before is None or before["verdict"] == now["verdict"]:
        return []
    then = {gate["code"]: gate["verdict"] for gate in before["gates"]}
    turned = [
        f"“{gate['title']}” went from {then[gate['code']]} to {gate['verdict']}"
        for gate in now["gates"]
        if then.get(gate["code"], gate["verdict"]) != gate["verdict"]
    ]
    why = f": {listing(turned)}" if turned else ""
    return [f"The verdict was {before['verdict']} last quarter and is {now['verdict']} now{why}."]


def _segment_news(changes: pd.DataFrame | None) -> list[str]:
    if changes is None or changes.empty:
        return []
    other = changes[changes["change"] != "kept"].sort_values("segment_id", kind="stable")
    kept = int((changes["change"] == "kept").sum())
    if other.empty:
        are = "The one segment is" if kept == 1 else f"All {kept} segments are"
        return [f"{are} those of the last quarter, with the same IDs."]
    shown = [str(sentence) for sentence in other["sentence"].iloc[:2]]
    rest = len(other) - len(shown)
    more = f" The cluster page lists {plural(rest, 'more change')}." if rest else ""
    own = "its ID" if kept == 1 else "their IDs"
    return [f"{plural(kept, 'segment')} kept {own}. {' '.join(shown)}{more}"]


def _size_news(cards: Cards, names: Mapping[str, str]) -> list[str]:
    moves = size_moves(cards)
    if not moves and any(card["customer_share_before"] is not None for card in cards["segments"]):
        return ["No segment grew or shrank much: none by two points of all customers."]
    return [
        f"{titled(card['id'], names)} {'grew' if move > 0 else 'shrank'} from "
        f"{percent(card['customer_share_before'])} to {percent(card['customer_share'])} "
        "of customers in a segment."
        for move, card in moves[:2]
    ]


def _kpi_news(baseline: pd.DataFrame, previous: pd.DataFrame | None, currency: str) -> list[str]:
    if previous is None:
        return []
    now = {str(row["kpi"]): row for row in _overall(baseline)}
    before = {str(row["kpi"]): row for row in _overall(previous)}
    sentences = []
    for choices in _COMPARED:
        kpi = next((name for name in choices if name in now and name in before), None)
        if kpi is None:
            continue
        row, old = now[kpi], before[kpi]
        value = quantity(float(row["value"]), _unit(row), currency)
        was = quantity(float(old["value"]), _unit(row), currency)
        # A value inside the other quarter's interval is no news.
        if row["low"] <= old["value"] <= row["high"] or old["low"] <= row["value"] <= old["high"]:
            verdict = f"much as in the quarter before ({was})"
        else:
            way = "up" if row["value"] > old["value"] else "down"
            verdict = f"{way} from {was} in the quarter before"
        words = kpi_words(kpi)
        sentences.append(f"{words[0].upper()}{words[1:]} was {value}, {verdict}.")
    return sentences


def _overall(baseline: pd.DataFrame) -> list[dict[Any, Any]]:
    rows = baseline[(baseline["segment_id"] == ALL_SEGMENTS) & baseline["value"].notna()]
    return rows.to_dict("records")


def _unit(row: Mapping[Any, Any]) -> str:
    return "" if row["unit"] == "number" else str(row["unit"])


def _data_news(quality: Mapping[str, Any] | None) -> list[str]:
    soft = [check for check in (quality or {}).get("checks", []) if check["severity"] == "soft"]
    if not soft:
        return []
    rest = len(soft) - 1
    more = f" ({rest} more on the prepare page)" if rest else ""
    return [f"In the data: {str(soft[0]['sentence']).rstrip('.')}{more}."]
