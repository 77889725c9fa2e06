"""A card per segment: who they are, how many, what they are worth, how sure we are of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from segmentation_lib.params import ProfileParams
from segmentation_lib.profile.markers import people_share
from segmentation_lib.profile.names import suggest_names
from segmentation_lib.profile.phrases import Phrase
from segmentation_lib.profile.story.facts import card_facts
from segmentation_lib.profile.story.sources import Tables
from segmentation_lib.profile.traits import LEAST_PEOPLE, strongest_traits
from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.profile.wording import (
    against_average,
    amount,
    count,
    listing,
    number,
    percent,
    quantity,
)

__all__ = ["card_sentence", "segment_cards"]

_BOLD_FROM = 0.5
_DESCRIPTORS_SHOWN = 3
# Less sure than this, a card says so.
_SURE, _AMBIGUOUS = 0.8, 0.05

Card = dict[str, Any]
Rows = dict[str, dict[Any, Any]]


def segment_cards(
    *,
    traits: pd.DataFrame,
    value: pd.DataFrame,
    assignments: pd.DataFrame,
    stability: pd.DataFrame | None = None,
    changes: pd.DataFrame | None = None,
    outside: Mapping[str, float] | None = None,
    given_names: Mapping[str, str | None] | None = None,
    previous: Mapping[str, Any] | None = None,
    params: ProfileParams | None = None,
    currency: str = "",
    tables: Tables | None = None,
    answers: pd.DataFrame | None = None,
    prose: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Make the artefact ``segments``: one card per segment, and the base to read them against.

    Sizes and traits are those at the close, as deployed. Value is what the customers who were in
    the segment at the open brought in the quarter.

    Args:
        traits: The artefact ``traits``, as of the close.
        value: The artefact ``segment_value``.
        assignments: The artefact ``assignments_close``.
        stability: The artefact ``segment_stability``.
        changes: The artefact ``segment_changes``.
        outside: What ``value_outside`` returned.
        given_names: Names from the register, by segment ID.
        previous: The artefact ``segments`` of the previous quarter; without one, sizes are not
            compared.
        params: The ``profile`` section: traits on a card, and the confidence under which a
            customer counts as ambiguous.
        currency: Three-letter code of the amounts.
        tables: Further tables of the quarter, see ``story.sources.TABLES``; with them, each card
            also holds what ``story.card_facts`` returns, and ``confidence_sentence``.
        answers: What ``story.three_questions`` returned.
        prose: What ``story.day_prose`` returned; with ``tables``, it opens the card's ``day``.

    Returns:
        ``segments`` (cards by ID: identity, ``customers``, ``customer_share``,
        ``customers_before``, value, confidence, ``stability``, ``traits``, ``descriptors``,
        ``change``, ``sentence``), ``retired``, ``base``, ``not_segmented`` (customers by state)
        and ``value_measure``. Numbers that are not known are None; ``change`` is empty in the
        first quarter.
    """
    params = params or ProfileParams()
    placed = assignments[assignments["segment_id"].notna()]
    worth: Rows = {str(row["segment_id"]): row for row in value.to_dict("records")}
    ids = sorted({*placed["segment_id"].astype("str"), *worth} - {ALL_SEGMENTS})
    names = suggest_names(traits, ids, given=given_names)
    cards = []
    for segment_id in ids:
        members = placed[placed["segment_id"] == segment_id]
        card: Card = {
            "id": segment_id,
            "name": names[segment_id],
            "customers": len(members),
            "customer_share": len(members) / len(placed) if len(placed) else None,
            **_before(previous, worth, segment_id),
            **_value(worth, segment_id),
            **_confidence(members, params.ambiguous_below),
            **_stability(stability, segment_id),
            "traits": _trait_entries(strongest_traits(traits, segment_id, limit=params.traits)),
            "descriptors": _trait_entries(
                strongest_traits(traits, segment_id, role="descriptor", limit=_DESCRIPTORS_SHOWN)
            ),
            **_change(None if previous is None else changes, segment_id),
        }
        measure = str(value["measure"].iloc[0]) if len(value) else ""
        unit = str(value["unit"].iloc[0]) if len(value) else ""
        card["sentence"] = card_sentence(card, measure=measure, unit=unit, currency=currency)
        if tables is not None:
            card |= card_facts(
                segment_id,
                tables,
                answers=answers,
                ambiguous_share=card["ambiguous_share"],
                names=names,
                prose=(prose or {}).get(segment_id, ""),
                currency=currency,
            )
            card["confidence_sentence"] = _confidence_sentence(card)
        cards.append(card)
    total = worth.get(ALL_SEGMENTS)
    unplaced = assignments.loc[assignments["segment_id"].isna(), "state"].value_counts()
    return {
        "segments": cards,
        "retired": _retired(changes),
        "base": {
            "customers": len(placed),
            "customers_at_open": None if total is None else int(total["customers"]),
            "value": None if total is None else _known(total["value"]),
            "value_per_customer": None if total is None else _known(total["value_per_customer"]),
            "value_index": 100.0,
            "customers_outside": None if outside is None else int(outside["customers"]),
            "value_outside": None if outside is None else _known(outside["value"]),
            "value_share_outside": None if outside is None else _known(outside["value_share"]),
        },
        "not_segmented": {str(state): int(unplaced[state]) for state in sorted(unplaced.index)},
        "value_measure": str(value["measure"].iloc[0]) if len(value) else None,
        "value_unit": str(value["unit"].iloc[0]) if len(value) else None,
        "currency": currency,
    }


