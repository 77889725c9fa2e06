"""What a segment's card adds: worth over time, verdict, advice, voice and where the way breaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from segmentation_lib.profile.story.advice import advice_for
from segmentation_lib.profile.story.cells import known, row_of, words_of
from segmentation_lib.profile.story.day import day_sentence
from segmentation_lib.profile.story.evidence import Grade
from segmentation_lib.profile.story.levers import break_of, friction_of
from segmentation_lib.profile.story.sources import Tables, rows_of
from segmentation_lib.profile.wording import amount, count, percent

__all__ = ["card_facts", "consent_shares"]

_WORDS, _QUOTES = 6, 2

Facts = dict[str, Any]


def card_facts(
    segment_id: str,
    tables: Tables,
    *,
    answers: pd.DataFrame | None = None,
    ambiguous_share: float | None = None,
    names: Mapping[str, str] | None = None,
    prose: str = "",
    currency: str = "",
) -> Facts:
    """Return what is known of a segment beyond size, value in the quarter and traits.

    Args:
        segment_id: The segment.
        tables: Tables of the quarter; what is absent leaves its field empty.
        answers: What `three_questions` returned.
        ambiguous_share: Share of its customers who could as well be in another segment.
        names: Names of the segments.
        prose: What people wrote beside the segment's day; it comes before the day.
        currency: Three-letter code of the amounts.

    Returns:
        Fields of a card: ``lifetime_value`` with ``lifetime_low``, ``lifetime_high`` and
        ``lifetime_method``, ``value_sentence``, ``contribution_per_customer`` with
        ``contribution_low`` and ``contribution_high``, ``verdict`` and ``verdict_sentence``,
        ``do``, ``do_not`` and ``advice`` (the same with grade and evidence), ``words``,
        ``quotes``, ``funnel_break`` and ``friction`` (where no answer tells them), ``warning``,
        ``answers``, ``assumptions``, ``open_questions`` and ``day``.
    """
    lifetime = row_of(tables, "lifetime_value", segment_id)
    earned = row_of(tables, "contribution", segment_id)
    durable = row_of(tables, "durable_value", segment_id)
    advice = advice_for(segment_id, tables, ambiguous_share=ambiguous_share, currency=currency)
    stumbles, loops = break_of(segment_id, tables), friction_of(segment_id, tables)
    answered = _answers(segment_id, answers)
    told = {answer["answer"] for answer in answered["answers"]}
    return {
        "lifetime_value": known(lifetime, "value_per_customer"),
        "lifetime_low": known(lifetime, "low"),
        "lifetime_high": known(lifetime, "high"),
        "lifetime_method": words_of(lifetime, "method"),
        "value_sentence": _lifetime_sentence(lifetime, currency),
        "contribution_per_customer": known(earned, "contribution_per_customer"),
        "contribution_low": known(earned, "low"),
        "contribution_high": known(earned, "high"),
        "verdict": words_of(durable, "verdict"),
        "verdict_sentence": words_of(durable, "sentence"),
        "do": [item.text for item in advice if item.kind == "do"],
        "do_not": [item.text for item in advice if item.kind == "do not"],
        "advice": [
            {"kind": item.kind, "text": item.text, "grade": item.grade.value,
             "evidence": list(item.evidence)}
            for item in advice
        ],
        "words": _words(segment_id, tables),
        "quotes": _quotes(segment_id, tables),
        "funnel_break": stumbles.text if stumbles and stumbles.text not in told else "",
        "friction": loops.text if loops and loops.text not in told else "",
        "warning": " ".join(_sentences(rows_of(tables, "name_warnings", segment_id=segment_id))),
        **answered,
        "day": " ".join(filter(None, [prose, _day(segment_id, tables, names or {})])),
    }  # fmt: skip


def consent_shares(consent: pd.DataFrame, assignments: pd.DataFrame) -> pd.DataFrame:
    """Count who allows marketing, by segment.

    Args:
        consent: The artefact ``consent``: ``customer_id`` and ``marketing_consent``.
        assignments: ``customer_id`` and ``segment_id``.

    Returns:
        ``segment_id``, ``customers``, ``allowed`` and ``allowed_share``; a customer without a row
        does not allow it.
    """
    placed = assignments.loc[assignments["segment_id"].notna(), ["customer_id", "segment_id"]]
    joined = placed.merge(consent[["customer_id", "marketing_consent"]], how="left")
    allows = joined["marketing_consent"].astype("boolean").fillna(False).astype("int64")
    groups = allows.groupby(joined["segment_id"].astype("str"), sort=True)
    table = pd.DataFrame({"customers": groups.size(), "allowed": groups.sum()}).reset_index()
    return table.assign(allowed_share=table["allowed"] / table["customers"])


def _lifetime_sentence(row: Mapping[Any, Any], currency: str) -> str:
    each, low, high = (known(row, name) for name in ("value_per_customer", "low", "high"))
    days, level = known(row, "horizon_days"), known(row, "level")
    if each is None or low is None or high is None or days is None or level is None:
        return ""
    method = words_of(row, "method")
    how = "" if method in ("", "model") else f"; by {method} figures"
    return (
        f"Expected to spend {amount(each, currency)} each over the next {count(days)} days "
        f"({percent(level)} interval {amount(low, currency)} to {amount(high, currency)}{how})."
    )


def _words(segment_id: str, tables: Tables) -> list[str]:
    rows = rows_of(tables, "words", segment_id=segment_id)
    if rows.empty:
        return []
    order = ["place", "word"] if "place" in rows.columns else ["word"]
    return [str(word) for word in rows.sort_values(order)["word"].head(_WORDS)]


def _quotes(segment_id: str, tables: Tables) -> list[Facts]:
    rows = rows_of(tables, "quotes", segment_id=segment_id)
    columns = [name for name in ("quote", "source", "n") if name in rows.columns]
    if rows.empty:
        return []
    rows = rows.sort_values("place") if "place" in rows.columns else rows
    return [
        {str(name): _plain(value) for name, value in row.items()}
        for row in rows[columns].head(_QUOTES).to_dict("records")
    ]


def _plain(value: Any) -> str | int | None:
    if pd.isna(value):
        return None
    return value if isinstance(value, str) else int(value)


def _sentences(rows: pd.DataFrame) -> Sequence[str]:
    return [str(text) for text in rows["sentence"]] if "sentence" in rows.columns else []


def _answers(segment_id: str, answers: pd.DataFrame | None) -> Facts:
    if answers is None:
        return {"answers": [], "assumptions": 0, "open_questions": 0}
    rows = answers[answers["segment_id"] == segment_id]
    told = [
        {"question": row["heading"], "answer": row["answer"], "grade": row["grade"],
         "evidence": [name for name in str(row["evidence"]).split("; ") if name]}
        for row in rows.to_dict("records")
    ]  # fmt: skip
    assumed = sum(row["grade"] == Grade.ASSUMPTION.value for row in told)
    left = sum(row["grade"] == Grade.OPEN.value for row in told)
    return {"answers": told, "assumptions": assumed, "open_questions": left}


def _day(segment_id: str, tables: Tables, names: Mapping[str, str]) -> str:
    days = tables.get("days")
    if days is None or not (days["segment_id"] == segment_id).any():
        return ""
    return day_sentence(days, segment_id, names=names)