def card_sentence(card: Mapping[str, Any], *, measure: str, unit: str, currency: str = "") -> str:
    """Sum a card up in plain English; every number comes from the card.

    Args:
        card: A card of ``segment_cards`` without its sentence.
        measure: What value is measured by, in words.
        unit: Unit of the value; ``money`` is written as an amount.
        currency: Three-letter code of the amounts.
    """
    share = "" if card["customer_share"] is None else f" ({percent(card['customer_share'])})"
    sentences = [f"{count(card['customers'])} customers{share}."]
    if card["value_share"] is not None and measure != "number of customers":
        each = card["value_per_customer"]
        money = amount(each, currency) if unit == "money" else number(each)
        times = against_average(card["value_index"] / 100)
        sentences.append(
            f"The {percent(card['customer_share_at_open'])} of customers it held at the open "
            f"account for {percent(card['value_share'])} of {measure}: "
            f"{money} each, {times}."
        )
    claims = [
        f"{trait['phrase']} ({_trait_mean(trait, card['customers'], currency)} "
        f"against {quantity(trait['base'], trait['unit'], currency, named=False)})"
        for trait in card["traits"]
    ]
    if claims:
        sentences.append(f"Compared with all customers: {listing(claims)}.")
    else:
        sentences.append("No feature sets these customers clearly apart from all others.")
    return " ".join(sentences)


def _trait_mean(trait: Card, customers: int, currency: str) -> str:
    """A trait's mean in words; a share of a level is one of people, and a few are not told."""
    mean = float(trait["mean"])
    if "=" in trait["feature"]:
        return people_share(mean, mean * customers, customers, few=LEAST_PEOPLE)
    return quantity(mean, trait["unit"], currency)


def _known(value: Any) -> float | None:
    return float(value) if math.isfinite(float(value)) else None


def _before(previous: Mapping[str, Any] | None, worth: Rows, segment_id: str) -> Card:
    """Size at the open, which is the last close, under the same model as now."""
    if previous is None or segment_id not in worth:
        return {"customers_before": None, "customer_share_before": None}
    row = worth[segment_id]
    return {
        "customers_before": int(row["customers"]),
        "customer_share_before": float(row["customer_share"]),
    }


def _value(worth: Rows, segment_id: str) -> Card:
    names = ("value", "value_share", "value_per_customer", "value_index")
    if segment_id not in worth:
        empty = {"customers_at_open": 0, "customer_share_at_open": 0.0}
        return {**empty, **dict.fromkeys(names)}
    row = worth[segment_id]
    return {
        "customers_at_open": int(row["customers"]),
        "customer_share_at_open": float(row["customer_share"]),
        **{name: _known(row[name]) for name in names},
    }


def _confidence(members: pd.DataFrame, ambiguous_below: float) -> Card:
    if members.empty:
        return {"confidence_mean": None, "ambiguous_share": None}
    return {
        "confidence_mean": float(members["confidence"].mean()),
        "ambiguous_share": float((members["confidence"] < ambiguous_below).mean()),
    }


def _confidence_sentence(card: Card) -> str:
    """Say how surely customers are placed, where that is less than sure."""
    mean, ambiguous = card["confidence_mean"], card["ambiguous_share"]
    if mean is None or (mean >= _SURE and ambiguous < _AMBIGUOUS):
        return ""
    return (
        f"{percent(ambiguous)} could as well be in another segment; the mean confidence is "
        f"{number(mean)}."
    )


def _stability(stability: pd.DataFrame | None, segment_id: str) -> Card:
    rows = None if stability is None else stability[stability["segment_id"] == segment_id]
    if rows is None or rows.empty:
        return {"stability": None, "borderline_share": None}
    row = rows.iloc[0]
    return {
        "stability": _known(row["jaccard"]),
        "borderline_share": _known(row["borderline_share"]),
    }


def _trait_entries(chosen: list[tuple[pd.Series, Phrase]]) -> list[Card]:
    return [
        {
            "feature": str(row["feature"]),
            "phrase": phrase.text,
            "unit": "" if pd.isna(row["unit"]) else str(row["unit"]),
            "mean": float(row["mean"]),
            "base": float(row["base_mean"]),
            "index": _known(row["index"]),
            "difference": float(row["difference"]),
            # Where it was measured whether a trait is stable, only a stable one is bold.
            "bold": bool(row["bold"] if "bold" in row else abs(row["difference"]) >= _BOLD_FROM),
        }
        for row, phrase in chosen
    ]


def _change(changes: pd.DataFrame | None, segment_id: str) -> Card:
    rows = None if changes is None else changes[changes["segment_id"] == segment_id]
    if rows is None or rows.empty:
        return {"change": "", "change_sentence": ""}
    # A segment that was kept and took another in is told as the other's end.
    told = rows[rows["change"] != "kept"] if (rows["change"] != "kept").any() else rows
    return {
        "change": str(told["change"].iloc[0]),
        "change_sentence": " ".join(rows["sentence"].astype("str")),
    }


def _retired(changes: pd.DataFrame | None) -> list[Card]:
    if changes is None:
        return []
    gone = changes[changes["change"].isin(["merged", "retired"])]
    # A merged segment's own ID is where the change came from; the row names where it went.
    own = gone["from_segment_id"].where(gone["change"] == "merged", gone["segment_id"])
    cards = [
        {"id": str(segment_id), "change": str(row["change"]), "sentence": str(row["sentence"])}
        for segment_id, (_, row) in zip(own, gone.iterrows(), strict=True)
    ]
    return sorted(cards, key=lambda card: str(card["id"]))
